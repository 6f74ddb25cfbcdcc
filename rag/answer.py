"""The nouns of an answer. Offsets are the truth: code points into `article.text`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from index.article import Article as Article  # a public name of rag, too
from index.landmarks import Place as Place  # likewise
from index.seal import sealed
from index.sentences import Sentence

CONTEXT = 32
"""Code points of prefix and suffix that help to find a quotation in another copy of the article."""

_NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Passage:
    """The window that is read: consecutive whole sentences of one article.

    :param first: Number of the first sentence within the article, from 0.
    """

    article: Article
    first: int
    sentences: tuple[Sentence, ...]

    @property
    def start(self) -> int:
        """First code point in the article."""
        return self.sentences[0].start

    @property
    def end(self) -> int:
        """One past the last code point."""
        return self.sentences[-1].end

    @property
    def text(self) -> str:
        """The words of the passage."""
        return self.article.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Span:
    """The answer: a stretch of an article.

    :param article: Id of the article.
    """

    article: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Quotation:
    """A whole sentence, with what is needed to find it again and to notice a change.

    :param article: Id of the article.
    :param article_sha256: Digest of the article's text.
    :param sentence: Number of the sentence within the article, from 0.
    :param start_utf16: `start` counted in UTF-16 code units, as JavaScript does.
    :param place: Where a person finds it in the document: page, heading, paragraph.
    :param title: Of the article.
    """

    article: str
    article_sha256: str
    sentence: int
    start: int
    end: int
    start_utf16: int
    end_utf16: int
    quote: str
    prefix: str
    suffix: str
    place: Place = field(default=_NOWHERE, kw_only=True)
    title: str = field(default="", kw_only=True)


@dataclass(frozen=True, slots=True)
class Citation(Quotation):
    """A quotation that proves an answer, with the number shown to the reader."""

    number: int

    @classmethod
    def of(cls, number: int, source: Quotation) -> Citation:
        """Number a quotation.

        :param number: From 1, in the order of the answer.
        :param source: The quotation.
        """
        return cls(**{**_fields(source), "place": source.place}, number=number)


class Status(StrEnum):
    """What kind of reply an answer is."""

    ANSWERED = "answered"
    UNSURE = "unsure"
    """Answered, but the words may be wrong: to be shown as doubtful, with the sentence to check them by."""
    NOT_IN_ARTICLE = "not_in_article"
    OVERVIEW = "overview"
    SMALL_TALK = "small_talk"


class Reason(StrEnum):
    """Why an article counts as not saying."""

    NOTHING_NEAR = "nothing_near"
    NOT_STATED = "not_stated"
    COMPETING = "competing"
    NOT_ENGLISH = "not_english"
    """Nobody knows: it is in another language than the one that is read here."""


UNSEALED = ("timings_ms", "elsewhere")
"""Keys of the JSON of an answer that its seal does not cover: so the same answer has the same seal, however long it
took and whatever other articles there are."""
BETWEEN = {Status.ANSWERED: "; ", Status.UNSURE: "; ", Status.OVERVIEW: " "}
"""What stands between the quoted words that are the text of an answer; all other text of it is theirs."""


@dataclass(frozen=True, slots=True)
class ReadPassage:
    """A passage that was read for an answer, and what came of it.

    :param article: Id of the article.
    :param score: The retriever's score of its best sentence; higher is better.
    :param confidence: Calibrated probability of the surest span in it; 0 where there was none.
    """

    article: str
    start: int
    end: int
    score: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds spent."""

    retrieve: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """An article that was not asked, and answers better.

    :param article: Id of the article.
    :param title: Its title.
    :param confidence: Calibrated probability of the answer found there.
    """

    article: str
    title: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to a question.

    :param understood_as: The question that was searched for.
    :param status: What kind of reply it is; the words of an `unsure` one are to be shown as doubtful.
    :param in_light_of: The earlier question that it was read with; empty if it stands alone.
    :param text: The words of the spans, joined; empty when the article does not say; of small talk the reply.
    :param confidence: Calibrated probability that the answer is right; for `not_in_article`, of the
        best span that was refused.
    :param closest: For `not_in_article`: the sentences nearest to the question, not an answer.
    :param reason: For `not_in_article`: why.
    :param competing: For `not_in_article` because answers compete: their words, which lie in the closest sentences.
    :param read_by: Name of the reader; empty where none was needed.
    :param missing: Of two questions at once the one that has no answer; empty if there is none.
    :param versions: The articles that it quotes or that were read, as they were: they may be corrected later.
    :param passages: What that reader read.
    :param elsewhere: If only some articles were asked: another one that answers clearly better. It is no part of the
        answer, which is the same without it.
    """

    question: str
    understood_as: str
    status: Status
    text: str
    confidence: float
    spans: tuple[Span, ...]
    citations: tuple[Citation, ...]
    closest: tuple[Quotation, ...]
    timings_ms: Timings
    reason: Reason | None = None
    competing: tuple[Span, ...] = ()
    read_by: str = ""
    passages: tuple[ReadPassage, ...] = ()
    in_light_of: str = ""
    missing: str = ""
    versions: Annotated[tuple[Article, ...], Field(exclude=True)] = field(default=(), repr=False, compare=False)
    elsewhere: Elsewhere | None = field(default=None, compare=False)

    @property
    def given(self) -> bool:
        """Whether it answers: with words of the article and citations."""
        return self.found_words or self.status is Status.OVERVIEW

    @property
    def found_words(self) -> bool:
        """Whether it answers with words inside sentences, surely or not: an overview is whole sentences."""
        return self.status in (Status.ANSWERED, Status.UNSURE)

    def to_dict(self) -> dict[str, Any]:
        """Return the answer as JSON types, in the documented order; the last key, `sha256`, seals what is sealed."""
        return sealed(self._record(), UNSEALED)

    def _record(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "understood_as": self.understood_as,
            "in_light_of": self.in_light_of,
            **({"missing": self.missing} if self.missing else {}),
            "status": self.status.value,
            "text": self.text,
            "confidence": round(self.confidence, 4),
            "spans": [asdict(span) for span in self.spans],
            "citations": [{"number": citation.number, **_fields(citation)} for citation in self.citations],
            "closest": [_fields(quotation) for quotation in self.closest],
            "reason": self.reason.value if self.reason else None,
            "competing": [asdict(span) for span in self.competing],
            "read_by": self.read_by,
            "passages": [
                {**asdict(read), "score": round(read.score, 4), "confidence": round(read.confidence, 4)}
                for read in self.passages
            ],
            "elsewhere": _elsewhere(self.elsewhere),
            "timings_ms": {name: round(value, 1) for name, value in asdict(self.timings_ms).items()},
        }


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of a conversation and its answer.

    :param helped: What its reader said of the answer; None if nothing.
    :param told: It was told by a page, and not answered by this run of the server.
    """

    question: str
    answer: Answer
    helped: bool | None = None
    told: bool = False


Support = Mapping[tuple[str, int], float]
"""The retriever's score of a sentence, by the article's id and the sentence's number in it."""


def quotation(article: Article, number: int, sentence: Sentence, place: Place = _NOWHERE) -> Quotation:
    """Quote a sentence of an article.

    :param article: The article.
    :param number: The sentence's place in the article, from 0.
    :param sentence: The sentence.
    :param place: Where a person finds it.
    :return: The quotation.
    """
    text, start, end = article.text, sentence.start, sentence.end
    start_utf16 = _utf16(text[:start])
    return Quotation(
        article=article.id,
        article_sha256=article.digest,
        sentence=number,
        start=start,
        end=end,
        start_utf16=start_utf16,
        end_utf16=start_utf16 + _utf16(text[start:end]),
        quote=text[start:end],
        prefix=text[max(0, start - CONTEXT) : start],
        suffix=text[end : end + CONTEXT],
        place=place,
        title=article.title,
    )


def _elsewhere(found: Elsewhere | None) -> dict[str, Any] | None:
    return {**asdict(found), "confidence": round(found.confidence, 4)} if found else None


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _fields(quotation: Quotation) -> dict[str, Any]:
    return {
        "article": quotation.article,
        "article_sha256": quotation.article_sha256,
        "sentence": quotation.sentence,
        "start": quotation.start,
        "end": quotation.end,
        "start_utf16": quotation.start_utf16,
        "end_utf16": quotation.end_utf16,
        "quote": quotation.quote,
        "prefix": quotation.prefix,
        "suffix": quotation.suffix,
        "place": asdict(quotation.place),
        "title": quotation.title,
    }
