"""What an index folder holds: `manifest.json`, read with distrust, since a folder may come from anywhere."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from reprlib import repr as shown
from typing import Any

from index.article import is_id
from index.errors import InputError
from index.seal import SEAL, is_whole

FORMAT = 1
MANIFEST = "manifest.json"
_NAME = re.compile(r"(article|sentences|paragraphs|cells|landmarks)-([0-9a-f]{16})\.(?:txt|json|faiss)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LARGEST = 1 << 20
"""Numbers in a vector that faiss reads at most."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the index, as the manifest names it."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article of the index, as the manifest names it."""

    title: str
    source: str | None
    """The file it was read from, so that a later change is noticed."""
    file: StoredFile
    url: str | None = None
    id: str | None = None
    """Its name; an index of an earlier version has none, and its articles the first digits of their digests."""
    document_sha256: str | None = None
    """Of the file it was read from, if that is more than the text."""

    @property
    def source_sha256(self) -> str:
        """Return the digest that the file it was read from had."""
        return self.document_sha256 or self.file.sha256

    @property
    def name(self) -> str:
        """Return its id."""
        return self.id or self.file.sha256[:16]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index folder holds and what it was made with."""

    format: int
    encoder: str
    encoder_sha256: str
    dimension: int
    articles: list[StoredArticle]
    sentences: StoredFile
    sentence_vectors: StoredFile
    paragraph_vectors: StoredFile
    cells: StoredFile | None = None
    """What proposes sentences in a search, if they are many."""
    landmarks: StoredFile | None = None
    """The pages and headings of each article, if any has some."""

    @property
    def files(self) -> list[StoredFile]:
        """Return every file but the manifest."""
        vectors = [self.sentences, self.sentence_vectors, self.paragraph_vectors]
        optional = [file for file in (self.cells, self.landmarks) if file]
        return [*(article.file for article in self.articles), *vectors, *optional]

    @property
    def sources(self) -> dict[str, Path]:
        """Return the file that an article was read from, by the article's digest."""
        return {article.file.sha256: Path(article.source) for article in self.articles if article.source}


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of an index folder.

    :param folder: The folder.
    :return: The manifest. Each file that it names lies in the folder itself.
    :raises InputError: If there is none, it is of another format version, it was changed, or it is none.
    """
    path = folder / MANIFEST
    again = f"pullquote index ARTICLE --index {shlex.quote(str(folder))}"
    try:
        _check(path.is_file() or not path.exists(), "it is no file")
        data = json.loads(path.read_bytes())
        _check(isinstance(data, dict) and "format" in data, "it names no format")
        if type(data["format"]) is not int or data["format"] != FORMAT:
            raise InputError(
                f"The index in {folder} has format {shown(data['format'])}; this version of Pullquote reads "
                f"format {FORMAT}. Build it again: {again}"
            )
        # those of earlier versions have no seal
        _check(SEAL not in data or is_whole(data), "it was changed since it was written")
        return _manifest(data)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"No index in {folder} ({MANIFEST}: {error.strerror}). Build one: {again}") from error
    except RecursionError as error:
        raise InputError(f"{path} is damaged (nested too deeply). Build the index again: {again}") from error
    except ValueError as error:
        raise InputError(f"{path} is damaged ({error}). Build the index again: {again}") from error


def _check(right: bool, wrong: str) -> None:
    if not right:
        raise ValueError(wrong)


def _manifest(data: Mapping[str, Any]) -> Manifest:
    dimension, articles = data.get("dimension"), data.get("articles")
    # true is an int to Python
    if not isinstance(dimension, int) or isinstance(dimension, bool) or not 0 < dimension <= _LARGEST:
        raise ValueError(f"its 'dimension' is {shown(dimension)}")
    if not isinstance(articles, list) or not articles:
        raise ValueError("it names no article")
    stored = [_article(entry) for entry in articles]
    _check(len({one.file.sha256 for one in stored}) == len(stored), "it names an article twice")
    _check(len({one.name for one in stored}) == len(stored), "two of its articles have the same id")
    return Manifest(
        format=FORMAT,
        encoder=_text(data, "encoder"),
        encoder_sha256=_digest(data, "encoder_sha256"),
        dimension=dimension,
        articles=stored,
        sentences=_file(data, "sentences", "sentences"),
        sentence_vectors=_file(data, "sentence_vectors", "sentences"),
        paragraph_vectors=_file(data, "paragraph_vectors", "paragraphs"),
        cells=None if data.get("cells") is None else _file(data, "cells", "cells"),
        landmarks=None if data.get("landmarks") is None else _file(data, "landmarks", "landmarks"),
    )


def _article(entry: Any) -> StoredArticle:
    if not isinstance(entry, dict):
        raise ValueError("an article is no object")
    source, url, name = (None if entry.get(key) is None else _text(entry, key) for key in ("source", "url", "id"))
    _check(name is None or is_id(name), f"an article's 'id' is {shown(name)}")
    document = None if entry.get("document_sha256") is None else _digest(entry, "document_sha256")
    return StoredArticle(_text(entry, "title"), source, _file(entry, "file", "article"), url, name, document)


def _file(data: Mapping[str, Any], key: str, kind: str) -> StoredFile:
    entry = data.get(key)
    if not isinstance(entry, dict):
        raise ValueError(f"its {key!r} is no file")
    name, digest = _text(entry, "name"), _digest(entry, "sha256")
    named = _NAME.fullmatch(name)
    # so that no name leads out of the folder
    _check(named is not None and named.groups() == (kind, digest[:16]), f"its {key!r} is the file {shown(name)}")
    return StoredFile(name, digest)


def _digest(data: Mapping[str, Any], key: str) -> str:
    digest = _text(data, key)
    _check(_DIGEST.fullmatch(digest) is not None, f"its {key!r} is {shown(digest)}")
    return digest


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if not isinstance(value, str):
        raise ValueError(f"its {key!r} is no text")
    return value
