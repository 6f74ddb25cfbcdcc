"""From an answer and its gold to a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from index.article import Article
from rag.answer import Answer, Passage
from rag.evaluation.gold import Gold, touches
from rag.evaluation.metrics import covers, exact_match
from rag.evaluation.record import Asked, Outcome, Record
from rag.language.overlap import token_f1
from rag.question_sets.question import Place, Question


def judge(
    question: Question,
    answer: Answer,
    gold: Gold,
    articles: Mapping[str, Article],
    passages: Sequence[Passage] = (),
    asked: Asked = Asked.SINGLE,
) -> Record:
    """Judge one answer.

    :param question: The question.
    :param answer: The answer to it.
    :param gold: Where the right answers stand.
    :param articles: The articles that were asked, by id.
    :param passages: What was chosen for reading.
    :param asked: How it was asked.
    :return: The verdict; an abstention on an answerable question has no evidence and no words.
    """
    citations = tuple(Place(quoted.article, quoted.start, quoted.end) for quoted in answer.citations)
    values = {"verbatim": float(verbatim(answer, articles))}
    if question.judged and question.answerable:
        values |= _answered(question, answer, gold, citations)
        values |= _exactness(citations, gold) if citations else {}
    elif question.judged:
        values |= dict.fromkeys(("refused", "squad_exact", "squad_f1"), float(not answer.given))
    read = [Place(one.article.id, one.start, one.end) for one in passages]
    read += [Place(one.article, one.start, one.end) for one in answer.passages]
    return Record(
        id=question.id,
        question=question.text,
        asked=asked,
        answerable=question.answerable,
        outcome=_outcome(question, answer, values, any(touches(place, read) for place in gold.places)),
        article=question.article,
        fields=question.fields,
        answers=question.answers,
        gold=gold.places,
        status=answer.status.value,
        text=answer.text,
        understood_as=answer.understood_as,
        confidence=answer.confidence,
        spans=tuple(Place(span.article, span.start, span.end) for span in answer.spans),
        citations=citations,
        read_by=answer.read_by,
        timings_ms={
            "retrieve": answer.timings_ms.retrieve,
            "read": answer.timings_ms.read,
            "total": answer.timings_ms.total,
        },
        values=values,
    )


def verbatim(answer: Answer, articles: Mapping[str, Article]) -> bool:
    """Tell whether every span and every quotation of an answer is the article's text at its offsets.

    :param answer: The answer.
    :param articles: The articles that were asked, by id.
    """
    return all(articles[span.article].text[span.start : span.end] == span.text for span in answer.spans) and all(
        articles[quoted.article].text[quoted.start : quoted.end] == quoted.quote
        for quoted in (*answer.citations, *answer.closest)
    )


def _answered(question: Question, answer: Answer, gold: Gold, citations: Sequence[Place]) -> dict[str, float]:
    listed = bool(question.items) and answer.given and covers(answer.text, question.items)
    f1 = token_f1(answer.text, question.answers) if answer.given else 0.0
    exact = exact_match(answer.text, question.answers) if answer.given else 0.0
    return {
        "evidence@1": float(answer.given and gold.proves(citations[0])),
        "f1": 1.0 if listed else f1,
        "exact": exact,
        "answered": float(answer.given),
        "squad_exact": exact,
        "squad_f1": f1,
    }


def _exactness(citations: Sequence[Place], gold: Gold) -> dict[str, float]:
    """Compare cited characters with those of the evidence, of which each stretch would do."""
    cited = _characters(citations)
    proving = cited & _characters(gold.evidence)
    stretches = [_characters([stretch]) for stretch in gold.evidence]
    return {
        "citation_precision": len(proving) / len(cited),
        "citation_recall": max((len(cited & one) / len(one) for one in stretches), default=0.0),
    }


def _characters(places: Iterable[Place]) -> set[tuple[str, int]]:
    return {(place.article, offset) for place in places for offset in range(place.start, place.end)}


def _outcome(question: Question, answer: Answer, values: Mapping[str, float], read: bool) -> Outcome:
    if not question.judged:
        return Outcome.UNJUDGED
    if not question.answerable:
        return Outcome.WRONG_ANSWER if answer.given else Outcome.RIGHT_REFUSAL
    if values["evidence@1"] and values["f1"]:
        return Outcome.RIGHT
    if not read:
        return Outcome.RETRIEVAL_MISS
    return Outcome.READER_MISS if answer.given else Outcome.WRONG_REFUSAL
