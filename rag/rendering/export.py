"""A conversation as a file: Markdown to read and share, JSON for programs. `pullquote verify` checks both again.

Articles and questions are hostile input here too. But a file is read as source as often as rendered, so marks are
escaped only where some Markdown renderer may see a meaning in them, by a backslash where every renderer knows it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256

from index.article import Article
from index.errors import InputError
from index.hidden import visible
from index.seal import sealed
from rag.answer import Answer, Citation, Quotation, Status, Turn
from rag.rendering.fragment import text_fragment
from rag.rendering.wording import CLOSEST, OVERVIEW, doubt, missing, refusal_with_reason, where

FORMAT = 1
"""Version of the JSON."""
SEALED = "SHA-256 of all above:"
"""Begins the last line of the Markdown."""
_MARK = re.compile(
    r"""^[^\W_]+\.           # '1.' and 'a.' begin a list
      | [\\`*_{}\[\]()\#+]
      | -(?!\w)              # a hyphen, but for one before a word
      | \.(?=\S)             # a full stop, but for one at the end of a sentence: 'www.example.com'
      | :(?=\S) | ^:         # likewise a colon: 'https://', ':smile:'
      | [&<>~^|=$@]
    """,
    re.VERBOSE,
)
_BACKSLASHED = frozenset(r"\`*_{}[]()#+-.")
_ESCAPED = re.compile(r"\\(?P<mark>[\\`*_{}\[\]()#+.-])|&#(?P<number>[0-9]{1,3});")
_NOT_IN_ADDRESS = re.compile(r"[^\w:/?#=%.,~-]")


def conversation_markdown(turns: Sequence[Turn], articles: Sequence[Article]) -> str:
    """Write a conversation as Markdown.

    Each article is a heading with its digest and its address, each question a heading. Below it stand the words of
    the answer, behind their doubt if they are unsure, and the cited sentences, with their places and, for an article
    with an address, a link that opens its page at the sentence. The last line seals all above it.

    :param turns: The conversation.
    :param articles: The articles it is about.
    :return: Markdown without HTML; all text of others is escaped.
    :raises InputError: If an answer quotes another article.
    """
    by_id = {article.id: article for article in articles}
    blocks = [block for article in articles for block in _article_blocks(article)]
    blocks += [block for turn in turns for block in _turn_blocks(turn, by_id)]
    text = "\n\n".join(blocks)
    return f"{text}\n\n{SEALED} `{markdown_seal(text)}`\n"


def markdown_seal(text: str) -> str:
    """Return a digest of a text that stays the same when an editor writes other line ends, or drops spaces there.

    :param text: All but the last line.
    """
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    return sha256("\n".join(lines).encode()).hexdigest()


def conversation_json(turns: Sequence[Turn], articles: Sequence[Article]) -> str:
    """Write a conversation as JSON.

    :param turns: The conversation.
    :param articles: The articles it is about.
    :return: `format`, `articles` (`id`, `title`, `sha256`, `url`), `turns`, the answers as `Answer.to_dict` gives
        them, and `sha256`, which seals all.
    """
    record = {
        "format": FORMAT,
        "articles": [
            {"id": article.id, "title": article.title, "sha256": article.digest, "url": article.url}
            for article in articles
        ],
        "turns": [turn.answer.to_dict() for turn in turns],
    }
    return _encodable(json.dumps(sealed(record), indent=2, ensure_ascii=False)) + "\n"


def literal(text: str) -> str:
    r"""Write a text so that Markdown shows it literally and its source stays readable.

    >>> literal("1. **Who**, <b>? At example.com.")
    '1\\. \\*\\*Who\\*\\*, &#60;b&#62;? At example\\.com.'

    :param text: Any text.
    :return: One line: white space is drawn together, control characters and changes of direction are '�'.
    """
    return _MARK.sub(lambda match: _escaped(match.group()), visible(_encodable(" ".join(text.split()))))


def unescaped(markdown: str) -> str:
    r"""Return what `literal` was given, but for its white space and what it made visible.

    >>> unescaped(literal("1. **Who**, <b>? At example.com."))
    '1. **Who**, <b>? At example.com.'

    :param markdown: What `literal` wrote.
    """
    return _ESCAPED.sub(lambda match: chr(int(match["number"])) if match["number"] else match["mark"], markdown)


def _article_blocks(article: Article) -> Iterator[str]:
    yield f"# {literal(article.title)}"
    yield f"SHA-256: `{article.digest}`"
    if article.url:
        yield f"URL: {link(article.url, article.url)}"


def _turn_blocks(turn: Turn, articles: Mapping[str, Article]) -> Iterator[str]:
    answer = turn.answer
    yield f"## {literal(turn.question)}"
    if answer.understood_as != turn.question:
        yield f"Understood as: {literal(answer.understood_as)}"
    if answer.in_light_of:
        yield f"In the light of: {literal(answer.in_light_of)}"
    if answer.status is Status.SMALL_TALK:
        yield literal(answer.text)
    elif answer.status is Status.NOT_IN_ARTICLE:
        yield from _refusal_blocks(answer, articles)
    else:
        yield f"{doubt(answer)}**{OVERVIEW if answer.status is Status.OVERVIEW else literal(answer.text)}**"
        yield from (_quotation_block(citation, articles) for citation in answer.citations)
        if answer.missing:
            yield literal(missing(answer))


def _refusal_blocks(answer: Answer, articles: Mapping[str, Article]) -> Iterator[str]:
    rivals, others = answer.closest[: len(answer.competing)], answer.closest[len(answer.competing) :]
    yield literal(refusal_with_reason(answer))
    yield from (_quotation_block(quoted, articles) for quoted in rivals)
    if others:
        yield CLOSEST
        yield from (_quotation_block(quoted, articles) for quoted in others)


def _quotation_block(quoted: Quotation, articles: Mapping[str, Article]) -> str:
    article = articles.get(quoted.article)
    if article is None:
        raise InputError(
            f"The conversation quotes the article {quoted.article}, which is not among those given. Give it as well."
        )
    place = [
        *([literal(f"[{quoted.number}]")] if isinstance(quoted, Citation) else []),
        *([literal(article.title)] if len(articles) > 1 else []),
        *([literal(found)] if (found := where(quoted.place)) else []),
        f"sentence {quoted.sentence + 1}",
        f"characters {quoted.start}–{quoted.end}",
        *([link("show on its page", text_fragment(article.url, quoted))] if article.url else []),
    ]
    return f"> {literal(quoted.quote)}\n>\n> {' · '.join(place)}"


def link(label: str, url: str) -> str:
    r"""Write a link in Markdown.

    :param label: What is shown.
    :param url: Its address.
    :return: The link; label and address are escaped.
    """
    return f"[{literal(label)}]({_NOT_IN_ADDRESS.sub(lambda match: _reference(match.group()), url)})"


def _escaped(marked: str) -> str:
    before, mark = marked[:-1], marked[-1]
    return before + (f"\\{mark}" if mark in _BACKSLASHED else _reference(mark))


def _reference(mark: str) -> str:
    return f"&#{ord(mark)};"


def _encodable(text: str) -> str:
    """Replace halves of surrogate pairs, which a question may hold and no file can."""
    return text.encode(errors="replace").decode()
