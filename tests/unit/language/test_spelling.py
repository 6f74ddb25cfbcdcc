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


def test_a_word_is_written_small_if_the_text_has_it_so() -> None:
    """However often it begins a sentence or stands in a heading."""
    spelling = Spelling(["Tokens\n\nTokens are sold here. Two tokens do. Kingfisher won."])
    assert spelling.corrected("how many tockens for kingfischer", lambda _: False) == "how many tokens for Kingfisher"


def test_a_word_of_marks_alone_breaks_nothing() -> None:
    """In the article as in the question: nothing is left of it without accents."""
    marks = 4 * "\uff9e"
    assert Spelling([f"{marks} Venezuela"]).corrected(f"{marks} Venezula", KNOWN.__contains__) == f"{marks} Venezuela"


def test_a_question_of_unknown_words_stays() -> None:
    """However many words there are to compare it with, it costs no time."""
    twelve = "Venezula " * 12
    assert WORDS.corrected(twelve, KNOWN.__contains__) == "Venezuela " * 12
    assert WORDS.corrected(f"{twelve}Venezula", KNOWN.__contains__) == f"{twelve}Venezula"


@given(st.text(max_size=60))
def test_correcting_twice_changes_nothing_more(text: str) -> None:
    """What was corrected is a word of the text."""
    once = WORDS.corrected(text, lambda _: False)
    assert WORDS.corrected(once, lambda _: False) == once


@given(st.text(max_size=60))
def test_known_words_stay(text: str) -> None:
    """When every word is known nothing is touched."""
    assert WORDS.corrected(text, lambda _: True) == text
