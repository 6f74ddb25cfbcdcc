"""A yes-or-no question that a sentence repeats word for word: the sentence proves it, and nothing need be read.

A reader that was trained to mark short answers is unsure of such questions. Measured on 120 yes-or-no
questions about Wikipedia articles, each asked with its paragraph and without: where a sentence among the
best five has at least `COVERED` of the question's words, it is the right one for 20 questions and a wrong
one for 4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.store import SentenceIndex
from rag.answer import Passage, Turn
from rag.language.english import AUXILIARY, POINTING_WORDS
from rag.language.words import content_words
from rag.reading.calibration import Signals
from rag.reading.reading import Finding, Reading
from rag.retrieval.search import Search

COVERED = 0.85
CONFIDENCE = 20 / 24
SENTENCES = 5
"""Of those that the retriever finds, how many are looked at."""
_FEWEST = 2
"""Words that count: a single one proves nothing."""
_ASKS = re.compile(r"\?[\"'”’)\]»]*$")
"""Ends a sentence that asks, as in an interview: it has the question's words, but proves nothing."""
_YES_NO = re.compile(rf"(?:{AUXILIARY})(?:n['’]t)?\s(?!.*\bor\b)", re.IGNORECASE)


class Proofs:
    """Finds sentences of an index that prove yes-or-no questions.

    :param index: The articles.
    """

    def __init__(self, index: SentenceIndex) -> None:
        self._index = index

    def found(self, search: Search) -> Reading | None:
        """Answer a yes-or-no question with the sentence that repeats it.

        :param search: The question, and what was found for it.
        :return: The sentence, as if it had been read; None if none proves the question.
        """
        place = proof(search.question.text, [self._index.text(hit.row) for hit in search.hits[:SENTENCES]])
        return None if place is None else self._proved(search.hits[place].row, search.hits[place].score)

    def cited(self, question: str, before: Turn) -> Reading | None:
        """Answer a yes-or-no question that leans on an answer with the sentence cited for it.

        :param question: The question.
        :param before: The answer, and what was asked.
        :return: The sentence, as if it had been read; None if none proves the question.
        """
        for cited in before.answer.citations:
            # what another article said before this one was asked alone proves nothing here
            if cited.article in self._index.places and proved_by(question, before.question, cited.quote):
                return self._proved(self._index.rows_of(self._index.places[cited.article])[cited.sentence], 0.0)
        return None

    def _proved(self, row: int, support: float) -> Reading:
        stored = self._index.sentences[row]
        passage = Passage(self._index.articles[stored.article], stored.number, (stored.sentence,))
        signals = Signals(score=0.0, support=support)
        finding = Finding(0, stored.number, stored.sentence, passage.start, passage.end, signals, CONFIDENCE)
        return Reading("", (passage,), (finding,))


def proof(question: str, sentences: Sequence[str]) -> int | None:
    """Find the sentence that proves a yes-or-no question, whether it says yes or no.

    >>> proof("Was Ada at the ball?", ["Bob left.", "At the ball were Ada, Cy and Di.", "Ada left the ball."])
    1

    :param question: Any question.
    :param sentences: Where to look, the nearest to the question first.
    :return: The place of the first sentence that has the question's words; None if there is none, or the question
        asks for something else than yes or no.
    """
    opening = _YES_NO.match(question.strip())
    asked = content_words(question.strip()[opening.end() :]) if opening else set()
    if len(asked) < _FEWEST:
        return None
    shares = (len(asked & content_words(sentence)) / len(asked) for sentence in sentences)
    return next((place for place, share in enumerate(shares) if share >= COVERED and not _asks(sentences[place])), None)


def proved_by(question: str, earlier: str, sentence: str) -> bool:
    """Tell whether the sentence cited last proves a yes-or-no question that leans on it.

    >>> proved_by("Was Cy there, too?", "Who was at the ball?", "At it were Ada and Cy.")
    True

    :param question: A question that leans on what was said before.
    :param earlier: The question before it; what it spoke of already is nothing new to prove.
    :param sentence: The sentence that was cited for that.
    :return: Whether all that the question asks of is in the sentence, and at least a part of it is new.
    """
    opening = _YES_NO.match(question.strip())
    asked = content_words(question.strip()[opening.end() :]) - POINTING_WORDS if opening else set()
    return not _asks(sentence) and asked <= content_words(sentence) and bool(asked - content_words(earlier))


def _asks(sentence: str) -> bool:
    return _ASKS.search(sentence) is not None
