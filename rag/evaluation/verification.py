"""Re-check saved answers against the articles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from index.article import Article
from index.errors import InputError
from rag.answer import BETWEEN, Status
from rag.question_sets.json_lines import read_json_lines
from rag.rendering.export import FORMAT


def check_transcript(path: Path, articles: Sequence[Article]) -> Iterator[str]:
    """Check every span, citation and closest sentence of saved answers, and that what they say is what they quote.

    What small talk says is no quotation, so only that it quotes nothing is checked.


    :param path: Answers as JSON lines, one answer as indented JSON, or an exported conversation.
    :param articles: The articles they should quote.
    :return: A line for each quotation that does not stand, naming the place, the offsets and both texts, and for each
        answer that says something else than it quotes.
    :raises InputError: If the file cannot be read or holds something else than answers.
    """
    by_id = {article.id: article for article in articles}
    for place, answer in _answers(path):
        try:
            quoted = [(span, span["text"]) for span in [*answer["spans"], *answer["competing"]]]
            quoted += [(quote, quote["quote"]) for quote in [*answer["citations"], *answer["closest"]]]
            faults = [_fault(record, text, by_id) for record, text in quoted]
            inside = [_uncited(span, answer["citations"]) for span in answer["spans"]]
            inside += [_uncited(span, answer["closest"]) for span in answer["competing"]]
            said = _unquoted(answer)
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{place}: {error!r}: no answer of Pullquote. Give what `pullquote ask` wrote.") from error
        yield from (f"{place}: {fault}" for fault in [*faults, *inside, said] if fault)


def _answers(path: Path) -> list[tuple[str, dict[str, Any]]]:
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError):
        answers = list(read_json_lines(path))
    else:
        answers = _turns(path, whole) if isinstance(whole, dict) and "turns" in whole else [(f"{path}:1", whole)]
    if not answers:
        raise InputError(f"{path} holds no answer. Give what `pullquote ask --batch` wrote.")
    return answers


def _turns(path: Path, conversation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    version, turns = conversation.get("format"), conversation["turns"]
    if version != FORMAT or not isinstance(turns, list):
        raise InputError(
            f"{path} is a conversation of format {version!r}, with {str(turns)[:60]!r} for turns; this version of "
            f"Pullquote reads lists of turns in format {FORMAT}. Export the conversation again."
        )
    return [(f"{path}: turn {number}", turn) for number, turn in enumerate(turns, start=1)]


def _fault(record: dict[str, Any], text: str, by_id: dict[str, Article]) -> str | None:
    article = by_id.get(record["article"])
    if article is None or record.get("article_sha256", article.digest) != article.digest:
        return f"article {record['article']} is not among those given, or has changed"
    start, end = record["start"], record["end"]
    found = article.text[start:end]
    return None if found == text else f"characters {start}–{end} are {found[:60]!r}, not {text[:60]!r}"


def _uncited(span: dict[str, Any], citations: Sequence[dict[str, Any]]) -> str | None:
    inside = any(
        citation["article"] == span["article"] and citation["start"] <= span["start"] and span["end"] <= citation["end"]
        for citation in citations
    )
    return None if inside else f"the span {span['text'][:60]!r} lies in no cited sentence"


def _unquoted(answer: dict[str, Any]) -> str | None:
    """Tell what an answer says besides the words that it quotes."""
    status, text, spans, citations = Status(answer["status"]), answer["text"], answer["spans"], answer["citations"]
    if status in BETWEEN:
        if not spans or not citations or answer["closest"] or answer["competing"]:
            return f"an answer that is {status.value!r} must have spans and citations, and nothing that is closest"
        words = [span["text"] for span in spans]
        if status is Status.OVERVIEW:
            words = [citation["quote"] for citation in citations]
        quoted = BETWEEN[status].join(words)
        return None if text == quoted else f"the text is {text[:60]!r}, but what is quoted is {quoted[:60]!r}"
    if spans or citations:
        return f"an answer that is {status.value!r} must have no spans and no citations"
    if status is Status.NOT_IN_ARTICLE and text:
        return f"the text is {text[:60]!r}, but nothing is quoted"
    return None
