"""The commands of docs/scale.md, pasted into a shell."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.postgres import environment, started

# what is installed already is not installed again; the rest is run as it stands
_SHELL = r"""
set -e
apt-get() { :; }
pip() { :; }
sudo() { if [ "$1" = -u ]; then shift 2; PGUSER=postgres "$@"; else "$@"; fi; }
pullquote() { PGUSER=$USER "$PYTHON" -m rag.cli "$@"; }
"""


def test_from_debian_to_postgresql(tmp_path: Path) -> None:
    """An article is put into a new database, listed, asked and removed, by a user who is no superuser."""
    page = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    (tmp_path / "story.txt").write_text("The treaty\n\nThe treaty was signed by Ann Byron in Kent.", encoding="utf-8")
    with started() as server:
        given = {
            **environment(),
            "PATH": os.pathsep.join([str(server.programs), os.environ["PATH"]]),
            "PYTHONPATH": str(ROOT),
            "PYTHON": sys.executable,
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
            "USER": "reader",
            "COLUMNS": "200",
        }
        command = ["bash", "-c", _SHELL + block]
        done = subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    created, listed, answer, quotation, *_ = done.stdout.splitlines()
    assert created == "CREATE EXTENSION"
    assert listed == "story  The treaty"
    assert "Ann Byron" in answer
    assert quotation.strip() == "“The treaty was signed by Ann Byron in Kent.”"
    told = done.stderr.splitlines()
    assert "Stored 2 sentences of 1 article; the store holds 1 article" in told
    assert told[-1] == "Removed 1 article; the store holds 0 articles"
