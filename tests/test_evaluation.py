"""Evaluation: gold against answer, worked out by hand."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.build import build_index
from index.errors import InputError
from index.sentences import split
from rag.answer import Answer, Citation, Span, Status, Timings, quotation
from rag.assistant import Assistant
from rag.evaluation import Asked, Report, evaluate, judge, summarise, verbatim
from rag.metrics import auroc, covers, exact_match, normalised, token_f1
from rag.questions import Question, read_questions
from tests.conftest import QUESTIONS, WordEncoder, last_words

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


def test_a_right_answer() -> None:
    """Right sentence, right words."""
    judged = judge(_question(), _answer(0, 3), [TEXT])
    assert (judged.evidence, judged.exact, judged.f1, judged.verbatim) == (True, 1.0, 1.0, True)


def test_the_right_words_in_the_wrong_sentence_have_no_evidence() -> None:
    """'Ann' stands in the last sentence too."""
    judged = judge(_question(), _answer(48, 51), [TEXT])
    assert (judged.answer.text, judged.evidence, judged.f1) == ("Ann", False, 1.0)


def test_a_wrong_answer_in_the_right_sentence() -> None:
    """The sentence proves it; half the words are right: precision 1/2, recall 1."""
    judged = judge(_question(), _answer(0, 7), [TEXT])
    assert (judged.answer.text, judged.evidence, judged.exact) == ("Ann met", True, 0.0)
    assert judged.f1 == pytest.approx(2 / 3)


def test_an_abstention_counts_nothing() -> None:
    """Neither evidence nor words."""
    judged = judge(_question(), _answer(None), [TEXT])
    assert (judged.evidence, judged.exact, judged.f1) == (False, 0.0, 0.0)


def test_a_list_that_covers_its_items_counts_in_full() -> None:
    """'Cy and Di' against items Cy, Di; a part of it is scored by tokens."""
    question = _question(answers=("both Cy and Di in Kent",), evidence=("Bob met Cy and Di",), items=("Di", "Cy"))
    assert judge(question, _answer(29, 38), [TEXT]).f1 == 1.0
    assert judge(question, _answer(29, 31), [TEXT]).f1 == pytest.approx(2 * 1 / (1 + 6))


def test_a_falsified_quotation_is_noticed() -> None:
    """Verbatim means equal at the offsets."""
    answer = _answer(0, 3)
    forged = Span(TEXT.id, 0, 3, "Eve")
    assert verbatim(answer, [TEXT])
    fields = {name: getattr(answer, name) for name in Answer.__slots__}
    assert not verbatim(Answer(**{**fields, "spans": (forged,)}), [TEXT])


def test_the_report_sums_up() -> None:
    """Three answerable (right, wrong, refused) and two unanswerable (refused, answered)."""
    none = _question(answerable=False, answers=(), evidence=())
    judged = [
        judge(_question(), _answer(0, 3, 0.9, 10), [TEXT]),
        judge(_question(), _answer(48, 51, 0.4, 20), [TEXT]),
        judge(_question(), _answer(None, confidence=0.1, total=30), [TEXT]),
        judge(none, _answer(None, confidence=0.2, total=40), [TEXT]),
        judge(none, _answer(0, 3, 0.4, 50), [TEXT]),
    ]
    expected = Report(
        answerable=3,
        unanswerable=2,
        evidence=1 / 3,
        f1=2 / 3,
        exact=2 / 3,
        auroc=3.5 / 6,
        answered=2 / 3,
        refused=0.5,
        verbatim=1.0,
        # one bin holds the answer at 0.9, which is right; the other the two at 0.4, which are wrong
        calibration=(0.1 + 2 * 0.4) / 3,
        risk_area=(0 * 1 + 2 * 2 / 3) / 3,
        risk_coverage=((1 / 3, 0.0), (1.0, 2 / 3)),
        read_by={"": 1.0},
        p50_ms=30.0,
        p95_ms=48.0,
    )
    report = summarise(judged)
    for field in fields(Report):
        found, wanted = getattr(report, field.name), getattr(expected, field.name)
        if field.name == "risk_coverage":
            found, wanted = sum(found, ()), sum(wanted, ())
        assert found == pytest.approx(wanted), field.name
    assert summarise(judged[:1]).auroc is None


@given(
    st.lists(st.integers(0, 5).map(float), min_size=1, max_size=8),
    st.lists(st.integers(0, 5).map(float), min_size=1, max_size=8),
)
def test_auroc_counts_pairs(positives: list[float], negatives: list[float]) -> None:
    """It equals the count over all pairs, ties by half."""
    wins = sum((high > low) + 0.5 * (high == low) for high in positives for low in negatives)
    assert auroc(positives, negatives) == pytest.approx(wins / len(positives) / len(negatives))


@pytest.mark.parametrize(
    ("prediction", "answers", "exact", "f1"),
    [
        ("The  Soviet Union.", ["Soviet Union"], 1.0, 1.0),
        ("Soviet", ["the Soviet Union"], 0.0, 2 / 3),
        ("19", ["19 countries", "nineteen"], 0.0, 2 / 3),
        ("to to be", ["to be"], 0.0, 0.8),
        ("x", [], 0.0, 0.0),
        ("the", ["an"], 1.0, 1.0),
    ],
)
def test_squad_measures(prediction: str, answers: list[str], exact: float, f1: float) -> None:
    """Worked by hand from the SQuAD script's definition."""
    assert exact_match(prediction, answers) == exact
    assert token_f1(prediction, answers) == pytest.approx(f1)


def test_items_are_matched_as_whole_words() -> None:
    """'art' is not in 'party'."""
    assert not covers("party", ["art"])
    assert covers("The party, Art.", ["art", "party"])
    assert normalised("Don't — A  test") == "dont — test"


def test_the_public_questions_are_read() -> None:
    """58 single questions, then the turns of 8 conversations, written out where they need it."""
    questions = read_questions(QUESTIONS)
    single = [question for question in questions if not question.conversation]
    assert [sum(q.answerable for q in single), sum(not q.answerable for q in single)] == [41, 17]
    turn = next(question for question in questions if question.id == "pub-c01-t2")
    assert (turn.text, turn.standalone) == ("And where does his trip end?", "Where does Borisov's trip end?")
    assert [q.id for q in questions if q.conversation == turn.conversation] == [f"pub-c01-t{n}" for n in (1, 2, 3)]
    assert next(question for question in questions if question.id == "pub-c01-t1").standalone == ""
    listed = next(question for question in questions if question.id == "pub-a02")
    assert listed.items == ("Venezuela", "Nicaragua", "Cuba")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"q\.jsonl:2: Expecting property name .* at column 2: '\{'"),
        ("[1]", r"q\.jsonl:2: '\[1\]' is no JSON object"),
        ("{}", r"q\.jsonl:2: KeyError\('question'\)"),
        ('{"question": " "}', r"q\.jsonl:2: the question is ' '"),
        ('{"question": 7}', r"q\.jsonl:2: the question is 7"),
        ('{"question": "a", "answers": "b"}', r"q\.jsonl:2: .*'answers' is 'b', not a list of texts"),
        ('{"turns": [3]}', r"q\.jsonl:2: "),
        ('{"question": "a", "standalone": " "}', r"q\.jsonl:2: the question is ' '"),
    ],
)
def test_broken_lines_are_named(tmp_path: Path, line: str, message: str) -> None:
    """File, line, and what is wrong."""
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps({"question": "a", "answers": ["b"]}) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_questions(path)


def test_conversations_are_asked_turn_by_turn() -> None:
    """A follow-up is asked after the others and, written out, alone; a turn that needs nothing is asked both ways."""
    text = Article("Ada Byron met Cy Dee in Kent. Cy Dee was fond of red apples. Bo Fay was fond of pears.")
    encoder = WordEncoder()
    assistant = Assistant(build_index([text], encoder), encoder, last_words(2), 0.5)
    asked = [
        Question("a", "Who was fond of pears?", True, ("pears",), ("Bo Fay",), ()),
        Question("b", "Where did Ada Byron meet Cy Dee?", True, ("Kent",), ("in Kent",), (), "c"),
        Question("d", "What was he fond of?", True, ("apples",), ("red apples",), (), "c", "What was Cy Dee fond of?"),
        Question("e", "Who was fond of pears?", True, ("pears",), ("Bo Fay",), (), "f"),
    ]
    ticks: list[int] = []
    judged = evaluate(assistant, asked, lambda: ticks.append(1))
    assert [(item.question.id, item.asked) for item in judged] == [
        ("a", Asked.SINGLE),
        ("b", Asked.TURN),
        ("b", Asked.TURN_ALONE),
        ("d", Asked.FOLLOW_UP),
        ("d", Asked.WRITTEN_OUT),
        ("e", Asked.TURN),
        ("e", Asked.TURN_ALONE),
    ]
    assert len(ticks) == len(asked)
    assert [item.answer.understood_as for item in judged[3:5]] == ["What was Cy Dee fond of?"] * 2
    assert [item.evidence for item in judged] == [True] * 7


def test_a_file_without_questions_is_refused(tmp_path: Path) -> None:
    """Blank lines are none."""
    (tmp_path / "q.jsonl").write_text("\n\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"q\.jsonl holds no question"):
        read_questions(tmp_path / "q.jsonl")
    with pytest.raises(InputError, match=r"Cannot read .*none\.jsonl: No such file"):
        read_questions(tmp_path / "none.jsonl")
