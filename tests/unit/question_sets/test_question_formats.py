"""Question sets of others: SQuAD, BEIR, tables; judgements and rankings of trec_eval."""

from __future__ import annotations

import gzip
import json
import math
import tempfile
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.errors import InputError
from rag.question_sets.question import Fault, Place, Question, QuestionSet
from rag.question_sets.reading import read_question_set
from rag.question_sets.trec import qrels_lines, read_qrels, read_run, run_lines
from tests.unit.question_sets.test_questions import JSON_VALUES, is_utf8

# two contexts of one title, of which the second holds letters beyond the first plane
ANN, BOB = " Ann came.\n", "🙂 Bob left. Bob won."
BOTH = Article(f"{ANN}\n\n{BOB}")
BOB_AT = len(ANN) + 2
NESTED: dict[str, Any] = {
    "version": "v2.0",
    "data": [
        {
            "title": "Ann_and_Bob",
            "paragraphs": [
                {"context": ANN, "qas": [
                    {"id": "a", "question": "Who came?", "answers": [{"text": "Ann", "answer_start": 1}]},
                ]},
                {"context": BOB, "qas": [
                    {"id": "b", "question": "Who won?", "is_impossible": False,
                     "answers": [{"text": "Bob", "answer_start": at} for at in (2, 12, 2)]},
                    {"id": "c", "question": "Who lost?", "is_impossible": True, "answers": [],
                     "plausible_answers": [{"text": "Bob", "answer_start": 2}]},
                ]},
            ],
        }
    ],
}  # fmt: skip
FLAT: list[dict[str, Any]] = [
    {"title": "Ann_and_Bob", "context": ANN, "id": "a", "question": "Who came?",
     "answers": [{"text": "Ann", "start": 1}]},
    {"title": "Ann_and_Bob", "context": BOB, "id": "b", "question": "Who won?",
     "answers": {"text": ["Bob", "Bob", "Bob"], "answer_start": [2, 12, 2]}},
    {"title": "Ann_and_Bob", "context": BOB, "id": "c", "question": "Who lost?",
     "answers": {"text": [], "answer_start": []}},
]  # fmt: skip


def squad(folder: Path, value: Any) -> Path:
    """A file of this value."""
    path = folder / "squad.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return path


def beir(folder: Path, corpus: list[Any], queries: list[Any], qrels: list[str], split: str = "test") -> Path:
    """A folder of these lines."""
    (folder / "qrels").mkdir(exist_ok=True)
    for name, records in (("corpus.jsonl", corpus), ("queries.jsonl", queries)):
        (folder / name).write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    lines = ["query-id\tcorpus-id\tscore", *qrels]
    (folder / "qrels" / f"{split}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def table(folder: Path, text: str, name: str = "q.csv") -> Path:
    """A file of this text, its line ends as they are."""
    (folder / name).write_bytes(text.encode())
    return folder / name


@pytest.mark.parametrize(
    ("value", "origins"),
    [
        (NESTED, ["data[0].paragraphs[0].qas[0]", "data[0].paragraphs[1].qas[0]", "data[0].paragraphs[1].qas[1]"]),
        (FLAT, ["[0]", "[1]", "[2]"]),
        ({"data": FLAT}, ["data[0]", "data[1]", "data[2]"]),
    ],
    ids=["nested", "flat", "flat in data"],
)
def test_squad(tmp_path: Path, value: Any, origins: list[str]) -> None:
    """The contexts of a title are one article, in which the answers are found by their offsets."""
    path = squad(tmp_path, value)
    read = read_question_set(path)
    common: dict[str, Any] = {"evidence": (), "items": (), "article": BOTH.id, "fields": {"title": "Ann_and_Bob"}}
    places = (
        (Place(BOTH.id, 1, 4),),
        (Place(BOTH.id, BOB_AT + 2, BOB_AT + 5), Place(BOTH.id, BOB_AT + 12, BOB_AT + 15)),
    )
    assert read == QuestionSet(
        (
            Question("a", "Who came?", True, ("Ann",), places=places[0], origin=f"{path}: {origins[0]}", **common),
            Question("b", "Who won?", True, ("Bob",), places=places[1], origin=f"{path}: {origins[1]}", **common),
            Question("c", "Who lost?", False, (), origin=f"{path}: {origins[2]}", **common),
        ),
        (BOTH,),
    )
    assert {BOTH.text[place.start : place.end] for question in read.questions for place in question.places} == {
        "Ann",
        "Bob",
    }


def test_squad_without_titles_or_ids(tmp_path: Path) -> None:
    """Flat, each context is an article; nested, each entry; the same title later goes on with its article."""
    asked = {"question": "Who?", "answers": []}
    flat = [{**asked, "context": text} for text in (ANN, BOB, ANN)]
    read = read_question_set(squad(tmp_path, flat))
    assert [article.text for article in read.articles] == [ANN, BOB]
    assert [question.article for question in read.questions] == [Article(text).id for text in (ANN, BOB, ANN)]
    assert [question.id for question in read.questions] == [f"{tmp_path / 'squad.json'}: [{n}]" for n in range(3)]
    assert {tuple(question.fields) for question in read.questions} == {()}
    qas = {"qas": [{"question": "Who?", "answers": [{"text": "Bob", "answer_start": 2}]}]}
    entry = {"title": None, "paragraphs": [{"context": ANN, "qas": []}, {"context": BOB, **qas}]}
    named = {"title": "t", "paragraphs": [{"context": BOB, **qas}]}
    read = read_question_set(squad(tmp_path, {"data": [entry, named, {**entry, "title": "t"}, entry]}))
    assert [article.text for article in read.articles] == [BOTH.text, f"{BOB}\n\n{ANN}"]
    assert [question.places[0].start for question in read.questions] == [BOB_AT + 2, 2, 2, BOB_AT + 2]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"answers": [{"text": "Bob", "answer_start": 3}]}, "'Bob' does not stand at character 3 of .*: 'ob ' does"),
        ({"answers": [{"text": "Bob", "answer_start": 10**30}]}, "'' does"),
        ({"answers": [{"text": "Bob", "answer_start": "2"}]}, "'answer_start' is '2'"),
        ({"answers": [{"text": "Bob", "answer_start": True}]}, "'answer_start' is True"),
        ({"answers": [{"text": "Bob"}]}, "'answer_start' is None"),
        ({"answers": [{"text": "", "answer_start": 2}]}, "the text of an answer is ''"),
        ({"answers": [{"text": ["Bob"], "answer_start": 2}]}, r"the text of an answer is \['Bob'\]"),
        ({"answers": ["Bob"]}, r"'answers' is \['Bob'\], not a list of objects"),
        ({"answers": None}, "'answers' is None, not a list of objects"),
        ({"answers": {"text": ["Bob"], "answer_start": []}}, "Give as many offsets in 'answer_start' as texts"),
        ({"answers": {"text": "Bob", "answer_start": 2}}, "Give as many offsets"),
        ({"answers": []}, "there are no answers. Give some, or 'is_impossible': true"),
        ({"is_impossible": True}, "'is_impossible' is true, and there are answers"),
        ({"is_impossible": "no"}, "'is_impossible' is 'no'"),
        ({"question": 5}, "the question is 5"),
        ({"question": None}, "the question is None"),
        ({"id": {}}, r"the id is \{\}"),
        ({"id": "a"}, "the id 'a' is that of .*qas.0. too"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_question_of_squad_with_a_fault_is_named(tmp_path: Path, changes: Mapping[str, Any], reason: str) -> None:
    """By its path in the file and its id; the others stay, and so does the context."""
    value = deepcopy(NESTED)
    value["data"][0]["paragraphs"][1]["qas"][0].update(changes)
    path = squad(tmp_path, value)
    read = read_question_set(path)
    assert ([question.id for question in read.questions], read.articles) == (["a", "c"], (BOTH,))
    place = f"{path}: data[0].paragraphs[1].qas[0]"
    assert [fault.place.split(" (id")[0] for fault in read.faults] == [place]
    with pytest.raises(InputError, match=reason):
        read_question_set(path, strict=True)


def test_the_id_is_named_with_the_place(tmp_path: Path) -> None:
    """As it stands in the file, whatever it is."""
    rows = [{**FLAT[0], "id": name, "answers": None} for name in ("x\n", 7)] + [FLAT[0]]
    assert [fault.place for fault in read_question_set(squad(tmp_path, rows)).faults] == [
        f"{tmp_path / 'squad.json'}: [0] (id 'x\\n')",
        f"{tmp_path / 'squad.json'}: [1] (id 7)",
    ]


def test_flat_rows_have_to_say_that_there_is_no_answer(tmp_path: Path) -> None:
    """An empty list says so; a list that is not there may have been forgotten."""
    asked: dict[str, Any] = {"context": ANN, "question": "Who?"}
    rows = [asked, {**asked, "answers": []}, {**asked, "is_impossible": True}]
    read = read_question_set(squad(tmp_path, rows))
    assert [(question.origin[-3:], question.answerable) for question in read.questions] == [
        ("[1]", False),
        ("[2]", False),
    ]
    assert [fault.reason for fault in read.faults] == [
        "there is no 'answers'. Give a list, with nothing in it if the context does not answer."
    ]


def test_parts_of_squad_with_a_fault_are_named(tmp_path: Path) -> None:
    """What stands in the wrong place is no paragraph, no question, no context."""
    asked = NESTED["data"][0]["paragraphs"][0]["qas"]
    paragraphs = [
        3,
        {"context": ANN},
        {"context": [ANN], "qas": asked},
        {"context": "\ud800", "qas": asked},
        {"context": ANN, "qas": [[], *asked]},
    ]
    path = squad(
        tmp_path, {"data": [[], {"title": 3, "paragraphs": []}, {"paragraphs": {}}, {"paragraphs": paragraphs}]}
    )
    read = read_question_set(path)
    assert ([question.id for question in read.questions], [article.text for article in read.articles]) == (["a"], [ANN])
    assert read.faults == (
        Fault(f"{path}: data[0]", "[] is no object. Give one with 'paragraphs', or 'context' and 'question'."),
        Fault(f"{path}: data[1]", "the title is 3. Give a text with at least one word."),
        Fault(f"{path}: data[2]", "'paragraphs' is {}, not a list."),
        Fault(f"{path}: data[3].paragraphs[0]", "3 is no object. Give one with 'context' and 'qas'."),
        Fault(
            f"{path}: data[3].paragraphs[1]", "'qas' is None. Give a list of questions, with nothing in it for none."
        ),
        Fault(
            f"{path}: data[3].paragraphs[2]",
            f"the context is {[ANN]!r}. Give a text with at least one word. Questions about it that are left out: 1.",
        ),
        Fault(
            f"{path}: data[3].paragraphs[3]",
            "the context is '\\ud800', with half of a surrogate pair. Give both halves, or the letter. "
            "Questions about it that are left out: 1.",
        ),
        Fault(
            f"{path}: data[3].paragraphs[4].qas[0]", "[] is no object. Give one with 'id', 'question' and 'answers'."
        ),
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"squad\.json: Expecting value at column 1: ''\. Give SQuAD's JSON"),
        ('{"data":\n [,', r"Expecting value at line 2, column 3: '.*\[,'"),
        ("[" * 100_000, "Nested too deeply"),
        ("3", r"squad\.json is 3\. Give a list of questions, or an object with SQuAD's list 'data'"),
        ('{"data": {}}', r"squad\.json is \{'data': \{\}\}"),
        ("[]", r"squad\.json holds no question\."),
        ("[1]", r"holds no question that can be used.* \(1\): .*squad\.json: \[0\]: 1 is no object"),
    ],
    ids=lambda value: value[:20],
)
def test_what_is_not_squad_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """Broken JSON, and JSON of something else."""
    (tmp_path / "squad.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_question_set(tmp_path / "squad.json")


PATHS: list[tuple[str | int, ...]] = [
    (), ("data",), ("data", 0), ("data", 0, "title"), ("data", 0, "paragraphs"), ("data", 0, "paragraphs", 1),
    *((("data", 0, "paragraphs", 1, *more)) for more in [("context",), ("qas",), ("qas", 0), ("qas", 0, "id"),
      ("qas", 0, "question"), ("qas", 0, "is_impossible"), ("qas", 0, "answers"), ("qas", 0, "answers", 1),
      ("qas", 0, "answers", 1, "text"), ("qas", 0, "answers", 1, "answer_start")]),
]  # fmt: skip


def replaced(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    """A copy with a new value at a path."""
    if not path:
        return new
    copy = deepcopy(value)
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = new
    return copy


@given(st.sampled_from(PATHS), JSON_VALUES)
def test_any_value_anywhere_in_squad_is_a_set_or_an_error(path: tuple[str | int, ...], new: Any) -> None:
    """The answers of what is read stand where they should."""
    with tempfile.TemporaryDirectory() as folder:
        file = squad(Path(folder), replaced(NESTED, path, new))
        try:
            read = read_question_set(file)
        except InputError as error:
            read = QuestionSet((), (), (Fault("", str(error)),))
    texts = {article.id: article.text for article in read.articles}
    assert all(texts[p.article][p.start : p.end] in q.answers for q in read.questions for p in q.places)
    assert [fault.reason for fault in read.faults if not is_utf8(fault.reason)] == []


@given(
    st.lists(st.tuples(st.sampled_from("tu"), st.text("a🙂\n ", min_size=1).filter(str.strip), st.data()), min_size=1)
)
def test_contexts_stay_as_they_are(rows: list[tuple[str, str, st.DataObject]]) -> None:
    """An offset in a context is an offset in its article, whatever stands before it."""
    asked, wanted = [], []
    for title, context, data in rows:
        start = data.draw(st.integers(0, len(context) - 1))
        text = context[start : data.draw(st.integers(start + 1, len(context)))]
        if text.strip():
            wanted.append(text)
            answers = [{"text": text, "answer_start": start}]
            asked.append(
                {"title": title, "paragraphs": [{"context": context, "qas": [{"question": "Q", "answers": answers}]}]}
            )
    if asked:
        with tempfile.TemporaryDirectory() as folder:
            read = read_question_set(squad(Path(folder), {"data": asked}), strict=True)
        texts = {article.id: article.text for article in read.articles}
        places = [question.places[0] for question in read.questions]
        assert [texts[place.article][place.start : place.end] for place in places] == wanted


DOCUMENTS: list[dict[str, Any]] = [
    {"_id": "d1", "title": "Ann", "text": "Ann came."},
    {"_id": "d2", "title": "", "text": "Bob left.", "metadata": {}},
    {"_id": "d3", "text": "Bob left."},
]
QUERIES: list[dict[str, Any]] = [{"_id": "q1", "text": "Who came?", "metadata": {}}, {"_id": "q2", "text": "Who left?"}]
ANN_ID, BOB_ID = Article("Ann\n\nAnn came.").id, Article("Bob left.").id


def test_beir(tmp_path: Path) -> None:
    """A title is part of its article; documents of the same text are one, with the best of their grades."""
    folder = beir(tmp_path, DOCUMENTS, QUERIES, ["q1\td1\t1", "q1\td2\t0", "q2\td1\t-1", "q2\td2\t1", "q2\td3\t2"])
    common: dict[str, Any] = {"answerable": True, "answers": (), "evidence": (), "items": ()}
    assert read_question_set(folder, strict=True) == QuestionSet(
        (
            Question("q1", "Who came?", relevant={ANN_ID: 1}, origin=f"{folder / 'queries.jsonl'}:1", **common),
            Question("q2", "Who left?", relevant={BOB_ID: 2}, origin=f"{folder / 'queries.jsonl'}:2", **common),
        ),
        (Article("Ann\n\nAnn came."), Article("Bob left.")),
    )
    assert not read_question_set(folder).questions[0].judged


def test_beir_prefers_the_test_set(tmp_path: Path) -> None:
    """Then the development set, then what is for training; each compressed or not."""
    for split, query in (("train", "q1"), ("dev", "q2"), ("test", "q1")):
        folder = beir(tmp_path, DOCUMENTS, QUERIES, [f"{query}\td1\t1"], split)
        assert [question.id for question in read_question_set(folder).questions] == [query]
    for name in ("corpus.jsonl", "queries.jsonl", "qrels/test.tsv"):
        (folder / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
        (folder / name).unlink()
    read = read_question_set(folder)
    assert [question.id for question in read.questions] == ["q1"]
    assert read.faults == (
        Fault(
            f"{folder / 'queries.jsonl.gz'}:2",
            f"query 'q2' is not in {folder / 'qrels/test.tsv.gz'}: it is of another split.",
            expected=True,
        ),
    )
    assert read_question_set(folder, strict=True) == read
    for path in (folder / "qrels").iterdir():
        path.unlink()
    with pytest.raises(InputError, match=r"has no judgements\. Give qrels/test\.tsv"):
        read_question_set(folder)


def test_lines_of_beir_with_a_fault_are_named(tmp_path: Path) -> None:
    """Those of the corpus, of the queries, of the judgements."""
    corpus = [
        *DOCUMENTS,
        4,
        {"text": "x"},
        {"_id": [], "text": "x"},
        {"_id": "d1", "text": "x"},
        {"_id": "e", "text": " "},
        {"_id": "f", "title": 0, "text": "x"},
        {"_id": "g", "title": "x"},
        {"_id": "h", "text": "\ud800"},
    ]
    queries = [*QUERIES, {"_id": "q3", "text": 3}, {"_id": "q1", "text": "Again?"}, {"_id": "q4", "text": "Why?"}, {}]
    qrels = ["q1\td1\t1", "q2\td2\t2", "q1\td1\t2", "q9\td1\t1", "q1\te\t1", "q1\td3\tyes", "q1 d3 1", "", "q4\td1\t0"]
    folder = beir(tmp_path, corpus, queries, qrels)
    read = read_question_set(folder)
    assert [(question.id, question.relevant) for question in read.questions] == [
        ("q1", {ANN_ID: 1}),
        ("q2", {BOB_ID: 2}),
    ]
    found = [(Path(fault.place).name, fault.reason) for fault in read.faults]
    wanted = [
        ("corpus.jsonl:4", "'4' is no JSON object"),
        ("corpus.jsonl:5", "there is no '_id'"),
        ("corpus.jsonl:6", "the _id is []"),
        ("corpus.jsonl:7", "document 'd1': an earlier document has the same _id"),
        ("corpus.jsonl:8", "document 'e': The article is empty"),
        ("corpus.jsonl:9", "document 'f': the title is 0. Give a text."),
        ("corpus.jsonl:10", "document 'g': the text is None. Give a text."),
        ("corpus.jsonl:11", "document 'h': The article holds '\\ud800'"),
        ("queries.jsonl:3", "query 'q3': the text is 3"),
        ("queries.jsonl:4", "the id 'q1' is that of"),
        ("queries.jsonl:5", "query 'q4': no document has a grade of 1 or more"),
        ("queries.jsonl:6", "there is no '_id'"),
        ("test.tsv:4", "document 'd1' was judged for query 'q1' before"),
        ("test.tsv:5", "there is no query 'q9' in queries.jsonl that can be used"),
        ("test.tsv:6", "there is no document 'e' in corpus.jsonl that can be used"),
        ("test.tsv:7", "the grade is 'yes'. Give a whole number"),
        ("test.tsv:8", "'q1 d3 1' has 1 cells. Give query-id, corpus-id, score, with tabs between"),
    ]
    assert [(name, reason[: len(start)]) for (name, reason), (_, start) in zip(found, wanted, strict=True)] == wanted


@given(st.sampled_from(["_id", "title", "text"]), JSON_VALUES, st.booleans())
def test_any_value_of_any_key_of_beir_is_a_set_or_an_error(key: str, value: Any, in_corpus: bool) -> None:
    """A document or a query that is left out is a fault, and so is its judgement."""
    corpus, queries = deepcopy(DOCUMENTS), deepcopy(QUERIES)
    (corpus if in_corpus else queries)[0][key] = value
    with tempfile.TemporaryDirectory() as folder:
        read = read_question_set(beir(Path(folder), corpus, queries, ["q1\td1\t1", "q2\td2\t1"]))
    assert [question.id for question in read.questions][-1] == "q2"
    assert len(read.questions) == 2 or read.faults
    assert [fault.reason for fault in read.faults if not is_utf8(fault.reason)] == []


def test_a_table(tmp_path: Path) -> None:
    """As Excel writes it: a byte order mark, capitals, quoted line breaks, empty cells and rows."""
    path = table(
        tmp_path,
        "\ufeffQuestion,answers,Evidence,ANSWERABLE,id,article,items,difficulty,,Remark\r\n"
        '"Who came,\r\nand when?",Ann | Ann Bee,"Ann ""Bee"" came.",TRUE,7,a1,Ann | Bee,hard,0,\r\n'
        ",,,,,,,,,\r\n"
        "\r\n"
        f"Who left?,,,No,,,,,1,{'x' * 61}\r\n"
        "Who won?,,,yes,,,,,2,5\r\n",
    )
    assert read_question_set(path, strict=True).questions == (
        Question("7", "Who came,\r\nand when?", True, ("Ann", "Ann Bee"), ('Ann "Bee" came.',), ("Ann", "Bee"),
                 article="a1", fields={"difficulty": "hard"}, origin=f"{path}:2"),
        Question(f"{path}:6", "Who left?", False, (), (), (), origin=f"{path}:6"),
        Question(f"{path}:7", "Who won?", True, (), (), (), fields={"Remark": "5"}, origin=f"{path}:7"),
    )  # fmt: skip


def test_tabs_and_compression(tmp_path: Path) -> None:
    """A comma is a letter there; the answers alone say that there are some."""
    path = tmp_path / "q.tsv.gz"
    path.write_bytes(gzip.compress(b"question\tanswers\nWho came, then?\tAnn|Bob\nWho left?\t\n"))
    read = read_question_set(path, strict=True).questions
    assert [(q.text, q.answerable, q.answers) for q in read] == [
        ("Who came, then?", True, ("Ann|Bob",)),
        ("Who left?", False, ()),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (",Ann,,", "there is no 'question'"),
        ("Who?,Ann", "the row has 2 cells, the header 4"),
        ("Who?,Ann,,,", "the row has 5 cells, the header 4"),
        ("Who?,Ann,maybe,", "'answerable' is 'maybe'. Give true or false, yes or no, 1 or 0"),
        ("Who?,Ann,0,", "'answerable' is false, and there are answers"),
        ("Who?,,,g", r"the id 'g' is that of .*q\.csv:2 too"),
        ('"Who"?,Ann,,', "',' expected after '\"'. Put a cell that holds quotes in quotes"),
        ("Who?," + "x" * 200_000 + ",,", "field larger than field limit"),
    ],
    ids=lambda value: value[:30],
)
def test_a_row_with_a_fault_is_named(tmp_path: Path, row: str, reason: str) -> None:
    """By the line where it begins; the rows around it are read."""
    path = table(tmp_path, f'question,answers,answerable,id\n"Who\ncame?",Ann,,g\n{row}\nWho left?,Bob,,h\n')
    read = read_question_set(path)
    assert ([question.id for question in read.questions], [fault.place for fault in read.faults]) == (
        ["g", "h"],
        [f"{path}:4"],
    )
    with pytest.raises(InputError, match=rf"q\.csv:4: {reason}"):
        read_question_set(path, strict=True)


def test_a_quote_that_never_ends_is_told(tmp_path: Path) -> None:
    """It swallows the rows after it, and says where it began."""
    path = table(tmp_path, 'question\nWho?\n"Who came?\nWho left?\n')
    read = read_question_set(path)
    assert [question.text for question in read.questions] == ["Who?"]
    assert [(fault.place, fault.reason.split(".")[0]) for fault in read.faults] == [
        (f"{path}:3", "unexpected end of data")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"q\.csv holds no question\."),
        ("question\n\n", r"q\.csv holds no question\."),
        ("q;answers\nWho?;Ann\n", r"q\.csv has no column 'question' but \['q;answers'\]"),
        ("Question, question\n", r"q\.csv has two columns 'question'"),
        ("question,kind,kind\n", r"q\.csv has two columns 'kind'"),
        ('"question" x\n', r"q\.csv:1: ',' expected after '\"'\. Give a header in the first row"),
        ("question\n" + '"', "holds no question that can be used"),
    ],
    ids=lambda value: value[:20],
)
def test_a_table_without_a_header_or_rows_is_refused(tmp_path: Path, text: str, message: str) -> None:
    """What is missing is said."""
    with pytest.raises(InputError, match=message):
        read_question_set(table(tmp_path, text))


@given(st.text('ab,"|\r\n\t 1é', max_size=40))
def test_any_text_after_a_header_is_a_set_or_an_error(text: str) -> None:
    """And what is read has words."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            read = read_question_set(table(Path(folder), f"question,answers,kind\nWho?,,\n{text}"))
        except InputError as error:
            pytest.fail(f"the first row is a question: {error}")
    assert read.questions[0].text == "Who?"
    assert [question.text for question in read.questions if not question.text.strip()] == []


IDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), min_size=1, max_size=6).filter(
    lambda text: text.split() == [text]
)
NUMBERS = st.floats(allow_nan=False) | st.integers(-3, 3).map(float)


def trec(folder: Path, text: str) -> Path:
    """A file of this text, its line ends as they are."""
    (folder / "lines.txt").write_bytes(text.encode())
    return folder / "lines.txt"


def test_judgements_are_read(tmp_path: Path) -> None:
    """Columns go by white space; what cannot be used is named."""
    text = "q1 0 d1 1\nq1\t0\td2 \t -2\r\n\nq2 Q0 d1 3\nq1 0 d1 2\nq1 0 d3\nq1 0 d3 1.5\n"
    path = trec(tmp_path, text)
    qrels, faults = read_qrels(path)
    assert qrels == {"q1": {"d1": 1, "d2": -2}, "q2": {"d1": 3}}
    assert faults == (
        Fault(f"{path}:5", "document 'd1' stands under query 'q1' before. Take one of them out."),
        Fault(f"{path}:6", "'q1 0 d3' has 3 columns. Give 'query 0 document grade', with white space between."),
        Fault(f"{path}:7", "the grade is '1.5'. Give a whole number."),
    )
    with pytest.raises(InputError, match=r"lines\.txt:5: document 'd1' stands under query 'q1' before"):
        read_qrels(path, strict=True)


def test_rankings_are_read(tmp_path: Path) -> None:
    """By their scores; the ranks are not looked at."""
    path = trec(
        tmp_path, "q Q0 a 9 1.5 t\nq Q0 b x 2e3 t\nq Q0 c 1 -inf t\nq Q0 d 1 nan t\nq Q0 e 1 one t\nq Q0 f 1 2\n"
    )
    run, faults = read_run(path)
    assert run == {"q": {"a": 1.5, "b": 2000.0, "c": -math.inf}}
    assert [(fault.place, fault.reason) for fault in faults] == [
        (f"{path}:4", "the score is 'nan'. Give a number."),
        (f"{path}:5", "the score is 'one'. Give a number."),
        (f"{path}:6", "'q Q0 f 1 2' has 5 columns. Give 'query Q0 document rank score tag', with white space between."),
    ]
    with pytest.raises(InputError, match=r"lines\.txt:4: the score is 'nan'"):
        read_run(path, strict=True)


def test_files_without_a_line_are_refused(tmp_path: Path) -> None:
    """So that an empty ranking is not taken for a bad one."""
    with pytest.raises(InputError, match=r"lines\.txt holds no judgement\."):
        read_qrels(trec(tmp_path, "\n"))
    with pytest.raises(
        InputError, match=r"holds no ranking that can be used.* \(1\): .*lines\.txt:1: 'x' has 1 columns"
    ):
        read_run(trec(tmp_path, "x\n"))


def test_a_ranking_is_written_best_first() -> None:
    """Of the same score the greater id comes first, as trec_eval has it; 'd10' is less than 'd9'."""
    run: dict[str, dict[str, float]] = {"q2": {"d9": 0.1, "d10": 0.1, "d2": np.float64(0.5)}, "q1": {"d": 1}, "q3": {}}
    assert list(run_lines(run, "bm25")) == [
        "q2 Q0 d2 1 0.5 bm25",
        "q2 Q0 d9 2 0.1 bm25",
        "q2 Q0 d10 3 0.1 bm25",
        "q1 Q0 d 1 1.0 bm25",
    ]
    assert list(qrels_lines({"q": {"b": 0, "a": 2}})) == ["q 0 b 0", "q 0 a 2"]


@given(
    st.dictionaries(
        IDS, st.dictionaries(IDS, st.integers(-(10**18) + 1, 10**18 - 1), min_size=1), min_size=1, max_size=4
    )
)
def test_judgements_read_back(qrels: dict[str, dict[str, int]]) -> None:
    """As they were."""
    with tempfile.TemporaryDirectory() as folder:
        assert read_qrels(trec(Path(folder), "\n".join(qrels_lines(qrels)))) == (qrels, ())


@given(st.dictionaries(IDS, st.dictionaries(IDS, NUMBERS, min_size=1), min_size=1, max_size=4), IDS)
def test_rankings_read_back(run: dict[str, dict[str, float]], tag: str) -> None:
    """The scores as they were, in the order of the ranking; written again, the lines are the same."""
    lines = list(run_lines(run, tag))
    with tempfile.TemporaryDirectory() as folder:
        read, faults = read_run(trec(Path(folder), "\n".join(lines)))
    assert (read, faults) == (run, ())
    for scores in read.values():
        ranked = [(score, document) for document, score in scores.items()]
        assert ranked == sorted(ranked, reverse=True)
    assert list(run_lines(read, tag)) == lines


@pytest.mark.parametrize("name", ["", "a b", " a", "a\n", "a\u2028b", "a\xa0b", "\ufeffa", "\ud800"])
def test_an_id_that_is_no_column_is_not_written(name: str) -> None:
    """White space would make it two; the message names it."""
    for query, document, tag in ((name, "d", "t"), ("q", name, "t"), ("q", "d", name)):
        with pytest.raises(InputError, match=r"cannot be written|half of a surrogate") as caught:
            list(run_lines({query: {document: 1.0}}, tag))
        assert repr(name) in str(caught.value)
    for query, document in ((name, "d"), ("q", name)):
        with pytest.raises(InputError, match=r"cannot be written|half of a surrogate"):
            list(qrels_lines({query: {document: 1}}))


def test_a_score_that_is_not_a_number_is_not_written() -> None:
    """It has no place in a ranking."""
    with pytest.raises(InputError, match="the score of document 'd' for query 'q' is not a number"):
        list(run_lines({"q": {"c": 1.0, "d": math.nan}}, "t"))
