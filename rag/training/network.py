"""The span reader as plain tensors: a frozen MPNet or BERT trunk, low-rank changes, a span head.

The two trunks differ only in names, positions and the relative bias, so one forward pass serves
both. Checked against transformers' `MPNetForQuestionAnswering` and `BertForQuestionAnswering`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

DROPOUT = 0.1
SCALE = 2.0  # alpha / r of the adapters: W += SCALE * B @ A


@dataclass(frozen=True, slots=True)
class Family:
    """Names and constants of one trunk family; `linears` in the order q, k, v, output, up, down."""

    prefix: str
    linears: tuple[str, str, str, str, str, str]
    attention_norm: str
    first_position: int
    begin: int
    end: int
    middle: tuple[int, ...]
    tunes_small: bool


MPNET = Family(
    "mpnet",
    (
        "attention.attn.q",
        "attention.attn.k",
        "attention.attn.v",
        "attention.attn.o",
        "intermediate.dense",
        "output.dense",
    ),
    "attention.LayerNorm",
    first_position=2,
    begin=0,
    end=2,
    middle=(2, 2),
    tunes_small=False,
)
BERT = Family(
    "bert",
    (
        "attention.self.query",
        "attention.self.key",
        "attention.self.value",
        "attention.output.dense",
        "intermediate.dense",
        "output.dense",
    ),
    "attention.output.LayerNorm",
    first_position=0,
    begin=101,
    end=102,
    middle=(102,),
    tunes_small=True,
)
FAMILIES = {"mpnet": MPNET, "bert": BERT}


def relative_buckets(length: int) -> Tensor:
    """MPNet's relative position buckets, int64 (length, length); 32 buckets, distances up to 128."""
    position = torch.arange(length)
    distance = position[:, None] - position[None, :]
    far = (8 + (torch.log(distance.abs().clamp(min=1) / 8) / math.log(16) * 8).long()).clamp(max=15)
    return torch.where(distance < 0, 16, 0) + torch.where(distance.abs() < 8, distance.abs(), far)


class _Spread(torch.autograd.Function):
    """Rows of a matrix at their places in a longer one, zeros elsewhere; each place is taken once."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, places: Tensor, length: int) -> Tensor:
        """Spread x (n, width) over (length, width)."""
        ctx.save_for_backward(places)
        return x.new_zeros(length, x.shape[1]).index_copy_(0, places, x)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        """Gather the gradients."""
        (places,) = ctx.saved_tensors
        return gradient.index_select(0, places), None, None


class _Gather(torch.autograd.Function):
    """The inverse of `_Spread`, with a gradient that need not add up."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, places: Tensor) -> Tensor:
        """Gather rows of x (length, width)."""
        ctx.save_for_backward(places)
        ctx.length = x.shape[0]
        return x.index_select(0, places)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        """Spread the gradients."""
        (places,) = ctx.saved_tensors
        return gradient.new_zeros(ctx.length, gradient.shape[1]).index_copy_(0, places, gradient), None


class _LowRank(torch.autograd.Function):
    """A frozen linear layer and its low-rank change, x @ (weight + SCALE * high @ low).T + bias.

    Each sum is made by the product beside it, and no gradient of the whole matrix is computed.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, low: Tensor, high: Tensor) -> Tensor:
        """Apply to x (n, in) a weight (out, in), a bias (out,), low (rank, in) and high (out, rank)."""
        low, high = low.to(x.dtype), (SCALE * high).to(x.dtype)
        inner = x @ low.T
        ctx.save_for_backward(x, inner, weight, low, high)
        return functional.linear(x, weight, bias).addmm_(inner, high.T)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor | None, None, Tensor | None, Tensor, Tensor]:
        """Return the gradients of x, bias, low and high, the last two in float32."""
        x, inner, weight, low, high = ctx.saved_tensors
        narrow = gradient @ high
        of_x = (gradient @ weight).addmm_(narrow, low) if ctx.needs_input_grad[0] else None
        of_bias = gradient.sum(0) if ctx.needs_input_grad[2] else None
        return of_x, None, of_bias, (narrow.T @ x).float(), (gradient.T @ inner).float().mul_(SCALE)


def _spread(x: Tensor, places: Tensor, length: int) -> Tensor:
    return cast(Tensor, _Spread.apply(x, places, length))  # type: ignore[no-untyped-call]


def _gather(x: Tensor, places: Tensor) -> Tensor:
    return cast(Tensor, _Gather.apply(x, places))  # type: ignore[no-untyped-call]


def _attention(query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
    """Attention over (rows, heads, length, width), `bias` added to what is compared."""
    if query.device.type == "cuda":
        return functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
    # on a processor the gradient of the fused kernel takes three times as long as that of its parts
    scores = (query / math.sqrt(query.shape[-1])) @ key.transpose(-1, -2) + bias
    return torch.softmax(scores, -1) @ value


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the tokens of a batch lie: linear layers see only these, attention sees rows filled up.

    `places` (n,): positions of the real tokens among rows * length; `bias`: what attention adds.
    """

    places: Tensor
    rows: int
    length: int
    bias: Tensor


class SpanNet:
    """A span reader: `frozen` trunk tensors, `tuned` tensors that the adapter file carries.

    `tuned` holds `<linear>.A` (r, in) and `<linear>.B` (out, r) of every linear layer, `qa.weight`
    (2, hidden), `qa.bias` (2,), and for BERT also biases, layer norms and token types. Only the top
    `depth` layers and the head learn (0: all of it); the layers below are merged once and read without gradients.
    """

    def __init__(self, trunk: Path, rank: int, seed: int, device: torch.device, depth: int = 0) -> None:
        config = json.loads((trunk / "config.json").read_text())
        self.family = FAMILIES[config["model_type"]]
        self.layers, self.heads = int(config["num_hidden_layers"]), int(config["num_attention_heads"])
        self.hidden, self.epsilon = int(config["hidden_size"]), float(config["layer_norm_eps"])
        self.rank, self.dropout, self.device = rank, DROPOUT, device
        self.dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
        self.first_learning = self.layers - depth if depth else 0
        loaded = load_file(trunk / "model.safetensors")
        strip = f"{self.family.prefix}."
        self.frozen = {
            k.removeprefix(strip): v.float().to(device)
            for k, v in loaded.items()
            if "pooler" not in k and "position_ids" not in k
        }
        self.tuned = self._fresh(seed)
        self._buckets: dict[int, Tensor] = {}
        self._merged: dict[str, Tensor] = {}

    def _fresh(self, seed: int) -> dict[str, Tensor]:
        """Start values: A random, B zero (the trunk unchanged), a small random head."""
        generator = torch.Generator().manual_seed(seed)
        tuned = {"qa.weight": torch.randn(2, self.hidden, generator=generator) * 0.02, "qa.bias": torch.zeros(2)}
        for name in self.linear_names():
            out, inner = self.frozen[f"{name}.weight"].shape
            bound = 1 / math.sqrt(inner)
            tuned[f"{name}.A"] = (torch.rand(self.rank, inner, generator=generator) * 2 - 1) * bound
            tuned[f"{name}.B"] = torch.zeros(out, self.rank)
        if self.family.tunes_small:
            small = [k for k in self.frozen if k.endswith(".bias") or "LayerNorm" in k or "token_type" in k]
            tuned |= {k: self.frozen[k].clone() for k in small}
        return {k: v.to(self.device).requires_grad_(self._learns(k)) for k, v in tuned.items()}

    def _learns(self, name: str) -> bool:
        """Say whether a tensor belongs to the head or to a layer that learns."""
        if name.startswith("encoder.layer."):
            return int(name.split(".")[2]) >= self.first_learning
        return name.startswith("qa.") or self.first_learning == 0

    def learning(self) -> list[Tensor]:
        """Return the tensors that training changes."""
        return [v for v in self.tuned.values() if v.requires_grad]

    def freeze(self) -> None:
        """Stop all learning: from here on every layer is merged once."""
        for tensor in self.tuned.values():
            tensor.requires_grad_(False)

    def forget_merged(self) -> None:
        """Drop merged weights, as is due after the tuned tensors were replaced."""
        self._merged.clear()

    def linear_names(self) -> list[str]:
        """Return the module paths of all adapted linear layers, without the family prefix."""
        return [f"encoder.layer.{i}.{name}" for i in range(self.layers) for name in self.family.linears]

    def tensor(self, name: str) -> Tensor:
        """Return the tuned tensor of this name if there is one, else the frozen one."""
        return self.tuned.get(name, self.frozen.get(name, torch.empty(0)))

    def _linear(self, x: Tensor, name: str) -> Tensor:
        bias = self.tensor(f"{name}.bias").to(x.dtype)
        low, high = self.tuned[f"{name}.A"], self.tuned[f"{name}.B"]
        if not low.requires_grad:
            return functional.linear(x, self._merged_weight(name, x.dtype), bias)
        weight = self._frozen_weight(name, x.dtype)
        return cast(Tensor, _LowRank.apply(x, weight, bias, low, high))  # type: ignore[no-untyped-call]

    def _frozen_weight(self, name: str, dtype: torch.dtype) -> Tensor:
        return self._kept(f"{name} frozen {dtype}", lambda: self.frozen[f"{name}.weight"].to(dtype))

    def _merged_weight(self, name: str, dtype: torch.dtype) -> Tensor:
        def merge() -> Tensor:
            low, high = self.tuned[f"{name}.A"], self.tuned[f"{name}.B"]
            return torch.addmm(self.frozen[f"{name}.weight"], high, low, alpha=SCALE).to(dtype)

        return self._kept(f"{name} merged {dtype}", merge)

    def _kept(self, key: str, make: Callable[[], Tensor]) -> Tensor:
        if key not in self._merged:
            self._merged[key] = make().detach()
        return self._merged[key]

    def _norm(self, x: Tensor, name: str) -> Tensor:
        weight, bias = self.tensor(f"{name}.weight").to(x.dtype), self.tensor(f"{name}.bias").to(x.dtype)
        return functional.layer_norm(x, (self.hidden,), weight, bias, self.epsilon)

    def _bias(self, mask: Tensor, dtype: torch.dtype) -> Tensor:
        """Additive attention bias, (rows, heads, length, length): padding and MPNet's relative positions."""
        rows, length = mask.shape
        bias = torch.zeros(rows, 1, 1, length, device=mask.device, dtype=dtype).masked_fill(~mask[:, None, None], -1e4)
        if "encoder.relative_attention_bias.weight" in self.frozen:
            if length not in self._buckets:
                buckets = relative_buckets(length).to(mask.device)
                table = self.frozen["encoder.relative_attention_bias.weight"][buckets]
                self._buckets[length] = table.permute(2, 0, 1)[None]
            bias = bias + self._buckets[length].to(dtype)
        return bias.expand(rows, self.heads, length, length)

    def logits(self, ids: Tensor, mask: Tensor, types: Tensor, train: bool = False, exact: bool = False) -> Tensor:
        """Start and end logits, float32 (rows, length, 2), of ids (rows, length); `exact`: float32 on a GPU too."""
        return self._read(*self._states(ids, mask, types, train, exact))

    def states(
        self, ids: Tensor, mask: Tensor, types: Tensor, train: bool = False, exact: bool = False
    ) -> tuple[Tensor, Tensor]:
        """Last hidden states (n, hidden) of the n real tokens, and their places among rows * length."""
        x, layout = self._states(ids, mask, types, train, exact)
        return x, layout.places

    @torch.no_grad()
    def below(self, ids: Tensor, mask: Tensor, types: Tensor) -> list[Tensor]:
        """States (tokens, hidden) of each row below the layers that learn, to be kept for `logits_above`."""
        layout = self._layout(mask, self.dtype)
        x = self._below(self._embedded(ids, types, layout, self.dtype, 0.0), layout)
        return [one.clone() for one in torch.split(x, mask.sum(1).tolist())]

    def logits_above(self, kept: Sequence[Tensor], train: bool = False) -> Tensor:
        """As `logits`, of what `below` gave; nothing is dropped there."""
        lengths = torch.tensor([len(one) for one in kept], device=self.device)
        mask = torch.arange(int(lengths.max()), device=self.device)[None] < lengths[:, None]
        layout = self._layout(mask, self.dtype)
        return self._read(self._above(torch.cat(list(kept)), layout, train), layout)

    def _states(self, ids: Tensor, mask: Tensor, types: Tensor, train: bool, exact: bool) -> tuple[Tensor, _Layout]:
        dtype = torch.float32 if exact and self.device.type == "cuda" else self.dtype
        layout = self._layout(mask, dtype)
        x = self._embedded(ids, types, layout, dtype, self.dropout if train else 0.0)
        return self._above(self._below(x, layout), layout, train), layout

    def _layout(self, mask: Tensor, dtype: torch.dtype) -> _Layout:
        rows, length = mask.shape
        return _Layout(mask.flatten().nonzero()[:, 0], rows, length, self._bias(mask, dtype))

    def _embedded(self, ids: Tensor, types: Tensor, layout: _Layout, dtype: torch.dtype, drop: float) -> Tensor:
        first, places = self.family.first_position, layout.places
        x = functional.embedding(ids.flatten()[places], self.frozen["embeddings.word_embeddings.weight"])
        x = x + self.frozen["embeddings.position_embeddings.weight"][first + places % layout.length]
        if "embeddings.token_type_embeddings.weight" in self.frozen:
            table = self.tensor("embeddings.token_type_embeddings.weight")
            x = x + table[0] + types.flatten()[places][:, None] * (table[1] - table[0])
        return functional.dropout(self._norm(x.to(dtype), "embeddings.LayerNorm"), drop)

    def _below(self, x: Tensor, layout: _Layout) -> Tensor:
        with torch.no_grad():
            for i in range(self.first_learning):
                x = self._layer(x, f"encoder.layer.{i}.", layout, 0.0)
        return x

    def _above(self, x: Tensor, layout: _Layout, train: bool) -> Tensor:
        for i in range(self.first_learning, self.layers):
            x = self._layer(x, f"encoder.layer.{i}.", layout, self.dropout if train else 0.0)
        return x

    def _read(self, x: Tensor, layout: _Layout) -> Tensor:
        packed = functional.linear(x, self.tuned["qa.weight"].to(x.dtype), self.tuned["qa.bias"].to(x.dtype)).float()
        return _spread(packed, layout.places, layout.rows * layout.length).view(layout.rows, layout.length, 2)

    def _layer(self, x: Tensor, path: str, layout: _Layout, drop: float) -> Tensor:
        names = [path + name for name in self.family.linears]
        size = (layout.rows, layout.length, self.heads, self.hidden // self.heads)
        query, key, value = (
            _spread(self._linear(x, name), layout.places, layout.rows * layout.length).view(size).transpose(1, 2)
            for name in names[:3]
        )
        mixed = _attention(query, key, value, layout.bias)
        mixed = mixed.transpose(1, 2).reshape(layout.rows * layout.length, self.hidden)
        mixed = self._linear(_gather(mixed, layout.places), names[3])
        x = self._norm(x + functional.dropout(mixed, drop), path + self.family.attention_norm)
        inner = self._linear(functional.gelu(self._linear(x, names[4])), names[5])
        return self._norm(x + functional.dropout(inner, drop), path + "output.LayerNorm")
