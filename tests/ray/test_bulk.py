"""What sharing out is measured with is what it is said to be."""

from __future__ import annotations

from tests.benchmarks.bulk import measured


def test_ways_are_measured() -> None:
    """Each way stores all, and takes some time before it runs."""
    report = measured(800, (0, 1), 1)
    assert set(report) == {"without_ray", "ray_1"}
    for (taken,) in report.values():
        assert taken["per_s"] > 0
        assert 0 < taken["first_s"] < taken["all_s"]
