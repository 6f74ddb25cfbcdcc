"""Measures of runs: values worked out by hand, intervals, differences, corrections."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from scipy.stats import binomtest

from index.errors import InputError
from rag.evaluation.certainty import Certainty, certainties
from rag.evaluation.comparison import compare, holm
from rag.evaluation.gate import Bound, bounds, lost, missed
from rag.evaluation.measures import MEASURES, as_asked, estimated, estimates, value_of
from rag.evaluation.record import Asked, Outcome, Record, Run
from rag.evaluation.table import certainty, failures, outcomes, slices, tables
from rag.question_sets.question import Place

CITED = (Place("a", 0, 9),)


def _record(name: str, outcome: Outcome, confidence: float = 0.5, **values: float) -> Record:
    given_one = outcome in (Outcome.RIGHT, Outcome.READER_MISS, Outcome.WRONG_ANSWER)
    answerable = outcome not in (Outcome.RIGHT_REFUSAL, Outcome.WRONG_ANSWER)
    return Record(
        id=name,
        question=f"{name}?",
        asked=Asked.SINGLE,
        answerable=answerable,
        outcome=outcome,
        status="answered" if given_one else "not_in_article",
        confidence=confidence,
        citations=CITED if given_one else (),
        timings_ms={"retrieve": 1.0, "read": 2.0, "total": 10.0 * len(name)},
        values=values,
    )


FIVE = (
    _record("a", Outcome.RIGHT, 0.9, **{"evidence@1": 1.0, "f1": 1.0}),
    _record("bb", Outcome.READER_MISS, 0.4, **{"evidence@1": 0.0, "f1": 1.0}),
    _record("ccc", Outcome.WRONG_REFUSAL, 0.1, **{"evidence@1": 0.0, "f1": 0.0}),
    _record("dddd", Outcome.RIGHT_REFUSAL, 0.2, refused=1.0),
    _record("eeeee", Outcome.WRONG_ANSWER, 0.4, refused=0.0),
)


def test_a_run_is_summed_up() -> None:
    """Three answerable (right, wrong, refused) and two unanswerable (refused, answered)."""
    found = {name: (estimate.value, estimate.count) for name, estimate in estimates(FIVE).items()}
    assert found == {
        "evidence@1": (pytest.approx(1 / 3), 3),
        "f1": (pytest.approx(2 / 3), 3),
        "refused": (0.5, 2),
        "balance": (pytest.approx((1 / 3 + 1 / 2) / 2), 5),
        "auroc": (pytest.approx(3.5 / 6), 5),
        "risk": (pytest.approx(2 / 3), 3),
        "risk_area": (pytest.approx((0 * 1 + 2 * 2 / 3) / 3), 3),
        # one bin holds the answer at 0.9, which is right; the other the two at 0.4, which are wrong
        "calibration": (pytest.approx((0.1 + 2 * 0.4) / 3), 3),
        "retrieve_p50": (1.0, 5),
        "retrieve_p95": (1.0, 5),
        "read_p50": (2.0, 5),
        "read_p95": (2.0, 5),
        "total_p50": (30.0, 5),
        "total_p95": (pytest.approx(48.0), 5),
    }
    assert [name for name in found if name in {measure.name for measure in MEASURES}] == list(found)


def test_what_is_not_there_is_not_measured() -> None:
    """Without unanswerable questions no AUROC, without an answer no calibration; one question has no interval."""
    found = estimates(FIVE[:1])
    assert "auroc" not in found
    assert "refused" not in found
    assert "balance" not in found
    assert {name: (one.low, one.high) for name, one in found.items()} == dict.fromkeys(found, (None, None))
    assert "calibration" not in estimates(FIVE[2:4])
    assert value_of("f1", []) is None


def test_the_interval_is_that_of_a_share() -> None:
    """70 of 100: about as wide as the exact interval of a binomial share, and the same at every call."""
    records = [_record(str(n), Outcome.RIGHT, **{"evidence@1": float(n < 70)}) for n in range(100)]
    found = estimated("evidence@1", records)
    assert found is not None
    exact = binomtest(70, 100).proportion_ci()
    assert found.low == pytest.approx(exact.low, abs=0.03)
    assert found.high == pytest.approx(exact.high, abs=0.03)
    assert found == estimated("evidence@1", records)


def test_the_balance_draws_each_kind_of_question_by_itself() -> None:
    """Half of 90 answerable and all of 10 unanswerable: 0.75, as wide as half the interval of the first share."""
    records = [_record(str(n), Outcome.RIGHT, **{"evidence@1": float(n < 45)}) for n in range(90)]
    records += [_record(f"no {n}", Outcome.RIGHT_REFUSAL, refused=1.0) for n in range(10)]
    found, share = estimated("balance", records), estimated("evidence@1", records)
    assert found is not None
    assert share is not None
    assert (found.value, found.count) == (0.75, 100)
    assert found.low is not None
    assert found.high is not None
    assert share.low is not None
    assert share.high is not None
    assert found.high - found.low == pytest.approx((share.high - share.low) / 2, abs=0.01)
    assert list(missed(Run("new", {}, tuple(records)), bounds("balance=0.8", least=True))) == [
        "balance is 0.75, less than 0.8."
    ]


def test_how_surely_questions_are_answered() -> None:
    """Four answerable: sure and right, unsure and right, unsure and wrong, refused; two others, one of them unsure."""
    records = [
        *FIVE[:3],
        replace(FIVE[0], status="unsure"),
        replace(FIVE[1], status="unsure"),
        FIVE[3],
        replace(FIVE[4], status="unsure"),
        replace(FIVE[0], outcome=Outcome.UNJUDGED),
    ]
    assert certainties(records) == (
        Certainty("answerable", 5, sure=2, sure_right=1, unsure=2, unsure_right=1, refused=1),
        Certainty("unanswerable", 2, sure=0, sure_right=0, unsure=1, unsure_right=0, refused=1),
    )
    assert certainties(FIVE[3:4]) == (Certainty("unanswerable", 1, 0, 0, 0, 0, 1),)
    assert certainties([]) == ()


def test_the_table_of_certainty() -> None:
    """A row a kind; of several runs each under its name; failures say which were unsure."""
    run = Run("new", {}, (FIVE[0], replace(FIVE[1], status="unsure", text="Hull"), FIVE[3]))
    console = Console(width=100, record=True, file=StringIO())
    console.print(certainty([run]))
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in console.export_text().splitlines()]
    assert [row for row in rows if row] == [
        ["answerable", "2", "1 (1 right)", "1 (0 right)", "0"],
        ["unanswerable", "1", "0 (0 right)", "0 (0 right)", "1"],
    ]
    assert [str(cell) for cell in certainty([run, replace(run, name="old")]).columns[0].cells] == [
        f"{name}: {kind}" for name in ("new", "old") for kind in ("answerable", "unanswerable")
    ]
    assert list(failures(run)) == ["bb reader miss, unsure: bb? → Hull (gold: )"]


def test_readers_ask_each_turn_once() -> None:
    """What is asked again alone, to compare, is not counted with the others."""
    records = [replace(FIVE[0], asked=how) for how in Asked]
    assert [record.asked for record in as_asked(records)] == [Asked.SINGLE, Asked.FOLLOW_UP, Asked.TURN]


def _run(name: str, values: list[float]) -> Run:
    records = [_record(f"q{n}", Outcome.RIGHT, value, f1=value) for n, value in enumerate(values)]
    return Run(name, {}, tuple(records))


def test_a_difference_is_tested_by_swapping() -> None:
    """Better at each of four questions: of 16 swaps two make as large a difference, so p is 1/8; exact for so few."""
    (found,) = compare(_run("base", [0.0, 0.2, 0.1, 0.3]), [_run("new", [0.5, 0.7, 0.6, 0.8])])
    assert (found.measure, found.run, found.baseline) == ("f1", "new", "base")
    assert [found.difference, found.p, found.holm] == pytest.approx([0.5, 1 / 8, 1 / 8])


def test_one_question_tells_no_difference_from_chance() -> None:
    """However large: swapping one pair gives the same difference each time."""
    (found,) = compare(_run("base", [0.0]), [_run("new", [1.0])])
    assert (found.difference, found.p, found.holm) == (1.0, 1.0, 1.0)
    assert list(lost([replace(found, difference=-1.0)])) == []


def test_no_difference_is_no_finding() -> None:
    """Equal runs have p 1; a real gain at forty questions is found, and told by the gate when it is a loss."""
    same, better = _run("base", [0.5] * 40), _run("new", [0.6] * 40)
    assert [(one.difference, one.p) for one in compare(same, [same])] == [(0.0, 1.0)]
    (gain,) = compare(same, [better])
    assert gain.holm < 0.001
    assert list(lost([gain])) == []
    (loss,) = compare(better, [same])
    assert list(lost([loss])) == ["f1 fell by 0.1 against new (p = 0.0002, corrected)."]


def test_confidence_is_tested_as_a_whole() -> None:
    """AUROC is no mean over questions: the swaps are of confidences, the labels stay."""
    labels = [Outcome.RIGHT, Outcome.RIGHT_REFUSAL] * 15
    base = Run("base", {}, tuple(_record(f"q{n}", label, 0.5) for n, label in enumerate(labels)))
    sharp = tuple(
        _record(f"q{n}", label, 0.9 if label is Outcome.RIGHT else 0.1 + n / 1000) for n, label in enumerate(labels)
    )
    (found,) = compare(base, [Run("new", {}, sharp)])
    assert found.measure == "auroc"
    assert found.difference == pytest.approx(0.5)
    assert found.p < 0.01


def test_runs_without_a_common_question_are_not_compared() -> None:
    """The message names both."""
    other = Run("other", {}, (_record("z", Outcome.RIGHT, f1=1.0),))
    with pytest.raises(InputError, match="The runs 'base' and 'other' have no question in common"):
        compare(_run("base", [1.0]), [other])


def test_names_are_no_markup() -> None:
    """Of runs, fields, values and readers: rich would fail at one, and make a link of the other."""
    hostile = "[/nope] [link=https://example.com]x[/link] \x1b[31m"
    records = tuple(replace(one, fields={hostile: hostile}, read_by=hostile) for one in FIVE)
    runs = [Run(hostile, {}, records), Run("other", {}, records)]
    console = Console(file=StringIO(), width=400, force_terminal=True, color_system="truecolor")
    for table in (*tables(runs, []), outcomes(runs), certainty(runs), slices(runs[0], hostile)):
        console.print(table)
    told = console.file.getvalue()  # type: ignore[attr-defined]
    assert told.count("[/nope] [link=https://example.com]x[/link] �[31m") == 9
    assert "\x1b]8" not in told


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_only_raises_and_keeps_the_order(ps: list[float]) -> None:
    """No corrected p is less than it was, the least is multiplied by the number, and none passes another."""
    corrected = holm(ps)
    assert all(q >= p and q <= 1 for p, q in zip(ps, corrected, strict=True))
    assert corrected[int(np.argmin(ps))] == pytest.approx(min(1, min(ps) * len(ps)))
    order = np.argsort(ps, kind="stable")
    assert (np.diff(np.array(corrected)[order]) >= 0).all()


def test_bounds_are_read() -> None:
    """Shares from 0 to 1, times in milliseconds, spaces allowed."""
    assert bounds(" evidence@1 = 0.9, paragraph.recall@5=1", least=True) == [
        Bound("evidence@1", 0.9, True),
        Bound("paragraph.recall@5", 1.0, True),
    ]
    assert bounds("total_p95=2000", least=False) == [Bound("total_p95", 2000.0, False)]
    assert bounds(None, least=True) == []


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (
            "evidence=0.9",
            r"--fail-under 'evidence=0\.9': no measure is called 'evidence'. Choose one of: evidence@1, f1",
        ),
        ("f1=much", r"--fail-under 'f1=much': 'much' is no number. Write f1=0\.9"),
        ("f1", r"--fail-under 'f1': '' is no number"),
        ("f1=90", r"--fail-under 'f1=90': f1 goes from 0 to 1"),
        ("f1=nan", r"f1 goes from 0 to 1"),
        ("", None),
        (",", r"no measure is called ''"),
    ],
)
def test_bounds_that_cannot_be_read(spec: str, message: str | None) -> None:
    """The message names the part and the next step."""
    if message is None:
        assert bounds(spec, least=True) == []
        return
    with pytest.raises(InputError, match=message):
        bounds(spec, least=True)


def test_missed_bounds_are_told() -> None:
    """At the bound is enough; what was not measured is no pass."""
    run = Run("new", {}, FIVE)
    asked = [*bounds("refused=0.5,f1=0.7,exact=0.1", least=True), *bounds("total_p50=30,total_p95=40", least=False)]
    assert list(missed(run, asked)) == [
        "f1 is 0.6667, less than 0.7.",
        "exact was not measured: no question of the set tells it.",
        "total_p95 is 48, more than 40.",
    ]
