"""The package as a stranger has it: the wheel in an environment of its own, away from the checkout, asked a question.

Run it with `make wheel`. Nothing is there but what pip brings: no model in a cache, no package of the accurate reader,
and no network for the command; then a model hub on this machine, which has the accurate reader's weights. What it
starts it stops, and what it writes goes into a folder that is removed.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import venv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any
from urllib.request import Request, urlopen

from hatchling.builders.wheel import WheelBuilder

from index.mpnet import REPOSITORY, REVISION, mpnet_folder
from index.weights import cache_folder
from tests.conftest import ROOT
from tests.hub import Hub, serving

STORY = (
    "New bridge opens in Riverton\n\n"
    "A bridge across the Wye was opened in Riverton on 4 May. "
    "Mayor Ann Byron said that it had cost 12 million pounds. "
    "It replaces a ferry that had carried people since 1821.\n"
)
QUESTION = "How much did the bridge cost?"
ANSWER = "12 million pounds"
PATIENCE = 300
"""Seconds that a command may take; the first one converts the models."""


def main() -> None:
    """Build, install, ask by command and by chat.

    :raises SystemExit: If something is not as it should be.
    """
    with tempfile.TemporaryDirectory(prefix="pullquote-wheel-") as scratch:
        folder = Path(scratch)
        (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
        venv.create(folder / "venv", with_pip=True)
        commands = folder / "venv" / "bin"
        began = perf_counter()
        subprocess.run([str(commands / "pip"), "install", "--quiet", built], cwd=folder, check=True)
        _tell(f"{Path(built).name}: {_megabytes([Path(built)]):.0f} MB", began, "to install")
        _tell(f"environment: {_megabytes((folder / 'venv').rglob('*')):.0f} MB on disk")
        home = folder / "home"
        home.mkdir()
        (home / "story.txt").write_text(STORY, encoding="utf-8")
        hidden = ("PYTHONPATH", "VIRTUAL_ENV", "XDG_CACHE_HOME", "HF_HOME")
        environment = {name: value for name, value in os.environ.items() if name not in hidden}
        environment |= {"HOME": str(home), "COLUMNS": "200", "PYTHONUNBUFFERED": "1"}
        command = str(commands / "pullquote")
        said = _run([command, "--version"], home, environment)
        _check(re.fullmatch(r"pullquote \d+\.\d+\.\d+\S*\n", said.stdout), said)
        for reader, more in _readers():
            _ask(command, home, environment | more, reader)
            _chat(command, home, environment | more, reader)
        _tell(f"models: {_megabytes(home.rglob('*')):.0f} MB on disk")


def _readers() -> Iterator[tuple[str, dict[str, str]]]:
    """Each reader, and what of the environment makes a stranger have it."""
    yield "fast", {"HF_HUB_OFFLINE": "1"}
    folder = mpnet_folder(cache_folder())
    files = {path.name: path for path in folder.iterdir()}
    with serving(Hub(files, REPOSITORY, REVISION)) as address:
        yield "accurate", {"HF_ENDPOINT": address, "HF_HUB_DISABLE_TELEMETRY": "1"}


def _ask(command: str, home: Path, environment: Mapping[str, str], reader: str) -> None:
    for which in ("first answer, models converted", "second answer"):
        began = perf_counter()
        done = _run([command, "ask", QUESTION, "--article", "story.txt", "--json"], home, environment)
        answer: dict[str, Any] = json.loads(done.stdout)
        _check(answer["status"] == "answered" and ANSWER in answer["text"], answer)
        _check(answer["citations"][0]["quote"] in STORY, answer)
        fast = [line.startswith("Reading with the fast reader. ") for line in done.stderr.splitlines()]
        _check(fast == [True] if reader == "fast" else not any(fast), done.stderr)
        _tell(which, began, f"with the {reader} reader")


def _chat(command: str, home: Path, environment: Mapping[str, str], reader: str) -> None:
    began = perf_counter()
    started = [command, "chat", "story.txt", "--no-browser", "--port", "0"]
    with subprocess.Popen(started, cwd=home, env=environment, stderr=subprocess.PIPE, text=True) as process:
        bound = threading.Timer(PATIENCE, process.kill)
        bound.start()
        try:
            assert process.stderr
            found = (re.search(r"http://[\d.]+:\d+", line) for line in process.stderr)
            address = next((match[0] for match in found if match), "")
            _check(address, "the chat does not start")
            body = json.dumps({"question": QUESTION}).encode()
            asked = Request(f"{address}/api/ask", body, {"Content-Type": "application/json"})  # noqa: S310
            with urlopen(asked, timeout=PATIENCE) as reply:  # noqa: S310  # our own address
                answer = json.load(reply)
            _check(ANSWER in answer["text"], answer)
            _tell("first answer of a chat", began, f"with the {reader} reader")
        finally:
            bound.cancel()
            process.terminate()
            process.communicate(timeout=30)


def _run(command: Sequence[str], home: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        command, cwd=home, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    _check(done.returncode == 0, done)
    return done


def _check(right: object, found: object) -> None:
    if not right:
        raise SystemExit(f"The package does not do what it should: {found}")


def _tell(what: str, began: float | None = None, how: str = "") -> None:
    taken = "" if began is None else f": {perf_counter() - began:.1f} s {how}"
    sys.stdout.write(f"{what}{taken}\n")
    sys.stdout.flush()


def _megabytes(paths: Any) -> float:
    size: float = sum(path.stat().st_size for path in paths if path.is_file() and not path.is_symlink()) / 1e6
    return size


if __name__ == "__main__":
    main()
