"""What the numbers were measured on."""

from __future__ import annotations

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

from tests.benchmarks.peers import REQUIREMENTS

_OURS = ("faiss-cpu", "numpy", "openvino", "sentence-transformers", "tokenizers", "torch", "transformers")


def machine() -> dict[str, Any]:
    """Describe this machine, as Linux tells it, and what is installed.

    :return: For JSON: processor, cores, memory, system, load over the last minute, versions, and the settings of
        threads in the environment, which all stacks inherit.
    """
    cores = len(os.sched_getaffinity(0))
    return {
        "processor": _line("/proc/cpuinfo", "model name") or platform.processor(),
        "cores": cores,
        "memory_mib": int(_line("/proc/meminfo", "MemTotal").split()[0]) // 1024,
        "system": platform.platform(),
        "load": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "versions": {found.name: found.version for found in metadata.distributions() if found.name in _OURS},
        "peers": dict(_required()),
        "threads": {name: value for name, value in sorted(inherited().items()) if name.startswith(("OMP_", "MKL_"))},
    }


def inherited() -> dict[str, str]:
    """Return the environment that all stacks inherit.

    Threads of OpenMP that wait sleep, unless the environment says otherwise: spinning they slow whoever is next.
    """
    return {"OMP_WAIT_POLICY": "PASSIVE", **os.environ}


def _required() -> list[tuple[str, str]]:
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if "==" in line]
    return [(name, version) for name, version in pairs]


def _line(file: str, name: str) -> str:
    for line in Path(file).read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            return line.split(":", 1)[1].strip()
    return ""
