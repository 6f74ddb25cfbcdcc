"""The same sentences, each with the vector of itself and its neighbours: a way to rank that is only compared with."""

from __future__ import annotations

from index.encoder import Encoder
from index.store import SentenceIndex
from index.vectors import vectors


def windowed(index: SentenceIndex, encoder: Encoder) -> SentenceIndex:
    """Encode each sentence anew, with the one before and the one after it in its article.

    :param index: The index, which stays as it is.
    :param encoder: The encoder that it was made with.
    :return: An index of the same sentences with other vectors.
    """
    texts = []
    sentences = []
    for place, article in enumerate(index.articles):
        of_article = [index.sentences[row].sentence for row in index.rows_of(place)]
        sentences.append(of_article)
        for number in range(len(of_article)):
            first, last = of_article[max(0, number - 1)], of_article[min(number + 1, len(of_article) - 1)]
            texts.append(article.text[first.start : last.end])
    return SentenceIndex(index.articles, sentences, vectors(encoder.encode(texts)), index.paragraph_vectors, encoder)
