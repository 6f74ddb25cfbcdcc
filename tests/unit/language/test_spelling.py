"""Spelling: nobody's word becomes the nearest of the article's, and every other word stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.spelling import Spelling

WORDS = Spelling(
    ["Venezuelan President Nicolás Maduro met Guaidó. The Cuban Missile Crisis. Venezuela denied it in Russia."]
)
KNOWN = {"prussia", "president", "medal"}


@pytest.mark.parametrize(
    ("typed", "understood"),
    [
        ("waht was the Cuban misile crisis", "what was the Cuban Missile crisis"),
        ("who is presidnt of Venezula", "who is President of Venezuela"),  # missing letters
        ("who is Gauido?", "who is Guaidó?"),  # swapped letters, accent
        ("is Prussia named", "is Prussia named"),  # a word that the reader knows
        ("the missiles", "the missiles"),  # an inflection of a word of the text
        ("Xussia", "Xussia"),  # another first letter
        ("Venezzzula", "Venezzzula"),  # three letters off
        ("wen", "wen"),  # too short to tell
        ("NICOLAS MADURO", "NICOLAS MADURO"),
        ("", ""),
    ],
)
def test_corrections(typed: str, understood: str) -> None:
    """By hand."""
    assert WORDS.corrected(typed, KNOWN.__contains__) == understood


@given(st.text(max_size=60))
def test_correcting_twice_changes_nothing_more(text: str) -> None:
    """What was corrected is a word of the text."""
    once = WORDS.corrected(text, lambda _: False)
    assert WORDS.corrected(once, lambda _: False) == once


@given(st.text(max_size=60))
def test_known_words_stay(text: str) -> None:
    """When every word is known nothing is touched."""
    assert WORDS.corrected(text, lambda _: True) == text
