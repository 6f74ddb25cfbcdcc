"""Saved runs: what is written is read back, and a kill at any byte costs one question at most."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from rag.evaluation.record import Asked, Outcome, Record, Run
from rag.evaluation.saved import growing, read_run
from rag.question_sets.question import Place

TEXTS = st.text(max_size=8)
PLACES = st.lists(st.builds(Place, TEXTS, st.integers(0, 9), st.integers(0, 9)), max_size=2).map(tuple)
NUMBERS = st.dictionaries(st.sampled_from(["f1", "recall@5"]), st.floats(0, 1), max_size=2)
RECORDS = st.builds(
    Record,
    id=TEXTS,
    question=TEXTS,
    asked=st.sampled_from(Asked),
    answerable=st.booleans(),
    outcome=st.sampled_from(Outcome),
    fields=st.dictionaries(TEXTS, TEXTS, max_size=2),
    answers=st.lists(TEXTS, max_size=2).map(tuple),
    gold=PLACES,
    text=TEXTS,
    confidence=st.floats(0, 1),
    spans=PLACES,
    citations=PLACES,
    timings_ms=NUMBERS,
    values=NUMBERS,
)
HEAD = '{"kind": "pullquote evaluation", "format": 1, "name": "a", "settings": {}}\n'
UNITS = st.lists(st.lists(RECORDS, min_size=1, max_size=3).map(tuple), min_size=1, max_size=4)
SETTINGS = {"encoder": "words", "questions digest": "0"}


def _record(name: str) -> Record:
    return Record(name, f"{name}?", Asked.SINGLE, True, Outcome.RIGHT, values={"f1": 1.0})


@given(UNITS)
def test_a_run_reads_back(units: list[tuple[Record, ...]]) -> None:
    """Equal in every field, line breaks and half signs of other scripts included."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.jsonl"
        with growing(path, "default", SETTINGS) as file:
            for unit in units:
                file.write(unit)
        assert read_run(path) == Run("default", SETTINGS, tuple(record for unit in units for record in unit))


@given(st.data())
def test_a_kill_at_any_byte_costs_one_question_at_most(data: st.DataObject) -> None:
    """Whatever is left of the file, going on gives the whole run, and asks nothing again that is there whole."""
    units = [(_record("a"),), (_record("b"), _record("c")), (_record("d"),)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "run.jsonl"
        with growing(path, "default", SETTINGS) as file:
            for unit in units:
                file.write(unit)
        whole = path.read_bytes()
        kept = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:kept])
        lines = whole[:kept].count(b"\n")
        with growing(path, "default", SETTINGS) as file:
            assert file.done == tuple(units[: max(0, lines - 1)])
            for unit in units[len(file.done) :]:
                file.write(unit)
        assert path.read_bytes() == whole


def test_another_run_is_not_continued(tmp_path: Path) -> None:
    """The message says what differs; the file stays as it is."""
    path = tmp_path / "run.jsonl"
    with growing(path, "default", SETTINGS) as file:
        file.write([_record("a")])
    before = path.read_bytes()
    with (
        pytest.raises(InputError, match=r"run\.jsonl holds another run: its encoder is 'words', now it is 'letters'"),
        growing(path, "default", {**SETTINGS, "encoder": "letters"}),
    ):
        pass
    with (
        pytest.raises(InputError, match=r"its name is 'default', now it is 'fast'. Give another file to --save"),
        growing(path, "fast", SETTINGS),
    ):
        pass
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"is no saved run. Give a file made by"),
        ("notes\n", r"is no saved run"),
        ('{"kind": "pullquote evaluation", "format": 2, "name": "a", "settings": {}}\n', r"is no saved run"),
        (HEAD, r"holds no verdict yet"),
        (
            HEAD + "[{}]\n",
            r"run\.jsonl:2: 0: id: Field required\.",
        ),
        (HEAD + "7\n", r"run\.jsonl:2: Input should be a valid array\. The"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: str, message: str) -> None:
    """Which file, and what to do."""
    path = tmp_path / "run.jsonl"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_run(path)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    """Missing, or a folder."""
    with pytest.raises(InputError, match=r"Cannot read .*none\.jsonl: No such file or directory"):
        read_run(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="Cannot write"), growing(tmp_path, "default", SETTINGS):
        pass


def test_a_line_is_whole_when_it_is_written(tmp_path: Path) -> None:
    """It is on its way to the disk before the next question is asked."""
    path = tmp_path / "run.jsonl"
    with growing(path, "default", SETTINGS) as file:
        file.write([_record("a")])
        header, line = path.read_text(encoding="utf-8").splitlines()
    assert json.loads(header)["settings"] == SETTINGS
    assert json.loads(line)[0]["id"] == "a"
