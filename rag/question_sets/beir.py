"""Question sets in the form of BEIR (Thakur et al. 2021): which documents are relevant to a query, and how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.article import Article
from index.errors import InputError
from rag.question_sets.entry import Entry
from rag.question_sets.file import file_text
from rag.question_sets.json_lines import json_lines
from rag.question_sets.question import Fault, Question
from rag.question_sets.value import grade_of, id_of, shown, text_of

_CORPUS, _QUERIES = "corpus.jsonl", "queries.jsonl"
_SPLITS = ("test", "dev", "train")
_HEADER = ["query-id", "corpus-id", "score"]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with an id."""

    place: str
    id: str
    record: Mapping[str, Any]


def is_beir(folder: Path) -> bool:
    """Tell whether a folder holds a corpus and queries."""
    return bool(_file(folder, _CORPUS) and _file(folder, _QUERIES))


def beir_contents(folder: Path) -> tuple[tuple[Article, ...], list[Entry]]:
    """Read a folder with `corpus.jsonl`, `queries.jsonl` and `qrels/test.tsv` (or dev, or train), each also gzipped.

    A document's title and text, a blank line between them, are an article. Documents of the same text are one
    article, with the best of their grades. A query without a document of grade 1 or more is a fault: it cannot be
    judged.

    :param folder: A folder that `is_beir`.
    :return: The articles; and the entries, of the corpus, then of the queries, then of the judgements.
    :raises InputError: If there are no judgements, or a file cannot be read.
    """
    judgements = next((path for split in _SPLITS if (path := _file(folder, f"qrels/{split}.tsv"))), None)
    if judgements is None:
        raise InputError(f"{folder} has no judgements. Give qrels/test.tsv, qrels/dev.tsv or qrels/train.tsv.")
    documents: dict[str, Article] = {}
    entries: list[Entry] = list(_documents(_file(folder, _CORPUS) or folder / _CORPUS, documents))
    queries = list(_identified(_file(folder, _QUERIES) or folder / _QUERIES))
    grades: dict[str, dict[str, int]] = {query.id: {} for query in queries if isinstance(query, _Line)}
    unusable = list(_judge(judgements, grades, documents))
    for query in queries:
        entries.append(query if isinstance(query, Fault) else _entry(query, grades[query.id], documents, judgements))
    return tuple({article.id: article for article in documents.values()}.values()), [*entries, *unusable]


def _file(folder: Path, name: str) -> Path | None:
    return next((path for path in (folder / name, folder / f"{name}.gz") if path.is_file()), None)


def _identified(path: Path) -> Iterator[_Line | Fault]:
    for line in json_lines(path):
        if isinstance(line, Fault):
            yield line
            continue
        place, record = line
        try:
            name = id_of(record, "_id", "")
        except InputError as error:
            yield Fault(place, str(error))
            continue
        yield (
            _Line(place, name, record) if name else Fault(place, "there is no '_id'. Give one that no other line has.")
        )


def _documents(path: Path, documents: dict[str, Article]) -> Iterator[Fault]:
    """Fill in the documents, and tell which lines could not be used."""
    for line in _identified(path):
        if isinstance(line, Fault):
            yield line
            continue
        try:
            if line.id in documents:
                raise InputError("an earlier document has the same _id. Give each one of its own.")
            documents[line.id] = _article(line.record)
        except InputError as error:
            yield Fault(line.place, f"document {shown(line.id)}: {error}")


def _article(record: Mapping[str, Any]) -> Article:
    title, text = record.get("title"), record.get("text")
    title = "" if title is None else title
    for key, value in (("title", title), ("text", text)):
        if not isinstance(value, str):
            raise InputError(f"the {key} is {shown(value)}. Give a text.")
    return Article(f"{title}\n\n{text}" if title else str(text))


def _judge(path: Path, grades: Mapping[str, dict[str, int]], documents: Mapping[str, Article]) -> Iterator[Fault]:
    """Fill in the grades of each query's documents, and tell which lines could not be used."""
    for number, line in enumerate(file_text(path).split("\n"), start=1):
        cells = [cell.strip() for cell in line.split("\t")]
        if not line.strip() or (number == 1 and cells == _HEADER):
            continue
        try:
            if len(cells) != len(_HEADER):
                raise InputError(f"{line[:60]!r} has {len(cells)} cells. Give {', '.join(_HEADER)}, with tabs between.")
            query, document, grade = cells[0], cells[1], grade_of(cells[2])
            if query not in grades:
                raise InputError(f"there is no query {shown(query)} in {_QUERIES} that can be used.")
            if document not in documents:
                raise InputError(f"there is no document {shown(document)} in {_CORPUS} that can be used.")
            if document in grades[query]:
                raise InputError(f"document {shown(document)} was judged for query {shown(query)} before.")
            grades[query][document] = grade
        except InputError as error:
            yield Fault(f"{path}:{number}", str(error))


def _entry(query: _Line, grades: Mapping[str, int], documents: Mapping[str, Article], judgements: Path) -> Entry:
    relevant: dict[str, int] = {}
    for document, grade in grades.items():
        if grade >= 1:
            article = documents[document].id
            relevant[article] = max(grade, relevant.get(article, 0))
    try:
        text = text_of(query.record, "text")
        if not grades:
            return Fault(query.place, f"query {shown(query.id)} is not in {judgements}: it is of another split.", True)
        if not relevant:
            raise InputError(f"no document has a grade of 1 or more in {judgements}. Judge one, or take the query out.")
    except InputError as error:
        return Fault(query.place, f"query {shown(query.id)}: {error}")
    return (Question(query.id, text, True, (), (), (), relevant=relevant, origin=query.place),)
