"""One search: a question, and what was found for it."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer import Passage, Support
from rag.reading.reader import Reader
from rag.retrieval.retriever import Hit, Retriever
from rag.understanding.interpretation import Question


@dataclass(frozen=True, slots=True)
class Search:
    """A question, and what the retriever found for it.

    :param question: The question that was searched for.
    """

    question: Question
    hits: tuple[Hit, ...]
    passages: tuple[Passage, ...]
    support: Support


def search_for(retriever: Retriever, question: Question, reader: Reader) -> Search:
    """Search for a question.

    :param retriever: Finds the passages.
    :param question: The question.
    :param reader: Who will read the passages.
    :return: What was found.
    """
    index = retriever.index
    hits = retriever.hits(question.in_context)
    stored = [index.sentences[hit.row] for hit in hits]
    support = {(index.articles[row.article].id, row.number): hit.score for row, hit in zip(stored, hits, strict=True)}
    return Search(question, tuple(hits), tuple(retriever.passages(hits, reader)), support)
