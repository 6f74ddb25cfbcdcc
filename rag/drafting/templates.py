"""All that can be asked of an article by rule, the kinds taking turns."""

from __future__ import annotations

from itertools import chain, zip_longest

from rag.drafting.draft import Draft
from rag.drafting.facts import happened, how_many, when
from rag.drafting.people import said, who_is
from rag.drafting.source import Source
from rag.drafting.terms import stands_for, what_is
from rag.understanding.interpretation import stands_alone

_KINDS = (who_is, when, how_many, said, stands_for, happened, what_is)


def drafts(source: Source) -> list[Draft]:
    """Draft questions that the article answers.

    :param source: The article.
    :return: Questions, each once and with all places that answer it. None leans on another; what has different
        answers in different sentences is not among them.
    """
    turns = chain.from_iterable(zip_longest(*(kind(source) for kind in _KINDS)))
    found: dict[str, list[Draft]] = {}
    for draft in turns:
        if draft and stands_alone(draft.question, source.names):
            found.setdefault(draft.question.casefold(), []).append(draft)
    # two that ask the same know of one answer each
    return [same[0] for same in found.values() if len(same) == 1]
