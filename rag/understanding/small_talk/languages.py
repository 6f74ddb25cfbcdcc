"""Other languages than English, told by another script or by their stop words."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from bm25s import stopwords

from rag.language.words import folded
from rag.understanding.small_talk.vocabulary import ENGLISH, LANGUAGES, LETTERS, WORDS

_STOP_WORDS = {
    name: WORDS[name] | {folded(word) for word in getattr(stopwords, f"STOPWORDS_{name.upper()}", ())}
    for name in LANGUAGES
}


def is_foreign(text: str, in_article: Callable[[str], bool]) -> bool:
    """Tell whether a text is in another language, and its words are not those of the article.

    >>> [is_foreign(text, in_article=str.isupper) for text in ("Wer ist der Präsident?", "Кто он?", "das Kapital")]
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
    # 'EU', and a name within a sentence, are no words of a language
    plain = {folded(word): word.lower() for n, word in enumerate(typed) if word.islower() or (word.istitle() and not n)}
    marked = "¿" in text or "¡" in text
    for language, stop_words in _STOP_WORDS.items():
        own = plain.keys() & stop_words
        telling = own - ENGLISH
        asking = telling & WORDS[language]
        # a word that asks, or two of which one may ask, or at least half of the text
        sure = asking - WORDS["doubtful"] or (len(telling) > 1 and (asking or 2 * len(telling) >= len(words)))
        spoken = marked or (sure and 3 * len(own) >= len(words))
        english = (ENGLISH - {"a"} - stop_words).intersection(words)
        signs = telling or plain.keys()
        if spoken and not english and 2 * sum(in_article(plain[word]) for word in signs) < len(signs):
            return True
    return False
