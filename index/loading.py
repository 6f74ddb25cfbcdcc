"""An index folder, read with distrust, since it may come from anywhere: every file is checked whole when it is read.

Many exact vectors are not read but mapped: what a search does not touch costs no memory. Few are read, so that who cuts
their file does not end a server that uses them. All are checked in blocks, too: those of a million sentences (1.5 GB)
take one to two seconds of hashing, little beside the rest of a start.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

import faiss
import numpy as np
from numpy.typing import NDArray

from index.article import Article
from index.encoder import Encoder
from index.errors import InputError
from index.kept import digest_of
from index.landmarks import Landmarks
from index.manifest import Manifest, StoredArticle, StoredFile, read_manifest
from index.sentences import Sentence
from index.store import EncoderMark, SentenceIndex
from index.vectors import Vectors

_COLUMNS = 5
"""Of a sentence: its article, start, end, paragraph, and whether it is boilerplate."""
_MAPPED = 100_000_000
"""Bytes of vectors from which on they stay in their file. Fewer are all compared in each search anyway."""
_TRIES = 100
"""Times that an index is read anew which is written meanwhile."""
_NAMED = 8
"""Articles that a command in a message names one by one."""

Read = TypeVar("Read")


def load_index(folder: str | Path, encoder: Encoder | EncoderMark, *, unchanged: bool = True) -> SentenceIndex:
    """Read an index written by `save_index`. The folder must stay while the index is in use.

    :param folder: The folder.
    :param encoder: The encoder that questions will be encoded with.
    :param unchanged: Refuse an index if an article has changed since.
    :return: The index.
    :raises InputError: If there is no index, it is of another format or another encoder, an article
        has changed since, or a file is damaged. The message says which, and what to run.
    """
    return _settled(Path(folder), lambda stored: _loaded(stored, encoder, unchanged=unchanged))


def stored_articles(folder: str | Path) -> list[Article]:
    """Read the articles of an index folder, without its vectors.

    :param folder: The folder.
    :return: The articles.
    :raises InputError: If there is no index or an article's file is damaged.
    """
    return _settled(Path(folder), lambda stored: stored.articles())


@dataclass(frozen=True, slots=True)
class _Stored:
    """The files of an index.

    :param folder: Where they are.
    :param manifest: Names them.
    """

    folder: Path
    manifest: Manifest

    @property
    def again(self) -> str:
        """The command that builds the index again."""
        articles = self.manifest.articles
        if len(articles) > _NAMED:
            return f"pullquote index ARTICLE... --index {shlex.quote(str(self.folder))}"
        sources = " ".join(shlex.quote(article.source or "ARTICLE") for article in articles)
        return f"pullquote index {sources}{_urls(articles)} --index {shlex.quote(str(self.folder))}"

    def articles(self) -> list[Article]:
        """Read the articles."""
        return [
            Article(
                self._text(one.file),
                one.url,
                id=one.name,
                landmarks=marks,
                document_sha256=one.document_sha256,
            )
            for one, marks in zip(self.manifest.articles, self._landmarks(), strict=True)
        ]

    def sentences(self, articles: Sequence[Article]) -> list[list[Sentence]]:
        """Read the sentences of each article."""
        path, data = self.folder / self.manifest.sentences.name, self._read(self.manifest.sentences)
        try:
            rows = np.asarray(json.loads(data), dtype=np.int64).reshape(-1, _COLUMNS)
        except (ValueError, TypeError, OverflowError, RecursionError) as error:
            raise InputError(f"{path} holds no sentences. Build the index again.") from error
        if not _are_sentences(rows, articles):
            raise InputError(f"{path} names sentences that its articles do not have. Build the index again.")
        found: list[list[Sentence]] = [[] for _ in articles]
        for place, start, end, paragraph, boilerplate in rows.tolist():
            found[place].append(Sentence(start, end, paragraph, bool(boilerplate)))
        return found

    def mapped(self, file: StoredFile) -> faiss.IndexFlatIP:
        """Return vectors; many stay in their file."""
        with self._whole(file) as path:
            few = self._bytes(path, file) if path.stat().st_size < _MAPPED else None
            try:
                data = np.memmap(path, np.uint8, mode="r") if few is None else np.frombuffer(few, np.uint8)
                stored: Any = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(data), data.size))  # type: ignore[attr-defined]
            except (RuntimeError, ValueError, MemoryError) as error:
                raise InputError(f"{path} holds no vectors. Run: {self.again}") from error
            if type(stored) is not faiss.IndexFlatIP:
                raise InputError(f"{path} holds no vectors. Run: {self.again}")
            # faiss's own place for what must live as long
            stored.referenced_objects = [data]  # type: ignore[attr-defined]
            return stored

    def cells(self) -> faiss.IndexIVFPQ | None:
        """Read what proposes sentences in a search, if they are many."""
        file = self.manifest.cells
        if file is None:
            return None
        data = np.frombuffer(self._read(file), dtype=np.uint8)
        try:
            cells: Any = faiss.deserialize_index(data)
        except (RuntimeError, MemoryError) as error:
            raise InputError(f"{self.folder / file.name} holds no cells. Run: {self.again}") from error
        if type(cells) is not faiss.IndexIVFPQ:
            raise InputError(f"{self.folder / file.name} holds no cells. Run: {self.again}")
        return cells

    def _landmarks(self) -> list[Landmarks]:
        """Read the pages and headings of each article."""
        file, count = self.manifest.landmarks, len(self.manifest.articles)
        if file is None:
            return [Landmarks()] * count
        try:
            found = json.loads(self._read(file))
            marks = [Landmarks(*(_offsets(one[key]) for key in ("pages", "headings")) if one else ()) for one in found]
            if len(marks) != count:
                raise ValueError(f"{len(marks)} for {count} articles")
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            path = self.folder / file.name
            raise InputError(f"{path} holds no landmarks of these articles. Run: {self.again}") from error
        return marks

    def _text(self, file: StoredFile) -> str:
        try:
            return self._read(file).decode()
        except UnicodeDecodeError as error:
            raise InputError(f"{self.folder / file.name} is not UTF-8 text. Run: {self.again}") from error

    def _read(self, file: StoredFile) -> bytes:
        with self._whole(file) as path:
            return self._bytes(path, file)

    def _bytes(self, path: Path, file: StoredFile) -> bytes:
        """Read a file, and check what was read: another may have been put in its place since it was looked at."""
        data = path.read_bytes()
        self._check(path, sha256(data).hexdigest(), file)
        return data

    def _check(self, path: Path, found: str, file: StoredFile) -> None:
        if found != file.sha256:
            raise InputError(
                f"{path} is damaged: SHA-256 {found[:12]}…, expected {file.sha256[:12]}…. Run: {self.again}"
            )

    @contextmanager
    def _whole(self, file: StoredFile) -> Iterator[Path]:
        """Give the path of a file that is what the manifest says, for reading it."""
        path, again = self.folder / file.name, self.again
        try:
            # of a device or a pipe, to which a link in a folder from elsewhere may lead, there is no end
            if path.exists() and not path.is_file():
                raise InputError(f"{path} is no file. Run: {again}")
            # in blocks: what is not the file may be of any size
            self._check(path, digest_of(path), file)
            yield path
        except FileNotFoundError as error:
            raise InputError(f"{path} is missing. Run: {again}") from error
        except OSError as error:
            raise InputError(f"{path} cannot be read ({error.strerror}). Make it readable, or run: {again}") from error


def _settled(folder: Path, read: Callable[[_Stored], Read]) -> Read:
    """Read what a manifest names; anew, if a writer has put another in its place and removed what this one names."""
    manifest = read_manifest(folder)
    for _ in range(_TRIES):
        try:
            return read(_Stored(folder, manifest))
        except InputError:
            now = read_manifest(folder)
            if now == manifest:
                raise
            manifest = now
    raise InputError(f"The index in {folder} changes all the time. Try again when nobody writes it.")


def _loaded(stored: _Stored, encoder: Encoder | EncoderMark, *, unchanged: bool) -> SentenceIndex:
    folder, manifest = stored.folder, stored.manifest
    if (manifest.encoder_sha256, manifest.dimension) != (encoder.digest, encoder.dimension):
        raise InputError(
            f"The index in {folder} was made with the encoder {manifest.encoder!r} "
            f"(weights {manifest.encoder_sha256[:12]}), not with {encoder.name!r} ({encoder.digest[:12]}). "
            f"Add --encoder {manifest.encoder}, or run: {stored.again}"
        )
    for article in manifest.articles if unchanged else ():
        _check_unchanged(folder, article)
    articles = stored.articles()
    sentences = stored.sentences(articles)
    cells = stored.cells()
    exact, paragraphs = stored.mapped(manifest.sentence_vectors), stored.mapped(manifest.paragraph_vectors)
    sizes = [(part.d, part.ntotal) for part in (exact, paragraphs, *([cells] if cells else []))]
    rows = sum(map(len, sentences))
    of_paragraphs = sum(1 + of_article[-1].paragraph for of_article in sentences)
    if sizes != [(encoder.dimension, count) for count in (rows, of_paragraphs, rows)[: len(sizes)]]:
        raise InputError(f"The files of the index in {folder} do not belong together. Run: {stored.again}")
    return SentenceIndex(articles, sentences, Vectors(exact, cells), paragraphs, encoder)


def _are_sentences(rows: NDArray[np.int64], articles: Sequence[Article]) -> bool:
    """Tell whether sentences are in order, do not overlap, and each article has at least one."""
    article, start, end, paragraph, _ = rows.T
    first = np.diff(article, prepend=-1) == 1
    if not (len(rows) > 0 and bool(first[0]) and int(first.sum()) == len(articles) == 1 + int(article[-1])):
        return False
    lengths = np.array([len(one.text) for one in articles], dtype=np.int64)
    return bool(
        (article == np.cumsum(first) - 1).all()
        and (start >= np.where(first, 0, np.roll(end, 1))).all()
        and (start < end).all()
        and (end <= lengths[np.cumsum(first) - 1]).all()
        and (paragraph[first] == 0).all()
        and np.isin(np.diff(paragraph)[~first[1:]], (0, 1)).all()
    )


def _offsets(value: list[Any]) -> tuple[int, ...]:
    if not all(type(one) is int for one in value):
        raise TypeError("an offset is no number")
    return tuple(value)


def _check_unchanged(folder: Path, stored: StoredArticle) -> None:
    source = Path(stored.source or "")
    try:
        changed = bool(stored.source) and source.is_file() and digest_of(source) != stored.source_sha256
    except OSError:
        # a file that others may not read is as good as gone: no reason to refuse what was made of it
        changed = False
    if changed:
        raise InputError(
            f"{source} has changed since it was indexed. Run: pullquote index --add {shlex.quote(str(source))}"
            f"{_urls([stored])} --index {shlex.quote(str(folder))}"
        )


def _urls(articles: Sequence[StoredArticle]) -> str:
    """Return the options for articles' addresses; the command takes one for every article or for none."""
    urls = [shlex.quote(article.url) for article in articles if article.url]
    return "".join(f" --url {url}" for url in urls) if len(urls) == len(articles) else ""
