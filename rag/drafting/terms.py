"""Questions about terms: what an abbreviation stands for, and what something is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.source import Source
from rag.language.names import NameKind
from rag.language.words import folded

_ABBREVIATED = re.compile(r"\((?P<short>[A-Z]{2,6})\)")
_WORDS = re.compile(r"[A-Z][\w’'-]*(?: (?:(?:of|and|for|the|on|in) )*[A-Z][\w’'-]*)* $")
_IN_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
_IS = re.compile(
    r"(?P<the>The )?(?P<name>[A-ZÀ-Þ][^.,;:()“”]{1,60}?) (?P<verb>is|was) (?P<what>an? [^.,;:()“”]{8,120})(?=[.,;:]|$)"
)
_CUT = re.compile(r" (?:which|who|that|where|but|because|while)\b.*")


def stands_for(source: Source) -> Iterator[Draft]:
    """Ask what an abbreviation stands for, where it is written out before its brackets.

    >>> from index.article import Article
    >>> [draft.question for draft in stands_for(Source.of(Article("So says the General Data Act (GDA).")))]
    ['What does GDA stand for?']

    :param source: The article.
    :return: Questions; the answer is the words whose first letters the abbreviation is made of.
    """
    found: dict[str, list[Gold]] = defaultdict(list)
    for sentence in source.sentences:
        text = source.text(sentence)
        for match in _ABBREVIATED.finditer(text):
            words = _WORDS.search(text, 0, match.start())
            start = _written_out(words.group(), match["short"]) if words else None
            if words and start is not None:
                found[match["short"]].append(source.gold(sentence, words.start() + start, words.end() - 1))
    for short, golds in found.items():
        if len({folded(source.article.text[gold.start : gold.end]) for gold in golds}) == 1:
            yield Draft(f"What does {short} stand for?", Template.STANDS_FOR, source.article, tuple(golds))


def what_is(source: Source) -> Iterator[Draft]:
    """Ask what something with a name is, where one sentence begins by saying it.

    :param source: The article.
    :return: Questions; the answer is the words after 'is'.
    """
    found: dict[tuple[str, str], list[Gold]] = defaultdict(list)
    for sentence in source.sentences:
        match = _IS.match(source.text(sentence))
        if match and [name.text for name in source.names.of(match["name"])] == [match["name"]]:
            start = match.start("what")
            cut = _CUT.sub("", match["what"]).rstrip()
            who = source.names.of(match["name"])[0].kind is NameKind.PERSON
            question = f"{'Who' if who else 'What'} {match['verb']} {(match['the'] or '').lower()}{match['name']}?"
            if len(cut.split()) > 1:
                found[(question, match["name"])].append(source.gold(sentence, start, start + len(cut)))
    for (question, _), golds in found.items():
        if len(golds) == 1:
            yield Draft(question, Template.WHAT_IS, source.article, tuple(golds))


def unexplained(source: Source) -> list[str]:
    """Abbreviations that the article nowhere writes out.

    :param source: The article.
    :return: Abbreviations in the order of their first places.
    """
    text = source.article.text
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_][\w’']*", text)).upper()
    bracketed = set(re.findall(r"\(([A-Z]{2,6})\)", text))
    return [
        short
        for short in dict.fromkeys(_IN_CAPITALS.findall(text))
        # a row of words with these first letters may be what it stands for
        if short not in bracketed and short not in initials and f"{short} (" not in text
    ]


def _written_out(words: str, short: str) -> int | None:
    """Find where, in words that end with a space, those begin whose first letters make up the abbreviation."""
    for match in reversed(list(re.finditer(r"(?<![\w’'-])[A-Z]", words))):
        initials = re.findall(r"\b([A-Za-z])", words[match.start() :])
        if initials[0] == short[0] and _is_made_of(short, initials):
            return match.start()
    return None


def _is_made_of(short: str, initials: list[str]) -> bool:
    letters = iter(letter.upper() for letter in initials)
    capitals = sum(letter.isupper() for letter in initials)
    return all(letter in letters for letter in short) and capitals <= len(short) + 1
