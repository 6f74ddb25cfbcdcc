"""The encoder on ONNX Runtime. Any sentence-transformers model comes in by conversion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding

import index
from index.conversion import MODEL, TOKENIZER, converted
from index.encoder import Encoder
from index.onnx_model import OnnxModel, padded, read_tokenizer
from index.weights import CARRIED, DEFAULT_ENCODER, files_digest

_TOKENS = 512
"""Of a batch, padding included. What fits the caches is 1.5 times as fast as four times as many (two cores)."""


class OnnxEncoder:
    """A converted sentence-transformers model.

    :param name: What it is called in manifests and messages.
    :param folder: The conversion.
    :param limit: Tokens of a text that are read.
    """

    def __init__(self, name: str, digest: str, dimension: int, folder: Path, limit: int, pad: int) -> None:
        """Load the model."""
        self.name = name
        self.digest = digest
        self.dimension = dimension
        self._model = OnnxModel(folder / MODEL)
        self._tokenizer = read_tokenizer(folder / TOKENIZER)
        self._tokenizer.enable_truncation(limit)
        self._pad = pad

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts; longer ones than the model reads are cut off at its limit.

        :param texts: n texts.
        :return: float32 array of shape (n, dimension), each row of length 1.
        """
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts)) if texts else []
        order = sorted(range(len(encodings)), key=lambda number: len(encodings[number]))
        for rows in _batches(order, encodings):
            batch = padded([encodings[row].ids for row in rows], [encodings[row].type_ids for row in rows], self._pad)
            vectors[rows] = self._model.run(batch)
        return vectors


def open_encoder(name: str | None = None) -> Encoder:
    """Open an encoder, converting it on first use.

    :param name: A name that `index.SentenceTransformerEncoder` takes; by default the shipped one.
    :return: The encoder on ONNX Runtime; a model on the hub, whose weights only its library finds, stays with torch.
    :raises InputError: If no such model can be loaded.
    """
    name = name or DEFAULT_ENCODER
    if name not in CARRIED and not Path(name).is_dir():
        return index.SentenceTransformerEncoder(name)
    key = f"encoder {CARRIED.get(name) or files_digest(Path(name))}"
    folder, settings = converted(key, lambda folder: index.SentenceTransformerEncoder(name).convert(folder))
    return OnnxEncoder(name, settings.weights, settings.dimension, folder, settings.limit, settings.pad)


def _batches(order: Sequence[int], encodings: Sequence[Encoding]) -> Iterator[list[int]]:
    """Group texts of about the same length."""
    rows: list[int] = []
    for row in order:
        if rows and (len(rows) + 1) * len(encodings[row]) > _TOKENS:
            yield rows
            rows = []
        rows.append(row)
    if rows:
        yield rows
