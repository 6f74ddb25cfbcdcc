"""Cut an article into sentences, each a pair of offsets.

The segmenter, sentencex, only proposes where to cut. Spans are built from cut to cut, so every
visible character is in exactly one sentence and `text[start:end]` is the sentence by construction.
sentencex looks at what surrounds a stop (an unpaired quote far away hides it), so each piece is cut
again by itself until nothing changes: a sentence alone is that one sentence, unless its lines were broken to
fit a width, which a single sentence does not show.
Scraped articles hold spliced fragments ("… Maduro said. during a press conference."): a piece that
cannot begin a sentence is merged into the one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import sentencex

from index.article import Article
from index.errors import InputError
from index.paragraphs import paragraphs

LONGEST = 1_000
"""Code points. A longer run without a stop (a scraped table, say) is cut at white space, so that
encoder and reader, which see a few hundred tokens, can take in all of it."""
MOST = 50_000
"""Sentences of an article: a Bible has 31,000. To encode so many takes some minutes."""

_BLOCK = 50_000
"""Code points. A line with more, which prose does not have, is cut at white space before sentencex sees it: what that
takes grows with the square of the brackets in a line."""
# sentencex counts white space as one byte and panics where it is more: "B\u00a0.", say.
_SPACE = re.compile(r"[^\S ]")
# Most sentences: no stop but at the end, and no bracket or bullet, before which sentencex cuts lists. Not asked about.
_WHOLE = re.compile(r"""[\w\s,;:'"“”‘’–—-]*+\W*""")
_CANNOT_BEGIN = re.compile(
    r"""[^\w“‘"'(\[«]*[a-z]  # lower case: 'by the left amid tensions'
      | \W*$                 # no letter or digit at all: a lone '.'
      | [.,;:!?…)\]”’»]      # a closing mark
    """,
    re.VERBOSE,
)
_BOILERPLATE = re.compile(
    r"""(?:comments\ (?:are\ closed|off)
      | (?:leave|post|write)\ a\ (?:comment|reply)
      | share\ (?:this|on)\b.{0,40}
      | (?:sign\ up|subscribe)\b.{0,80}\bnewsletters?\b.{0,40}
      | all\ rights\ reserved
      | (?:copyright|©).{0,80}
      | (?:advertisement|sponsored\ content)
      | (?:related|recommended)(?:\ (?:articles?|stories|posts|reading|coverage|links))?(?:\ ?[:|»].{0,200})?
      | (?:continue\ reading|(?:read|see|watch|listen|more)\ (?:more|also|next|here)|more\ on\ this(?:\ story)?)
        (?:\ ?[:|»–—-].{0,200})?
      | (?:follow|find|like)\ us\ on\b.{0,80}
      | click\ here\b.{0,80}
      | (?:log|sign)\ in\b.{0,40}
      | (?:accept|we\ use)\b.{0,30}\bcookies\b.{0,80}
    )[\s.!:…»→]*""",
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """The stored unit: one sentence of one article.

    :param start: First code point in `article.text`.
    :param end: One past the last code point.
    :param paragraph: Number of the paragraph that holds it (see `index.paragraphs`), from 0 within the article.
    :param boilerplate: Whether it is the page's, not the article's ('Comments are closed.'): indexed, never an answer.
    """

    start: int
    end: int
    paragraph: int
    boilerplate: bool


def split(article: Article) -> list[Sentence]:
    """Cut an article into sentences, in order, without overlap; none crosses a paragraph.

    Between them they hold every character that is not white space.

    :param article: The article.
    :return: Its sentences, at least one.
    :raises InputError: If they are more than `MOST`.
    """
    text = article.text
    sentences: list[Sentence] = []
    for paragraph, lines in enumerate(paragraphs(text)):
        for block in _pieces(text, *lines, _BLOCK):
            for start, end in _spans(text, *block):
                boilerplate = _BOILERPLATE.fullmatch(text, start, end) is not None
                sentences.append(Sentence(start, end, paragraph, boilerplate))
        if len(sentences) > MOST:
            raise InputError(
                f"The article {article.title[:40]!r} has more than {MOST:,} sentences or lines. "
                "Give it in several files, a chapter each."
            )
    return sentences


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a trimmed span until nothing more is cut, so that a sentence, split again, is one sentence."""
    waiting = [(start, end)]
    while waiting:
        span = waiting.pop()
        parts = list(_parts(text, *span))
        if parts == [span]:
            yield span
        else:
            waiting.extend(reversed(parts))


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut a trimmed span once."""
    cuts = [start]
    for left, right in pairwise([*(start + cut for cut in _cuts(text[start:end])), end]):
        if not _CANNOT_BEGIN.match(text[left:right].strip()):
            cuts.append(left)
    for left, right in pairwise([*cuts, end]):
        yield from _pieces(text, *_trimmed(text, left, right), LONGEST)


def _cuts(line: str) -> list[int]:
    """Offsets where the segmenter begins a new sentence, the first sentence's left out."""
    if _WHOLE.fullmatch(line):
        return []
    boundaries = sentencex.get_sentence_boundaries("en", _SPACE.sub(" ", line))
    return sorted({boundary["start_index"] for boundary in boundaries} - {0})


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return end - len(piece.lstrip()), start + len(piece.rstrip())


def _pieces(text: str, start: int, end: int, longest: int) -> Iterator[tuple[int, int]]:
    """Cut a trimmed span into spans of at most so many code points, at white space if there is any."""
    while end - start > longest:
        gaps = [match.start() for match in re.finditer(r"\s", text[start : start + longest])]
        cut = start + (gaps[-1] if gaps else longest)
        yield _trimmed(text, start, cut)
        start, end = _trimmed(text, cut, end)
    if start < end:
        yield start, end
