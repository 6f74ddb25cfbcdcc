"""The commands `pullquote list`, `update` and `check`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
from itertools import zip_longest
from pathlib import Path
from typing import Annotated

import typer

import index
from index.article import Article, read_article
from index.errors import InputError
from index.hidden import visible
from index.loading import load_index
from index.manifest import MANIFEST, read_manifest
from index.store import EncoderMark, SentenceIndex
from index.stores.opening import open_store
from index.stores.store import MissingError
from index.update import Differences, differences, files_below
from index.weights import DEFAULT_ENCODER
from rag.language.words import tokenised
from rag.library.filling import Encoded, Encoding, Outcome, Refused, Source, fill, held_by, read_named
from rag.rendering.escaping import printable_json
from rag.rendering.wording import language_warning
from rag.retrieval.titles import titled
from rag.terminal import (
    EncoderOption,
    StoreOption,
    article_named,
    check_addresses,
    counting,
    default_folder,
    encoding,
    is_read_here,
    stay_offline,
    tell,
    working,
)

_TOLD = 8
"""Files that are named one by one."""
_PAGE = 1000
"""Articles of a store that are listed at a time."""
FolderArgument = Annotated[
    Path | None, typer.Argument(help="A folder made by `pullquote index`.", show_default="the one that it writes")
]


def list_command(
    folder: FolderArgument = None,
    words: Annotated[str, typer.Option("--find", help="Only those with these words in their titles.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, an article a line.")] = False,
    store: StoreOption = None,
) -> None:
    """List the articles of an index: id, title, and address or file; those of a store: id and title."""
    if store is not None:
        if folder:
            raise InputError(f"Give a folder or --store, not both ({folder} and a store).")
        _list_store(store, words, as_json=as_json)
        return
    articles = read_manifest(folder or default_folder()).articles
    found = [articles[place] for place in titled([one.title for one in articles], words)]
    widest = max((len(one.name) for one in found), default=0)
    for one in found:
        if as_json:
            record = {"id": one.name, "title": one.title, "url": one.url, "file": one.source}
            typer.echo(printable_json({**record, "sha256": one.file.sha256}))
        else:
            typer.echo(visible(f"{one.name:{widest}}  {one.title}  {one.url or one.source or ''}".rstrip()))
    tell(f"{_counted(len(found), 'article')}{f' of {len(articles)}' if len(found) < len(articles) else ''}")


def _list_store(address: str, words: str, *, as_json: bool) -> None:
    """List the articles of a store, by id; a page at a time, since they may be millions."""
    count, last = 0, ""
    with closing(open_store(address, tokenised)) as store:
        while page := store.listed(last, _PAGE, words):
            count, last = count + len(page), page[-1].id
            for one in page:
                if as_json:
                    typer.echo(printable_json(asdict(one)))
                else:
                    typer.echo(visible(f"{one.id}  {one.title}"))
        kept = store.counts().articles
    tell(f"{_counted(count, 'article')}{f' of {kept}' if count < kept else ''}")


def put_into(address: str, sources: Sequence[Source], encoder: str | None, ray: str | None = None) -> None:
    """Put files into a store, those that are not in it yet, and say what it holds then.

    :param address: The store's.
    :param sources: The files; an article whose id is there takes the place of the older one.
    :param encoder: Name or folder; by default the one that the store was made with.
    :param ray: Who reads and encodes, see `rag.terminal.working`.
    :raises InputError: If the store, the encoder or the workers cannot be used, or the only file cannot be read.
    :raises typer.Exit: With 1, if one of several files cannot be read; the others are stored.
    """
    with closing(open_store(address, tokenised)) as store, working(ray) as workers:
        sources = read_named(store, sources)
        held = held_by(store, sources)
        name = encoder or (held.mark.name if held.mark else DEFAULT_ENCODER)
        stay_offline(name)
        foreign = 0
        unseen = False
        with counting("Indexing", len(sources)) as advance:

            def told(outcome: Outcome) -> None:
                nonlocal foreign, unseen
                advance()
                if isinstance(outcome, Encoded) and outcome.warning:
                    foreign += 1
                    if foreign <= _TOLD:
                        tell(f"{outcome.name}: {outcome.warning}", "yellow")
                if isinstance(outcome, Refused):
                    unseen = unseen or (
                        ray is not None and os.path.isfile(outcome.name) and "No article" in outcome.reason
                    )
                    _tell_refused(outcome, alone=len(sources) == 1)

            opened, on_card = partial(index.open_encoder, name), partial(index.open_encoder, name, on_card=True)
            filled = fill(store, sources, workers, Encoding(opened, held, on_card), told)
        now, shown = store.counts(), store.address
    stored = f"{filled.sentences} sentences of {_counted(filled.articles, 'article')}"
    tell(f"Stored {stored}; the store holds {_counted(now.articles, 'article')}")
    if filled.kept:
        tell(f"In the store already: {_counted(filled.kept, 'article')}")
    if filled.twins:
        tell(f"Left out, as an article has the same text: {_counted(filled.twins, 'file')}", "yellow")
    if foreign > _TOLD:
        tell(f"{_counted(foreign - _TOLD, 'more article')} in another language than English.", "yellow")
    if unseen:
        tell("Each machine of the cluster must see the files under the same path: some are seen here only.", "yellow")
    if filled.refused:
        tell(f"Left out, as they could not be read: {_counted(filled.refused, 'file')}", "yellow")
        raise typer.Exit(1)
    tell(f'Next: pullquote ask "What happened?" --store {shlex.quote(shown)}')


def _tell_refused(refused: Refused, *, alone: bool) -> None:
    reason = refused.reason if refused.name in refused.reason else f"{refused.name}: {refused.reason}"
    if alone:
        raise InputError(reason)
    tell(reason, "yellow")


def sources_of(
    paths: Sequence[str],
    urls: list[str] | None,
    ids: list[str] | None,
    address: str,
    *,
    fetch: bool,
    shared: bool,
) -> list[Source]:
    """Find the files that are to be put into a store.

    :param paths: Files, folders with files, `-`, and addresses on the web; the last two are read now.
    :param urls: Where each is on the web, in their order, or nothing.
    :param ids: Of each article, likewise.
    :param address: The store's, in case it is a folder in one of these.
    :param fetch: Whether an address may be got from the web.
    :param shared: Whether processes in other folders read the files.
    :raises InputError: If there is none, or one that has to be read now cannot be.
    """
    check_addresses(paths, urls)
    sources: list[Source] = []
    for path, url, name in zip_longest(paths, urls or (), ids or (), fillvalue=None):
        if path is None or is_read_here(path):
            sources.append(Source(str(path), url, name or "", article_named(str(path), url, fetch)))
        elif not Path(path).is_dir():
            sources.append(Source(os.path.abspath(path) if shared else path, url, name or ""))
        elif url or name:
            raise InputError(f"{path} is a folder: leave --url and --id out, or give its files one by one.")
        else:
            sources += [Source(str(file)) for file in files_below(Path(path), Path(address))]
    if not sources:
        raise InputError(f"{paths[0]} holds no file. Give files, or a folder with files in it.")
    return sources


def remove_from(address: str, ids: Sequence[str]) -> None:
    """Remove articles from a store, and say how many there were.

    :param address: The store's.
    :param ids: The articles' ids.
    :raises InputError: If it holds none of them, or cannot be used.
    """
    with closing(open_store(address, tokenised)) as store:
        removed = store.remove(ids)
        now = store.counts()
        if not removed:
            raise MissingError(store.address, ids[0])
    tell(f"Removed {_counted(removed, 'article')}; the store holds {_counted(now.articles, 'article')}")
    if missed := len(set(ids)) - removed:
        tell(f"Not there: {_counted(missed, 'article')}", "yellow")


def check_command(folder: FolderArgument = None) -> None:
    """Read every part of an index and check it. Exit code 0 if it is whole, 1 if it is damaged."""
    target = folder or default_folder()
    if not (target / MANIFEST).exists():
        # says that there is none
        read_manifest(target)
    try:
        manifest = read_manifest(target)
        mark = EncoderMark(manifest.encoder, manifest.encoder_sha256, manifest.dimension)
        stored = load_index(target, mark, unchanged=False)
    except InputError as error:
        tell(str(error), "red")
        raise typer.Exit(1) from error
    tell(f"{target} is whole: {_size(stored)}, each file as it was written.", "green")


def update_command(
    folder: Annotated[Path, typer.Argument(help="The index; made if it is missing.", metavar="INDEX")],
    files: Annotated[Path, typer.Argument(help="A folder of articles; those in it count, too.", metavar="FOLDER")],
    remove_gone: Annotated[
        bool, typer.Option("--remove-gone", help="Remove the articles whose files in FOLDER are gone.")
    ] = False,
    encoder: EncoderOption = None,
) -> None:
    """Bring an index up to date with a folder: new files are added, changed ones take the place of what they were.

    What is unchanged, told by its digest, is neither read nor encoded again.
    """
    found = differences(folder, files)
    articles, refused = _read(sorted([*found.new, *found.changed]))
    articles, twins = _once(articles, found)
    gone = found.gone if remove_gone else ()
    if articles or gone:
        stored = _stored(folder, articles, gone, encoder)
        tell(f"{_summary(found, articles, gone)}: {_size(stored)} in {folder}")
    elif not (folder / MANIFEST).exists():
        raise InputError(f"{files} holds no article that can be read. Give a folder with text, Markdown or documents.")
    else:
        tell(f"Nothing has changed: {_counted(found.unchanged, 'file')} of {files} in {folder}")
    if twins:
        tell(f"Left out, as an article has the same text, or had it: {_counted(twins, 'file')}", "yellow")
    if refused:
        tell(f"Left out, as they could not be read: {_counted(refused, 'file')}", "yellow")
    if found.gone and not remove_gone:
        again = shlex.join(["pullquote", "update", str(folder), str(files), "--remove-gone"])
        tell(f"The files of {_counted(len(found.gone), 'article')} are gone. To remove these: {again}", "yellow")


def _read(paths: Sequence[Path]) -> tuple[dict[Path, Article], int]:
    """Read files; name the first of those that cannot be read, and count the others."""
    articles: dict[Path, Article] = {}
    refused = foreign = 0
    with counting("Reading", len(paths)) as advance:
        for path in paths:
            try:
                articles[path] = read_article(path)
                foreign += bool(language_warning(articles[path]))
            except InputError as error:
                refused += 1
                if refused <= _TOLD:
                    tell(str(error), "yellow")
            advance()
    if foreign:
        tell(f"{_counted(foreign, 'article')} in another language than English: answers will be poor.", "yellow")
    return articles, refused


def _once(articles: dict[Path, Article], found: Differences) -> tuple[dict[Path, Article], int]:
    """Leave out what has the same text as another; tell how many those are."""
    kept: dict[Path, Article] = {}
    known = set(found.texts)
    for path, article in articles.items():
        # what has changed takes the place of what it was; else the earlier text of an article that was corrected has no
        # id to itself: the one that is made of it is that article's
        if path in found.changed or (article.digest not in known and article.version not in found.taken):
            kept[path] = article
        known.add(article.digest)
    return kept, len(articles) - len(kept)


def _stored(folder: Path, articles: dict[Path, Article], gone: Sequence[str], encoder: str | None) -> SentenceIndex:
    there = (folder / MANIFEST).exists()
    if not articles:
        return index.remove_articles(folder, gone)
    name = encoder or (read_manifest(folder).encoder if there else DEFAULT_ENCODER)
    stay_offline(name)
    with encoding() as progress:
        model = index.open_encoder(name)
        if there:
            return index.add_articles(folder, articles, model, progress, gone)
        built = index.build_index(list(articles.values()), model, progress)
    index.save_index(built, folder, {article.digest: path for path, article in articles.items()})
    return built


def _summary(found: Differences, articles: dict[Path, Article], gone: Sequence[str]) -> str:
    corrected = sum(path in articles for path in found.changed)
    return (
        f"Added: {len(articles) - corrected}, corrected: {corrected}, removed: {len(gone)}, "
        f"unchanged: {found.unchanged}"
    )


def _size(stored: SentenceIndex) -> str:
    return f"{len(stored)} sentences of {_counted(len(stored.articles), 'article')}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
