"""A question-answering model as the reader, on whatever runtime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from index.conversion import Settings
from index.model import Model
from index.tokens import batches, padded, read_tokenizer
from rag.answer import Passage
from rag.reading.reader import SpanProposal, decode

_WINDOW = 384
"""Tokens of question and passage together, as in training; a longer passage is read in windows."""
_STRIDE = 96
_TOGETHER = 512
"""Tokens of windows that are run together, filling included."""
_LEAST = 96
"""The fewest that are run. For fewer, OpenVINO lays out every weight a second time where it multiplies float32 with
AVX2: 324 MB more for an MPNet, of 611."""


@dataclass(frozen=True, slots=True)
class _Window:
    passage: int
    encoding: Encoding
    sentences: NDArray[np.int64]
    """For each token, the number of its sentence within the passage, or -1 where no answer may lie."""


class TransformerReader:
    """An extractive model.

    :param name: What to call it.
    :param model: Gives the logits of start and end.
    :param tokenizer: Its `tokenizer.json`.
    :param settings: What there is to know of the model.
    :param budget: Tokens of passages that one question may cost.
    """

    def __init__(self, name: str, model: Model, tokenizer: Path, settings: Settings, budget: int) -> None:
        self.name = name
        self.budget = budget
        self._model = model
        self._pad = settings.pad
        self._whole = read_tokenizer(tokenizer)
        self._window = min(_WINDOW, settings.limit)

    @cached_property
    def _cutting(self) -> Tokenizer:
        """A tokenizer that cuts: it is rarely needed, and takes a while to make."""
        cutting = Tokenizer.from_str(self._whole.to_str())
        cutting.enable_truncation(self._window, stride=_STRIDE, strategy="only_second")
        return cutting

    def token_ends(self, text: str) -> list[int]:
        """Return the offset after each token of a text: their number is its cost."""
        return [end for _, end in self._whole.encode(text, add_special_tokens=False).offsets]

    def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
        """Find spans in passages.

        :param question: The question; what exceeds a third of the window is not read.
        :param passages: What to read.
        :return: Proposals, best first, at most `SPANS_PER_WINDOW` a window.
        """
        windows = list(self._windows(question, passages))
        proposals: list[SpanProposal] = []
        for places in batches([len(window.encoding) for window in windows], _TOGETHER):
            group = [windows[place] for place in places]
            ids, types = [one.encoding.ids for one in group], [one.encoding.type_ids for one in group]
            logits = self._model.run(padded(ids, types, self._pad, _LEAST))
            for window, numbers in zip(group, logits, strict=True):
                proposals += _proposals(window, numbers[: len(window.encoding)], passages[window.passage].start)
        return sorted(proposals, key=lambda proposal: (-proposal.score, proposal.passage, proposal.start))

    def _windows(self, question: str, passages: Sequence[Passage]) -> Iterator[_Window]:
        asked = self._question(question)
        for number, passage in enumerate(passages):
            first = self._whole.encode(asked, passage.text)
            if len(first) > self._window:
                first = self._cutting.encode(asked, passage.text)
            for encoding in (first, *first.overflowing):
                yield _Window(number, encoding, _sentence_of_tokens(passage, encoding.sequence_ids, encoding.offsets))

    def _question(self, question: str) -> str:
        ends = self.token_ends(question)
        limit = self._window // 3
        return question if len(ends) <= limit else question[: ends[limit - 1]]


def _proposals(window: _Window, logits: NDArray[np.float32], origin: int) -> list[SpanProposal]:
    offsets = window.encoding.offsets
    return [
        SpanProposal(window.passage, origin + offsets[start][0], origin + offsets[end][1], score)
        for start, end, score in decode(logits[:, 0], logits[:, 1], window.sentences)
    ]


def _sentence_of_tokens(
    passage: Passage, sequence: Sequence[int | None], offsets: Sequence[tuple[int, int]]
) -> NDArray[np.int64]:
    ends = np.array([sentence.end - passage.start for sentence in passage.sentences])
    boilerplate = np.array([sentence.boilerplate for sentence in passage.sentences])
    numbers = np.searchsorted(ends, [start for start, _ in offsets], side="right").clip(max=len(ends) - 1)
    readable = np.array([part == 1 and end > start for part, (start, end) in zip(sequence, offsets, strict=True)])
    return np.where(readable & ~boilerplate[numbers], numbers, -1)
