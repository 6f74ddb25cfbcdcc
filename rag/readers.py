"""The readers that Pullquote ships, and any other by name."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from transformers import AutoModelForQuestionAnswering, AutoTokenizer
from transformers.utils import logging

from index.errors import InputError
from index.weights import cache_folder, minilm_folder, mpnet_available, mpnet_folder, require
from rag.calibration import UNFITTED, Calibration, read_calibration
from rag.reader import Reader
from rag.transformer import TransformerReader

ACCURATE = "accurate"
FAST = "fast"
BUDGET = 560
"""Tokens of passages that one question may cost: about a second with the accurate reader on two cores."""

THRESHOLD = 0.04
"""Confidence below which the article counts as not saying.

On the calibration data this keeps all but half a hundredth of the right answers, and refuses a
quarter of the questions that have none.
"""

MODELS = Path(str(resources.files("rag"))) / "models"

_ADAPTER_SHA256 = {
    ACCURATE: "1c7a047a23cb0d538e7dc65ebdcce1f81023f0f77862cc2732a3d4ddd7e897c6",
    FAST: "a0d90e37751c3cf5b32268fff97a54409048b2051b2719678ba3078e9b30fb74",
}
_LORA_SCALE = 2.0
"""alpha / r of both adapters."""


@dataclass(frozen=True, slots=True)
class CalibratedReader:
    """A reader and the curve that turns its scores into probabilities."""

    reader: Reader
    calibration: Calibration


def default_reader() -> str:
    """Return the name of the best reader that this installation can load."""
    return ACCURATE if mpnet_available() else FAST


def load_reader(name: str, cache: Path | None = None) -> CalibratedReader:
    """Load a reader.

    :param name: `accurate`, `fast`, a folder, or a name on the Hugging Face hub.
    :param cache: Where the accurate reader's trunk is unpacked; by default the platform's cache folder.
    :return: The reader and its calibration; another model's is its own log-odds.
    :raises InputError: If there is no such model, or a shipped file is not the one expected.
    """
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    if name not in _ADAPTER_SHA256:
        return CalibratedReader(_other(name), UNFITTED)
    shipped = MODELS / name
    trunk = mpnet_folder(cache or cache_folder()) if name == ACCURATE else minilm_folder()
    adapter = shipped / "adapter.safetensors"
    require(adapter, _ADAPTER_SHA256[name], "Reinstall Pullquote.")
    reader = _transformer(name, trunk)
    merge(reader, adapter)
    return CalibratedReader(
        TransformerReader(name, reader, AutoTokenizer.from_pretrained(trunk), BUDGET),
        read_calibration(shipped / "calibration.json"),
    )


def merge(model: Any, adapter: Path) -> None:
    """Merge a LoRA adapter into a model: `W += 2 B A` where it adapts, plain replacement elsewhere.

    Low-rank adaptation: Hu et al. 2021, arXiv 2106.09685.

    :param model: A torch module; changed in place.
    :param adapter: Keys `<module>.lora_A.weight` (r, in) and `<module>.lora_B.weight` (out, r), and
        names of tensors to replace, with or without PEFT's `modules_to_save`.
    """
    parameters = dict(model.named_parameters())
    with safe_open(adapter, framework="pt") as file, torch.no_grad():
        for key in file.keys():  # noqa: SIM118 - safe_open is no mapping
            if key.endswith(".lora_A.weight"):
                module = key.removesuffix(".lora_A.weight")
                low, high = (file.get_tensor(f"{module}.lora_{part}.weight").float() for part in "AB")
                parameters[f"{module}.weight"].add_(_LORA_SCALE * high @ low)
            elif not key.endswith(".lora_B.weight"):
                parameters[key.replace(".modules_to_save", "")].copy_(file.get_tensor(key).float())


def _other(name: str) -> TransformerReader:
    return TransformerReader(name, _transformer(name, name), AutoTokenizer.from_pretrained(name), BUDGET)


def _transformer(name: str, source: Path | str) -> Any:
    try:
        model = AutoModelForQuestionAnswering.from_pretrained(source, dtype=torch.float32, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise InputError(
            f"Cannot load the reader {name!r}. Choose {ACCURATE!r} or {FAST!r}, or give a folder or the hub name "
            "of a question-answering model in safetensors."
        ) from error
    return model.eval()
