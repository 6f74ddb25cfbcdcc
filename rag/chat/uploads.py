"""Documents that people bring to their conversations: in memory alone, and found by the conversation's id alone.

They are gone when a new chat is begun or the page left, when nobody used them for an hour, when they are
deleted, and when the server stops. In that last case the page, which has them in its memory, gives them back to the
server that comes next: see `rag.chat.document_record`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice, takewhile
from pathlib import PurePosixPath
from threading import Lock
from time import monotonic

from index.article import Article, article_of, is_web_address
from index.build import Progress, build_index
from index.documents.document import check_length
from index.errors import InputError
from index.hidden import visible
from index.sentences import split
from index.store import SentenceIndex
from rag.answer import Answer
from rag.answering.answerer import Answerer
from rag.answering.edition import Edition
from rag.chat.conversations import Conversations, Speaker
from rag.chat.starters import SHOWN, about, answerable, possible_questions

IDLE = 3600.0
"""Seconds for which documents are kept that nobody uses."""
LEFT = 120.0
"""Seconds for which they are kept when the page was left: a reload makes a new page, which takes them over."""
_SECONDS = 30.0
"""As long as a document may take to be read."""
_SENTENCE = 50
"""Characters that a sentence counts as at least: each costs a vector, however short it is."""
LEAST = 10_000
"""Characters that a document counts as at least: what is made of it costs memory, however short it is."""
_NAME = 80
_TRIES = 8
"""Questions about a document that are asked to choose some to begin with."""


@dataclass(frozen=True, slots=True)
class UploadLimits:
    """How much people may bring. A million characters take some 100 MB of memory.

    :param megabytes: Size of a file.
    :param characters: Code points of a document's text.
    :param documents: Documents of a conversation.
    :param per_client: Code points of all documents of one client.
    :param in_all: Code points of all documents of all clients.
    :raises InputError: If one is less than 1.
    """

    megabytes: int = 10
    characters: int = 300_000
    documents: int = 10
    per_client: int = 1_000_000
    in_all: int = 5_000_000

    def __post_init__(self) -> None:
        """Check the numbers."""
        for name in ("megabytes", "characters", "documents", "per_client", "in_all"):
            if getattr(self, name) < 1:
                raise InputError(f"The limit of uploads '{name}' must be at least 1, not {getattr(self, name)}.")


Get = Callable[[str, int], tuple[bytes, str]]
"""Gets a document from an address, of so many bytes at most, and tells the address that it led to."""


class FullError(Exception):
    """There is no room for another document. The message names the limit, and says what to do."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a conversation has.

    :param ends: When it is forgotten, in seconds.
    :param begins: Questions to begin with, by the document's id, once they were asked for.
    """

    client: str
    edition: Edition
    ends: float
    begins: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Uploads:
    """The documents of all conversations; several threads may use it.

    :param assistant: Has the models that they are asked with.
    :param conversations: What was answered from a document goes with it.
    :param limits: How much is kept.
    :param now: Tells the seconds.
    :param get: Gets a document from the web, of so many bytes at most; without it none comes from there.
    """

    def __init__(
        self,
        assistant: Answerer,
        conversations: Conversations,
        limits: UploadLimits,
        now: Callable[[], float] = monotonic,
        get: Get | None = None,
    ) -> None:
        self.limits = limits
        self._assistant = assistant
        self._conversations = conversations
        self._now = now
        self._get = get
        self._kept: dict[str, _Kept] = {}
        self._lock = Lock()

    @property
    def fetches(self) -> bool:
        """Whether a document may come from the web."""
        return self._get is not None

    def of(self, key: str) -> Edition | None:
        """Return what answers about a conversation's documents, and keep them for another hour.

        :param key: The conversation's key.
        :return: It; None if there are none, or none any more.
        """
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or kept.ends < self._now():
                return None
            self._kept[key] = replace(kept, ends=self._now() + IDLE)
            return kept.edition

    def articles(self, key: str) -> tuple[Article, ...]:
        """Return a conversation's documents; they are not kept any longer for that.

        :param key: The conversation's key.
        """
        kept = self._kept.get(key)
        return kept.edition.index.articles if kept and kept.ends >= self._now() else ()

    def document(self, key: str, article: str) -> Article | None:
        """Return a document of a conversation; it is not kept any longer for that.

        :param key: The conversation's key.
        :param article: The document's id.
        :return: It; None if it is not there.
        """
        return next((one for one in self.articles(key) if one.id == article), None)

    def fetch(self, key: str, client: str, address: str, progress: Progress | None = None) -> Article:
        """Get a document from the web, and keep it for a conversation as `take` does.

        :param key: The conversation's id.
        :param client: Name of the client that wants it.
        :param address: Where it is.
        :param progress: Called while its sentences are encoded; what it raises ends that.
        :return: The document.
        :raises InputError: If the address is none or private, or the document does not come, cannot be read, or is too
            big.
        :raises FullError: If there is no room for it.
        """
        if self._get is None or not is_web_address(address):
            raise InputError(f"{visible(address)[:_NAME]} is no web address. Give one that begins with https://.")
        data, url = self._get(address, self.limits.megabytes * 1_000_000)
        return self._keep(key, client, self._read(data, address, url), address, progress)

    def take(self, key: str, client: str, data: bytes, name: str, progress: Progress | None = None) -> Article:
        """Read a document, encode it and keep it for a conversation.

        :param key: The conversation's id.
        :param client: Name of the client that brings it.
        :param data: The file.
        :param name: Its name.
        :param progress: Called while its sentences are encoded; what it raises ends that.
        :return: The document.
        :raises InputError: If it cannot be read, or is too big.
        :raises FullError: If there is no room for it.
        """
        shown = shown_name(name)
        return self._keep(key, client, self._read(data, shown), shown, progress)

    def take_back(self, key: str, client: str, article: Article, progress: Progress | None = None) -> Article:
        """Encode a document that was here before, and keep it for a conversation as `take` does.

        :param key: The conversation's id.
        :param client: Name of the client that gives it back.
        :param article: The document.
        :param progress: Called while its sentences are encoded; what it raises ends that.
        :return: The document.
        :raises InputError: If it is too big.
        :raises FullError: If there is no room for it.
        """
        try:
            check_length(article.text, self.limits.characters)
        except InputError as error:
            raise InputError(f"{article.title} {error}") from error
        return self._keep(key, client, article, article.title, progress)

    def _read(self, data: bytes, name: str, url: str | None = None) -> Article:
        return article_of(data, name, url=url, seconds=_SECONDS, longest=self.limits.characters)

    def _keep(self, key: str, client: str, read: Article, name: str, progress: Progress | None) -> Article:
        article = replace(read, id=own_id(read))
        most = self.limits.characters // _SENTENCE
        if len(split(article)) > most:
            raise InputError(f"{name} has more than {most:,} sentences or lines. Give a part of it.")
        if article in self.articles(key):
            return article
        # before the sentences are encoded, which takes longest
        self.check_room(key, client, article)
        index = build_index([article], self._assistant.encoder, progress)
        while not self._put(key, client, index, article):
            # another one came meanwhile, and must not be lost
            continue
        return article

    def check_room(self, key: str, client: str, article: Article | None = None) -> None:
        """Refuse a document for which there is no room.

        :param key: The conversation's id.
        :param client: Name of the client that brings it.
        :param article: The document; any if it is not known yet.
        :raises FullError: If there is none.
        """
        limits, more = self.limits, _cost(article) if article else LEAST
        with self._lock:
            kept = [one for one in self._kept.values() if one.ends >= self._now()]
            own = self._kept.get(key)
        # pages that were opened one after the other may share their documents
        of_all = {id(one.edition): one.edition for one in kept}
        of_client = {id(one.edition): one.edition for one in kept if one.client == client}
        if own and len(own.edition.index.articles) >= limits.documents:
            raise FullError(f"A conversation has at most {limits.documents} documents. Delete one first.")
        if _size(of_client.values()) + more > limits.per_client:
            raise FullError(
                f"Your documents have at most {limits.per_client:,} characters together. Delete one first, or close "
                "other pages of this chat."
            )
        if _size(of_all.values()) + more > limits.in_all:
            raise FullError(
                f"The documents of all people here have at most {limits.in_all:,} characters together. Try again later."
            )

    def questions(self, key: str, article: str) -> tuple[str, ...]:
        """Choose questions to begin with about a document: each is asked before it is given.

        That takes some seconds the first time. They are kept with the document, which is not kept any longer for that.

        :param key: The conversation's key.
        :param article: The document's id.
        :return: The questions; none if the document is not there, or goes meanwhile.
        """
        with self._lock:
            kept = self._kept.get(key)
        document = self.document(key, article)
        if kept is None or document is None:
            return ()
        if article not in kept.begins:
            alone = kept.edition.alone(article)
            ask = partial(_asked, alone)
            drafted = islice(possible_questions(document), _TRIES)
            there = takewhile(lambda _: self.document(key, article), drafted)
            found = [*about(ask), *islice(answerable(ask, there), SHOWN - 1)]
            chosen = tuple(starter.question for starter in found)
            with self._lock:
                now = self._kept.get(key)
                if now is None or article not in now.edition.index.places:
                    return ()
                self._kept[key] = kept = replace(now, begins={**now.begins, article: chosen})
        return kept.begins[article]

    def remove(self, key: str, article: str) -> bool:
        """Forget a document.

        :param key: The conversation's key.
        :param article: The document's id.
        :return: Whether it was there.
        """
        while edition := self.of(key):
            place = edition.index.places.get(article)
            if place is None:
                return False
            left = len(edition.index.articles) > 1
            made = self._assistant.apart(edition.index.without([place])) if left else None
            with self._lock:
                kept = self._kept.get(key)
                if kept and kept.edition is edition:
                    if made is None:
                        del self._kept[key]
                    else:
                        begins = {name: chosen for name, chosen in kept.begins.items() if name != article}
                        self._kept[key] = replace(kept, edition=made, begins=begins)
                    break
        else:
            return False
        # an answer that is under way is kept first, and then goes, too
        with self._conversations.locked(key):
            self._conversations.leave_out(key, {article})
        return True

    def share(self, earlier: str, speaker: Speaker) -> None:
        """Give a conversation the documents of an earlier one, which it goes on.

        :param earlier: Id of the earlier conversation.
        :param speaker: Who goes on. Documents that are there already stay.
        """
        # so that no answer outlives its document
        self.expire()
        with self._lock:
            kept = self._kept.get(earlier)
            if kept:
                shared = replace(kept, client=speaker.client, ends=self._now() + IDLE)
                self._kept.setdefault(speaker.key, shared)

    def drop(self, key: str) -> None:
        """Forget all documents of a conversation.

        :param key: The conversation's key.
        """
        with self._lock:
            self._kept.pop(key, None)

    def leave(self, key: str) -> None:
        """Keep the documents of a conversation whose page was left only for as long as a reload takes.

        :param key: The conversation's id.
        """
        with self._lock:
            if key in self._kept:
                self._kept[key] = replace(self._kept[key], ends=self._now() + LEFT)

    def expire(self) -> None:
        """Forget the documents whose time is over."""
        with self._lock:
            over = [key for key, kept in self._kept.items() if kept.ends < self._now()]
            gone = {key: self._kept.pop(key).edition.index.places for key in over}
        for key, articles in gone.items():
            self._conversations.leave_out(key, articles)

    def _put(self, key: str, client: str, index: SentenceIndex, article: Article) -> bool:
        """Keep a document beside those that a conversation has; false if these changed meanwhile."""
        with self._lock:
            before = self._kept.get(key)
        known = before.edition.index if before else None
        if known and article.id in known.places:
            return True
        # outside of the lock: counting words takes a second, and nobody else's page need wait for it
        edition = self._assistant.apart(known.joined(index) if known else index)
        self.check_room(key, client, article)
        with self._lock:
            now = self._kept.get(key)
            if (now.edition if now else None) is not (before.edition if before else None):
                return False
            self._kept[key] = _Kept(client, edition, self._now() + IDLE, now.begins if now else {})
            return True


def is_own(article: str) -> bool:
    """Tell whether an id is that of a document, which no article has that everybody may read.

    >>> is_own("own_2acaabfb3eb7d239"), is_own("2acaabfb3eb7d239")
    (True, False)
    """
    return re.fullmatch("own_[0-9a-f]{16}", article) is not None


def own_id(article: Article) -> str:
    """Return the id that an article has as a document of a conversation.

    >>> own_id(Article("Ripe plums."))
    'own_09fad150857c05f9'

    :param article: The article.
    """
    return f"own_{article.version}"


def shown_name(name: str) -> str:
    r"""Return a file's name as it may be shown: no path, nothing that hides or turns the words, not too long.

    >>> shown_name("C:\\secret\\..\\re\u202eport.pdf")
    're�port.pdf'

    :param name: As a browser sent it.
    """
    last = visible(PurePosixPath(name.replace("\\", "/")).name)
    beginning, dot, ending = last.rpartition(".")
    if len(last) <= _NAME:
        return last or "The text"
    return f"{beginning[: _NAME - 10]}…{dot}{ending[:8]}" if dot else f"{last[:_NAME]}…"


def _asked(edition: Edition, question: str) -> Answer:
    *_, answer = (step for step in edition.steps(question) if isinstance(step, Answer))
    return answer


def _cost(article: Article) -> int:
    return max(len(article.text), LEAST)


def _size(editions: Collection[Edition]) -> int:
    return sum(_cost(article) for edition in editions for article in edition.index.articles)
