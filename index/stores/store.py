"""What keeps articles, their sentences and their vectors so that they can be searched: one protocol for every engine.

An engine proposes sentences; it never answers. What is asked is read from `fetch`, which gives the articles as they
were put, so that text, offsets, vectors and answers are the same whatever keeps them.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.article import Article, is_id
from index.errors import InputError
from index.store import EncoderMark, SentenceIndex

Tokeniser: TypeAlias = Callable[[Sequence[str]], Sequence[Sequence[str]]]
r"""Gives the words of each text as they are compared, such as stems. A word is one of `\w+`. It is handed to a store,
as an encoder is, and must be the same each time."""


@dataclass(frozen=True, slots=True)
class Match:
    """A sentence that was found.

    :param article: Id of its article.
    :param number: Its number within the article, from 0.
    :param score: Cosine similarity, or the engine's own measure of common words; higher is better.
    """

    article: str
    number: int
    score: float


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list tells of an article."""

    id: str
    title: str
    version: str
    sentences: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a store keeps."""

    articles: int
    sentences: int


class MissingError(InputError):
    """No article has an id, or none has it any more.

    :param address: The store's, without a password.
    :param name: The id.
    """

    def __init__(self, address: str, name: str) -> None:
        listing = shlex.join(["pullquote", "list", "--store", address])
        super().__init__(f"{address} holds no article with the id {name[:80]!r}. `{listing}` shows the ids.")


class Store(Protocol):
    """Keeps articles. Each call sees all of what a `put` or `remove` before it did, or, while it runs, none of it.

    Any text may be given as an id: what is no article's id is not there.
    """

    @property
    def address(self) -> str:
        """What opens the store, without a password: it may be shown."""

    @property
    def mark(self) -> EncoderMark | None:
        """The encoder that all vectors come from; None before the first `put`, and maybe after all was removed."""

    def put(self, index: SentenceIndex) -> None:
        """Add articles; one whose id is there takes the place of the older one.

        :param index: The articles.
        :raises InputError: If they were made with another encoder, or one has the text of an article that stays and
            has another id, or the id that is made of such a text. Then nothing is put.
        """

    def optimise(self) -> None:
        """Make what searches among many sentences need to be fast, if it is not there.

        Whoever puts many articles calls it once, at the end. What is not optimised is searched all the same, slowly.
        """

    def remove(self, ids: Collection[str]) -> int:
        """Forget articles, and return how many there were."""

    def nearest(self, vector: NDArray[np.float32], k: int, only: Collection[str] | None = None) -> list[Match]:
        """Find the sentences most similar to a vector; boilerplate is never found.

        :param vector: float32 (dimension,), unit length.
        :param k: How many, at least 1; more than there are gives all.
        :param only: Ids of the articles to look in; all with None.
        :return: They, best first; those with equal scores in any order.
        :raises ValueError: If fewer than 1 are asked for, or the vector has another dimension than those that are kept.
        """

    def common_words(self, question: str, k: int, only: Collection[str] | None = None) -> list[Match]:
        """Find the sentences that share words with a question, likewise; those that share none are left out."""

    def listed(self, after: str = "", limit: int = 100, words: str = "") -> list[Listed]:
        """List articles by id; of those whose titles hold all words, or begin of a word each, if there are some.

        :param after: The last id of the page before.
        :param limit: How many are listed at most, at least 1.
        :param words: The words, as `index.titles` compares them.
        :raises ValueError: If `after` is no id, or `limit` is less.
        """

    def named(self, ids: Collection[str], versions: Collection[str] = ()) -> list[Listed]:
        """Tell of the articles that have one of some ids, or one of some versions; by id, each once."""

    def fetch(self, ids: Sequence[str]) -> SentenceIndex:
        """Return articles as they were put, in the order given: what building them alone gives, to the bit.

        :param ids: At least one; one that is given twice is returned once.
        :raises MissingError: If one is not there.
        """

    def counts(self, words: str = "") -> Counts:
        """Count what is kept; with words, what `listed` would list by them."""

    def close(self) -> None:
        """Let go of files and connections."""


def check_mark(address: str, kept: EncoderMark | None, coming: EncoderMark) -> None:
    """Refuse vectors that do not compare with those that are kept.

    :param address: The store's, for the message.
    :raises InputError: If they come from another encoder.
    """
    if kept and kept != coming:
        raise InputError(
            f"{address} was made with the encoder {kept.name!r} (weights {kept.digest[:12]}), not with "
            f"{coming.name!r} ({coming.digest[:12]}). Add --encoder {kept.name}, or give another store."
        )


def check_search(k: int, vector: NDArray[np.float32] | None = None, mark: EncoderMark | None = None) -> None:
    """Refuse a search that means nothing.

    :param k: Sentences that are asked for.
    :param vector: The vector, if one is compared.
    :param mark: Of the vectors that are kept, if there are some.
    :raises ValueError: If fewer than 1 are asked for, or the vector has another dimension.
    """
    if k < 1:
        raise ValueError(f"{k} sentences are asked for; it must be 1 or more")
    if vector is not None and mark is not None and vector.shape != (mark.dimension,):
        raise ValueError(f"a vector of the shape {vector.shape} does not compare with those of ({mark.dimension},)")


def check_page(after: str, limit: int) -> None:
    """Refuse a page of a list that cannot be.

    :param after: The last id of the page before, if there is one.
    :param limit: How many articles are listed at most.
    :raises ValueError: If `after` is no id, or `limit` is less than 1.
    """
    if limit < 1 or (after and not is_id(after)):
        raise ValueError(f"{limit} articles after {after[:80]!r} are asked for; it must be 1 or more after an id")


def check_names(store: Store, coming: Sequence[Article]) -> None:
    """Refuse articles that `put` would refuse for their names, before they are encoded.

    :param store: Where they are to be put.
    :param coming: They.
    :raises InputError: If one has the text of another article that stays, or the id that is made of it.
    """
    names = names_of(coming)
    if refused := clash(store.address, coming, store.named(names, names)):
        raise refused


def names_of(coming: Sequence[Article]) -> list[str]:
    """Return the ids and versions of articles, which no other article may have as its own."""
    return sorted({name for one in coming for name in (one.id, one.version)})


def clash(address: str, coming: Sequence[Article], there: Iterable[Listed]) -> InputError | None:
    """Return the error for an article that cannot stand beside one that is there, if one cannot: see `SentenceIndex`.

    :param address: The store's, without a password.
    :param coming: The articles that are put.
    :param there: Articles that are there; one whose id comes is replaced, and passed over.
    """
    names = {name: one.id for one in coming for name in (one.id, one.version)}
    replaced = {one.id for one in coming}
    for one in there:
        new = None if one.id in replaced else names.get(one.version) or names.get(one.id)
        if new:
            return InputError(
                f"{address} holds the text of {new} already, or one that its id is made of, with the id {one.id}. "
                "Remove that first, or leave this one out."
            )
    return None
