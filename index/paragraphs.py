"""The paragraphs of a text: a line each, or, where lines were broken to fit a width, the lines that belong together.

The text is never changed, so a paragraph of such a text holds its line ends, which are white space like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_LINE = re.compile(r"[^\r\n]+")
_LINE_ENDS = frozenset(["\n", "\r\n", "\r"])
_NARROWEST, _WIDEST = 30, 132
"""Code points of the longest lines of a text that was broken to fit a width."""
_FEWEST = 3
"""Line ends that tell a width; fewer may stand there by chance."""
_ROOM = 0.85
"""Times the width: a line that is shorter even with the first word of the next one had room for it."""
_FULL = 0.6
"""Share of the lines that had none; the others end paragraphs."""
_BROKEN = 0.4
"""Share of the lines that begin with a small letter, in the middle of a sentence, ..."""
_WORDS = 3
"""... and have so many words: a list of names has not."""
_ENDS = re.compile(r"[.!?:;…][\"'”’)\]»]*$")
_ITEM = re.compile(r"(?:[-*•◦▪‣●○■–·>|+]|\(?(?:\d{1,3}|[a-z]|[ivx]{1,4})[.)])[ \t]")
"""Begins an item of a list, or a line that is quoted in a message."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line in which something is seen.

    :param start: First code point that is no white space.
    :param end: One past the last such.
    :param depth: White space before them, in code points.
    :param text: What stands between.
    :param follows: Whether another one stands directly above it.
    """

    start: int
    end: int
    depth: int
    text: str
    follows: bool

    @property
    def width(self) -> int:
        """Return how far it reaches to the right."""
        return self.depth + len(self.text)


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    r"""Give the paragraphs of a text: its lines, but what was broken to fit a width as a whole.

    >>> list(paragraphs("A headline\n\nThe story."))
    [(0, 10), (12, 22)]

    :param text: The text.
    :return: The first code point and one past the last of each, in order; something is seen in each.
    """
    lines = list(_lines(text))
    width = _width(lines)
    ends = [place for place, pair in enumerate(pairwise(lines), start=1) if not (width and _goes_on(*pair, width))]
    for first, end in pairwise([0, *ends, len(lines)] if lines else []):
        yield lines[first].start, lines[end - 1].end


def is_wrapped(text: str) -> bool:
    """Tell whether the lines of a text were broken to fit a width."""
    return _width(list(_lines(text))) > 0


def _lines(text: str) -> Iterator[_Line]:
    end, follows = 0, False
    for match in _LINE.finditer(text):
        line = match.group()
        follows = follows and text[end : match.start()] in _LINE_ENDS
        end = match.end()
        shown = line.strip()
        if shown:
            depth = len(line) - len(line.lstrip())
            yield _Line(match.start() + depth, match.start() + depth + len(shown), depth, shown, follows)
        # a page may end in the middle of a paragraph
        follows = bool(shown) or (follows and "\f" in line)


def _width(lines: Sequence[_Line]) -> int:
    """Tell the width that lines were broken to fit; 0 if they were not."""
    pairs = [(left, right) for left, right in pairwise(lines) if right.follows]
    if len(pairs) < _FEWEST:
        return 0
    # but for the few with a word, an address, say, that is too long
    width = sorted(left.width for left, _ in pairs)[int(0.98 * (len(pairs) - 1))]
    full = [right for left, right in pairs if not _has_room(left, right, width)]
    broken = [right for right in full if right.text[0].islower() and len(right.text.split()) >= _WORDS]
    fits = _NARROWEST <= width <= _WIDEST
    return width if fits and len(full) >= _FULL * len(pairs) and len(broken) >= _BROKEN * len(pairs) else 0


def _goes_on(left: _Line, right: _Line, width: int) -> bool:
    """Tell whether a paragraph goes on in the next line of a text that was broken to fit a width."""
    if not right.follows or (right.depth > left.depth + 1 and not _ITEM.match(left.text)):
        # the first line of a paragraph is indented, or the others of an item
        return False
    room = _has_room(left, right, width)
    if _ITEM.match(right.text):
        # or a hyphen, or a number, that stands there by chance
        return not (room or _ENDS.search(left.text) or _ITEM.match(left.text))
    return right.text[0].islower() or not room


def _has_room(left: _Line, right: _Line, width: int) -> bool:
    return left.width + 1 + len(right.text.split(maxsplit=1)[0]) <= _ROOM * width
