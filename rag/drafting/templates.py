"""All that can be asked of an article by rule, the kinds taking turns."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, zip_longest

from index.sentences import Sentence
from rag.drafting.actors import by_whom, what, who
from rag.drafting.circumstances import how, how_long, how_often, when_in_time, where, why
from rag.drafting.clarity import MOST_WORDS, is_clear
from rag.drafting.clauses import statements
from rag.drafting.deeds import caused_to_do, did, to_do, used_for
from rag.drafting.denials import denied
from rag.drafting.descriptions import described
from rag.drafting.doubts import is_doubtful
from rag.drafting.draft import Draft, Template
from rag.drafting.facts import happened, how_big, how_many, how_many_are, how_much, listed, when
from rag.drafting.instructions import happens_if, instructed
from rag.drafting.interviews import interviewed
from rag.drafting.people import born, how_old, role, who_is
from rag.drafting.persons import of_third, own_words
from rag.drafting.properties import called, for_what, of_what, which_one
from rag.drafting.properties import what_is as what_it_is
from rag.drafting.sayings import according_to, reported, said, who_claimed, who_said
from rag.drafting.source import AUTHORS, SPEAKER, Source
from rag.drafting.speaking import spoken
from rag.drafting.statement import Statement
from rag.drafting.terms import beside, examples, known_as, stands_for, what_a, what_is, which
from rag.drafting.topics import told_about
from rag.drafting.whether import is_there, whether, whether_held

_OF_ARTICLE = (
    who_is, said, stands_for, happened, what_is, what_a, which, how_many_are, listed, who_said, who_claimed, examples,
    known_as, how_old, interviewed, born, beside, role, spoken, instructed, happens_if, denied,
)  # fmt: skip
_OF_STATEMENT = (
    why, when, how_many, where, how, who, by_whom, what, of_what, to_do, what_it_is, did, how_long, how_often, how_much,
    called, used_for, caused_to_do, which_one, when_in_time, how_big, according_to, for_what,
    described,
)  # fmt: skip

_ANY = (Template.TO_DO, Template.OF_WHAT, Template.WHAT, Template.REPORTED)
"""Made of what somebody may do more than once."""
_ENOUGH = 28
"""Questions, with which no doubtful ones are needed."""
_MOST_JUDGED = 30
"""Words of a question, where a model chooses."""
_SPOKEN = 3
"""Questions about a sentence that somebody speaks, beside which yes or no is asked: there are few others."""
_Kind = Callable[[Source, Sentence, Statement], Iterator[Draft]]
_GOES_ON = re.compile(r", [A-ZÀ-Þ][\w’'-]*(?:[,.]| and\b| or\b)")
_PARTS = (
    Template.WHO,
    Template.WHAT,
    Template.OF_WHAT,
    Template.WHICH,
    Template.TO_DO,
    Template.WHERE,
    Template.WHO_IS,
)
"""Kinds whose answer is a part of a sentence that has to say by itself what it means."""
_POINTS = re.compile(
    r"(?:this|these|those|such|it|they|he|she)\b|that [a-z]+$|[a-z]+ (?:them|him|her|it)\b", re.IGNORECASE
)
"""An answer that points to what was said before."""
_LIMITS = re.compile(
    r"(?:Sometimes|Often|Usually|Rarely|Occasionally|Originally|Initially|Formerly|Once|Traditionally|Historically"
    r"|Generally|Typically|Mostly|Partly|Perhaps|Possibly|Probably|Apparently|Ideally|Theoretically)\b"
)
"""How a sentence begins whose statement alone would say too much."""
_BARE_NOUN = re.compile(r"The [a-z]+")
_US = re.compile(r"\b(?:we|us|our)\b")
_YOU, _NOBODY = re.compile(r"\b[Yy]ou\b"), re.compile(r"(?!)")
_SPACES = re.compile(r"[^\S\n]+")
"""All but a line end, which a question that is clear does not have."""


def drafts(source: Source) -> list[Draft]:
    """Draft questions that an article answers, most of which read well by rule.

    :param source: The article.
    :return: As `every_draft`, but doubtful ones come last, and only where there are few others.
    """
    drafted = every_draft(source)
    sure = [draft for draft in drafted if not draft.doubtful]
    # one of each kind that is not there yet, then others
    doubtful = {draft.template: draft for draft in reversed(drafted) if draft.doubtful}
    there = {draft.template for draft in sure}
    more = [draft for draft in drafted if draft is doubtful.get(draft.template) and draft.template not in there]
    others = [draft for draft in drafted if draft.doubtful and draft not in more]
    return [*sure, *more, *others[: max(0, _ENOUGH - len(sure) - len(more))]]


def every_draft(source: Source) -> list[Draft]:
    """Draft all questions that rules make of an article.

    :param source: The article. If a model chooses, it is also asked for yes or no, and for what the article says, of
        sentences of which much else is asked.
    :return: Questions, each once and with all places that answer it. None leans on another; what has different
        answers in different sentences is not among them.
    """
    stated = list(statements(source))
    told = [one for one in stated if one[1].told]
    plain = [one for one in stated if not one[1].told]
    made = [
        *(list(kind(source)) for kind in _OF_ARTICLE),
        *([draft for one in plain for draft in _held(kind, source, *one)] for kind in _OF_STATEMENT),
        [draft for one in told for draft in reported(source, *one)],
    ]
    asked = Counter(gold.first for drafted in made for draft in drafted for gold in draft.golds)
    most = math.inf if source.judged else 1
    # yes or no is the plainest question: in turn with others where there is no other, at the end where there is one
    bare = [one for one in plain if not asked[one[0].start]]
    poor = [one for one in plain if 1 <= asked[one[0].start] <= (max(_SPOKEN, most) if source.speaks(one[0]) else most)]
    kinds = [
        *made,
        [draft for one in bare for draft in _held(whether, source, *one)],
        [draft for one in told if asked[one[0].start] <= most for draft in whether_held(source, *one)],
        list(told_about(source, [one for one in source.sentences if source.speaks(one) or asked[one.start] <= most])),
    ]
    last = [*is_there(source), *(draft for one in poor for draft in _held(whether, source, *one))]
    found: dict[str, list[Draft]] = {}
    for draft in (*chain.from_iterable(zip_longest(*kinds)), *last):
        draft = draft and _asked(source, draft)
        if draft and _is_clear(source, draft) and _tells(source, draft):
            doubtful = draft.doubtful or is_doubtful(source, draft)
            draft = replace(draft, question=of_third(draft.question, source.voice), doubtful=doubtful)
            found.setdefault(draft.question.casefold(), []).append(draft)
    return [one for same in found.values() if (one := _one(source, same))]


def _held(kind: _Kind, source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask about a statement, and name who thinks that it is so."""
    for draft in kind(source, sentence, stated):
        # 'had' tells of a time before another, which is told elsewhere
        draft = replace(draft, doubtful=stated.limited or (_is_before(source, stated) and not stated.when))
        asked = f"{draft.question[0].lower()}{draft.question[1:]}"
        told = stated.holder and stated.holder not in draft.question
        yield replace(draft, question=f"According to {stated.holder}, {asked}") if told else draft


def _is_before(source: Source, stated: Statement) -> bool:
    """Tell whether a statement is about a time before another: 'had sold'."""
    return (
        re.search(r"\bhad (?:(?!and\b|but\b)[\w-]+ ){0,3}$", source.article.text[stated.stop : stated.rest]) is not None
    )


def _asked(source: Source, draft: Draft) -> Draft:
    """Put a question as it is asked: of what somebody says of 'us' and 'our', so that it is clear who says it."""
    asked = draft.question
    if source.voice == AUTHORS and source.voice in asked:
        asked = re.sub(r"\b(?:my|our)\b", "their", asked)
    elif source.voice and source.voice not in asked and _pointed(source).search(asked):
        asked = f"According to {source.voice}, {asked[0].lower()}{asked[1:]}"
    asked = _SPACES.sub(" ", asked).replace(" ?", "?")
    return replace(draft, question=asked[0].upper() + asked[1:])


def _pointed(source: Source) -> re.Pattern[str]:
    """What is clear only if it is told who says it: of a speech 'we', of an interview 'you', which is anybody there."""
    return _US if source.voice == SPEAKER else _YOU if source.asked else _NOBODY


def _is_clear(source: Source, draft: Draft) -> bool:
    """Tell whether a question reads well alone, and 'you' in it is whoever reads, not those who are spoken to."""
    if draft.template is Template.INTERVIEW:
        # is looked at before a name stands in the place of 'you'
        return True
    # 'our Constitution' is not only theirs who is asked
    if source.asked and source.voice in draft.question and re.search(r"\b(?:ours?|us)\b", draft.question):
        return False
    # one who speaks is not 'each other'
    if source.voice and source.voice in draft.question and "each other" in draft.question:
        return False
    if SPEAKER in draft.question and re.search(r"\b(?:his|her)\b", draft.question):
        return False
    # who 'we' are is known if it is asked what somebody says, and 'I' is said of them, too
    plain = _US.sub("people", draft.question) if SPEAKER in draft.question else draft.question
    plain = own_words(plain, source.voice)
    # in a reply 'you' is anybody
    guides = source.guides or draft.template is Template.HOW or (source.asked and plain.startswith("According to "))
    # who says it is no burden
    most = _MOST_JUDGED if source.judged else MOST_WORDS
    most += len(f"According to {source.voice}".split()) if plain.startswith("According to ") else 0
    return is_clear(plain, most) and (guides or not re.search(r"\byou\b", plain))


def _tells(source: Source, draft: Draft) -> bool:
    """Tell whether an answer says what it means, and does not only point to what was said before."""
    text, gold = draft.article.text, draft.golds[0]
    words = text[gold.start : gold.end]
    # 'one word:' is not the word, and 'Irving' is cut from 'Irving, Texas'
    cut = text.startswith(":", gold.end) or (words.split()[-1][0].isupper() and _GOES_ON.match(text, gold.end))
    if cut and draft.template in _PARTS:
        return False
    # 'Sometimes it bursts' does not say that it bursts
    if draft.template in (Template.WHETHER, Template.ABOUT) and _LIMITS.match(text, gold.first, gold.start):
        return False
    # 'What has 5,000 students?' is not answered by 'The university'
    bare = draft.question.startswith("What ") and _BARE_NOUN.fullmatch(words) and draft.template is Template.WHO
    bare = bare and not source.judged
    return not (draft.template in _PARTS and (_POINTS.match(words) or bare))


def _one(source: Source, same: list[Draft]) -> Draft | None:
    """Make one draft of those that ask the same; None if they know of different answers.

    All that an article says of who or what something is may be right, and all that somebody who speaks wants or does.
    """
    first = same[0]
    golds = tuple(dict.fromkeys(gold for one in same for gold in one.golds))
    alike = len({first.article.text[gold.start : gold.end].casefold() for gold in golds}) == 1
    own = source.voice and source.voice in first.question and first.template in _ANY
    if alike or own or first.template in (Template.WHO_IS, Template.WHAT_IS):
        return replace(first, golds=golds)
    return first if len({one.golds[0].first for one in same}) == 1 else None
