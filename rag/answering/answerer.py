"""What the pages and the API ask: an assistant, which holds all its articles, or an archive, which fetches some."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.article import Article
from index.encoder import Encoder
from index.store import SentenceIndex
from index.stores.store import Counts
from rag.answer import Answer, Turn
from rag.answering.edition import Edition, Only, Retrieved
from rag.reading.reading import CalibratedReader


@dataclass(frozen=True, slots=True)
class Entry:
    """What a list tells of an article.

    :param sha256: Digest of its text, or the first 16 hex digits of that, where no more is known without the text.
    """

    id: str
    title: str
    url: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of a list.

    :param total: How many there are in all.
    """

    entries: tuple[Entry, ...]
    total: int


class Answerer(Protocol):
    """Answers questions about articles, and has them; several threads may use it."""

    @property
    def encoder(self) -> Encoder:
        """The encoder that the articles' vectors come from."""

    @property
    def reader(self) -> CalibratedReader:
        """What finds spans in passages."""

    @property
    def held(self) -> tuple[Article, ...]:
        """All articles, if they are held; none if they are fetched."""

    @property
    def several(self) -> bool:
        """Whether there may be more than one article, so that a reader wants to know which one is quoted."""

    @property
    def state(self) -> object:
        """Return the same object as before as long as no article has changed for certain."""

    def ask(
        self, question: str, turns: Sequence[Turn] = (), article: Only = None, *, literally: bool = False
    ) -> Answer:
        """Answer a question: see `rag.answering.assistant.Assistant.ask`."""

    def steps(
        self, question: str, turns: Sequence[Turn] = (), article: Only = None, *, literally: bool = False
    ) -> Iterator[Retrieved | Answer]:
        """Answer a question, telling what is being read meanwhile: see `Assistant.steps`."""

    def leans(self, question: str, article: Only = None) -> bool:
        """Tell whether a question may need what was said before."""

    def apart(self, index: SentenceIndex) -> Edition:
        """Return what answers about other articles with the same models, and keeps nothing of them."""

    def holding(self, names: Sequence[str]) -> SentenceIndex | None:
        """Return an index that has those articles that there are of some names, and maybe others.

        :param names: Ids, or versions.
        :return: None if there is none of them.
        """

    def listed(self, words: str = "", offset: int = 0, limit: int = 100) -> Listing:
        """List articles, or those whose titles hold some words.

        :param offset: How many to leave out first.
        :param limit: How many at most.
        """

    def counts(self) -> Counts:
        """Count what there is."""
