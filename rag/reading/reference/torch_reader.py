"""A question-answering model of the transformers library, on torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import AutoModelForQuestionAnswering, AutoTokenizer
from transformers.utils import logging

from index.conversion import TOKENIZER, Settings
from index.errors import InputError
from index.lora import merge
from index.model import Batch
from index.torch_export import export

_EXAMPLES = (["Who?", "Where is it now?"], ["Ann met Bob in Kent.", "It is there."])
_LIMIT = 512


class TorchReader:
    """A model with `start_logits` and `end_logits`, and its tokenizer.

    :param source: Folder or hub name.
    :param name: What it is called in messages.
    :param adapter: What training changed in it, if that is kept apart.
    :raises InputError: If there is no such model, or its tokenizer knows no offsets.
    """

    def __init__(self, source: Path | str, name: str, adapter: Path | None = None) -> None:
        logging.set_verbosity_error()  # type: ignore[no-untyped-call]
        logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            model = AutoModelForQuestionAnswering.from_pretrained(source, dtype=torch.float32, use_safetensors=True)
            tokenizer = AutoTokenizer.from_pretrained(source)
        except (OSError, ValueError) as error:
            raise InputError(
                f"Cannot load the reader {name!r}. Choose 'accurate' or 'fast', or give a folder or the hub "
                "name of a question-answering model in safetensors."
            ) from error
        if not tokenizer.is_fast:
            raise InputError(
                f"The reader {name!r} has no fast tokenizer (tokenizer.json), so its spans have no offsets. "
                "Choose a model that has one."
            )
        if adapter:
            merge(model, adapter)
        self._model = model.eval()
        self._tokenizer = tokenizer
        example = tokenizer(*_EXAMPLES, padding=True, return_tensors="pt")
        self.inputs = tuple(name for name in tokenizer.model_input_names if name in example)
        self._example = [example[name] for name in self.inputs]

    def run(self, batch: Batch) -> NDArray[np.float32]:
        """Run the network."""
        with torch.inference_mode():
            logits: NDArray[np.float32] = _Logits(self._model, self.inputs)(
                *(torch.from_numpy(batch[name]) for name in self.inputs)
            ).numpy()
        return logits

    def convert(self, folder: Path) -> Settings:
        """Write the model for OpenVINO.

        :param folder: Where to.
        :return: What there is to know of it.
        """
        export(_Logits(self._model, self.inputs), self._example, self.inputs, self._tokenizer, folder)
        return self.settings()

    def settings(self) -> Settings:
        """Return what there is to know of the model."""
        limit = getattr(self._model.config, "max_position_embeddings", _LIMIT)
        return Settings(pad=self._tokenizer.pad_token_id, limit=limit)

    def save(self, folder: Path) -> None:
        """Write model and tokenizer as the transformers library reads them.

        :param folder: Where to.
        """
        self._model.save_pretrained(folder)
        self._tokenizer.save_pretrained(folder)

    def save_tokenizer(self, folder: Path) -> Path:
        """Write the tokenizer alone.

        :param folder: Where to.
        :return: The file.
        """
        path = folder / TOKENIZER
        self._tokenizer.backend_tokenizer.save(str(path))
        return path


class _Logits(torch.nn.Module):
    """Token numbers in, the logits of start and end out."""

    def __init__(self, model: Any, names: Sequence[str]) -> None:
        super().__init__()
        self.model = model
        self.names = names

    def forward(self, *inputs: Tensor) -> Tensor:
        output = self.model(**dict(zip(self.names, inputs, strict=True)))
        return torch.stack([output.start_logits, output.end_logits], dim=-1)
