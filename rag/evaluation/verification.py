"""Re-check saved answers against the articles: each against the version of its article that it quotes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from index.article import Article
from index.errors import InputError
from index.seal import SEAL, is_whole
from index.sentences import Sentence
from rag.answer import BETWEEN, UNSEALED, Status, quotation
from rag.evaluation.exported_markdown import check_markdown
from rag.evaluation.moved import Moved
from rag.question_sets.file import file_text
from rag.question_sets.json_lines import json_value, read_json_lines
from rag.rendering.export import FORMAT

_CHANGED = "something in it was changed since it was written: the question, the status or a number, say"
_NO_SEAL = f"its seal, {SEAL!r}, was taken away or renamed since it was written"


class _Known:
    """The articles that are given, by what answers call them.

    :param articles: They.
    """

    def __init__(self, articles: Sequence[Article]) -> None:
        self._by_digest = {article.digest: article for article in articles}
        by_name = {article.version: article for article in articles} | {article.id: article for article in articles}
        self._moved = {name: Moved(article) for name, article in by_name.items()}

    def quoted(self, name: str, version: str) -> Article | None:
        """Return a version of an article; None if it is not given, or the name is that of another article.

        :param name: Its id. It may be one that it does not have here, since another index may give it another.
        :param version: Its digest; if it is empty, the name decides.
        """
        if not version:
            return self._moved[name].article if name in self._moved else None
        article = self._by_digest.get(version)
        if article is None or name in (article.id, article.version) or name not in self._moved:
            return article
        return None

    def missing(self, name: str, quoted: Mapping[str, str] | None = None) -> str:
        """Say that a version of an article is not given, and where a sentence of it went.

        :param name: Id of the article.
        :param quoted: The sentence, with what stood around it.
        """
        if name not in self._moved:
            return f"article {name} is not among those given, or has changed"
        if quoted is None or "quote" not in quoted:
            return f"article {name} has changed since"
        where = self._moved[name].told(quoted["quote"], quoted["prefix"], quoted["suffix"])
        return f"article {name} has changed since: {where}"


def check_transcript(path: Path, articles: Sequence[Article]) -> Iterator[str]:
    """Check saved answers: every quotation, that they say what they quote, and that nothing else was changed.

    What articles cannot prove (the question, the status, what small talk says) is told by a seal; files that were
    written before there was one are checked without it.

    :param path: Answers as JSON lines, one answer as indented JSON, or an exported conversation, JSON or Markdown.
    :param articles: The articles they should quote.
    :return: A line for each quotation that does not stand, naming the place, the offsets and both texts, for each
        answer that says something else than it quotes, and for each in which something else was changed.
    :raises InputError: If the file cannot be read or holds something else than answers.
    """
    known = _Known(articles)
    if path.suffix.lower() == ".md":
        yield from (f"{path}: {fault}" for fault in check_markdown(path, articles))
        return
    sound = True
    answers, conversation = _answers(path)
    for place, answer in answers:
        faults = list(_faults(place, answer, known))
        if not faults:
            # answers have had a seal for longer than this key
            faults = _broken_seal(answer, "elsewhere" in answer, UNSEALED)
        sound = sound and not faults
        yield from (f"{place}: {fault}" for fault in faults)
    if conversation is not None:
        faults = list(_unknown(path, conversation, known))
        if sound and not faults:
            faults = _broken_seal(conversation, any(SEAL in answer for _, answer in answers))
        yield from (f"{path}: {fault}" for fault in faults)


def _broken_seal(record: Mapping[str, Any], expected: bool, but: Collection[str] = ()) -> list[str]:
    """Tell whether the seal is broken, or missing where one is expected: files of before have none."""
    if SEAL not in record:
        return [_NO_SEAL] if expected else []
    return [] if is_whole(record, but) else [_CHANGED]


def _faults(place: str, answer: dict[str, Any], known: _Known) -> Iterator[str]:
    try:
        quoted = [*answer["spans"], *answer["competing"], *answer["citations"], *answer["closest"]]
        faults = [_fault(record, _version(record, answer), known) for record in quoted]
        faults += [_uncited(span, answer["citations"]) for span in answer["spans"]]
        faults += [_uncited(span, answer["closest"]) for span in answer["competing"]]
        faults.append(_unquoted(answer))
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise InputError(f"{place}: {error!r}: no answer of Pullquote. Give what `pullquote ask` wrote.") from error
    yield from (fault for fault in faults if fault)


def _answers(path: Path) -> tuple[list[tuple[str, dict[str, Any]]], dict[str, Any] | None]:
    """Read answers, each with its place, and the conversation that they are the turns of, if they are."""
    conversation = None
    try:
        whole = json_value(file_text(path))
    except InputError:
        answers = list(read_json_lines(path))
    else:
        conversation = whole if isinstance(whole, dict) and "turns" in whole else None
        answers = [(f"{path}:1", whole)] if conversation is None else _turns(path, conversation)
    if not answers:
        raise InputError(f"{path} holds no answer. Give what `pullquote ask --batch` wrote.")
    return answers, conversation


def _turns(path: Path, conversation: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    version, turns = conversation.get("format"), conversation["turns"]
    if version != FORMAT or not isinstance(turns, list):
        raise InputError(
            f"{path} is a conversation of format {version!r}, with {str(turns)[:60]!r} for turns; this version of "
            f"Pullquote reads lists of turns in format {FORMAT}. Export the conversation again."
        )
    return [(f"{path}: turn {number}", turn) for number, turn in enumerate(turns, start=1)]


def _unknown(path: Path, conversation: dict[str, Any], known: _Known) -> Iterator[str]:
    """Tell which articles of a conversation are none of those given, or have another title there."""
    try:
        for entry in conversation["articles"]:
            article = known.quoted(entry["id"], entry["sha256"])
            if article is None:
                yield known.missing(entry["id"])
            elif entry["title"] != article.title:
                yield f"the title of article {article.id} is {article.title[:60]!r}, not {str(entry['title'])[:60]!r}"
    except (KeyError, TypeError) as error:
        raise InputError(f"{path}: {error!r}: no conversation of Pullquote. Export the conversation again.") from error


def _version(record: dict[str, Any], answer: dict[str, Any]) -> str:
    """Return the digest of the article that is quoted: words have none of their own, but their sentences do."""
    if "article_sha256" in record:
        return str(record["article_sha256"])
    sentences = [*answer["citations"], *answer["closest"]]
    return next((str(one["article_sha256"]) for one in sentences if one["article"] == record["article"]), "")


def _fault(record: dict[str, Any], version: str, known: _Known) -> str | None:
    article = known.quoted(record["article"], version)
    if article is None:
        # words of a sentence: what happened to it is told once, with the sentence
        return known.missing(record["article"], record) if "quote" in record or not version else None
    start, end = record["start"], record["end"]
    if not 0 <= start < end <= len(article.text):
        return f"characters {start}–{end} are none of the article"
    found, said = article.text[start:end], record["quote"] if "quote" in record else record["text"]
    if found != said:
        return f"characters {start}–{end} are {found[:60]!r}, not {said[:60]!r}"
    if "quote" in record:
        true = asdict(quotation(article, record["sentence"], Sentence(start, end, 0, boilerplate=False)))
        # those of before have no title
        for name in ("prefix", "suffix", "start_utf16", "end_utf16", *(["title"] if "title" in record else [])):
            if record[name] != true[name]:
                return f"the {name} of characters {start}–{end} is {true[name]!r}, not {str(record[name])[:60]!r}"
    return None


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
