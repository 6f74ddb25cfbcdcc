"""How high a ranking puts what is right, by sentences, by paragraphs and by articles.

The measures are those of trec_eval, computed by ir-measures (MacAvaney et al. 2022), on the first hundred.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType

import ir_measures
import numpy as np
from ir_measures import AP, RR, R, Success, nDCG
from numpy.typing import NDArray

from index.store import SentenceIndex
from rag.retrieval.fusion import Fusion
from rag.retrieval.retriever import SentenceHits

CUT = 100
"""Ranks that count."""


class Level(StrEnum):
    """What is ranked; the value is the prefix of the measures' names."""

    SENTENCE = ""
    PARAGRAPH = "paragraph."
    ARTICLE = "article."


AT = (1, 3, 5, 10)
RANKING_MEASURES: Mapping[str, ir_measures.Measure] = MappingProxyType(
    {
        **{f"recall@{k}": R @ k for k in AT},
        **{f"hit@{k}": Success @ k for k in AT},
        "mrr": RR @ 10,
        "ndcg@10": nDCG @ 10,
        "map": AP @ CUT,
    }
)
"""By our name."""
_NAMES = {
    (level.name, str(measure)): level.value + name for level in Level for name, measure in RANKING_MEASURES.items()
}
"""Of a measure at a level; one string for all questions."""

Grades = Mapping[Level, Mapping[int, int]]
"""What is right: the grade by the number of the sentence, paragraph or article; 1 where there are no grades."""


def grades_of(rows: Sequence[int], relevant: Mapping[str, int], index: SentenceIndex) -> Grades:
    """Tell what is right at each level.

    :param rows: The sentences that prove an answer.
    :param relevant: Grades of whole articles, by id, where those are what a set judges.
    :param index: The sentences.
    :return: Grades; a level at which nothing is known is not there.
    """
    grades: dict[Level, Mapping[int, int]] = {}
    if rows:
        grades[Level.SENTENCE] = dict.fromkeys(rows, 1)
        grades[Level.PARAGRAPH] = {index.sentences[row].paragraph: 1 for row in rows}
        grades[Level.ARTICLE] = {index.sentences[row].article: 1 for row in rows}
    if relevant:
        grades[Level.ARTICLE] = {index.places[name]: grade for name, grade in relevant.items()}
    if len(index.articles) == 1:
        grades.pop(Level.ARTICLE, None)
    return grades


def rank(level: Level, found: SentenceHits, index: SentenceIndex, fusion: Fusion) -> list[int]:
    """Rank at a level: what holds several sentences has the highest of each signal among them.

    :param level: What is ranked.
    :param found: The sentences, with their signals.
    :param index: The sentences.
    :param fusion: Makes one score of the signals.
    :return: Up to `CUT` numbers of sentences, paragraphs or articles, best first.
    """
    if not found.rows:
        return []
    numbers = np.array([_number(level, row, index) for row in found.rows])
    kept, first = np.unique(numbers, return_index=True)
    signals: NDArray[np.float32] = np.maximum.reduceat(found.signals, first, axis=1)
    order = np.argsort(-fusion.scores(signals), kind="stable")[:CUT]
    return [int(number) for number in kept[order]]


def ranking_values(rankings: Mapping[Level, Sequence[int]], grades: Grades) -> dict[str, float]:
    """Measure rankings of one question.

    >>> values = ranking_values({Level.SENTENCE: [7, 3, 5]}, {Level.SENTENCE: {3: 1, 4: 1}})
    >>> values["recall@1"], values["recall@3"], values["hit@3"], values["mrr"]
    (0.0, 0.5, 1.0, 0.5)

    :param rankings: Numbers by level, best first.
    :param grades: What is right.
    :return: The value of each measure, by its name, for the levels at which something is right.
    """
    levels = [level for level in rankings if grades.get(level)]
    # trec_eval ranks by score and breaks ties by name: descending whole numbers keep the ranking that is given
    run = {
        level.name: {str(number): float(CUT - place) for place, number in enumerate(rankings[level][:CUT])}
        for level in levels
    }
    qrels = {level.name: {str(number): grade for number, grade in grades[level].items()} for level in levels}
    values = {name: 0.0 for (level, _), name in _NAMES.items() if level in qrels}
    if any(run.values()):
        for metric in ir_measures.iter_calc(list(RANKING_MEASURES.values()), qrels, run):
            values[_NAMES[metric.query_id, str(metric.measure)]] = float(metric.value)
    return values


def _number(level: Level, row: int, index: SentenceIndex) -> int:
    stored = index.sentences[row]
    return {Level.SENTENCE: row, Level.PARAGRAPH: stored.paragraph, Level.ARTICLE: stored.article}[level]
