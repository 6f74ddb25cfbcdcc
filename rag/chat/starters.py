"""Questions to begin with, and to go on with: made from the article's own names, each asked before it is shown."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, islice, zip_longest
from pathlib import Path

from index.article import Article
from index.errors import InputError
from index.seal import is_whole, sealed
from rag.answer import Answer, Status, Turn
from rag.answering.assistant import Assistant
from rag.files import written

SHOWN = 4
"""Questions to begin with."""
_ENOUGH = 12
_TRIES = 24
_FORMAT = "3"
"""Raised when questions are chosen or kept in another way, so that none kept before are shown."""


@dataclass(frozen=True, slots=True)
class Starter:
    """A question that the articles answer, and where.

    :param article: Id of the article.
    :param sentence: Number of the sentence cited first.
    """

    question: str
    article: str
    sentence: int


_WORD = r"[^\W\d_a-z][a-zà-ÿ]+(?:[-’'][^\W\d_]+)?"
_ROLE = (
    "president|minister|ambassador|spokes(?:man|woman|person)|leader|director|professor|chief|mayor|senator|"
    "governor|judge|coach|author|founder|chair(?:man|woman)?|secretary|doctor|researcher|king|queen|pope"
)
_PATTERNS = (
    (re.compile(rf"(?i:\b(?:{_ROLE}))\b,? (?P<name>{_WORD} {_WORD})\b"), "Who is {name}?"),
    (re.compile(r"\((?P<name>[A-Z]{2,6})\)"), "What does {name} stand for?"),
    (re.compile(r"\b(?P<name>1[5-9]\d\d|20\d\d)\b"), "What happened in {name}?"),
)


def starters(assistant: Assistant, cache: Path) -> list[Starter]:
    """Choose questions that the articles answer, to begin with and to go on with.

    They are kept in the cache, so that only the first start pays for asking them.

    :param assistant: Is asked, at most two dozen times.
    :param cache: Folder to keep them in; if it is not writable they are chosen anew each time.
    :return: Up to a dozen questions, their answers in different sentences.
    """
    key = [
        _FORMAT,
        *(article.digest for article in assistant.index.articles),
        assistant.index.encoder_digest,
        # other weights come with another calibration
        *(repr(calibration) for calibration in (assistant.reader.calibration,)),
        # with more caution fewer answers are sure
        repr((assistant.threshold, assistant.sure)),
    ]
    path = cache / f"{hashlib.sha256(json.dumps(key).encode()).hexdigest()[:24]}.json"
    kept = _read(path)
    if kept is not None:
        return kept
    questions = list(chain.from_iterable(possible_questions(article) for article in assistant.index.articles))
    chosen = list(islice(answerable(assistant.ask, questions[:_TRIES]), _ENOUGH))
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with written(path) as file:
            json.dump(sealed({"starters": [asdict(starter) for starter in chosen]}), file)
    except (OSError, InputError):
        # Without a cache the next start takes some seconds longer: no reason to stop this one.
        pass
    return chosen


def following(pool: Sequence[Starter], turns: Sequence[Turn], most: int = 2) -> list[str]:
    """Choose questions to go on with: of the article cited last, not asked yet, their answers not shown yet.

    :param pool: Questions that are answered.
    :param turns: What was said; the last answer tells where in the article the person is.
    :param most: How many.
    :return: The questions, the nearest first.
    """
    cited = [citation for turn in turns for citation in turn.answer.citations]
    if not cited:
        return [starter.question for starter in pool[:most]]
    seen = {(citation.article, citation.sentence) for citation in cited}
    asked = {turn.question for turn in turns} | {turn.answer.understood_as for turn in turns}
    here = cited[-1]
    of_article = [one for one in pool if one.article == here.article]
    left = [one for one in of_article if (one.article, one.sentence) not in seen and one.question not in asked]
    left.sort(key=lambda one: abs(one.sentence - here.sentence))
    return [one.question for one in left[:most]]


def possible_questions(article: Article) -> list[str]:
    """Make questions of an article's names, abbreviations and years, the kinds taking turns.

    >>> possible_questions(Article("Prime Minister Ada Byron signed the General Data Act (GDA) in 1952."))
    ['Who is Ada Byron?', 'What does GDA stand for?', 'What happened in 1952?']

    :param article: The article.
    :return: Questions, each once, not yet known to be answerable.
    """
    kinds = [
        [template.format(name=match["name"]) for match in pattern.finditer(article.text)]
        for pattern, template in _PATTERNS
    ]
    turns = chain.from_iterable(zip_longest(*kinds))
    return list(dict.fromkeys(question for question in turns if question))


def answerable(ask: Callable[[str], Answer], questions: Iterable[str]) -> Iterator[Starter]:
    """Ask questions, and give those that are surely answered, each from a sentence that answers none before it.

    :param ask: Answers.
    :param questions: The questions; each is asked when the next starter is wanted.
    """
    seen: set[tuple[str, int]] = set()
    for question in questions:
        answer = ask(question)
        if answer.status is Status.ANSWERED:
            place = (answer.citations[0].article, answer.citations[0].sentence)
            if place not in seen:
                seen.add(place)
                yield Starter(question, *place)


def _read(path: Path) -> list[Starter] | None:
    """Read what was kept; None if nothing was, or it is damaged."""
    try:
        kept = json.loads(path.read_bytes())
        found = [Starter(**one) for one in kept["starters"]]
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    typed = all((type(one.question), type(one.article), type(one.sentence)) == (str, str, int) for one in found)
    return found if typed and is_whole(kept) else None
