"""One search: a question that stands alone, and what was found for it."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer import Passage, Support
from rag.retrieval.retriever import Hit


@dataclass(frozen=True, slots=True)
class Search:
    """A question that stands alone, and what the retriever found for it.

    :param asked: The question as it was typed.
    :param understood: The question that was searched for.
    """

    asked: str
    understood: str
    hits: tuple[Hit, ...]
    passages: tuple[Passage, ...]
    support: Support
