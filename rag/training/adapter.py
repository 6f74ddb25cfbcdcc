"""Adapter files: what the product's reader merges into its trunk."""

from __future__ import annotations

import hashlib
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from .network import SCALE, SpanNet

_MODULE = "qa_outputs.modules_to_save."


def _file_key(net: SpanNet, name: str) -> str:
    if name.startswith("qa."):
        return ("qa_outputs." if net.family.tunes_small else _MODULE) + name.removeprefix("qa.")
    if name.endswith((".A", ".B")):
        return f"{net.family.prefix}.{name[:-2]}.lora_{name[-1]}.weight"
    return f"{net.family.prefix}.{name}"


def save_adapter(net: SpanNet, path: Path) -> str:
    """Write the tuned tensors of `net` as fp16 safetensors; return the file's SHA-256."""
    tensors = {_file_key(net, k): v.detach().half().cpu().contiguous() for k, v in net.tuned.items()}
    metadata = {"r": str(net.rank), "scale": str(SCALE)} if net.family.tunes_small else None
    save_file(tensors, path, metadata=metadata)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_adapter(net: SpanNet, path: Path) -> None:
    """Copy an adapter file into `net`; a file of lower rank fills the first rows, the rest stays as it is.

    The rows beyond the file's rank have B = 0 in a fresh net, so the net then computes what the file says.
    """
    tensors = load_file(path)
    with torch.no_grad():
        for name, value in net.tuned.items():
            given = tensors[_file_key(net, name)].float().to(net.device)
            rank = min(net.rank, given.shape[0 if name.endswith(".A") else -1])
            if name.endswith(".A"):
                value[:rank] = given[:rank]
            elif name.endswith(".B"):
                value[:, :rank] = given[:, :rank]
            else:
                value.copy_(given)
    net.forget_merged()
