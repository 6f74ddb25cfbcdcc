"""The offline side on one screen: articles in, searchable index out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.article import Article
from index.encoder import Encoder
from index.errors import InputError
from index.sentences import Sentence, split
from index.store import SentenceIndex
from index.vectors import flat, vectors

_CHUNK = 256

Progress = Callable[[int, int], None]
"""Called with the texts encoded so far and the texts in all, each counted once."""


def build_index(articles: Sequence[Article], encoder: Encoder, progress: Progress | None = None) -> SentenceIndex:
    """Cut articles into sentences and encode sentences and paragraphs.

    :param articles: At least one; of an article given twice the last is indexed, with the address of either.
    :param encoder: The encoder; questions must be encoded with the same one.
    :param progress: Called as the work goes on.
    :return: The index.
    :raises InputError: If no article is given, or one has more than `index.sentences.MOST` sentences.
    """
    if not articles:
        raise InputError("No article to index. Give at least one.")
    unique = _unique(articles)
    sentences = [split(article) for article in unique]
    texts = [article.text[s.start : s.end] for article, of in zip(unique, sentences, strict=True) for s in of]
    paragraphs = [text for article, of in zip(unique, sentences, strict=True) for text in _paragraphs(article, of)]
    encoded = _encode([*texts, *paragraphs], encoder, progress)
    return SentenceIndex(unique, sentences, vectors(encoded[: len(texts)]), flat(encoded[len(texts) :]), encoder)


def extend_index(
    index: SentenceIndex, articles: Sequence[Article], encoder: Encoder, progress: Progress | None = None
) -> SentenceIndex:
    """Add articles to an index; only the new ones are encoded.

    :param index: The index, which stays as it is.
    :param articles: They come after those in the index; one that is there already is left as it is.
    :param encoder: The encoder that the index was made with.
    :param progress: Called as the work goes on.
    :return: An index of all.
    :raises ValueError: If it is another encoder.
    """
    known = {article.digest for article in index.articles}
    new = [article for article in articles if article.digest not in known]
    return index.joined(build_index(new, encoder, progress)) if new else index


def _unique(articles: Sequence[Article]) -> list[Article]:
    unique: dict[str, Article] = {}
    for article in articles:
        address = article.url or (unique[article.digest].url if article.digest in unique else None)
        # a print of a page has its words, and no address
        unique[article.digest] = article if article.url == address else replace(article, url=address)
    return list(unique.values())


def _paragraphs(article: Article, sentences: Sequence[Sentence]) -> list[str]:
    bounds: dict[int, tuple[int, int]] = {}
    for sentence in sentences:
        start, _ = bounds.get(sentence.paragraph, (sentence.start, 0))
        bounds[sentence.paragraph] = (start, sentence.end)
    return [article.text[start:end] for start, end in bounds.values()]


def _encode(texts: Sequence[str], encoder: Encoder, progress: Progress | None) -> NDArray[np.float32]:
    """Encode each text once, in order of length, so that little of a batch is padding; rows keep the order of `texts`.

    A paragraph of one sentence is the same text as that sentence.
    """
    vectors = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    rows: dict[str, list[int]] = {}
    for row, text in enumerate(texts):
        rows.setdefault(text, []).append(row)
    unique = sorted(rows, key=len)
    for first in range(0, len(unique), _CHUNK):
        chunk = unique[first : first + _CHUNK]
        for text, vector in zip(chunk, encoder.encode(chunk), strict=True):
            vectors[rows[text]] = vector
        if progress:
            progress(first + len(chunk), len(unique))
    return vectors
