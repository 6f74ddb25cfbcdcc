"""Question sets: the door, and JSON lines, read and written."""

from __future__ import annotations

import gzip
import json
import tempfile
import tracemalloc
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from rag.question_sets.json_lines import read_json_lines
from rag.question_sets.jsonl import question_line
from rag.question_sets.question import Fault, Place, Question, QuestionSet
from rag.question_sets.reading import read_question_set
from tests.conftest import HOSTILE, QUESTIONS, shows

GOOD: dict[str, Any] = {"id": "g", "question": "Who came?", "answers": ["Ann"], "evidence": ["Ann came."]}
FULL: dict[str, Any] = {
    **GOOD,
    "answerable": True,
    "items": ["Ann"],
    "standalone": "Who came to Kent?",
    "needs_context": True,
    "article": "a1",
    "places": [{"article": "a1", "start": 0, "end": 3}],
    "type": "who",
    "turns": None,
}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(["\ud800", 10**40]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "start", "a"]), inner),
    max_leaves=6,
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TEXTS = WORDS.filter(shows)
PLACES = st.tuples(TEXTS, st.integers(0, 9), st.integers(1, 9)).map(lambda made: Place(made[0], made[1], sum(made[1:])))


def written(folder: Path, *lines: str | Mapping[str, Any], name: str = "q.jsonl") -> Path:
    """A file of these lines; what is no text is written as JSON."""
    path = folder / name
    path.write_text("".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in lines), encoding="utf-8")
    return path


def is_utf8(text: str) -> bool:
    """Whether a file can hold it."""
    return text.encode(errors="replace").decode() == text


def test_the_public_questions_are_read() -> None:
    """58 single questions, then the turns of 8 conversations, written out where they need it."""
    read = read_question_set(QUESTIONS)
    assert (read.faults, read.articles) == ((), ())
    single = [question for question in read.questions if not question.conversation]
    assert [sum(q.answerable for q in single), sum(not q.answerable for q in single)] == [41, 17]
    turn = next(question for question in read.questions if question.id == "pub-c01-t2")
    assert (turn.text, turn.standalone) == ("And where does his trip end?", "Where does Borisov's trip end?")
    assert [q.id for q in read.questions if q.conversation == turn.conversation] == [f"pub-c01-t{n}" for n in (1, 2, 3)]
    assert next(question for question in read.questions if question.id == "pub-c01-t1").standalone == ""
    listed = next(question for question in read.questions if question.id == "pub-a02")
    assert listed.items == ("Venezuela", "Nicaragua", "Cuba")
    damaged = next(question for question in read.questions if question.id == "pub-c08-t2")
    assert damaged.fields == {
        "type": "definition",
        "style": "plain",
        "difficulty": "medium",
        "fact": "ryabkov_role",
        "damaged": "true",
    }


def test_every_key_of_a_line(tmp_path: Path) -> None:
    """Short texts, numbers and flags are fields; lists, objects, null and long texts are not."""
    others = {"hops": 2, "share": 0.5, "damaged": False, "note": "x" * 61, "edge": "x" * 60, "trap": ["y"], "by": None}
    path = written(tmp_path, {**FULL, **others})
    assert read_question_set(path).questions == (
        Question(
            id="g",
            text="Who came?",
            answerable=True,
            answers=("Ann",),
            evidence=("Ann came.",),
            items=("Ann",),
            standalone="Who came to Kent?",
            places=(Place("a1", 0, 3),),
            article="a1",
            fields={"type": "who", "hops": "2", "share": "0.5", "damaged": "false", "edge": "x" * 60},
            origin=f"{path}:1",
        ),
    )


def test_what_is_not_given(tmp_path: Path) -> None:
    """The id is the place, there is no answer; answers or places alone say that there is one."""
    place = {"article": "a", "start": 1, "end": 2}
    path = written(
        tmp_path,
        {"question": "a", "id": None, "article": "", "standalone": None},
        {"question": "b", "places": [place]},
        {"question": "c", "answerable": True},
        {"question": "d", "id": 7, "answers": ["x"], "standalone": "D?", "needs_context": False},
    )
    read = read_question_set(path, strict=True).questions
    assert [(q.id, q.article, q.answerable, q.judged, q.standalone) for q in read] == [
        (f"{path}:1", "", False, True, ""),
        (f"{path}:2", "", True, False, ""),
        (f"{path}:3", "", True, False, ""),
        ("7", "", True, True, ""),
    ]


def test_a_conversation_stands_or_falls_as_a_whole(tmp_path: Path) -> None:
    """Later turns lean on it; its article and fields are those of each turn that has no other."""
    turns = [{"question": "Who came?", "answers": ["Ann"]}, {"question": "When?", "type": "when", "article": "b"}]
    path = written(
        tmp_path,
        {"id": "c", "article": "a", "type": "any", "style": "short", "question": "no turn", "turns": turns},
        {"turns": [turns[0], {"question": 3}, turns[1]]},
        GOOD,
    )
    read = read_question_set(path)
    assert [(q.id, q.conversation, q.article, dict(q.fields)) for q in read.questions] == [
        (f"{path}:1 turn 1", f"{path}:1", "a", {"type": "any", "style": "short"}),
        (f"{path}:1 turn 2", f"{path}:1", "b", {"type": "when", "style": "short"}),
        ("g", "", "", {}),
    ]
    assert read.faults == (Fault(f"{path}:2", "turn 2: the question is 3. Give a text with at least one word."),)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", r"Expecting property name .* at column 2: '\{'\. One JSON object a line"),
        ("[1]", r"'\[1\]' is no JSON object"),
        ("[" * 100_000, r"Nested too deeply: '\[{60}'"),
        ('{"question": ' + "9" * 5000 + "}", "A number has too many digits"),
        ("{}", "there is no 'question'"),
        ('{"question": " "}', "the question is ' '"),
        ('{"question": 7}', "the question is 7"),
        ('{"question": null}', "the question is None"),
        ('{"question": {"text": "a"}}', r"the question is \{'text': 'a'\}"),
        ('{"question": "a\\ud83d"}', r"the question is 'a\\ud83d', with half of a surrogate pair"),
        ('{"question": "a", "answers": "b"}', "'answers' is 'b', not a list of texts"),
        ('{"question": "a", "answers": null}', "'answers' is None, not a list of texts"),
        ('{"question": "a", "answers": [["b"]]}', r"'answers' is \[\['b'\]\], not a list of texts"),
        ('{"question": "a", "answers": ["b", ""]}', "a text of 'answers' is ''"),
        ('{"question": "a", "evidence": [1]}', r"'evidence' is \[1\], not a list of texts"),
        ('{"question": "a", "items": {}}', r"'items' is \{\}, not a list of texts"),
        ('{"question": "a", "answerable": "yes"}', "'answerable' is 'yes'. Give true or false"),
        ('{"question": "a", "answerable": false, "answers": ["b"]}', "'answerable' is false, and there are answers"),
        ('{"question": "a", "needs_context": 1}', "'needs_context' is 1. Give true or false"),
        ('{"question": "a", "id": ["b"]}', r"the id is \['b'\]"),
        ('{"question": "a", "id": true}', "the id is True"),
        ('{"question": "a", "article": 1.5}', "the article is 1.5"),
        ('{"question": "a", "standalone": " "}', "the question written out is ' '"),
        ('{"question": "a", "standalone": 0}', "the question written out is 0"),
        ('{"question": "a", "kind": "\\udc00"}', r"the field 'kind' is '\\udc00'"),
        ('{"question": "a", "places": [1]}', r"'places' is \[1\], not a list of objects"),
        ('{"question": "a", "places": [{}]}', "there is no 'article'"),
        ('{"question": "a", "places": [{"article": "b", "start": true, "end": 2}]}', "'start' is True"),
        ('{"question": "a", "places": [{"article": "b", "start": -1, "end": 2}]}', "'start' is -1"),
        ('{"question": "a", "places": [{"article": "b", "start": 2, "end": 2}]}', "a place is from 2 to 2"),
        ('{"turns": 3}', "'turns' is 3, not a list of objects"),
        ('{"turns": []}', r"'turns' is \[\]"),
        ('{"turns": [3]}', r"'turns' is \[3\], not a list of objects"),
        ('{"turns": [{"turns": []}]}', "turn 1: there is no 'question'"),
        ('{"question": "a", "id": "g"}', r"the id 'g' is that of .*q\.jsonl:1 too"),
        ('{"turns": [{"id": 1, "question": "a"}, {"id": "1", "question": "b"}]}', "the id '1' is that of an earlier"),
    ],
    ids=lambda value: value[:40],
)  # fmt: skip
def test_broken_lines_are_named(tmp_path: Path, line: str, reason: str) -> None:
    """File, line, and what is wrong; the other lines are read, unless every one has to be right."""
    path = written(tmp_path, GOOD, line, "", {**GOOD, "id": "h"})
    read = read_question_set(path)
    assert [question.id for question in read.questions] == ["g", "h"]
    (fault,) = read.faults
    assert fault.place == f"{path}:2"
    with pytest.raises(InputError, match=reason):
        raise InputError(fault.reason)
    with pytest.raises(InputError, match=rf"q\.jsonl:2: .*{reason}"):
        read_question_set(path, strict=True)


def test_faults_are_in_the_order_of_the_file(tmp_path: Path) -> None:
    """An id that stands for an earlier question is one of them; that of a line with a fault is free."""
    path = written(tmp_path, {"id": "h", "question": 1}, GOOD, GOOD, {**GOOD, "id": "h"}, "{")
    read = read_question_set(path)
    assert [question.id for question in read.questions] == ["g", "h"]
    assert [fault.place for fault in read.faults] == [f"{path}:{line}" for line in (1, 3, 5)]
    assert read.faults[1].reason == f"the id 'g' is that of {path}:2 too. Give each question an id of its own."


@given(st.sampled_from(sorted(FULL)), JSON_VALUES, st.booleans())
def test_any_value_of_any_key_is_a_question_or_a_fault(key: str, value: Any, in_turn: bool) -> None:
    """And never another error; what is read can be written to a file."""
    record = {**FULL, key: value}
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), GOOD, {"turns": [record]} if in_turn else record)
        read = read_question_set(path)
        assert [q.origin for q in read.questions[1:]] + [fault.place for fault in read.faults] == [f"{path}:2"]
        assert [fault.reason for fault in read.faults if not is_utf8(fault.reason)] == []
        assert is_utf8(json.dumps([asdict(question) for question in read.questions], ensure_ascii=False))


@given(
    st.builds(
        Question,
        id=TEXTS,
        text=TEXTS | st.sampled_from(HOSTILE),
        answerable=st.just(True),
        answers=st.lists(TEXTS, max_size=3).map(tuple),
        evidence=st.lists(TEXTS | st.sampled_from(HOSTILE), max_size=2).map(tuple),
        items=st.lists(TEXTS, max_size=2).map(tuple),
        standalone=st.just("") | TEXTS,
        places=st.lists(PLACES, max_size=2).map(tuple),
        article=st.just("") | TEXTS,
        fields=st.dictionaries(WORDS.map("f{}".format), WORDS, max_size=3),
    ),
    st.booleans(),
)
def test_a_line_reads_back_to_the_question(question: Question, answerable: bool) -> None:
    """Whatever it holds, but for where it was read."""
    if not answerable:
        question = replace(question, answerable=False, answers=(), places=())
    line = question_line(question)
    assert "\n" not in line
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), line)
        assert read_question_set(path) == QuestionSet((replace(question, origin=f"{path}:1"),))


def test_a_line_says_only_what_is_there() -> None:
    """What every question has, then what this one has."""
    plain = Question("q", "Who—?", False, (), (), (), fields={"kind": "other"})
    assert question_line(plain) == (
        '{"id": "q", "question": "Who—?", "answers": [], "evidence": [], "answerable": false, "kind": "other"}'
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"conversation": "c"}, r"Question 'q' cannot be written\. Give one with an id, no turn"),
        ({"relevant": {"a": 1}}, "without relevant articles"),
        ({"fields": {"answers": "x"}}, "'answers' is 'x', not a list of texts"),
        ({"fields": {"turns": "x"}}, "fields named none of answerable, answers, article, evidence"),
        ({"fields": {"note": "x" * 61}}, "at most 60 characters"),
        ({"id": ""}, "Question '' cannot be written"),
        ({"text": " "}, "Question 'q' cannot be written: the question is ' '"),
        ({"text": "\ud800"}, "half of a surrogate pair"),
        ({"answerable": False}, "'answerable' is false, and there are answers"),
        ({"places": (Place("a", 3, 3),)}, "a place is from 3 to 3"),
    ],
)
def test_a_question_that_no_line_can_hold_is_not_written(changes: dict[str, Any], message: str) -> None:
    """Better an error now than another question later."""
    with pytest.raises(InputError, match=message):
        question_line(replace(Question("q", "Who?", True, ("Ann",), (), ()), **changes))


def test_a_file_without_questions_is_refused(tmp_path: Path) -> None:
    """Blank lines are none; if there are faults the first is named."""
    with pytest.raises(InputError, match=r"q\.jsonl holds no question\. Give"):
        read_question_set(written(tmp_path, "", " ", "\r"))
    with pytest.raises(
        InputError, match=r"holds no question that can be used\. .*\(2\): .*q\.jsonl:1: .*no 'question'"
    ):
        read_question_set(written(tmp_path, "{}", "{"))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Missing, not UTF-8, or not compressed as its name says."""
    with pytest.raises(InputError, match=r"Cannot read .*none\.jsonl: No such file"):
        read_question_set(tmp_path / "none.jsonl")
    (tmp_path / "latin.jsonl").write_bytes('{"question": "é"}'.encode("latin-1"))
    with pytest.raises(InputError, match=r"latin\.jsonl is not UTF-8 text \(byte 14\)"):
        read_question_set(tmp_path / "latin.jsonl")
    whole = gzip.compress(json.dumps(GOOD).encode())
    for name, data in (("plain", b"{}"), ("cut", whole[:-9]), ("torn", whole[:12] + b"\xff" * 9 + whole[21:])):
        (tmp_path / f"{name}.jsonl.gz").write_bytes(data)
        with pytest.raises(InputError, match=rf"Cannot read .*{name}\.jsonl\.gz: .*Give a file made by gzip"):
            read_question_set(tmp_path / f"{name}.jsonl.gz")


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few kilobytes may hold gigabytes, also in several parts; what is as large as allowed is read."""
    monkeypatch.setattr("rag.question_sets.file.LARGEST", 2_000_000)
    line = json.dumps(GOOD).encode()
    path = tmp_path / "q.jsonl.gz"
    path.write_bytes(gzip.compress(line) + gzip.compress(b" " * (2_000_000 - len(line))))
    assert len(read_question_set(path).questions) == 1
    path.write_bytes(path.read_bytes() + gzip.compress(b" " * 50_000_000))
    tracemalloc.start()
    with pytest.raises(InputError, match=r"q\.jsonl\.gz unpacks to more than 2 MB\. .*\(gunzip --keep q\.jsonl\.gz\)"):
        read_question_set(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 10_000_000


@pytest.mark.parametrize("name", ["q.txt", "q", "q.json.zip", "q.gz"])
def test_other_formats_are_refused(tmp_path: Path, name: str) -> None:
    """What is understood is listed."""
    with pytest.raises(InputError, match=rf"{name} is of no known format\. Give \.jsonl or \.ndjson .*BEIR"):
        read_question_set(written(tmp_path, GOOD, name=name))
    with pytest.raises(InputError, match=r"is a folder without corpus\.jsonl and queries\.jsonl"):
        read_question_set(tmp_path)


@pytest.mark.parametrize("name", ["Q.NDJSON", "q.jsonl.gz", "q.JSONL.GZ"])
def test_the_name_tells_the_format(tmp_path: Path, name: str) -> None:
    """In any case, compressed or not, with the byte order mark and the line ends of Windows."""
    data = f"\ufeff{json.dumps(GOOD)}\r\n".encode()
    (tmp_path / name).write_bytes(gzip.compress(data) if name.lower().endswith(".gz") else data)
    assert [question.id for question in read_question_set(tmp_path / name, strict=True).questions] == ["g"]


def test_lines_of_json_end_at_the_first_that_is_broken(tmp_path: Path) -> None:
    """Those before it have been read by then."""
    path = written(tmp_path, '{"a": 1}', "", "{")
    lines = read_json_lines(path)
    assert next(lines) == (f"{path}:1", {"a": 1})
    with pytest.raises(InputError, match=r"q\.jsonl:3: Expecting property name .* at column 2: '\{'"):
        next(lines)
