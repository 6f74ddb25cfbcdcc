"""The readers that Pullquote ships, and any other by name."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForQuestionAnswering, AutoTokenizer
from transformers.utils import logging

from index.errors import InputError
from index.lora import merge
from index.weights import cache_folder, minilm_folder, mpnet_available, mpnet_folder, require
from rag.calibration import UNFITTED, read_calibration
from rag.cascade import CalibratedReader, Cascade
from rag.transformer import TransformerReader

ACCURATE = "accurate"
FAST = "fast"
BOTH = "both"
BUDGET = 560
"""Tokens of passages that the first reader asked may cost."""
SECOND_BUDGET = 320
"""Tokens of the most promising passages that the second reader reads: on the calibration questions it loses nothing
against reading all of them."""

MODELS = Path(str(resources.files("rag"))) / "models"

_ADAPTER_SHA256 = {
    ACCURATE: "98e18b253cc0f0c173986dededfd87212c91879d5f19440bcef67b680075bfe9",
    FAST: "bcc4421f37eca0f90cea5cbc0086b01e798e02dde0e83b124105804f3d9fe776",
}


def default_readers() -> str:
    """Return the name of the best that this installation can load."""
    return BOTH if mpnet_available() else FAST


def load_readers(name: str, cache: Path | None = None) -> Cascade:
    """Load readers.

    :param name: `both`, `accurate`, `fast`, a folder, or a name on the Hugging Face hub.
    :param cache: Where the accurate reader's trunk is unpacked; by default the platform's cache folder.
    :return: The readers in the order in which they are asked.
    :raises InputError: If there is no such model, or a shipped file is not the one expected.
    """
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    trunks = cache or cache_folder()
    if name == BOTH:
        return Cascade([_shipped(FAST, BUDGET, trunks), _shipped(ACCURATE, SECOND_BUDGET, trunks)])
    if name in _ADAPTER_SHA256:
        return Cascade([_shipped(name, BUDGET, trunks)])
    return Cascade([_other(name)])


def _shipped(name: str, budget: int, cache: Path) -> CalibratedReader:
    shipped = MODELS / name
    trunk = mpnet_folder(cache) if name == ACCURATE else minilm_folder()
    adapter = shipped / "adapter.safetensors"
    require(adapter, _ADAPTER_SHA256[name], "Reinstall Pullquote.")
    model = _transformer(name, trunk)
    merge(model, adapter)
    return CalibratedReader(
        TransformerReader(name, model, AutoTokenizer.from_pretrained(trunk), budget),
        read_calibration(shipped / "calibration.json"),
    )


def _other(name: str) -> CalibratedReader:
    reader = TransformerReader(name, _transformer(name, name), AutoTokenizer.from_pretrained(name), BUDGET)
    return CalibratedReader(reader, UNFITTED)


def _transformer(name: str, source: Path | str) -> Any:
    try:
        model = AutoModelForQuestionAnswering.from_pretrained(source, dtype=torch.float32, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise InputError(
            f"Cannot load the reader {name!r}. Choose {BOTH!r}, {ACCURATE!r} or {FAST!r}, or give a folder or the hub "
            "name of a question-answering model in safetensors."
        ) from error
    return model.eval()
