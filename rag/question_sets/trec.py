"""Judgements and rankings in the formats of trec_eval, which other tools of retrieval read and write.

A judgement is a line `query 0 document grade`, a line of a ranking `query Q0 document rank score tag`. As trec_eval
does, a ranking goes by its scores and not by its ranks, and of two documents with the same score the one with the
greater id comes first.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TypeVar

from index.errors import InputError
from rag.question_sets.entry import check
from rag.question_sets.file import file_text
from rag.question_sets.question import Fault
from rag.question_sets.value import grade_of, shown, whole

Number = TypeVar("Number", int, float)


def read_qrels(path: Path, strict: bool = False) -> tuple[dict[str, dict[str, int]], tuple[Fault, ...]]:
    """Read judgements.

    :param path: The file; one whose name ends in `.gz` is decompressed.
    :param strict: Whether one fault is enough to refuse it.
    :return: The grade of each judged document by its id, by the id of the query; and the lines that cannot be used.
    :raises InputError: If the file cannot be read or holds no judgement.
    """
    qrels: dict[str, dict[str, int]] = {}
    faults: list[Fault] = []
    for place, line in _lines(path):
        try:
            query, _, document, grade = _cells(line, 4, "query 0 document grade")
            _add(qrels, query, document, grade_of(grade))
        except InputError as error:
            faults.append(Fault(place, str(error)))
    check(path, bool(qrels), faults, strict, "judgement")
    return qrels, tuple(faults)


def read_run(path: Path, strict: bool = False) -> tuple[dict[str, dict[str, float]], tuple[Fault, ...]]:
    """Read rankings.

    :param path: The file; one whose name ends in `.gz` is decompressed.
    :param strict: Whether one fault is enough to refuse it.
    :return: The score of each document by its id, higher is better, by the id of the query; and the lines that cannot
        be used.
    :raises InputError: If the file cannot be read or holds no ranking.
    """
    run: dict[str, dict[str, float]] = {}
    faults: list[Fault] = []
    for place, line in _lines(path):
        try:
            query, _, document, _, score, _ = _cells(line, 6, "query Q0 document rank score tag")
            _add(run, query, document, _score(score))
        except InputError as error:
            faults.append(Fault(place, str(error)))
    check(path, bool(run), faults, strict, "ranking")
    return run, tuple(faults)


def qrels_lines(qrels: Mapping[str, Mapping[str, int]]) -> Iterator[str]:
    """Write judgements.

    :param qrels: The grade of each judged document by its id, by the id of the query.
    :return: Lines without their ends; a query without a document has none.
    :raises InputError: If an id cannot be written.
    """
    for query, grades in qrels.items():
        for document, grade in grades.items():
            yield f"{_word(query)} 0 {_word(document)} {grade:d}"


def run_lines(run: Mapping[str, Mapping[str, float]], tag: str) -> Iterator[str]:
    """Write rankings, the best first.

    :param run: The score of each document by its id, higher is better, by the id of the query.
    :param tag: What made them: one word.
    :return: Lines without their ends, whose scores read back equal; a query without a document has none.
    :raises InputError: If an id or the tag cannot be written, or a score is not a number.
    """
    for query, scores in run.items():
        for rank, document in enumerate(_ranked(query, scores), start=1):
            # repr of a float alone is the shortest text that reads back equal; numpy's is not even a number
            score = repr(float(scores[document]))
            yield f"{_word(query)} Q0 {_word(document)} {rank} {score} {_word(tag)}"


def _ranked(query: str, scores: Mapping[str, float]) -> Iterable[str]:
    for document, score in scores.items():
        if math.isnan(score):
            raise InputError(f"the score of document {shown(document)} for query {shown(query)} is not a number.")
    return sorted(scores, key=lambda document: (scores[document], document), reverse=True)


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(file_text(path).split("\n"), start=1):
        if line.strip():
            yield f"{path}:{number}", line


def _cells(line: str, wanted: int, names: str) -> list[str]:
    cells = line.split()
    if len(cells) != wanted:
        raise InputError(f"{line[:60]!r} has {len(cells)} columns. Give '{names}', with white space between.")
    return cells


def _add(table: dict[str, dict[str, Number]], query: str, document: str, value: Number) -> None:
    documents = table.setdefault(query, {})
    if document in documents:
        raise InputError(f"document {shown(document)} stands under query {shown(query)} before. Take one of them out.")
    documents[document] = value


def _score(text: str) -> float:
    try:
        score = float(text)
    except ValueError:
        score = math.nan
    if math.isnan(score):
        raise InputError(f"the score is {shown(text)}. Give a number.")
    return score


def _word(text: str) -> str:
    """A name that stands as one column, and reads back as it is: a byte order mark may be taken off the first line."""
    if text.split() != [text] or "\ufeff" in text:
        raise InputError(f"{shown(text)} cannot be written as a column. Give an id of one word, without white space.")
    return whole(text, "an id")
