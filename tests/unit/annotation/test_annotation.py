"""Questions that people write: places are exact, and nothing in the file is ever lost."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.errors import InputError
from index.sentences import split
from rag.annotation.annotation import Annotation, Line, Written
from rag.annotation.form import SHOWN, Form, answers_markdown, around, lines_markdown, name_of
from rag.annotation.selection import Selection, Texts, code_points
from rag.api.page import create_page_app
from rag.api.settings import ApiSettings
from rag.question_sets.question import Place, QuestionSet
from rag.question_sets.reading import read_question_set
from tests.conftest import HOSTILE

TEXT = Article("Red 🙂 apples grow in Kent.  Green pears do not grow in Kent. \n\nPlums do.")
TEXTS = Texts({TEXT.id: TEXT})
KENT = Place(TEXT.id, 21, 25)
APPLES = Place(TEXT.id, 6, 12)
WHERE = Written("Where do red apples grow?", TEXT.id, (KENT,), True, "where", "easy")
MACHINE = {
    "id": "m", "question": "Who grows?", "answers": ["apples"], "evidence": ["Red 🙂 apples grow in Kent."],
    "answerable": True, "article": TEXT.id, "places": [{"article": TEXT.id, "start": 6, "end": 12}],
    "source": "machine", "template": "who is", "checked": "agrees", "note": "apples", "mine": {"deep": [1]},
}  # fmt: skip
PLAIN = {"id": "p", "question": "Why?", "answers": ["old text"], "evidence": ["old proof"], "items": ["old"], "type": 5}
TALK = {"turns": [{"id": "t", "question": "What do plums do?", "answers": [], "evidence": []}]}


def _kept(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with a machine's question, one whose answers have no places, and a conversation."""
    path = tmp_path / "q.jsonl"
    lines = [json.dumps(MACHINE), "", json.dumps(PLAIN, ensure_ascii=False), json.dumps(TALK, indent=None)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _line(annotation: Annotation, name: str) -> Line:
    return next(line for line in annotation.lines() if line.record.get("id") == name)


def test_the_first_question_makes_the_file(tmp_path: Path) -> None:
    """A line has the words, their places, the sentence that proves them, and who wrote it."""
    annotation = Annotation(tmp_path / "q.jsonl", [TEXT])
    assert annotation.lines() == []
    assert not (tmp_path / "q.jsonl").exists()
    name = annotation.add(WHERE)
    assert re.fullmatch(r"person-[0-9a-f]{8}", name)
    assert annotation.add(Written("Where do figs grow?", TEXT.id, (), False)) != name
    first, second = _kept(tmp_path / "q.jsonl")
    assert first == {
        "id": name, "question": "Where do red apples grow?", "answers": ["Kent"],
        "evidence": ["Red 🙂 apples grow in Kent."], "answerable": True, "article": TEXT.id,
        "places": [{"article": TEXT.id, "start": 21, "end": 25}],
        "source": "person", "type": "where", "notes": "easy",
    }  # fmt: skip
    assert (second["answerable"], second["answers"], second["evidence"]) == (False, [], [])
    assert [one.places for one in read_question_set(tmp_path / "q.jsonl", strict=True).questions] == [(KENT,), ()]


def test_answers_over_two_sentences_are_proved_by_both(tmp_path: Path) -> None:
    """And several right answers each by their own; the same words count once."""
    annotation = Annotation(tmp_path / "q.jsonl", [TEXT])
    across, again = Place(TEXT.id, 21, 33), Place(TEXT.id, 55, 59)
    assert TEXTS.words(across) == "Kent.  Green"
    annotation.add(replace(WHERE, places=(KENT, again, across)))
    (record,) = _kept(tmp_path / "q.jsonl")
    assert record["answers"] == ["Kent", "Kent.  Green"]
    assert record["evidence"] == [
        "Red 🙂 apples grow in Kent.",
        "Green pears do not grow in Kent.",
        "Red 🙂 apples grow in Kent.  Green pears do not grow in Kent.",
    ]


def test_a_change_leaves_all_other_lines_as_they_are(path: Path) -> None:
    """Byte for byte, a conversation and keys that nobody here knows included."""
    before = path.read_text(encoding="utf-8").split("\n")
    annotation = Annotation(path, [TEXT])
    annotation.keep(_line(annotation, "m").key)
    after = path.read_text(encoding="utf-8").split("\n")
    assert json.loads(after[0]) == {**MACHINE, "reviewed": "yes"}
    assert after[1:3] == before[2:4]
    assert not _line(annotation, "m").to_review
    annotation.edit(_line(annotation, "m").key, replace(WHERE, places=(APPLES, KENT)))
    record = _kept(path)[0]
    assert (record["answers"], record["mine"], record["source"]) == (["apples", "Kent"], {"deep": [1]}, "machine")
    assert (record["type"], record["notes"], record["reviewed"]) == ("where", "easy", "yes")
    assert path.read_text(encoding="utf-8").split("\n")[1:3] == before[2:4]
    place, line = annotation.drop(_line(annotation, "m").key)
    assert [one.get("id") for one in _kept(path)] == ["p", None]
    for _ in range(2):
        annotation.put_back(place, line)
        assert [one.get("id") for one in _kept(path)] == ["m", "p", None]


def test_editing_is_a_review(path: Path) -> None:
    """What a person changed needs not be kept as well; an answer can be taken away."""
    annotation = Annotation(path, [TEXT])
    key = _line(annotation, "m").key
    annotation.edit(key, Written("Who?", TEXT.id, (), False))
    record = _kept(path)[0]
    assert (record["question"], record["answers"], record["answerable"]) == ("Who?", [], False)
    assert "places" not in record
    assert record["reviewed"] == "yes"


def test_answers_without_places_survive_an_edit(path: Path) -> None:
    """The page does not show where they stand, so it does not take them away; new ones take their place."""
    annotation = Annotation(path, [TEXT])
    key = _line(annotation, "p").key
    assert Form.of(key, annotation).places == ()
    annotation.edit(key, Written("Why not?", TEXT.id, (), True))
    record = _kept(path)[1]
    plain = {name: value for name, value in PLAIN.items() if name != "type"}
    assert record == {**plain, "question": "Why not?", "answerable": True}
    annotation.edit(key, replace(WHERE, question="Why now?"))
    record = _kept(path)[1]
    assert (record["question"], record["answers"], "items" in record) == ("Why now?", ["Kent"], False)


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (replace(WHERE, question=" "), r"The question ' ' is empty"),
        (replace(WHERE, question="w" * 501), r"has 501 characters; at most 500"),
        (replace(WHERE, places=()), r"No words answer the question\. Select them, or tick"),
        (replace(WHERE, answerable=False), r"There are right answers, and a tick that there is none"),
        (replace(WHERE, article="f" * 16), r"No article 'f{16}' with these words is open here"),
        (replace(WHERE, places=(Place(TEXT.id, 0, 999),)), r"No article '\w{16}' with these words"),
        (replace(WHERE, places=(Place(TEXT.id, 5, 5),)), r"No article '\w{16}' with these words"),
        (replace(WHERE, kind="k" * 61), r"The type has 61 characters\. Give at most 60"),
        (replace(WHERE, notes="n" * 501), r"The note has 501 characters\. Give at most 500"),
        (replace(WHERE, notes="\ud800"), r"the note is '\\ud800', with half of a surrogate pair"),
        (replace(WHERE, question="\ud800"), r"half of a surrogate pair"),
    ],
)
def test_what_is_not_whole_is_not_written(path: Path, said: Written, message: str) -> None:
    """The message says what is missing; the file stays as it was."""
    before = path.read_bytes()
    annotation = Annotation(path, [TEXT])
    with pytest.raises(InputError, match=message):
        annotation.add(said)
    assert path.read_bytes() == before


def test_what_is_gone_is_told(path: Path) -> None:
    """Another page may have dropped it, and a conversation is not changed here."""
    annotation = Annotation(path, [TEXT])
    lines = annotation.lines()
    annotation.drop(lines[0].key)
    for act in (annotation.keep, annotation.drop, annotation.line):
        for key in (lines[0].key, lines[2].key, ""):
            with pytest.raises(InputError, match=r"no longer in the file\. Reload the page"):
                act(key)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("q.csv", None, r"q\.csv does not end in \.jsonl"),
        ("no/q.jsonl", None, r"no such folder"),
        ("q.jsonl", '{"id": "a"}\n', r"q\.jsonl:1: there is no 'question'"),
        ("q.jsonl", '{"question": "Why?", "answers": ["a"], "evidence": []}\n{', r"q\.jsonl:2: "),
        ("q.jsonl", b"\xff", r"q\.jsonl is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_continued_is_refused(
    tmp_path: Path, name: str, content: str | bytes | None, message: str
) -> None:
    """With its first fault, before anybody writes a question."""
    if content is not None:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=message):
        Annotation(tmp_path / name, [TEXT])


def test_a_page_reads_while_another_writes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it shows is one of the files that were there, though another line comes between its two looks at it."""
    annotation = Annotation(path, [TEXT])

    def checked(*given: Any, **more: Any) -> QuestionSet:
        found = read_question_set(*given, **more)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"id": "new", "question": "New?"}) + "\n")
        return found

    monkeypatch.setattr("rag.annotation.annotation.read_question_set", checked)
    assert [line.record.get("id") for line in annotation.lines()] == ["m", "p", None, "new"]


def test_two_pages_lose_nothing(tmp_path: Path) -> None:
    """Each change reads the file anew, under a lock."""
    pages = [Annotation(tmp_path / "q.jsonl", [TEXT]) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        names = list(threads.map(lambda number: pages[number % 4].add(replace(WHERE, notes=str(number))), range(40)))
    kept = _kept(tmp_path / "q.jsonl")
    assert len(set(names)) == 40
    assert sorted(int(one["notes"]) for one in kept) == list(range(40))
    assert {one["id"]: int(one["notes"]) for one in kept} == dict(zip(names, range(40), strict=True))


@given(
    st.lists(st.sampled_from(["Kent 🙂", "e\u0301", "  ", ". ", "A", "\n\n", "🙂", *HOSTILE])).map("".join), st.data()
)
def test_a_selection_is_found_to_the_code_point(text: str, data: st.DataObject) -> None:
    """What a browser counts in UTF-16 from the start of a sentence is the same words in the article."""
    if not text.strip():
        return
    article = Article(text)
    sentences = split(article)
    first = data.draw(st.integers(0, len(sentences) - 1))
    last = data.draw(st.integers(first, len(sentences) - 1))
    start = data.draw(st.integers(sentences[first].start, sentences[first].end - 1))
    end = data.draw(st.integers(max(start + 1, sentences[last].start + 1), sentences[last].end))
    words = article.text[start:end]
    if not words.strip():
        return
    units = [
        len(article.text[sentences[number].start : place].encode("utf-16-le")) // 2
        for number, place in ((first, start), (last, end))
    ]
    message = json.dumps(
        {"article": article.id, "first": first, "start": units[0], "last": last, "end": units[1], "words": words}
    )
    place = Texts({article.id: article}).selected(Selection.parse(message))
    assert article.text[place.start : place.end] == words.strip()
    assert start <= place.start < place.end <= end


@given(st.text(), st.integers(0, 50))
def test_units_become_code_points(text: str, count: int) -> None:
    """Counting back gives the units of whole code points."""
    text = text.encode("utf-8", errors="ignore").decode()
    begin = text[:count]
    assert code_points(text, len(begin.encode("utf-16-le")) // 2) == len(begin)


SELECTED = {"article": TEXT.id, "first": 0, "start": 7, "last": 0, "end": 13, "words": "apples"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"words": "pears"}, r"The article has 'apples' there, not 'pears'\. Select the words again"),
        ({"end": 7}, r"The article has '' there"),
        ({"last": 9}, r"No sentence 10 in the article"),
        ({"article": "none"}, r"No sentence 1 in the article 'none'"),
        ({"start": -1}, r"which is not a selection"),
        ({"start": True}, r"which is not a selection"),
        ({"end": "13"}, r"which is not a selection"),
        ({"words": None}, r"which is not a selection"),
        ({"words": "a" * 10_000}, r"More than 10000 characters are selected"),
    ],
)
def test_a_selection_that_does_not_fit_is_told(change: dict[str, Any], message: str) -> None:
    """The server checks what a page says; nothing is taken on trust."""
    assert TEXTS.selected(Selection.parse(json.dumps(SELECTED))) == APPLES
    with pytest.raises(InputError, match=message):
        TEXTS.selected(Selection.parse(json.dumps({**SELECTED, **change})))


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda more: st.lists(more) | st.dictionaries(st.sampled_from(sorted(SELECTED)), more),
    )
)
def test_whatever_a_page_sends_is_a_selection_or_refused(value: Any) -> None:
    """No other error comes of it."""
    for message in (json.dumps(value), str(value)):
        with pytest.raises(InputError, match="Select"):
            TEXTS.selected(Selection.parse(message))


def test_typed_words_are_looked_for() -> None:
    """White space of any kind; words at several places are offered, and those ticked are taken."""
    form = Form().answered("  apples\ngrow ", TEXT.id, [], TEXTS)
    assert form == Form(places=(Place(TEXT.id, 6, 17),))
    offered = form.answered("Kent", TEXT.id, [], TEXTS)
    again = Place(TEXT.id, 55, 59)
    assert offered == Form(places=form.places, offered=(KENT, again))
    assert [around(place, TEXTS) for place in offered.offered] == [
        "…Red 🙂 apples grow in [Kent].  Green pears do not grow in Kent.   Pl…",
        "…ow in Kent.  Green pears do not grow in [Kent].   Plums do.…",
    ]
    assert offered.answered("Kent", TEXT.id, [name_of(again)], TEXTS) == Form(places=(*form.places, again))
    with pytest.raises(InputError, match=r"None of the places is ticked"):
        offered.answered("Kent", TEXT.id, [], TEXTS)
    with pytest.raises(InputError, match=r"does not have the words 'kent'"):
        form.answered("kent", TEXT.id, [], TEXTS)
    with pytest.raises(InputError, match=r"does not have the words ' '"):
        form.answered(" ", TEXT.id, [], TEXTS)


def test_selected_words_are_taken_from_where_they_were_selected() -> None:
    """Though they stand elsewhere too; once changed in the box they are looked for."""
    message = json.dumps({**SELECTED, "first": 1, "last": 1, "start": 27, "end": 31, "words": "Kent"})
    form = Form().selected(message, TEXTS)
    assert form.answered("Kent ", TEXT.id, [], TEXTS) == Form(places=(Place(TEXT.id, 55, 59),))
    assert form.answered("pears", TEXT.id, [], TEXTS) == Form(places=(Place(TEXT.id, 34, 39),))
    assert Form(places=(KENT, APPLES)).without(0) == Form(places=(APPLES,))


def test_the_lists_show_text_of_others_literally() -> None:
    """In questions, answers, notes, ids and names of files there is no markup but our own."""
    lines = [
        Line("", {"id": text, "question": text, "answers": [text], "evidence": [text], "source": "machine",
                  "checked": text, "note": text})
        for text in HOSTILE
    ]  # fmt: skip
    others = [Line(text, {"id": f"{text}?", "question": text, "answers": []}) for text in HOSTILE]
    article = Article(" ".join(HOSTILE))
    form = Form(places=(Place(article.id, 0, len(article.text)),))
    html = lines_markdown(lines + others, HOSTILE[0]) + answers_markdown(form, Texts({article.id: article}))
    for mark in ("<img", "<svg", "<script", "**", "](", "# h", "$$", "&amp;", "</span></p>"):
        assert mark not in html
    assert "&#60;img src&#61;x onerror&#61;alert&#40;1&#41;&#62;" in html
    keys = {line.key for line in lines + others}
    assert len(keys) == len(HOSTILE) * 2
    for key in keys:
        assert key in html


def test_machine_made_questions_come_first() -> None:
    """With Keep and Drop, the sentence and what the assistant said; a person's the latest first, with Delete."""
    lines = [
        Line("a", {"id": "a", "question": "First?", "answers": ["x"]}),
        Line("b", MACHINE),
        Line("c", TALK),
        Line("d", {"id": "d", "question": "Last?", "answers": []}),
    ]
    html = lines_markdown(lines, "q.jsonl")
    texts = (
        "made by a machine&#58; 1", "Who grows?", "In&#58; Red", "The assistant agrees",
        "Questions in q&#46;jsonl&#58; 3", "Last?", "does not answer this", "A conversation of 1", "First?",
    )  # fmt: skip
    order = [html.index(text) for text in texts]
    assert order == sorted(order)
    assert html.count("#keep-") == html.count("#drop-") == 1
    assert html.count("#delete-") == 2
    many = lines_markdown([Line(str(n), {"question": f"q{n}"}) for n in range(SHOWN + 5)], "q.jsonl")
    assert "<p>5 more are in the file.</p>" in many


def test_the_page_has_the_walls_of_the_chat() -> None:
    """Only our own page may write; nobody may embed it, and nothing but its files is there."""
    client = TestClient(create_page_app(ApiSettings()), base_url="http://127.0.0.1:7860")
    script = client.get("/pullquote/annotate.js")
    assert (script.status_code, script.headers["x-content-type-options"]) == (200, "nosniff")
    for path in ("/gradio_api/queue/join", "/gradio_api/run/predict"):
        assert client.post(path, json={}, headers={"Origin": "https://news.example"}).status_code == 403
    for path in ("/gradio_api/upload", "/openapi.json", "/api/ask", "/docs"):
        assert client.get(path).status_code == 404


@given(st.lists(st.sampled_from(["add", "keep", "drop", "edit", "back"]), max_size=12))
def test_the_file_can_always_be_read(steps: list[str]) -> None:
    """After any row of changes it is a question set without a fault, with the questions that were not dropped."""
    with TemporaryDirectory() as folder:
        annotation = Annotation(Path(folder) / "q.jsonl", [TEXT])
        count, dropped = 0, None
        for step in steps:
            lines = annotation.lines()
            if step == "add":
                annotation.add(WHERE)
                count += 1
            elif step == "back" and dropped:
                annotation.put_back(*dropped)
                count, dropped = count + 1, None
            elif lines and step == "drop" and not dropped:
                dropped = annotation.drop(lines[0].key)
                count -= 1
            elif lines and step == "keep":
                annotation.keep(lines[-1].key)
            elif lines and step == "edit":
                annotation.edit(lines[-1].key, replace(WHERE, places=(APPLES,)))
            found = read_question_set(annotation.path, strict=True).questions if annotation.lines() else ()
            assert len(found) == count
