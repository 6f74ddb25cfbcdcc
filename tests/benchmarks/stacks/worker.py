"""A stack's side of the pipe: an order a line comes in, a reply a line goes out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

Act = Callable[[Any], Any]


def serve(acts: Mapping[str, Act]) -> None:
    """Obey orders until there are no more.

    An order is `{"act": NAME, "given": VALUE}`. A reply is `{"ms", "gave", "resident", "peak"}`: how long the act took
    by this process's clock, so that the pipe is not measured; what it returned; and MiB of memory. What a library
    prints goes to standard error.

    :param acts: What can be done, by name; `memory` is added, which does nothing, for its reply tells the memory.
    """
    known: dict[str, Act] = {**acts, "memory": _nothing}
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as replies:
        os.dup2(2, 1)
        for line in iter(sys.stdin.readline, ""):
            order = json.loads(line)
            began = perf_counter()
            gave = known[order["act"]](order["given"])
            took = (perf_counter() - began) * 1e3
            replies.write(json.dumps({"ms": took, "gave": gave, **_memory()}) + "\n")
            replies.flush()


def read_corpus(plan: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Read what is asked about.

    :param plan: Its `corpus` names the file.
    :return: Texts of `articles`, `sentences` and `paragraphs`, and in `paragraph_of` each sentence's paragraph.
    """
    corpus: dict[str, list[Any]] = json.loads(Path(plan["corpus"]).read_text(encoding="utf-8"))
    return corpus


def _nothing(given: object) -> None:
    del given


def _memory() -> dict[str, float]:
    """Resident memory now and at its highest, in MiB, as Linux tells it."""
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    sizes = dict(line.split(":", 1) for line in status if line.startswith("Vm"))
    return {name: int(sizes[key].split()[0]) / 1024 for name, key in (("resident", "VmRSS"), ("peak", "VmHWM"))}
