"""Whatever a file holds, its reader gives what it should, or refuses it in a line: only `InputError` is raised."""

from __future__ import annotations

import gzip
import json
import tempfile
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from index.article import Article, read_article
from index.build import build_index
from index.conversion import MODEL, SETTINGS, TOKENIZER, Settings, converted
from index.errors import InputError
from index.folder import save_index
from index.loading import load_index, stored_articles
from index.manifest import MANIFEST, read_manifest
from index.seal import sealed
from index.stores.packed import pack, unpack
from rag.annotation.annotation import Annotation
from rag.answer import UNSEALED, Turn
from rag.answering.assistant import Assistant
from rag.answering.counts import kept_counts
from rag.chat.starters import starters
from rag.evaluation.comparison import compare
from rag.evaluation.measures import as_asked, estimates
from rag.evaluation.record import Asked, Outcome, Record, Run
from rag.evaluation.saved import growing, read_run
from rag.evaluation.table import failures, tables
from rag.evaluation.verification import check_transcript
from rag.question_sets.question import Place
from rag.question_sets.reading import read_question_set
from rag.question_sets.trec import read_qrels
from rag.question_sets.trec import read_run as read_ranking
from rag.rendering.export import conversation_json, conversation_markdown
from tests.conftest import HOSTILE, ROOT, WordEncoder, last_words
from tests.fuzz.damaged import bytes_of, json_of
from tests.unit.question_sets.test_question_formats import FLAT, NESTED
from tests.unit.question_sets.test_questions import FULL as QUESTION

DOCUMENTS = {path.name: path.read_bytes() for path in sorted((ROOT / "tests/data/documents").glob("article.*"))}
ENCODER = WordEncoder()
TEXT = Article("Red 🙂 apples grow in Kent. Green pears fall in Devon.\n\nPresident Ada Byron saw them in 1952.")
INDEX = build_index([TEXT], ENCODER)
ASSISTANT = Assistant(INDEX, ENCODER, last_words(4), 0.5)
ANSWERS = [ASSISTANT.ask(question) for question in ("Where do red apples grow?", "Who was Napoleon?", "Hello!")]
TURNS = [Turn(answer.question, answer) for answer in ANSWERS]
LINES = "\n".join(json.dumps(one) for one in (QUESTION, {"turns": [QUESTION]})).encode()
TABLE = b'question,answers,answerable,kind\n"Who, then?",Ann | Bob,yes,who\nWhy?,,no,\n'
RECORD = Record(
    id="a", question="Where?", asked=Asked.SINGLE, answerable=True, outcome=Outcome.RIGHT, article=TEXT.id,
    fields={"kind": "where"}, answers=("Kent",), gold=(Place(TEXT.id, 21, 25),), status="answered", text="Kent",
    confidence=0.75, spans=(Place(TEXT.id, 21, 25),), citations=(Place(TEXT.id, 0, 26),), read_by="fast",
    timings_ms={"read": 2.0, "total": 3.0}, values={"f1": 1.0, "evidence@1": 1.0},
)  # fmt: skip
HEADER = {"kind": "pullquote evaluation", "format": 1, "name": "a", "settings": {"reader": "fast"}}


def _read(name: str, data: bytes, read: Callable[[Path], object]) -> None:
    """Read a file of these bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        with suppress(InputError):
            read(path)


@given(bytes_of("\ufeffRed apples.\r\nThey grow.".encode(), b"caf\xe9", "\u200b 🙂".encode(), b""))
def test_articles(data: bytes) -> None:
    """An article is its file's bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        path.write_bytes(data)
        with suppress(InputError):
            text = read_article(path).text
            assert text.encode() == data or data[:2] in (b"\xff\xfe", b"\xfe\xff")


@given(bytes_of(DOCUMENTS["article.md"], b"+++\ntitle = 'A'\n+++\n|a|b|\n|-|-|\n|`c`|d\n\n<p>&amp;![e](f)\n"))
def test_markdown(data: bytes) -> None:
    """By bytes."""
    _read("a.md", data, _shown)


@settings(max_examples=15)  # each in a process of its own
@given(st.sampled_from([name for name in DOCUMENTS if not name.endswith((".md", ".txt"))]), st.data())
def test_documents(name: str, data: st.DataObject) -> None:
    """PDF, HTML, DOCX and EPUB, by bytes."""
    _read(name, data.draw(bytes_of(DOCUMENTS[name])), _shown)


def _shown(path: Path) -> None:
    text = read_article(path).text
    assert all(unicodedata.category(mark) != "Cc" for mark in text.replace("\n", ""))
    assert all(line == " ".join(line.split()) for line in text.split("\n"))


@given(st.sampled_from(["q.jsonl", "q.json", "q.csv", "q.tsv"]), st.data())
def test_question_sets(name: str, data: st.DataObject) -> None:
    """Of each format, packed and not, by bytes."""
    right = {"q.jsonl": [LINES], "q.json": [json.dumps(one).encode() for one in (NESTED, FLAT)]}.get(name, [TABLE])
    made = data.draw(bytes_of(*right))
    _read(name, made, read_question_set)
    _read(f"{name}.gz", gzip.compress(made), read_question_set)
    _read(f"{name}.gz", data.draw(bytes_of(gzip.compress(right[0]))), read_question_set)


@given(bytes_of(pack(INDEX, 0)))
def test_packed_articles(data: bytes) -> None:
    """An article as a store of others keeps it: a change is noticed."""
    with suppress(ValueError):
        assert unpack(data, ENCODER.dimension).article == TEXT


@given(json_of([QUESTION, {"turns": [QUESTION, QUESTION]}]))
def test_json_lines(lines: Any) -> None:
    """By values; what is read can be annotated, or says why not."""
    listed = lines if isinstance(lines, list) else [lines]
    made = "\n".join(map(json.dumps, listed)).encode()
    _read("q.jsonl", made, read_question_set)
    _read("q.jsonl", made, lambda path: Annotation(path, [TEXT]).lines())


@given(json_of(NESTED) | json_of(FLAT))
def test_squad(value: Any) -> None:
    """By values."""
    _read("q.json", json.dumps(value).encode(), read_question_set)


@given(
    json_of({"_id": "d", "title": "Fruit", "text": "Red apples."}),
    json_of({"_id": "q", "text": "Which?"}),
    bytes_of(b"query-id\tcorpus-id\tscore\nq\td\t1\n"),
)
def test_beir(document: Any, query: Any, judgements: bytes) -> None:
    """By values, and the judgements by bytes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "qrels").mkdir()
        (folder / "corpus.jsonl").write_text(json.dumps(document), encoding="utf-8")
        (folder / "queries.jsonl").write_text(json.dumps(query), encoding="utf-8")
        (folder / "qrels" / "test.tsv").write_bytes(judgements)
        with suppress(InputError):
            read_question_set(folder)


@given(bytes_of(b"q 0 d 1\nq 0 e 0\n", b"q Q0 d 1 0.5 tag\nq Q0 e 2 -inf tag\n"))
def test_rankings(data: bytes) -> None:
    """Judgements and rankings of trec_eval."""
    _read("a.qrels", data, read_qrels)
    _read("a.run", data, read_ranking)


@given(json_of([HEADER, [asdict(RECORD)], [asdict(RECORD), asdict(RECORD)]]), st.booleans())
def test_saved_runs(lines: Any, cut: bool) -> None:
    """What is read can be measured, compared and shown; and gone on with, or it says why not."""
    listed = lines if isinstance(lines, list) else [lines]
    made = ("\n".join(map(json.dumps, listed)) + "\n" * (not cut)).encode()
    _read("run.jsonl", made, _measure)

    def go_on(path: Path) -> None:
        with growing(path, "a", {"reader": "fast"}) as file:
            file.write([RECORD])

    _read("run.jsonl", made, go_on)


def _measure(path: Path) -> None:
    run = read_run(path)
    estimates(as_asked(run.records))
    list(failures(run))
    list(tables([run], compare(run, [Run("b", {}, run.records)])))


@given(bytes_of("\n".join(map(json.dumps, [HEADER, [asdict(RECORD)]])).encode() + b"\n"))
def test_saved_runs_by_bytes(data: bytes) -> None:
    """Likewise."""
    _read("run.jsonl", data, read_run)


@given(st.sampled_from(ANSWERS).flatmap(lambda answer: json_of(answer.to_dict())), st.booleans())
def test_saved_answers(answer: Any, seal: bool) -> None:
    """What stands without a fault is the article's: its text, its spans, its citations, also with a new seal."""
    made = sealed(answer, UNSEALED) if seal and isinstance(answer, dict) else answer
    _read("a.jsonl", json.dumps(made).encode(), lambda path: _verify(path, lambda: [made]))


@given(json_of(json.loads(conversation_json(TURNS, [TEXT]))), st.booleans())
def test_saved_conversations(conversation: Any, seal: bool) -> None:
    """Likewise."""
    made = sealed(conversation) if seal and isinstance(conversation, dict) else conversation
    _read("c.json", json.dumps(made, indent=1).encode(), lambda path: _verify(path, lambda: made["turns"]))


def _verify(path: Path, answers: Callable[[], list[Any]]) -> None:
    if list(check_transcript(path, [TEXT])):
        return
    for answer in answers():
        for quoted in (*answer["citations"], *answer["closest"]):
            assert quoted["quote"] == TEXT.text[quoted["start"] : quoted["end"]]
        if answer["status"] in ("answered", "unsure"):
            assert answer["text"] == "; ".join(TEXT.text[span["start"] : span["end"]] for span in answer["spans"])


@given(bytes_of(conversation_markdown(TURNS, [TEXT]).encode()))
def test_shared_conversations(data: bytes) -> None:
    """As Markdown, by bytes."""
    _read("c.md", data, lambda path: list(check_transcript(path, [TEXT])))


@given(st.data(), st.booleans())
def test_manifests(data: st.DataObject, seal: bool) -> None:
    """By values: what loads is the index that was saved, but for what no file proves."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        save_index(INDEX, folder)
        path = folder / MANIFEST
        right = json.loads(path.read_bytes())
        del right["sha256"]
        made = data.draw(json_of(right))
        path.write_text(json.dumps(sealed(made) if seal and isinstance(made, dict) else made), encoding="utf-8")
        for read in (read_manifest, stored_articles):
            with suppress(InputError):
                read(folder)
        with suppress(InputError):
            loaded = load_index(folder, ENCODER)
            assert (loaded.articles, loaded.sentences) == (INDEX.articles, INDEX.sentences)


def _convert(folder: Path) -> Settings:
    for name in (MODEL, TOKENIZER):
        (folder / name).write_text(name, encoding="utf-8")
    return Settings(pad=1, limit=512)


@given(st.data(), st.booleans())
def test_kept_settings_and_questions(data: st.DataObject, seal: bool) -> None:
    """What lies in the cache is as it was, or made anew."""
    with tempfile.TemporaryDirectory() as name:
        cache = Path(name)
        place, settings = converted("a", _convert, cache)
        chosen = list(starters(ASSISTANT, cache / "starters"))
        (kept,) = (cache / "starters").iterdir()
        for path in (place / SETTINGS, kept):
            made = data.draw(json_of(json.loads(path.read_bytes())))
            path.write_text(json.dumps(sealed(made) if seal and isinstance(made, dict) else made), encoding="utf-8")
        _, read = converted("a", _convert, cache)
        assert seal or read == settings
        found = list(starters(ASSISTANT, cache / "starters"))
        assert all((type(one.question), type(one.sentence)) == (str, int) for one in found)
        assert seal or found == chosen


@given(
    bytes_of(b'{"common": ["a"], "kinds": {"Ada": "person"}}', b"[]", b"{}", b'"a"'),
    st.sampled_from(["names", "spelling"]),
)
def test_kept_counts(data: bytes, name: str) -> None:
    """Likewise."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        kept_counts(INDEX, cache, least=0)
        (path,) = cache.rglob(f"{name}.json")
        path.write_bytes(data)
        assert kept_counts(INDEX, cache, least=0).names.of("Ada Byron")[0].text == "Ada Byron"


@given(st.lists(st.text(max_size=30) | st.sampled_from(HOSTILE), min_size=1, max_size=6), st.text(max_size=40))
def test_what_is_exported_verifies(lines: list[str], question: str) -> None:
    """Whatever the article and the question are, as JSON and as Markdown."""
    with suppress(InputError), tempfile.TemporaryDirectory() as folder:
        about = Article("\n".join(lines))
        assistant = Assistant(build_index([about], ENCODER), ENCODER, last_words(4), 0.5)
        asked = (question, lines[0][:400], "What is this article about?")
        turns = [Turn(one, assistant.ask(one)) for one in asked]
        for name, text in (
            ("c.json", conversation_json(turns, [about])),
            ("c.md", conversation_markdown(turns, [about])),
        ):
            path = Path(folder) / name
            path.write_text(text, encoding="utf-8")
            assert list(check_transcript(path, [about])) == []
