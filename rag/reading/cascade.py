"""Several readers, one answer: the fast one ranks the passages, a slower one is asked only if need be.

Each reader's calibration turns its span scores and the retriever's score of the sentence into the
probability of being right; the most probable span wins. That the retriever has a say in the choice
is what makes scores of different passages compare: on the calibration questions it finds 2 to 8 more
sentences of a hundred than the reader's score alone. Viola and Jones 2001 is the model for the order.

No reader reads on where what is left is unlikely to overtake what it has. The first begins with the two passages that
the retriever found most promising, and goes on to those whose score, with a span of `Calibration.ceiling` in them,
would be more probable. A slower one begins with what the faster one found most promising, and goes on where the faster
one's log-odds are less than `MARGIN` below its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.sentences import Sentence
from rag.answer import Passage, Support
from rag.reading.calibration import Calibration, Signals, log_odds
from rag.reading.reader import Reader

BEGINNING = 2
"""Passages that the first reader reads in any case."""
MARGIN = 2.0
"""Log-odds by which a passage's best finding may grow from one reader to the next:
`python -m rag.training.pipeline.overtaking` tells how many answers that changes."""


@dataclass(frozen=True, slots=True)
class CalibratedReader:
    """A reader and the curve that turns its scores into probabilities."""

    reader: Reader
    calibration: Calibration


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

    :param by: Name of the reader that had the last word.
    :param passages: What it read.
    :param findings: The most probable first.
    """

    by: str
    passages: tuple[Passage, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Promise:
    """A passage, and how probable the best is that a faster reader found in it, or that may be found at most."""

    passage: Passage
    confidence: float


class Cascade:
    """Readers in the order in which they are asked.

    :param readers: The fastest first; at least one.
    :param margin: See `MARGIN`; without bound every promising passage is read.
    """

    def __init__(self, readers: Sequence[CalibratedReader], margin: float = MARGIN) -> None:
        self.readers = tuple(readers)
        self._margin = margin
        self.name = " + ".join(calibrated.reader.name for calibrated in self.readers)

    @property
    def first(self) -> Reader:
        """The reader that is always asked."""
        return self.readers[0].reader

    @property
    def calibration(self) -> Calibration:
        """The last reader's calibration, whose operating points hold for the whole."""
        return self.readers[-1].calibration

    @property
    def calibrations(self) -> tuple[Calibration, ...]:
        """The calibration of each reader, in their order."""
        return tuple(calibrated.calibration for calibrated in self.readers)

    def skim(self, question: str, passages: Sequence[Passage], support: Support, *, every: bool = False) -> Reading:
        """Read with the first reader alone.

        :param question: The question.
        :param passages: What may be read, the most promising first.
        :param support: The retriever's scores; a sentence that is not there has none.
        :param every: Read all passages.
        :return: What it has found.
        """
        first = self.readers[0]
        chosen = prospects(first.calibration, passages, support)
        margin = math.inf if every or first.calibration.ceiling == math.inf else 0.0
        return read_on(first, question, chosen, support, margin, BEGINNING)

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        support: Support,
        skimmed: Reading | None = None,
        *,
        every: bool = False,
    ) -> Reading:
        """Read until a reader is sure enough.

        :param question: The question.
        :param passages: What the first reader may read, the most promising first; the next may read the most promising
            of what it did read, within its budget.
        :param support: The retriever's scores; a sentence that is not there has none.
        :param skimmed: What the first reader has found already.
        :param every: Read every promising passage, for questions with more than one answer.
        :return: What the last reader asked has found.
        """
        reading = skimmed or self.skim(question, passages, support, every=every)
        for calibrated, following in pairwise(self.readers):
            if reading.findings and reading.findings[0].confidence >= calibrated.calibration.sufficient:
                return reading
            chosen = promising(reading.passages, reading.findings, following.reader)
            reading = read_on(following, question, chosen, support, math.inf if every else self._margin)
        return reading


def findings_of(
    calibrated: CalibratedReader, question: str, passages: Sequence[Passage], support: Support
) -> tuple[Finding, ...]:
    """Read passages with one reader.

    :param calibrated: The reader.
    :param question: The question.
    :param passages: What to read.
    :param support: The retriever's scores.
    :return: Its findings, the most probable first.
    """
    findings = []
    for candidate in calibrated.reader.read(question, passages):
        passage = passages[candidate.passage]
        number, sentence = next(
            (number, sentence)
            for number, sentence in enumerate(passage.sentences, start=passage.first)
            if sentence.start <= candidate.start < sentence.end
        )
        signals = Signals(candidate.score, support.get((passage.article.id, number), 0.0))
        confidence = calibrated.calibration.confidence(signals)
        findings.append(
            Finding(candidate.passage, number, sentence, candidate.start, candidate.end, signals, confidence)
        )
    return tuple(sorted(findings, key=lambda finding: -finding.confidence))


def read_on(
    calibrated: CalibratedReader,
    question: str,
    chosen: Sequence[Promise],
    support: Support,
    margin: float,
    beginning: int = 1,
) -> Reading:
    """Read the most promising passages, then at once all others where something may overtake what was found there.

    :param calibrated: The reader.
    :param question: The question.
    :param chosen: What it may read, the most promising first.
    :param support: The retriever's scores.
    :param margin: Log-odds by which what is found in a passage may exceed what it promises.
    :param beginning: Passages that are read in any case.
    :return: The passages read, and what was found in them.
    """
    first = tuple(promise.passage for promise in (chosen if margin == math.inf else chosen[:beginning]))
    findings = findings_of(calibrated, question, first, support)
    reached = log_odds(findings[0].confidence) if findings else -math.inf
    rest = tuple(
        promise.passage for promise in chosen[len(first) :] if log_odds(promise.confidence) >= reached - margin
    )
    if not rest:
        return Reading(calibrated.reader.name, first, findings)
    more = [
        replace(finding, passage=finding.passage + len(first))
        for finding in findings_of(calibrated, question, rest, support)
    ]
    ranked = sorted([*findings, *more], key=lambda finding: -finding.confidence)
    return Reading(calibrated.reader.name, first + rest, tuple(ranked))


def prospects(calibration: Calibration, passages: Sequence[Passage], support: Support) -> tuple[Promise, ...]:
    """Tell what may be found in passages at most.

    :param calibration: Of the reader that is to read them.
    :param passages: The passages, in the order in which they are to be read.
    :param support: The retriever's scores.
    :return: The same passages, each with the confidence of a span of `Calibration.ceiling` in its best sentence.
    """
    return tuple(
        Promise(passage, calibration.confidence(Signals(calibration.ceiling, _support(passage, support))))
        for passage in passages
    )


def _support(passage: Passage, support: Support) -> float:
    numbers = range(passage.first, passage.first + len(passage.sentences))
    return max(support.get((passage.article.id, number), 0.0) for number in numbers)


def promising(passages: Sequence[Passage], findings: Sequence[Finding], reader: Reader) -> tuple[Promise, ...]:
    """Choose what a slower reader may read.

    :param passages: What was read.
    :param findings: What was found there, the most probable first.
    :param reader: The slower reader.
    :return: The passages with the most probable findings while its budget lasts, one in any case.
    """
    best: dict[int, float] = {}
    for finding in findings:
        best.setdefault(finding.passage, finding.confidence)
    taken: list[Promise] = []
    left = reader.budget
    for number, confidence in (best or dict.fromkeys(range(len(passages)), 0.0)).items():
        cost = len(reader.token_ends(passages[number].text))
        if cost <= left or not taken:
            taken.append(Promise(passages[number], confidence))
            left -= cost
    return tuple(taken)
