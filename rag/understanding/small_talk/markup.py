"""Markup and code."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.understanding.small_talk.vocabulary import ASKED, ASKS, LETTERS

_TAG = re.compile(r"<script\b[^<>]*>[^<]*|<style\b[^<>]*>[^<]*|<[/!?a-z][^<>]*>", re.IGNORECASE)
_CODE = re.compile(
    r"""\b(?:select\s.{1,80}\sfrom\s+\w+(?:\s*;|\s+where\b) | drop\s+table | insert\s+into\s+\w+\s*\( | union\s+select
      | or\s+'?1'?\s*=\s*'?1 | def\s+\w+\( | function\s*\w*\( | console\.\w+\( | (?:alert|print|eval)\( | javascript:
      | import\s+\w+\s*[;\n] | rm\s+-rf | sudo\s+\w | (?:var|let|const)\s+\w+\s*= | return\s+[\w.]+;)
    | \#include\s*< | \$\{ | \{\{ | <\?php | <% | \{% | /etc/passwd | &lt; | ``` | =>\s*[{(] | \]\((?:https?|data):""",
    re.VERBOSE | re.IGNORECASE,
)
_SIGNS = re.compile(r"[{}<>()\[\];=\\|$#&*_/^~+@`\"]")
_CODE_SIGNS = re.compile(r"[{}<>;=\\|].*[{}<>;=\\|]", re.DOTALL)
"""Brackets and quotation marks alone are no code."""
_BRACKETS = " <>[]{}()*_`\"'“‘#"
_MOST_SIGNS = 0.3
"""Share of signs from which a text is code rather than words."""


def is_markup(text: str, in_article: Callable[[str], bool]) -> bool:
    """Tell whether a text is markup or code rather than a question in it or words of the article.

    >>> [is_markup(text, in_article=str.isupper) for text in ("<b>hi</b>", "f(x) = {1};", "<p>Who is Ada?</p>")]
    [True, True, False]
    """
    rest = _TAG.sub(" ", text)
    words = LETTERS.findall(rest.lower())
    if ASKS.match(rest.lstrip(_BRACKETS)) or ASKED.search(rest):
        return False
    code = _CODE.search(text) is not None
    if 2 * sum(map(in_article, words)) > len(words) > int(code):
        return False
    signs = _CODE_SIGNS.search(text) is not None and len(_SIGNS.findall(text)) >= _MOST_SIGNS * len(text)
    tags = sum(len(match.group()) for match in _TAG.finditer(text))
    return code or signs or 2 * tags >= len(text)
