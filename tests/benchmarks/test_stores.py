"""What stores are measured with is what it is said to be."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
from psycopg.conninfo import conninfo_to_dict

from tests.benchmarks.stores import draw, measured_in, of_folder, with_memory


def test_a_folder_is_measured(tmp_path: Path) -> None:
    """All that is near is found where all is compared; the folder holds the vectors."""
    folder = tmp_path / "index"
    found = measured_in(str(folder), 400, 160, tmp_path / "truth.json", 200, partial(of_folder, folder))
    assert found["recall@10"] == 1.0
    assert found["put_per_s"] > 0
    assert 0 < found["nearest_ms"]["p50"] <= found["nearest_ms"]["p95"]
    # 384 dimensions of 4 bytes for each sentence and for each fourth of one, and the texts
    assert 0.76 < found["disk_mb"] < 1.0


def test_the_memory_for_the_graph_stands_in_the_address() -> None:
    """As libpq reads it; without a size the address is left alone."""
    address = "postgresql://postgres@127.0.0.1:5433/postgres"
    assert with_memory(address, None) == address
    read = conninfo_to_dict(with_memory(address, "3GB"))
    assert read == {**conninfo_to_dict(address), "options": "-c maintenance_work_mem=3GB"}


def test_what_was_measured_is_drawn(tmp_path: Path) -> None:
    """Of each store a line through its sizes, the smallest first; a store that was not measured has none."""
    times = {"p50": 2.0, "p95": 4.0}
    large = {"sentences": 100, "faiss": {"nearest_ms": times, "words_ms": times, "put_per_s": 7.0}}
    small = {"sentences": 10, "faiss": {"nearest_ms": {"p50": 1.0, "p95": 3.0}, "words_ms": times, "put_per_s": 9.0}}
    figure = draw([large, small], tmp_path / "stores.png")
    nearest, _, put = figure.axes
    assert [np.asarray(line.get_xydata()).tolist() for line in nearest.lines] == [
        [[10, 1.0], [100, 2.0]],
        [[10, 3.0], [100, 4.0]],
        *[[]] * 4,
    ]
    assert [np.asarray(line.get_xydata()).tolist() for line in put.lines] == [[[10, 9.0], [100, 7.0]], [], []]
    assert (tmp_path / "stores.png").read_bytes()[:4] == b"\x89PNG"
