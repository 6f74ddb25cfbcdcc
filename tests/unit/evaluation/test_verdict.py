"""Verdicts: gold against answer, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.build import build_index
from index.sentences import split
from rag.answer import Answer, Citation, Passage, Span, Status, Timings, quotation
from rag.evaluation.gold import Gold, gold_of, gold_sentences, unfounded
from rag.evaluation.record import Outcome, Record
from rag.evaluation.verdict import judge, verbatim
from rag.question_sets.question import Fault, Place, Question
from tests.conftest import WordEncoder

TEXT = Article("Ann met Bob in Kent. Bob met Cy and Di in Kent. Ann left.")


def _question(**changes: object) -> Question:
    fields: dict[str, object] = {
        "id": "q",
        "text": "Who met Bob?",
        "answerable": True,
        "answers": ("Ann",),
        "evidence": ("Ann met Bob in Kent.",),
        "items": (),
    }
    return Question(**{**fields, **changes})  # type: ignore[arg-type]


def _answer(start: int | None, end: int = 0, confidence: float = 0.9, total: float = 10.0) -> Answer:
    spans: tuple[Span, ...] = ()
    citations: tuple[Citation, ...] = ()
    if start is not None:
        place, sentence = next((n, s) for n, s in enumerate(split(TEXT)) if s.start <= start < s.end)
        spans = (Span(TEXT.id, start, end, TEXT.text[start:end]),)
        citations = (Citation.of(1, quotation(TEXT, place, sentence)),)
    return Answer(
        question="Who met Bob?",
        understood_as="Who met Bob?",
        status=Status.ANSWERED if spans else Status.NOT_IN_ARTICLE,
        text=spans[0].text if spans else "",
        confidence=confidence,
        spans=spans,
        citations=citations,
        closest=(),
        timings_ms=Timings(1, 2, total),
    )


def _judged(question: Question, answer: Answer, *passages: Passage) -> Record:
    articles = {TEXT.id: TEXT}
    return judge(question, answer, gold_of(question, articles), articles, passages)


def _passage(*numbers: int) -> Passage:
    sentences = split(TEXT)
    return Passage(TEXT, numbers[0], tuple(sentences[number] for number in numbers))


def test_a_right_answer() -> None:
    """Right sentence, right words."""
    record = _judged(_question(), _answer(0, 3))
    assert record.values == {
        "verbatim": 1.0,
        "evidence@1": 1.0,
        "f1": 1.0,
        "exact": 1.0,
        "answered": 1.0,
        "squad_exact": 1.0,
        "squad_f1": 1.0,
        "citation_precision": 1.0,
        "citation_recall": 1.0,
    }
    assert (record.outcome, record.gold) == (Outcome.RIGHT, (Place(TEXT.id, 0, 3),))
    assert (record.spans, record.citations) == ((Place(TEXT.id, 0, 3),), (Place(TEXT.id, 0, 20),))
    assert record.timings_ms == {"retrieve": 1, "read": 2, "total": 10.0}


def test_an_unsure_answer_counts_as_given() -> None:
    """Right or wrong, like a sure one; its status is kept."""
    unsure = replace(_answer(0, 3), status=Status.UNSURE)
    sure, record = _judged(_question(), _answer(0, 3)), _judged(_question(), unsure)
    assert (record.status, record.values, record.outcome) == ("unsure", sure.values, sure.outcome)
    unanswerable = _question(answerable=False, answers=(), evidence=())
    wrong = _judged(unanswerable, unsure)
    assert (wrong.outcome, wrong.values["refused"]) == (Outcome.WRONG_ANSWER, 0.0)


def test_the_right_words_in_the_wrong_sentence_have_no_evidence() -> None:
    """'Ann' stands in the last sentence too."""
    record = _judged(_question(), _answer(48, 51), _passage(0, 1, 2))
    assert (record.text, record.values["evidence@1"], record.values["f1"]) == ("Ann", 0.0, 1.0)
    assert (record.values["citation_precision"], record.values["citation_recall"]) == (0.0, 0.0)
    assert record.outcome is Outcome.READER_MISS


def test_a_wrong_answer_in_the_right_sentence() -> None:
    """The sentence proves it; half the words are right: precision 1/2, recall 1."""
    record = _judged(_question(), _answer(0, 7))
    assert (record.text, record.values["evidence@1"], record.values["exact"]) == ("Ann met", 1.0, 0.0)
    assert record.values["f1"] == record.values["squad_f1"] == pytest.approx(2 / 3)
    assert record.outcome is Outcome.RIGHT


def test_an_abstention_counts_nothing() -> None:
    """Neither evidence nor words; whether the proof was read tells who missed it."""
    record = _judged(_question(), _answer(None), _passage(1, 2))
    assert {name: value for name, value in record.values.items() if value} == {"verbatim": 1.0}
    assert record.outcome is Outcome.RETRIEVAL_MISS
    assert _judged(_question(), _answer(None), _passage(0)).outcome is Outcome.WRONG_REFUSAL


def test_a_question_without_an_answer_is_to_be_refused() -> None:
    """The measures of answers do not know it, those of SQuAD 2.0 do."""
    question = _question(answerable=False, answers=(), evidence=())
    refused, given_one = _judged(question, _answer(None)), _judged(question, _answer(0, 3))
    assert refused.values == {"verbatim": 1.0, "refused": 1.0, "squad_exact": 1.0, "squad_f1": 1.0}
    assert given_one.values == {"verbatim": 1.0, "refused": 0.0, "squad_exact": 0.0, "squad_f1": 0.0}
    assert (refused.outcome, given_one.outcome) == (Outcome.RIGHT_REFUSAL, Outcome.WRONG_ANSWER)


def test_a_question_whose_answer_nobody_knows_is_not_judged() -> None:
    """A set that judges whole articles tells nothing about words."""
    question = _question(answers=(), evidence=(), relevant={TEXT.id: 1})
    record = _judged(question, _answer(0, 3))
    assert (record.outcome, record.values) == (Outcome.UNJUDGED, {"verbatim": 1.0})


def test_a_list_that_covers_its_items_counts_in_full() -> None:
    """'Cy and Di' against items Cy, Di; a part of it is scored by tokens; SQuAD's own F1 knows no items."""
    question = _question(answers=("both Cy and Di in Kent",), evidence=("Bob met Cy and Di",), items=("Di", "Cy"))
    whole = _judged(question, _answer(29, 38))
    assert [whole.values["f1"], whole.values["squad_f1"]] == pytest.approx([1.0, 2 * 3 / (3 + 6)])
    assert _judged(question, _answer(29, 31)).values["f1"] == pytest.approx(2 * 1 / (1 + 6))


def test_cited_characters_are_compared_with_the_evidence() -> None:
    """Both stretches together hold all 26 characters of the sentence, the first alone 17, all of them cited."""
    question = _question(answers=("Cy",), evidence=("Bob met Cy and Di", "Cy and Di in Kent. Ann left."))
    values = _judged(question, _answer(29, 31)).values
    assert TEXT.text[21:47] == "Bob met Cy and Di in Kent."
    assert values["citation_precision"] == pytest.approx(26 / 26)
    assert values["citation_recall"] == 1.0
    one = replace(question, evidence=("Bob met Cy and Di",))
    assert _judged(one, _answer(29, 31)).values["citation_precision"] == pytest.approx(17 / 26)


def test_a_falsified_quotation_is_noticed() -> None:
    """Verbatim means equal at the offsets."""
    answer = _answer(0, 3)
    assert verbatim(answer, {TEXT.id: TEXT})
    assert not verbatim(replace(answer, spans=(Span(TEXT.id, 0, 3, "Eve"),)), {TEXT.id: TEXT})
    cited = replace(answer.citations[0], quote="Ann met Eve in Kent.")
    assert not verbatim(replace(answer, citations=(cited,)), {TEXT.id: TEXT})


def test_gold_is_exact_where_the_set_is() -> None:
    """A place given counts; else every place where an answer stands, and evidence decides which of them proves."""
    exact = _question(places=(Place(TEXT.id, 48, 51),), evidence=())
    assert gold_of(exact, {TEXT.id: TEXT}) == Gold((Place(TEXT.id, 48, 51),), (Place(TEXT.id, 48, 51),))
    found = gold_of(_question(), {TEXT.id: TEXT})
    assert found.answers == (Place(TEXT.id, 0, 3), Place(TEXT.id, 48, 51))
    assert found.places == (Place(TEXT.id, 0, 3),)


def test_gold_sentences_touch_an_answer_and_its_evidence() -> None:
    """In the article that the question belongs to, if the set says so."""
    other = Article("Ann met Bob in Kent. So it was.")
    index = build_index([TEXT, other], WordEncoder())
    articles = {TEXT.id: TEXT, other.id: other}
    assert gold_sentences(gold_of(_question(), articles), index) == [0, 3]
    assert gold_sentences(gold_of(_question(article=other.id), articles), index) == [3]


def test_what_cannot_be_judged_is_told() -> None:
    """An answer outside its evidence, an article that nobody asks, and nothing where all is well."""
    articles = {TEXT.id: TEXT}
    bad = _question(answers=("Di",), origin="q.jsonl:3")
    strange = _question(article="f" * 16, origin="q.jsonl:4")
    graded = _question(answers=(), evidence=(), relevant={"e" * 16: 1}, origin="q.jsonl:5")
    faults = [fault for _, fault in unfounded([_question(), bad, strange, graded], articles)]
    assert faults == [
        Fault(
            "q.jsonl:3",
            "no answer stands inside its evidence in the articles asked: 'Ann met Bob in Kent.'; "
            "copy both from the article, letter for letter",
        ),
        Fault("q.jsonl:4", f"no article has the id '{'f' * 16}'; those asked are {TEXT.id}"),
        Fault("q.jsonl:5", f"no article has the id '{'e' * 16}'; those asked are {TEXT.id}"),
    ]


@given(st.integers(0, 56), st.integers(1, 57))
def test_precision_and_recall_of_offsets_are_shares(start: int, length: int) -> None:
    """Whatever the evidence: from 0 to 1, and both 1 only if the sentence is the evidence."""
    evidence = TEXT.text[start : start + length]
    question = _question(places=(Place(TEXT.id, 0, 3),), evidence=(evidence,))
    values = _judged(question, _answer(0, 3)).values
    precision, recall = values["citation_precision"], values["citation_recall"]
    assert 0 <= precision <= 1
    assert 0 <= recall <= 1
    if evidence == "Ann met Bob in Kent.":
        assert (precision, recall) == (1.0, 1.0)
    elif precision == 1.0:
        assert TEXT.text.count(evidence) > 1 or "Ann met Bob in Kent." in evidence
