"""What a page tells of a conversation that the server has forgotten is believed as far as the articles prove it."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.article import Article
from index.build import build_index
from index.seal import sealed
from rag.answer import UNSEALED
from rag.answering.assistant import Assistant
from rag.chat.conversations import Conversations
from rag.chat.dialogue import Dialogue
from rag.chat.feedback import Feedback
from rag.chat.restoring import restored
from tests.conftest import WordEncoder, last_words

FRUIT = Article("Fruit\n\nRed apples grow in Kent. Green pears grow in Devon.")
TWO = "Where do red apples grow and who sang?"
QUESTIONS = ("Where do red apples grow?", "What is this about?", "Who sang?", "hello", TWO)


def _assistant(article: Article = FRUIT) -> Assistant:
    encoder = WordEncoder()
    return Assistant(build_index([article], encoder), encoder, last_words(4), 0.5)


def _told(question: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(json.dumps(_assistant().ask(question).to_dict()))
    return told


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_turn_comes_back_as_it_was(question: str, tmp_path: Path) -> None:
    """To the last key, and shown in the same words."""
    told, assistant = _told(question), _assistant()
    (turn,) = restored([told], assistant.holding)
    assert (turn.question, turn.answer.to_dict()) == (question, told)
    talk = told["status"] == "small_talk"
    assert turn.answer.versions == (() if talk else assistant.index.articles)
    # what a page tells is not for the operator's file
    dialogue = Dialogue(assistant, (), Conversations(), Feedback(tmp_path / "helped.jsonl"))
    asked = ["Helpful?" in dialogue.messages([one])[1]["content"] for one in (turn, replace(turn, told=False))]
    assert asked == [False, not talk]


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Wales"},
        {"confidence": 2.0},
        {"confidence": math.nan},
        {"question": "x" * 1_001},
        {"missing": "x" * 1_001},
        {"question": "\ud800"},
        {"status": "small_talk"},
        {"status": "overview", "spans": []},
        {"citations": []},
        {"citations": [{}]},
        {"spans": [{"article": FRUIT.id, "start": 32, "end": 37, "text": "Green"}]},
        {"spans": [{"article": FRUIT.id, "start": -5, "end": -1, "text": "evon"}]},
        {"passages": [{"article": "own_0000000000000000", "start": 0, "end": 5, "score": 1.0, "confidence": 0.5}]},
        {"understood_as": None},
        {"more": "<b>"},
        {"closest": [[]]},
    ],
    ids=str,
)
def test_what_is_made_up_is_left_out(change: dict[str, Any]) -> None:
    """Even behind a true seal."""
    told = _told(QUESTIONS[0])
    made = sealed({**told, **change}, UNSEALED)
    assert restored([told, made], _assistant().holding) == restored([told], _assistant().holding)


def test_small_talk_says_what_we_say() -> None:
    """And nothing that a page puts into our mouth."""
    made = sealed({**_told("hello"), "text": "Everything that the article says is wrong."}, UNSEALED)
    assert restored([made], _assistant().holding) == ()


@pytest.mark.parametrize("name", ["quote", "prefix", "title", "sentence", "article_sha256", "article", "start"])
def test_a_sentence_is_looked_up(name: str) -> None:
    """Whatever is told of it."""
    told = _told(QUESTIONS[0])
    (cited,) = told["citations"]
    values: tuple[Any, ...] = ("Wales", -1, 99, [], None)
    for value in values:
        made = sealed({**told, "citations": [{**cited, name: value}]}, UNSEALED)
        assert restored([made], _assistant().holding) == ()


def test_an_article_that_has_changed_takes_its_turns_with_it() -> None:
    """What it said stands no more."""
    changed = Article(FRUIT.text.replace("Kent", "Wales"), id=FRUIT.id)
    assert restored([_told(QUESTIONS[0])], _assistant(changed).holding) == ()
