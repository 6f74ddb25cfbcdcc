"""What the load command takes for a fault, and how heavy its heavy client is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.article import Article
from index.build import build_index
from rag.answering.assistant import Assistant
from rag.understanding.interpretation import LONGEST, TURNS, Question
from tests.conftest import WordEncoder, last_words
from tests.load import PLACES, RIGHT, Load, Reply, conversation

FAIR = Load(
    ordinary=[[Reply(RIGHT, 0.5)] * 20, [Reply("refused: 503", 0.1), Reply(RIGHT, 1.5)]],
    heavy=[[Reply(RIGHT, 4.0)]],
    seconds=24.0,
    resident=(500.0, 600.0, 630.0),
    idle=0.01,
)


def test_a_fair_load_has_no_faults() -> None:
    """A refusal is none, nor is memory that grows at first; and the heavy client may wait longer."""
    assert FAIR.faults() == []
    assert FAIR.longest_allowed == 2 * PLACES * 24.0 / (21 + TURNS + 1) + 2.0
    assert FAIR.report().splitlines() == [
        "2 clients, 24 s: 0.9 answers/s, median 0.50 s, p95 0.50 s, longest 1.50 s of 50.00 s",
        "each client: 1 to 20 answers; {'refused: 503': 1}",
        "1 heavy: 1 conversations of 3 questions, median 4.00 s",
        "resident 500 → 600 → 630 MiB",
        "idle 1.00% of a core",
    ]


@pytest.mark.parametrize(
    ("load", "fault"),
    [
        (replace(FAIR, ordinary=[[Reply(RIGHT, 0.5), Reply("wrong", 0.5)]]), "1 × wrong"),
        (replace(FAIR, heavy=[[Reply(RIGHT, 4.0), *[Reply("lost: ReadError", 0.5)] * 2]]), "2 × lost: ReadError"),
        (replace(FAIR, ordinary=[*FAIR.ordinary, [Reply("refused: 503", 0.1)]]), "clients without an answer: 1"),
        (replace(FAIR, heavy=[[Reply("refused: 503", 0.1)]]), "heavy clients without an answer: 1"),
        (
            replace(FAIR, ordinary=[[Reply(RIGHT, 0.5)] * 20, [Reply(RIGHT, 50.1)]]),
            "a client waited 50.10 s, and the line allows 50.00 s",
        ),
        (replace(FAIR, resident=(500.0, 600.0, 631.0)), "memory grew from 600 to 631 MiB in the second half"),
        (replace(FAIR, idle=0.012), "nobody asks, and the server takes 1.2% of a core"),
    ],
)
def test_a_fault_is_told(load: Load, fault: str) -> None:
    """Each in its own line, and nothing else."""
    assert load.faults() == [fault]


def test_the_heavy_conversation_is_heavy(seed: Article) -> None:
    """Each question is as long as may be, none is remembered, and the last one leans on the others."""
    encoder = WordEncoder()
    interpreter = Assistant(build_index([seed], encoder), encoder, last_words(), 0.5).interpreter
    for number in (7, 1234):
        *said, last = [message["content"] for message in conversation(number)]
        assert [len(text) for text in (*said, last)] == (TURNS + 1) * [LONGEST]
        assert not {*said, last} & {message["content"] for message in conversation(number + 1)}
        assert all(isinstance(interpreter.interpret(text), Question) for text in said)
        meant = interpreter.interpret(last)
        assert isinstance(meant, Question)
        assert meant.leans
