"""Starter questions come from the article and are asked before they are shown."""

from __future__ import annotations

import json
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import pytest

from index.article import Article
from index.build import build_index
from index.seal import sealed
from rag.answer import Turn
from rag.answering.assistant import Assistant
from rag.chat.starters import ABOUT, Starter, following, possible_questions, starters
from tests.conftest import WordEncoder, last_words

TEXT = Article(
    "The mill of Kent\n\n"
    "The old mill was opened in 1820. President Ann Byron left Kent because the sea had risen. Minister Cy Dee moved "
    "to Deal. The General Data Act (GDA) passed."
)
SURE = [
    Starter("Why did President Ann Byron leave Kent?", TEXT.id, 2),
    Starter("When was the old mill opened?", TEXT.id, 1),
    Starter("Where did Minister Cy Dee move?", TEXT.id, 3),
]
OFFERED = [Starter(ABOUT, TEXT.id, 0), *SURE]


def test_possible_questions_take_turns() -> None:
    """Causes, events, terms and deeds, each far from those before; nobody is a title alone."""
    assert [draft.question for draft in possible_questions(TEXT)] == [
        "Why did President Ann Byron leave Kent?",
        "When was the old mill opened?",
        "What does GDA stand for?",
        "Who moved to Deal?",
        "Where did Minister Cy Dee move?",
        "What did President Ann Byron leave?",
    ]


def test_a_long_text_is_asked_about_from_end_to_end() -> None:
    """However long it is, some stretches of it are enough; the first questions lie far from each other."""
    book = Article(
        "\n\n".join(f"The red{number} blue{number} house was sold in {number + 1100}." for number in range(900))
    )
    asked = [draft.question for draft in islice(possible_questions(book), 2)]
    assert asked == ["When was the red0 blue0 house sold?", "When was the red899 blue899 house sold?"]


def test_only_what_is_answered_surely_is_kept(tmp_path: Path) -> None:
    """Two common words make a sure answer here, one does not; the choice is kept for the next start."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(4), 0.5)
    chosen = list(starters(assistant, tmp_path / "starters"))
    assert chosen == OFFERED
    (kept,) = (tmp_path / "starters").iterdir()
    record = json.loads(kept.read_text(encoding="utf-8"))
    assert record["starters"] == [asdict(starter) for starter in chosen]
    other = {"starters": [{"question": "Kept?", "article": "a", "sentence": 3}]}
    kept.write_text(json.dumps(sealed(other)), encoding="utf-8")
    assert list(starters(assistant, tmp_path / "starters")) == [Starter("Kept?", "a", 3)]


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
    assert list(starters(assistant, tmp_path)) == OFFERED
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage)
    assert list(starters(assistant, tmp_path)) == OFFERED
    assert kept.read_bytes() == whole


def test_what_is_unsure_is_not_offered(tmp_path: Path) -> None:
    """However probable; and what was kept for an assistant with other thresholds is not for this one."""
    encoder = WordEncoder()
    index = build_index([TEXT], encoder)
    assert list(starters(Assistant(index, encoder, last_words(4), 0.5), tmp_path)) == OFFERED
    assert list(starters(Assistant(index, encoder, last_words(4), 0.5, sure=1.0), tmp_path)) == OFFERED[:1]


def test_an_unwritable_cache_does_not_stop_the_start(tmp_path: Path) -> None:
    """The questions are chosen anew."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(4), 0.5)
    assert list(starters(assistant, tmp_path / "file" / "starters")) == OFFERED


def test_what_is_offered_next_is_near_and_new() -> None:
    """Nothing that was asked, nothing whose answer was shown; what lies near the last citation first; no overview."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(4), 0.5)
    why, when, where = (starter.question for starter in SURE)
    assert following(OFFERED, []) == [why, when]
    turns = [Turn(where, assistant.ask(where))]
    assert following(OFFERED, turns) == [why, when]
    turns.append(Turn("The old mill was opened when?", assistant.ask("The old mill was opened when?")))
    assert following(OFFERED, turns) == [why]
