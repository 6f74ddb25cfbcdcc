"""The one place where the parts meet: a question goes in, a cited answer comes out.

On its way a question is understood, searched for, read for and answered; `rag.rendering` writes the answer. All that is
made of an index for that belongs together here, and never changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from index.encoder import Encoder
from index.errors import InputError
from index.store import SentenceIndex
from rag.answer import Answer, Article, Elsewhere, Passage, Quotation, Timings, Turn
from rag.answering.asides import body_first
from rag.answering.counts import count, kept_counts
from rag.answering.echoes import answered_behind
from rag.answering.elsewhere import elsewhere
from rag.answering.memory import Memory
from rag.answering.overview import all_about, overview
from rag.answering.proof import Proofs
from rag.answering.reply import Replies
from rag.reading.calibration import EVEN
from rag.reading.reading import CalibratedReader, Reading, read
from rag.retrieval.alone import MOST, Alone
from rag.retrieval.fusion import DEFAULT, Fusion
from rag.retrieval.retriever import Retriever
from rag.retrieval.search import Search, search_for
from rag.understanding.answer_type import AnswerType
from rag.understanding.interpretation import Interpreter, Overview, Talk

Only: TypeAlias = str | Sequence[str] | None
"""Id of the only article to look in, or ids of some; all with None."""
TOGETHER = MOST
"""Sentences of articles that are chosen, at most: what is counted of them is counted anew, which takes seconds, and is
kept while it is among the last."""


_SHOWN = 80
"""Code points of an unknown id that are shown."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """A step on the way to an answer: what was searched for, and what is about to be read."""

    searched: str
    passages: tuple[Passage, ...]


class Edition:
    """Answers questions about the articles of one index, as they are in it.

    :param index: The articles.
    :param encoder: The encoder that the index was built with.
    :param reader: Finds spans in passages and tells how probably they are right.
    :param threshold: Below this confidence the article counts as not saying.
    :param fusion: Ranks the sentences.
    :param remembered: Answers that are kept, to be given again at once.
    :param cache: Where what is counted of a big index is kept; by default it is counted each time.
    :param sure: From this confidence on an answer is sure; below it, and from the threshold on, it is `unsure`.
    :param hints: Whether an answer from some articles tells of another one that answers better.
    """

    def __init__(
        self,
        index: SentenceIndex,
        encoder: Encoder,
        reader: CalibratedReader,
        threshold: float,
        fusion: Fusion = DEFAULT,
        remembered: int = 0,
        cache: Path | None = None,
        sure: float = EVEN,
        hints: bool = True,
    ) -> None:
        counts = kept_counts(index, cache) if cache else count(index)
        self.index = index
        self.reader = reader
        self.threshold = threshold
        self.sure = sure
        self._hints = hints
        self.interpreter = Interpreter(counts.names, counts.spelling, self._is_word)
        self.retriever = Retriever(index, encoder, fusion, counts.words)
        self._proofs = Proofs(index)
        self._replies = Replies(index, threshold, sure)
        self._memory = Memory(remembered)
        self._alone = Alone(index, lambda only: Edition(only, encoder, reader, threshold, fusion, 0, cache, sure))

    def steps(
        self, question: str, turns: Sequence[Turn] = (), article: Only = None, *, literally: bool = False
    ) -> Iterator[Retrieved | Answer]:
        """Answer a question: see `rag.answering.assistant.Assistant.steps`."""
        began = perf_counter()
        key = (question, _names(article), literally)
        known = None if turns else self._memory.recall(key)
        if known:
            yield replace(known, timings_ms=Timings(0.0, 0.0, (perf_counter() - began) * 1e3))
            return
        alone, searched = self.alone(article), ""
        for step in alone._pipeline(question, turns, literally=literally):
            if isinstance(step, Retrieved):
                searched = step.searched
            else:
                found = self._elsewhere(alone, searched, step)
                # the same step, with what it names
                step = replace(step, versions=self._named(step), elsewhere=found)
                if not turns:
                    self._memory.keep(key, step)
            yield step

    def _elsewhere(self, alone: Edition, searched: str, answer: Answer) -> Elsewhere | None:
        if alone is self or not self._hints:
            return None
        asked = {self.index.places[article.id] for article in alone.index.articles}
        return elsewhere(self.retriever, self.reader, self.sure, searched, answer, asked)

    def _named(self, answer: Answer) -> tuple[Article, ...]:
        quoted: tuple[Quotation, ...] = (*answer.citations, *answer.closest)
        names = dict.fromkeys([*(one.article for one in quoted), *(one.article for one in answer.passages)])
        return tuple(self.index.articles[self.index.places[name]] for name in names)

    def alone(self, article: Only) -> Edition:
        """Return the edition of one article, or of some, which knows of no others.

        :param article: The article's id, or those of some articles; all articles with None, or with no id.
        :return: It; itself if there is nothing to leave out.
        :raises InputError: If no article has such an id, or some have more than `TOGETHER` sentences.
        """
        places = set()
        for name in _names(article):
            place = self.index.place_of(name)
            if place is None:
                known = ", ".join(list(self.index.places)[:5])
                raise InputError(f"No article has the id {name[:_SHOWN]!r}. Give one of: {known}.")
            places.add(place)
        if len(places) in (0, len(self.index.places)):
            return self
        sentences = sum(len(self.index.rows_of(place)) for place in places)
        if len(places) > 1 and sentences > TOGETHER:
            raise InputError(
                f"These {len(places)} articles have {sentences:,} sentences together; of some articles, at most "
                f"{TOGETHER:,} are searched. Ask about fewer, or about all."
            )
        return self._alone.of(*sorted(places))

    def _pipeline(self, typed: str, turns: Sequence[Turn], *, literally: bool) -> Iterator[Retrieved | Answer]:
        answers: list[Answer] = []
        for part in () if literally else self.interpreter.parts(typed):
            said = (*turns, *(Turn(answer.question, answer) for answer in answers))
            for step in self._single(part, said, literally=False):
                if isinstance(step, Answer):
                    answers.append(step)
                else:
                    yield step
        if any(answer.found_words for answer in answers):
            yield self._replies.together(typed, answers)
        else:
            yield from self._single(typed, turns, literally=literally)

    def _single(self, typed: str, turns: Sequence[Turn], *, literally: bool) -> Iterator[Retrieved | Answer]:
        began = perf_counter()
        meant = self.interpreter.interpret(typed, turns, literally=literally)
        if isinstance(meant, Talk):
            yield self._replies.small_talk(typed, meant.reply, Timings(0.0, 0.0, (perf_counter() - began) * 1e3))
            return
        if isinstance(meant, Overview):
            rows = overview(self.index)
            took = (perf_counter() - began) * 1e3
            yield self._replies.overview(typed, rows, Timings(took, 0.0, took))
            return
        search = search_for(self.retriever, meant, self.reader.reader)
        yield Retrieved(meant.in_context, search.passages)
        retrieved = perf_counter()
        proved = self._proofs.cited(meant.text, turns[-1]) if meant.said else None
        reading = proved or self._read(search)
        if meant.said and not meant.points and not self._is_sure(reading):
            # it may be complete: 'the architect' of the article, and not of what was spoken of
            alone = search_for(self.retriever, replace(meant, said=()), self.reader.reader)
            other = self._read(alone)
            if self._is_sure(other):
                search, reading = alone, other
                yield Retrieved(meant.text, alone.passages)
        done = perf_counter()
        timings = Timings((retrieved - began) * 1e3, (done - retrieved) * 1e3, (done - began) * 1e3)
        told = self._told(meant.topic) if meant.topic and not self._is_sure(reading) else []
        if told:
            yield self._replies.overview(typed, told, timings)
        else:
            yield self._replies.reply(typed, search, reading, timings)

    def _told(self, topic: str) -> list[int]:
        return all_about(self.index, self.retriever.hits(topic), topic)

    def _read(self, search: Search) -> Reading:
        if proved := self._proofs.found(search):
            return proved
        every = _asks_list(search)
        found = read(self.reader, search.question.in_context, search.passages, search.support, every=every)
        return body_first(answered_behind(found, search.question.text))

    def _is_sure(self, reading: Reading) -> bool:
        return bool(reading.findings) and reading.findings[0].confidence >= self.sure

    def _is_word(self, word: str) -> bool:
        """Tell whether the reader's vocabulary has a word whole."""
        return len(self.reader.reader.token_ends(word)) == 1


def _names(article: Only) -> tuple[str, ...]:
    return () if article is None else (article,) if isinstance(article, str) else tuple(article)


def _asks_list(search: Search) -> bool:
    return search.question.asked.kind is AnswerType.LIST
