"""The searchable index: sentences and paragraphs of articles, with a unit vector each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

import faiss
import numpy as np
from numpy.typing import NDArray

from index.article import Article
from index.encoder import Encoder
from index.sentences import Sentence


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence and the numbers that place it: its article, and its place within that article."""

    article: int
    number: int
    paragraph: int
    """Row of its paragraph's vector, counted over the whole index."""
    sentence: Sentence


class SentenceIndex:
    """Articles, their sentences, and unit vectors of sentences and paragraphs.

    :param articles: The articles.
    :param sentences: Each article's sentences, in order.
    :param sentence_vectors: float32 (n sentences, dimension), unit rows, in the same order.
    :param paragraph_vectors: float32 (n paragraphs, dimension), unit rows, in the same order.
    :param encoder: Name, weights digest and dimension come from it; it is not kept.
    :raises ValueError: If the parallel arguments differ in length.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        sentences: Sequence[Sequence[Sentence]],
        sentence_vectors: NDArray[np.float32],
        paragraph_vectors: NDArray[np.float32],
        encoder: Encoder,
    ) -> None:
        """Pair sentences with vectors."""
        self.articles = tuple(articles)
        self.sentences = tuple(_numbered(sentences))
        self.encoder_name, self.encoder_digest, self.dimension = encoder.name, encoder.digest, encoder.dimension
        ends = list(accumulate(map(len, sentences), initial=0))
        self._rows = [range(first, end) for first, end in pairwise(ends)]
        paragraphs = 1 + max(stored.paragraph for stored in self.sentences)
        if (len(self.articles), len(self.sentences), paragraphs) != (
            len(sentences),
            len(sentence_vectors),
            len(paragraph_vectors),
        ):
            raise ValueError(
                f"{len(self.articles)} articles, {len(self.sentences)} sentences and {paragraphs} paragraphs do not "
                f"pair with {len(sentences)} lists, {len(sentence_vectors)} and {len(paragraph_vectors)} vectors"
            )
        self.sentence_vectors = faiss.IndexFlatIP(self.dimension)
        self.sentence_vectors.add(sentence_vectors)
        self.paragraph_vectors = faiss.IndexFlatIP(self.dimension)
        self.paragraph_vectors.add(paragraph_vectors)

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.sentences)

    def text(self, number: int) -> str:
        """Return a sentence's text.

        :param number: Row of the sentence in this index.
        """
        stored = self.sentences[number]
        return self.articles[stored.article].text[stored.sentence.start : stored.sentence.end]

    def rows_of(self, article: int) -> range:
        """Return the rows of an article's sentences, which follow each other.

        :param article: The article's place in `articles`.
        """
        return self._rows[article]

    def search(self, vector: NDArray[np.float32], k: int, article: int | None = None) -> list[tuple[int, float]]:
        """Find the sentences most similar to a vector.

        :param vector: float32 (dimension,), unit length.
        :param k: How many; more than there are gives all.
        :param article: The place in `articles` of the one to search; by default all are searched.
        :return: (row, cosine similarity) pairs, most similar first.
        """
        among, only = range(len(self)), None
        if article is not None:
            among = self.rows_of(article)
            # as a keyword, which faiss's stubs lack, the selector lives as long as the parameters
            selector = faiss.IDSelectorRange(among.start, among.stop)
            only = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        scores, rows = self.sentence_vectors.search(vector[np.newaxis], min(k, len(among)), params=only)
        return [(int(row), float(score)) for row, score in zip(rows[0], scores[0], strict=True)]

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of chosen sentences.

        :param rows: n rows of this index.
        :return: float32 (n, dimension), unit rows.
        """
        vectors: NDArray[np.float32] = self.sentence_vectors.reconstruct_batch(np.asarray(rows, dtype=np.int64))
        return vectors

    def similarities(self, vector: NDArray[np.float32], rows: Sequence[int]) -> NDArray[np.float32]:
        """Compare a vector with chosen sentences and with the paragraphs that hold them.

        :param vector: float32 (dimension,), unit length.
        :param rows: n rows of this index.
        :return: float32 (2, n): cosine similarity with the sentences, then with their paragraphs.
        """
        paragraphs = [self.sentences[row].paragraph for row in rows]
        return np.stack(
            [
                self.vectors(rows) @ vector,
                self.paragraph_vectors.reconstruct_batch(np.asarray(paragraphs, dtype=np.int64)) @ vector,
            ]
        )


def _numbered(sentences: Sequence[Sequence[Sentence]]) -> list[StoredSentence]:
    stored, paragraphs = [], 0
    for article, of_article in enumerate(sentences):
        stored += [StoredSentence(article, number, paragraphs + s.paragraph, s) for number, s in enumerate(of_article)]
        paragraphs += 1 + max(s.paragraph for s in of_article)
    return stored
