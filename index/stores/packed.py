"""An article as bytes: all but the vectors of sentences that can be found, which an engine keeps to search them."""

from __future__ import annotations

import json
import zlib
from dataclasses import astuple, dataclass
from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

from index.article import Article
from index.landmarks import Landmarks
from index.sentences import Sentence
from index.store import SentenceIndex

_DIGEST, _LENGTH = 32, 4
"""Bytes of the digest of all that follows, and of the length of what is said in JSON, before the vectors."""


@dataclass(frozen=True, slots=True)
class Packed:
    """An article without the vectors of the sentences that can be found.

    :param paragraphs: float32 (paragraphs, dimension).
    :param boilerplate: float32 (boilerplate sentences, dimension).
    """

    article: Article
    sentences: tuple[Sentence, ...]
    paragraphs: NDArray[np.float32]
    boilerplate: NDArray[np.float32]

    def vectors(self, found: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the vectors of all sentences.

        :param found: float32 (sentences that can be found, dimension), in order.
        :return: float32 (sentences, dimension).
        :raises ValueError: If they are more or fewer.
        """
        every = np.empty((len(self.sentences), self.paragraphs.shape[1]), dtype=np.float32)
        boilerplate = np.array([one.boilerplate for one in self.sentences])
        every[boilerplate], every[~boilerplate] = self.boilerplate, found
        return every


def pack(index: SentenceIndex, place: int) -> bytes:
    """Write an article.

    :param place: Its place in the index.
    """
    article = index.articles[place]
    stored = [index.sentences[row] for row in index.rows_of(place)]
    boilerplate = [row for row in index.rows_of(place) if index.sentences[row].sentence.boilerplate]
    told = {
        "text": article.text,
        "url": article.url,
        "id": article.id,
        "landmarks": astuple(article.landmarks),
        "document_sha256": article.document_sha256,
        "sentences": [astuple(one.sentence) for one in stored],
    }
    head = zlib.compress(json.dumps(told, ensure_ascii=False).encode())
    rows = np.concatenate([index.paragraphs_of(place), index.vectors(boilerplate)])
    body = b"".join([len(head).to_bytes(_LENGTH), head, rows.astype("<f4").tobytes()])
    return sha256(body).digest() + body


def unpack(data: bytes, dimension: int) -> Packed:
    """Read what `pack` wrote.

    :raises ValueError: If it is something else, or was changed.
    """
    body = data[_DIGEST:]
    if sha256(body).digest() != data[:_DIGEST]:
        raise ValueError("was changed since it was written")
    end = _LENGTH + int.from_bytes(body[:_LENGTH])
    told = json.loads(zlib.decompress(body[_LENGTH:end]))
    pages, headings = told["landmarks"]
    article = Article(
        told["text"],
        told["url"],
        id=told["id"],
        landmarks=Landmarks(tuple(pages), tuple(headings)),
        document_sha256=told["document_sha256"],
    )
    sentences = tuple(Sentence(*one) for one in told["sentences"])
    paragraphs = 1 + max(one.paragraph for one in sentences)
    rows = np.frombuffer(body, "<f4", offset=end).astype(np.float32).reshape(-1, dimension)
    return Packed(article, sentences, rows[:paragraphs], rows[paragraphs:])
