"""Articles in other languages are told, and English ones are not taken for one."""

from __future__ import annotations

import json

import pytest

from rag.language.identification import ENGLISH_WORDS, FOREIGN_WORDS, foreign_odds, language_of
from tests.conftest import ROOT, SEED

PARAGRAPHS = json.loads((ROOT / "tests" / "data" / "languages.json").read_text(encoding="utf-8"))["paragraphs"]


@pytest.mark.parametrize("language", PARAGRAPHS)
def test_paragraphs_in_other_languages(language: str) -> None:
    """Also where it is a single one; capital letters, numbers and an English quotation change nothing."""
    assert {language_of(text) for text in PARAGRAPHS[language]} == {language}
    first = PARAGRAPHS[language][0]
    assert {language_of(first.upper()), language_of(f"1. {first} 2025")} == {language}
    assert language_of(f"{first} {first}\n“Yes, we can.”") == language


@pytest.mark.parametrize(
    "text",
    [
        *(path.read_text(encoding="utf-8") for path in (SEED, ROOT / "README.md", ROOT / "LICENSE")),
        "Red apples grow in Kent.",
        "“Ne pleure pas, Alfred!” he said. These were his last words to his brother, who wrote them down.",
        "Antonín Dvořák",
        "1914–1918",
        "🙂 !?",
        "x" * 20_000,
    ],
    ids=lambda text: text[:20],
)
def test_english_and_what_nobody_can_tell(text: str) -> None:
    """A quotation in French and foreign names leave an article English."""
    assert language_of(text) is None


def test_small_words_belong_to_one_side() -> None:
    """'was' is German, too, and tells nothing."""
    assert not ENGLISH_WORDS & FOREIGN_WORDS
    assert {"the", "which", "did"} <= ENGLISH_WORDS
    assert {"und", "que", "est"} <= FOREIGN_WORDS
    assert not {"was", "in", "a"} & (ENGLISH_WORDS | FOREIGN_WORDS)


def test_odds_against_english() -> None:
    """English is as likely as itself."""
    assert foreign_odds("the president of the country") == ("English", 1.0)
    language, odds = foreign_odds("le président de la république")
    assert (language, odds > 100) == ("French", True)
