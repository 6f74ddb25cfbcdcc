"""The door of the question sets: any format that people have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from index.article import Article
from index.errors import InputError
from rag.question_sets.beir import beir_contents, is_beir
from rag.question_sets.entry import Entry, check
from rag.question_sets.jsonl import jsonl_entries
from rag.question_sets.question import Fault, Question, QuestionSet
from rag.question_sets.squad import squad_contents
from rag.question_sets.table import table_entries
from rag.question_sets.value import shown

_JSON_LINES = (".jsonl", ".ndjson")
_TABLES = {".csv": ",", ".tsv": "\t"}


def read_question_set(path: Path, strict: bool = False) -> QuestionSet:
    """Read a question set.

    :param path: A file of JSON lines (.jsonl or .ndjson), of SQuAD's JSON (.json) or of a table (.csv, .tsv), each
        also with .gz; or a folder of BEIR's form.
    :param strict: Whether one fault is enough to refuse it.
    :return: The questions in order, conversations laid out turn by turn; the articles, if it brings them; and a
        fault for whatever could not be used. An id that an earlier question has is one.
    :raises InputError: If it cannot be read, is of another format, or holds no question that can be used.
    """
    articles, entries = _contents(path)
    questions: list[Question] = []
    faults: list[Fault] = []
    origins: dict[str, str] = {}
    for entry in entries:
        fault = entry if isinstance(entry, Fault) else _repeated(entry, origins)
        if fault is not None:
            faults.append(fault)
        elif not isinstance(entry, Fault):
            questions += entry
            origins.update((question.id, question.origin) for question in entry)
    check(path, bool(questions), faults, strict, "question")
    return QuestionSet(tuple(questions), tuple(articles), tuple(faults))


def _contents(path: Path) -> tuple[Sequence[Article], Iterable[Entry]]:
    if path.is_dir():
        if is_beir(path):
            return beir_contents(path)
        raise InputError(
            f"{path} is a folder without corpus.jsonl and queries.jsonl. Give a file, or a folder with both."
        )
    ending = Path(path.name.lower().removesuffix(".gz")).suffix
    if ending in _JSON_LINES:
        return (), jsonl_entries(path)
    if ending == ".json":
        return squad_contents(path)
    if ending in _TABLES:
        return (), table_entries(path, _TABLES[ending])
    raise InputError(
        f"{path} is of no known format. Give .jsonl or .ndjson (one question a line), .json (SQuAD), .csv or .tsv "
        "(with a header), each also with .gz, or a folder with BEIR's corpus.jsonl, queries.jsonl and qrels."
    )


def _repeated(questions: Sequence[Question], origins: Mapping[str, str]) -> Fault | None:
    seen: set[str] = set()
    for question in questions:
        if question.id in origins or question.id in seen:
            first = origins.get(question.id, "an earlier turn")
            return Fault(
                question.origin,
                f"the id {shown(question.id)} is that of {first} too. Give each question an id of its own.",
            )
        seen.add(question.id)
    return None
