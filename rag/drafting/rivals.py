"""Other sentences that may answer a drafted question: as it is drafted, or otherwise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.source import Source
from rag.language.english import POINTING_WORDS
from rag.language.words import content_words

_MOST_PLACES = 20
"""Of one answer: what is said more often is a formula, and to compare each with each takes minutes."""
_SAME, _ALIKE = 0.6, 0.8
"""A sentence with this share of a question's words may answer it too: the first, if it has words of the kind that is
asked for; the second, if nothing tells what they look like."""


def unrivalled(
    source: Source, question: str, template: Template, gold: Gold, rival: Callable[[str], bool] | None = None
) -> Iterator[Draft]:
    """Draft a question with every sentence that answers it, or nothing if one may answer it otherwise.

    :param source: The article.
    :param question: The question.
    :param template: What it was made of.
    :param gold: Its answer.
    :param rival: Tells of a sentence with the question's words whether it may answer it; without it each does.
    :return: The draft, or nothing.
    """
    asked = content_words(question) - POINTING_WORDS
    text = source.article.text[gold.start : gold.end]
    golds, share = [gold], _SAME if rival else _ALIKE
    for sentence, words in zip(source.sentences, source.words, strict=True):
        if sentence.start == gold.first or len(asked & words) < share * len(asked):
            continue
        other = source.text(sentence)
        again = re.search(rf"(?<!\w){re.escape(text)}(?!\w)", other)
        if again and len(golds) < _MOST_PLACES:
            golds.append(source.gold(sentence, *again.span()))
        elif again or rival is None or rival(other):
            return
    yield Draft(question, template, source.article, tuple(golds))
