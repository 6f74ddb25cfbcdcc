"""What Pullquote itself says beside the words of the article, and which of those it marks.

In English where programs, files and terminals get it; in the reader's language in the chat.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.article import Article
from rag.answer import Answer, Place, Quotation, Reason, Span, Status
from rag.language.identification import language_of
from rag.locale import ENGLISH, Locale
from rag.rendering.escaping import one_line

NOT_IN_ARTICLE = ENGLISH.message("answer.notInArticle")
CLOSEST = ENGLISH.message("answer.closest")
"""Stands before sentences that are near the question, and no answer."""
OVERVIEW = ENGLISH.message("answer.overview")
UNSURE = ENGLISH.message("answer.unsure")
"""Stands before the words of an answer that may be wrong."""
ELSEWHERE = ENGLISH.message("bubble.elsewhere")
"""Stands before the article's title."""
_REASONS = {Reason.NOTHING_NEAR: "answer.nothingNear", Reason.NOT_STATED: "answer.notStated"}
_WHY = {**_REASONS, Reason.COMPETING: "bubble.whyCompeting", Reason.NOT_ENGLISH: "bubble.whyNotEnglish"}
_EDGES = " \t\n\r.,:;!?…\"'“”‘’()"
"""What may stand around a sentence, and adds no word to it."""
_VERY = 0.7
_FAIRLY = 0.5
"""The confidences from which on these words are said: a choice, so that two words tell more than a number alone."""


def doubt(answer: Answer, locale: Locale = ENGLISH) -> str:
    """Say before the words of an answer in plain text that they may be wrong.

    :param answer: An answer that was given.
    :param locale: The reader's language.
    :return: A sentence and a space; nothing if it is sure.
    """
    return f"{locale.message('answer.unsure')}. " if answer.status is Status.UNSURE else ""


def missing(answer: Answer, locale: Locale = ENGLISH) -> str:
    """Say which of two questions at once has no answer.

    :param answer: An answer with words.
    :param locale: The reader's language.
    :return: One line, whose last words are the reader's: they are still to be escaped. Nothing if none is missing.
    """
    return f"{locale.message('answer.missing')} {one_line(answer.missing)}" if answer.missing else ""


def how_sure(answer: Answer, locale: Locale = ENGLISH) -> str:
    """Say how likely an answer is right.

    :param answer: An answer with words.
    :param locale: The reader's language.
    :return: One word, and the confidence in per cent. An answer that is shown as doubtful is never `very` sure.
    """
    if answer.status is Status.ANSWERED and answer.confidence >= _VERY:
        word = "very"
    else:
        word = "fairly" if answer.confidence >= _FAIRLY else "hardly"
    return f"{locale.message(f'bubble.{word}')} ({percent(answer.confidence)})"


def percent(share: float) -> str:
    r"""Write a share in per cent, in a way that no line end separates.

    >>> percent(0.651)
    '65\xa0%'

    :param share: From 0 to 1.
    """
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def refusal(answer: Answer, locale: Locale = ENGLISH) -> str:
    """Say that there is no answer, or that two compete.

    :param answer: An answer `not_in_article`.
    :param locale: The reader's language.
    :return: One sentence; competing answers are quoted in it.
    """
    if answer.reason is Reason.NOT_ENGLISH:
        return locale.message("answer.notEnglish")
    if answer.reason is Reason.COMPETING:
        words = [locale.message("bubble.quoted", words=one_line(span.text)) for span in answer.competing]
        either = f" {locale.message('bubble.or')} ".join(words)
        return f"{locale.message('answer.competing')} {either}"
    return locale.message("answer.notInArticle")


def refusal_with_reason(answer: Answer) -> str:
    """Say that there is no answer, and why, where nothing can be unfolded.

    :param answer: An answer `not_in_article`.
    :return: One or two sentences; competing answers are quoted in it.
    """
    reason = _REASONS.get(answer.reason) if answer.reason else None
    return f"{refusal(answer)} {ENGLISH.message(reason)}" if reason else refusal(answer)


def why_not(answer: Answer, locale: Locale = ENGLISH) -> str:
    """Say why there is no answer, in a sentence that stands alone.

    :param answer: An answer `not_in_article`.
    :param locale: The reader's language.
    :return: One sentence; nothing if no reason is known.
    """
    return locale.message(_WHY[answer.reason]) if answer.reason else ""


def language_warning(article: Article, locale: Locale = ENGLISH) -> str:
    """Warn of an article that is not in English.

    >>> language_warning(Article("Der Rat der Stadt hat am Dienstag beschlossen, die Brücke zu sperren."))
    'Pullquote reads English; this article looks like German: its answers will be poor.'

    :param article: The article.
    :param locale: The reader's language.
    :return: One sentence or two; nothing if there is nothing to warn of.
    """
    language = language_of(article.text)
    return locale.message("pane.foreign", language=locale.message(f"languages.{language}")) if language else ""


def where(place: Place, locale: Locale = ENGLISH) -> str:
    """Say where a person finds a sentence in a document that has pages or headings.

    >>> where(Place(page=7, heading="The ferry", paragraph=2)), where(Place(heading="The ferry", paragraph=2))
    ('page 7, paragraph 2', '“The ferry”, paragraph 2')

    :param place: The place.
    :param locale: The reader's language.
    :return: The page, else the nearest heading, and the paragraph; nothing for a text without either. The words of a
        heading are the document's: they are still to be escaped.
    """
    named = ""
    if place.page:
        named = locale.message("place.page", number=place.page)
    elif place.heading:
        named = locale.message("place.heading", heading=one_line(place.heading))
    paragraph = locale.message("place.paragraph", number=place.paragraph) if named and place.paragraph else ""
    return ", ".join(filter(None, (named, paragraph)))


def is_whole(answer: Answer) -> bool:
    """Tell whether an answer's words are the whole of its one sentence, so that to give both says the same twice.

    :param answer: An answer with words.
    """
    return len(answer.citations) == 1 and _core(answer.text) == _core(answer.citations[0].quote)


def _core(text: str) -> str:
    return text.strip(_EDGES)


def inside(quoted: Quotation, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Offsets within the quotation of the spans that lie in it, in order."""
    return sorted(
        (span.start - quoted.start, span.end - quoted.start)
        for span in spans
        if span.article == quoted.article and quoted.start <= span.start and span.end <= quoted.end
    )
