"""Drafts are asked before they are written: a question that the assistant answers otherwise is looked at first."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer import Answer, Status
from rag.answering.assistant import Assistant
from rag.drafting.draft import Draft
from rag.rendering.wording import NOT_IN_ARTICLE

AGREES = "agrees"
DISAGREES = "disagrees"
_NOTE = 60
"""Code points of an answer that are noted."""


@dataclass(frozen=True, slots=True)
class Check:
    """What the assistant said to a draft.

    :param agrees: It gave a word of the answer from a sentence that proves it; of a question without an answer, that
        the article does not say.
    :param reason: Why it does not agree; empty if it does.
    :param note: What it answered, cut short.
    """

    agrees: bool
    reason: str
    note: str

    @property
    def word(self) -> str:
        """What is written beside the question."""
        return AGREES if self.agrees else DISAGREES


def check(draft: Draft, assistant: Assistant) -> Check:
    """Ask a draft of its article.

    :param draft: The draft.
    :param assistant: Is asked; it has the draft's article.
    :return: Whether its answer is the draft's.
    """
    answer = assistant.ask(draft.question, article=draft.article.id)
    reason = fault(draft, answer)
    given = answer.text if answer.found_words else NOT_IN_ARTICLE
    return Check(not reason, reason, given if len(given) <= _NOTE else given[: _NOTE - 1].rstrip() + "…")


def fault(draft: Draft, answer: Answer) -> str:
    """Tell why an answer is not the draft's.

    :param draft: The draft.
    :param answer: The answer of an assistant that has the draft's article.
    :return: The reason; empty if it is the draft's.
    """
    if not draft.golds:
        return "answered, though the article should not say" if answer.found_words else ""
    if not answer.found_words and answer.status is not Status.OVERVIEW:
        return "not answered"
    if not any(
        cited.start < gold.last and gold.first < cited.end for gold in draft.golds for cited in answer.citations
    ):
        return "answered from another sentence"
    if not any(span.start < gold.end and gold.start < span.end for gold in draft.golds for span in answer.spans):
        return "answered with other words"
    return ""
