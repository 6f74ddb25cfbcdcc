"""Question sets: JSON lines, each a question or a conversation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputError


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its gold answers.

    :param text: The question.
    :param answerable: Whether the article answers it.
    :param answers: Verbatim variants, any of which is right.
    :param evidence: Stretches of the article that prove it.
    :param items: What a list answer must cover, or nothing.
    :param conversation: Of a turn, what names its conversation; empty for a single question.
    :param standalone: Of a turn that needs its conversation, the question written out; else empty.
    """

    id: str
    text: str
    answerable: bool
    answers: tuple[str, ...]
    evidence: tuple[str, ...]
    items: tuple[str, ...]
    conversation: str = ""
    standalone: str = ""


def read_questions(path: Path) -> list[Question]:
    """Read a question set.

    :param path: JSON lines with `question`, `answers`, `evidence`, `answerable`, and for a list answer
        `items`; a line with `turns` is a conversation, whose turns may have `standalone`.
    :return: The questions in order, conversations laid out turn by turn.
    :raises InputError: If the file is missing or empty, or a line is broken; the message names the line.
    """
    questions = []
    for place, record in read_json_lines(path):
        turns = record.get("turns")
        try:
            if turns is None:
                questions.append(_question(record, place, ""))
            else:
                questions += [_question(turn, place, place) for turn in turns]
        except (KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"{place}: {error!r}. A question needs 'question' (text), 'answers' and 'evidence' (lists of text); "
                "a conversation needs 'turns', a list of such questions."
            ) from error
    if not questions:
        raise InputError(f"{path} holds no question. Give one JSON object a line.")
    return questions


def read_json_lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Read JSON objects, one a line; blank lines are passed over.

    :param path: The file.
    :return: Pairs of 'file:line' and the object.
    :raises InputError: If the file cannot be read or a line is no JSON object.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except OSError as error:
        raise InputError(f"Cannot read {path}: {error.strerror}. Check the path.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                raise InputError(
                    f"{path}:{number}: {error.msg} at column {error.colno}: {line[:60]!r}. One JSON object a line."
                ) from error
            if not isinstance(record, dict):
                raise InputError(f"{path}:{number}: {line[:60]!r} is no JSON object. One JSON object a line.")
            yield f"{path}:{number}", record


def _question(record: dict[str, Any], place: str, conversation: str) -> Question:
    answers = _texts(record, "answers")
    text, standalone = record["question"], record.get("standalone", "")
    for given in (text, standalone or "none"):
        if not isinstance(given, str) or not given.strip():
            raise InputError(f"{place}: the question is {given!r}. Give a text with at least one word.")
    return Question(
        id=str(record.get("id", place)),
        text=text,
        answerable=bool(record.get("answerable", bool(answers))),
        answers=answers,
        evidence=_texts(record, "evidence"),
        items=_texts(record, "items"),
        conversation=conversation,
        standalone=standalone if record.get("needs_context", True) else "",
    )


def _texts(record: dict[str, Any], key: str) -> tuple[str, ...]:
    values = record.get(key, [])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise TypeError(f"{key!r} is {values!r}, not a list of texts")
    return tuple(values)
