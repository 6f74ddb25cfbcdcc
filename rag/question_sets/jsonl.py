"""Question sets as JSON lines, each a question or a conversation: the format of Pullquote's own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.errors import InputError
from rag.question_sets.entry import Entry
from rag.question_sets.json_lines import json_lines
from rag.question_sets.question import Fault, Place, Question
from rag.question_sets.value import flag_of, id_of, offset_of, records_of, shown, text_of, texts_of, whole, written

LONGEST_FIELD = 60
"""Characters of a field: what is longer is a remark, and nothing to slice by."""
_ENDINGS = (".jsonl", ".ndjson")
_LISTS = ("answers", "evidence", "items", "places", "turns")
_KEYS = frozenset({"id", "question", "answerable", "standalone", "needs_context", "article", *_LISTS})


def jsonl_entries(path: Path) -> Iterator[Entry]:
    """Read JSON lines.

    A line has `question`, `answers`, `evidence`, `answerable` (by default whether there are answers), for a list
    answer `items`, and if known `id`, `article` (its id) and `places` (`{article, start, end}`); other keys with a
    short text, a number, true or false are fields. A line with `turns` is a conversation, whose turns may have
    `standalone`; they inherit the article and the fields of the line.

    :param path: The file.
    :return: A question, or the turns of a conversation, or a fault for each line.
    :raises InputError: If the file cannot be read.
    """
    for line in json_lines(path):
        if isinstance(line, Fault):
            yield line
            continue
        place, record = line
        try:
            yield (question_of(record, place),) if record.get("turns") is None else _conversation(record, place)
        except InputError as error:
            yield Fault(place, str(error))


def question_of(record: Mapping[str, Any], place: str, name: str = "", conversation: str = "") -> Question:
    """Make a question of a record.

    :param record: See `jsonl_entries`.
    :param place: Where it stands.
    :param name: The id of a record without one; by default its place.
    :param conversation: What names the conversation that it is a turn of.
    :return: The question.
    :raises InputError: If something is missing, of a wrong type, or at odds; the message does not name the place.
    """
    answers, places = texts_of(record, "answers"), tuple(map(_place, records_of(record, "places")))
    answerable = flag_of(record, "answerable", bool(answers or places))
    if (answers or places) and not answerable:
        raise InputError("'answerable' is false, and there are answers. Take out one of the two.")
    return Question(
        id=id_of(record, "id", name or place),
        text=text_of(record, "question"),
        answerable=answerable,
        answers=answers,
        evidence=texts_of(record, "evidence"),
        items=texts_of(record, "items"),
        conversation=conversation,
        standalone=_standalone(record),
        places=places,
        article=id_of(record, "article", ""),
        fields=_fields(record),
        origin=place,
    )


def check_output(path: Path) -> None:
    """Refuse a file that no question set can be written to, before anybody has worked on it.

    :param path: The file.
    :raises InputError: If it has another ending, or its folder is missing.
    """
    if path.suffix.lower() not in _ENDINGS:
        raise InputError(f"{path} does not end in .jsonl. Give a file that does: its lines are JSON.")
    if not path.parent.is_dir() or path.is_dir():
        raise InputError(f"Cannot write {path}: no such folder, or a folder itself. Give a file in a writable folder.")


def question_line(question: Question) -> str:
    """Write a question that is no turn of a conversation.

    :param question: The question.
    :return: A line of JSON, without its end, that reads back to an equal question but for its origin.
    :raises InputError: If there is no such line.
    """
    known: dict[str, Any] = {
        "id": question.id,
        "question": question.text,
        "answers": question.answers,
        "evidence": question.evidence,
        "answerable": question.answerable,
        "items": question.items,
        "standalone": question.standalone,
        "article": question.article,
        "places": [asdict(place) for place in question.places],
    }
    needed = {"id", "question", "answers", "evidence", "answerable"}
    record = {key: value for key, value in known.items() if value or key in needed}
    line = json.dumps({**record, **question.fields}, ensure_ascii=False)
    try:
        back = question_of(json.loads(line), question.origin, "none")
    except InputError as error:
        raise InputError(f"Question {shown(question.id)} cannot be written: {error}") from error
    # What cannot be written is told here, not by whoever reads the line.
    if back != question:
        raise InputError(
            f"Question {shown(question.id)} cannot be written. Give one with an id, no turn, without relevant "
            f"articles, its fields named none of {', '.join(sorted(_KEYS))} and of at most {LONGEST_FIELD} characters."
        )
    return line


def _conversation(record: Mapping[str, Any], place: str) -> tuple[Question, ...]:
    turns = records_of(record, "turns")
    if not turns:
        raise InputError("'turns' is []. Give a list of at least one question.")
    shared = {key: value for key, value in record.items() if key == "article" or key not in _KEYS}
    questions = []
    for number, turn in enumerate(turns, start=1):
        try:
            questions.append(question_of({**shared, **turn}, place, f"{place} turn {number}", place))
        except InputError as error:
            raise InputError(f"turn {number}: {error}") from error
    return tuple(questions)


def _place(record: Mapping[str, Any]) -> Place:
    place = Place(text_of(record, "article"), offset_of(record, "start"), offset_of(record, "end"))
    if place.start >= place.end:
        raise InputError(f"a place is from {place.start} to {place.end}. Give an end that is greater than the start.")
    return place


def _fields(record: Mapping[str, Any]) -> dict[str, str]:
    fields = {
        key: value if isinstance(value, str) else json.dumps(value)
        for key, value in record.items()
        if key not in _KEYS and isinstance(value, str | int | float)
    }
    short = {key: value for key, value in fields.items() if len(value) <= LONGEST_FIELD}
    return {whole(key, "a field"): whole(value, f"the field {shown(key)}") for key, value in short.items()}


def _standalone(record: Mapping[str, Any]) -> str:
    value = record.get("standalone")
    text = "" if value in (None, "") else written(value, "the question written out")
    return text if flag_of(record, "needs_context", True) else ""
