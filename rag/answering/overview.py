"""What is this article about: the sentences that stand for it, in its own order.

The headline, the first sentence of the body, and those most similar to the body as a whole, the nearer to its beginning
the better, each less what it repeats of those already chosen: centroid ranking with a preference for the beginning
(Radev et al. 2004) and maximal marginal relevance (Carbonell and Goldstein 1998). The weights were chosen by how much
of people's summaries is found again (`rag.training.pipeline.overviews` measures it).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from index.hidden import label
from index.store import SentenceIndex
from rag.answering.asides import is_aside
from rag.language.words import content_words
from rag.retrieval.retriever import Hit

SENTENCES = 3
"""Beside the headline."""
MOST = 5
_BEGINNING = 0.8
"""What the first sentence gains over a late one, as cosine similarity; `_FADES` sentences on it is a third of that."""
_FADES = 8
_REPEATS = 0.6
"""How much of a sentence's similarity to one already chosen counts against it."""
_EARLY = 60
"""Code points within which a sentence names what it is about."""
_SHORTEST = 40
"""Code points: a shorter sentence says too little of the whole to stand for it."""
_SENTENCE = re.compile(r"[.!?…][”’\"')\]]*(?:\s*\[\d+\])*$")
"""How a sentence ends, with numbers of notes behind it; headings, dates and names of authors do not."""


def overview(index: SentenceIndex) -> list[int]:
    """Choose the sentences that stand for all articles of an index.

    :param index: The index.
    :return: Rows in the order of the articles: of one article its central sentences, of several the first of each,
        at most `MOST`.
    """
    if len(index.articles) == 1:
        return central(index, 0)
    each = (central(index, number) for number in range(len(index.articles)))
    return list(islice((rows[0] for rows in each if rows), MOST))


def all_about(index: SentenceIndex, hits: Sequence[Hit], topic: str) -> list[int]:
    """Choose sentences that tell of a topic.

    :param index: The index.
    :param hits: Sentences found for the topic, best first.
    :param topic: Some words.
    :return: Rows in the order of the articles, at most `SENTENCES`: of those that have all its words, those that begin
        with them first. None if no sentence has them.
    """
    words = content_words(topic)
    telling = [hit.row for hit in hits if words and words <= content_words(index.text(hit.row))]
    telling.sort(key=lambda row: not (is_body(index, row) and words <= content_words(index.text(row)[:_EARLY])))
    return sorted(telling[:SENTENCES])


def central(index: SentenceIndex, article: int) -> list[int]:
    """Choose the sentences that stand for an article.

    :param index: The index.
    :param article: The article's place in it.
    :return: Rows in the order of the article: its headline, if it has one, and up to `SENTENCES` others; boilerplate is
        left out, and what stands beside the body.
    """
    rows = [row for row in index.rows_of(article) if not index.sentences[row].sentence.boilerplate]
    headline = [row for row in rows[:1] if label(index.text(row)) == index.articles[article].title]
    others = rows[len(headline) :]
    body = [row for row in others if is_body(index, row)] or others
    return headline + [body[place] for place in sorted(_chosen(index.vectors(body)))] if body else headline


def is_body(index: SentenceIndex, row: int) -> bool:
    """Tell whether a row is a sentence of the body: no boilerplate, no heading, author or date, and not too short."""
    text = index.text(row)
    whole = len(text) >= _SHORTEST and _SENTENCE.search(text) is not None
    return whole and not index.sentences[row].sentence.boilerplate and not is_aside(text)


def _chosen(vectors: NDArray[np.float32]) -> list[int]:
    """Choose among the sentences of a body, float32 (n, dimension), unit rows; the first is always chosen."""
    mean = vectors.mean(axis=0)
    beginning = _BEGINNING * np.exp(-np.arange(len(vectors)) / _FADES)
    worth = vectors @ (mean / max(float(np.linalg.norm(mean)), 1e-9)) + beginning
    chosen = [0]
    while len(chosen) < min(SENTENCES, len(vectors)):
        left = worth - _REPEATS * (vectors @ vectors[chosen].T).max(axis=1)
        left[chosen] = -np.inf
        chosen.append(int(np.argmax(left)))
    return chosen
