"""Questions in another language than English."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from rag.language.identification import ENGLISH_WORDS, FOREIGN_WORDS, foreign_odds
from rag.language.words import folded
from rag.understanding.small_talk.gibberish import is_mashed
from rag.understanding.small_talk.vocabulary import LETTERS, WORDS

_LIKELY = 3.0
"""How many times as probable as English another language must be for a question with one of its small words."""
_SURE = 20.0
"""The same for one without. Of the 11,793 everyday questions to choose by, each beside its article, none is taken for
foreign, and of 27,886 of public sets one, a Spanish song; of 307 questions in 23 languages 303 are, 86 of them written
after the rule was made."""


def is_foreign(text: str, in_article: Callable[[str], bool]) -> bool:
    """Tell whether a text is in another language, and its words are not those of the article.

    >>> [is_foreign(text, in_article=str.isupper) for text in ("Wer ist der Präsident?", "Кто он?", "INF treaty")]
    [True, True, False]
    """
    typed = LETTERS.findall(text)
    words = [folded(word) for word in typed]
    here = sum(in_article(word.lower()) for word in typed)
    letters = "".join(typed)
    if 2 * sum("LATIN" not in unicodedata.name(letter, "LATIN") for letter in letters) > len(letters):
        return 2 * here <= len(words)
    if here == 0 < len(words) and WORDS["greetings"].issuperset(words):
        return True
    if not ENGLISH_WORDS.isdisjoint(words):
        return False
    # a name within a sentence is no word of a language, and what the article says is no foreign word to it
    plain = [word for n, word in enumerate(typed) if (n == 0 or word.islower()) and not in_article(word.lower())]
    if not plain:
        return False
    odds = min(foreign_odds(text)[1], foreign_odds(" ".join(plain))[1])
    if "¿" in text or "¡" in text:
        return odds > 1
    small = FOREIGN_WORDS.intersection(map(folded, plain)) - WORDS["doubtful"]
    if small:
        return odds > _LIKELY
    return odds > _SURE and len(plain) > 1 and not any(is_mashed(word.lower()) for word in plain)
