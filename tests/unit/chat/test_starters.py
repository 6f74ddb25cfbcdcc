"""Starter questions come from the article and are asked before they are shown."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from index.article import Article
from index.build import build_index
from index.seal import sealed
from rag.answer import Turn
from rag.answering.assistant import Assistant
from rag.chat.starters import Starter, following, possible_questions, starters
from tests.conftest import WordEncoder, last_words

TEXT = Article(
    "President Ann Byron spoke in 1952. The General Data Act (GDA) passed. Minister Cy Dee left. They met in 1815."
)
SURE = [
    Starter("Who is Ann Byron?", TEXT.id, 0),
    Starter("Who is Cy Dee?", TEXT.id, 2),
    Starter("What happened in 1815?", TEXT.id, 3),
]


def test_possible_questions_are_about_names_abbreviations_and_years(seed: Article) -> None:
    """The kinds take turns, and nothing is asked twice."""
    assert possible_questions(TEXT) == [
        "Who is Ann Byron?",
        "What does GDA stand for?",
        "What happened in 1952?",
        "Who is Cy Dee?",
        "What happened in 1815?",
    ]
    assert possible_questions(seed)[:3] == [
        "Who is Nicolás Maduro?",
        "What does INF stand for?",
        "What happened in 1962?",
    ]


def test_only_what_is_answered_surely_is_kept(tmp_path: Path) -> None:
    """Two common words make a sure answer here, one does not; the choice is kept for the next start."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(4), 0.5)
    chosen = starters(assistant, tmp_path / "starters")
    assert chosen == SURE
    (kept,) = (tmp_path / "starters").iterdir()
    record = json.loads(kept.read_text(encoding="utf-8"))
    assert record["starters"] == [asdict(starter) for starter in chosen]
    other = {"starters": [{"question": "Kept?", "article": "a", "sentence": 3}]}
    kept.write_text(json.dumps(sealed(other)), encoding="utf-8")
    assert starters(assistant, tmp_path / "starters") == [Starter("Kept?", "a", 3)]


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b'{"starters": [{"que',
        b'[{"question": "Who?", "article": "a", "sentence": 3}]',
        b'{"starters": [{"question": "Who?", "article": "a", "sentence": 3}], "sha256": "0"}',
        json.dumps(sealed({"starters": [{"question": "Who?"}]})).encode(),
        json.dumps(sealed({})).encode(),
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_a_damaged_file_is_as_good_as_none(tmp_path: Path, damage: bytes) -> None:
    """The questions are chosen anew, and kept."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(4), 0.5)
    assert starters(assistant, tmp_path) == SURE
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    assert starters(assistant, tmp_path) == SURE
    assert kept.read_bytes() == whole


def test_what_is_unsure_is_not_offered(tmp_path: Path) -> None:
    """However probable; and what was kept for an assistant with other thresholds is not for this one."""
    encoder = WordEncoder()
    index = build_index([TEXT], encoder)
    assert starters(Assistant(index, encoder, last_words(4), 0.5), tmp_path) == SURE
    assert starters(Assistant(index, encoder, last_words(4), 0.5, sure=0.9), tmp_path) == []


def test_an_unwritable_cache_does_not_stop_the_start(tmp_path: Path) -> None:
    """The questions are chosen anew."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(4), 0.5)
    assert starters(assistant, tmp_path / "file" / "starters") == SURE


def test_what_is_offered_next_is_near_and_new() -> None:
    """Nothing that was asked, nothing whose answer was shown; what lies near the last citation first."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(4), 0.5)
    assert following(SURE, []) == ["Who is Ann Byron?", "Who is Cy Dee?"]
    turns = [Turn("Who is Cy Dee?", assistant.ask("Who is Cy Dee?"))]
    assert following(SURE, turns) == ["What happened in 1815?", "Who is Ann Byron?"]
    turns.append(Turn("They met in which year?", assistant.ask("They met in 1815?")))
    assert following(SURE, turns) == ["Who is Ann Byron?"]
