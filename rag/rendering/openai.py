"""An answer as one text in Markdown, as a client of a language model shows it, and where its quotations stand in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from index.article import Article
from rag.answer import Answer, Citation, Status
from rag.rendering.export import literal
from rag.rendering.fragment import text_fragment
from rag.rendering.wording import OVERVIEW, doubt, missing, refusal_with_reason, where

_QUOTED = "\n\n> "


def blocks(answer: Answer) -> list[str]:
    """Write an answer in pieces: its words, behind their doubt if they are unsure, then each cited sentence quoted.

    Which of two questions at once has no answer stands with the words.

    :param answer: The answer.
    :return: Pieces that make one Markdown text when joined by nothing; all text of others is escaped.
    """
    if answer.status is Status.SMALL_TALK:
        return [literal(answer.text)]
    if answer.status is Status.NOT_IN_ARTICLE:
        return [literal(refusal_with_reason(answer))]
    words = OVERVIEW if answer.status is Status.OVERVIEW else literal(answer.text)
    if answer.missing:
        words += f"\n\n{literal(missing(answer))}"
    return [doubt(answer) + words, *(f"{_QUOTED}{_marked(citation)}" for citation in answer.citations)]


def url_citations(
    answer: Answer, pieces: Sequence[str], articles: Mapping[str, Article], elsewhere: Callable[[str], str]
) -> list[dict[str, Any]]:
    """Tell where the quotations stand, as OpenAI does of the pages that it cites.

    :param answer: The answer.
    :param pieces: What `blocks` made of it.
    :param articles: Those it quotes, by id.
    :param elsewhere: Gives an address for an article that is not on the web.
    :return: For each citation the code points of the joined text that hold the sentence, its number and its place, the
        article's title, and a link that opens the page at the sentence.
    """
    made, place = [], len(pieces[0])
    for citation, piece in zip(answer.citations, pieces[1:], strict=True):
        article = articles[citation.article]
        cited = {
            "start_index": place + len(_QUOTED),
            "end_index": place + len(piece),
            "title": article.title,
            "url": text_fragment(article.url, citation) if article.url else elsewhere(article.id),
        }
        made.append({"type": "url_citation", "url_citation": cited})
        place += len(piece)
    return made


def _marked(citation: Citation) -> str:
    place = where(citation.place)
    return f"{literal(citation.quote)} [{citation.number}]{f' {literal(place)}' if place else ''}"
