"""A conversation that was exported as Markdown, checked against the articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from index.article import Article
from index.errors import InputError
from rag.answer import BETWEEN, Status
from rag.question_sets.file import file_text
from rag.rendering.export import SEALED, literal, markdown_seal, unescaped
from rag.rendering.wording import OVERVIEW

_ARTICLE = re.compile(r"SHA-256: `([0-9a-f]{64})`")
_SEAL = re.compile(rf"(?P<text>.*)^{SEALED} `(?P<seal>[0-9a-f]{{64}})`\s*", re.DOTALL | re.MULTILINE)
_QUOTATION = re.compile(
    r"> (?P<quote>.*)\n>\n> (?:.* · )?sentence [0-9]+ · characters (?P<start>[0-9]{1,9})–(?P<end>[0-9]{1,9})(?: · .*)?"
)
_WORDS = re.compile(r"[^*\n]*\*\*(?P<words>.*)\*\*")
_MOST_STOPS = 250
"""Places where the words of an answer may be put together: five spans of 48 tokens have no more."""


def check_markdown(path: Path, articles: Sequence[Article]) -> Iterator[str]:
    """Check each quotation, that the words of an answer stand in the sentences below them, and the seal.

    :param path: What `rag.rendering.export.conversation_markdown` wrote.
    :param articles: The articles that it should quote.
    :return: A line for each fault.
    :raises InputError: If the file cannot be read, or is none that was exported.
    """
    whole = _SEAL.fullmatch("\n".join(line.rstrip() for line in file_text(path).splitlines()))
    if whole is None:
        raise InputError(
            f"{path} does not end with '{SEALED} …': no exported conversation, or cut short. Export again."
        )
    by_digest = {article.digest: article for article in articles}
    listed = _ARTICLE.findall(whole["text"])
    faults = [f"article {one[:16]} is not among those given, or has changed" for one in listed if one not in by_digest]
    among = [by_digest[one] for one in listed if one in by_digest]
    for number, turn in enumerate(re.split(r"^## ", whole["text"], flags=re.MULTILINE)[1:], start=1):
        faults += [f"question {number}: {fault}" for fault in _faults(turn.rstrip().split("\n\n"), among)]
    if not faults and markdown_seal(whole["text"]) != whole["seal"]:
        faults.append("something in it was changed since it was written: a question, a place or a title, say")
    yield from faults


def _faults(blocks: Sequence[str], articles: Sequence[Article]) -> Iterator[str]:
    """Check the answer below a question."""
    quotes = []
    for block in blocks:
        if not block.startswith("> "):
            continue
        found = _QUOTATION.fullmatch(block)
        if found is None:
            yield f"{block[:60]!r} names no place"
            continue
        start, end = int(found["start"]), int(found["end"])
        if not any(literal(article.text[start:end]) == found["quote"] for article in articles):
            yield f"characters {start}–{end} are not {unescaped(found['quote'])[:60]!r}"
        quotes.append(unescaped(found["quote"]))
    for block in blocks[1:]:
        said = _WORDS.fullmatch(block)
        if said and said["words"] != OVERVIEW and not _made_of(unescaped(said["words"]), quotes):
            yield f"the words {unescaped(said['words'])[:60]!r} are not those of the sentences below them"


def _made_of(words: str, quotes: Sequence[str]) -> bool:
    """Tell whether words are taken from quotations, some from each, in their order."""
    between = BETWEEN[Status.ANSWERED]
    stops = [match.start() for match in re.finditer(re.escape(between), words)]
    if len(stops) > _MOST_STOPS:
        return False
    begins = {0}
    for quote in quotes[:-1]:
        begins = {
            stop + len(between) for start in begins for stop in stops if start < stop and words[start:stop] in quote
        }
    return bool(words) and bool(quotes) and any(words[start:] in quotes[-1] for start in begins)
