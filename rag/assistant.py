"""The one place where the parts meet: a question goes in, a cited answer comes out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter

from index.article import Article
from index.encoder import Encoder
from index.errors import InputError
from index.store import SentenceIndex
from rag.answer import Answer, Citation, Passage, Quotation, Reason, Span, Status, Timings, quotation
from rag.answer_type import AnswerType, Asked, asked_for
from rag.calibration import Signals
from rag.cascade import Cascade, Finding, Reading
from rag.metrics import token_f1
from rag.overview import asks_overview, overview
from rag.phrases import completed
from rag.proof import CONFIDENCE as PROVED
from rag.proof import proof
from rag.retriever import HITS, Hit, Retriever
from rag.spelling import Spelling

LONGEST_QUESTION = 500
"""Code points."""
CLOSEST = 3
"""Sentences offered when the article does not say."""
NEAR = 0.35
"""Retrieval score of the best sentence below which nothing in the article is near the question: so score 97 % of the
calibration questions asked of another article, and 0.7 % of those asked of their own."""
MOST_ITEMS = 5
"""Sentences that a list is put together from."""
_BETWEEN_ITEMS = "; "
_RIVAL = 0.7
"""An answer competes with the best one if it is at least this times as probable."""


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
    """

    def __init__(self, index: SentenceIndex, encoder: Encoder, readers: Cascade, threshold: float) -> None:
        """Keep the parts."""
        self.index = index
        self.readers = readers
        self.threshold = threshold
        self._retriever = Retriever(index, encoder)
        self._spelling = Spelling(article.text for article in index.articles)
        self._places = {
            (index.articles[stored.article].id, stored.number): row for row, stored in enumerate(index.sentences)
        }

    def ask(self, question: str) -> Answer:
        """Answer a question.

        The same question gives the same answer. Every span is `article.text[start:end]` and lies
        inside a cited sentence.

        :param question: 1 to 500 characters.
        :return: The answer; `not_in_article` when the articles do not say.
        :raises InputError: If the question is empty or too long.
        """
        *_, answer = self.steps(question)
        if not isinstance(answer, Answer):
            raise TypeError(f"the last step is {answer!r}, not an answer")
        return answer

    def steps(self, question: str) -> Iterator[Found | Answer]:
        """Answer a question, telling what is being read meanwhile.

        :param question: 1 to 500 characters.
        :return: `Found`, unless nothing need be read, then the `Answer`.
        :raises InputError: If the question is empty or too long.
        """
        check_question(question)
        began = perf_counter()
        if asks_overview(question):
            yield self._overview(question, began)
            return
        understood = self._spelling.corrected(question, self._is_word)
        hits = self._retriever.hits(understood)
        passages = self._retriever.passages(hits, self.readers.first)
        yield Found(tuple(passages))
        retrieved = perf_counter()
        reading = self._proof(understood, hits) or self.readers.read(understood, passages, self._support(hits))
        done = perf_counter()
        timings = Timings((retrieved - began) * 1e3, (done - retrieved) * 1e3, (done - began) * 1e3)
        best = reading.findings[0] if reading.findings else None
        if best and best.confidence >= self.threshold:
            yield self._answered(question, understood, reading, timings)
        else:
            yield self._refused(question, understood, hits, reading, timings)

    def _answered(self, question: str, understood: str, reading: Reading, timings: Timings) -> Answer:
        asked = asked_for(understood)
        given = reading.findings[:1]
        if asked.kind is AnswerType.LIST:
            given = tuple(item for item in _distinct(reading) if item.confidence >= self.threshold)[:MOST_ITEMS]
        spans = tuple(_completed(asked, reading.passages[finding.passage].article, finding) for finding in given)
        return Answer(
            question=question,
            understood_as=understood,
            status=Status.ANSWERED,
            text=_BETWEEN_ITEMS.join(span.text for span in spans),
            confidence=given[0].confidence,
            spans=spans,
            citations=tuple(
                Citation.of(number, self._quotation(self._row(reading.passages[finding.passage], finding)))
                for number, finding in enumerate(given, start=1)
            ),
            closest=(),
            timings_ms=timings,
            read_by=reading.by,
        )

    def _refused(
        self, question: str, understood: str, hits: Sequence[Hit], reading: Reading, timings: Timings
    ) -> Answer:
        rivals = _rivals(reading, self.threshold / 2)
        closest = [self._row(reading.passages[rival.passage], rival) for rival in rivals]
        closest += [hit.row for hit in hits if hit.row not in closest]
        if rivals:
            reason = Reason.COMPETING
        else:
            reason = Reason.NOT_STATED if hits and hits[0].score >= NEAR else Reason.NOTHING_NEAR
        return Answer(
            question=question,
            # a correction that leads nowhere was most likely none: 'arepas' is not 'areas'
            understood_as=question if reason is Reason.NOTHING_NEAR else understood,
            status=Status.NOT_IN_ARTICLE,
            text="",
            confidence=reading.findings[0].confidence if reading.findings else 0.0,
            spans=(),
            citations=(),
            closest=tuple(self._quotation(row) for row in closest[:CLOSEST]),
            timings_ms=timings,
            reason=reason,
            competing=tuple(_span(reading.passages[rival.passage], rival) for rival in rivals),
            read_by=reading.by,
        )

    def _overview(self, question: str, began: float) -> Answer:
        quotations = [self._quotation(row) for row in overview(self.index)]
        took = (perf_counter() - began) * 1e3
        return Answer(
            question=question,
            understood_as=question,
            status=Status.OVERVIEW if quotations else Status.NOT_IN_ARTICLE,
            text=" ".join(quoted.quote for quoted in quotations),
            confidence=1.0 if quotations else 0.0,
            spans=tuple(Span(quoted.article, quoted.start, quoted.end, quoted.quote) for quoted in quotations),
            citations=tuple(Citation.of(number, quoted) for number, quoted in enumerate(quotations, start=1)),
            closest=(),
            timings_ms=Timings(took, 0.0, took),
            reason=None if quotations else Reason.NOTHING_NEAR,
        )

    def _proof(self, question: str, hits: Sequence[Hit]) -> Reading | None:
        """Answer a yes-or-no question with the sentence that repeats it."""
        place = proof(question, [self.index.text(hit.row) for hit in hits[:HITS]])
        if place is None:
            return None
        stored = self.index.sentences[hits[place].row]
        passage = Passage(self.index.articles[stored.article], stored.number, (stored.sentence,))
        signals = Signals(score=0.0, support=hits[place].score)
        finding = Finding(0, stored.number, stored.sentence, passage.start, passage.end, signals, PROVED)
        return Reading("", (passage,), (finding,))

    def _support(self, hits: Sequence[Hit]) -> dict[tuple[str, int], float]:
        stored = [self.index.sentences[hit.row] for hit in hits]
        return {
            (self.index.articles[row.article].id, row.number): hit.score for row, hit in zip(stored, hits, strict=True)
        }

    def _is_word(self, word: str) -> bool:
        """Tell whether the reader's vocabulary has a word whole."""
        return len(self.readers.first.token_ends(word)) == 1

    def _row(self, passage: Passage, finding: Finding) -> int:
        return self._places[passage.article.id, finding.number]

    def _quotation(self, row: int) -> Quotation:
        stored = self.index.sentences[row]
        return quotation(self.index.articles[stored.article], stored.number, stored.sentence)


def _rivals(reading: Reading, least: float) -> tuple[Finding, ...]:
    """Find two answers of which neither is clearly the better."""
    rivals = _distinct(reading)[:2]
    return rivals if len(rivals) == 2 and rivals[0].confidence >= least else ()


def _distinct(reading: Reading) -> tuple[Finding, ...]:
    """Find the answers that compete with the best one, it included: other sentences, other words."""
    kept: dict[str, Finding] = {}
    for finding in reading.findings:
        if finding.confidence < _RIVAL * reading.findings[0].confidence:
            break
        words = _span(reading.passages[finding.passage], finding).text
        places = [(other.passage, other.number) for other in kept.values()]
        if (finding.passage, finding.number) not in places and token_f1(words, list(kept)) == 0.0:
            kept[words] = finding
    return tuple(kept.values())


def _completed(asked: Asked, article: Article, finding: Finding) -> Span:
    origin = finding.sentence.start
    sentence = article.text[origin : finding.sentence.end]
    start, end = completed(asked, sentence, (finding.start - origin, finding.end - origin))
    return Span(article.id, origin + start, origin + end, sentence[start:end])


def _span(passage: Passage, finding: Finding) -> Span:
    return Span(passage.article.id, finding.start, finding.end, passage.article.text[finding.start : finding.end])


def check_question(question: str) -> None:
    """Refuse a question that cannot be asked.

    :param question: The question.
    :raises InputError: If it is empty or longer than `LONGEST_QUESTION`.
    """
    if not question.strip():
        raise InputError(f"The question {question!r} is empty. Ask in at least one word.")
    if len(question) > LONGEST_QUESTION:
        raise InputError(
            f"The question {question[:40]!r}… has {len(question)} characters; at most {LONGEST_QUESTION} are read. "
            "Ask in one sentence."
        )
