"""Sentence-transformers as the encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from transformers.utils import logging

from index.errors import InputError
from index.lora import merge
from index.weights import (
    DEFAULT_ENCODER,
    MINILM,
    MINILM_FOR_QUESTIONS,
    MINILM_SHA256,
    RETRIEVER_ADAPTER,
    RETRIEVER_ADAPTER_SHA256,
    minilm_folder,
    require,
)

_BATCH = 16
_CARRIED = {
    MINILM: MINILM_SHA256,
    MINILM_FOR_QUESTIONS: hashlib.sha256(f"{MINILM_SHA256} {RETRIEVER_ADAPTER_SHA256}".encode()).hexdigest(),
}
"""The encoders that need no download, and the digests of their weights."""


class SentenceTransformerEncoder:
    """A sentence-transformers model on the CPU.

    :param name: `MINILM` or `MINILM_FOR_QUESTIONS` (carried by packages, their weights checked), a folder,
        or a name on the Hugging Face hub.
    :raises InputError: If no such model can be loaded, or carried weights are not the ones expected.
    """

    def __init__(self, name: str = DEFAULT_ENCODER) -> None:
        """Load the model."""
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.name = name
        source = str(minilm_folder()) if name in _CARRIED else name
        try:
            self._model = SentenceTransformer(source, device="cpu", model_kwargs={"use_safetensors": True})
        except (OSError, ValueError) as error:
            raise InputError(
                f"Cannot load the encoder {name!r}. Give a folder with a sentence-transformers model in "
                f"safetensors, the name of one on the Hugging Face hub, or {DEFAULT_ENCODER!r}."
            ) from error
        if name == MINILM_FOR_QUESTIONS:
            require(RETRIEVER_ADAPTER, RETRIEVER_ADAPTER_SHA256, "Reinstall Pullquote.")
            merge(self._model[0].model, RETRIEVER_ADAPTER)
        self.digest = _CARRIED.get(name) or self._state_digest()
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts; longer ones than the model reads are cut off at its limit.

        :param texts: n texts.
        :return: float32 array of shape (n, dimension), each row of length 1.
        """
        vectors = self._model.encode(list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension)

    def _state_digest(self) -> str:
        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()
