"""Unanswerable twins: a drafted question with a name or number swapped, such that the article does not answer it."""

from __future__ import annotations

import re
from hashlib import sha256

from rag.drafting.draft import Draft, Template
from rag.drafting.sayings import silent
from rag.drafting.source import Source
from rag.drafting.terms import unexplained
from rag.language.english import OFFICE, TITLE
from rag.language.words import content_words, folded

_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_SHORT = re.compile(r"\b[A-Z]{2,6}\b")
_SAID = re.compile(r"What did .+? (?P<verb>say|claim|announce|argue|explain|state|write|predict|promise|insist)\?")


_LIFE = (
    ("When was {} born?", re.compile(r"\b(?:born|birth\w*|aged?|years? old|b\.|1[5-9]\d\d ?[–-])\b|, [1-9]\d,")),
    ("Where was {} born?", re.compile(r"\b(?:born|birth\w*|native|grew up|hometown|raised)\b")),
    ("Who did {} marry?", re.compile(r"\b(?:marri\w+|marry|wife|husband|spouse|wed\w*|widow\w*|partner)\b")),
    (
        "Where did {} go to university?",
        re.compile(r"(?i:universit|college|graduate|stud(?:y|ie)|degree|professor|alum)"),
    ),
)
"""What may be asked of anybody, and the words of an article that may tell it."""
_NO_TWIN = (Template.WHAT_IS, Template.WHETHER, Template.ROLE, Template.INTERVIEW)
_WITH_NAME = re.compile(rf"(?:\bthe|\b(?i:{OFFICE}|{TITLE})s?\.?) $")
"""Words before a name that would not go with another: 'the Lee administration', 'Mayor Lee'."""


def twin(draft: Draft, source: Source) -> Draft | None:
    """Swap a name or number of a question.

    >>> from index.article import Article
    >>> text = Source.of(Article("They recall the 1952 flood of Kent."))
    >>> twin(Draft("What happened in 1952?", Template.HAPPENED, text.article), text).question
    'What happened in 1948?'

    :param draft: A question that the article answers.
    :param source: The article.
    :return: A question that it does not answer; None where no swap is safe. The same draft has the same twin.
    """
    turn = int(sha256(f"{source.article.digest} {draft.question}".encode()).hexdigest(), 16)
    # the article answers yes or no of another as well: no
    if draft.template in _NO_TWIN or re.search(
        rf"\bthe article\b|\b{re.escape(source.voice or 'the article')}\b", draft.question
    ):
        question = None
    elif draft.template is Template.WHO_IS:
        question = _of_life(draft.question, source, turn)
    elif draft.template is Template.STANDS_FOR:
        question = _swapped(draft.question, _SHORT, unexplained(source), turn)
    elif draft.template is Template.SAID:
        question = _spoken_by_another(draft.question, source, turn)
    elif draft.template is Template.HAPPENED:
        question = _swapped(draft.question, _YEAR, _absent_years(draft.question, source), turn)
    else:
        question = _with_another_person(draft, source, turn)
    return Draft(question, draft.template, draft.article) if question else None


def _of_life(question: str, source: Source, turn: int) -> str | None:
    """Ask something else of the same person, of which the article has no word."""
    name = question.removeprefix("Who is ").removeprefix("Who was ").removesuffix("?")
    untold = [asked for asked, told in _LIFE if not told.search(source.article.text)]
    return untold[turn % len(untold)].format(name) if untold else None


def _spoken_by_another(question: str, source: Source, turn: int) -> str | None:
    match = _SAID.fullmatch(question)
    others = silent(source)
    return f"What did {others[turn % len(others)]} {match['verb']}?" if match and others else None


def _absent_years(question: str, source: Source) -> list[str]:
    found = _YEAR.search(question)
    if not found:
        return []
    year = int(found.group())
    years = [str(year + step) for step in (-11, -7, -4, 3, 6, 9)]
    # 'the 1950s' would speak of it as well
    return [one for one in years if one not in source.article.text and f"{one[:3]}0s" not in source.article.text]


def _with_another_person(draft: Draft, source: Source, turn: int) -> str | None:
    """Swap a person for one who stands in no sentence with half of the question's words, or a year for another."""
    surnames = {person.split()[-1] for person in source.full_names}
    people = [name for name in source.names.of(draft.question) if name.text.split()[-1] in surnames]
    # 'his' is of one, 'her' of another
    own = re.search(r"\b(?:his|her|himself|herself)\b", draft.question)
    part = (
        people
        and (
            _WITH_NAME.search(draft.question[: people[0].start])
            # 'the Islamist movements', 'Harvard President Lee'
            or re.search(r"[A-ZÀ-Þ]\w+ $", draft.question[: people[0].start][len(draft.question.split()[0]) :])
            or re.match(r" [a-z]+s\b(?! (?:in|on|at|to|by|with|as)\b)", draft.question[people[0].end :])
        )
    )
    if people and not own and not part:
        old = people[0]
        asked = content_words(draft.question) - content_words(old.text)
        texts = [
            folded(source.text(sentence))
            for sentence, words in zip(source.sentences, source.words, strict=True)
            if len(asked & words) * 2 >= len(asked)
        ]
        near = {person for person in source.full_names if any(folded(person.split()[-1]) in text for text in texts)}
        surname = old.text.split()[-1]
        others = [person for person in source.full_names if person not in near and person.split()[-1] != surname]
        if others:
            return draft.question[: old.start] + others[turn % len(others)] + draft.question[old.end :]
    return _swapped(draft.question, _YEAR, _absent_years(draft.question, source), turn)


def _swapped(question: str, pattern: re.Pattern[str], others: list[str], turn: int) -> str | None:
    return pattern.sub(others[turn % len(others)], question, count=1) if others else None
