"""Windows of whole sentences: how passages are cut from a paragraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

MAX_WINDOW_TOKENS = 300
_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Cut:
    """How to cut: a window ends before `tokens` tokens are passed or when it holds `sentences` sentences."""

    tokens: int
    sentences: int


def draw_cut(whole: float, rng: Random) -> Cut:
    """Draw a cut: whole paragraphs (share `whole`, up to the token limit) or windows of 1 to 4 sentences."""
    if rng.random() < whole:
        return Cut(MAX_WINDOW_TOKENS, _WHOLE)
    return Cut(rng.randint(50, 230), rng.choice((1, 2, 3, 3, 4, 4)))


def cut_windows(lengths: Sequence[int], cut: Cut, rng: Random) -> list[tuple[int, int]]:
    """Partition sentences of `lengths` tokens into windows [first, last) of whole sentences.

    The first window may be shorter than the cut allows, so that the borders vary from call to
    call. A single sentence longer than the cut is a window by itself.
    """
    windows: list[tuple[int, int]] = []
    limit = cut.sentences if cut.sentences >= _WHOLE else rng.randint(1, cut.sentences)
    first, used = 0, 0
    for i, length in enumerate(lengths):
        if i > first and (used + length > cut.tokens or i - first >= limit):
            windows.append((first, i))
            first, used, limit = i, 0, cut.sentences
        used += length
    if first < len(lengths):
        windows.append((first, len(lengths)))
    return windows
