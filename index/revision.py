"""Articles come to an index folder and go from it; those that stay are not encoded again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from index.article import Article
from index.build import Progress, extend_index
from index.encoder import Encoder
from index.errors import InputError
from index.folder import load_index, locked, save_index
from index.manifest import Manifest, read_manifest
from index.store import EncoderMark, SentenceIndex

_SHOWN = 5


def add_articles(
    folder: str | Path,
    articles: Mapping[str, Article] | Mapping[Path, Article],
    encoder: Encoder,
    progress: Progress | None = None,
) -> SentenceIndex:
    """Add articles to an index folder. A file that has changed since it was indexed takes the place of what it was.

    :param folder: The folder.
    :param articles: Articles by the files that they were read from. One that is there already is not encoded again,
        and keeps its address.
    :param encoder: The encoder that the index was made with.
    :param progress: Called as the work goes on.
    :return: The index as it is stored now.
    :raises InputError: If there is no index, it is damaged or of another encoder, or the folder cannot be written.
    """
    folder = Path(folder)
    new = {article.digest: Path(path).resolve() for path, article in articles.items()}
    with _revised(folder) as manifest:
        before = load_index(folder, encoder, unchanged=False)
        after = extend_index(before, list(articles.values()), encoder, progress)
        outdated = {
            digest for digest, source in manifest.sources.items() if source in new.values() and digest not in new
        }
        gone = [place for place, article in enumerate(after.articles) if article.digest in outdated]
        after = after.without(gone) if gone else after
        save_index(after, folder, {**manifest.sources, **new})
    return after


def remove_articles(folder: str | Path, names: Sequence[str]) -> SentenceIndex:
    """Remove articles from an index folder.

    :param folder: The folder.
    :param names: Each an article's id or the file that it was read from, which need not exist any more.
    :return: The index as it is stored now.
    :raises InputError: If there is no index, it is damaged, an article is not in it, none would be left, or the folder
        cannot be written.
    """
    folder = Path(folder)
    with _revised(folder) as manifest:
        mark = EncoderMark(manifest.encoder, manifest.encoder_sha256, manifest.dimension)
        before = load_index(folder, mark, unchanged=False)
        gone = {_place(folder, name, before, manifest) for name in names}
        if len(gone) == len(before.articles):
            raise InputError(f"That would leave no article in {folder}. Delete the folder instead.")
        after = before.without(gone)
        save_index(after, folder, manifest.sources)
    return after


@contextmanager
def _revised(folder: Path) -> Iterator[Manifest]:
    """Keep other writers away from reading to writing, so that two who add at once both do."""
    read_manifest(folder)
    try:
        lock = locked(folder)
        lock.acquire()
    except OSError as error:
        raise InputError(f"Cannot write to {folder}: {error.strerror or error}. Give a writable folder.") from error
    try:
        yield read_manifest(folder)
    finally:
        lock.release()


def _place(folder: Path, name: str, index: SentenceIndex, manifest: Manifest) -> int:
    for place, article in enumerate(index.articles):
        if name == article.id or Path(name).resolve() == manifest.sources.get(article.digest):
            return place
    ids = ", ".join(article.id for article in index.articles[:_SHOWN])
    more = ", …" if len(index.articles) > _SHOWN else ""
    raise InputError(f"{folder} holds no article {name!r}. Give a file that it was made of, or an id: {ids}{more}.")
