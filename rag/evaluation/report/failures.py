"""The questions that went wrong, each as a fold of the page, as many as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from markupsafe import Markup

from index.article import Article
from rag.evaluation.record import Outcome, Record
from rag.evaluation.report.excerpt import Excerpt, Mark, excerpt

Fold = Callable[[Record, Sequence[Excerpt]], Markup]
"""Writes a record with what is shown of its articles; none where there is no room for them."""
_MEANING = {
    Outcome.RETRIEVAL_MISS: "The article answers it, and no passage that was read holds the answer.",
    Outcome.READER_MISS: "The answer was read, and something else was given.",
    Outcome.WRONG_REFUSAL: "The answer was read, and nothing was given.",
    Outcome.WRONG_ANSWER: "The article does not answer it, and an answer was given.",
}
_OTHER_WORDS = "Right, in other words"
_ARTICLES_SHARE = 0.5
"""Share of the room that articles may take in any case: a failure that cannot be looked at says little."""
_MOST_ARTICLES = 3
"""Articles that are shown with one question."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Questions that went wrong in the same way.

    :param meaning: What that is.
    :param count: How many there are.
    :param folds: Those that there was room for, in the order of the run.
    :param folded: Whether the whole group is folded, being no failure proper.
    """

    title: str
    meaning: str
    count: int
    folds: tuple[Markup, ...]
    folded: bool = False


def failures(records: Sequence[Record], articles: Mapping[str, Article], fold: Fold, room: int) -> tuple[Failures, ...]:
    """Write the questions that went wrong.

    Each is written with its article while there is room, then without, then only counted. The groups take turns, so
    that a large one leaves room to the others.

    :param records: All questions of a run.
    :param articles: By id; a question whose article is not there is written without it.
    :param fold: Writes one.
    :param room: Bytes in UTF-8 for all of them.
    :return: The groups that are not empty; last what was right in other words than the gold.
    """
    groups = [
        (str(outcome).capitalize(), meaning, [record for record in records if record.outcome is outcome])
        for outcome, meaning in _MEANING.items()
    ]
    inexact = [r for r in records if r.outcome is Outcome.RIGHT and r.values.get("f1", 1.0) < 1]
    groups.append((_OTHER_WORDS, "The sentence that proves it, with other words than the gold.", inexact))
    turns = chain.from_iterable(zip_longest(*(group for _, _, group in groups)))
    written = _written([record for record in turns if record is not None], articles, fold, room)
    return tuple(
        Failures(
            title,
            meaning,
            len(group),
            tuple(written[id(record)] for record in group if id(record) in written),
            folded=title == _OTHER_WORDS,
        )
        for title, meaning, group in groups
        if group
    )


def _written(records: Sequence[Record], articles: Mapping[str, Article], fold: Fold, room: int) -> dict[int, Markup]:
    """Folds by the identity of their records: ids of questions may repeat."""
    bare: dict[int, Markup] = {}
    left = room
    for record in records:
        fold_ = fold(record, ())
        bare[id(record)] = fold_
        left -= _size(fold_)
    spare = max(left, int(room * _ARTICLES_SHARE))
    written: dict[int, Markup] = {}
    for record in records:
        shown = _excerpts(record, articles)
        if not shown:
            continue
        full = fold(record, shown)
        spare -= _size(full) - _size(bare[id(record)])
        if spare < 0:
            break
        written[id(record)] = full
    left = room - sum(_size(full) for full in written.values())
    for record in records:
        if id(record) not in written:
            left -= _size(bare[id(record)])
            if left < 0:
                break
            written[id(record)] = bare[id(record)]
    return written


def _excerpts(record: Record, articles: Mapping[str, Article]) -> list[Excerpt]:
    marked = {Mark.GOLD: record.gold, Mark.GIVEN: record.spans, Mark.CITED: record.citations}
    places: Iterable[str] = (place.article for places in marked.values() for place in places)
    named = [name for name in dict.fromkeys((record.article, *places)) if name in articles]
    return [excerpt(articles[name], marked) for name in named[:_MOST_ARTICLES]]


def _size(text: str) -> int:
    return len(text.encode())
