"""What stores are measured with is what it is said to be."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from tests.benchmarks.stores import measured_in, of_folder, with_memory


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
