"""What the collections in Milvus look like, and what is written into them."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pymilvus import CollectionSchema, DataType, Function, FunctionType, MilvusClient
from pymilvus.milvus_client import IndexParams

from index.store import SentenceIndex
from index.stores.milvus_connection import Row
from index.stores.packed import pack

ARTICLES = "pullquote_articles"
"""A row for each article, which names its edition; beside them the mark, and notes of what is being written."""
SENTENCES = "pullquote_sentences"
"""What can be found: the sentences of each edition but for boilerplate, with their vectors and words."""
TEXTS = "pullquote_texts"
"""All else of each edition, in pieces."""
COLLECTIONS = (TEXTS, SENTENCES, ARTICLES)
"""In the order in which they are made: where the last is, all are."""
MARK = "~mark"
"""No article has an id like this, or like that of a note."""
PIECE = 60_000
"""Bytes of a piece, a note or a sentence's words; a text field of Milvus takes 65,535."""
UNUSED = (0.0, 0.0)
"""A collection of Milvus must have a vector."""
_ID, _EDITION, _KEY, _TITLE, _SEARCHED, _LONG = 64, 81, 90, 1_024, 16_384, 65_535


def schema_of(collection: str, dimension: int) -> CollectionSchema:
    """Return the fields of a collection.

    :param dimension: Of the sentences' vectors.
    """
    schema = MilvusClient.create_schema(auto_id=False)
    if collection == ARTICLES:
        schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=_ID)
        schema.add_field("edition", DataType.VARCHAR, max_length=_EDITION)
        schema.add_field("version", DataType.VARCHAR, max_length=_ID)
        schema.add_field("title", DataType.VARCHAR, max_length=_TITLE)
        schema.add_field("searched", DataType.VARCHAR, max_length=_SEARCHED)
        schema.add_field("sentences", DataType.INT64)
        schema.add_field("pieces", DataType.INT64)
        schema.add_field("begun", DataType.INT64)
        schema.add_field("note", DataType.VARCHAR, max_length=_LONG)
        schema.add_field("unused", DataType.FLOAT_VECTOR, dim=len(UNUSED))
        return schema
    schema.add_field("key", DataType.VARCHAR, is_primary=True, max_length=_KEY)
    schema.add_field("edition", DataType.VARCHAR, max_length=_EDITION)
    if collection == TEXTS:
        schema.add_field("piece", DataType.VARCHAR, max_length=_LONG)
        schema.add_field("unused", DataType.FLOAT_VECTOR, dim=len(UNUSED))
        return schema
    schema.add_field("article", DataType.VARCHAR, max_length=_ID)
    schema.add_field("number", DataType.INT64)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=dimension)
    # the words come as they are compared: the engine only takes them apart
    parted = {"tokenizer": "standard"}
    schema.add_field("words", DataType.VARCHAR, max_length=_LONG, enable_analyzer=True, analyzer_params=parted)
    schema.add_field("counted", DataType.SPARSE_FLOAT_VECTOR)
    schema.add_function(Function("bm25", FunctionType.BM25, ["words"], ["counted"]))
    return schema


def indexes_of(collection: str, exact: bool) -> IndexParams:
    """Return the indexes of a collection.

    :param exact: Whether a search compares all vectors.
    """
    indexes = MilvusClient.prepare_index_params()
    if collection != SENTENCES:
        indexes.add_index("unused", index_type="FLAT", metric_type="L2")
        return indexes
    if exact:
        indexes.add_index("vector", index_type="FLAT", metric_type="IP")
    else:
        indexes.add_index("vector", index_type="HNSW", metric_type="IP", params={"M": 32, "efConstruction": 200})
    indexes.add_index(
        "counted", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25", params={"bm25_k1": 1.5, "bm25_b": 0.75}
    )
    return indexes


@dataclass(frozen=True, slots=True)
class Edition:
    """An article as one write wrote it.

    :param edition: The article's id, a colon, and the name of the write.
    """

    edition: str
    sentences: int
    pieces: int

    @classmethod
    def read(cls, told: str) -> Edition:
        """Read what a note tells of one."""
        edition, sentences, pieces = told.rsplit(":", 2)
        return cls(edition, int(sentences), int(pieces))

    @classmethod
    def of(cls, row: Row) -> Edition:
        """Return the one that an article's row names."""
        return cls(row["edition"], row["sentences"], row["pieces"])

    @property
    def article(self) -> str:
        """Return the article's id."""
        return self.edition.partition(":")[0]

    def keys(self, count: int) -> list[str]:
        """Return the keys of so many of its rows, numbered from 0."""
        return [f"{self.edition}:{number}" for number in range(count)]


def row_of(name: str, **fields: Any) -> Row:
    """Return a row of the collection of articles: an article's, a note or the mark."""
    empty = {"edition": "", "version": "", "title": "", "searched": "", "sentences": 0, "pieces": 0, "begun": 0}
    return {"id": name, **empty, "note": "", "unused": UNUSED, **fields}


def pieces_of(index: SentenceIndex, place: int) -> list[str]:
    """Write all of an article that is not searched.

    :param place: Its place in the index.
    """
    text = base64.b64encode(pack(index, place)).decode()
    return [text[first : first + PIECE] for first in range(0, len(text), PIECE)]


def joined(words: Iterable[str]) -> str:
    """Write words for the engine to part: each once, and as many as it takes."""
    text = " ".join(dict.fromkeys(words))
    return text if len(text) <= PIECE // 4 else text.encode()[:PIECE].decode(errors="ignore")


def coded(text: str) -> str:
    """Write a text so that no mark of it means anything in a filter, and a part of it is a part of what is written.

    >>> coded("é%")
    'xc3xa9x25'
    """
    return "".join(f"x{byte:02x}" for byte in text.encode())
