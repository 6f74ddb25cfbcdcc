"""Several readers, one answer: the fast one ranks the passages, a slower one is asked only if need be.

Each reader's calibration turns its span scores and the retriever's score of the sentence into the
probability of being right; the most probable span wins. That the retriever has a say in the choice
is what makes scores of different passages compare: on the calibration questions it finds 2 to 8 more
sentences of a hundred than the reader's score alone. Viola and Jones 2001 is the model for the order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.sentences import Sentence
from rag.answer import Passage
from rag.calibration import Calibration, Signals
from rag.reader import Reader


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


Support = Mapping[tuple[str, int], float]
"""The retriever's score of a sentence, by the article's id and the sentence's number in it."""


class Cascade:
    """Readers in the order in which they are asked.

    :param readers: The fastest first; at least one.
    """

    def __init__(self, readers: Sequence[CalibratedReader]) -> None:
        """Keep the readers."""
        self.readers = tuple(readers)
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

    def skim(self, question: str, passages: Sequence[Passage], support: Support) -> tuple[Finding, ...]:
        """Read with the first reader alone.

        :param question: The question.
        :param passages: What to read.
        :param support: The retriever's scores; a sentence that is not there has none.
        :return: What it found, the most probable first.
        """
        return findings_of(self.readers[0], question, passages, support)

    def read(
        self,
        question: str,
        passages: Sequence[Passage],
        support: Support,
        skimmed: tuple[Finding, ...] | None = None,
    ) -> Reading:
        """Read until a reader is sure enough.

        :param question: The question.
        :param passages: What the first reader reads; the next reads the most promising of them, within its budget.
        :param support: The retriever's scores; a sentence that is not there has none.
        :param skimmed: What the first reader has found already.
        :return: What the last reader asked has found.
        """
        read = tuple(passages)
        findings = self.skim(question, passages, support) if skimmed is None else skimmed
        for calibrated, following in pairwise(self.readers):
            if findings and findings[0].confidence >= calibrated.calibration.sufficient:
                return Reading(calibrated.reader.name, read, findings)
            read = promising(read, findings, following.reader)
            findings = findings_of(following, question, read, support)
        return Reading(self.readers[-1].reader.name, read, findings)


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


def promising(passages: Sequence[Passage], findings: Sequence[Finding], reader: Reader) -> tuple[Passage, ...]:
    """Choose what a slower reader reads.

    :param passages: What was read.
    :param findings: What was found there, the most probable first.
    :param reader: The slower reader.
    :return: The passages with the most probable findings while its budget lasts, one in any case.
    """
    order = list(dict.fromkeys([finding.passage for finding in findings])) or list(range(len(passages)))
    taken: list[Passage] = []
    left = reader.budget
    for number in order:
        cost = len(reader.token_ends(passages[number].text))
        if cost <= left or not taken:
            taken.append(passages[number])
            left -= cost
    return tuple(taken)
