"""Characters that show nothing, or turn the order of others: what stands beside our own words must not hold them."""

from __future__ import annotations

import re
import unicodedata

_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_SOFT_HYPHEN = "\u00ad"
"""Stands in many an article, and shows nothing or a hyphen: it hides no word."""
NO_WIDTH = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0d\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Of what Unicode calls default ignorable, that which is of no category above; not the two marks that tell whether an
emoji is in colour."""


def is_hidden(mark: str) -> bool:
    """Tell whether a character is a control character, a line break, turns the direction, or has no width.

    :param mark: One character.
    """
    if mark.isascii():
        return not mark.isprintable()
    return mark != _SOFT_HYPHEN and (unicodedata.category(mark) in _CATEGORIES or NO_WIDTH.match(mark) is not None)


def visible(text: str) -> str:
    r"""Replace control characters, line breaks, changes of direction and what has no width by '�' for the terminal.

    >>> visible("a\x1b[31mb")
    'a�[31mb'

    :return: A text of the same length.
    """
    return "".join("�" if is_hidden(mark) else mark for mark in text)


def label(line: str) -> str:
    r"""Write a line of a document, such as its title, so that it may stand beside our own words.

    >>> label("Safe\u202e\tsite")
    'Safe� site'

    :param line: The line.
    :return: A text of the same length: '�' for what is hidden, a space for a tab.
    """
    return visible(line.replace("\t", " "))
