"""Ask an assistant, or a retriever alone, every question of a set, and judge what comes back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias

from index.store import SentenceIndex
from rag.answer import Answer, Passage, Turn
from rag.answering.assistant import Assistant
from rag.evaluation.gold import Gold, gold_of, gold_sentences
from rag.evaluation.ranking import grades_of, rank, ranking_values
from rag.evaluation.record import Asked, Outcome, Record
from rag.evaluation.verdict import judge
from rag.question_sets.question import Place, Question
from rag.retrieval.alone import Alone
from rag.retrieval.fusion import Fusion
from rag.retrieval.retriever import DEPTH, Retriever, SentenceHits

_EXACT = 20_000
"""Sentences up to which all are ranked; of more, the best `DEPTH` by vectors and by words."""

Unit = tuple[Question, ...]
"""What is asked together: a single question, or the turns of a conversation."""
Examine: TypeAlias = Callable[[Unit], tuple[Record, ...]]
"""Asks and judges: see `Examiner.examine`."""
Rank: TypeAlias = Callable[[Question], dict[str, Record]]
"""Ranks and judges: see `RankingExaminer.examine`."""


def units(questions: Iterable[Question]) -> list[Unit]:
    """Group the turns of conversations, in the order of the questions."""
    numbered = enumerate(questions)
    groups = groupby(numbered, key=lambda pair: pair[1].conversation or pair[0])
    return [tuple(question for _, question in group) for _, group in groups]


@dataclass(frozen=True, slots=True)
class Examiner:
    """Asks an assistant.

    :param assistant: The assistant.
    :param fusion: What its retriever ranks by, to measure its rankings.
    :param own_article: Whether a question is asked only of the article that it belongs to, where that is known.
    """

    assistant: Assistant
    fusion: Fusion
    own_article: bool = False

    def examine(self, unit: Unit) -> tuple[Record, ...]:
        """Ask and judge.

        A turn of a conversation is asked twice: after the turns before it, with the answers that the assistant gave
        to them; and alone, written out if it needs the others.

        :param unit: A question, or the turns of a conversation in their order.
        :return: The verdicts; of a conversation two for each turn.
        """
        records = []
        turns: list[Turn] = []
        for question in unit:
            how = Asked.SINGLE
            if question.conversation:
                how = Asked.FOLLOW_UP if question.standalone else Asked.TURN
            answer, record = self._asked(question, question.text, turns, how)
            records.append(record)
            if question.conversation:
                turns.append(Turn(question.text, answer))
                how = Asked.WRITTEN_OUT if question.standalone else Asked.TURN_ALONE
                records.append(self._asked(question, question.standalone or question.text, (), how)[1])
        return tuple(records)

    def _asked(self, question: Question, text: str, turns: Sequence[Turn], how: Asked) -> tuple[Answer, Record]:
        asked = self.assistant.alone(question.article or None) if self.own_article else self.assistant
        index = asked.index
        articles = {article.id: article for article in index.articles}
        searched, passages = text, tuple[Passage, ...]()
        for step in asked.steps(text, turns):
            if isinstance(step, Answer):
                answer = step
            else:
                searched, passages = step.searched, step.passages
        gold = gold_of(question, articles)
        rows = gold_sentences(gold, index)
        record = judge(question, answer, _with_sentences(question, gold, rows, index), articles, passages, how)
        grades = grades_of(rows, question.relevant, index)
        found = sentence_hits(asked.retriever, searched)
        rankings = {level: rank(level, found, index, self.fusion) for level in grades}
        values = {**record.values, **ranking_values(rankings, grades)}
        return answer, replace(record, question=text, values=values)


@dataclass(frozen=True, slots=True)
class RankingExaminer:
    """Asks a retriever alone, and ranks what it finds in several ways.

    :param retriever: Finds the sentences.
    :param fusions: The ways, by the name of the configuration.
    :param alone: Retrievers of single articles, if a question is asked only of the article that it belongs to.
    """

    retriever: Retriever
    fusions: Mapping[str, Fusion]
    alone: Alone[Retriever] | None = None

    def examine(self, question: Question) -> dict[str, Record]:
        """Ask and judge; a turn that needs its conversation is asked written out.

        :param question: The question.
        :return: The verdict by the name of the configuration.
        """
        retriever = self._retriever(question)
        index = retriever.index
        articles = {article.id: article for article in index.articles}
        text = question.standalone or question.text
        gold = gold_of(question, articles)
        rows = gold_sentences(gold, index)
        grades = grades_of(rows, question.relevant, index)
        found = sentence_hits(retriever, text)
        record = Record(
            id=question.id,
            question=text,
            asked=Asked.SINGLE,
            answerable=question.answerable,
            outcome=Outcome.UNJUDGED,
            article=question.article,
            fields=question.fields,
            answers=question.answers,
            gold=gold.places,
        )
        records = {}
        for name, fusion in self.fusions.items():
            rankings = {level: rank(level, found, index, fusion) for level in grades}
            records[name] = replace(record, values=ranking_values(rankings, grades))
        return records

    def _retriever(self, question: Question) -> Retriever:
        place = self.retriever.index.places.get(question.article)
        return self.retriever if self.alone is None or place is None else self.alone.of(place)


def sentence_hits(retriever: Retriever, question: str) -> SentenceHits:
    """Find what is ranked: every sentence of a small index, the most promising ones of a large one.

    :param retriever: Finds them.
    :param question: The question.
    """
    size = len(retriever.index)
    return retriever.sentence_hits(question, size if size <= _EXACT else DEPTH)


def _with_sentences(question: Question, gold: Gold, rows: Sequence[int], index: SentenceIndex) -> Gold:
    """Take the sentences that hold the answers as evidence, where a set tells no other."""
    if question.evidence or not question.places:
        return gold
    stored = [index.sentences[row] for row in rows]
    proofs = tuple(Place(index.articles[one.article].id, one.sentence.start, one.sentence.end) for one in stored)
    return Gold(gold.answers, proofs or gold.evidence)
