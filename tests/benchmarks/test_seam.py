"""The ways to ask that are compared ask the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.library import build
from tests.benchmarks.seam import compared


@pytest.mark.slow
def test_a_store_is_asked_like_what_is_held(tmp_path: Path) -> None:
    """A store that is empty is filled first; each way has times for one article and for all."""
    folder, other = tmp_path / "index", tmp_path / "other"
    build(12, folder)
    found = compared(folder, [str(other)], 4)
    assert list(found) == ["held", "FaissStore"]
    for way in found.values():
        assert list(way) == ["one_ms", "all_ms"]
        assert all(0 < of["p50"] <= of["p95"] for of in way.values())
    assert (other / "manifest.json").exists()
