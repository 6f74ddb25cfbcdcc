"""The one place where the parts meet: a question goes in, a cited answer comes out.

On its way a question is understood, searched for, read for and answered; `rag.rendering` writes the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from index.encoder import Encoder
from index.errors import InputError
from index.store import SentenceIndex
from rag.answer import Answer, Passage, Timings, Turn
from rag.answering.counts import count, kept_counts
from rag.answering.memory import Memory
from rag.answering.overview import overview
from rag.answering.proof import Proofs
from rag.answering.reply import Replies
from rag.reading.cascade import Cascade, Finding, Reading
from rag.retrieval.fusion import DEFAULT, Fusion
from rag.retrieval.retriever import Retriever
from rag.retrieval.search import Search, search_for
from rag.understanding.answer_type import AnswerType
from rag.understanding.interpretation import Interpreter, Overview, Talk

_READ = 2
"""Meanings of a question that all readers are asked about; the first reader is asked about all."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A step on the way to an answer: what is about to be read."""

    passages: tuple[Passage, ...]


class Assistant:
    """Answers questions about the articles of an index, in their own words.

    :param index: The articles.
    :param encoder: The encoder that the index was built with.
    :param readers: Find spans in passages and tell how probably they are right.
    :param threshold: Below this confidence the article counts as not saying.
    :param fusion: Ranks the sentences.
    :param remembered: Answers that are kept, to be given again at once.
    :param cache: Where what is counted of a big index is kept; by default it is counted each time.
    """

    def __init__(
        self,
        index: SentenceIndex,
        encoder: Encoder,
        readers: Cascade,
        threshold: float,
        fusion: Fusion = DEFAULT,
        remembered: int = 0,
        cache: Path | None = None,
    ) -> None:
        counts = kept_counts(index, cache) if cache else count(index)
        self.index = index
        self.readers = readers
        self.threshold = threshold
        self.interpreter = Interpreter(counts.names, counts.spelling, self._is_word)
        self.retriever = Retriever(index, encoder, fusion, counts.words)
        self._proofs = Proofs(index)
        self._replies = Replies(index, threshold)
        self._memory = Memory(remembered)
        self._articles = {article.id: place for place, article in enumerate(index.articles)}

    def ask(
        self, question: str, turns: Sequence[Turn] = (), article: str | None = None, *, literally: bool = False
    ) -> Answer:
        """Answer a question.

        The same question gives the same answer. Every span is `article.text[start:end]` and lies
        inside a cited sentence. What is no question about the article gets a reply with the status `small_talk`:
        a greeting, nothing at all, or more than `rag.understanding.interpretation.LONGEST` characters, too.

        :param question: The question.
        :param turns: What was said before, the latest last, for a question that leans on it.
        :param article: Id of the only article to look in; all by default.
        :param literally: Search for what is typed: no conversation, no correction, no courtesy left out.
        :return: The answer; `not_in_article` when the articles do not say.
        :raises InputError: If no article has that id.
        """
        *_, answer = self.steps(question, turns, article, literally=literally)
        if not isinstance(answer, Answer):
            raise TypeError(f"the last step is {answer!r}, not an answer")
        return answer

    def steps(
        self, question: str, turns: Sequence[Turn] = (), article: str | None = None, *, literally: bool = False
    ) -> Iterator[Retrieved | Answer]:
        """Answer a question, telling what is being read meanwhile.

        :param question: The question.
        :param turns: What was said before, the latest last.
        :param article: Id of the only article to look in; all by default.
        :param literally: Search for what is typed.
        :return: `Retrieved`, unless nothing need be read, then the `Answer`.
        :raises InputError: If no article has that id.
        """
        began = perf_counter()
        key = (question, article, literally)
        known = None if turns else self._memory.recall(key)
        if known:
            yield replace(known, timings_ms=Timings(0.0, 0.0, (perf_counter() - began) * 1e3))
            return
        for step in self._pipeline(question, turns, self._place(article), literally=literally):
            if isinstance(step, Answer) and not turns:
                self._memory.keep(key, step)
            yield step

    def _pipeline(
        self, typed: str, turns: Sequence[Turn], article: int | None, *, literally: bool
    ) -> Iterator[Retrieved | Answer]:
        began = perf_counter()
        meant = self.interpreter.interpret(typed, turns, literally=literally)
        if isinstance(meant, Talk):
            yield self._replies.small_talk(typed, meant.reply, Timings(0.0, 0.0, (perf_counter() - began) * 1e3))
            return
        if isinstance(meant, Overview):
            rows = overview(self.index, article)
            took = (perf_counter() - began) * 1e3
            yield self._replies.overview(typed, rows, Timings(took, 0.0, took))
            return
        question, *others = meant.meanings
        searches = [search_for(self.retriever, question, article, self.readers.first)]
        yield Retrieved(searches[0].passages)
        proved = self._proofs.cited(question.text, turns[-1]) if meant.leans and turns else None
        if proved is None:
            searches += [search_for(self.retriever, other, article, self.readers.first) for other in others]
        retrieved = perf_counter()
        chosen, reading = (searches[0], proved) if proved else self._surest(searches)
        done = perf_counter()
        timings = Timings((retrieved - began) * 1e3, (done - retrieved) * 1e3, (done - began) * 1e3)
        yield self._replies.reply(typed, chosen, reading, timings)

    def _place(self, article: str | None) -> int | None:
        if article is None or article in self._articles:
            return self._articles[article] if article else None
        known = ", ".join(list(self._articles)[:5])
        raise InputError(f"No article has the id {article!r}. Give one of: {known}.")

    def _surest(self, searches: Sequence[Search]) -> tuple[Search, Reading]:
        """Read for every meaning of the question, the promising ones thoroughly; the surest answer tells."""
        if len(searches) == 1:
            return searches[0], self._read(searches[0])
        skimmed = [
            self.readers.skim(one.question.text, one.passages, one.support, every=_asks_list(one)) for one in searches
        ]
        order = sorted(range(len(searches)), key=lambda place: -_confidence(skimmed[place].findings))
        read = [(searches[place], self._read(searches[place], skimmed[place])) for place in sorted(order[:_READ])]
        return max(read, key=lambda pair: _confidence(pair[1].findings))

    def _read(self, search: Search, skimmed: Reading | None = None) -> Reading:
        return self._proofs.found(search) or self.readers.read(
            search.question.text, search.passages, search.support, skimmed, every=_asks_list(search)
        )

    def _is_word(self, word: str) -> bool:
        """Tell whether the reader's vocabulary has a word whole."""
        return len(self.readers.first.token_ends(word)) == 1


def _asks_list(search: Search) -> bool:
    return search.question.asked.kind is AnswerType.LIST


def _confidence(findings: Sequence[Finding]) -> float:
    return findings[0].confidence if findings else 0.0
