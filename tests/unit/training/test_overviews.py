"""Overviews are measured against summaries, at equal length."""

from __future__ import annotations

import pytest

from index.article import Article
from index.build import build_index
from rag.training.pipeline.overviews import compared, leads, rouge, words
from tests.conftest import WordEncoder

TEXT = Article(
    "Bridge shut\n\nBy Ada Byron\n\nThe council said a good many other things on Tuesday. "
    "It has shut the old bridge for two years to come. The bridge will be shut for two whole years. "
    "People may still use the path beside the river."
)


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [("the the bridge", 1, 2 / 4), ("The BRIDGE is shut.", 2, 1), ("", 1, 0), ("old bridge is shut", 2, 2 / 3)],
)
def test_recall_counts_what_is_found_again(text: str, length: int, expected: float) -> None:
    """Each word and pair as often as it stands in both."""
    assert rouge(words(text), words("the bridge is shut"), length) == pytest.approx(expected)


def test_leads() -> None:
    """All behind the headline; the same without the author; three sentences of it."""
    found = leads(build_index([TEXT], WordEncoder()))
    assert found["printed"][:4] == ["by", "ada", "byron", "the"]
    assert found["body"][:3] == ["the", "council", "said"]
    assert found["body"][: len(found["three sentences"])] == found["three sentences"]
    assert found["three sentences"][-3:] == ["two", "whole", "years"]


def test_the_longer_is_cut() -> None:
    """An overview of four lines and a lead of three sentences are compared at the length of the shorter."""
    index = build_index([TEXT], WordEncoder())
    values = compared(index, ["The bridge is shut.", "zzz"])
    assert values["words"] > len(leads(index)["three sentences"])
    # 'the', 'bridge' and 'shut' of the first summary's four words, nothing of the second's
    assert values["three sentences rouge-1 overview"] == pytest.approx(3 / 8)
    # 'the bridge' of its three pairs
    assert values["three sentences rouge-2 lead"] == pytest.approx(1 / 6)
    assert set(values) == {"words"} | {
        f"{lead} rouge-{grams} {what}"
        for lead in ("printed", "body", "three sentences")
        for grams in (1, 2)
        for what in ("overview", "lead")
    }
