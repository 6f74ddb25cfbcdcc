"""Judge an assistant on a question set, without another model as the judge."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from index.article import Article
from rag.answer import Answer, Citation
from rag.assistant import Assistant
from rag.conversation import Turn
from rag.metrics import area_under, auroc, calibration_error, covers, exact_match, risk_coverage, token_f1
from rag.questions import Question


class Asked(StrEnum):
    """How a question was asked."""

    SINGLE = "single questions"
    FOLLOW_UP = "follow-ups that need the conversation"
    WRITTEN_OUT = "the same written out, asked alone"
    TURN = "other turns, in the conversation"
    TURN_ALONE = "the same asked alone"


@dataclass(frozen=True, slots=True)
class Judged:
    """An answer beside its question.

    :param asked: How the question was asked.
    :param evidence: Whether the first citation overlaps a gold stretch and an answer.
    :param f1: SQuAD token F1; 1 for a list that covers all its items; 0 for an abstention.
    :param verbatim: Whether every span and citation is the article's text at its offsets.
    """

    question: Question
    answer: Answer
    evidence: bool
    exact: float
    f1: float
    verbatim: bool
    asked: Asked = Asked.SINGLE

    @property
    def right(self) -> bool:
        """Whether the answer is right: the proving sentence, with at least one right word."""
        return self.evidence and self.f1 > 0


@dataclass(frozen=True, slots=True)
class Report:
    """The measures of a question set; shares from 0 to 1, None where there is nothing to measure.

    :param evidence: Share of answerable questions answered with the right evidence first; an abstention counts 0.
    :param answered: Share of answerable questions answered at all.
    :param refused: Share of unanswerable questions refused.
    :param calibration: Expected calibration error of the answers that were given.
    :param risk_area: Area under the risk-coverage curve of the answers that were given.
    :param risk_coverage: That curve: (share of the answers, the surest first, share of wrong ones among them).
    :param read_by: Share of the questions by the reader that had the last word, '' where none was needed.
    """

    answerable: int
    unanswerable: int
    evidence: float | None
    f1: float | None
    exact: float | None
    auroc: float | None
    answered: float | None
    refused: float | None
    verbatim: float
    calibration: float | None
    risk_area: float | None
    risk_coverage: tuple[tuple[float, float], ...]
    read_by: Mapping[str, float]
    p50_ms: float
    p95_ms: float


def evaluate(
    assistant: Assistant, questions: Sequence[Question], progress: Callable[[], None] | None = None
) -> list[Judged]:
    """Ask every question and judge the answers.

    A turn of a conversation is asked twice: after the turns before it, with the answers that the assistant gave to
    them; and alone, written out if it needs the others.

    :param assistant: The assistant.
    :param questions: The questions, the turns of a conversation in their order.
    :param progress: Called after each.
    :return: The judged answers, in the order of the questions.
    """
    judged = []
    turns: list[Turn] = []
    for before, question in zip([None, *questions], questions, strict=False):
        if before is None or before.conversation != question.conversation:
            turns = []
        answer = assistant.ask(question.text, turns)
        judged.append(_judged(question, answer, assistant, _asked(question)))
        if question.conversation:
            turns.append(Turn(question.text, answer))
            alone = assistant.ask(question.standalone or question.text)
            how = Asked.WRITTEN_OUT if question.standalone else Asked.TURN_ALONE
            judged.append(_judged(question, alone, assistant, how))
        if progress:
            progress()
    return judged


def _asked(question: Question) -> Asked:
    if not question.conversation:
        return Asked.SINGLE
    return Asked.FOLLOW_UP if question.standalone else Asked.TURN


def _judged(question: Question, answer: Answer, assistant: Assistant, asked: Asked) -> Judged:
    return replace(judge(question, answer, assistant.index.articles), asked=asked)


def judge(question: Question, answer: Answer, articles: Sequence[Article]) -> Judged:
    """Judge one answer.

    :param question: The question with its gold answers.
    :param answer: The answer to it.
    :param articles: The articles that were asked.
    :return: The verdict; an abstention has no evidence and no words.
    """
    by_id = {article.id: article for article in articles}
    listed = bool(question.items) and answer.given and covers(answer.text, question.items)
    return Judged(
        question=question,
        answer=answer,
        evidence=answer.given and _proves(answer.citations[0], question, by_id[answer.citations[0].article]),
        exact=exact_match(answer.text, question.answers) if answer.given else 0.0,
        f1=1.0 if listed else token_f1(answer.text, question.answers) if answer.given else 0.0,
        verbatim=verbatim(answer, articles),
    )


def verbatim(answer: Answer, articles: Sequence[Article]) -> bool:
    """Tell whether every span and every quotation of an answer is the article's text at its offsets."""
    by_id = {article.id: article.text for article in articles}
    return all(by_id[span.article][span.start : span.end] == span.text for span in answer.spans) and all(
        by_id[quoted.article][quoted.start : quoted.end] == quoted.quote
        for quoted in (*answer.citations, *answer.closest)
    )


def summarise(judged: Sequence[Judged]) -> Report:
    """Sum up judged answers.

    :param judged: At least one.
    :return: The measures.
    """
    answerable = [item for item in judged if item.question.answerable]
    unanswerable = [item for item in judged if not item.question.answerable]
    times = [item.answer.timings_ms.total for item in judged]
    given = [item for item in judged if item.answer.given]
    confidences, right = [item.answer.confidence for item in given], [item.right for item in given]
    curve = risk_coverage(confidences, right)
    readers = Counter(item.answer.read_by for item in judged)
    refusals = [float(not item.answer.given) for item in unanswerable]
    return Report(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        evidence=_mean([float(item.evidence) for item in answerable]),
        f1=_mean([item.f1 for item in answerable]),
        exact=_mean([item.exact for item in answerable]),
        auroc=auroc([i.answer.confidence for i in answerable], [i.answer.confidence for i in unanswerable]),
        answered=_mean([float(item.answer.given) for item in answerable]),
        refused=_mean(refusals),
        verbatim=float(np.mean([item.verbatim for item in judged])),
        calibration=calibration_error(confidences, right) if given else None,
        risk_area=area_under(curve) if given else None,
        risk_coverage=tuple(curve),
        read_by={name: count / len(judged) for name, count in sorted(readers.items())},
        p50_ms=float(np.percentile(times, 50)),
        p95_ms=float(np.percentile(times, 95)),
    )


def _proves(citation: Citation, question: Question, article: Article) -> bool:
    return _overlaps(citation, question.evidence, article) and _overlaps(citation, question.answers, article)


def _overlaps(citation: Citation, stretches: Sequence[str], article: Article) -> bool:
    for stretch in stretches:
        start = article.text.find(stretch)
        while stretch and start >= 0:
            if start < citation.end and citation.start < start + len(stretch):
                return True
            start = article.text.find(stretch, start + 1)
    return False


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
