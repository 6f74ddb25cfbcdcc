"""How long an answer takes, and finding sentences alone; and what memory it needs."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any

from tests.benchmarks.process import Process, Stack, running
from tests.benchmarks.setting import READERS, Setting
from tests.benchmarks.summary import Ratio, ratio, rotated, times

_PAUSE = 0.02
"""Seconds before an order: threads that still spin for the last one come to rest."""
_LEAST = 2
"""Questions that are asked however long they take."""
_ROUNDS = 3
"""How often a stack finds sentences for all questions in a row."""

Measured = Mapping[str, Sequence[float]]
"""Milliseconds by the stack's label, question by question."""


def measure_ask(setting: Setting) -> dict[str, Any]:
    """Ask every stack every question, one after the other in a rotating order; then let each find sentences alone.

    The first question is asked before, and not counted. Finding is measured where the reader is the small one,
    for the reader has no part in it: once in turn, as a question comes that nobody waited for, with the caches full of
    other work; and once in a row, as an evaluation asks.

    :param setting: What is asked, and by whom.
    :return: For JSON: `stacks` with their times and memory, and `ratios`.
    """
    stacks = setting.stacks()
    small = [stack for stack in stacks if stack.reader in {"fast", "minilm"}]
    with ExitStack() as stack_of:
        processes = {one.label: stack_of.enter_context(running(one, setting.work)) for one in stacks}
        _load(setting, list(processes.values()))
        asked = _in_turn(setting, processes, "ask")
        found = _in_turn(setting, {one.label: processes[one.label] for one in small}, "retrieve")
        in_a_row = _in_rows(setting, {one.label: processes[one.label] for one in small}, "retrieve")
        replies = {label: process.call("memory") for label, process in processes.items()}
    rows = [
        {
            "name": one.name,
            "reader": one.reader,
            "ask_ms": asdict(times(asked[one.label])),
            "retrieve_ms": asdict(times(found[one.label])) if one in small else None,
            "retrieve_in_a_row_ms": asdict(times(in_a_row[one.label])) if one in small else None,
            "memory_mib": {"resident": round(replies[one.label].resident), "peak": round(replies[one.label].peak)},
        }
        for one in stacks
    ]
    memory = {label: [reply.resident] for label, reply in replies.items()}
    ratios = [
        *compare("ask", stacks, asked),
        *compare("retrieve", small, found),
        *compare("retrieve in a row", small, in_a_row),
        *compare("memory", stacks, memory),
    ]
    return {"stacks": rows, "ratios": [asdict(one) for one in ratios]}


def compare(what: str, stacks: Sequence[Stack], measured: Measured) -> list[Ratio]:
    """Compare Pullquote with each peer that reads with a model of the same trunk.

    :param what: What was measured.
    :param stacks: All that took part.
    :param measured: Their values, in the same order for each.
    """
    ours = [stack for stack in stacks if stack.name == "pullquote"]
    pairs = [(one, peer) for one in ours for peer in stacks if peer.reader == READERS[one.reader]]
    return [ratio(what, (one.label, measured[one.label]), (peer.label, measured[peer.label])) for one, peer in pairs]


def _load(setting: Setting, processes: Sequence[Process]) -> None:
    """Let all load at once: importing is what takes long, and keeps one core busy."""
    for process in processes:
        process.order("load", setting.plan(process.stack))
    for process in processes:
        process.reply()
    for process in processes:
        process.call("ask", setting.questions[0])


def _in_turn(setting: Setting, processes: Mapping[str, Process], act: str) -> dict[str, list[float]]:
    measured: dict[str, list[float]] = {label: [] for label in processes}
    began = time.perf_counter()
    for turn, question in enumerate(setting.questions[1:] or setting.questions):
        if turn >= _LEAST and setting.over(began):
            break
        for label in rotated(list(processes), turn):
            time.sleep(_PAUSE)
            measured[label].append(processes[label].call(act, question).ms)
    return measured


def _in_rows(setting: Setting, processes: Mapping[str, Process], act: str) -> dict[str, list[float]]:
    measured: dict[str, list[float]] = {label: [] for label in processes}
    began = time.perf_counter()
    for turn in range(_ROUNDS):
        if turn and setting.over(began):
            break
        for label in rotated(list(processes), turn):
            # all are ordered at once, so that the stack never waits
            for question in setting.questions:
                processes[label].order(act, question)
            measured[label] += [processes[label].reply().ms for _ in setting.questions]
    return measured
