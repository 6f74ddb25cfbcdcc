"""Saved answers are re-checked; files are written whole or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from index.article import Article
from index.build import build_index
from index.errors import InputError
from rag.answer import Status, Turn
from rag.answering.assistant import Assistant
from rag.evaluation.verification import check_transcript
from rag.files import written
from rag.rendering.export import conversation_json
from tests.conftest import WordEncoder, last_words

TEXT = Article("Red apples grow in Kent. Green pears fall in Devon.")


@pytest.fixture
def answer() -> dict[str, Any]:
    """An answer with a span and a citation."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(), 0.5)
    return assistant.ask("Where do red apples grow?").to_dict()


def _check(tmp_path: Path, *answers: object, articles: tuple[Article, ...] = (TEXT,)) -> list[str]:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(map(json.dumps, answers)), encoding="utf-8")
    return [fault.removeprefix(f"{tmp_path}/") for fault in check_transcript(path, articles)]


def test_a_true_answer_stands(tmp_path: Path, answer: dict[str, Any]) -> None:
    """As a line and as indented JSON."""
    assert _check(tmp_path, answer, answer) == []
    (tmp_path / "one.json").write_text(json.dumps(answer, indent=2), encoding="utf-8")
    assert list(check_transcript(tmp_path / "one.json", [TEXT])) == []


def test_an_unsure_answer_is_checked_like_a_sure_one(tmp_path: Path, answer: dict[str, Any]) -> None:
    """True and false."""
    unsure = {**answer, "status": "unsure"}
    false = {**unsure, "spans": [{**answer["spans"][0], "text": "Hull"}]}
    assert _check(tmp_path, unsure, false) == [
        "a.jsonl:2: characters 19–23 are 'Kent', not 'Hull'",
        "a.jsonl:2: the text is 'Kent', but what is quoted is 'Hull'",
    ]


def test_a_changed_word_is_named(tmp_path: Path, answer: dict[str, Any]) -> None:
    """Line, offsets and both texts."""
    answer["spans"][0]["text"] = "Hull"
    assert _check(tmp_path, answer) == [
        "a.jsonl:1: characters 19–23 are 'Kent', not 'Hull'",
        "a.jsonl:1: the text is 'Kent', but what is quoted is 'Hull'",
    ]


def test_a_moved_quotation_is_named(tmp_path: Path, answer: dict[str, Any]) -> None:
    """The second line's citation is one character off, and no longer holds its span."""
    moved = json.loads(json.dumps(answer))
    moved["citations"][0]["start"] += 20
    assert _check(tmp_path, answer, moved) == [
        "a.jsonl:2: characters 20–24 are 'ent.', not 'Red apples grow in Kent.'",
        "a.jsonl:2: the span 'Kent' lies in no cited sentence",
    ]


def test_another_article_is_named(tmp_path: Path, answer: dict[str, Any]) -> None:
    """A span and its citation of an article that is not given."""
    faults = _check(tmp_path, answer, articles=(Article("Red apples grew in Kent."),))
    assert faults == [f"a.jsonl:1: article {TEXT.id} is not among those given, or has changed"] * 2


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"text": "9,999,999 people"}, "the text is '9,999,999 people', but what is quoted is 'Kent'"),
        ({"text": "Kent; Kent"}, "the text is 'Kent; Kent', but what is quoted is 'Kent'"),
        ({"text": ""}, "the text is '', but what is quoted is 'Kent'"),
        (
            {"status": "overview"},
            "the text is 'Kent', but what is quoted is 'Red apples grow in Kent.'",
        ),
        ({"status": "not_in_article"}, "an answer that is 'not_in_article' must have no spans and no citations"),
        ({"status": "small_talk"}, "an answer that is 'small_talk' must have no spans and no citations"),
        (
            {"spans": [], "text": ""},
            "an answer that is 'answered' must have spans and citations, and nothing that is closest",
        ),
        (
            {"status": "not_in_article", "spans": [], "citations": [], "text": "Bath"},
            "the text is 'Bath', but nothing is quoted",
        ),
    ],
)
def test_what_is_said_is_what_is_quoted(
    tmp_path: Path, answer: dict[str, Any], changes: dict[str, Any], fault: str
) -> None:
    """In a line, in indented JSON and in an exported conversation."""
    changed = {**answer, **changes}
    assert _check(tmp_path, answer, changed) == [f"a.jsonl:2: {fault}"]
    path = tmp_path / "c.json"
    path.write_text(json.dumps(changed, indent=2), encoding="utf-8")
    assert list(check_transcript(path, [TEXT])) == [f"{path}:1: {fault}"]
    record = json.loads(_conversation())
    record["turns"][0] |= changes
    path.write_text(json.dumps(record), encoding="utf-8")
    assert list(check_transcript(path, [TEXT])) == [f"{path}: turn 1: {fault}"]


def test_an_overview_and_a_list_stand(tmp_path: Path, answer: dict[str, Any]) -> None:
    """As they are really joined; with one word less or in another order they do not."""
    encoder = WordEncoder()
    article = Article(
        "Red apples grow in Kent, where the soil is deep. Green pears fall in Devon, where the wind is high."
    )
    assistant = Assistant(build_index([article], encoder), encoder, last_words(), 0.5)
    about = assistant.ask("What is this article about?").to_dict()
    assert (about["status"], len(about["citations"])) == ("overview", 2)
    twice = {name: answer[name] * 2 for name in ("spans", "citations")}
    listed = {**answer, **twice, "text": "Kent; Kent"}
    unsure = {**listed, "status": "unsure"}
    assert _check(tmp_path, about, listed, unsure, articles=(article, TEXT)) == []
    assert _check(tmp_path, {**unsure, "text": "Kent"}) == [
        "a.jsonl:1: the text is 'Kent', but what is quoted is 'Kent; Kent'"
    ]
    turned = {**about, "citations": about["citations"][::-1]}
    (fault,) = _check(tmp_path, turned, articles=(article,))
    assert fault.startswith("a.jsonl:1: the text is 'Red apples grow in Kent, where")


def test_competing_words_are_checked(tmp_path: Path, answer: dict[str, Any]) -> None:
    """They stand in the article, and in one of the closest sentences."""
    refused = {
        **answer,
        **{"status": "not_in_article", "text": "", "spans": [], "citations": []},
        **{"competing": answer["spans"], "closest": answer["citations"]},
    }
    assert _check(tmp_path, refused) == []
    changed = {**refused, "competing": [{**answer["spans"][0], "text": "Bath"}]}
    assert _check(tmp_path, changed) == ["a.jsonl:1: characters 19–23 are 'Kent', not 'Bath'"]
    assert _check(tmp_path, {**refused, "closest": []}) == ["a.jsonl:1: the span 'Kent' lies in no cited sentence"]


def _conversation() -> str:
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(), 0.5)
    asked = ["Where do red apples grow?", "Who was Napoleon?"]
    turns = [Turn(question, assistant.ask(question)) for question in asked]
    talk = replace(turns[1].answer, status=Status.SMALL_TALK, text="You are welcome.", closest=(), reason=None)
    return conversation_json([*turns, Turn("Thanks!", talk)], [TEXT])


def test_an_exported_conversation_stands(tmp_path: Path) -> None:
    """Answer, refusal and small talk; a changed word is named with its turn."""
    path = tmp_path / "c.json"
    path.write_text(_conversation(), encoding="utf-8")
    assert list(check_transcript(path, [TEXT])) == []
    record = json.loads(_conversation())
    assert [turn["status"] for turn in record["turns"]] == ["answered", "not_in_article", "small_talk"]
    record["turns"][1]["closest"][0]["quote"] = "Red apples"
    path.write_text(json.dumps(record), encoding="utf-8")
    found = record["turns"][1]["closest"][0]
    assert list(check_transcript(path, [TEXT])) == [
        f"{path}: turn 2: characters {found['start']}–{found['end']} are "
        f"{TEXT.text[found['start'] : found['end']]!r}, not 'Red apples'"
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": 2}, r"c\.json is a conversation of format 2, .* in format 1\. Export the conversation again"),
        ({"turns": {}}, r"c\.json is a conversation of format 1, with '\{\}' for turns"),
        ({"turns": [{}]}, r"c\.json: turn 1: .*no answer of Pullquote"),
        ({"turns": [3]}, r"c\.json: turn 1: .*no answer of Pullquote"),
        ({"turns": []}, r"c\.json holds no answer"),
    ],
)
def test_a_damaged_conversation_is_refused(tmp_path: Path, changes: dict[str, Any], message: str) -> None:
    """The message names the file, and the turn if it is only one."""
    (tmp_path / "c.json").write_text(json.dumps({**json.loads(_conversation()), **changes}), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        list(check_transcript(tmp_path / "c.json", [TEXT]))


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"spans": [{}], "citations": [], "closest": []},
        {"spans": 3},
        {"spans": [], "citations": [], "closest": [], "competing": [], "text": "", "status": "true"},
        {"spans": [], "citations": [], "closest": [], "competing": [], "text": 3, "status": "not_in_article"},
    ],
)
def test_what_is_no_answer_is_refused(tmp_path: Path, record: dict[str, Any]) -> None:
    """The message names the line."""
    with pytest.raises(InputError, match=r"a\.jsonl:1: .*no answer of Pullquote"):
        _check(tmp_path, record)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """There is nothing to check."""
    with pytest.raises(InputError, match="holds no answer"):
        _check(tmp_path)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """The name is taken only when all went well, and no scratch file stays."""
    path = tmp_path / "out.txt"
    path.write_text("old", encoding="utf-8")
    with pytest.raises(ZeroDivisionError), written(path) as file:
        file.write(f"half {1 / 0}")
    assert {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()} == {"out.txt": "old"}
    with written(path) as file:
        file.write("new")
    assert {p.name: p.read_text(encoding="utf-8") for p in tmp_path.iterdir()} == {"out.txt": "new"}


def test_an_unwritable_file_is_named(tmp_path: Path) -> None:
    """The folder does not exist."""
    with (
        pytest.raises(InputError, match=r"Cannot write .*no/out\.txt: No such file"),
        written(tmp_path / "no" / "out.txt"),
    ):
        pytest.fail("opened")
