"""What is this article about: its central sentences, in its own order.

The lead says most of what a news article says, so the first sentence is always among them. The
others are the sentences most similar to the article as a whole, each less what it repeats of those
already chosen: centroid ranking (Radev et al. 2004) with maximal marginal relevance (Carbonell and
Goldstein 1998).
"""

from __future__ import annotations

from itertools import islice

import numpy as np

from index.store import SentenceIndex

SENTENCES = 4
MOST = 5
_REPEATS = 0.4
"""How much of a sentence's similarity to one already chosen counts against it."""
_SHORTEST = 40
"""Code points: a shorter sentence says too little of the whole to stand for it."""


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


def central(index: SentenceIndex, article: int) -> list[int]:
    """Choose the sentences that stand for an article.

    :param index: The index.
    :param article: The article's place in it.
    :return: Up to `SENTENCES` rows in the order of the article: its first sentence and the most central others;
        boilerplate is left out.
    """
    rows = [row for row in index.rows_of(article) if not index.sentences[row].sentence.boilerplate]
    if not rows:
        return []
    vectors = index.vectors(rows)
    similar = vectors @ vectors.mean(axis=0)
    long = np.array([len(index.text(row)) >= _SHORTEST for row in rows])
    # a headline says it in a line, so the lead that spells it out comes with it
    chosen = [0, 1] if len(rows) > 1 and index.text(rows[0]) == index.articles[article].title else [0]
    while len(chosen) < min(SENTENCES, len(rows)):
        repeated = (vectors @ vectors[chosen].T).max(axis=1)
        worth = np.where(long, similar - _REPEATS * repeated, -np.inf)
        worth[chosen] = -np.inf
        best = int(np.argmax(worth))
        if worth[best] == -np.inf:
            break
        chosen.append(best)
    return [rows[place] for place in sorted(chosen)]
