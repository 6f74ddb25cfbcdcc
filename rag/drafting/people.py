"""Questions about people: who they are, by the words beside their names, and what they said."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from rag.answering.phrases import completed
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.source import Source
from rag.understanding.answer_type import AnswerType, Asked

_SPEAKING = dict(
    re.findall(
        r"(\w+)/(\w+)",
        "said/say says/say claimed/claim announced/announce argued/argue explained/explain stated/state wrote/write "
        "predicted/predict promised/promise insisted/insist told/say added/say warned/say",
    )
)
_VERB = "|".join(_SPEAKING)
_DAY = r"(?: on)?(?: (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)?"
_AFTER = re.compile(rf"(?:,? who)? (?P<verb>{_VERB})\b{_DAY}(?:,? that)?,?:? (?P<said>[^;]+?)[\s.,;!]*$")
_BEFORE = re.compile(r"[“\"](?P<said>[^“”\"]+)[”\"],? $")
_SPOKE = re.compile(rf" (?P<verb>{_VERB})\b")
_FEWEST_WORDS, _MOST_WORDS = 3, 30
_SELF_CONTAINED = re.compile(r"[“\"]|(?:(?:the|an?|its|his|her|their|[A-ZÀ-Þ]|\d|he |she |they |it )\S*)")


def who_is(source: Source) -> Iterator[Draft]:
    """Ask who somebody is, where an office or a calling stands beside the name.

    >>> from index.article import Article
    >>> [draft.question for draft in who_is(Source.of(Article("It was said by Mayor Ada Byron.")))]
    ['Who is Ada Byron?']

    :param source: The article.
    :return: Questions, each with all places where the article says it.
    """
    for person in source.full_names:
        golds = _descriptions(source, person)
        if golds:
            yield Draft(f"Who is {person}?", Template.WHO_IS, source.article, golds)


def said(source: Source) -> Iterator[Draft]:
    """Ask what somebody said, where the article tells it of them only once.

    :param source: The article.
    :return: Questions; the answer is the quotation, or the clause that reports it.
    """
    found: dict[str, list[tuple[str, Gold | None]]] = defaultdict(list)
    for sentence, name in source.people:
        text = source.text(sentence)
        spoke = _SPOKE.match(text, name.end)
        before = _BEFORE.search(text, 0, name.start) if spoke else None
        after = _AFTER.match(text, name.end)
        words = before or after
        if words is None:
            continue
        verb = _SPEAKING[(spoke or words)["verb"]]
        whole = _FEWEST_WORDS <= len(words["said"].split()) <= _MOST_WORDS and _SELF_CONTAINED.match(words["said"])
        start, end = words.span("said")
        end = start + len(text[start:end].rstrip(" ,"))
        found[name.text.split()[-1]].append((verb, source.gold(sentence, start, end) if whole else None))
    for surname, statements in found.items():
        # of two statements neither is the answer
        verb, gold = statements[0]
        if len(statements) == 1 and gold:
            yield Draft(f"What did {_full(source, surname)} {verb}?", Template.SAID, source.article, (gold,))


def silent(source: Source) -> list[str]:
    """People of whom the article tells no word that they said.

    :param source: The article.
    :return: Full names, in order.
    """
    loud = {
        name.text.split()[-1]
        for sentence, name in source.people
        if re.search(
            r"[“”\"]|\b(?:" + _VERB + r"|call(?:ed|s)|den(?:ied|y)|declared|asked|replied)\b", source.text(sentence)
        )
    }
    return [person for person in source.full_names if person.split()[-1] not in loud]


def _descriptions(source: Source, person: str) -> tuple[Gold, ...]:
    surname = person.split()[-1]
    namesakes = [other for other in source.full_names if other.split()[-1] == surname]
    found: list[tuple[bool, Gold]] = []
    for sentence in source.sentences:
        text = source.text(sentence)
        place = re.search(rf"\b{re.escape(person)}\b", text)
        if place is None and len(namesakes) == 1:
            place = re.search(rf"\b{re.escape(surname)}\b", text)
        if place:
            span = completed(Asked(AnswerType.DEFINITION, place.group()), text, place.span())
            if span != place.span():
                found.append((place.group() == person, source.gold(sentence, *span)))
    # words beside the surname alone may be about something else of that name
    return tuple(gold for _, gold in found) if any(full for full, _ in found) else ()


def _full(source: Source, surname: str) -> str:
    full = [person for person in source.full_names if person.split()[-1] == surname]
    return full[0] if len(full) == 1 else surname
