"""Questions about facts: when something was, how many there were, what happened in a year."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from index.sentences import Sentence
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.source import Source
from rag.drafting.statement import Statement, statement
from rag.language.english import POINTING_WORDS
from rag.language.names import NameKind
from rag.language.words import content_words

_COUNT = (
    r"(?P<count>(?<![$€£\d.,-])(?:\d{1,3}(?:,\d{3})+|\d+)(?![\d.,]*[\d%])(?: (?:million|billion|hundred|thousand))?"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|dozens of))"
)
_PLURAL = r"(?P<noun>(?:[a-z][a-z-]+ ){0,2}?(?:[a-z]+(?<![siu'])s|people|men|women|children))\b(?!-)"
_COUNTED = re.compile(rf"{_COUNT} {_PLURAL}")
_ABOUT = r"(?:(?:about|around|some|nearly|almost|over|at least|more than|up to) )?"
_OBJECT = re.compile(rf"{_ABOUT}{_COUNTED.pattern}(?P<after>.*)")
_FRONTED = re.compile(rf"(?P<head>.*) (?P<with>with|to|from|for|at) {_ABOUT}{_COUNTED.pattern}(?P<after>.*)")
_SUBJECT = re.compile(
    rf"{_ABOUT}(?i:{_COUNT}) {_PLURAL} (?P<rest>(?:was|were|died|took|voted|signed|attended|joined|came|went|won|lost) "
    r"[^,.;:()“”]+)"
)
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_TIME = re.compile(r"\b(?:second|minute|hour|day|week|month|year|decade|time|other)s\b|\bpercent\b")
_NAMED_YEAR = re.compile(
    r"\b(?P<event>(?:[Aa]n?|[Tt]he) (?P<year>(?:1[5-9]|20)\d\d) [a-z]+"
    r" (?:of|known as|called|between|against|in|on|at)\b"
    r"[^,;:“”]*?)(?= (?:which|who|that|where|as well as|and|but)\b|[,;:“”]|[\s.!?”\"]*$)"
)
_TIED = re.compile(r"\s?(?:and|or|to|–|-|until|through)\b")
_SAME = 0.6
"""A sentence with this share of a question's words may answer it too."""


@dataclass(frozen=True, slots=True)
class _Date:
    """A date that says when, with the preposition before it; offsets within the sentence."""

    start: int
    end: int
    date: int


def when(source: Source) -> Iterator[Draft]:
    """Ask when something was that a plain statement gives one date for.

    >>> from index.article import Article
    >>> text = "The old mill was built by Ann Lee in 1820."
    >>> [draft.question for draft in when(Source.of(Article(text)))]
    ['When was the old mill built by Ann Lee?']

    :param source: The article.
    :return: Questions; the answer is the date.
    """
    for sentence, stated in _statements(source):
        date = _date(source, sentence, stated)
        if date is None:
            continue
        text = source.text(sentence)
        rest, end = stated.rest - sentence.start, stated.end - sentence.start
        kept = _joined(text[rest : date.start], text[date.end : end]) if date.start >= rest else text[rest:end]
        question = stated.asked("When", kept)
        gold = source.gold(sentence, date.date, date.end)
        if kept and not _YEAR.search(kept):
            yield from _unrivalled(source, question, Template.WHEN, gold, NameKind.DATE)


def how_many(source: Source) -> Iterator[Draft]:
    """Ask how many there were, by a number that stands before its noun in a plain statement.

    >>> from index.article import Article
    >>> text = "Ann Lee built 12 mills in Kent. Twelve people were hurt in the fire."
    >>> [draft.question for draft in how_many(Source.of(Article(text + " Ann Lee said so. Lee left Kent.")))]
    ['How many people were hurt in the fire?', 'How many mills did Ann Lee build in Kent?']

    :param source: The article.
    :return: Questions; the answer is the number.
    """
    for sentence in source.sentences:
        match = _SUBJECT.match(source.text(sentence))
        if match:
            question = f"How many {match['noun']} {match['rest'].rstrip()}?"
            gold = source.gold(sentence, *match.span("count"))
            yield from _unrivalled(source, question, Template.HOW_MANY, gold, None)
    for sentence, stated in _statements(source):
        rest = source.article.text[stated.rest : stated.end]
        match = _OBJECT.fullmatch(rest) or _FRONTED.fullmatch(rest)
        if not match or not _is_count(match):
            continue
        fronted = "with" in match.re.groupindex
        words = f"{match['with'].title()} how many" if fronted else "How many"
        kept = _joined(match["head"] if fronted else "", match["after"])
        question = stated.asked(f"{words} {match['noun']}", kept)
        offset = stated.rest - sentence.start
        gold = source.gold(sentence, offset + match.start("count"), offset + match.end("count"))
        if (stated.lead == "" or "before" not in stated.lead) or fronted:
            yield from _unrivalled(source, question, Template.HOW_MANY, gold, None)


def happened(source: Source) -> Iterator[Draft]:
    """Ask what happened in a year that only one sentence names: with an event beside it, or before all else.

    >>> from index.article import Article
    >>> [draft.question for draft in happened(Source.of(Article("They recall the 1952 flood of Kent.")))]
    ['What happened in 1952?']

    :param source: The article.
    :return: Questions; the answer is the event, or the statement.
    """
    found: dict[str, list[Gold]] = defaultdict(list)
    for sentence in source.sentences:
        for match in _NAMED_YEAR.finditer(source.text(sentence)):
            found[match["year"]].append(source.gold(sentence, *match.span("event")))
    for sentence, stated in _statements(source):
        lead = re.fullmatch(r"In (?P<year>(?:1[5-9]|20)\d\d), ", stated.lead)
        if lead and stated.verb not in ("was", "were"):
            found[lead["year"]].append(
                source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start)
            )
    years = _YEAR.findall(source.article.text)
    for year, golds in found.items():
        if len(golds) == 1 and years.count(year) == 1:
            yield Draft(f"What happened in {year}?", Template.HAPPENED, source.article, tuple(golds))


def counts(text: str) -> set[str]:
    """Numbers that count something, as written.

    >>> sorted(counts("Ann had 12 mills and three cats in 1952."))
    ['12', 'three']
    """
    return {match["count"] for match in _COUNTED.finditer(text) if not _YEAR.fullmatch(match["count"])}


def _statements(source: Source) -> Iterator[tuple[Sentence, Statement]]:
    for sentence in source.sentences:
        stated = statement(source.article.text, sentence.start, sentence.end, source.names)
        if stated:
            yield sentence, stated


def _date(source: Source, sentence: Sentence, stated: Statement) -> _Date | None:
    """Find the only date of a statement, if it stands after 'in' or 'on'."""
    text, end = source.text(sentence), stated.end - sentence.start
    dates = [name for name in source.names.of(text[:end]) if name.kind is NameKind.DATE]
    if len(dates) != 1 or dates[0].text.endswith("s") or _TIED.match(text, dates[0].end):
        return None
    (date,) = dates
    before = re.search(r"(?:^|\s)(?:[Ii]n|[Oo]n) $", text[: date.start])
    only_lead = date.start < len(stated.lead) and re.fullmatch(r"(?:In|On) .*, ", stated.lead)
    inside = date.start >= stated.rest - sentence.start
    if not before or not (inside or (only_lead and date.end + 2 == len(stated.lead))):
        return None
    return _Date(before.start(), date.end, date.start)


def _is_count(match: re.Match[str]) -> bool:
    return not (
        _YEAR.fullmatch(match["count"])
        or _TIED.match(match["after"])
        or re.match(r" (?:ago|later|earlier|before|after)\b", match["after"])
        or _TIME.fullmatch(match["noun"])
    )


def _unrivalled(
    source: Source, question: str, template: Template, gold: Gold, kind: NameKind | None
) -> Iterator[Draft]:
    """Draft a question with every sentence that answers it, or nothing if one may answer it otherwise."""
    asked = content_words(question) - POINTING_WORDS
    text = source.article.text
    answer = text[gold.start : gold.end]
    golds = [gold]
    for sentence, words in zip(source.sentences, source.words, strict=True):
        if sentence.start == gold.first or len(asked & words) < _SAME * len(asked):
            continue
        other = source.text(sentence)
        again = re.search(rf"(?<!\w){re.escape(answer)}(?!\w)", other)
        if again:
            golds.append(source.gold(sentence, *again.span()))
        elif counts(other) if kind is None else [name for name in source.names.of(other) if name.kind is kind]:
            return
    yield Draft(question, template, source.article, tuple(golds))


def _joined(*parts: str) -> str:
    return " ".join(stripped for part in parts if (stripped := part.strip()))
