"""Which language a text is in, as far as it matters here: English, or what else it looks like.

py3langid tells: naive Bayes over byte n-grams (Lui and Baldwin, langid.py, 2012), BSD-3, its model in the package. It
takes half a second and 80 MB to load, so what has English words that no other language has is not shown to it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from bm25s import stopwords
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from rag.language.words import folded

_NAMES = """
    af=Afrikaans ar=Arabic bg=Bulgarian bn=Bengali ca=Catalan cs=Czech da=Danish de=German el=Greek en=English
    es=Spanish et=Estonian fa=Persian fi=Finnish fr=French he=Hebrew hi=Hindi hr=Croatian hu=Hungarian id=Indonesian
    is=Icelandic it=Italian ja=Japanese ko=Korean lt=Lithuanian lv=Latvian ms=Malay nl=Dutch no=Norwegian pl=Polish
    pt=Portuguese ro=Romanian ru=Russian sk=Slovak sl=Slovenian sq=Albanian sr=Serbian sv=Swedish sw=Swahili ta=Tamil
    th=Thai tr=Turkish uk=Ukrainian ur=Urdu vi=Vietnamese zh=Chinese
"""
LANGUAGES = MappingProxyType(dict(pair.split("=") for pair in _NAMES.split()))
"""Those that are told apart, by ISO 639-1 code. With fewer of them fewer short texts are taken for a rare one."""
_LISTS = [name for name in dir(stopwords) if name.startswith("STOPWORDS_")]
_ENGLISH = {word for name in _LISTS if name.startswith("STOPWORDS_EN") for word in getattr(stopwords, name)}
_OTHERS = {folded(word) for name in _LISTS if not name.startswith("STOPWORDS_EN") for word in getattr(stopwords, name)}
ENGLISH_WORDS = frozenset(word for word in _ENGLISH - _OTHERS if len(word) > 1)
"""Small words that are English and nothing else."""
FOREIGN_WORDS = frozenset(_OTHERS - _ENGLISH)
"""Small words, accents dropped, of other languages and not of English."""
_WORD = re.compile(r"[^\W\d_]+")
_BEGINNING = 10_000
"""Code points of an article that are looked at."""
_SHARE = 0.07
"""Share of the letters in English small words from which an article is English. Of 151 English articles the least has
0.09, of 34 paragraphs in 24 other languages the most has 0.05."""
_SURE = 20.0
"""See `foreign_odds`."""
_FEWEST = 20
"""Letters of an article that can be told."""


@lru_cache(maxsize=64)
def language_of(text: str) -> str | None:
    """Tell which language an article is in, if it is not English.

    >>> language_of("Der Rat der Stadt hat am Dienstag beschlossen, die Brücke zu sperren.")
    'German'
    >>> language_of("Red apples grow in Kent.") is None
    True

    :param text: The article.
    :return: The language's English name; None for English, and where nothing can be told.
    """
    words = _WORD.findall(text[:_BEGINNING])
    letters, english = sum(map(len, words)), sum(len(word) for word in words if folded(word) in ENGLISH_WORDS)
    if letters < _FEWEST or english >= _SHARE * letters:
        return None
    language, odds = foreign_odds(" ".join(words))
    return language if odds >= _SURE else None


@lru_cache(maxsize=256)
def foreign_odds(text: str) -> tuple[str, float]:
    """Compare the likeliest language with English.

    :param text: The text.
    :return: The English name of the language that the text looks most like, and how many times as probable it is as
        English: 1 if it is English.
    """
    ranked = dict(_identifier().rank(text))
    best = max(ranked, key=lambda code: ranked[code])
    return LANGUAGES[best], ranked[best] / max(ranked["en"], 1e-12)


@lru_cache(maxsize=1)
def _identifier() -> Any:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
