"""Average adapters of one trunk: `python -m rag.training.average OUT ADAPTER ADAPTER...` (weights may follow: FILE@2).

Adapters that were trained from one start but on other draws of the data err in different places; the mean of
their weights is better than each, at the price of one (Wortsman et al. 2022, arXiv 2203.05482). The mean of
low-rank products has a higher rank; it is cut back by a singular value decomposition.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

_LOW, _HIGH = ".lora_A.weight", ".lora_B.weight"


def average(adapters: Sequence[Mapping[str, Tensor]], shares: Sequence[float], rank: int) -> dict[str, Tensor]:
    """Average adapters.

    :param adapters: Tensors by name: `<module>.lora_A.weight` (r, in), `<module>.lora_B.weight` (out, r), and those
        that replace the trunk's; all have the same names.
    :param shares: What each counts for; they are scaled to a sum of 1.
    :param rank: Highest rank of the result; a module that is the same in all is kept as it is.
    :return: The mean as fp16 tensors of the same names.
    """
    total = sum(shares)
    mean: dict[str, Tensor] = {}
    for name, tensor in adapters[0].items():
        if name.endswith(_HIGH):
            continue
        if not name.endswith(_LOW):
            mean[name] = _weighted([adapter[name] for adapter in adapters], shares, total).half()
            continue
        high = name.replace(_LOW, _HIGH)
        if all(
            torch.equal(adapter[name], tensor) and torch.equal(adapter[high], adapters[0][high]) for adapter in adapters
        ):
            mean[name], mean[high] = tensor, adapters[0][high]
        else:
            parts = [share / total * adapter[high].float() for share, adapter in zip(shares, adapters, strict=True)]
            mean[name], mean[high] = _factors(
                torch.cat(parts, 1), torch.cat([adapter[name].float() for adapter in adapters]), rank
            )
    return mean


def _weighted(tensors: Sequence[Tensor], shares: Sequence[float], total: float) -> Tensor:
    return torch.stack([share / total * tensor.float() for share, tensor in zip(shares, tensors, strict=True)]).sum(0)


def _factors(high: Tensor, low: Tensor, rank: int) -> tuple[Tensor, Tensor]:
    """Return A (rank, in) and B (out, rank) whose product B A is the nearest to high @ low, (out, n) and (n, in)."""
    # the singular vectors lie in what high and low span, which is small
    outer, of_high = torch.linalg.qr(high)
    inner, of_low = torch.linalg.qr(low.T)
    left, values, right = torch.linalg.svd(of_high @ of_low.T, full_matrices=False)
    root = values[:rank].sqrt()
    return (root[:, None] * (right[:rank] @ inner.T)).half().contiguous(), (
        outer @ left[:, :rank] * root
    ).half().contiguous()


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.average", description=__doc__)
    parser.add_argument("out", type=Path, help="file to write")
    parser.add_argument("adapters", nargs="+", help="adapter files; FILE@2 counts twice")
    parser.add_argument("--rank", type=int, default=32)
    options = parser.parse_args()
    given = [path.rpartition("@") if "@" in path else (path, "@", "1") for path in options.adapters]
    mean = average([load_file(path) for path, _, _ in given], [float(share) for *_, share in given], options.rank)
    save_file(mean, options.out)
    digest = hashlib.sha256(options.out.read_bytes()).hexdigest()
    print(json.dumps({"of": options.adapters, "rank": options.rank, "sha256": digest}))  # noqa: T201 - the result


if __name__ == "__main__":
    main()
