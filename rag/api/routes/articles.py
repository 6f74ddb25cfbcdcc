"""The articles over HTTP: their list, and the text of each with the places of its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Path, Query
from pydantic import BaseModel, Field

from index.article import ID, Article
from index.sentences import Sentence
from index.store import SentenceIndex
from rag.answering.answerer import Answerer, Entry
from rag.answering.overview import central
from rag.api.problems import documented
from rag.chat.starters import ABOUT, SHOWN, Starter

ARTICLE_ID = f"^{ID}$"
LISTED = 100
"""Articles of a list, unless another number is asked for."""
MOST = 1000
_WORDS = 200
_FARTHEST = 1 << 31
_ID_EXAMPLE = "2acaabfb3eb7d239"


class ArticleEntry(BaseModel):
    """An article's name and address."""

    id: str = Field(pattern=ARTICLE_ID, examples=[_ID_EXAMPLE])
    title: str = Field(description="Its first line.", examples=["A headline"])
    url: str | None = Field(
        description="Where it is on the web; null in the lists of a store.", examples=["https://example.org/a"]
    )
    sha256: str = Field(
        description="Digest of the text in UTF-8; in the lists of a store its first 16 digits.",
        pattern="^[0-9a-f]{16}(?:[0-9a-f]{48})?$",
    )


class ArticleList(BaseModel):
    """Some of the articles, in their order."""

    articles: list[ArticleEntry]
    total: int = Field(description="How many there are, or are found.", examples=[1])
    next: int | None = Field(description="`offset` of those that come next; null behind the last.", examples=[None])


class SentencePlace(BaseModel):
    """Where a sentence stands in its article."""

    number: int = Field(description="From 0.", examples=[0])
    start: int = Field(description="First code point.", examples=[0])
    end: int = Field(description="One past the last code point.", examples=[10])
    start_utf16: int = Field(description="The same in UTF-16 code units, as JavaScript counts.", examples=[0])
    end_utf16: int = Field(examples=[10])


class ArticleText(ArticleEntry):
    """An article with its text."""

    text: str = Field(description="The text, exactly as given.", examples=["A headline\n\nThe story."])
    sentences: list[SentencePlace]
    starters: list[str] = Field(description="Questions that it answers.", examples=[["What is this about?"]])


def article_routes(assistant: Answerer, pool: Sequence[Starter]) -> APIRouter:
    """Make the routes `/api/articles` and `/api/articles/{id}`.

    :param assistant: Has the articles.
    :param pool: Questions to begin with.
    :return: The routes.
    """
    router = APIRouter(prefix="/api/articles", tags=["articles"], responses=documented(HTTPStatus.FORBIDDEN))

    @router.get("", response_model=ArticleList, responses=documented(HTTPStatus.UNPROCESSABLE_ENTITY))
    def articles(
        q: Annotated[str, Query(max_length=_WORDS, description="Words of the title, or their beginnings.")] = "",
        limit: Annotated[int, Query(ge=1, le=MOST)] = LISTED,
        offset: Annotated[int, Query(ge=0, le=_FARTHEST)] = 0,
    ) -> dict[str, Any]:
        """List the articles, or search their titles."""
        return found_articles(assistant, q, limit, offset)

    @router.get(
        "/{article_id}",
        response_model=ArticleText,
        responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY),
    )
    def article(article_id: Annotated[str, Path(pattern=ARTICLE_ID, examples=[_ID_EXAMPLE])]) -> dict[str, Any]:
        """Give an article's text, the places of its sentences, and questions that it answers."""
        index = assistant.holding([article_id])
        place = index.place_of(article_id) if index else None
        if index is None or place is None:
            raise unknown_article()
        found = index.articles[place]
        return {
            **asdict(Entry(found.id, found.title, found.url, found.digest)),
            "text": found.text,
            "sentences": _places(found, [index.sentences[row].sentence for row in index.rows_of(place)]),
            "starters": _starters(index, place, pool),
        }

    return router


def _starters(index: SentenceIndex, place: int, pool: Sequence[Starter]) -> list[str]:
    """Questions to begin with about one article: what it is about first."""
    article = index.articles[place].id
    own = [one.question for one in pool if one.article == article and one.question != ABOUT]
    return [*([ABOUT] if central(index, place) else []), *own][:SHOWN]


def found_articles(assistant: Answerer, words: str, limit: int, offset: int) -> dict[str, Any]:
    """List some of the articles.

    :param assistant: Has them.
    :param words: Words of the title, or their beginnings; all articles without one.
    :param limit: How many at most.
    :param offset: How many of those found to leave out first.
    :return: As `ArticleList`.
    """
    found, behind = assistant.listed(words, offset, limit), offset + limit
    return {
        "articles": [asdict(one) for one in found.entries],
        "total": found.total,
        "next": behind if behind < found.total else None,
    }


def unknown_article() -> HTTPException:
    """Make the error for an id that no article has."""
    return HTTPException(HTTPStatus.NOT_FOUND, "No article has that id. /api/articles lists those there are.")


def _places(article: Article, sentences: Sequence[Sentence]) -> list[dict[str, int]]:
    places, seen, units = [], 0, 0
    for number, sentence in enumerate(sentences):
        # counted on from the sentence before: from the beginning each time, the time would grow with the square of the
        # length
        start_utf16 = units + _utf16(article.text[seen : sentence.start])
        seen, units = sentence.end, start_utf16 + _utf16(article.text[sentence.start : sentence.end])
        places.append(
            {
                "number": number,
                "start": sentence.start,
                "end": sentence.end,
                "start_utf16": start_utf16,
                "end_utf16": units,
            }
        )
    return places


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
