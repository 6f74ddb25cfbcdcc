"""An index on disk: a folder that a crash at any moment leaves whole, old or new.

`manifest.json` is for people and names every other file with its SHA-256. File names carry that
digest, so the files of a new index stand beside those of the old one, and replacing the manifest,
which is atomic, is the moment at which the new index takes the old one's place.

The exact vectors are not read but mapped: what a search does not touch costs no memory. Every file is still
checked whole when it is loaded, in blocks: the vectors of a million sentences (1.5 GB) take one to two seconds of
hashing, little beside the rest of a start.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import IO, Any, TypeVar

import faiss
import numpy as np
from filelock import FileLock

from index.article import Article
from index.encoder import Encoder
from index.errors import InputError
from index.kept import digest_of, flush
from index.landmarks import Landmarks
from index.manifest import FORMAT, MANIFEST, Manifest, StoredArticle, StoredFile, read_manifest
from index.seal import sealed
from index.sentences import Sentence
from index.store import EncoderMark, SentenceIndex
from index.vectors import Vectors

_COLUMNS = 5
"""Of a sentence: its article, start, end, paragraph, and whether it is boilerplate."""
_LOCK = ".lock"
_OURS = re.compile(
    r"(?:article|sentences|paragraphs|cells|landmarks)-[0-9a-f]{16}\.(?:txt|json|faiss)(?:\.part)?"
    r"|(?:manifest|article|sentences|paragraphs|cells|landmarks)\.(?:json|txt|faiss)\.part"
)
_TRIES = 100
"""Times that an index is read anew which is written meanwhile."""
_NAMED = 8
"""Articles that a command in a message names one by one."""

Read = TypeVar("Read")


def save_index(index: SentenceIndex, folder: str | Path, sources: Mapping[str, str | Path] | None = None) -> Manifest:
    """Write an index into a folder.

    :param index: The index.
    :param folder: Made if missing. The files of an older index in it are removed at the end.
    :param sources: The file an article was read from, by the article's digest.
    :return: The manifest written.
    :raises InputError: If the folder cannot be written or holds something else.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strangers = [path.name for path in folder.iterdir() if not _OURS.fullmatch(path.name) and path.name != _LOCK]
        if strangers and MANIFEST not in strangers:
            raise InputError(
                f"{folder} holds other files ({strangers[0]!r}, …) and no index. Give an empty or a new folder."
            )
        with locked(folder):
            manifest = _write_files(index, folder, sources or {})
            flush(folder)
            _write(folder / MANIFEST, json.dumps(sealed(asdict(manifest)), indent=2, ensure_ascii=False).encode())
            flush(folder)
            _remove_older(folder, manifest)
    except OSError as error:
        raise InputError(
            f"Cannot write the index to {folder}: {error.strerror or error}. Give a writable folder."
        ) from error
    return manifest


def load_index(folder: str | Path, encoder: Encoder | EncoderMark, *, unchanged: bool = True) -> SentenceIndex:
    """Read an index written by `save_index`. The folder must stay while the index is in use.

    :param folder: The folder.
    :param encoder: The encoder that questions will be encoded with.
    :param unchanged: Refuse an index if an article has changed since.
    :return: The index.
    :raises InputError: If there is no index, it is of another format or another encoder, an article
        has changed since, or a file is damaged. The message says which, and what to run.
    """
    folder = Path(folder)
    return _settled(folder, lambda manifest: _loaded(folder, manifest, encoder, unchanged=unchanged))


def locked(folder: Path) -> FileLock:
    """Return the lock that writers of a folder hold; whoever holds it can take it again."""
    return FileLock(folder.resolve() / _LOCK, is_singleton=True)


def stored_articles(folder: Path) -> list[Article]:
    """Read the articles of an index folder, without its vectors.

    :param folder: The folder.
    :return: The articles.
    :raises InputError: If there is no index or an article's file is damaged.
    """
    return _settled(folder, lambda manifest: _articles(folder, manifest, _command(folder, manifest)))


def _settled(folder: Path, read: Callable[[Manifest], Read]) -> Read:
    """Read what a manifest names; anew, if a writer has put another in its place and removed what this one names."""
    manifest = read_manifest(folder)
    for _ in range(_TRIES):
        try:
            return read(manifest)
        except InputError:
            now = read_manifest(folder)
            if now == manifest:
                raise
            manifest = now
    raise InputError(f"The index in {folder} changes all the time. Try again when nobody writes it.")


def _loaded(folder: Path, manifest: Manifest, encoder: Encoder | EncoderMark, *, unchanged: bool) -> SentenceIndex:
    again = _command(folder, manifest)
    if (manifest.encoder_sha256, manifest.dimension) != (encoder.digest, encoder.dimension):
        raise InputError(
            f"The index in {folder} was made with the encoder {manifest.encoder!r} "
            f"(weights {manifest.encoder_sha256[:12]}), not with {encoder.name!r} ({encoder.digest[:12]}). "
            f"Add --encoder {manifest.encoder}, or run: {again}"
        )
    for stored in manifest.articles if unchanged else ():
        _check_unchanged(folder, stored)
    articles = _articles(folder, manifest, again)
    sentences = _sentences(folder / manifest.sentences.name, _read(folder, manifest.sentences, again), articles)
    cells = _cells(folder, manifest.cells, again) if manifest.cells else None
    exact, paragraphs = (
        _mapped(folder, file, again) for file in (manifest.sentence_vectors, manifest.paragraph_vectors)
    )
    sizes = [(part.d, part.ntotal) for part in (exact, paragraphs, *([cells] if cells else []))]
    rows = sum(map(len, sentences))
    of_paragraphs = sum(1 + of_article[-1].paragraph for of_article in sentences)
    if sizes != [(encoder.dimension, count) for count in (rows, of_paragraphs, rows)[: len(sizes)]]:
        raise InputError(f"The files of the index in {folder} do not belong together. Run: {again}")
    return SentenceIndex(articles, sentences, Vectors(exact, cells), paragraphs, encoder)


def _sentences(path: Path, data: bytes, articles: Sequence[Article]) -> list[list[Sentence]]:
    """Read where the sentences of each article stand: in order, without overlap, at least one in each."""
    try:
        rows = np.asarray(json.loads(data), dtype=np.int64).reshape(-1, _COLUMNS)
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise InputError(f"{path} holds no sentences. Build the index again.") from error
    article, start, end, paragraph, _ = rows.T
    first = np.diff(article, prepend=-1) == 1
    whole = len(rows) > 0 and bool(first[0]) and int(first.sum()) == len(articles) == 1 + int(article[-1])
    if whole:
        lengths = np.array([len(one.text) for one in articles], dtype=np.int64)
        whole = bool(
            (article == np.cumsum(first) - 1).all()
            and (start >= np.where(first, 0, np.roll(end, 1))).all()
            and (start < end).all()
            and (end <= lengths[np.cumsum(first) - 1]).all()
            and (paragraph[first] == 0).all()
            and np.isin(np.diff(paragraph)[~first[1:]], (0, 1)).all()
        )
    if not whole:
        raise InputError(f"{path} names sentences that its articles do not have. Build the index again.")
    found: list[list[Sentence]] = [[] for _ in articles]
    for place, begin, stop, of_paragraph, boilerplate in rows.tolist():
        found[place].append(Sentence(begin, stop, of_paragraph, bool(boilerplate)))
    return found


def _write_files(index: SentenceIndex, folder: Path, sources: Mapping[str, str | Path]) -> Manifest:
    rows = [
        [row.article, row.sentence.start, row.sentence.end, row.sentence.paragraph, row.sentence.boilerplate]
        for row in index.sentences
    ]
    cells = index.sentence_vectors.cells
    landmarks = [asdict(one.landmarks) if one.landmarks != Landmarks() else None for one in index.articles]
    return Manifest(
        format=FORMAT,
        encoder=index.encoder_name,
        encoder_sha256=index.encoder_digest,
        dimension=index.dimension,
        articles=[
            StoredArticle(
                article.title,
                str(Path(sources[article.digest]).resolve()) if article.digest in sources else None,
                _store(folder, "article-{}.txt", article.text.encode()),
                article.url,
                article.id,
                article.document_sha256,
            )
            for article in index.articles
        ],
        sentences=_store(folder, "sentences-{}.json", json.dumps(rows).encode()),
        sentence_vectors=_store_vectors(folder, "sentences", index.sentence_vectors.exact),
        paragraph_vectors=_store_vectors(folder, "paragraphs", index.paragraph_vectors),
        cells=_store_vectors(folder, "cells", cells) if cells else None,
        landmarks=_store(folder, "landmarks-{}.json", json.dumps(landmarks).encode()) if any(landmarks) else None,
    )


def _store(folder: Path, pattern: str, data: bytes) -> StoredFile:
    digest = sha256(data).hexdigest()
    file = StoredFile(pattern.format(digest[:16]), digest)
    if not _is_whole(folder / file.name, file):
        _write(folder / file.name, data)
    return file


def _store_vectors(folder: Path, kind: str, vectors: faiss.Index) -> StoredFile:
    """Write vectors without a copy in memory; their name, which needs their digest, comes last."""
    part = folder / f"{kind}.faiss.part"
    # not by its path, which faiss takes only in UTF-8
    _write_part(part, lambda file: faiss.write_index(vectors, faiss.PyCallbackIOWriter(file.write)))  # type: ignore[attr-defined]
    digest = digest_of(part)
    file = StoredFile(f"{kind}-{digest[:16]}.faiss", digest)
    os.replace(part, folder / file.name)
    return file


def _write(path: Path, data: bytes) -> None:
    """Put a whole file in place, on disk before its name is."""
    part = path.with_name(path.name + ".part")
    _write_part(part, lambda file: file.write(data))
    os.replace(part, path)


def _write_part(part: Path, write: Callable[[IO[bytes]], object]) -> None:
    # what lies there is of a writer that was killed; or a link, in a folder from elsewhere, to a file of the user's
    part.unlink(missing_ok=True)
    with part.open("xb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


def _remove_older(folder: Path, manifest: Manifest) -> None:
    current = {file.name for file in manifest.files}
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in current:
            path.unlink()


def _articles(folder: Path, manifest: Manifest, again: str) -> list[Article]:
    landmarks = _landmarks(folder, manifest, again)
    return [
        Article(
            _read(folder, one.file, again).decode(),
            one.url,
            id=one.name,
            landmarks=marks,
            document_sha256=one.document_sha256,
        )
        for one, marks in zip(manifest.articles, landmarks, strict=True)
    ]


def _landmarks(folder: Path, manifest: Manifest, again: str) -> list[Landmarks]:
    """Read the pages and headings of each article."""
    if manifest.landmarks is None:
        return [Landmarks()] * len(manifest.articles)
    try:
        found = json.loads(_read(folder, manifest.landmarks, again))
        landmarks = [Landmarks(*(_offsets(one[key]) for key in ("pages", "headings")) if one else ()) for one in found]
        if len(landmarks) != len(manifest.articles):
            raise ValueError(f"{len(landmarks)} for {len(manifest.articles)} articles")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        path = folder / manifest.landmarks.name
        raise InputError(f"{path} holds no landmarks of these articles. Run: {again}") from error
    return landmarks


def _offsets(value: list[Any]) -> tuple[int, ...]:
    if not all(type(one) is int for one in value):
        raise TypeError("an offset is no number")
    return tuple(value)


def _read(folder: Path, file: StoredFile, again: str) -> bytes:
    with _whole(folder, file, again) as path:
        return path.read_bytes()


@contextmanager
def _whole(folder: Path, file: StoredFile, again: str) -> Iterator[Path]:
    """Give the path of a file that is what the manifest says, for reading it."""
    path = folder / file.name
    try:
        found = digest_of(path)
        if found != file.sha256:
            raise InputError(f"{path} is damaged: SHA-256 {found[:12]}…, expected {file.sha256[:12]}…. Run: {again}")
        yield path
    except FileNotFoundError as error:
        raise InputError(f"{path} is missing. Run: {again}") from error
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}). Make it readable, or run: {again}") from error


def _is_whole(path: Path, file: StoredFile) -> bool:
    """Tell whether a file of that content is there already: most are when an article comes or goes."""
    return path.is_file() and digest_of(path) == file.sha256


def _mapped(folder: Path, file: StoredFile, again: str) -> faiss.IndexFlatIP:
    """Return vectors that stay in their file."""
    with _whole(folder, file, again) as path:
        try:
            data = np.memmap(path, dtype=np.uint8, mode="r")
            stored: Any = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(data), data.size))  # type: ignore[attr-defined]
        except (RuntimeError, ValueError, MemoryError) as error:
            raise InputError(f"{path} holds no vectors. Run: {again}") from error
        if type(stored) is not faiss.IndexFlatIP:
            raise InputError(f"{path} holds no vectors. Run: {again}")
        # faiss's own place for what must live as long
        stored.referenced_objects = [data]  # type: ignore[attr-defined]
        return stored


def _cells(folder: Path, file: StoredFile, again: str) -> faiss.IndexIVFPQ:
    data = np.frombuffer(_read(folder, file, again), dtype=np.uint8)
    try:
        cells: Any = faiss.deserialize_index(data)
    except (RuntimeError, MemoryError) as error:
        raise InputError(f"{folder / file.name} holds no cells. Run: {again}") from error
    if type(cells) is not faiss.IndexIVFPQ:
        raise InputError(f"{folder / file.name} holds no cells. Run: {again}")
    return cells


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


def _command(folder: Path, manifest: Manifest) -> str:
    if len(manifest.articles) > _NAMED:
        return f"pullquote index ARTICLE... --index {shlex.quote(str(folder))}"
    sources = " ".join(shlex.quote(article.source or "ARTICLE") for article in manifest.articles)
    return f"pullquote index {sources}{_urls(manifest.articles)} --index {shlex.quote(str(folder))}"


def _urls(articles: Sequence[StoredArticle]) -> str:
    """Return the options for articles' addresses; the command takes one for every article or for none."""
    urls = [shlex.quote(article.url) for article in articles if article.url]
    return "".join(f" --url {url}" for url in urls) if len(urls) == len(articles) else ""
