"""A question-answering model of the transformers library as the reader."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from index.errors import InputError
from rag.answer import Passage
from rag.reader import Candidate, decode

_WINDOW = 384
"""Tokens of question and passage together, as in training; a longer passage is read in windows."""
_STRIDE = 96
_BATCH = 8


@dataclass(frozen=True, slots=True)
class _Window:
    passage: int
    inputs: dict[str, list[int]]
    offsets: list[tuple[int, int]]
    sentences: NDArray[np.int64]
    """For each token, the number of its sentence within the passage, or -1 where no answer may lie."""


class TransformerReader:
    """An extractive model of the transformers library, on the CPU.

    :param name: What to call it.
    :param model: A model with `start_logits` and `end_logits`, in evaluation mode.
    :param tokenizer: Its tokenizer, of the fast kind, which knows offsets.
    :param budget: Tokens of passages that one question may cost.
    """

    def __init__(self, name: str, model: Any, tokenizer: Any, budget: int) -> None:
        """Keep the parts."""
        if not tokenizer.is_fast:
            raise InputError(
                f"The reader {name!r} has no fast tokenizer (tokenizer.json), so its spans have no offsets. "
                "Choose a model that has one."
            )
        self.name = name
        self.budget = budget
        self._model = model
        self._tokenizer = tokenizer
        limit = getattr(model.config, "max_position_embeddings", _WINDOW)
        self._window = min(_WINDOW, limit)

    def token_ends(self, text: str) -> list[int]:
        """Return the offset after each token of a text: their number is its cost."""
        encoding = self._tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, return_attention_mask=False, verbose=False
        )
        return [end for _, end in encoding["offset_mapping"]]

    def read(self, question: str, passages: Sequence[Passage]) -> list[Candidate]:
        """Find spans in passages.

        :param question: The question; what exceeds a third of the window is not read.
        :param passages: What to read.
        :return: Candidates, best first, at most `SPANS_PER_WINDOW` a window.
        """
        windows = sorted(self._windows(question, passages), key=lambda window: len(window.offsets))
        candidates: list[Candidate] = []
        for first in range(0, len(windows), _BATCH):
            batch = windows[first : first + _BATCH]
            starts, ends = self._logits(batch)
            for window, start_logits, end_logits in zip(batch, starts, ends, strict=True):
                origin = passages[window.passage].start
                for start, end, score in decode(start_logits, end_logits, window.sentences):
                    candidates.append(
                        Candidate(
                            window.passage, origin + window.offsets[start][0], origin + window.offsets[end][1], score
                        )
                    )
        return sorted(candidates, key=lambda candidate: (-candidate.score, candidate.passage, candidate.start))

    def _windows(self, question: str, passages: Sequence[Passage]) -> Iterator[_Window]:
        asked = self._question(question)
        for number, passage in enumerate(passages):
            encoding = self._tokenizer(
                asked,
                passage.text,
                truncation="only_second",
                max_length=self._window,
                stride=_STRIDE,
                return_overflowing_tokens=True,
                return_offsets_mapping=True,
            )
            for row, offsets in enumerate(encoding["offset_mapping"]):
                sequence = encoding.sequence_ids(row)
                inputs = {key: encoding[key][row] for key in self._tokenizer.model_input_names if key in encoding}
                yield _Window(number, inputs, offsets, _sentence_of_tokens(passage, sequence, offsets))

    def _question(self, question: str) -> str:
        ends = self.token_ends(question)
        limit = self._window // 3
        return question if len(ends) <= limit else question[: ends[limit - 1]]

    def _logits(self, windows: Sequence[_Window]) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
        batch = self._tokenizer.pad([window.inputs for window in windows], return_tensors="pt")
        with torch.inference_mode():
            output = self._model(**batch)
        lengths = [len(window.offsets) for window in windows]
        starts, ends = (logits.float().numpy() for logits in (output.start_logits, output.end_logits))
        return (
            [row[:length] for row, length in zip(starts, lengths, strict=True)],
            [row[:length] for row, length in zip(ends, lengths, strict=True)],
        )


def _sentence_of_tokens(
    passage: Passage, sequence: Sequence[int | None], offsets: Sequence[tuple[int, int]]
) -> NDArray[np.int64]:
    ends = np.array([sentence.end - passage.start for sentence in passage.sentences])
    furniture = np.array([sentence.boilerplate for sentence in passage.sentences])
    numbers = np.searchsorted(ends, [start for start, _ in offsets], side="right").clip(max=len(ends) - 1)
    readable = np.array([part == 1 and end > start for part, (start, end) in zip(sequence, offsets, strict=True)])
    return np.where(readable & ~furniture[numbers], numbers, -1)
