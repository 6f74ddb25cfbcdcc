"""Words of an article that a person chose: selected on a page, or typed and looked for."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from index.article import Article
from index.errors import InputError
from index.sentences import Sentence, split
from rag.question_sets.question import Place

_AGAIN = "Select the words again, or type them."
LONGEST = 10_000
"""Code points of what a page may send."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Words that were selected, counted as a browser counts.

    :param article: Id of the article.
    :param first: Number of the sentence that the words begin in.
    :param start: UTF-16 units before them in that sentence.
    :param last: Number of the sentence that they end in.
    :param end: UTF-16 units up to their end in that sentence.
    :param words: The words as the page shows them.
    """

    article: str
    first: int
    start: int
    last: int
    end: int
    words: str

    @classmethod
    def parse(cls, message: str) -> Selection:
        """Read what the page's script sends.

        :param message: A JSON object with the parameters of a selection.
        :raises InputError: If it is not a selection.
        """
        fault = InputError(f"The page sent {message[:40]!r}, which is not a selection. {_AGAIN}")
        if len(message) > LONGEST:
            raise InputError(f"More than {LONGEST} characters are selected. Select the words that answer, and no more.")
        try:
            sent = json.loads(message)
        except (ValueError, RecursionError) as error:
            raise fault from error
        if not isinstance(sent, dict):
            raise fault
        texts = [sent.get(name) for name in ("article", "words")]
        numbers = [sent.get(name) for name in ("first", "start", "last", "end")]
        # by their exact type, because true is an int, too
        if not all(isinstance(text, str) for text in texts) or not all(type(n) is int and n >= 0 for n in numbers):
            raise fault
        return cls(sent["article"], sent["first"], sent["start"], sent["last"], sent["end"], sent["words"])


class Texts:
    """The articles that words are chosen from.

    :param articles: Articles by id.
    """

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self.articles = articles
        self.sentences: dict[str, list[Sentence]] = {key: split(article) for key, article in articles.items()}

    def words(self, place: Place) -> str:
        """The words at a place."""
        return self.articles[place.article].text[place.start : place.end]

    def has(self, place: Place) -> bool:
        """Tell whether there are words at a place."""
        article = self.articles.get(place.article)
        return article is not None and 0 <= place.start < place.end <= len(article.text)

    def evidence(self, place: Place) -> str:
        """The sentences that a place touches, from the first to the last, as the article has them."""
        touched = [one for one in self.sentences[place.article] if one.start < place.end and place.start < one.end]
        text = self.articles[place.article].text
        return text[min(touched[0].start, place.start) : max(touched[-1].end, place.end)]

    def selected(self, selection: Selection) -> Place:
        """Find the place of a selection.

        :param selection: What the page says was selected.
        :return: The place, without white space at its ends.
        :raises InputError: If the article has other words there.
        """
        sentences = self.sentences.get(selection.article, [])
        if not max(selection.first, selection.last) < len(sentences):
            raise InputError(f"No sentence {selection.last + 1} in the article {selection.article[:16]!r}. {_AGAIN}")
        text = self.articles[selection.article].text
        first, last = sentences[selection.first], sentences[selection.last]
        start = first.start + code_points(text[first.start : first.end], selection.start)
        end = last.start + code_points(text[last.start : last.end], selection.end)
        place = _stripped(text, Place(selection.article, start, end))
        found = text[place.start : place.end]
        if not found or _bare(found) != _bare(selection.words):
            raise InputError(f"The article has {found[:60]!r} there, not {selection.words[:60]!r}. {_AGAIN}")
        return place

    def found(self, article: str, words: str) -> list[Place]:
        """Look for words that were typed.

        :param article: Id of the article.
        :param words: The words; runs of white space stand for any.
        :return: Every place that has them, case and all.
        :raises InputError: If there is none.
        """
        pattern = r"\s+".join(map(re.escape, words.split()))
        text = self.articles[article].text
        places = [Place(article, *match.span()) for match in re.finditer(pattern, text)] if pattern else []
        if not places:
            raise InputError(f"The article does not have the words {words[:60]!r}. Copy them from it as they stand.")
        return places


def code_points(text: str, units: int) -> int:
    """Turn a count of UTF-16 units into one of code points; half a pair counts as none.

    >>> code_points("a🙂b", 3)
    2
    """
    return len(text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore"))


def _stripped(text: str, place: Place) -> Place:
    words = text[place.start : place.end]
    start = place.start + len(words) - len(words.lstrip())
    return Place(place.article, start, max(start, place.start + len(words.rstrip())))


def _bare(words: str) -> str:
    return "".join(words.split())
