"""An index on disk: a folder that a crash at any moment leaves whole, old or new.

`manifest.json` is for people and names every other file with its SHA-256. File names carry that
digest, so the files of a new index stand beside those of the old one, and replacing the manifest,
which is atomic, is the moment at which the new index takes the old one's place. `index/loading.py` reads it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import IO

import faiss
from filelock import FileLock

from index.errors import InputError
from index.kept import digest_of, flush
from index.landmarks import Landmarks
from index.manifest import FORMAT, MANIFEST, Manifest, StoredArticle, StoredFile
from index.seal import sealed
from index.store import SentenceIndex

_LOCK = ".lock"
_OURS = re.compile(
    r"(?:article|sentences|paragraphs|cells|landmarks)-[0-9a-f]{16}\.(?:txt|json|faiss)(?:\.part)?"
    r"|(?:manifest|article|sentences|paragraphs|cells|landmarks)\.(?:json|txt|faiss)\.part"
)


def save_index(index: SentenceIndex, folder: str | Path, sources: Mapping[str, str | Path] | None = None) -> Manifest:
    """Write an index into a folder.

    :param index: The index.
    :param folder: Made if missing. The files of an older index in it are removed at the end.
    :param sources: The file an article was read from, by the article's digest.
    :return: The manifest written.
    :raises InputError: If the folder cannot be written or holds something else.
    """
    folder = Path(folder)
    with writing(folder), _refused(folder):
        manifest = _write_files(index, folder, sources or {})
        flush(folder)
        told = json.dumps(sealed(asdict(manifest)), indent=2, ensure_ascii=False)
        # a file's name that is no UTF-8 has halves of surrogate pairs, which JSON escapes in the same way
        _write(folder / MANIFEST, told.encode(errors="backslashreplace"))
        flush(folder)
        _remove_older(folder, {file.name for file in manifest.files})
    return manifest


def empty_folder(folder: Path) -> None:
    """Remove an index from its folder; once its manifest is gone, the rest is no index.

    :param folder: The folder.
    :raises InputError: If it cannot be written or holds something else.
    """
    with writing(folder), _refused(folder):
        (folder / MANIFEST).unlink(missing_ok=True)
        flush(folder)
        _remove_older(folder, set())


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Keep other writers away from a folder, which is made if it is missing; who keeps them away can do so again.

    :param folder: The folder.
    :raises InputError: If it cannot be written or holds something else.
    """
    with ExitStack() as locked:
        with _refused(folder):
            folder.mkdir(parents=True, exist_ok=True)
            check_folder(folder)
            locked.enter_context(FileLock(folder.resolve() / _LOCK, is_singleton=True))
        yield


@contextmanager
def _refused(folder: Path) -> Iterator[None]:
    """Say so where a folder cannot be written."""
    try:
        yield
    except OSError as error:
        raise InputError(
            f"Cannot write the index to {folder}: {error.strerror or error}. Give a writable folder."
        ) from error


def check_folder(folder: Path) -> None:
    """Look whether an index may be written into a folder.

    :param folder: The folder.
    :raises InputError: If it holds something else.
    :raises OSError: If it cannot be read.
    """
    strangers = [path.name for path in folder.iterdir() if not _OURS.fullmatch(path.name) and path.name != _LOCK]
    if strangers and MANIFEST not in strangers:
        raise InputError(
            f"{folder} holds other files ({strangers[0]!r}, …) and no index. Give an empty or a new folder."
        )


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


def _remove_older(folder: Path, current: Collection[str]) -> None:
    for path in folder.iterdir():
        if _OURS.fullmatch(path.name) and path.name not in current:
            path.unlink()


def _is_whole(path: Path, file: StoredFile) -> bool:
    """Tell whether a file of that content is there already: most are when an article comes or goes."""
    return path.is_file() and digest_of(path) == file.sha256
