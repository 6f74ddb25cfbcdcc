"""Sentence-transformers as the encoder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from torch import Tensor
from transformers.utils import logging

from index.conversion import Settings
from index.errors import InputError
from index.lora import merge
from index.mpnet import mpnet_folder
from index.torch_export import export
from index.weights import CARRIED, DEFAULT_ENCODER, MPNET_FOR_QUESTIONS, adapters_of, cache_folder, minilm_folder

_BATCH = 16
_SAFE = {"use_safetensors": True}
_MPNET_TOKENS = 384
"""As many as upstream reads."""
_EXAMPLES = ["A cat sat.", "Taxes rose, and nobody was glad."]


class SentenceTransformerEncoder:
    """A sentence-transformers model in torch.

    :param name: One of `CARRIED` (by packages, their weights checked), a folder, or a name on the Hugging Face hub.
    :param device: What it computes on, by torch's names.
    :raises InputError: If no such model can be loaded, or carried weights are not the ones expected.
    """

    def __init__(self, name: str = DEFAULT_ENCODER, device: str = "cpu") -> None:
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self.name = name
        try:
            self._model = _loaded(name)
        except (OSError, ValueError) as error:
            raise InputError(
                f"Cannot load the encoder {name!r}. Give a folder with a sentence-transformers model in "
                f"safetensors, the name of one on the Hugging Face hub, or {DEFAULT_ENCODER!r}."
            ) from error
        self._of_questions = self._model
        adapters = adapters_of(name)
        if len(adapters) > 1:
            self._of_questions = _loaded(name)
        for model, adapter in zip((self._model, self._of_questions), adapters, strict=False):
            merge(model[0].model, adapter)
        for model in (self._model, self._of_questions):
            model.to(device)
        self.digest = CARRIED.get(name) or self._state_digest()
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts; longer ones than the model reads are cut off at its limit.

        :param texts: n texts.
        :return: float32 array of shape (n, dimension), each row of length 1.
        """
        return self._encoded(self._model, texts)

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions, likewise."""
        return self._encoded(self._of_questions, questions)

    def _encoded(self, model: SentenceTransformer, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = model.encode(list(texts), batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension)

    def convert(self, folder: Path, *, of_questions: bool = False) -> Settings:
        """Write the model for OpenVINO.

        :param folder: Where to.
        :param of_questions: Write the one that encodes questions.
        :return: What there is to know of it.
        :raises InputError: If its tokenizer cannot be written, or the exporter does not know the model.
        """
        tokenizer = self._model.tokenizer
        if not getattr(tokenizer, "is_fast", False):
            raise InputError(f"The encoder {self.name!r} has no fast tokenizer (tokenizer.json). Choose one that has.")
        names = [name for name in tokenizer.model_input_names if name in tokenizer(_EXAMPLES)]
        batch = tokenizer(_EXAMPLES, padding=True, return_tensors="pt")
        model = self._of_questions if of_questions else self._model
        export(_Embedding(model, names), [batch[name] for name in names], names, tokenizer, folder)
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


def device() -> str:
    """Return what torch computes on here: a graphics card, where it can use one, or else the processor."""
    return "cuda" if torch.cuda.is_available() else "cpu"


def open_on_card(name: str) -> SentenceTransformerEncoder | None:
    """Open an encoder on a graphics card.

    :param name: As for the encoder.
    :return: The encoder; None if torch cannot use a card here.
    :raises InputError: If no such model can be loaded.
    """
    if device() == "cpu":
        return None
    try:
        encoder = SentenceTransformerEncoder(name, device())
        encoder.encode(_EXAMPLES)
    except (AssertionError, RuntimeError):
        # so torch says that it was not made for this card, or that the card has no memory left
        return None
    return encoder


def _loaded(name: str) -> SentenceTransformer:
    if name != MPNET_FOR_QUESTIONS:
        source = str(minilm_folder()) if name in CARRIED else name
        return SentenceTransformer(source, device="cpu", model_kwargs=_SAFE)
    # its packages carry the transformer alone
    transformer = Transformer(str(mpnet_folder(cache_folder())), max_seq_length=_MPNET_TOKENS, model_kwargs=_SAFE)
    pooling = Pooling(transformer.get_embedding_dimension(), "mean")
    return SentenceTransformer(modules=[transformer, pooling], device="cpu")


class _Embedding(torch.nn.Module):
    """Token numbers in, unit vectors out."""

    def __init__(self, model: SentenceTransformer, names: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.names = names

    def forward(self, *inputs: Tensor) -> Tensor:
        vectors = self.model(dict(zip(self.names, inputs, strict=True)))["sentence_embedding"]
        return torch.nn.functional.normalize(vectors, dim=-1)
