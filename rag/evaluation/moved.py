"""Where a quoted sentence went when its article was corrected."""

from __future__ import annotations

import re
from itertools import takewhile

from rapidfuzz import fuzz, process

from index.article import Article
from index.sentences import split

_ALIKE = 60
"""Of 100: a sentence less like the quoted one than this is another, and not the same corrected."""
_SHOWN = 120


class Moved:
    """Finds quoted sentences in what an article says now.

    :param article: The article as it is.
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self._texts: dict[tuple[int, int], str] | None = None

    def told(self, quote: str, prefix: str = "", suffix: str = "") -> str:
        """Say where a sentence is now.

        :param quote: The sentence as it was.
        :param prefix: What stood before it.
        :param suffix: What stood behind it.
        :return: A clause: its place, if it is unchanged; or the sentence that is most like it; or that there is none.
        """
        text = self.article.text
        places = [match.start() for match in re.finditer(re.escape(quote), text)] if quote else []
        if places:
            start = max(places, key=lambda place: _common(text, place, place + len(quote), prefix, suffix))
            return f"the sentence stands there unchanged, at characters {start}–{start + len(quote)}"
        best = process.extractOne(quote, self._sentences(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if best is None:
            return "the sentence is no longer in it"
        now, _, (start, end) = best
        return f"the sentence now reads {now[:_SHOWN]!r}, at characters {start}–{end}"

    def _sentences(self) -> dict[tuple[int, int], str]:
        if self._texts is None:
            self._texts = {(one.start, one.end): self.article.text[one.start : one.end] for one in split(self.article)}
        return self._texts


def _common(text: str, start: int, end: int, prefix: str, suffix: str) -> int:
    """Count the characters around a place that are as they were."""
    before = zip(reversed(text[max(0, start - len(prefix)) : start]), reversed(prefix), strict=False)
    behind = zip(text[end : end + len(suffix)], suffix, strict=False)
    return sum(sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], each)) for each in (before, behind))
