"""OpenVINO, imported without its converter: that reports each import to its maker, and nothing here uses it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_CONVERTER = "openvino.tools.ovc"


@contextmanager
def _missing(name: str) -> Iterator[None]:
    """Make the import of a module fail meanwhile, as if it was not installed."""
    modules: dict[str, Any] = sys.modules
    modules[name] = modules.get(name)
    try:
        yield
    finally:
        if modules[name] is None:
            del modules[name]


with _missing(_CONVERTER):
    import openvino

__all__ = ["openvino"]
