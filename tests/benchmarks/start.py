"""From nothing to the first answer: a fresh process each time, indexes and models on the disk."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

from tests.benchmarks.ask import compare
from tests.benchmarks.process import Reply, Stack, running
from tests.benchmarks.setting import Setting
from tests.benchmarks.summary import rotated, times

_LEAST = 1


def measure_start(setting: Setting, repeats: int, warm: bool = False) -> dict[str, Any]:
    """Start Pullquote and Haystack and ask one question, in a rotating order.

    :param setting: What is asked.
    :param repeats: How often, at least once.
    :param warm: Whether all indexes have been made and all files read; if not, a first round does it, uncounted.
    :return: For JSON: `stacks` with times from the start of the process to its first answer and the most memory that
        it had until then, and `ratios`.
    """
    stacks = {stack.label: stack for stack in setting.stacks(["haystack"])}
    for stack in () if warm else stacks.values():
        _first_answer(setting, stack)
    took: dict[str, list[float]] = {label: [] for label in stacks}
    peak: dict[str, list[float]] = {label: [] for label in stacks}
    began = time.perf_counter()
    for turn in range(repeats):
        if turn >= _LEAST and setting.over(began):
            break
        for label in rotated(list(stacks), turn):
            ms, reply = _first_answer(setting, stacks[label])
            took[label].append(ms)
            peak[label].append(reply.peak)
    rows = [
        {
            "name": stack.name,
            "reader": stack.reader,
            "first_answer_ms": asdict(times(took[label])),
            "peak_mib": round(max(peak[label])),
        }
        for label, stack in stacks.items()
    ]
    ratios = compare("start", list(stacks.values()), took)
    return {"stacks": rows, "ratios": [asdict(one) for one in ratios]}


def _first_answer(setting: Setting, stack: Stack) -> tuple[float, Reply]:
    plan = setting.plan(stack)
    began = time.perf_counter()
    with running(stack, setting.work) as process:
        process.call("load", plan)
        reply = process.call("ask", setting.questions[0])
        return (time.perf_counter() - began) * 1e3, reply
