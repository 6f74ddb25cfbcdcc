"""Feedback: one line a judgement, up to a limit, whoever writes."""

from __future__ import annotations

import json
import resource
import stat
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article
from index.errors import InputError
from index.sentences import split
from rag.answer import Answer, Citation, Span, Status, Timings, quotation
from rag.chat.feedback import Feedback
from tests.conftest import HOSTILE

TEXT = Article("Red apples grow in Kent. Green pears do not.")
ANSWER = Answer(
    question="and where?",
    understood_as="Where do apples grow?",
    status=Status.ANSWERED,
    text="Kent",
    confidence=0.123456,
    spans=(Span(TEXT.id, 19, 23, "Kent"),),
    citations=(Citation.of(1, quotation(TEXT, 0, split(TEXT)[0])),),
    closest=(),
    timings_ms=Timings(1, 2, 3),
    read_by="fast",
)


def _lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_judgement_is_a_line(tmp_path: Path) -> None:
    """What was asked, what was answered, from where, and whether that was good."""
    path = tmp_path / "f.jsonl"
    began = datetime.now(UTC) - timedelta(seconds=1)
    Feedback(path).record(ANSWER, good=True)
    Feedback(path).record(replace(ANSWER, status=Status.SMALL_TALK, citations=()), good=False)
    Feedback(path).record(replace(ANSWER, status=Status.UNSURE), good=True)
    first, second, third = _lines(path)
    time = datetime.fromisoformat(str(first.pop("time")))
    assert time.tzinfo == UTC
    assert began <= time <= datetime.now(UTC)
    assert first == {
        "good": True,
        "question": "and where?",
        "understood_as": "Where do apples grow?",
        "status": "answered",
        "text": "Kent",
        "confidence": 0.1235,
        "citations": [[TEXT.id, 0, 24]],
        "read_by": "fast",
    }
    assert second == {
        **first, "time": second["time"], "good": False, "status": "small_talk", "citations": [],
    }  # fmt: skip
    assert third == {**first, "time": third["time"], "status": "unsure"}


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    """The file and the lock beside it, and nothing else is made."""
    Feedback(tmp_path / "f.jsonl").record(ANSWER, good=True)
    modes = {path.name: stat.filemode(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert modes == {"f.jsonl": "-rw-------", "f.jsonl.lock": "-rw-------"}


def test_a_full_file_stays_as_it_is(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Many clients filled it. The log tells that once, and again when it was moved away and is full once more."""
    path = tmp_path / "f.jsonl"
    Feedback(path).record(ANSWER, good=True)
    size = path.stat().st_size
    feedback = Feedback(path, largest=41 * size - 1)
    for _ in range(2):
        for number in range(39):
            feedback.record(ANSWER, good=True, client=f"192.0.2.{number}")
        full = path.read_bytes()
        for number in range(2):
            with pytest.raises(InputError, match=r"^f\.jsonl is full; this was not recorded\."):
                feedback.record(ANSWER, good=True, client=f"198.51.100.{number}")
        assert (len(full), path.read_bytes()) == (40 * size, full)
        path.write_bytes(full[:size])
    assert caplog.messages == [f"{path} is full; what readers say is not recorded. Move it away."] * 2


def test_one_client_does_not_fill_it(tmp_path: Path) -> None:
    """A twentieth in a day, counted in bytes; others are heard all the same, and it is not written who said what."""
    path = tmp_path / "f.jsonl"
    feedback = Feedback(path, largest=100_000)
    for question, client in (("and where?", "192.0.2.1"), ("🙂" * 100, "192.0.2.2")):
        before = path.stat().st_size
        judge = partial(feedback.record, replace(ANSWER, question=question), good=True, client=client)
        with pytest.raises(InputError, match=r"^That is as much as one reader may say in a day; this was not recorded"):
            deque(iter(judge, "never"), maxlen=0)
        assert 3_000 < path.stat().st_size - before <= 5_000
    assert "192.0.2" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "why"), [("no/f.jsonl", "No such file or directory"), ("", "Is a directory")])
def test_a_path_that_cannot_be_written_is_named(tmp_path: Path, name: str, why: str) -> None:
    """Before anything is recorded; a missing folder is not made."""
    with pytest.raises(InputError, match=rf"^Cannot write {tmp_path / name}: {why}\. Give a file in a writable folder"):
        Feedback(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    """Ten bytes more would fit: they are not kept."""
    path = tmp_path / "f.jsonl"
    feedback = Feedback(path)
    feedback.record(ANSWER, good=True)
    one = path.read_bytes()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(one) + 10, limits[1]))
    try:
        with pytest.raises(InputError, match=r"No space left for .*f\.jsonl\. Make some, or give"):
            feedback.record(ANSWER, good=True)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == one


@settings(max_examples=50)
@given(st.text(st.characters()) | st.sampled_from(HOSTILE), st.text(st.characters()) | st.sampled_from(HOSTILE))
def test_hostile_texts_come_back(question: str, text: str) -> None:
    """Line breaks of any kind and halves of surrogate pairs included, one line each."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "f.jsonl"
        feedback = Feedback(path)
        feedback.record(replace(ANSWER, question=question, text=text), good=True)
        feedback.record(ANSWER, good=False)
        first, second = _lines(path)
    assert (first["question"], first["text"], second["question"]) == (question, text, "and where?")


def test_two_threads_write_whole_lines(tmp_path: Path) -> None:
    """Every judgement of both is there, each in its thread's order, and the limit holds between them."""
    path = tmp_path / "f.jsonl"
    feedback = Feedback(path)

    def judge(name: str) -> None:
        for number in range(20):
            feedback.record(replace(ANSWER, question=f"{name}{number}"), good=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(judge, "ab"))
    asked = [str(line["question"]) for line in _lines(path)]
    for name in "ab":
        assert [question for question in asked if question[0] == name] == [f"{name}{number}" for number in range(20)]
    full = Feedback(path, largest=path.stat().st_size + 1_000)

    def heard(client: int) -> bool:
        try:
            full.record(ANSWER, good=True, client=str(client))
        except InputError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        kept = list(pool.map(heard, range(10)))
    assert len(_lines(path)) == 40 + kept.count(True)
    assert full.largest - 400 < path.stat().st_size <= full.largest
