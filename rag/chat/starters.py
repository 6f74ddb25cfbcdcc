"""Questions to begin with, and to go on with: drafted from the article itself, each asked before it is shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import chain, islice, takewhile, zip_longest
from pathlib import Path
from threading import main_thread

from index.article import Article
from index.errors import InputError
from index.seal import is_whole, sealed
from index.store import SentenceIndex
from rag.answer import Answer, Status, Turn
from rag.answering.assistant import Assistant
from rag.drafting.checking import fault
from rag.drafting.draft import Draft, Template
from rag.drafting.source import Source
from rag.drafting.templates import drafts
from rag.files import written
from rag.reading.reading import CalibratedReader

SHOWN = 4
"""Questions to begin with."""
ABOUT = "What is this about?"
"""Such a question that every article answers, with an overview."""
_ENOUGH = 8
"""Questions that are kept beside `ABOUT`, and articles that they are drafted from."""
_TRIES = 12
_LONGEST = 80
"""Code points of a question: a longer one is a burden to read on a button."""
_MOST_READ = 400
"""Sentences of an article that questions are made of, at most, so that a book is opened as fast as an essay."""
_FORMAT = "10"
"""Raised when questions are chosen or kept in another way, so that none kept before are shown."""
_KINDS = (
    {Template.WHY, Template.HOW, Template.INTERVIEW},
    {Template.HOW_MANY, Template.HOW_MUCH, Template.HOW_LONG, Template.HOW_OLD},
    {Template.SAID, Template.REPORTED, Template.WHO_SAID, Template.DESCRIBED},
    {Template.HAPPENED, Template.DID, Template.WHEN},
    {Template.WHICH, Template.WHAT_IS, Template.EXAMPLES, Template.LISTED, Template.STANDS_FOR, Template.KNOWN_AS},
    {Template.USED_FOR, Template.TO_DO, Template.WHAT, Template.OF_WHAT, Template.WHERE, Template.WHO},
)
"""Causes, numbers, quotations, events, terms, deeds. Who somebody is comes after them, yes or no not at all."""


@dataclass(frozen=True, slots=True)
class Starter:
    """A question that the articles answer, and where.

    :param article: Id of the article.
    :param sentence: Number of the sentence cited first.
    """

    question: str
    article: str
    sentence: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Some of very many articles, for questions to begin with; all of them are asked.

    :param index: They.
    :param ask: Answers.
    """

    index: SentenceIndex
    reader: CalibratedReader
    threshold: float
    sure: float
    ask: Callable[[str], Answer]


def starters(assistant: Assistant | Sample, cache: Path) -> Iterator[Starter]:
    """Choose questions that the articles answer, to begin with and to go on with.

    Each is chosen when it is wanted. When all are, they are kept in the cache, so that only the first start pays for
    asking them.

    :param assistant: Is asked what the articles are about, and at most a dozen drafts.
    :param cache: Folder to keep them in; if it is not writable they are chosen anew each time.
    :return: `ABOUT`, and some questions whose answers are in different sentences; none more once the assistant answers
        about another index, or the process ends.
    """
    index = assistant.index
    key = [
        _FORMAT,
        *(article.digest for article in index.articles),
        index.encoder_digest,
        # other weights come with another calibration
        repr(assistant.reader.calibration),
        # with more caution fewer answers are sure
        repr((assistant.threshold, assistant.sure)),
    ]
    path = cache / f"{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]}.json"
    kept = _read(path)
    if kept is not None:
        yield from kept
        return

    def wanted(_: object = None) -> bool:
        # a process that ends waits for the question that is being asked, and for no other
        return assistant.index is index and main_thread().is_alive()

    each = [islice(possible_questions(article), _TRIES) for article in index.articles[:_ENOUGH]]
    drafted = takewhile(wanted, (draft for together in zip_longest(*each) for draft in together if draft))
    found = chain(about(assistant.ask), islice(answerable(assistant.ask, islice(drafted, _TRIES)), _ENOUGH))
    chosen = []
    for starter in found:
        if not wanted():
            return
        chosen.append(starter)
        yield starter
    if not wanted():
        return
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with written(path) as file:
            json.dump(sealed({"starters": [asdict(starter) for starter in chosen]}), file)
    except (OSError, InputError):
        # Without a cache the next start takes some seconds longer: no reason to stop this one.
        pass


def following(pool: Sequence[Starter], turns: Sequence[Turn], most: int = 2) -> list[str]:
    """Choose questions to go on with: of the article cited last, not asked yet, their answers not shown yet.

    :param pool: Questions that are answered.
    :param turns: What was said; the last answer tells where in the article the person is.
    :param most: How many.
    :return: The questions, the nearest first.
    """
    cited = [citation for turn in turns for citation in turn.answer.citations]
    pool = [one for one in pool if one.question != ABOUT]
    if not cited:
        return [starter.question for starter in pool[:most]]
    seen = {(citation.article, citation.sentence) for citation in cited}
    asked = {turn.question for turn in turns} | {turn.answer.understood_as for turn in turns}
    here = cited[-1]
    of_article = [one for one in pool if one.article == here.article]
    left = [one for one in of_article if (one.article, one.sentence) not in seen and one.question not in asked]
    left.sort(key=lambda one: abs(one.sentence - here.sentence))
    return [one.question for one in left[:most]]


def about(ask: Callable[[str], Answer]) -> list[Starter]:
    """Offer to tell what the articles are about, if that can be told.

    :param ask: Answers.
    """
    answer = ask(ABOUT)
    if answer.status is not Status.OVERVIEW or not answer.citations:
        return []
    return [Starter(ABOUT, answer.citations[0].article, answer.citations[0].sentence)]


def possible_questions(article: Article) -> Iterator[Draft]:
    r"""Draft questions of an article: causes, numbers, quotations, events, terms and deeds in turns.

    >>> article = Article("Kent\n\nIn 1952, Ada Byron sold 12 mills. Byron left Kent because the sea had risen.")
    >>> [draft.question for draft in possible_questions(article)][:2]
    ['Why did Byron leave Kent?', 'How many mills did Ada Byron sell in 1952?']

    :param article: The article.
    :return: Questions, not yet known to be answered; each is from far away of those before it. At most one asks who
        somebody is.
    """
    drafted = [draft for draft in drafts(Source.of(article, _MOST_READ)) if len(draft.question) <= _LONGEST]
    kinds = [[draft for draft in drafted if draft.template in kind] for kind in _KINDS]
    people = [draft for draft in drafted if draft.template is Template.WHO_IS][:1]
    seen: list[int] = []
    while any(kinds) or people:
        for kind in (*kinds, people):
            if kind:
                draft = max(kind, key=partial(_distance, seen))
                kind.remove(draft)
                seen.append(draft.golds[0].first)
                yield draft


def _distance(seen: Sequence[int], draft: Draft) -> int:
    """How far the answer of a draft is from those before."""
    return min((abs(draft.golds[0].first - place) for place in seen), default=0)


def answerable(ask: Callable[[str], Answer], drafted: Iterable[Draft]) -> Iterator[Starter]:
    """Ask drafts, and give those that are surely answered as drafted, each from a sentence that answers none before it.

    :param ask: Answers.
    :param drafted: The drafts; each is asked when the next starter is wanted.
    """
    seen: set[tuple[str, int]] = set()
    for draft in drafted:
        answer = ask(draft.question)
        if answer.status is Status.ANSWERED and not fault(draft, answer):
            place = (answer.citations[0].article, answer.citations[0].sentence)
            if place not in seen:
                seen.add(place)
                yield Starter(draft.question, *place)


def _read(path: Path) -> list[Starter] | None:
    """Read what was kept; None if nothing was, or it is damaged."""
    try:
        kept = json.loads(path.read_bytes())
        found = [Starter(**one) for one in kept["starters"]]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    typed = all((type(one.question), type(one.article), type(one.sentence)) == (str, str, int) for one in found)
    return found if typed and is_whole(kept) else None
