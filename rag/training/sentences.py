"""A small sentence splitter for training passages: offsets only, the text is never changed."""

from __future__ import annotations

import re
from itertools import pairwise

_END = re.compile(r"[.!?…]+[\"'”’)\]]*\s+(?=[\"'“‘(\[]*[A-Z0-9])|\n+")
_ABBREVIATION = re.compile(
    r"\b(?:[A-Z]|[Mm]r|Mrs|Ms|Dr|Prof|St|Gen|Sen|Gov|Rep|Lt|Col|Sgt|Jr|Sr|vs|etc|No|Vol|Fig|Inc|Ltd|Co|ca|cf|e\.g|i\.e|approx|U\.S|U\.K)\.\s*$"
)


def sentence_bounds(text: str) -> tuple[tuple[int, int], ...]:
    """Return (start, end) of each sentence of `text`, without surrounding white space."""
    cuts = [0]
    for match in _END.finditer(text):
        if not _ABBREVIATION.search(text, max(0, match.start() - 8), match.end()):
            cuts.append(match.end())
    cuts.append(len(text))
    bounds: list[tuple[int, int]] = []
    for start, end in pairwise(cuts):
        piece = text[start:end]
        lead = len(piece) - len(piece.lstrip())
        if piece.strip():
            bounds.append((start + lead, start + len(piece.rstrip())))
    return tuple(bounds)
