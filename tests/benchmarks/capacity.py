"""What so many sentences take, from what smaller numbers of them took.

What is assumed is told in docs/scale.md, 'To a billion sentences'.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, log
from typing import Any

from tests.benchmarks.fan_out import LogNormal
from tests.conftest import ROOT

_ENCODED = ROOT / "docs" / "benchmarks.json"
_NAMES = {"folder": "faiss", "PostgreSQL": "postgres", "Milvus Lite": "milvus_lite"}
_ROWS = {
    "put_per_s": "put, sentences a second",
    "nearest_ms": "100 nearest",
    "words_ms": "100 with the rarest",
    "memory_mb": "memory of the process",
    "disk_mb": "disk",
}
_VECTOR = 384 * 4
_WORDS = 12
_TEXT = 81
"""Bytes of a sentence of a dozen words, as `tests/benchmarks/growth.py` makes them; words have 6 letters."""
_SHARED = {"vector": _VECTOR, "a quarter of its paragraph's vector": _VECTOR // 4, "text": _TEXT}
_PAGE, _PER_PAGE = 8192, 8192 - 24
"""Bytes of a page of PostgreSQL, and those that rows may fill."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a store took at one size.

    :param sentences: The size.
    :param put_per_s: Sentences a second.
    :param nearest_ms: Milliseconds of a search for the nearest sentences, p50 and p95.
    :param words_ms: And of one for common words.
    :param memory_mb: Of the process that asks.
    :param disk_mb: Of all.
    """

    sentences: int
    put_per_s: float
    nearest_ms: tuple[float, float]
    words_ms: tuple[float, float]
    memory_mb: float
    disk_mb: float


def _encoded() -> float:
    """Return how many sentences were encoded a second, on two cores."""
    report = json.loads(_ENCODED.read_text(encoding="utf-8"))
    return round(float(report["encode"]["per_second"]["pullquote"]))


@dataclass(frozen=True, slots=True)
class Machines:
    """What there is and what is wanted. Prices are assumed, and nobody's.

    :param memory_gb: Of a machine, in 10^9 bytes.
    :param filled: The part of it that a shard may fill.
    :param cores: Of a machine.
    :param goal_ms: What half of the searches of a shard may take.
    :param load: Questions a second.
    :param utilisation: The part of the time that cores may be busy.
    :param spare: Replicas that are there beside those that are needed, so that as many may be lost.
    :param workers: Processes that encode; as many put, each into a shard of its own.
    :param encode_per_s: Sentences that one of them encodes a second.
    :param gb_price: Of a GB of memory for a month.
    :param core_price: Of a core for a month.
    """

    memory_gb: float = 32.0
    filled: float = 0.8
    cores: int = 8
    goal_ms: float = 250.0
    load: float = 10.0
    utilisation: float = 0.6
    spare: int = 1
    workers: int = 10
    encode_per_s: float = field(default_factory=_encoded)
    gb_price: float = 3.0
    core_price: float = 20.0


@dataclass(frozen=True, slots=True)
class Plan:
    """What a size takes.

    :param shards: Parts, one to a machine.
    :param near: What the search for the nearest takes in one of them, in seconds.
    :param words: And that for common words.
    :param replicas: Machines that hold the same shard.
    :param encode_h: Hours to encode all.
    :param put_h: And to put all into the shards, once.
    :param money: For all machines for a month.
    """

    shards: int
    near: LogNormal
    words: LogNormal
    replicas: int
    encode_h: float
    put_h: float
    money: float

    @property
    def ms(self) -> float:
        """Return what half of the searches in a shard take, about: the sum of both medians."""
        return (self.near.p50 + self.words.p50) * 1e3


def of_page(text: str) -> list[dict[str, Any]]:
    """Read the tables of docs/scale.md as reports of `tests.benchmarks.stores`, one for each column."""
    reports: list[dict[str, Any]] = []
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
        for place, title in enumerate(head):
            if column := re.fullmatch(rf"({'|'.join(_NAMES)}), ([\d,]+)", title):
                of: dict[str, Any] = {}
                for name, label in _ROWS.items():
                    cell = next(row[place] for row in rows if row[0].startswith(label))
                    numbers = [float(number.replace(",", "")) for number in cell.split(", ")]
                    of[name] = dict(zip(("p50", "p95"), numbers, strict=True)) if name.endswith("_ms") else numbers[0]
                reports.append({"sentences": int(column[2].replace(",", "")), _NAMES[column[1]]: of})
    return reports


def of_reports(reports: Sequence[Mapping[str, Any]]) -> dict[str, list[Measured]]:
    """Read what `tests.benchmarks.stores` reports: what was measured of each engine, by size.

    :raises KeyError: If something is missing.
    :raises ValueError: If a store was measured twice at one size.
    """
    found: dict[str, list[Measured]] = {}
    for report in sorted(reports, key=lambda one: int(one["sentences"])):
        for engine in (name for name in _NAMES.values() if name in report):
            of = report[engine]
            near, words = ((of[name]["p50"], of[name]["p95"]) for name in ("nearest_ms", "words_ms"))
            one = Measured(report["sentences"], of["put_per_s"], near, words, of["memory_mb"], of["disk_mb"])
            same = found.setdefault(engine, [])
            if same and same[-1].sentences == one.sentences:
                raise ValueError(f"{engine} is there twice with {one.sentences} sentences")
            same.append(one)
    return found


def principles(engine: str) -> dict[str, int]:
    """Return the bytes of a sentence that must be there, by what they are for."""
    if engine == "faiss":
        return {**_SHARED, "code of 96 and number of 8, in a cell": 96 + 8}
    if engine == "milvus_lite":
        return {**_SHARED, "graph: 2 × 32 neighbours of 4": 2 * 32 * 4, "12 words of 8": _WORDS * 8}
    # 24 of head, 32 of numbers, a tsvector of 4 and 4 + 6 for each word, the vector with 8, and 4 in the page
    row = 24 + 32 + 4 + _WORDS * (4 + 6) + _VECTOR + 8 + 4
    # pgvector: 76 of head and the vector with 8; 4 of head and 6 for each of 2 × 16 neighbours on the ground floor
    node = 76 + _VECTOR + 8 + 4 + 4 + 2 * 16 * 6 + 4
    return {
        f"row of {row:,}, {_PER_PAGE // row} to a page": _PAGE // (_PER_PAGE // row),
        f"graph, {node:,} each, {_PER_PAGE // node} to a page": _PAGE // (_PER_PAGE // node),
        **{name: of for name, of in _SHARED.items() if name != "vector"},
        "index of words, 2 each, and of rows, 20": _WORDS * 2 + 20,
    }


def held(engine: str, measured: Sequence[Measured]) -> float:
    """Return the bytes of memory that a sentence needs: of the process, or all that is on disk."""
    last = measured[-1]
    return (last.memory_mb if engine == "faiss" else last.disk_mb) * 1e6 / last.sentences


def by_memory(engine: str, measured: Sequence[Measured], size: int, given: Machines) -> int:
    """Return how many shards it takes to hold all in memory."""
    return ceil(size * held(engine, measured) / (given.memory_gb * 1e9 * given.filled))


def encoding_h(size: int, given: Machines) -> float:
    """Return the hours to encode all."""
    return size / given.encode_per_s / given.workers / 3600


def planned(engine: str, measured: Sequence[Measured], size: int, given: Machines) -> Plan:
    """Compute what a size takes.

    :param engine: `faiss` or `postgres`.
    :param measured: By size.
    :param size: Sentences.
    :param given: What there is and what is wanted.
    """
    last = measured[-1]
    shards = by_memory(engine, measured, size, given)
    while _near(engine, measured, size / shards) + _line(_words(measured), size / shards) > given.goal_ms:
        # a shard no larger than what was measured is not divided
        if size / shards <= last.sentences:
            break
        shards += 1
    near = _grown(last.nearest_ms, _near(engine, measured, size / shards))
    words = _grown(last.words_ms, _line(_words(measured), size / shards))
    needed = given.load * (near.mean + words.mean)
    replicas = ceil(needed / (given.cores * given.utilisation)) + given.spare
    # a folder is built at once, each part of PostgreSQL's graph takes what a search in it takes
    rate = (
        max(one.put_per_s for one in measured)
        if engine == "faiss"
        else last.put_per_s * last.nearest_ms[0] / (near.p50 * 1e3)
    )
    machine = given.memory_gb * given.gb_price + given.cores * given.core_price
    return Plan(
        shards,
        near,
        words,
        replicas,
        encoding_h(size, given),
        size / rate / min(given.workers, shards) / 3600,
        shards * replicas * machine,
    )


def _words(measured: Sequence[Measured]) -> list[tuple[int, float]]:
    return [(one.sentences, one.words_ms[0]) for one in measured]


def _near(engine: str, measured: Sequence[Measured], size: float) -> float:
    """Return milliseconds: in a graph they grow with the logarithm, in cells, of which a quarter is read, by a line."""
    last = measured[-1]
    if engine == "postgres":
        return last.nearest_ms[0] * log(size) / log(last.sentences)
    return _line([(one.sentences, one.nearest_ms[0]) for one in measured], size)


def _line(points: Sequence[tuple[int, float]], size: float) -> float:
    """Return the value on the line through the two largest sizes; or, if it does not rise, on that through zero."""
    (before, less), (last, most) = ((0, 0.0), *points)[-2:]
    slope = (most - less) / (last - before)
    if slope <= 0:
        slope = most / last
    return max(most + slope * (size - last), min(ms for _, ms in points))


def _grown(pair: tuple[float, float], p50: float) -> LogNormal:
    """Return a time in seconds that is spread as one that was measured in milliseconds, with another median."""
    return LogNormal(p50 / 1e3, p50 / 1e3 * pair[1] / pair[0])
