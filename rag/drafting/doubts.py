"""What makes a question doubtful: of such ones readers, who judged a thousand drafts one by one, found half good."""

from __future__ import annotations

import re

from rag.drafting.draft import Draft, Template
from rag.drafting.source import Source
from rag.drafting.verbs import AUX, PLAIN_OF_PAST, is_verb
from rag.language.words import content_words

_FEWEST = {
    Template.WHO: 4,
    Template.WHAT: 4,
    Template.TO_DO: 4,
    Template.WHERE: 4,
    Template.REPORTED: 4,
    Template.ABOUT: 6,
}
"""Words that tell something which a question without a name needs, so that it is not asked of many things."""
_ASKING = content_words("do does did has have had is are was were can could will would may might must should what who")
_NAMED = re.compile(r"(?<=[\w,] )[A-ZÀ-Þ\d“]")
_HALF = frozenset({Template.WHAT, Template.OF_WHAT, Template.WHERE, Template.EXAMPLES})
"""Kinds of which half are good."""
_POINTING = re.compile(
    r"\b(?:this|these|those|such)\b (?!is\b|was\b|are\b|were\b)"
    r"|^(?:it|its|he|his|she|her|they|their|however|then|also|after that)\b",
    re.IGNORECASE,
)
"""An answer that leans on what is told before it."""
_SOMEBODY = re.compile(r"\b(?:he|him|his|she|her|they|them|their)\b", re.IGNORECASE)
_INDEFINITE = re.compile(r"(?:Is|Was) an? |(?:Are|Were) (?!the\b)[a-z]")
"""'Is an example of it the mill?' turns the words of a sentence around that are in no order to be turned."""
_MOST = 18
"""Words, with which a question reads well."""
_LOOSE = re.compile(r"\b(?:its|his|her|their|or)\b|article say about an? ")
"""Whose something is, and which one or which of two, is seldom clear."""
_BEHIND = r"(?= (?P<next>[\w’'-]+)(?: (?P<then>[\w’'-]+))?|[?,.\s]*$)"
_COUNTED = re.compile(
    r"\b[Tt]he (?:(?:two|three|four|five|six|seven|eight|nine|ten) (?:[a-z-]+ )??[a-z-]+s|resulting [a-z-]+)\b"
    rf"{_BEHIND}"
)
_ANOTHER = re.compile(rf"\b[Tt]he (?:second|new|last) (?P<noun>(?!most\b|\w+est\b)[a-z-]+){_BEHIND}")
_BARE = re.compile(rf"\b[Tt]he (?P<noun>[a-z]{{3,}})\b(?![’'-]){_BEHIND}")
_TELLS_MORE = frozenset(
    re.findall(
        r"\w+", "of that which who whose whom where for to from between in on at with about against among within"
    )
)
"""Words behind a noun that may tell which one it is."""
_BEGINS_NOUN = re.compile(r"(?:the|an?|its|their|his|her|some|many|all)$|[A-ZÀ-Þ\d]")
_OFTEN = 6
"""Times that a noun is written in an article that is about it."""
_KNOWN = frozenset(
    re.findall(
        r"\w+",
        "speaker authors author interviewee article world sun moon earth sky sea ocean universe past future present "
        "public internet web government state country nation city town economy environment weather climate law police "
        "army church president king queen pope north south east west same rest whole beginning end time way people "
        "poor rich young old dead first second third",
    )
)
"""Nouns that are clear behind 'the' wherever they stand, as far as an article on one matter goes."""


def is_doubtful(source: Source, draft: Draft) -> bool:
    """Tell whether a question is of a sort of which readers found only some natural and complete.

    :param source: The article.
    :param draft: The question.
    """
    if draft.template in (Template.INTERVIEW, Template.WHO_SAID):
        return False
    named = _NAMED.search(draft.question) is not None or (source.voice != "" and source.voice in draft.question)
    words = source.article.text[draft.golds[0].start : draft.golds[0].end]
    asks_name = draft.template is Template.WHO and draft.question.startswith("Who ")
    little = not named and len(content_words(draft.question) - _ASKING) < _FEWEST.get(draft.template, 0)
    return bool(
        little
        or draft.template in _HALF
        or _POINTING.search(words)
        or (draft.template is Template.ABOUT and _SOMEBODY.search(words))
        or (draft.template is Template.WHETHER and _INDEFINITE.match(draft.question))
        # a place or a team may be named so
        or (asks_name and len(words.split()) == 1)
        or len(draft.question.split()) > _MOST
        or _LOOSE.search(draft.question)
        or _points_back(source, draft)
    )


def _points_back(source: Source, draft: Draft) -> bool:
    """Tell whether a question, or its answer, is clear only to who read what stands before its sentence."""
    gold = draft.golds[0]
    before = source.article.text[: gold.first]
    answer = source.article.text[gold.start : gold.end]
    if any(not _told_more(found) for found in _COUNTED.finditer(draft.question)):
        return True
    bare = [found for noun in (_BARE, _ANOTHER) for found in noun.finditer(draft.question) if not _told_more(found)]
    whole = _BARE.fullmatch(answer)
    return any(_was_told(source, found["noun"], before) for found in (*bare, *((whole,) if whole else ())))


def _told_more(found: re.Match[str]) -> bool:
    following = found["next"] or ""
    # of 'the stone bridge' and 'the oil price' the first word is no whole noun
    if not following or _BEGINS_NOUN.match(following) or following in ("and", "or"):
        return False
    if following in _TELLS_MORE:
        return True
    # of 'the plant biomass' the second word is no verb, of 'the plant covers the' it is
    verb = following in AUX or following in PLAIN_OF_PAST
    return not (verb or (is_verb(following) and _BEGINS_NOUN.match(found["then"] or "the")))


def _was_told(source: Source, noun: str, before: str) -> bool:
    often = source.is_topic(noun) and source.times(noun) >= _OFTEN
    if noun in _KNOWN or noun in source.article.title.lower() or often:
        return False
    one = noun.removesuffix("s")
    return re.search(rf"\b{re.escape(one)}(?:e?s)?\b", before, re.IGNORECASE) is not None
