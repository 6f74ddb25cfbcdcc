"""Measurements, each a command: `python -m tests.benchmarks`, `python -m tests.benchmarks.growth`."""
