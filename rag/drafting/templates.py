"""All that can be asked of an article by rule, the kinds taking turns."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, zip_longest

from rag.drafting.actors import by_whom, what, who
from rag.drafting.circumstances import how, how_long, when_in_time, where, why
from rag.drafting.clauses import statements
from rag.drafting.deeds import caused_to_do, did, to_do
from rag.drafting.draft import Draft
from rag.drafting.facts import happened, how_big, how_many, how_many_are, how_much, when
from rag.drafting.interviews import interviewed
from rag.drafting.people import born, how_old, quoted, reported, said, who_claimed, who_is, who_said
from rag.drafting.properties import called, of_what, which_one
from rag.drafting.properties import what_is as what_it_is
from rag.drafting.source import Source
from rag.drafting.terms import beside, examples, known_as, stands_for, what_a, what_is, which
from rag.drafting.verbs import is_verb
from rag.drafting.whether import is_there, whether

_OF_ARTICLE = (
    who_is, said, stands_for, happened, what_is, what_a, which, how_many_are, who_said, who_claimed, quoted, examples,
    known_as, how_old, interviewed, born, beside,
)  # fmt: skip
_OF_STATEMENT = (
    why, when, how_many, where, how, who, by_whom, what, of_what, to_do, what_it_is, did, how_long, how_much,
    called, caused_to_do, which_one, when_in_time, how_big,
)  # fmt: skip
_MOST_WORDS = 22
_UNCLEAR = re.compile(
    r"\b(?:this|these|those|such|latter|former|following|yesterday|today|tomorrow|tonight|now|ago|here"
    r"|her (?:in|at|on|to|with|by|for|from|and|as)|it"
    r"|they|them|him|he|she|we|us|our"
    r"|I|me|my|your|however|thus|therefore|also|so|too|then|above|below|itself|themselves|himself|herself"
    r"|respectively"
    r"|last (?:week|month|year|night)|next (?:week|month|year)|another|others|(?:days?|weeks?|months?"
    r"|years?) (?:earlier|later|before))\b|[()\[\]{};:—–|•…\n]"
)
"""Words whose meaning is lost outside of the article, and marks of a text that is no plain sentence."""
_BEGINS = frozenset(re.findall(r"\w+", "the a an has have had there people some many most all no"))
_LOOSE = re.compile(
    r"(?:(?:What|Where|When|How \w+) \w+|What happened(?: \w+)?|How (?:many|much) \w+(?: \w+)?) (?:its|his|her"
    r"|their)\b"
)
_HANGING = re.compile(
    r"\b(?:the|an?|and|or|than|its|his|her|their|\w+ly|(?:before|after|by|while) \w+ing)\?$|(\b\w+\b) \1\b",
    re.IGNORECASE,
)


def drafts(source: Source) -> list[Draft]:
    """Draft questions that the article answers.

    :param source: The article.
    :return: Questions, each once and with all places that answer it. None leans on another; what has different
        answers in different sentences is not among them.
    """
    stated = list(statements(source))
    told = [one for one in stated if one[1].told]
    plain = [one for one in stated if not one[1].told]
    made = [
        *(list(kind(source)) for kind in _OF_ARTICLE),
        *([draft for one in plain for draft in kind(source, *one)] for kind in _OF_STATEMENT),
        [draft for one in told for draft in reported(source, *one)],
    ]
    asked = Counter(gold.first for drafted in made for draft in drafted for gold in draft.golds)
    # yes or no is the plainest question: in turn with others where there is no other, at the end where there is one
    bare, poor = ([one for one in plain if asked[one[0].start] == count] for count in (0, 1))
    kinds = [*made, [draft for one in bare for draft in whether(source, *one)]]
    last = [*is_there(source), *(draft for one in poor for draft in whether(source, *one))]
    found: dict[str, list[Draft]] = {}
    for draft in (*chain.from_iterable(zip_longest(*kinds)), *last):
        if draft and is_clear(draft.question):
            found.setdefault(draft.question.casefold(), []).append(draft)
    # two that ask the same know of one answer each
    return [same[0] for same in found.values() if len({gold.first for one in same for gold in one.golds[:1]}) == 1]


def is_clear(question: str) -> bool:
    """Tell whether a question reads well without the sentence that it was made of.

    >>> [is_clear(one) for one in ("Who built the mill?", "Who built this mill?", "Where did Ann go with the?")]
    [True, False, False]
    """
    their = re.search(r"\btheir\b", question)
    if their and not re.search(r"^Who |[^siu’']s\b|people|\b(?:wo)?men\b|children| and ", question[: their.start()]):
        return False
    if question.count('"') % 2 or question.count("“") != question.count("”") or " ," in question:
        return False
    unquoted = re.sub(r"“[^“”]*”", "", question)
    # 'that' joins what is told or tells more; before a noun it points
    joins = (
        is_verb(word) or word in _BEGINS or word[0].isupper()
        for word in re.findall(r"\bthat\b ?(\w*)", unquoted)
        if word
    )
    if not all(joins) or re.search(r"\bthat\W*$", unquoted):
        return False
    return len(question.split()) <= _MOST_WORDS and not any(
        pattern.search(unquoted) for pattern in (_UNCLEAR, _HANGING, _LOOSE)
    )
