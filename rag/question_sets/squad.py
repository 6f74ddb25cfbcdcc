"""Question sets of SQuAD 1.1 and 2.0 (Rajpurkar et al. 2016, 2018), nested as published or flat as often passed on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from index.article import Article
from index.errors import InputError
from rag.question_sets.entry import Entry
from rag.question_sets.file import file_text
from rag.question_sets.json_lines import json_value
from rag.question_sets.question import Fault, Place, Question
from rag.question_sets.value import flag_of, id_of, offset_of, records_of, shown, text_of, written

_BETWEEN = "\n\n"
_Key: TypeAlias = tuple[str, str]
"""What makes contexts one article: a title, or without one the entry, or the context itself."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A context with its questions, each with its place; a flat row is a paragraph with one."""

    place: str
    key: _Key
    title: str
    context: str
    asked: Sequence[tuple[str, Any]]
    flat: bool


def squad_contents(path: Path) -> tuple[tuple[Article, ...], list[Entry]]:
    """Read a JSON file of SQuAD's form.

    Nested, it is `{"data": [{title, paragraphs: [{context, qas: [{id, question, answers, is_impossible}]}]}]}`; flat,
    a list of `{context, question, answers}` with or without `id` and `title`, whose empty answers mean that there is
    none. Answers are a list of `{text, answer_start}` or `{text, start}`, or two lists under `text` and
    `answer_start`; offsets count code points of the context.

    :param path: The file.
    :return: The articles, one a title: its contexts in order, a blank line between them; and the entries.
    :raises InputError: If the file cannot be read or is something else.
    """
    value = _whole(path)
    listed = value.get("data") if isinstance(value, dict) else value
    if not isinstance(listed, list):
        raise InputError(f"{path} is {shown(value)}. Give a list of questions, or an object with SQuAD's list 'data'.")
    name = f"{path}: data" if isinstance(value, dict) else f"{path}: "
    read = [found for number, item in enumerate(listed) for found in _paragraphs(item, f"{name}[{number}]")]
    starts = _starts([found for found in read if isinstance(found, _Paragraph)])
    articles = {key: Article(_BETWEEN.join(contexts)) for key, contexts in starts.items()}
    entries: list[Entry] = []
    for found in read:
        if isinstance(found, Fault):
            entries.append(found)
        else:
            entries += _entries(found, articles[found.key].id, starts[found.key][found.context])
    return tuple({article.id: article for article in articles.values()}.values()), entries


def _whole(path: Path) -> Any:
    text = file_text(path)
    try:
        return json_value(text)
    except InputError as error:
        raise InputError(f"{path}: {error} Give SQuAD's JSON; for one object a line, name it .jsonl.") from error


def _paragraphs(item: Any, place: str) -> Iterator[_Paragraph | Fault]:
    try:
        if not isinstance(item, dict):
            raise InputError(f"{shown(item)} is no object. Give one with 'paragraphs', or 'context' and 'question'.")
        title = "" if item.get("title") in (None, "") else text_of(item, "title")
        if "paragraphs" not in item:
            context = text_of(item, "context")
            key = ("title", title) if title else ("context", context)
            yield _Paragraph(place, key, title, context, [(place, item)], True)
            return
        paragraphs = item["paragraphs"]
        if not isinstance(paragraphs, list):
            raise InputError(f"'paragraphs' is {shown(paragraphs)}, not a list.")
    except InputError as error:
        yield Fault(place, str(error))
        return
    key = ("title", title) if title else ("entry", place)
    for number, paragraph in enumerate(paragraphs):
        yield _nested(paragraph, f"{place}.paragraphs[{number}]", key, title)


def _nested(paragraph: Any, place: str, key: _Key, title: str) -> _Paragraph | Fault:
    if not isinstance(paragraph, dict):
        return Fault(place, f"{shown(paragraph)} is no object. Give one with 'context' and 'qas'.")
    asked = paragraph.get("qas")
    if not isinstance(asked, list):
        return Fault(place, f"'qas' is {shown(asked)}. Give a list of questions, with nothing in it for none.")
    try:
        context = text_of(paragraph, "context")
    except InputError as error:
        return Fault(place, f"{error} Questions about it that are left out: {len(asked)}.")
    placed = [(f"{place}.qas[{number}]", one) for number, one in enumerate(asked)]
    return _Paragraph(place, key, title, context, placed, False)


def _starts(paragraphs: Sequence[_Paragraph]) -> dict[_Key, dict[str, int]]:
    """Where each distinct context of an article begins in it."""
    starts: dict[_Key, dict[str, int]] = {}
    for paragraph in paragraphs:
        contexts = starts.setdefault(paragraph.key, {})
        if paragraph.context not in contexts:
            last = next(reversed(contexts), None)
            contexts[paragraph.context] = 0 if last is None else contexts[last] + len(last) + len(_BETWEEN)
    return starts


def _entries(paragraph: _Paragraph, article: str, start: int) -> Iterator[Entry]:
    for place, record in paragraph.asked:
        if not isinstance(record, dict):
            yield Fault(place, f"{shown(record)} is no object. Give one with 'id', 'question' and 'answers'.")
            continue
        try:
            yield (_question(paragraph, record, place, article, start),)
        except InputError as error:
            named = f" (id {shown(record['id'])})" if "id" in record else ""
            yield Fault(f"{place}{named}", str(error))


def _question(paragraph: _Paragraph, record: Mapping[str, Any], place: str, article: str, start: int) -> Question:
    # Checked here, once for each question: an answer that does not stand where it should makes gold that is wrong.
    answers = _answers(record, paragraph.context)
    impossible = flag_of(record, "is_impossible", paragraph.flat and not answers)
    if impossible and answers:
        raise InputError("'is_impossible' is true, and there are answers. Take out one of the two.")
    if not impossible and not answers:
        raise InputError("there are no answers. Give some, or 'is_impossible': true.")
    return Question(
        id=id_of(record, "id", place),
        text=text_of(record, "question"),
        answerable=not impossible,
        answers=tuple(dict.fromkeys(text for text, _ in answers)),
        evidence=(),
        items=(),
        places=tuple(dict.fromkeys(Place(article, start + at, start + at + len(text)) for text, at in answers)),
        article=article,
        fields={"title": paragraph.title} if paragraph.title else {},
        origin=place,
    )


def _answers(record: Mapping[str, Any], context: str) -> list[tuple[str, int]]:
    """The answers and their offsets in the context, checked."""
    if "answers" not in record:
        if record.get("is_impossible") is True:
            return []
        raise InputError("there is no 'answers'. Give a list, with nothing in it if the context does not answer.")
    answers = []
    for answer in _listed(record):
        text = written(answer.get("text"), "the text of an answer")
        at = offset_of(answer, "start" if "start" in answer else "answer_start")
        there = context[at : at + len(text)]
        if there != text:
            raise InputError(
                f"the answer {shown(text)} does not stand at character {at} of its context: {shown(there)} does. "
                "Give its offset in code points."
            )
        answers.append((text, at))
    return answers


def _listed(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers as a list, if they are two parallel ones."""
    answers = record["answers"]
    if not isinstance(answers, dict):
        return records_of(record, "answers")
    texts, starts = answers.get("text"), answers.get("answer_start")
    if not isinstance(texts, list) or not isinstance(starts, list) or len(texts) != len(starts):
        raise InputError(f"'answers' is {shown(answers)}. Give as many offsets in 'answer_start' as texts in 'text'.")
    return [{"text": text, "start": start} for text, start in zip(texts, starts, strict=True)]
