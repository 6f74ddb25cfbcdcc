"""The benchmark's side of the pipe: a stack in a process of its own, asked to do one thing at a time."""

from __future__ import annotations

import json
import select
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from index.errors import InputError
from tests.benchmarks.machine import inherited
from tests.conftest import ROOT

_PATIENCE = 300
"""Seconds until a stack that does not reply is given up."""
_LAST_WORDS = 10
"""Seconds that a stack which has stopped replying has to say why."""
_ENVIRONMENT = {"HAYSTACK_TELEMETRY_ENABLED": "False", "HF_HUB_OFFLINE": "1"}


@dataclass(frozen=True, slots=True)
class Stack:
    """What is measured.

    :param name: `pullquote`, `haystack`, `txtai` or `plain`: a module of `stacks`.
    :param reader: Its reader, for tables; empty where none is needed.
    :param python: The interpreter that has what it imports.
    """

    name: str
    reader: str
    python: Path

    @property
    def label(self) -> str:
        """Its name and its reader's."""
        return f"{self.name} {self.reader}".strip()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a stack did.

    :param ms: How long it took, by its own clock.
    :param gave: What it returned.
    :param resident: MiB of memory now.
    :param peak: MiB of memory at its highest.
    """

    ms: float
    gave: Any
    resident: float
    peak: float


class Process:
    """A stack that runs.

    :param stack: The stack.
    :param running: Its process, with text pipes.
    :param log: Where its standard error goes.
    """

    def __init__(self, stack: Stack, running: subprocess.Popen[str], log: Path) -> None:
        self.stack = stack
        self._log = log
        self._running = running
        self._orders, self._replies = _pipes(running)

    def order(self, act: str, given: object = None) -> None:
        """Give an order, without waiting.

        :param act: What to do.
        :param given: With what.
        """
        try:
            self._orders.write(json.dumps({"act": act, "given": given}) + "\n")
            self._orders.flush()
        except BrokenPipeError as error:
            raise self._ended() from error

    def reply(self) -> Reply:
        """Wait for the reply to the order.

        :raises InputError: If the process has ended, or is silent for too long.
        """
        ready, _, _ = select.select([self._replies], [], [], _PATIENCE)
        line = self._replies.readline() if ready else ""
        if not line:
            raise self._ended()
        return Reply(**json.loads(line))

    def call(self, act: str, given: object = None) -> Reply:
        """Give an order and wait for the reply.

        :param act: What to do.
        :param given: With what.
        :return: The reply.
        :raises InputError: If the process has ended, or is silent for too long.
        """
        self.order(act, given)
        return self.reply()

    def _ended(self) -> InputError:
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(_LAST_WORDS)
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        said = lines[-1] if lines else "nothing"
        return InputError(
            f"{self.stack.label} gave no reply; the last that it said is {said!r}. Read {self._log}; a peer can be "
            "left out with --without."
        )


@contextmanager
def running(stack: Stack, work: Path) -> Iterator[Process]:
    """Run a stack until the block is left.

    :param stack: The stack.
    :param work: Folder for what it says on standard error.
    :return: The process.
    """
    work.mkdir(parents=True, exist_ok=True)
    log = work / f"{stack.label.replace(' ', '-')}.log"
    with (
        log.open("w", encoding="utf-8") as said,
        subprocess.Popen(
            [str(stack.python), "-m", f"benchmarks.stacks.{stack.name}"],
            cwd=ROOT / "tests",
            env={**inherited(), **_ENVIRONMENT},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            encoding="utf-8",
        ) as process,
    ):
        try:
            yield Process(stack, process, log)
        finally:
            process.kill()


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    if process.stdin is None or process.stdout is None:
        raise TypeError("the process has no pipes")
    return process.stdin, process.stdout
