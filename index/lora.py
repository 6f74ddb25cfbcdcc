"""Low-rank adapters: what training changed in a model, kept apart from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

_SCALE = 2.0
"""alpha / r of every adapter shipped."""


def merge(model: Any, adapter: Path) -> None:
    """Merge an adapter into a model: `W += 2 B A` where it adapts, plain replacement elsewhere.

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
                parameters[f"{module}.weight"].add_(_SCALE * high @ low)
            elif not key.endswith(".lora_B.weight"):
                parameters[key.replace(".modules_to_save", "")].copy_(file.get_tensor(key).float())
