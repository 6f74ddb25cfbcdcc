"""Turns that a page kept while the server was started anew, and tells it again.

Nothing of them is believed: sentences are looked up by their numbers and words by their offsets in the articles that
are here, and a turn whose seal is not that of the answer made so is left out. So is one about an article that has
changed, or about a reader's own document that was not given back.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from pydantic import TypeAdapter

from index.seal import SEAL
from index.store import SentenceIndex
from rag.answer import BETWEEN, Answer, Citation, Quotation, ReadPassage, Span, Status, Turn, quotation
from rag.understanding.interpretation import REPLIES

_ARTICLES = 64
"""That a turn may name: more than any answer does."""
_LONGEST = 1_000
"""Code points of a question, as it was asked or understood."""


Holding: TypeAlias = Callable[[Sequence[str]], SentenceIndex | None]
"""Gives those articles of some that are here, see `rag.answering.answerer.Answerer.holding`."""


def restored(records: Sequence[Mapping[str, Any]], holding: Holding) -> tuple[Turn, ...]:
    """Make turns of what a page kept.

    :param records: Answers, as `Answer.to_dict` gives them.
    :param holding: Gives the articles.
    :return: A turn for each that stands.
    """
    turns = []
    for record in records:
        try:
            # neither half of a surrogate pair nor what is no number
            json.dumps(record, ensure_ascii=False, allow_nan=False).encode()
            answer = _answer(record, holding)
        except (ValueError, LookupError, TypeError, RecursionError):
            continue
        if answer.to_dict()[SEAL] == record[SEAL]:
            turns.append(Turn(answer.question, answer, told=True))
    return tuple(turns)


def _answer(record: Mapping[str, Any], holding: Holding) -> Answer:
    told = _FORMAT.validate_python({**record, "elsewhere": None})
    named: tuple[Quotation | ReadPassage, ...] = (*told.citations, *told.closest, *told.passages)
    names = {one.article for one in named}
    if len(names) > _ARTICLES:
        raise ValueError(names)
    index = holding(sorted(names)) if names else None
    if names and index is None:
        raise LookupError(names)
    citations = tuple(Citation.of(one.number, _quotation(one, index)) for one in told.citations)
    closest = tuple(_quotation(one, index) for one in told.closest)
    spans = tuple(_span(one, citations, index) for one in told.spans)
    text = BETWEEN.get(told.status, "").join(one.text for one in spans)
    if told.status is Status.OVERVIEW:
        text = BETWEEN[told.status].join(one.quote for one in citations)
    elif told.status is Status.SMALL_TALK:
        text = told.text
    shares = [told.confidence, *(read.confidence for read in told.passages)]
    texts = (told.question, told.understood_as, told.in_light_of, told.missing)
    if (
        bool(citations) != (told.status in BETWEEN)
        or not all(0 <= share <= 1 for share in shares)
        or max(map(len, texts)) > _LONGEST
        or (told.status is Status.SMALL_TALK and text not in REPLIES)
    ):
        raise ValueError(told.status)
    quoted: tuple[Quotation | ReadPassage, ...] = (*citations, *closest, *told.passages)
    return replace(
        told,
        text=text,
        spans=spans,
        citations=citations,
        closest=closest,
        competing=tuple(_span(one, closest, index) for one in told.competing),
        versions=tuple({one.article: index.articles[index.places[one.article]] for one in quoted if index}.values()),
    )


def _quotation(told: Quotation, index: SentenceIndex | None) -> Quotation:
    if index is None:
        raise LookupError(told)
    place = index.places[told.article]
    row = index.rows_of(place)[told.sentence]
    stored = index.sentences[row]
    return quotation(index.articles[place], stored.number, stored.sentence, index.where(row))


def _span(told: Span, sentences: Sequence[Quotation], index: SentenceIndex | None) -> Span:
    if index is None or not any(
        one.article == told.article and one.start <= told.start < told.end <= one.end for one in sentences
    ):
        raise ValueError(told)
    return replace(told, text=index.articles[index.places[told.article]].text[told.start : told.end])


_FORMAT = TypeAdapter(Answer)
