"""A question set that people write: one file, rewritten whole after each change, never lost."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from filelock import FileLock

from index.article import Article
from index.errors import InputError
from rag.annotation.selection import Texts
from rag.files import written
from rag.question_sets.file import file_text
from rag.question_sets.json_lines import json_value
from rag.question_sets.jsonl import LONGEST_FIELD, check_output, question_line, question_of
from rag.question_sets.question import Place, Question
from rag.question_sets.reading import read_question_set
from rag.question_sets.value import whole
from rag.understanding.interpretation import check_question

LONGEST_NOTE = 500
"""Code points."""
_GOLD = ("answers", "evidence", "places", "items", "answerable", "article")


@dataclass(frozen=True, slots=True)
class Written:
    """What a person says of a question.

    :param question: The question.
    :param article: Id of the article that it is asked of.
    :param places: Where its answers stand; none if the article does not answer it.
    :param answerable: Whether the article answers it.
    :param kind: A word to slice results by ('who', 'list'), or nothing.
    :param notes: A remark, or nothing.
    """

    question: str
    article: str
    places: tuple[Place, ...]
    answerable: bool
    kind: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file.

    :param text: As it stands there, so that what is not changed stays as it is.
    :param record: Its JSON.
    """

    text: str
    record: dict[str, Any]

    @property
    def key(self) -> str:
        """Its name on a page: hexadecimal digits, whatever its id is."""
        return sha256(str(self.record.get("id", self.text)).encode("utf-8", errors="replace")).hexdigest()[:16]

    @property
    def is_conversation(self) -> bool:
        """Whether it holds several questions; those are not changed here."""
        return self.record.get("turns") is not None

    @property
    def to_review(self) -> bool:
        """Whether a machine made it and nobody has kept it yet."""
        return self.record.get("source") == "machine" and self.record.get("reviewed") != "yes"


@dataclass(frozen=True, slots=True)
class Annotation:
    """A file of questions about some articles; several pages and processes may change it.

    A lock file lies beside it.

    :param path: The file, of JSON lines; made at the first question.
    :param articles: What is asked about.
    :raises InputError: If it cannot be written, or a line is not a question.
    """

    path: Path
    articles: Sequence[Article]
    texts: Texts = field(init=False)

    def __post_init__(self) -> None:
        """Refuse a file that cannot be continued now, and not at the first question."""
        check_output(self.path)
        object.__setattr__(self, "texts", Texts({article.id: article for article in self.articles}))
        self.lines()

    def lines(self) -> list[Line]:
        """Read the file.

        :return: Its lines in order; none if it is missing or empty.
        :raises InputError: At its first fault.
        """
        if not self.path.exists() or not file_text(self.path).strip():
            return []
        read_question_set(self.path, strict=True)
        # read once for all lines: another process may have written the file since it was found right
        return [_read(text) for text in file_text(self.path).split("\n") if text.strip()]

    def line(self, key: str) -> Line:
        """Find a line.

        :param key: Its key.
        :raises InputError: If it is no longer there.
        """
        return self._found(self.lines(), key)[1]

    def add(self, said: Written) -> str:
        """Add a question.

        :param said: What a person wrote.
        :return: Its id.
        :raises InputError: If something is missing.
        """
        with self._changed() as lines:
            taken = {str(line.record.get("id")) for line in lines}
            # a random name, never used before: a question that was taken out may be put back
            name = next(name for name in iter(lambda: f"person-{token_hex(4)}", "") if name not in taken)
            record = json.loads(question_line(self._question(said, name)))
            lines.append(_line({**record, "source": "person", **_remarks(said)}))
        return name

    def edit(self, key: str, said: Written) -> str:
        """Change a question; what the page does not show of it stays.

        A question whose answers have no exact places keeps them if none are given.

        :param key: Its key.
        :param said: What a person wrote.
        :return: Its id.
        :raises InputError: If something is missing, or the line is no longer there.
        """
        with self._changed() as lines:
            place, line = self._found(lines, key)
            unplaced = line.record.get("answers", []) if said.answerable and not self.places(line) else []
            question = self._question(said, str(line.record.get("id", key)), answered=bool(unplaced))
            new = json.loads(question_line(question))
            gold = {name: new[name] for name in _GOLD if name in new}
            if unplaced and not said.places:
                # the page did not show these answers, so nobody has removed them
                gold = {name: line.record[name] for name in _GOLD if name in line.record} | {"answerable": True}
            elif said.places == self.places(line) and "items" in line.record:
                gold["items"] = line.record["items"]
            rest = {name: value for name, value in line.record.items() if name not in (*_GOLD, "type", "notes")}
            record = {**rest, "id": new["id"], "question": new["question"], **gold}
            reviewed = {"reviewed": "yes"} if line.to_review else {}
            lines[place] = _line({**record, **reviewed, **_remarks(said)})
        return question.id

    def keep(self, key: str) -> None:
        """Accept a question that a machine made.

        :param key: Its key.
        :raises InputError: If it is no longer there.
        """
        with self._changed() as lines:
            place, line = self._found(lines, key)
            lines[place] = _line({**line.record, "reviewed": "yes"})

    def drop(self, key: str) -> tuple[int, Line]:
        """Take a question out.

        :param key: Its key.
        :return: Its place among the lines and the line, for `put_back`.
        :raises InputError: If it is no longer there.
        """
        with self._changed() as lines:
            place, line = self._found(lines, key)
            del lines[place]
        return place, line

    def put_back(self, place: int, line: Line) -> None:
        """Undo that a question was taken out.

        :param place: Its place among the lines.
        :param line: The line.
        """
        with self._changed() as lines:
            if line.key not in {other.key for other in lines}:
                lines.insert(place, line)

    def places(self, line: Line) -> tuple[Place, ...]:
        """Where the answers of a line stand, if it says so and the articles have all of them."""
        given = tuple(Place(one["article"], one["start"], one["end"]) for one in line.record.get("places", ()))
        return given if all(map(self.texts.has, given)) else ()

    def _question(self, said: Written, name: str, answered: bool = False) -> Question:
        check_question(said.question)
        for label, text, most in (("type", said.kind, LONGEST_FIELD), ("note", said.notes, LONGEST_NOTE)):
            if len(whole(text, f"the {label}")) > most:
                raise InputError(f"The {label} has {len(text)} characters. Give at most {most}.")
        if said.answerable and not said.places and not answered:
            raise InputError("No words answer the question. Select them, or tick that the article does not answer it.")
        if not said.answerable and said.places:
            raise InputError("There are right answers, and a tick that there is none. Take out one of the two.")
        if said.article not in self.texts.articles or not all(map(self.texts.has, said.places)):
            raise InputError(f"No article {said.article[:16]!r} with these words is open here. Choose one that is.")
        if len({place.article for place in said.places}) > 1:
            raise InputError("The right answers stand in several articles. Leave those of one.")
        return Question(
            id=name,
            text=said.question.strip(),
            answerable=said.answerable and bool(said.places),
            answers=tuple(dict.fromkeys(map(self.texts.words, said.places))),
            evidence=tuple(dict.fromkeys(map(self.texts.evidence, said.places))),
            items=(),
            places=said.places,
            article=said.places[0].article if said.places else said.article,
        )

    def _found(self, lines: list[Line], key: str) -> tuple[int, Line]:
        for place, line in enumerate(lines):
            if line.key == key and not line.is_conversation:
                return place, line
        raise InputError("This question is no longer in the file. Reload the page to see what is.")

    @contextmanager
    def _changed(self) -> Iterator[list[Line]]:
        """Read the file anew, and write it when the lines were changed without a fault."""
        # a lock object of its own for each call, so that threads exclude each other too
        with FileLock(self.path.with_name(f"{self.path.name}.lock")):
            lines = self.lines()
            yield lines
            with written(self.path) as file:
                file.writelines(f"{line.text}\n" for line in lines)


def _read(text: str) -> Line:
    record = json_value(text)
    if not isinstance(record, dict):
        raise InputError(f"{text[:60]!r} is no JSON object. One JSON object a line.")
    return Line(text, record)


def _line(record: dict[str, Any]) -> Line:
    """Write a record. One that could not be read again is refused: with it, the file could not be opened any more."""
    question_of(record, "the question")
    return Line(json.dumps(record, ensure_ascii=False), record)


def _remarks(said: Written) -> dict[str, str]:
    return {name: text for name, text in (("type", said.kind), ("notes", said.notes)) if text}
