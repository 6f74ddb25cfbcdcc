"""What Pullquote itself says beside the words of the article, and which of those it marks."""

from __future__ import annotations

from collections.abc import Sequence

from index.article import Article
from rag.answer import Answer, Place, Quotation, Reason, Span, Status
from rag.language.identification import language_of
from rag.rendering.escaping import one_line

NOT_IN_ARTICLE = "The article doesn't say this."
COMPETING = "The article gives two possible answers:"
"""Stands before two answers of which neither is clearly the better."""
CLOSEST = "Closest passages:"
"""Stands before sentences that are near the question, and no answer."""
MORE = "More passages"
_REASONS = {
    Reason.NOTHING_NEAR: "Nothing in the article is near the question.",
    Reason.NOT_STATED: "Parts of the article are about the topic, but none answers the question.",
}
_WHY = {
    **_REASONS,
    Reason.COMPETING: "Two answers fit about equally well, and neither is clearly the better.",
    Reason.NOT_ENGLISH: "Only English is read here, so whether the article answers the question is not known.",
}
NOT_ENGLISH = "Pullquote reads English, and this article is in another language."
OVERVIEW = "In its own words, the article is about:"
UNSURE = "Unsure: check the sentence"
"""Stands before the words of an answer that may be wrong."""
UNDERSTOOD = "Understood as"
IN_LIGHT = "In the light of"
"""Stands before the earlier question that one was read with."""
ELSEWHERE = "Another article answers this better:"
"""Stands before the article's title."""
_EDGES = " \t\n\r.,:;!?…\"'“”‘’()"
"""What may stand around a sentence, and adds no word to it."""
_VERY = 0.7
_FAIRLY = 0.5
"""The confidences from which on these words are said: a choice, so that two words tell more than a number alone."""


def doubt(answer: Answer) -> str:
    """Say before the words of an answer in plain text that they may be wrong.

    :param answer: An answer that was given.
    :return: A sentence and a space; nothing if it is sure.
    """
    return f"{UNSURE}. " if answer.status is Status.UNSURE else ""


def how_sure(answer: Answer) -> str:
    """Say how likely an answer is right.

    :param answer: An answer with words.
    :return: One word, and the confidence in per cent. An answer that is shown as doubtful is never `very` sure.
    """
    if answer.status is Status.ANSWERED and answer.confidence >= _VERY:
        word = "very"
    else:
        word = "fairly" if answer.confidence >= _FAIRLY else "hardly"
    return f"{word} ({percent(answer.confidence)})"


def percent(share: float) -> str:
    r"""Write a share in per cent, in a way that no line end separates.

    >>> percent(0.651)
    '65\xa0%'

    :param share: From 0 to 1.
    """
    return f"{100 * share:.0f}\N{NO-BREAK SPACE}%"


def refusal(answer: Answer) -> str:
    """Say that there is no answer, or that there are two.

    :param answer: An answer `not_in_article`.
    :return: One sentence; competing answers are quoted in it.
    """
    if answer.reason is Reason.NOT_ENGLISH:
        return NOT_ENGLISH
    if answer.reason is Reason.COMPETING:
        return f"{COMPETING} {' or '.join(f'“{one_line(span.text)}”' for span in answer.competing)}"
    return NOT_IN_ARTICLE


def refusal_with_reason(answer: Answer) -> str:
    """Say that there is no answer, and why, where nothing can be unfolded.

    :param answer: An answer `not_in_article`.
    :return: One or two sentences; competing answers are quoted in it.
    """
    reason = _REASONS.get(answer.reason) if answer.reason else None
    return f"{refusal(answer)} {reason}" if reason else refusal(answer)


def why_not(answer: Answer) -> str:
    """Say why there is no answer, in a sentence that stands alone.

    :param answer: An answer `not_in_article`.
    :return: One sentence; nothing if no reason is known.
    """
    return _WHY[answer.reason] if answer.reason else ""


def language_warning(article: Article) -> str:
    """Warn of an article that is not in English.

    >>> language_warning(Article("Der Rat der Stadt hat am Dienstag beschlossen, die Brücke zu sperren."))
    'Pullquote reads English; this article looks like German: its answers will be poor.'

    :param article: The article.
    :return: One sentence; nothing if there is nothing to warn of.
    """
    language = language_of(article.text)
    return f"Pullquote reads English; this article looks like {language}: its answers will be poor." if language else ""


def where(place: Place) -> str:
    """Say where a person finds a sentence in a document that has pages or headings.

    >>> where(Place(page=7, heading="The ferry", paragraph=2)), where(Place(heading="The ferry", paragraph=2))
    ('page 7, paragraph 2', '“The ferry”, paragraph 2')

    :param place: The place.
    :return: The page, else the nearest heading, and the paragraph; nothing for a text without either. The words of a
        heading are the document's: they are still to be escaped.
    """
    named = f"page {place.page}" if place.page else f"“{one_line(place.heading)}”" if place.heading else ""
    return f"{named}, paragraph {place.paragraph}" if named and place.paragraph else named


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
