"""Whether another article answers better than the one that was asked; the answer itself does not depend on that.

To search all articles is cheap, and to read is not. So nothing is done where the article answers surely, and else only
the best sentences of the others are read, with their neighbours.
"""

from __future__ import annotations

import math
from collections.abc import Collection

from rag.answer import Answer, Elsewhere, Status
from rag.reading.calibration import log_odds
from rag.reading.reading import CalibratedReader, read
from rag.retrieval.retriever import Retriever

SENTENCES = 2
"""Of other articles, which are read with the sentences before and behind them."""
CLEARLY = 5.0
"""Another answer must be a sure one, and its odds so many times those of the answer that was given or refused."""
_OPEN = (Status.UNSURE, Status.NOT_IN_ARTICLE)


def elsewhere(
    retriever: Retriever, reader: CalibratedReader, sure: float, searched: str, answer: Answer, asked: Collection[int]
) -> Elsewhere | None:
    """Look for a clearly more probable answer in other articles.

    :param retriever: Finds sentences of all articles.
    :param reader: Reads them.
    :param sure: From this confidence on an answer is sure.
    :param searched: What was searched for in the articles that were asked; nothing if they were not searched.
    :param answer: What they said.
    :param asked: Their places in the index.
    :return: The article that answers better; None if none does.
    """
    if not searched or answer.status not in _OPEN:
        return None
    least = max(sure, _times(answer.confidence, CLEARLY))
    stored = retriever.index.sentences
    others = [hit for hit in retriever.hits(searched) if stored[hit.row].article not in asked][:SENTENCES]
    articles = retriever.index.articles
    support = {(articles[stored[hit.row].article].id, stored[hit.row].number): hit.score for hit in others}
    passages = retriever.passages(others, reader.reader)
    findings = read(reader, searched, passages, support).findings if passages else ()
    if not findings or findings[0].confidence < least:
        return None
    article = passages[findings[0].passage].article
    return Elsewhere(article.id, article.title, findings[0].confidence)


def _times(probability: float, factor: float) -> float:
    """Return the probability whose odds are so many times as high.

    >>> _times(0.5, 3.0)
    0.75
    """
    odds = math.exp(log_odds(probability)) * factor
    return odds / (1.0 + odds)
