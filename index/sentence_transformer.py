"""Sentence-transformers as the encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from transformers.utils import logging

from index.errors import InputError
from index.weights import DEFAULT_ENCODER, MINILM_SHA256, minilm_folder

_BATCH = 16


class SentenceTransformerEncoder:
    """A sentence-transformers model on the CPU.

    :param name: The default (carried by a package, its weights checked), a folder, or a name on the
        Hugging Face hub.
    :raises InputError: If no such model can be loaded, or the default's weights are not upstream's.
    """

    def __init__(self, name: str = DEFAULT_ENCODER) -> None:
        """Load the model."""
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.name = name
        source = str(minilm_folder()) if name == DEFAULT_ENCODER else name
        try:
            self._model = SentenceTransformer(source, device="cpu", model_kwargs={"use_safetensors": True})
        except (OSError, ValueError) as error:
            raise InputError(
                f"Cannot load the encoder {name!r}. Give a folder with a sentence-transformers model in "
                f"safetensors, the name of one on the Hugging Face hub, or {DEFAULT_ENCODER!r}."
            ) from error
        self.digest = MINILM_SHA256 if name == DEFAULT_ENCODER else self._state_digest()
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
