"""Token tables: every text tokenised once, passages and questions are slices of one long array."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from .records import Paragraph

MAX_QUESTION_TOKENS = 80
IntArray = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TokenTable:
    """Token ids of many texts, end to end.

    `ids` (n_tokens,); `bounds` (n_texts + 1,): text i is ids[bounds[i]:bounds[i + 1]];
    `offsets` (n_tokens, 2): code points of each token inside its own text.
    """

    ids: IntArray
    bounds: IntArray
    offsets: IntArray

    def length(self, text: int) -> int:
        """Return the number of tokens of text `text`."""
        return int(self.bounds[text + 1] - self.bounds[text])

    def sentence_tokens(self, text: int, paragraph: Paragraph) -> list[tuple[int, int]]:
        """Return the token range [first, last) of each sentence, relative to the text's first token."""
        starts = self.offsets[self.bounds[text] : self.bounds[text + 1], 0]
        cuts = np.searchsorted(starts, [start for start, _ in paragraph.sentences]).tolist()
        cuts.append(len(starts))
        return list(pairwise(cuts))

    def span_tokens(self, text: int, start: int, end: int) -> tuple[int, int] | None:
        """Return the first and last token that cover code points [start, end), or None where there are none."""
        offsets = self.offsets[self.bounds[text] : self.bounds[text + 1]]
        if not len(offsets) or start >= end:
            return None
        first = int(np.searchsorted(offsets[:, 1], start, side="right"))
        last = int(np.searchsorted(offsets[:, 0], end, side="left")) - 1
        return (first, last) if first <= last else None


def load_tokenizer(trunk: Path) -> Tokenizer:
    """Load `tokenizer.json` of a trunk without truncation or padding."""
    tokenizer = Tokenizer.from_file(str(trunk / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def tokenise(tokenizer: Tokenizer, texts: Sequence[str], most: int | None = None) -> TokenTable:
    """Tokenise `texts` without special tokens; `most` cuts each to that many tokens."""
    ids: list[NDArray[np.int32]] = []
    offsets: list[NDArray[np.int32]] = []
    for encoding in tokenizer.encode_batch(list(texts), add_special_tokens=False):
        ids.append(np.asarray(encoding.ids[:most], dtype=np.int32))
        offsets.append(np.asarray(encoding.offsets[:most], dtype=np.int32).reshape(-1, 2))
    bounds = np.cumsum([0] + [len(x) for x in ids]).astype(np.int32)
    if not ids:
        return TokenTable(np.zeros(0, np.int32), bounds, np.zeros((0, 2), np.int32))
    return TokenTable(np.concatenate(ids), bounds, np.concatenate(offsets))
