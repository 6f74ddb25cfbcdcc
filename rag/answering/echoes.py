"""Questions that the article itself asks, as lists of them do: 'Can I freeze it?', 'Yes, for two months.'.

A reader of answers marks such a question when it is asked, since it has the same words. But a question states nothing:
what it is answered with stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from index.sentences import Sentence
from rag.answer import Passage
from rag.language.english import POINTING_WORDS
from rag.language.words import content_words
from rag.reading.reading import Finding, Reading

_QUESTION = re.compile(r"\?[”\"’')\]]*$")
_LONGEST = 15
"""Words of a question that stands over an answer; those of a talk are longer."""
_SAME = 0.5
"""Share of its words that tell something of which more are asked for, too."""
_ASKS_FOR_ONE = re.compile(
    r"\b(?:ask(?:s|ed|ing)?|questions?|wonder(?:s|ed)?|say|says|said|words?|quote[sd]?)\b", re.IGNORECASE
)


def answered_behind(reading: Reading, question: str) -> Reading:
    """Let what stands behind a question of the article be the answer, and not the question.

    :param reading: What was found, the most probable first.
    :param question: What is asked.
    :return: The same findings; those in a question that asks the same are the sentence behind it, or left out.
    """
    asked = content_words(question)
    if _ASKS_FOR_ONE.search(question) or not any(_asks(reading, one, asked) for one in reading.findings):
        return reading
    return replace(reading, findings=tuple(_answers(reading, asked)))


def _answers(reading: Reading, asked: set[str]) -> Iterator[Finding]:
    for finding in reading.findings:
        if not _asks(reading, finding, asked):
            yield finding
        elif behind := _behind(reading.passages[finding.passage], finding):
            yield behind


def _asks(reading: Reading, finding: Finding, asked: set[str]) -> bool:
    """Tell whether a finding is in a question that asks the same: 'Can I freeze it?', 'It leaks. What can I do?'."""
    passage = reading.passages[finding.passage]
    text = _text(passage, finding.sentence)
    words = content_words(text) - POINTING_WORDS
    if not words or len(text.split()) > _LONGEST:
        return False
    if _QUESTION.search(text):
        return len(words & asked) > _SAME * len(words)
    following = passage.sentences[finding.number - passage.first + 1 :][:1]
    return words <= asked and any(_QUESTION.search(_text(passage, one)) for one in following)


def _behind(passage: Passage, finding: Finding) -> Finding | None:
    """Find the next sentence that is no question, if it was read, too."""
    for place in range(finding.number - passage.first + 1, len(passage.sentences)):
        sentence = passage.sentences[place]
        if not _QUESTION.search(_text(passage, sentence)):
            return replace(
                finding, number=passage.first + place, sentence=sentence, start=sentence.start, end=sentence.end
            )
    return None


def _text(passage: Passage, sentence: Sentence) -> str:
    return passage.article.text[sentence.start : sentence.end].rstrip()
