"""Saved answers are re-checked; files are written whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from index.article import Article
from index.build import build_index
from index.errors import InputError
from index.seal import sealed
from index.sentences import split
from rag.answer import UNSEALED, Citation, Status, Turn, quotation
from rag.answering.assistant import Assistant
from rag.evaluation.verification import check_transcript
from rag.files import written
from rag.rendering.export import SEALED, conversation_json, conversation_markdown, markdown_seal
from tests.conftest import WordEncoder, last_words

TEXT = Article("Red apples grow in Kent. Green pears fall in Devon.")


@pytest.fixture
def answer() -> dict[str, Any]:
    """An answer with a span and a citation."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(), 0.5)
    return assistant.ask("Where do red apples grow?").to_dict()


def _sealed(answer: dict[str, Any]) -> dict[str, Any]:
    return sealed(answer, UNSEALED)


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
    unsure = _sealed({**answer, "status": "unsure"})
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
    """Once: the span is of the same sentence. So is one whose citation names another article than it quotes."""
    other = Article("Red apples grew in Kent.")
    faults = _check(tmp_path, answer, articles=(other,))
    assert faults == [f"a.jsonl:1: article {TEXT.id} is not among those given, or has changed"]
    forged = json.loads(json.dumps(answer).replace(TEXT.id, other.id).replace(other.id + TEXT.digest[16:], TEXT.digest))
    faults = _check(tmp_path, forged, articles=(TEXT, other))
    assert faults[0].startswith(f"a.jsonl:1: article {other.id} has changed since: ")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("Fruit. Red apples grow in Kent.", "the sentence stands there unchanged, at characters 7–31"),
        (
            "Red apples grow in Kent. No. Red apples grow in Kent. Green pears fall in Devon.",
            "the sentence stands there unchanged, at characters 29–53",
        ),
        ("Fruit. Red apples grew in Kent.", "the sentence now reads 'Red apples grew in Kent.', at characters 7–31"),
        ("Nothing grows there any more.", "the sentence is no longer in it"),
    ],
)
def test_a_sentence_of_a_corrected_article_is_found_again(
    tmp_path: Path, answer: dict[str, Any], text: str, where: str
) -> None:
    """By its words and what stood around them. The answer stands in its own version, whatever its id is there."""
    corrected = Article(text, id=TEXT.id)
    assert _check(tmp_path, answer, articles=(corrected,)) == [
        f"a.jsonl:1: article {TEXT.id} has changed since: {where}"
    ]
    assert _check(tmp_path, answer, articles=(Article(TEXT.text, id="fruit"),)) == []


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
    listed = _sealed({**answer, **twice, "text": "Kent; Kent"})
    unsure = _sealed({**listed, "status": "unsure"})
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
    assert _check(tmp_path, _sealed(refused)) == []
    changed = {**refused, "competing": [{**answer["spans"][0], "text": "Bath"}]}
    assert _check(tmp_path, changed) == ["a.jsonl:1: characters 19–23 are 'Kent', not 'Bath'"]
    assert _check(tmp_path, {**refused, "closest": []}) == ["a.jsonl:1: the span 'Kent' lies in no cited sentence"]


def _turns() -> list[Turn]:
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(), 0.5)
    asked = ["Where do red apples grow?", "Who was Napoleon?"]
    turns = [Turn(question, assistant.ask(question)) for question in asked]
    talk = replace(turns[1].answer, status=Status.SMALL_TALK, text="You are welcome.", closest=(), reason=None)
    return [*turns, Turn("Thanks!", replace(talk, question="Thanks!"))]


def _conversation() -> str:
    return conversation_json(_turns(), [TEXT])


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


def _leaves(record: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The way to each value, but for the times."""
    if isinstance(record, dict | list):
        for key, value in record.items() if isinstance(record, dict) else enumerate(record):
            if key not in UNSEALED:
                yield from _leaves(value, (*path, key))
    else:
        yield path


def _changed(record: Any, path: Sequence[str | int]) -> Any:
    """The same with one value changed."""
    made = json.loads(json.dumps(record))
    *way, last = path
    inner = made
    for key in way:
        inner = inner[key]
    value = inner[last]
    inner[last] = f"{value}s" if isinstance(value, str) else "word" if value is None else value + 1
    return made


def _faults(path: Path, articles: Sequence[Article] = (TEXT,)) -> list[str]:
    try:
        return list(check_transcript(path, articles))
    except InputError as error:
        return [str(error)]


def test_a_change_anywhere_is_found(tmp_path: Path, answer: dict[str, Any]) -> None:
    """In each value of an answer, and of a conversation with an answer, a refusal and small talk."""
    path = tmp_path / "a.json"
    for record in (answer, json.loads(_conversation())):
        path.write_text(json.dumps(record, indent=1), encoding="utf-8")
        assert _faults(path) == []
        ways = list(_leaves(record))
        assert len(ways) > 25
        for way in ways:
            path.write_text(json.dumps(_changed(record, way)), encoding="utf-8")
            assert (way, bool(_faults(path))) == (way, True)


@pytest.mark.parametrize(
    ("key", "value"),
    [("question", "Where do pears fall?"), ("status", "unsure"), ("confidence", 1.0), ("read_by", "a person")],
)
def test_what_articles_cannot_prove_is_sealed(tmp_path: Path, answer: dict[str, Any], key: str, value: object) -> None:
    """An answer of before, without a seal and without what came after it, is checked without it."""
    (fault,) = _check(tmp_path, {**answer, key: value})
    assert fault == (
        "a.jsonl:1: something in it was changed since it was written: the question, the status or a number, say"
    )
    seal = answer.pop("sha256")
    for renamed in ({}, {"sha265": seal}):
        (fault,) = _check(tmp_path, {**answer, **renamed, key: value})
        assert fault == "a.jsonl:1: its seal, 'sha256', was taken away or renamed since it was written"
    del answer["elsewhere"]
    assert _check(tmp_path, {**answer, key: value}) == []


def test_a_conversation_without_its_seal_is_found(tmp_path: Path) -> None:
    """Its answers have theirs."""
    record = json.loads(_conversation())
    path = tmp_path / "c.json"
    del record["sha256"]
    path.write_text(json.dumps({**record, "turns": record["turns"][:1]}), encoding="utf-8")
    assert _faults(path) == [f"{path}: its seal, 'sha256', was taken away or renamed since it was written"]


def test_what_is_nested_too_deeply_is_found(tmp_path: Path, answer: dict[str, Any]) -> None:
    """At any depth that can be read, and in what only the seal covers; a deeper one cannot be read."""
    path = tmp_path / "a.json"
    answer["citations"][0]["sentence"] = "here"
    for depth in range(700, 1000, 20):
        path.write_text(json.dumps(answer).replace('"here"', "[" * depth + "]" * depth), encoding="utf-8")
        try:
            found = _faults(path)
        except InputError as error:
            found = [str(error)]
        (fault,) = found
        assert any(told in fault for told in ("something in it was changed", "Nested too deeply", "no answer of"))


def test_a_key_that_stands_twice_is_refused(tmp_path: Path, answer: dict[str, Any]) -> None:
    """Of the two, another program may read the false one."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(answer).replace('"text": "', '"text": "Bath", "text": "', 1), encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.jsonl:1: The key 'text' stands twice in an object\. Take one of"):
        list(check_transcript(path, [TEXT]))


def test_turns_that_change_their_places_are_found(tmp_path: Path) -> None:
    """Or of which one is gone; each by itself is whole."""
    record = json.loads(_conversation())
    path = tmp_path / "c.json"
    for turns in (record["turns"][::-1], record["turns"][1:]):
        path.write_text(json.dumps({**record, "turns": turns}), encoding="utf-8")
        (fault,) = _faults(path)
        assert fault.startswith(f"{path}: something in it was changed since it was written")


def _shared() -> str:
    return conversation_markdown(_turns(), [TEXT])


def test_exported_markdown_stands(tmp_path: Path) -> None:
    """Also where an editor has written other line ends, and white space at the end."""
    path = tmp_path / "c.md"
    for text in (_shared(), _shared().replace("\n", "\r\n"), _shared().replace("\n\n", "  \n\n") + "\n \n"):
        path.write_bytes(text.encode())
        assert _faults(path) == []


def test_a_change_anywhere_in_markdown_is_found(tmp_path: Path) -> None:
    """In each word; and each by the words that it says, if those are of an article."""
    path, text = tmp_path / "c.md", _shared()
    for word in re.finditer(r"\w+", text):
        path.write_text(f"{text[: word.start()]}Bath{text[word.end() :]}", encoding="utf-8")
        assert (word.group(), bool(_faults(path))) == (word.group(), True)
    for old, new, fault in (
        ("**Kent**", "**Bath**", "question 1: the words 'Bath' are not those of the sentences below them"),
        (
            "> Red apples grow in",
            "> Red apples rot in",
            "question 1: characters 0–24 are not 'Red apples rot in Kent.'",
        ),
        ("characters 0–24", "characters 1–24", "question 1: characters 1–24 are not 'Red apples grow in Kent.'"),
        (TEXT.digest, "0" * 64, "article 0000000000000000 is not among those given, or has changed"),
        ("## Thanks", "## Hello", "something in it was changed since it was written: a question, a place or a title,"),
    ):
        changed = text.replace(old, new, 1)
        body, _, _ = changed.rpartition(f"\n{SEALED}")
        resealed = f"{body}\n{SEALED} `{markdown_seal(body)}`\n"
        for made in (changed,) if "seal" in fault or "since it was" in fault else (changed, resealed):
            path.write_text(made, encoding="utf-8")
            assert _faults(path)[0].startswith(f"{path}: {fault}")


def test_a_list_in_markdown_stands(tmp_path: Path) -> None:
    """Each of its words in its own sentence, in their order."""
    article = Article("Red (apples; not plums) grow in Kent. Green pears; and figs fall in Devon.")
    first, second = (quotation(article, number, one) for number, one in enumerate(split(article)))
    answer = replace(
        _turns()[0].answer,
        text="(apples; not plums); pears; and figs",
        citations=(Citation.of(1, first), Citation.of(2, second)),
    )
    path = tmp_path / "c.md"
    path.write_text(conversation_markdown([Turn("What grows?", answer)], [article]), encoding="utf-8")
    assert _faults(path, [article]) == []
    for text in ("pears; and figs; (apples; not plums)", "(apples; not plums)", "(apples; not plums); and pears"):
        turn = Turn("What grows?", replace(answer, text=text))
        path.write_text(conversation_markdown([turn], [article]), encoding="utf-8")
        (fault,) = _faults(path, [article])
        assert "are not those of the sentences below them" in fault


@pytest.mark.parametrize(
    "words", ["Kent&#9999999;", "**" * 20_000 + "x", "a; " * 2_000], ids=["no character", "stars", "stops"]
)
def test_words_made_to_break_the_check_are_false(tmp_path: Path, words: str) -> None:
    """They raise nothing and take no time."""
    quotes = f"> {words}\n>\n> sentence 1 · characters 0–24\n\n" * 3
    text = _shared().replace("> ", f"{quotes}> ", 1).replace("**Kent**", f"**{words}**", 1)
    path = tmp_path / "c.md"
    path.write_text(text, encoding="utf-8")
    began = perf_counter()
    assert any("characters 0–24 are not" in fault for fault in _faults(path))
    assert perf_counter() - began < 5


@pytest.mark.parametrize("text", ["", "# A\n\n> B", "\ud800", f"{SEALED} `0`"])
def test_what_is_no_exported_markdown_is_refused(tmp_path: Path, text: str) -> None:
    """Or was cut short."""
    path = tmp_path / "c.md"
    path.write_bytes(text.encode(errors="surrogatepass"))
    with pytest.raises(InputError, match=r"c\.md (does not end with 'SHA-256 of all above: …'|is not UTF-8)"):
        list(check_transcript(path, [TEXT]))


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
