"""Read passages for a question, until nothing that is left can overtake what was found.

All spans that were found in a sentence speak for it: what is added to the score of each is

    T log sum exp((score - best) / T)

over them, with T = `TEMPERATURE`. The reader's calibration turns this score and the retriever's score of the sentence
into the probability of being right; the most probable span wins. That the retriever has a say in the choice is what
makes scores of different passages compare.

Passages are read in the retriever's order: first about `BEGINNING` tokens of them, then those whose score, with a span
of `Calibration.ceiling` in them, would be more probable than the best found so far.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from index.sentences import Sentence
from rag.answer import Passage, Support
from rag.reading.calibration import Calibration, Signals
from rag.reading.reader import Reader, SpanProposal

BEGINNING = 320
"""Tokens that are read in any case."""
TEMPERATURE = 2.0
"""1 adds up the odds of the spans; the higher, the more their number counts. Chosen on everyday questions."""


@dataclass(frozen=True, slots=True)
class CalibratedReader:
    """A reader and the curve that turns its scores into probabilities."""

    reader: Reader
    calibration: Calibration

    @property
    def name(self) -> str:
        """What the reader is called in messages."""
        return self.reader.name

    def beginning(self, passages: Sequence[Passage]) -> int:
        """Count the passages that are read in any case: those that begin within the first `BEGINNING` tokens."""
        tokens = 0
        for number, passage in enumerate(passages):
            if tokens >= BEGINNING:
                return number
            tokens += len(self.reader.token_ends(passage.text))
        return len(passages)


@dataclass(frozen=True, slots=True)
class Finding:
    """A span, the sentence that holds it, and how probable it is that it answers.

    :param passage: Number of its passage among those read.
    :param number: Number of the sentence within the article, from 0.
    :param start: First code point in the article.
    :param end: One past the last.
    :param confidence: Calibrated probability, from 0 to 1.
    """

    passage: int
    number: int
    sentence: Sentence
    start: int
    end: int
    signals: Signals
    confidence: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what was found there.

    :param by: Name of the reader; empty where none was needed.
    :param passages: What it read.
    :param findings: The most probable first.
    """

    by: str
    passages: tuple[Passage, ...]
    findings: tuple[Finding, ...]


def read(
    calibrated: CalibratedReader, question: str, passages: Sequence[Passage], support: Support, *, every: bool = False
) -> Reading:
    """Read passages until nothing that is left can overtake what was found.

    :param calibrated: The reader.
    :param question: The question.
    :param passages: What may be read, the most promising first.
    :param support: The retriever's scores; a sentence that is not there has none.
    :param every: Read all passages, for questions with more than one answer.
    :return: What was read and found.
    """
    begun = len(passages) if every or calibrated.calibration.ceiling == math.inf else calibrated.beginning(passages)
    chosen = list(passages[:begun])
    findings = _findings(calibrated, question, chosen, support)
    reached = findings[0].confidence if findings else 0.0
    rest = [one for one in passages[begun:] if _highest(calibrated.calibration, one, support) > reached]
    if rest:
        findings += _findings(calibrated, question, rest, support, len(chosen))
    ranked = sorted(findings, key=lambda finding: -finding.confidence)
    return Reading(calibrated.reader.name, (*chosen, *rest), tuple(ranked))


def _highest(calibration: Calibration, passage: Passage, support: Support) -> float:
    """Return the confidence of a span of `Calibration.ceiling` in the passage's best sentence."""
    numbers = range(passage.first, passage.first + len(passage.sentences))
    best = max(support.get((passage.article.id, number), 0.0) for number in numbers)
    return calibration.confidence(Signals(calibration.ceiling, best))


def _findings(
    calibrated: CalibratedReader, question: str, passages: Sequence[Passage], support: Support, before: int = 0
) -> list[Finding]:
    """Read passages at once; `before`: how many were read already. The most probable finding comes first."""
    proposals = [one for one in calibrated.reader.read(question, passages) if _says(passages[one.passage], one)]
    numbers = [_number(passages[proposal.passage], proposal.start) for proposal in proposals]
    of_sentence: defaultdict[tuple[int, int], list[float]] = defaultdict(list)
    for proposal, number in zip(proposals, numbers, strict=True):
        of_sentence[proposal.passage, number].append(proposal.score)
    findings = []
    for proposal, number in zip(proposals, numbers, strict=True):
        passage = passages[proposal.passage]
        score = proposal.score + sentence_gain(of_sentence[proposal.passage, number])
        signals = Signals(score, support.get((passage.article.id, number), 0.0))
        sentence = passage.sentences[number - passage.first]
        confidence = calibrated.calibration.confidence(signals)
        place = before + proposal.passage
        findings.append(Finding(place, number, sentence, proposal.start, proposal.end, signals, confidence))
    return sorted(findings, key=lambda finding: -finding.confidence)


def _says(passage: Passage, proposal: SpanProposal) -> bool:
    """Tell whether a span has a letter or a digit: a full stop answers nothing."""
    return any(map(str.isalnum, passage.article.text[proposal.start : proposal.end]))


def _number(passage: Passage, start: int) -> int:
    """Return the number within the article of the sentence that holds a span which starts there."""
    numbered = enumerate(passage.sentences, start=passage.first)
    return next(number for number, sentence in numbered if sentence.start <= start < sentence.end)


def sentence_gain(scores: Sequence[float]) -> float:
    """Return what the spans of a sentence add to the score of each: 0 for one alone.

    >>> sentence_gain([5.0]), round(sentence_gain([5.0, 5.0]), 2)
    (0.0, 1.39)

    :param scores: Of the spans that were found in a sentence, at least one.
    """
    best = max(scores)
    return TEMPERATURE * math.log(sum(math.exp((score - best) / TEMPERATURE) for score in scores))
