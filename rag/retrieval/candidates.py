"""From a question to the articles of a store that may answer it: it proposes sentences, and their articles are ranked.

A sentence's score is that of `rag/retrieval/fusion.py`, as far as an engine tells of it: its cosine with the weights of
both cosines, and its common words, divided by their maximum, with those of both BM25. An article is as good as its best
sentence. What the sentences are worth to the reader, `Retriever` decides, once the articles are fetched.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.encoder import Encoder
from index.stores.store import Match, Store
from rag.retrieval.fusion import WEIGHTS
from rag.retrieval.retriever import DEPTH

ARTICLES = 20
"""Articles that are looked into. Of 758 passages of an encyclopaedia, the one that answers is among them for 99.3 % of
300 questions, and always if one of its sentences is among the ten best of all."""


def best_articles(store: Store, encoder: Encoder, question: str) -> list[str]:
    """Find the articles that a question is best asked of.

    :param store: The articles.
    :param encoder: The encoder that their vectors come from.
    :param question: The question.
    :return: Ids of up to `ARTICLES` articles, best first; those with equal scores by id.
    """
    near = _scores(store.nearest(encoder.encode_questions([question])[0], DEPTH))
    common = _scores(store.common_words(question, DEPTH))
    # of a sentence that is not among the nearest all that is known is that it is no nearer than these
    farthest, most = min(near.values(), default=0.0), max(common.values(), default=1.0)
    best: dict[str, float] = {}
    for sentence in near.keys() | common.keys():
        cosine, words = near.get(sentence, farthest), common.get(sentence, 0.0) / most
        score = sum(WEIGHTS[:2]) * cosine + sum(WEIGHTS[2:]) * words
        best[sentence[0]] = max(score, best.get(sentence[0], score))
    return sorted(best, key=lambda name: (-best[name], name))[:ARTICLES]


def _scores(matches: Sequence[Match]) -> dict[tuple[str, int], float]:
    return {(one.article, one.number): one.score for one in matches}
