"""The command line, run in this process: to start one takes longer than most commands."""

from __future__ import annotations

import os
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from rag.cli import main
from tests.conftest import ROOT


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, by the names of `subprocess.CompletedProcess`."""

    returncode: int | str
    stdout: str
    stderr: str


def pullquote(*arguments: str | Path, cwd: Path = ROOT, **environment: str) -> Done:
    """Run `pullquote` as its console script does, in a folder and with an environment that end with it."""
    out, err = StringIO(), StringIO()
    with (
        chdir(cwd),
        patch.dict(os.environ, {"COLUMNS": "200", **environment}),
        patch.object(sys, "argv", ["pullquote", *map(str, arguments)]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            return Done(ended.code or 0, out.getvalue(), err.getvalue())
    return Done(0, out.getvalue(), err.getvalue())
