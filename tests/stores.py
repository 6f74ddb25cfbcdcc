"""The engines that the contract of a store is tested with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

ENGINES: dict[str, Callable[[Path], str]] = {
    "faiss": lambda folder: str(folder / "index"),
    "milvus": lambda folder: str(folder / "milvus.db"),
}
"""Of each engine, how a test gets the address of an empty store; the folder is the test's own."""
