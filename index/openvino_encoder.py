"""The encoder on OpenVINO. Any sentence-transformers model comes in by conversion."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.conversion import MODEL, TOKENIZER, converted
from index.encoder import Encoder
from index.openvino_model import OpenVinoModel
from index.tokens import batches, padded, read_tokenizer
from index.weights import CARRIED, DEFAULT_ENCODER, adapters_of, files_digest

if TYPE_CHECKING:
    from index.sentence_transformer import SentenceTransformerEncoder

_TOKENS = 512
"""Of a batch, padding included. What fits the caches is 1.5 times as fast as four times as many (two cores)."""


class OpenVinoEncoder:
    """A converted sentence-transformers model.

    :param name: What it is called in manifests and messages.
    :param folder: The conversion.
    :param limit: Tokens of a text that are read.
    :param of_questions: The conversion that encodes questions, if it is another.
    """

    def __init__(
        self,
        name: str,
        digest: str,
        dimension: int,
        folder: Path,
        limit: int,
        pad: int,
        of_questions: Path | None = None,
    ) -> None:
        self.name = name
        self.digest = digest
        self.dimension = dimension
        self._model = OpenVinoModel(folder / MODEL)
        self._of_questions = OpenVinoModel(of_questions / MODEL) if of_questions else self._model
        self._tokenizer = read_tokenizer(folder / TOKENIZER)
        self._tokenizer.enable_truncation(limit)
        self._pad = pad

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts; longer ones than the model reads are cut off at its limit.

        :param texts: n texts.
        :return: float32 array of shape (n, dimension), each row of length 1.
        """
        return self._encoded(self._model, texts)

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions, likewise."""
        return self._encoded(self._of_questions, questions)

    def _encoded(self, model: OpenVinoModel, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts)) if texts else []
        for rows in batches([len(encoding) for encoding in encodings], _TOKENS):
            batch = padded([encodings[row].ids for row in rows], [encodings[row].type_ids for row in rows], self._pad)
            vectors[rows] = model.run(batch)
        return vectors


def open_encoder(name: str | None = None, *, on_card: bool = False) -> Encoder:
    """Open an encoder, converting it on first use.

    :param name: A name that `index.SentenceTransformerEncoder` takes; by default the shipped one.
    :param on_card: Compute in torch on a graphics card, where it can use one: the same weights, so the same digest,
        and the same vectors but for a rounding.
    :return: The encoder on OpenVINO; a model on the hub, whose weights only its library finds, stays with torch.
    :raises InputError: If no such model can be loaded.
    """
    name = name or DEFAULT_ENCODER
    if on_card:
        # imported here, as below
        from index.sentence_transformer import open_on_card  # noqa: PLC0415

        if encoder := open_on_card(name):
            return encoder
    if name not in CARRIED and not Path(name).is_dir():
        return _with_torch(name)
    key = f"encoder {CARRIED.get(name) or files_digest(Path(name))}"
    folder, settings = converted(key, lambda folder: _with_torch(name).convert(folder))
    questions = None
    if len(adapters_of(name)) > 1:
        questions, _ = converted(
            f"{key} of questions", lambda folder: _with_torch(name).convert(folder, of_questions=True)
        )
    return OpenVinoEncoder(name, settings.weights, settings.dimension, folder, settings.limit, settings.pad, questions)


def _with_torch(name: str) -> SentenceTransformerEncoder:
    # imported here: torch takes seconds to import, and a model that is converted does without
    from index.sentence_transformer import SentenceTransformerEncoder  # noqa: PLC0415

    return SentenceTransformerEncoder(name)
