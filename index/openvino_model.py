"""A converted model on OpenVINO: no torch is needed to run it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from index.errors import InputError
from index.model import Batch
from index.openvino_runtime import openvino

THREADS = "PULLQUOTE_THREADS"
"""Environment variable: threads that a model may use, for hosts that are shared. By default it takes one for each
core."""
PRECISION = "PULLQUOTE_PRECISION"
"""Environment variable: `float32` makes models compute alike on every processor."""


class Precision(StrEnum):
    """Numbers that a model multiplies, by OpenVINO's names."""

    FLOAT32 = "f32"
    BFLOAT16 = "bf16"


_COMPILING = ThreadPoolExecutor(2, "compiling")
"""Two at once fill two cores; a third was no quicker."""


class OpenVinoModel:
    """A model compiled for this processor, in the background: whoever runs it first may have to wait.

    All models share the cores: one runs at a time.

    :param path: The file.
    :raises InputError: If `PULLQUOTE_THREADS` is no number of threads, or `PULLQUOTE_PRECISION` none that is known.
    """

    _cores = Lock()

    def __init__(self, path: Path) -> None:
        options: dict[str, object] = {
            "INFERENCE_PRECISION_HINT": precision().value,
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
        }
        if count := threads():
            # several processes share the machine, and OpenVINO would bind the threads of each to the same first cores
            options |= {"INFERENCE_NUM_THREADS": count, "ENABLE_CPU_PINNING": False}
        self._compiled = _COMPILING.submit(_compile, path, options)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what it is given."""
        return self._compiled.result().inputs

    def run(self, batch: Batch) -> NDArray[np.float32]:
        """Run the network; whoever comes meanwhile waits."""
        compiled = self._compiled.result()
        with self._cores:
            compiled.request.infer({name: batch[name] for name in compiled.inputs}, share_inputs=True)
            output: NDArray[np.float32] = compiled.request.get_output_tensor(0).data.copy()
        return output


@dataclass(frozen=True, slots=True)
class _Compiled:
    inputs: tuple[str, ...]
    request: openvino.InferRequest


def _compile(path: Path, options: Mapping[str, object]) -> _Compiled:
    compiled = openvino.Core().compile_model(str(path), "CPU", options)
    return _Compiled(tuple(given.get_any_name() for given in compiled.inputs), compiled.create_infer_request())


def precision() -> Precision:
    """Return what models multiply: bfloat16 where the processor does that, unless `PULLQUOTE_PRECISION` forbids it.

    bfloat16 has the range of float32 and 8 bits of its 24 (Kalamkar et al., A Study of BFLOAT16 for Deep Learning
    Training, 2019); docs/tried.md has what it costs and gains.

    :raises InputError: If `PULLQUOTE_PRECISION` is neither empty nor `float32`.
    """
    given = os.environ.get(PRECISION, "")
    if given not in ("", "float32"):
        raise InputError(f"{PRECISION} is {given!r}. Give float32, or leave it out for the fastest of the processor.")
    able = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return Precision.BFLOAT16 if not given and "BF16" in able else Precision.FLOAT32


def threads() -> int:
    """Return how many threads a model may use; 0 for one for each core.

    :raises InputError: If `PULLQUOTE_THREADS` is no number of threads.
    """
    given = os.environ.get(THREADS, "0")
    if not given.isdecimal() or int(given) > 1024:
        raise InputError(f"{THREADS} is {given!r}. Give a number of threads, or leave it out for one for each core.")
    return int(given)
