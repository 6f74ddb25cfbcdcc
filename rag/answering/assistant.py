"""The one place where the parts meet: a question goes in, a cited answer comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from index.encoder import Encoder
from index.errors import InputError
from index.store import SentenceIndex
from rag.answer import Answer, Passage, Status, Timings, Turn
from rag.answering.counts import count, kept_counts
from rag.answering.memory import Memory
from rag.answering.overview import overview
from rag.answering.proof import CONFIDENCE as PROVED
from rag.answering.proof import proof, proved_by
from rag.answering.reply import Replies
from rag.reading.calibration import Signals
from rag.reading.cascade import Cascade, Finding, Reading
from rag.retrieval.fusion import DEFAULT, Fusion
from rag.retrieval.retriever import HITS, Retriever
from rag.retrieval.search import Search
from rag.understanding.answer_type import AnswerType, asked_for, asks_overview
from rag.understanding.follow_ups import candidates
from rag.understanding.leaning import POINTING_WORDS, leans
from rag.understanding.preamble import without_courtesy, without_reset
from rag.understanding.small_talk import LONGEST, reply, small_talk

_READINGS = 2
"""Ways to understand a question that all readers are asked about; the first reader is asked about all."""


@dataclass(frozen=True, slots=True)
class Found:
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
        self.names = counts.names
        self._memory = Memory(remembered)
        self._replies = Replies(index, threshold)
        self.retriever = Retriever(index, encoder, fusion, counts.words)
        self._spelling = counts.spelling
        self._articles = {article.id: place for place, article in enumerate(index.articles)}

    def ask(
        self, question: str, turns: Sequence[Turn] = (), article: str | None = None, *, literally: bool = False
    ) -> Answer:
        """Answer a question.

        The same question gives the same answer. Every span is `article.text[start:end]` and lies
        inside a cited sentence. What is no question about the article gets a reply with the status `small_talk`:
        a greeting, nothing at all, or more than `LONGEST` characters, too.

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
    ) -> Iterator[Found | Answer]:
        """Answer a question, telling what is being read meanwhile.

        :param question: The question.
        :param turns: What was said before, the latest last.
        :param article: Id of the only article to look in; all by default.
        :param literally: Search for what is typed.
        :return: `Found`, unless nothing need be read, then the `Answer`.
        :raises InputError: If no article has that id.
        """
        began = perf_counter()
        key = (question, article, literally)
        known = None if turns else self._memory.recall(key)
        if known:
            yield replace(known, timings_ms=Timings(0.0, 0.0, (perf_counter() - began) * 1e3))
            return
        for step in self._found(question, turns, self._place(article), literally=literally):
            if isinstance(step, Answer) and not turns:
                self._memory.keep(key, step)
            yield step

    def _found(
        self, question: str, turns: Sequence[Turn], place: int | None, *, literally: bool
    ) -> Iterator[Found | Answer]:
        began = perf_counter()
        kind = small_talk(question, self._is_word, self._spelling.has)
        if kind is not None:
            yield _small_talk(question, reply(kind), began)
            return
        asked = question if literally else self._spelled(without_reset(without_courtesy(question)))
        if asks_overview(asked):
            rows = overview(self.index, place)
            took = (perf_counter() - began) * 1e3
            yield self._replies.overview(question, rows, Timings(took, 0.0, took))
            return
        searches = [self._search(question, asked, place)]
        yield Found(searches[0].passages)
        leaning = bool(turns) and not literally and leans(asked, self.names)
        cited = self._cited_proof(asked, turns[-1]) if leaning else None
        if leaning and cited is None:
            searches += [self._search(question, one, place) for one in candidates(asked, turns, self.names)]
        retrieved = perf_counter()
        search, reading = (searches[0], cited) if cited else self._read(searches)
        done = perf_counter()
        timings = Timings((retrieved - began) * 1e3, (done - retrieved) * 1e3, (done - began) * 1e3)
        yield self._replies.reply(search, reading, timings)

    def _place(self, article: str | None) -> int | None:
        if article is None or article in self._articles:
            return self._articles[article] if article else None
        known = ", ".join(list(self._articles)[:5])
        raise InputError(f"No article has the id {article!r}. Give one of: {known}.")

    def _spelled(self, question: str) -> str:
        return self._spelling.corrected(question, self._is_word)

    def _search(self, typed: str, understood: str, article: int | None) -> Search:
        hits = self.retriever.hits(understood, article)
        passages = self.retriever.passages(hits, self.readers.first)
        stored = [self.index.sentences[hit.row] for hit in hits]
        support = {
            (self.index.articles[row.article].id, row.number): hit.score for row, hit in zip(stored, hits, strict=True)
        }
        return Search(typed, understood, tuple(hits), tuple(passages), support)

    def _read(self, searches: Sequence[Search]) -> tuple[Search, Reading]:
        """Read for every way to understand the question, the promising ones thoroughly; the surest answer tells."""
        if len(searches) == 1:
            (search,) = searches
            return search, self._reading(search)
        skimmed = [
            self.readers.skim(one.understood, one.passages, one.support, every=_asks_list(one)) for one in searches
        ]
        order = sorted(range(len(searches)), key=lambda place: -_surest(skimmed[place].findings))
        read = []
        for place in sorted(order[:_READINGS]):
            read.append((searches[place], self._reading(searches[place], skimmed[place])))
        return max(read, key=lambda pair: _surest(pair[1].findings))

    def _reading(self, search: Search, skimmed: Reading | None = None) -> Reading:
        return self._proof(search) or self.readers.read(
            search.understood, search.passages, search.support, skimmed, every=_asks_list(search)
        )

    def _proof(self, search: Search) -> Reading | None:
        """Answer a yes-or-no question with the sentence that repeats it."""
        place = proof(search.understood, [self.index.text(hit.row) for hit in search.hits[:HITS]])
        return None if place is None else self._proved(search.hits[place].row, search.hits[place].score)

    def _cited_proof(self, question: str, before: Turn) -> Reading | None:
        """Answer a yes-or-no question that leans on an answer with the sentence cited for it."""
        for cited in before.answer.citations:
            if proved_by(question, before.question, cited.quote, POINTING_WORDS):
                return self._proved(self.index.rows_of(self._articles[cited.article])[cited.sentence], 0.0)
        return None

    def _proved(self, row: int, support: float) -> Reading:
        stored = self.index.sentences[row]
        passage = Passage(self.index.articles[stored.article], stored.number, (stored.sentence,))
        finding = Finding(
            0, stored.number, stored.sentence, passage.start, passage.end, Signals(score=0.0, support=support), PROVED
        )
        return Reading("", (passage,), (finding,))

    def _is_word(self, word: str) -> bool:
        """Tell whether the reader's vocabulary has a word whole."""
        return len(self.readers.first.token_ends(word)) == 1


def check_question(question: str) -> None:
    """Refuse a question that cannot be asked.

    :param question: The question.
    :raises InputError: If it is empty or longer than `LONGEST`.
    """
    if not question.strip():
        raise InputError(f"The question {question!r} is empty. Ask in at least one word.")
    if len(question) > LONGEST:
        raise InputError(
            f"The question {question[:40]!r}… has {len(question)} characters; at most {LONGEST} are read. "
            "Ask in one sentence."
        )


def _small_talk(question: str, text: str, began: float) -> Answer:
    took = (perf_counter() - began) * 1e3
    return Answer(
        question=question,
        understood_as=question,
        status=Status.SMALL_TALK,
        text=text,
        confidence=0.0,
        spans=(),
        citations=(),
        closest=(),
        timings_ms=Timings(0.0, 0.0, took),
    )


def _asks_list(search: Search) -> bool:
    return asked_for(search.understood).kind is AnswerType.LIST


def _surest(findings: Sequence[Finding]) -> float:
    return findings[0].confidence if findings else 0.0
