"""The chat and the page of annotation, served for a test until it is over."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO

import typer

_ROOT = Path(__file__).parent.parent
# tests ask faster than people
_SETTINGS = ("--port", "0", "--no-browser", "--per-minute", "10000")
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["ui"])


@contextmanager
def serve(article: Path, *options: str) -> Iterator[str]:
    """Serve the chat in a process of its own; give its address."""
    with forked("serve", str(article), *_SETTINGS, *options) as address:
        yield address


@contextmanager
def forked(command: str, *arguments: str) -> Iterator[str]:
    """Run a command of `ui` in a process forked from one that has imported it: the import takes longer than the rest.

    :param command: `serve` or `annotate`.
    """
    reading, writing = _FORKS.Pipe(duplex=False)
    process = _FORKS.Process(target=_run, args=(command, arguments, dict(os.environ), writing))
    process.start()
    writing.close()
    with reading, open(reading.fileno(), closefd=False, encoding="utf-8") as told:
        try:
            yield _address(told)
            ended = process.exitcode
        finally:
            process.terminate()
            rest = told.read()
            process.join(60)
        assert ended is None, f"the server ended with {ended}: {rest}"


def _run(command: str, arguments: Sequence[str], environment: dict[str, str], told: Connection) -> None:
    import ui  # noqa: PLC0415 - imported in the process that this one is forked from, never in that of the tests

    os.dup2(told.fileno(), sys.stderr.fileno())
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(_ROOT)
    page: Callable[..., None] = getattr(ui, command)
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(page)
    app(list(arguments))


@contextmanager
def started(article: Path, *options: str) -> Iterator[tuple[str, int]]:
    """Start the chat as a person does; give its address and the number of its process."""
    environment = {**os.environ, "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(_ROOT / "ui.py"), str(article), *_SETTINGS, *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment, cwd=_ROOT) as process:
        try:
            assert process.stderr
            yield _address(process.stderr), process.pid
            ended = process.poll()
        finally:
            process.terminate()
            _, rest = process.communicate(timeout=60)
        assert (ended, process.returncode) == (None, 0), f"the server ended with {process.returncode}: {rest}"


def _address(told: IO[str]) -> str:
    lines = []
    for line in told:
        lines.append(line)
        if match := re.search(r"http://127\.0\.0\.1:\d+", line):
            return match.group()
    raise AssertionError("".join(lines))
