"""Articles come to an index folder, are corrected in it and go from it; those that stay are not encoded again.

A correction keeps the id of the article whose place it takes and, unless it has its own, the address, so that what
names the article goes on finding it: widgets, addresses, saved conversations.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from index.article import Article
from index.build import Progress, build_index, extend_index
from index.encoder import Encoder
from index.errors import InputError
from index.folder import save_index, writing
from index.loading import load_index
from index.manifest import Manifest, read_manifest
from index.store import EncoderMark, SentenceIndex

_SHOWN = 5

Files = Mapping[str, Article] | Mapping[Path, Article]
"""Articles by the files that they were read from."""


@dataclass(frozen=True, slots=True)
class _Coming:
    """An article that comes to an index.

    :param place: Of the article whose place it takes, if it takes one.
    """

    path: Path
    article: Article
    place: int | None = None


def add_articles(
    folder: str | Path,
    articles: Files,
    encoder: Encoder,
    progress: Progress | None = None,
    gone: Collection[str] = (),
) -> SentenceIndex:
    """Add articles to an index folder. A file that has changed since it was indexed takes the place of what it was.

    :param folder: The folder.
    :param articles: Articles by the files that they were read from. One that is there already is not encoded again,
        and keeps its id and its address; its pages and headings are stored anew.
    :param encoder: The encoder that the index was made with.
    :param progress: Called as the work goes on.
    :param gone: Articles to remove at the same time, as for `remove_articles`.
    :return: The index as it is stored now.
    :raises InputError: If there is no index, it is damaged or of another encoder, it holds another article with a given
        id, an article to remove is not in it, none would be left, or the folder cannot be written.
    """
    folder = Path(folder)
    with _revised(folder) as manifest:
        before = load_index(folder, encoder, unchanged=False)
        removed = {_place(folder, name, before, manifest) for name in gone}
        given = {article.digest for article in articles.values()}
        by_file = {
            Path(one.source): place
            for place, one in enumerate(manifest.articles)
            if one.source and one.file.sha256 not in given
        }
        coming = [_Coming(Path(path).resolve(), article) for path, article in articles.items()]
        coming = [replace(one, place=by_file.get(one.path)) for one in coming]
        return _put(folder, before, manifest, coming, removed, encoder, progress)


def replace_articles(
    folder: str | Path, articles: Files, encoder: Encoder, progress: Progress | None = None
) -> SentenceIndex:
    """Put corrected articles in the places of what they were.

    :param folder: The folder.
    :param articles: Articles by the files that they were read from. Each takes the place of the article that has its
        id, if one was given, or was read from its file, or else has its address.
    :param encoder: The encoder that the index was made with.
    :param progress: Called as the work goes on.
    :return: The index as it is stored now.
    :raises InputError: If there is no index, it is damaged or of another encoder, it holds no such article, the same
        text is in it under another id, or the folder cannot be written.
    """
    folder = Path(folder)
    with _revised(folder) as manifest:
        before = load_index(folder, encoder, unchanged=False)
        coming = [
            _Coming(Path(path).resolve(), article, _former(folder, Path(path), article, manifest))
            for path, article in articles.items()
        ]
        for one in coming:
            same = before.place_of(one.article.version)
            if same not in (None, one.place):
                raise InputError(
                    f"{one.path} is in {folder} already, with the id {before.articles[same].id}. Remove that first."
                )
        return _put(folder, before, manifest, coming, set(), encoder, progress)


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
        _check_left(folder, before, gone)
        after = before.without(gone)
        save_index(after, folder, manifest.sources)
    return after


def named_as_before(folder: str | Path, articles: Files) -> list[Article]:
    """Give articles that an index folder is about to be built of the ids that they have in it.

    :param folder: The folder, in which there need be no index.
    :param articles: Articles by the files that they were read from. One without a given id gets that of the article
        with the same text, or the same file, or the same address.
    :return: The articles, in their order.
    """
    try:
        manifest = read_manifest(Path(folder))
    except InputError:
        # none, or one that is to be replaced because it is damaged
        return list(articles.values())
    keys, taken = _keys(manifest), set[int]()
    named = []
    for path, article in articles.items():
        place = None if article.id != article.version else _same(Path(path).resolve(), article, keys)
        if place is None or place in taken:
            named.append(article)
        else:
            taken.add(place)
            named.append(replace(article, id=manifest.articles[place].name))
    return named


def _put(
    folder: Path,
    before: SentenceIndex,
    manifest: Manifest,
    coming: Sequence[_Coming],
    removed: set[int],
    encoder: Encoder,
    progress: Progress | None,
) -> SentenceIndex:
    """Store an index of what is left and what comes."""
    known = {article.digest for article in before.articles}
    gone = removed | {
        one.place for one in coming if one.place is not None and before.articles[one.place].digest != one.article.digest
    }
    new = []
    for one in coming:
        if one.article.digest in known:
            continue
        article = one.article if one.place is None else _corrected(before.articles[one.place], one.article)
        if before.places.get(article.id, -1) not in {-1, *gone}:
            raise InputError(
                f"{folder} holds another article with the id {article.id}. Give {one.path} another id, or put it in "
                "that one's place: pullquote index --replace"
            )
        new.append(article)
    before = before.renewed([one.article for one in coming])
    if new and len(gone) == len(before.articles):
        after = build_index(new, encoder, progress)
    else:
        _check_left(folder, before, gone)
        after = extend_index(before.without(gone) if gone else before, new, encoder, progress)
    files = {one.article.digest: one.path for one in coming if one.path.is_file()}
    save_index(after, folder, {**manifest.sources, **files})
    return after


def _corrected(old: Article, new: Article) -> Article:
    """Give a correction the id and the address of the article whose place it takes, unless it has its own."""
    return replace(new, id=old.id if new.id == new.version else new.id, url=new.url or old.url)


def _former(folder: Path, path: Path, article: Article, manifest: Manifest) -> int:
    """Find the place of the article that a correction is of."""
    if article.id != article.version:
        place = next((place for place, one in enumerate(manifest.articles) if one.name == article.id), None)
        if place is None:
            raise InputError(f"{folder} holds no article with the id {article.id}. Add it: pullquote index --add")
        return place
    place = _same(path.resolve(), article, _keys(manifest))
    if place is None:
        raise InputError(
            f"{folder} holds no article that was read from {path}, or has its address. "
            "Name the one that it corrects (--id ID; pullquote list shows the ids), or add it: pullquote index --add"
        )
    return place


def _keys(manifest: Manifest) -> dict[tuple[str, str], int]:
    """Return the places of articles by what tells that another is the same: its text, its file, its address."""
    stored = list(enumerate(manifest.articles))
    return (
        {("address", one.url): place for place, one in stored if one.url}
        | {("file", one.source): place for place, one in stored if one.source}
        | {("text", one.file.sha256): place for place, one in stored}
    )


def _same(path: Path, article: Article, keys: Mapping[tuple[str, str], int]) -> int | None:
    """Find the same text, or else what was read from the same file, or else what has the same address."""
    for key in (("text", article.digest), ("file", str(path)), ("address", article.url or "")):
        if key in keys:
            return keys[key]
    return None


def _check_left(folder: Path, index: SentenceIndex, gone: set[int]) -> None:
    if len(gone) == len(index.articles):
        raise InputError(f"That would leave no article in {folder}. Delete the folder instead.")


@contextmanager
def _revised(folder: Path) -> Iterator[Manifest]:
    """Keep other writers away from reading to writing, so that two who add at once both do."""
    # says that there is none, and makes no folder
    read_manifest(folder)
    with writing(folder):
        yield read_manifest(folder)


def _place(folder: Path, name: str, index: SentenceIndex, manifest: Manifest) -> int:
    place = index.place_of(name)
    if place is not None:
        return place
    # unlike `Path.resolve`, it raises nothing for a link that leads to itself
    file = Path(os.path.realpath(name))
    for place, article in enumerate(index.articles):
        if file == manifest.sources.get(article.digest):
            return place
    ids = ", ".join(article.id for article in index.articles[:_SHOWN])
    more = ", …" if len(index.articles) > _SHOWN else ""
    raise InputError(f"{folder} holds no article {name!r}. Give a file that it was made of, or an id: {ids}{more}.")
