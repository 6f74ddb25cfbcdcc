"""Questions as people type them: typos, keywords only, lower case, wrapping words.

Noise changes how a question is put, never what it asks, so its answers stay valid.
"""

from __future__ import annotations

import re
from random import Random

STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "what which who whom whose when where why how did do does is are was were the a an of to in on at for by with "
        "it its has have had that this there and or from as be been",
    )
)
_WRAPPERS = (
    "In this text, ",
    "According to the article, ",
    "Please tell me ",
    "I would like to know: ",
    "Can you say ",
    "So ",
    "Do you know ",
    "Given everything in the article, ",
)
_WORD = re.compile(r"[\w'’-]+")


def misspell(word: str, rng: Random) -> str:
    """Drop, swap, double or replace one inner letter of a word of four or more letters."""
    if len(word) < 4:
        return word
    at = rng.randrange(1, len(word) - 1)
    draw = rng.random()
    if draw < 0.4:
        return word[:at] + word[at + 1 :]
    if draw < 0.7:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if draw < 0.85:
        return word[:at] + word[at] + word[at:]
    return word[:at] + rng.choice("aeiounrst") + word[at + 1 :]


def _with_typos(question: str, rng: Random) -> str:
    words = question.split()
    # numbers are left alone: a changed number is another question, not a typo
    long = [i for i, word in enumerate(words) if len(word) > 3 and word.strip("?.,").isalpha()]
    for i in rng.sample(long, min(len(long), rng.choice((1, 1, 2, 3)))):
        words[i] = misspell(words[i], rng)
    text = " ".join(words)
    return text.rstrip("?") if rng.random() < 0.5 else text


def _keywords(question: str, rng: Random) -> str:
    words = [word for word in _WORD.findall(question) if word.lower() not in STOP_WORDS]
    if len(words) < 2:
        return question.rstrip("?")
    if rng.random() < 0.25:
        rng.shuffle(words)
    if rng.random() < 0.3:
        words.append(question.split()[0].lower())
    return " ".join(words).lower()


def noisy(question: str, rng: Random) -> str:
    """Return one noisy way to put `question`."""
    draw = rng.random()
    if draw < 0.4:
        return _with_typos(question, rng)
    if draw < 0.65:
        return _keywords(question, rng)
    if draw < 0.85:
        return rng.choice(_WRAPPERS) + question[:1].lower() + question[1:]
    return question.rstrip("?").lower()
