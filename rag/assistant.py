"""The one place where the parts meet: a question goes in, a cited answer comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from index.encoder import Encoder
from index.errors import InputError
from index.sentences import Sentence
from index.store import SentenceIndex
from rag.answer import Answer, Citation, Passage, Quotation, Span, Status, Timings, quotation
from rag.calibration import Calibration, Signals
from rag.lexical import coverage
from rag.reader import Candidate, Reader
from rag.retriever import Hit, Retriever

LONGEST_QUESTION = 500
"""Code points."""
CLOSEST = 3
"""Sentences offered when the article does not say."""


@dataclass(frozen=True, slots=True)
class Found:
    """A step on the way to an answer: what is about to be read."""

    passages: tuple[Passage, ...]


class Assistant:
    """Answers questions about the articles of an index, in their own words.

    :param index: The articles.
    :param encoder: The encoder that the index was built with.
    :param reader: Finds spans in passages.
    :param calibration: Turns the reader's scores into probabilities.
    :param threshold: Below this confidence the article counts as not saying.
    """

    def __init__(
        self, index: SentenceIndex, encoder: Encoder, reader: Reader, calibration: Calibration, threshold: float
    ) -> None:
        """Keep the parts."""
        self.index = index
        self.reader = reader
        self._retriever = Retriever(index, encoder)
        self._calibration = calibration
        self._threshold = threshold

    def ask(self, question: str) -> Answer:
        """Answer a question.

        The same question gives the same answer. Every span is `article.text[start:end]` and lies
        inside a cited sentence.

        :param question: 1 to 500 characters.
        :return: The answer; `not_in_article` when the articles do not say.
        :raises InputError: If the question is empty or too long.
        """
        *_, answer = self.steps(question)
        if not isinstance(answer, Answer):
            raise TypeError(f"the last step is {answer!r}, not an answer")
        return answer

    def steps(self, question: str) -> Iterator[Found | Answer]:
        """Answer a question, telling what is being read meanwhile.

        :param question: 1 to 500 characters.
        :return: `Found`, then the `Answer`.
        :raises InputError: If the question is empty or too long.
        """
        check_question(question)
        began = perf_counter()
        hits = self._retriever.hits(question)
        passages = self._retriever.passages(hits, self.reader)
        yield Found(tuple(passages))
        retrieved = perf_counter()
        candidates = self.reader.read(question, passages)
        done = perf_counter()
        timings = Timings((retrieved - began) * 1e3, (done - retrieved) * 1e3, (done - began) * 1e3)
        yield self._answer(question, hits, passages, candidates, timings)

    def _answer(
        self,
        question: str,
        hits: Sequence[Hit],
        passages: Sequence[Passage],
        candidates: Sequence[Candidate],
        timings: Timings,
    ) -> Answer:
        confidence = 0.0
        if candidates:
            signals = signals_of(self.index, question, hits, passages[candidates[0].passage], candidates[0])
            confidence = self._calibration.confidence(signals)
        answered = bool(candidates) and confidence >= self._threshold
        spans, citations = _cited(passages[candidates[0].passage], candidates[0]) if answered else ((), ())
        return Answer(
            question=question,
            understood_as=question,
            status=Status.ANSWERED if answered else Status.NOT_IN_ARTICLE,
            text="; ".join(span.text for span in spans),
            confidence=confidence,
            spans=spans,
            citations=citations,
            closest=() if answered else tuple(self._quotation(hit) for hit in hits[:CLOSEST]),
            timings_ms=timings,
        )

    def _quotation(self, hit: Hit) -> Quotation:
        stored = self.index.sentences[hit.row]
        return quotation(self.index.articles[stored.article], stored.number, stored.sentence)


def _cited(passage: Passage, candidate: Candidate) -> tuple[tuple[Span, ...], tuple[Citation, ...]]:
    article = passage.article
    source = quotation(article, *_sentence_of(passage, candidate))
    span = Span(article.id, candidate.start, candidate.end, article.text[candidate.start : candidate.end])
    return (span,), (Citation.of(1, source),)


def signals_of(
    index: SentenceIndex, question: str, hits: Sequence[Hit], passage: Passage, candidate: Candidate
) -> Signals:
    """Gather what speaks for a span.

    :param index: The index that was searched.
    :param question: The question.
    :param hits: The sentences found for it.
    :param passage: The passage that holds the span.
    :param candidate: The span.
    :return: Its signals; a sentence that was read only as a neighbour has no support.
    """
    place = (passage.article.id, _sentence_of(passage, candidate)[0])
    rows = (index.sentences[hit.row] for hit in hits)
    support = {(index.articles[row.article].id, row.number): hit.score for row, hit in zip(rows, hits, strict=True)}
    return Signals(score=candidate.score, support=support.get(place, 0.0), coverage=coverage(question, passage.text))


def _sentence_of(passage: Passage, candidate: Candidate) -> tuple[int, Sentence]:
    """Find the sentence that holds a span, and its number within the article."""
    return next(
        (number, sentence)
        for number, sentence in enumerate(passage.sentences, start=passage.first)
        if sentence.start <= candidate.start < sentence.end
    )


def check_question(question: str) -> None:
    """Refuse a question that cannot be asked.

    :param question: The question.
    :raises InputError: If it is empty or longer than `LONGEST_QUESTION`.
    """
    if not question.strip():
        raise InputError(f"The question {question!r} is empty. Ask in at least one word.")
    if len(question) > LONGEST_QUESTION:
        raise InputError(
            f"The question {question[:40]!r}… has {len(question)} characters; at most {LONGEST_QUESTION} are read. "
            "Ask in one sentence."
        )
