"""Unanswerable twins: a question whose name, number or sense is changed so that the passage no longer answers it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random

from .noise import STOP_WORDS
from .records import Paragraph, Span

_ENTITY = re.compile(r"(?<!^)(?<![.?!] )\b(?:[A-Z][\w'’-]+(?: (?:of |the )?[A-Z][\w'’-]+)*|\d[\d,.]*\d|\d)")
_WORD = re.compile(r"[\w'’-]+")
_PAIRS = (
    "first last|largest smallest|biggest smallest|highest lowest|most least|before after|north south|east west"
    "|northern southern|eastern western|increase decrease|increased decreased|rise fall|rose fell|won lost|win lose"
    "|begin end|began ended|start finish|started finished|best worst|longest shortest|oldest youngest|older younger"
    "|more fewer|major minor|early late|earliest latest|male female|men women|father mother|son daughter|brother sister"
    "|husband wife|buy sell|bought sold|import export|accept reject|accepted rejected|support oppose|supported opposed"
    "|allow forbid|allowed banned|public private|internal external|maximum minimum|above below|left right|black white"
    "|common rare|same different|strong weak|strengthen weaken|remember forget|arrive leave|arrived left|love hate"
    "|positive negative|advantage disadvantage|success failure|friend enemy|ally enemy|teacher student|cause prevent"
    "|caused prevented|create destroy|created destroyed|founded dissolved|joined left|hot cold|winter summer|open close"
    "|opened closed|gain lose|gained lost|approve veto|approved vetoed|build demolish|built demolished"
    "|appointed dismissed"
)
OPPOSITES: dict[str, str] = {a: b for pair in _PAIRS.split("|") for a, b in (pair.split(), pair.split()[::-1])}


_NOT_NAMES = STOP_WORDS | set(
    _WORD.findall("but he she they we i if after during while although however since his her their our my one")
)


def entities(text: str) -> list[str]:
    """Names and numbers of `text`, those that open a sentence left out."""
    return [name for name in _ENTITY.findall(text) if name.split()[0].lower() not in _NOT_NAMES]


def _content(question: str) -> set[str]:
    return {w.lower() for w in _WORD.findall(question)} - STOP_WORDS


def holds_role(name: str, question: str, paragraph: Paragraph, spans: Sequence[Span]) -> bool:
    """Say whether `name` may play the role asked for: it stands beside an answer or half of the question's words."""
    words = _content(question) - _content(name)
    for start, end in paragraph.sentences:
        sentence = paragraph.text[start:end]
        if name.lower() not in sentence.lower():
            continue
        if any(span.start < end and start < span.end for span in spans):
            return True
        if words and len(words & _content(sentence)) * 2 >= len(words):
            return True
    return False


def swapped(
    question: str, paragraph: Paragraph, spans: Sequence[Span], names: Sequence[str], rng: Random
) -> str | None:
    """Return `question` with one name or number replaced by another, or None where no safe swap exists.

    Names of the same paragraph come first, since only they make the twin hard; then `names`,
    those of other articles. The old name is gone from the twin, the new one has another role.
    """
    found = list(_ENTITY.finditer(question))
    if not found:
        return None
    match = rng.choice(found)
    old = match.group(0)
    asked, told = question.lower(), [paragraph.text[s.start : s.end].lower() for s in spans]

    def fits(name: str) -> bool:
        low = name.lower()
        return (
            name[0].isdigit() == old[0].isdigit()
            and low not in asked
            and old.lower() not in low
            and not any(low in answer or answer in low for answer in told)
        )

    near = sorted({n for n in entities(paragraph.text) if fits(n)})
    near = [n for n in near if not holds_role(n, question.replace(old, ""), paragraph, spans)]
    far = [n for n in names if fits(n) and n.lower() not in paragraph.text.lower()]
    pool = near if near and rng.random() < 0.8 else far
    if not pool:
        return None
    twin = question[: match.start()] + rng.choice(pool) + question[match.end() :]
    return twin if old.lower() not in twin.lower() else None


def opposed(question: str, paragraph: Paragraph, rng: Random) -> str | None:
    """Return `question` with one word turned to its opposite, if the paragraph does not use that opposite."""
    words = question.split()
    places = [i for i, word in enumerate(words) if word.strip("?,.").lower() in OPPOSITES]
    if not places:
        return None
    at = rng.choice(places)
    bare = words[at].strip("?,.")
    other = OPPOSITES[bare.lower()]
    if re.search(rf"\b{re.escape(other)}\b", paragraph.text, re.IGNORECASE):
        return None
    words[at] = words[at].replace(bare, other)
    return " ".join(words)
