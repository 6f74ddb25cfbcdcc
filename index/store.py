"""The searchable index: sentences and paragraphs of articles, with a unit vector each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

import faiss
import numpy as np
from numpy.typing import NDArray

from index.article import Article
from index.encoder import Encoder
from index.errors import InputError
from index.landmarks import Place, place_of
from index.sentences import Sentence
from index.vectors import Vectors, flat, rows_of, vectors


@dataclass(frozen=True, slots=True)
class StoredSentence:
    """A sentence and the numbers that place it: its article, and its place within that article."""

    article: int
    number: int
    paragraph: int
    """Row of its paragraph's vector, counted over the whole index."""
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class EncoderMark:
    """What an index remembers of the encoder that it was made with; by what name it was opened makes no difference.

    :param digest: Of the weights.
    """

    name: str = field(compare=False)
    digest: str
    dimension: int


class ClashError(InputError):
    """Two articles cannot stand together.

    :param ids: Their ids, in the order of the articles.
    """

    def __init__(self, *ids: str) -> None:
        super().__init__(
            f"Two of the articles, {' and '.join(ids)}, have the same id or the same text, or one has the id that is "
            "made of the other's text. Leave one of them out."
        )
        self.ids = ids


class SentenceIndex:
    """Articles, their sentences, and unit vectors of sentences and paragraphs. It never changes.

    `places` tells of each article's id its place in `articles`.

    :param articles: The articles.
    :param sentences: Each article's sentences, in order.
    :param sentence_vectors: Those of the sentences, in the same order.
    :param paragraph_vectors: Those of the paragraphs, in the same order.
    :param encoder: Name, weights digest and dimension come from it; it is not kept.
    :raises ValueError: If the parallel arguments differ in length.
    :raises ClashError: If two articles have the same id or text, or one has the id that is made of the other's text.
    """

    def __init__(
        self,
        articles: Sequence[Article],
        sentences: Sequence[Sequence[Sentence]],
        sentence_vectors: Vectors,
        paragraph_vectors: faiss.IndexFlatIP,
        encoder: Encoder | EncoderMark,
    ) -> None:
        self.articles = tuple(articles)
        self.places = {article.id: place for place, article in enumerate(self.articles)}
        self._named = {article.version: place for place, article in enumerate(self.articles)} | self.places
        named: dict[str, Article] = {}
        for one in self.articles:
            for name in dict.fromkeys((one.id, one.version)):
                if name in named:
                    # 64 bits of a digest: one made so on purpose would be quoted as the other
                    raise ClashError(named[name].id, one.id)
                named[name] = one
        self.sentences = tuple(_numbered(sentences))
        self.encoder_name, self.encoder_digest, self.dimension = encoder.name, encoder.digest, encoder.dimension
        ends = list(accumulate(map(len, sentences), initial=0))
        self._rows = [range(first, end) for first, end in pairwise(ends)]
        paragraphs = 1 + max(stored.paragraph for stored in self.sentences)
        if (len(self.articles), len(self.sentences), paragraphs) != (
            len(sentences),
            len(sentence_vectors),
            paragraph_vectors.ntotal,
        ):
            raise ValueError(
                f"{len(self.articles)} articles, {len(self.sentences)} sentences and {paragraphs} paragraphs do not "
                f"pair with {len(sentences)} lists, {len(sentence_vectors)} and {paragraph_vectors.ntotal} vectors"
            )
        self.sentence_vectors = sentence_vectors
        self.paragraph_vectors = paragraph_vectors

    def __len__(self) -> int:
        """Return the number of sentences."""
        return len(self.sentences)

    def place_of(self, name: str) -> int | None:
        """Find an article.

        :param name: Its id, or the first 16 hex digits of its digest, which may have been its id.
        :return: Its place in `articles`; None if no article has that name.
        """
        return self._named.get(name)

    def text(self, number: int) -> str:
        """Return a sentence's text.

        :param number: Row of the sentence in this index.
        """
        stored = self.sentences[number]
        return self.articles[stored.article].text[stored.sentence.start : stored.sentence.end]

    def where(self, row: int) -> Place:
        """Tell where in its document a sentence stands.

        :param row: Row of the sentence in this index.
        """
        stored = self.sentences[row]
        article, rows = self.articles[stored.article], self._rows[stored.article]

        def paragraph_at(offset: int) -> int:
            found = bisect_right(self.sentences, offset, rows.start, rows.stop, key=lambda one: one.sentence.end)
            return self.sentences[min(found, rows.stop - 1)].sentence.paragraph

        return place_of(stored.sentence.start, article.text, article.landmarks, paragraph_at)

    def rows_of(self, article: int) -> range:
        """Return the rows of an article's sentences, which follow each other.

        :param article: The article's place in `articles`.
        """
        return self._rows[article]

    def paragraphs_of(self, article: int) -> NDArray[np.float32]:
        """Return the vectors of an article's paragraphs.

        :param article: The article's place in `articles`.
        :return: float32 (paragraphs, dimension), unit rows.
        """
        rows = self._rows[article]
        first, last = (self.sentences[row].paragraph for row in (rows.start, rows.stop - 1))
        return rows_of(self.paragraph_vectors, np.arange(first, last + 1))

    def search(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Find the sentences most similar to a vector, by the rule of `index.vectors`.

        :param vector: float32 (dimension,), unit length.
        :param k: How many; more than there are gives all.
        :return: (row, cosine similarity) pairs, most similar first.
        """
        return self.sentence_vectors.search(vector, k)

    def vectors(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of chosen sentences.

        :param rows: n rows of this index.
        :return: float32 (n, dimension), unit rows.
        """
        return rows_of(self.sentence_vectors.exact, np.asarray(rows, dtype=np.int64))

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
                rows_of(self.paragraph_vectors, np.asarray(paragraphs, dtype=np.int64)) @ vector,
            ]
        )

    def joined(self, more: SentenceIndex) -> SentenceIndex:
        """Return an index of these articles and, after them, those of another.

        :param more: Made with the same encoder; it holds none of the articles here.
        :return: What building both together gives, and, where the rule of `index.vectors` compares all, the same
            answers to each search.
        :raises ValueError: If it was made with another encoder or holds an article that is here.
        """
        digests = {article.digest for article in self.articles}
        again = [article.id for article in more.articles if article.digest in digests]
        if more.mark != self.mark or again:
            raise ValueError(f"{self.mark} and {more.mark} with {len(again)} articles in common {again[:3]}")
        return SentenceIndex(
            [*self.articles, *more.articles],
            [*self._by_article(), *more._by_article()],
            self.sentence_vectors.joined(more.sentence_vectors),
            flat(rows_of(self.paragraph_vectors), rows_of(more.paragraph_vectors)),
            self.mark,
        )

    def renewed(self, articles: Sequence[Article]) -> SentenceIndex:
        """Return an index that knows what is now known of the documents of some articles; nothing is encoded again.

        :param articles: Articles as they were read now; of those that are here too, the pages, the headings and the
            document's digest are taken. Each keeps its address.
        """
        now = {one.digest: one for one in articles}
        same = [now.get(one.digest, one) for one in self.articles]
        return SentenceIndex(
            [
                one if new is one else replace(one, landmarks=new.landmarks, document_sha256=new.document_sha256)
                for one, new in zip(self.articles, same, strict=True)
            ],
            self._by_article(),
            self.sentence_vectors,
            self.paragraph_vectors,
            self.mark,
        )

    def only(self, *places: int) -> SentenceIndex:
        """Return an index of one article, or of some; nothing is encoded again, and the others are not looked at.

        :param places: Their places in `articles`, in the order that they are to have.
        :return: What building them alone gives, as with `joined`.
        """
        stored = [self.sentences[rows.start : rows.stop] for rows in map(self.rows_of, places)]
        rows = [row for place in places for row in self.rows_of(place)]
        return SentenceIndex(
            [self.articles[place] for place in places],
            [[one.sentence for one in of] for of in stored],
            vectors(self.vectors(rows)),
            flat(*map(self.paragraphs_of, places)),
            self.mark,
        )

    def without(self, places: Collection[int]) -> SentenceIndex:
        """Return an index without some articles; nothing is encoded again.

        :param places: Their places in `articles`.
        :return: What building the others gives, as with `joined`.
        :raises ValueError: If no article is left.
        """
        gone = set(places)
        left = [place for place in range(len(self.articles)) if place not in gone]
        if not left:
            raise ValueError("no article is left")
        by_article = self._by_article()
        rows = np.concatenate([np.asarray(self.rows_of(place), dtype=np.int64) for place in left])
        paragraphs = np.unique([self.sentences[row].paragraph for row in rows.tolist()])
        return SentenceIndex(
            [self.articles[place] for place in left],
            [by_article[place] for place in left],
            self.sentence_vectors.kept(rows),
            flat(rows_of(self.paragraph_vectors, paragraphs)),
            self.mark,
        )

    @property
    def mark(self) -> EncoderMark:
        """Return the mark of the encoder that the vectors come from."""
        return EncoderMark(self.encoder_name, self.encoder_digest, self.dimension)

    def _by_article(self) -> list[list[Sentence]]:
        return [[self.sentences[row].sentence for row in rows] for rows in self._rows]


def together(parts: Sequence[SentenceIndex]) -> SentenceIndex:
    """Put indexes together.

    :param parts: At least one, all made with the same encoder; no article is in two.
    :return: What building all of their articles gives.
    :raises ClashError: If two articles cannot stand together.
    """
    return SentenceIndex(
        [article for part in parts for article in part.articles],
        [of for part in parts for of in part._by_article()],
        vectors(np.concatenate([rows_of(part.sentence_vectors.exact) for part in parts])),
        flat(*(rows_of(part.paragraph_vectors) for part in parts)),
        parts[0].mark,
    )


def _numbered(sentences: Sequence[Sequence[Sentence]]) -> list[StoredSentence]:
    stored, paragraphs = [], 0
    for article, of_article in enumerate(sentences):
        stored += [StoredSentence(article, number, paragraphs + s.paragraph, s) for number, s in enumerate(of_article)]
        paragraphs += 1 + max(s.paragraph for s in of_article)
    return stored
