"""Sentence-transformers as the encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from torch import Tensor
from transformers.utils import logging

from index.conversion import Settings
from index.errors import InputError
from index.lora import merge
from index.torch_export import export
from index.weights import (
    CARRIED,
    DEFAULT_ENCODER,
    MINILM_FOR_QUESTIONS,
    RETRIEVER_ADAPTER,
    RETRIEVER_ADAPTER_SHA256,
    minilm_folder,
    require,
)

_BATCH = 16
_EXAMPLES = ["A cat sat.", "Taxes rose, and nobody was glad."]


class SentenceTransformerEncoder:
    """A sentence-transformers model on the CPU.

    :param name: `MINILM` or `MINILM_FOR_QUESTIONS` (carried by packages, their weights checked), a folder,
        or a name on the Hugging Face hub.
    :raises InputError: If no such model can be loaded, or carried weights are not the ones expected.
    """

    def __init__(self, name: str = DEFAULT_ENCODER) -> None:
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.name = name
        source = str(minilm_folder()) if name in CARRIED else name
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
        self.digest = CARRIED.get(name) or self._state_digest()
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts; longer ones than the model reads are cut off at its limit.

        :param texts: n texts.
        :return: float32 array of shape (n, dimension), each row of length 1.
        """
        vectors = self._model.encode(list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension)

    def convert(self, folder: Path) -> Settings:
        """Write the model for OpenVINO.

        :param folder: Where to.
        :return: What there is to know of it.
        :raises InputError: If its tokenizer cannot be written, or the exporter does not know the model.
        """
        tokenizer = self._model.tokenizer
        if not getattr(tokenizer, "is_fast", False):
            raise InputError(f"The encoder {self.name!r} has no fast tokenizer (tokenizer.json). Choose one that has.")
        names = [name for name in tokenizer.model_input_names if name in tokenizer(_EXAMPLES)]
        batch = tokenizer(_EXAMPLES, padding=True, return_tensors="pt")
        export(_Embedding(self._model, names), [batch[name] for name in names], names, tokenizer, folder)
        return Settings(
            pad=tokenizer.pad_token_id,
            limit=int(self._model.max_seq_length or tokenizer.model_max_length),
            dimension=self.dimension,
            weights=self.digest,
        )

    def _state_digest(self) -> str:
        digest = hashlib.sha256()
        for key, tensor in sorted(self._model.state_dict().items()):
            digest.update(key.encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()


class _Embedding(torch.nn.Module):
    """Token numbers in, unit vectors out."""

    def __init__(self, model: SentenceTransformer, names: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.names = names

    def forward(self, *inputs: Tensor) -> Tensor:
        vectors = self.model(dict(zip(self.names, inputs, strict=True)))["sentence_embedding"]
        return torch.nn.functional.normalize(vectors, dim=-1)
