"""How a store is filled with many files: read, cut and encoded by workers, stored a part at a time.

What is in the store is not encoded again, so an interrupted run is continued by doing the same again. The results come
in the order of the files, whoever does the work, and so what is stored is the same.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from time import monotonic
from typing import TypeAlias

from index.article import Article, read_article
from index.build import build_index
from index.encoder import Encoder
from index.errors import InputError
from index.store import EncoderMark, SentenceIndex, together
from index.stores.store import Store, check_mark, check_names
from rag.rendering.wording import language_warning
from rag.workers.workers import Workers

PART = 10_000
"""Sentences that are stored at a time: a folder is written anew with each part."""
_SECONDS = 60.0
"""After which a smaller part is stored."""
_FILES, _BYTES = 16, 200_000
"""Of files that a worker gets at a time."""
_PAGE = 10_000
"""Articles of a store that are listed at a time."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file, and what was said of it.

    :param name: The file, for messages; its path, unless it was read already.
    :param url: Where it is on the web.
    :param id: The article's id; by default it is made of the text.
    :param article: What was read, if the workers cannot: from standard input or the web.
    """

    name: str
    url: str | None = None
    id: str = ""
    article: Article | None = None

    def read(self) -> Article:
        """Read it.

        :raises InputError: If it cannot be read.
        """
        article = self.article or read_article(self.name, self.url)
        return replace(article, id=self.id) if self.id else article


@dataclass(frozen=True, slots=True)
class Batch:
    """Files that a worker gets at a time."""

    sources: tuple[Source, ...]

    def __str__(self) -> str:
        """Name the first."""
        more = len(self.sources) - 1
        return self.sources[0].name + (f" or one of {more} more after it" if more else "")


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that cannot be read, and why, with its name."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An article that is in the store already."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """An article by itself.

    :param name: Of its file.
    :param warning: That it is not in English; or nothing.
    """

    name: str
    index: SentenceIndex
    warning: str


Outcome: TypeAlias = Refused | Kept | Encoded


@dataclass(frozen=True, slots=True)
class Held:
    """What a store held before.

    :param address: The store's, without a password.
    :param mark: Of the encoder; None if nothing was ever stored.
    :param versions: Of all articles.
    :param named: Ids and versions of those whose ids are given for files now.
    :param corrected: Ids that are not made of their texts.
    """

    address: str
    mark: EncoderMark | None
    versions: frozenset[str]
    named: frozenset[tuple[str, str]]
    corrected: frozenset[str]

    def has(self, source: Source, article: Article) -> bool:
        """Tell whether a file needs no work. With a given address it does: it may be a new one."""
        if source.url:
            return False
        if source.id:
            return (article.id, article.version) in self.named
        # a text that was corrected under the id that is made of it does not come back
        return article.version in self.versions or article.id in self.corrected


@dataclass(frozen=True, slots=True)
class Encoding:
    """Makes what reads and encodes.

    :param open_encoder: Opens the encoder.
    :param open_on_card: Opens it for a worker that is given a graphics card; None if it has no use for one.
    """

    open_encoder: Callable[[], Encoder]
    held: Held
    open_on_card: Callable[[], Encoder] | None = None

    def __call__(self) -> Callable[[Batch], list[Outcome]]:
        """Open the encoder.

        :raises InputError: If it cannot be opened, or is not that of the store.
        """
        encoder = self.open_encoder()
        check_mark(self.held.address, self.held.mark, EncoderMark(encoder.name, encoder.digest, encoder.dimension))
        return lambda batch: [_encoded(source, self.held, encoder) for source in batch.sources]

    def on_card(self) -> Encoding | None:
        """Return what makes the same for a worker with a graphics card, if it has a use for one."""
        return replace(self, open_encoder=self.open_on_card) if self.open_on_card else None


@dataclass(slots=True)
class Filled:
    """What was done.

    :param articles: That were stored.
    :param sentences: Theirs.
    :param kept: Articles that were in the store already.
    :param twins: Files with the text of one before them.
    :param refused: Files that could not be read.
    """

    articles: int = 0
    sentences: int = 0
    kept: int = 0
    twins: int = 0
    refused: int = 0


def read_named(store: Store, sources: Sequence[Source]) -> list[Source]:
    """Read the files that ids are given for, to look whether the store can take them before anything is encoded.

    :param store: The store.
    :param sources: What is to be put into it.
    :return: The same, what was read with its article.
    :raises InputError: If it holds the text of one with another id.
    """
    read = [_read_now(source) if source.id else source for source in sources]
    check_names(store, [source.read() for source in read if source.id and source.article])
    return read


def _read_now(source: Source) -> Source:
    try:
        return replace(source, article=source.read())
    except InputError:
        # whoever is to encode it will say so
        return source


def held_by(store: Store, sources: Sequence[Source]) -> Held:
    """Look what a store holds.

    :param store: The store.
    :param sources: What is to be put into it.
    """
    ids = {source.id for source in sources if source.id}
    versions: set[str] = set()
    named: set[tuple[str, str]] = set()
    corrected: set[str] = set()
    last = ""
    while page := store.listed(last, _PAGE):
        last = page[-1].id
        versions |= {one.version for one in page}
        named |= {(one.id, one.version) for one in page if one.id in ids}
        corrected |= {one.id for one in page if one.id != one.version}
    return Held(store.address, store.mark, frozenset(versions), frozenset(named), frozenset(corrected))


def fill(
    store: Store,
    sources: Sequence[Source],
    workers: Workers,
    encoding: Encoding,
    told: Callable[[Outcome], None],
    part: int = PART,
) -> Filled:
    """Put files into a store, those that are not in it already.

    :param store: The store; only this process writes to it.
    :param sources: The files. Of several with one text the first is stored.
    :param workers: Who reads and encodes.
    :param encoding: How.
    :param told: Called with what became of each file, in their order.
    :param part: Sentences that are stored at a time.
    :return: What was done.
    :raises InputError: If the store or the encoder cannot be used, or the workers are gone. What was stored stays.
    """
    filled = Filled()
    versions: set[str] = set()
    waiting: list[SentenceIndex] = []
    since = monotonic()
    for outcomes in workers.map(encoding, batches(sources), encoding.on_card()):
        for outcome in outcomes:
            match outcome:
                case Refused():
                    filled.refused += 1
                case Kept():
                    filled.kept += 1
                case Encoded() if outcome.index.articles[0].version in versions:
                    filled.twins += 1
                case Encoded():
                    versions.add(outcome.index.articles[0].version)
                    waiting.append(outcome.index)
            told(outcome)
        if sum(map(len, waiting)) >= part or (waiting and monotonic() - since > _SECONDS):
            _store(store, waiting, filled)
            since = monotonic()
    if waiting:
        _store(store, waiting, filled)
    # in the end, and even if nothing was new: what is made of all at once is made far sooner
    store.optimise()
    return filled


def batches(sources: Iterable[Source]) -> Iterator[Batch]:
    """Share files out; a big one is by itself.

    :param sources: The files.
    :return: All of them, in their order.
    """
    batch: list[Source] = []
    size = 0
    for source in sources:
        more = _size(source)
        if batch and (len(batch) == _FILES or size + more > _BYTES):
            yield Batch(tuple(batch))
            batch, size = [], 0
        batch.append(source)
        size += more
    if batch:
        yield Batch(tuple(batch))


def _size(source: Source) -> int:
    try:
        return len(source.article.text) if source.article else os.stat(source.name).st_size
    except (OSError, ValueError):
        # whoever reads it will say so
        return 0


def _encoded(source: Source, held: Held, encoder: Encoder) -> Outcome:
    try:
        article = source.read()
        if held.has(source, article):
            return Kept()
        index = build_index([article], encoder)
    except InputError as error:
        return Refused(source.name, str(error))
    return Encoded(source.name, index, language_warning(article))


def _store(store: Store, waiting: list[SentenceIndex], filled: Filled) -> None:
    """Store what waits, and let it wait no more."""
    marks = {index.mark for index in waiting}
    if len(marks) > 1:
        first, other, *_ = sorted(mark.digest[:12] for mark in marks)
        raise InputError(
            f"The workers have different encoders of the same name (weights {first} and {other}). Install the same "
            "version of Pullquote and of the model on each machine."
        )
    store.put(together(waiting))
    filled.articles += len(waiting)
    filled.sentences += sum(map(len, waiting))
    waiting.clear()
