"""From what was found to the answer that is given: every word of it the article's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, replace

from index.article import Article
from index.store import SentenceIndex
from rag.answer import (
    BETWEEN,
    Answer,
    Citation,
    Passage,
    Quotation,
    ReadPassage,
    Reason,
    Span,
    Status,
    Timings,
    quotation,
)
from rag.answering.phrases import completed
from rag.language.identification import language_of
from rag.language.overlap import token_f1
from rag.reading.reading import Finding, Reading
from rag.retrieval.search import Search
from rag.understanding.answer_type import AnswerType, Asked

CLOSEST = 3
"""Sentences offered when the article does not say."""
NEAR = 0.25
"""Retrieval score of the best sentence below which nothing in the article is near the question: so score 76 % of 572
everyday questions asked of another article, and 5 % of those asked of their own."""
MOST_ITEMS = 5
"""Sentences that a list is put together from."""
_RIVAL = 0.7
"""An answer competes with the best one if it is at least this times as probable."""


class Replies:
    """Writes answers about the articles of an index.

    :param index: The articles.
    :param threshold: Below this confidence the article counts as not saying.
    :param sure: From this confidence on an answer is sure.
    """

    def __init__(self, index: SentenceIndex, threshold: float, sure: float) -> None:
        self.threshold = threshold
        self.sure = sure
        self._index = index

    def reply(self, typed: str, search: Search, reading: Reading, timings: Timings) -> Answer:
        """Answer with what was found, surely or not, or say that the article does not say.

        :param typed: The question as it was typed.
        :param search: The question as it was understood.
        :param reading: What was read and found.
        :param timings: Milliseconds spent.
        :return: The answer.
        """
        best = reading.findings[0] if reading.findings else None
        if best and best.confidence >= self.threshold:
            return self._answered(typed, search, reading, timings)
        return self._refused(typed, search, reading, timings)

    def together(self, typed: str, answers: Sequence[Answer]) -> Answer:
        """Answer what asks several things with the answers to each.

        :param typed: The question as it was typed.
        :param answers: The answers, at least one with words.
        :return: All that was found, and which of them is missing; unsure if one that was found is.
        """
        found = [answer for answer in answers if answer.found_words]
        missing = [answer.question.removeprefix("And ") for answer in answers if not answer.given]
        spans: list[Span] = []
        for span in (span for answer in found for span in answer.spans):
            if not any(span.article == one.article and span.start < one.end and one.start < span.end for one in spans):
                spans.append(span)
        cited = {(one.article, one.start): one for answer in found for one in answer.citations}
        # the same words for two questions answer one of them
        sure = len(spans) >= len(found) and all(answer.status is Status.ANSWERED for answer in found)
        status = Status.ANSWERED if sure else Status.UNSURE
        times = [answer.timings_ms for answer in answers]
        return replace(
            found[0],
            question=typed,
            understood_as=typed,
            status=status,
            missing=" ".join(f"{one[0].upper()}{one[1:]}" for one in missing),
            text=BETWEEN[status].join(span.text for span in spans),
            confidence=min(answer.confidence for answer in found),
            spans=tuple(spans),
            citations=tuple(Citation.of(number, one) for number, one in enumerate(cited.values(), start=1)),
            timings_ms=Timings(*(sum(parts) for parts in zip(*map(astuple, times), strict=True))),
            passages=tuple(dict.fromkeys(read for answer in answers for read in answer.passages)),
        )

    def small_talk(self, typed: str, reply: str, timings: Timings) -> Answer:
        """Answer what is no question.

        :param typed: What was typed.
        :param reply: What is said back.
        :param timings: Milliseconds spent.
        :return: The answer.
        """
        return Answer(
            question=typed,
            understood_as=typed,
            status=Status.SMALL_TALK,
            text=reply,
            confidence=0.0,
            spans=(),
            citations=(),
            closest=(),
            timings_ms=timings,
        )

    def overview(self, question: str, rows: Sequence[int], timings: Timings) -> Answer:
        """Answer with whole sentences that stand for the articles.

        :param question: The question.
        :param rows: Rows of the sentences, in the order of the articles.
        :param timings: Milliseconds spent.
        :return: The answer; `not_in_article` without sentences.
        """
        quotations = [self._quotation(row) for row in rows]
        return Answer(
            question=question,
            understood_as=question,
            status=Status.OVERVIEW if quotations else Status.NOT_IN_ARTICLE,
            text=BETWEEN[Status.OVERVIEW].join(quoted.quote for quoted in quotations),
            confidence=1.0 if quotations else 0.0,
            spans=tuple(Span(quoted.article, quoted.start, quoted.end, quoted.quote) for quoted in quotations),
            citations=tuple(Citation.of(number, quoted) for number, quoted in enumerate(quotations, start=1)),
            closest=(),
            timings_ms=timings,
            reason=None if quotations else Reason.NOTHING_NEAR,
        )

    def _answered(self, typed: str, search: Search, reading: Reading, timings: Timings) -> Answer:
        asked = search.question.asked
        given = reading.findings[:1]
        if asked.kind is AnswerType.LIST:
            given = tuple(item for item in _distinct(reading) if item.confidence >= self.threshold)[:MOST_ITEMS]
        spans = tuple(_completed(asked, reading.passages[finding.passage].article, finding) for finding in given)
        status = Status.ANSWERED if given[0].confidence >= self.sure else Status.UNSURE
        return Answer(
            question=typed,
            understood_as=search.question.text,
            in_light_of=_light(search),
            status=status,
            text=BETWEEN[status].join(span.text for span in spans),
            confidence=given[0].confidence,
            spans=spans,
            citations=tuple(
                Citation.of(number, self._quotation(self._row(reading.passages[finding.passage], finding)))
                for number, finding in enumerate(given, start=1)
            ),
            closest=(),
            timings_ms=timings,
            read_by=reading.by,
            passages=_read(search, reading),
        )

    def _refused(self, typed: str, search: Search, reading: Reading, timings: Timings) -> Answer:
        foreign = bool(search.hits) and language_of(self._article(search.hits[0].row).text) is not None
        rivals = () if foreign else _rivals(reading, self.threshold / 2)
        closest = [self._row(reading.passages[rival.passage], rival) for rival in rivals]
        closest += [hit.row for hit in search.hits if hit.row not in closest]
        if foreign:
            reason = Reason.NOT_ENGLISH
        elif rivals:
            reason = Reason.COMPETING
        else:
            near = bool(search.hits) and search.hits[0].score >= NEAR
            reason = Reason.NOT_STATED if near else Reason.NOTHING_NEAR
        return Answer(
            question=typed,
            # a correction that leads nowhere was most likely none: 'arepas' is not 'areas'
            understood_as=typed if reason in (Reason.NOTHING_NEAR, Reason.NOT_ENGLISH) else search.question.text,
            in_light_of=_light(search),
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
            passages=_read(search, reading),
        )

    def _row(self, passage: Passage, finding: Finding) -> int:
        return self._index.rows_of(self._index.places[passage.article.id])[finding.number]

    def _quotation(self, row: int) -> Quotation:
        stored = self._index.sentences[row]
        return quotation(self._article(row), stored.number, stored.sentence, self._index.where(row))

    def _article(self, row: int) -> Article:
        return self._index.articles[self._index.sentences[row].article]


def _light(search: Search) -> str:
    return search.question.said[-1].question if search.question.said else ""


def _read(search: Search, reading: Reading) -> tuple[ReadPassage, ...]:
    """Tell what was read: of each passage the retriever's best score, and the surest span's confidence."""
    read = []
    for number, passage in enumerate(reading.passages):
        numbers = range(passage.first, passage.first + len(passage.sentences))
        scores = [search.support.get((passage.article.id, place), 0.0) for place in numbers]
        confidences = [finding.confidence for finding in reading.findings if finding.passage == number]
        read.append(
            ReadPassage(passage.article.id, passage.start, passage.end, max(scores), max(confidences, default=0.0))
        )
    return tuple(read)


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
