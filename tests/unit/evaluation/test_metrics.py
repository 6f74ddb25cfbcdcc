"""Measures of answers, worked out by hand and beside an official implementation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from torchmetrics.functional.text import squad

from rag.evaluation.metrics import auroc, covers, exact_match
from rag.language.overlap import normalised, token_f1
from rag.language.words import straightened


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
        ("“clear instructions”", ["clear instructions"], 1.0, 1.0),
        ("the country’s leader", ["the country's leader"], 1.0, 1.0),
        ("the deepening of ties", ["a deepening"], 0.0, 0.5),
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


MARKED = ["The", "a", "an", "Kent", "kent.", "U.S.", "’s", "“it’s”", "it's", "—", "é", "1,200", "\u00a0"]
WORDS = st.lists(st.sampled_from(MARKED))


@given(WORDS.map(" ".join), st.lists(WORDS.map(" ".join), min_size=1, max_size=3))
def test_exact_match_and_f1_are_those_of_the_squad_script(prediction: str, answers: list[str]) -> None:
    """As torchmetrics carries it, quotation marks made straight for it.

    Where nothing is left of a text, F1 is that of SQuAD 2.0: nothing equals nothing.
    """
    official = squad(
        [{"prediction_text": straightened(prediction), "id": "q"}],
        [{"answers": {"answer_start": [0] * len(answers), "text": list(map(straightened, answers))}, "id": "q"}],
    )
    assert exact_match(prediction, answers) == pytest.approx(float(official["exact_match"]) / 100)
    if normalised(prediction) and all(map(normalised, answers)):
        assert token_f1(prediction, answers) == pytest.approx(float(official["f1"]) / 100)
