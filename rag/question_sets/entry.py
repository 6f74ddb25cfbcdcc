"""What a reader of a format hands on, and when what was read is not enough."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from index.errors import InputError
from rag.question_sets.question import Fault, Question

Entry: TypeAlias = tuple[Question, ...] | Fault
"""Of one line or record: the questions, which stand or fall together, or why there are none."""


def check(path: Path, usable: bool, faults: Sequence[Fault], strict: bool, sought: str) -> None:
    """Refuse a file with faults, if it has to be without, or in which nothing else was found.

    :param path: The file.
    :param usable: Whether anything was found that can be used.
    :param strict: Whether a fault is one too many.
    :param sought: What should be in it, in the singular.
    :raises InputError: Naming the first fault, if there is one.
    """
    first = f"{faults[0].place}: {faults[0].reason}" if faults else ""
    unexpected = next((fault for fault in faults if not fault.expected), None)
    if unexpected and strict:
        raise InputError(f"{unexpected.place}: {unexpected.reason}")
    if not usable:
        raise InputError(
            f"{path} holds no {sought} that can be used. The first of its faults ({len(faults)}): {first}"
            if first
            else f"{path} holds no {sought}. Give a file with at least one."
        )
