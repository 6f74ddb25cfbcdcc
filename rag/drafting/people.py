"""Questions about people: who they are, by the words beside their names, how old, and when born."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from string import ascii_letters

from rag.answering.phrases import completed
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.source import NOBODY, Source
from rag.drafting.verbs import is_verb
from rag.language.english import AUXILIARY, OPENER
from rag.understanding.answer_type import AnswerType, Asked

_DAY_OF = r"(?:\d{1,2} [A-Z][a-z]+ |[A-Z][a-z]+ \d{1,2}, )?(?:1\d|20)\d\d"
_LIVED = re.compile(
    rf" \((?:[^()]{{0,60}}?[;,] )??(?P<told>born |b\. )?(?P<born>{_DAY_OF})(?: ?[–-] ?(?P<died>{_DAY_OF}))?\)"
)
_ONLY_ONE = (
    "ambassador|captain|chair|chairman|chairwoman|chancellor|chief|commissioner|director|editor|emperor|empress|founder"
    "|governor|head|king|leader|manager|mayor|minister|owner|pope|premier|president|princip[ae]l|queen|secretary"
    "|speaker|spokesman|spokesperson|spokeswoman"
)
_BESIDE = re.compile(
    rf", (?P<role>(?:the )?(?:[\w-]+ ){{0,3}}?(?i:{_ONLY_ONE}) (?:of|for|at|to) [^,.;:()“”]+)(?=[,.;])"
)
_ROLE = re.compile(
    rf"(?:[Tt]he )?(?P<role>(?!(?:[Aa]n?|former|late|then|ex)\b)(?:[\w’'-]+ )*?(?i:{_ONLY_ONE})"
    rf"(?: (?:of|for|at|to) [^,;:()]+)?)"
)
"""What only one person is at a time."""
_WHOLE_DESCRIPTION = re.compile(
    r"(?:(?<=\s)|^)(?:[Tt]he|[Aa]n?|[A-ZÀ-Þ][\w-]+[’']s?) (?:(?!(?:by|of|in|for|to|with|that|which|when|where)\b)"
    r"[a-z-]+ ){0,3}$"
)
_NOUN_BEFORE = re.compile(rf"(?<![\w’'-])(?!(?:{OPENER}|{AUXILIARY}|his|her|its|their|our|my)\b)[a-z]{{3,}} $")
_AGE = re.compile(r", (?P<age>[1-9]\d),")


def who_is(source: Source) -> Iterator[Draft]:
    """Ask who somebody is, where an office or a calling stands beside the name.

    >>> from index.article import Article
    >>> [draft.question for draft in who_is(Source.of(Article("It was said by the old poet Ada Byron.")))]
    ['Who is Ada Byron?']

    :param source: The article.
    :return: Questions, each with all places where the article says it.
    """
    for person in source.full_names:
        golds = tuple(sorted(_descriptions(source, person), key=lambda gold: gold.start - gold.end))
        # 'Professor' alone is a title
        if golds and " " in source.article.text[golds[0].start : golds[0].end]:
            yield Draft(f"Who is {person}?", Template.WHO_IS, source.article, golds)


def role(source: Source) -> Iterator[Draft]:
    """Ask who holds an office, where it stands beside a name.

    >>> from index.article import Article
    >>> [draft.question for draft in role(Source.of(Article("It was said by the Prime Minister Ada Byron.")))]
    ['Who is the Prime Minister?']

    :param source: The article.
    :return: Questions, each with all places that answer it; the answer is the name.
    """
    found: dict[str, list[tuple[str, Gold]]] = defaultdict(list)
    for person in source.full_names:
        for told in _descriptions(source, person):
            words = source.article.text[told.start : told.end]
            match = _ROLE.fullmatch(words)
            surname = person.split()[-1]
            places = [
                *re.finditer(
                    rf"\b(?:{re.escape(person)}|{re.escape(surname)})\b", source.article.text[told.first : told.last]
                )
            ]
            sole = match and re.search(r" (?:of|for|at|to) |[A-ZÀ-Þ]", match["role"])
            if match and sole and len(match["role"].split()) > 1 and places:
                place = min(places, key=lambda one: abs(told.first + one.start() - told.start))
                the = "" if re.match(r"[\w ]+[’']s? ", match["role"]) else "the "
                gold = Gold(told.first + place.start(), told.first + place.end(), told.first, told.last)
                found[f"Who is {the}{match['role']}?"].append((surname, gold))
    for question, golds in found.items():
        if len({surname for surname, _ in golds}) == 1:
            yield Draft(question, Template.ROLE, source.article, tuple(gold for _, gold in golds))


def how_old(source: Source) -> Iterator[Draft]:
    """Ask how old somebody is, where the number stands behind the name between commas.

    :param source: The article.
    :return: Questions; the answer is the age.
    """
    for sentence, name in source.people:
        match = _AGE.match(source.text(sentence), name.end)
        if match and len(name.text.split()) > 1:
            gold = source.gold(sentence, *match.span("age"))
            yield Draft(f"How old is {name.text}?", Template.HOW_OLD, source.article, (gold,))


def born(source: Source) -> Iterator[Draft]:
    """Ask when somebody was born or died, where the dates stand in brackets behind the name.

    :param source: The article.
    :return: Questions; the answer is the date.
    """
    for sentence, name in source.people:
        match = None if NOBODY.fullmatch(name.text.split()[-1]) else _LIVED.match(source.text(sentence), name.end)
        # a year alone is more often that of a work: 'Lee (2015)'
        if match and (match["told"] or match["died"]):
            gold = source.gold(sentence, *match.span("born"))
            yield Draft(f"When was {name.text} born?", Template.WHEN, source.article, (gold,))
        if match and match["died"]:
            gold = source.gold(sentence, *match.span("died"))
            yield Draft(f"When did {name.text} die?", Template.WHEN, source.article, (gold,))


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
                # 'the well-known critic Ann Lee', 'team member Ann Lee'
                whole = _WHOLE_DESCRIPTION.search(text[: span[0]])
                noun = _NOUN_BEFORE.search(text[: span[0]]) if text[span[0]].islower() else None
                whole = whole or (noun if noun and not is_verb(noun.group().strip()) else None)
                start = whole.start() if whole and span[1] <= place.start() else span[0]
                # 'the co-founder'
                start = len(text[:start].rstrip("-_" + ascii_letters))
                # whose architect 'his' is, nobody knows
                if re.search(r"\b(?:his|her|their) $", text[:start]):
                    continue
                nation = re.search(r"(?<=\s)[A-ZÀ-Þ][a-z]+(?:an|ish|ese|ch) $", text[:start])
                start = nation.start() if nation and text[start].islower() else start
                found.append((place.group() == person, source.gold(sentence, start, span[1])))
            beside = _BESIDE.match(text, place.end())
            if beside:
                found.append((place.group() == person, source.gold(sentence, *beside.span("role"))))
    # words beside the surname alone may be about something else of that name
    return tuple(gold for _, gold in found) if any(full for full, _ in found) else ()
