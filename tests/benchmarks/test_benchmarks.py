"""The benchmarks: their arithmetic, their texts, the pipe to the stacks, and what they write. No time is judged."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.errors import InputError
from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks.ask import compare
from tests.benchmarks.encode import encoded, invented
from tests.benchmarks.machine import machine
from tests.benchmarks.plot import draw
from tests.benchmarks.process import Stack, running
from tests.benchmarks.setting import PEERS, Setting, corpus
from tests.benchmarks.summary import Ratio, Times, ratio, rotated, times

OURS = Stack("pullquote", "accurate", Path(sys.executable))
STORY = Article("The ship left. It was late.\n\nRead more\n\nThe crew slept.\n")


def test_quantiles() -> None:
    """They are interpolated, and independent of the order."""
    assert times([30.0, 10.0, 20.0]) == Times(count=3, p10=12.0, p50=20.0, p95=29.0)


def test_a_ratio_is_of_medians() -> None:
    """A slow question more or less does not move it; its interval holds it."""
    made = ratio("ask", ("a", [1.0, 2.0, 3.0, 2.0]), ("b", [4.0, 8.0, 90.0, 8.0]))
    assert (made.what, made.ours, made.peer, made.value) == ("ask", "a", "b", 4.0)
    assert made.low <= 4.0 <= made.high


def test_a_steady_ratio_has_no_width() -> None:
    """Where every pair has the same ratio there is nothing to be unsure of; one pair has no interval at all."""
    assert ratio("ask", ("a", [1.0, 1.0, 1.0]), ("b", [3.0, 3.0, 3.0])) == Ratio("ask", "a", "b", 3.0, 3.0, 3.0)
    assert ratio("start", ("a", [2.0]), ("b", [5.0])) == Ratio("start", "a", "b", 2.5, 2.5, 2.5)


@given(names=st.lists(st.text(min_size=1), min_size=1, max_size=6, unique=True), rounds=st.integers(1, 3))
def test_all_go_first_equally_often(names: list[str], rounds: int) -> None:
    """Every turn has all names, and each has every place as often as the others."""
    turns = [rotated(names, turn) for turn in range(rounds * len(names))]
    assert all(sorted(turn) == sorted(names) for turn in turns)
    for place in range(len(names)):
        assert Counter(turn[place] for turn in turns) == dict.fromkeys(names, rounds)


def test_readers_are_compared_with_their_like() -> None:
    """Each of our readers with the model of the same trunk."""
    stacks = [
        OURS,
        Stack("pullquote", "fast", Path(sys.executable)),
        Stack("haystack", "minilm", Path("python")),
        Stack("haystack", "mpnet", Path("python")),
    ]
    measured = {"pullquote accurate": [2.0], "pullquote fast": [1.0], "haystack minilm": [3.0], "haystack mpnet": [8.0]}
    assert [(one.ours, one.peer, one.value) for one in compare("ask", stacks, measured)] == [
        ("pullquote accurate", "haystack mpnet", 4.0),
        ("pullquote fast", "haystack minilm", 3.0),
    ]


def test_the_peers_search_the_same_sentences() -> None:
    """Boilerplate is left out, and paragraphs are counted over all articles."""
    assert corpus([STORY, Article("Another story.")]) == {
        "articles": [STORY.text, "Another story."],
        "sentences": ["The ship left.", "It was late.", "The crew slept.", "Another story."],
        "paragraphs": ["The ship left. It was late.", "The crew slept.", "Another story."],
        "paragraph_of": [0, 0, 1, 2],
    }


def test_both_sides_encode_the_same_texts() -> None:
    """The sentences of an article, and those paragraphs that are more than one sentence."""
    assert sorted(encoded(STORY)) == [
        "It was late.", "Read more", "The crew slept.", "The ship left.", "The ship left. It was late."
    ]  # fmt: skip


def test_invented_articles_are_of_mixed_length(seed: Article) -> None:
    """About as many texts as asked for, the same each time, and as words fall."""
    article = invented([seed], 500, 3)
    texts = encoded(article)
    lengths = [len(text.split()) for text in texts]
    assert 450 <= len(texts) <= 550
    assert min(lengths) <= 5
    assert max(lengths) >= 60
    assert len(set(texts)) > 0.95 * len(texts)
    assert article == invented([seed], 500, 3)
    assert article != invented([seed], 500, 4)


def test_a_stack_obeys_through_the_pipe(tmp_path: Path) -> None:
    """It tells its memory; what it does not know ends it, and the message quotes what it said."""
    with running(OURS, tmp_path) as process:
        reply = process.call("memory")
        assert reply.gave is None
        assert 0 < reply.resident <= reply.peak
        with pytest.raises(
            InputError, match=r"^pullquote accurate gave no reply; the last that it said is .*KeyError.*dance"
        ):
            process.call("dance")


def test_missing_peers_are_told(tmp_path: Path) -> None:
    """The message names the command that makes them; with no peer chosen none is missed."""
    setting = Setting([STORY], ["Who slept?"], tmp_path / "models", tmp_path / "peers", tmp_path)
    with pytest.raises(InputError, match=r"^No peers in .*Run: python -m tests\.benchmarks\.peers --peers"):
        setting.stacks()
    alone = Setting([STORY], ["Who slept?"], tmp_path / "models", tmp_path / "peers", tmp_path, chosen=())
    assert [stack.label for stack in alone.stacks()] == ["pullquote accurate", "pullquote fast"]
    with pytest.raises(InputError, match=r"^No model in .*Run: python -m tests\.benchmarks\.peers --models"):
        alone.plan(Stack("haystack", "mpnet", Path("python")))


def test_stacks_read_what_was_written(tmp_path: Path) -> None:
    """The plan names a file that holds the corpus, and another corpus is another file and another index."""
    setting, other = (
        Setting([article], ["Who slept?"], tmp_path, tmp_path, tmp_path) for article in (STORY, Article("Another."))
    )
    plan = setting.plan(OURS)
    assert json.loads(Path(str(plan["corpus"])).read_text(encoding="utf-8")) == corpus([STORY])
    assert plan["reader"] == "accurate"
    assert plan["index"] != other.plan(OURS)["index"]


def test_questions_are_taken_evenly(tmp_path: Path) -> None:
    """From the whole set, single ones only, in its order."""
    lines = [
        {"question": f"Question {number}?", "answers": ["ship"], "evidence": ["The ship left."]} for number in range(9)
    ]
    questions = tmp_path / "questions.jsonl"
    questions.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    options = benchmarks.parse(
        ["--questions", str(questions), "--limit", "3", "--work", str(tmp_path), "--without", "txtai"]
    )
    setting = benchmarks.read_setting(options)
    assert list(setting.questions) == ["Question 0?", "Question 3?", "Question 6?"]
    assert list(setting.chosen) == ["haystack"]


def test_the_machine_is_described() -> None:
    """Enough to tell whether two runs may be compared."""
    described = machine()
    assert described["cores"] >= 1
    assert described["memory_mib"] > 0
    assert described["versions"]["numpy"]
    assert described["threads"]["OMP_WAIT_POLICY"] == os.environ.get("OMP_WAIT_POLICY", "PASSIVE")
    assert set(PEERS) <= {name.removesuffix("-ai") for name in described["peers"]}


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_plot_is_written(tmp_path: Path, ending: str) -> None:
    """Each ratio is a row that names the peer; what has no ratios is passed over."""
    path = tmp_path / f"plot.{ending}"
    draw(
        {
            "machine": {"cores": 2},
            "ask": {"ratios": [_row("ask", "pullquote accurate", "haystack mpnet", 4.25)]},
            "encode": {"ratios": [_row("encode", "pullquote", "plain", 1.5)]},
        },
        path,
    )
    written = path.read_bytes()
    if ending == "png":
        assert written.startswith(b"\x89PNG")
    else:
        labels = "time to answer, accurate reader: Haystack", "time to encode: sentence-transformers"
        for text in (*labels, "4.2×", "1.5×"):
            assert f"<!-- {text} -->".encode() in written


def test_a_plot_of_nothing_is_empty(tmp_path: Path) -> None:
    """Where all peers were left out there is an axis and no row."""
    draw({"ask": {"ratios": []}}, tmp_path / "plot.svg")
    assert b": Haystack" not in (tmp_path / "plot.svg").read_bytes()


@pytest.mark.slow
def test_the_command_writes_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: Article) -> None:
    """Pullquote alone, for the peers are not installed where tests run: two questions with each reader."""
    numbers, picture = tmp_path / "numbers.json", tmp_path / "plot.svg"
    alone = [word for name in PEERS for word in ("--without", name)]
    command = ["benchmarks", "ask", "--limit", "3", "--work", str(tmp_path), *alone]
    monkeypatch.setattr(sys, "argv", [*command, "--json", str(numbers), "--plot", str(picture)])
    benchmarks.main()
    written = json.loads(numbers.read_text(encoding="utf-8"))
    assert list(written) == ["machine", "setting", "ask"]
    assert written["setting"] == {"articles": [seed.id], "questions": 3, "peers": []}
    assert written["ask"]["ratios"] == []
    assert [(row["name"], row["reader"], row["ask_ms"]["count"]) for row in written["ask"]["stacks"]] == [
        ("pullquote", "accurate", 2),
        ("pullquote", "fast", 2),
    ]
    for row in written["ask"]["stacks"]:
        assert 0 < row["ask_ms"]["p10"] <= row["ask_ms"]["p50"] <= row["ask_ms"]["p95"]
        assert 0 < row["memory_mib"]["resident"] <= row["memory_mib"]["peak"]
    assert picture.is_file()


def _row(what: str, ours: str, peer: str, value: float) -> dict[str, Any]:
    return {"what": what, "ours": ours, "peer": peer, "value": value, "low": value - 0.5, "high": value + 0.5}
