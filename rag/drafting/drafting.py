"""From articles to a question set: drafted, asked, numbered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain, zip_longest

from rag.answering.assistant import Assistant
from rag.drafting.checking import check
from rag.drafting.draft import Draft
from rag.drafting.source import Source
from rag.drafting.twins import twin
from rag.question_sets.question import Question


@dataclass(frozen=True, slots=True)
class Drafted:
    """A question set made by rule.

    :param questions: What is to be written.
    :param asked: Drafts that were asked of the assistant.
    :param dropped: Why others are not written, with the count of each reason.
    """

    questions: tuple[Question, ...]
    asked: int
    dropped: Counter[str] = field(default_factory=Counter)


Pair = tuple[Draft, Draft | None]
"""A question and its unanswerable twin, if there is one."""


def pairs(sources: Sequence[Source], drafted: Sequence[Sequence[Draft]]) -> list[Pair]:
    """Put beside questions their twins; the articles take turns.

    :param sources: The articles.
    :param drafted: The drafts of each.
    :return: Each question with its twin; the same drafts give the same.
    """
    twinned = map(_with_twins, sources, drafted)
    return [pair for pair in chain.from_iterable(zip_longest(*twinned)) if pair]


def _with_twins(source: Source, drafted: Sequence[Draft]) -> list[Pair]:
    # what is drafted itself has an answer
    answered = {draft.question for draft in drafted}
    twins = [twin(draft, source) for draft in drafted]
    return [
        (draft, other if other and other.question not in answered else None)
        for draft, other in zip(drafted, twins, strict=True)
    ]


def asked(
    pairs: Sequence[Pair], assistant: Assistant, limit: int, everything: bool, done: Callable[[], None]
) -> Drafted:
    """Ask drafts until enough are kept.

    :param pairs: The drafts.
    :param assistant: Has their articles.
    :param limit: Questions that are kept at most.
    :param everything: Keep those too that the assistant does not agree with.
    :param done: Called after each pair.
    :return: What is kept. A twin is kept only with the question that it was made of.
    """
    kept: list[Question] = []
    dropped: Counter[str] = Counter()
    count = 0
    for number, (draft, other) in enumerate(pairs, start=1):
        if len(kept) >= limit:
            dropped["over the limit"] += sum(1 + (second is not None) for _, second in pairs[number - 1 :])
            break
        first = check(draft, assistant)
        count += 1
        if not (first.agrees or everything):
            dropped[first.reason] += 1
            dropped["twin of one that is dropped"] += other is not None
        else:
            name = f"{draft.article.id[:8]}-{number:03}"
            kept.append(draft.written(name, first.word, first.note))
            if other and len(kept) < limit:
                second = check(other, assistant)
                count += 1
                if second.agrees or everything:
                    kept.append(other.written(f"{name}-twin", second.word, second.note, twin_of=name))
                else:
                    dropped[second.reason] += 1
            elif other:
                dropped["over the limit"] += 1
        done()
    return Drafted(tuple(kept), count, +dropped)
