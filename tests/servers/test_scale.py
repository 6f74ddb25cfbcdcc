"""The commands of docs/scale.md, pasted into a shell."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from tests import valkey
from tests.conftest import ROOT
from tests.debian import environment
from tests.ports import free_port
from tests.postgres import Server, started
from tests.together import balanced

# what is installed already is not installed again; the rest is run as it stands, with the reader that is quick
_SHELL = r"""
set -e
apt-get() { :; }
pip() { :; }
sudo() { if [ "$1" = -u ]; then shift 2; PGUSER=postgres "$@"; else "$@"; fi; }
cp() { :; }
nginx() { :; }
pullquote() {
  command=$1; shift
  if [ "$command" = chat ]; then set -- "$@" --reader fast; fi
  PGUSER=$USER "$PYTHON" -m rag.cli "$command" "$@"
}
"""


BLOCKS = re.findall(r"```sh\n(.*?)```", (ROOT / "docs" / "scale.md").read_text(encoding="utf-8"), re.DOTALL)


def _prepared(folder: Path, server: Server) -> dict[str, str]:
    """Write the article, and return the environment of the shell."""
    (folder / "story.txt").write_text("The treaty\n\nThe treaty was signed by Ann Byron in Kent.", encoding="utf-8")
    return {
        **environment("postgres"),
        "PATH": os.pathsep.join([str(server.programs), os.environ["PATH"]]),
        "PYTHONPATH": str(ROOT),
        "PYTHON": sys.executable,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "USER": "reader",
        "COLUMNS": "200",
    }


def test_from_debian_to_postgresql(tmp_path: Path) -> None:
    """An article is put into a new database, listed, asked and removed, by a user who is no superuser."""
    block, _ = BLOCKS
    with started() as server:
        given = _prepared(tmp_path, server)
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


def test_from_debian_to_three_servers(tmp_path: Path) -> None:
    """In ten commands three servers answer behind nginx, at the ports that are free here."""
    _, block = BLOCKS
    assert len(block.splitlines()) == 10
    ports = [free_port() for _ in range(3)]
    with started() as server, valkey.started() as counts, balanced(tmp_path, ports) as address:
        ours = {"http://127.0.0.1:8080": address, "redis://127.0.0.1:6379": counts.address}
        for given, port in {**ours, **{f"786{number}": str(port) for number, port in enumerate(ports, 1)}}.items():
            assert given in block
            block = block.replace(given, port)
        said, told = tmp_path / "said", tmp_path / "told"
        bash = ["bash", "-c", _SHELL + block]
        environ = _prepared(tmp_path, server)
        with said.open("wb") as log, told.open("wb") as out:
            shell = subprocess.Popen(bash, cwd=tmp_path, env=environ, stdout=out, stderr=log, start_new_session=True)
        try:
            assert shell.wait(200) == 0, said.read_text(encoding="utf-8")
        finally:
            # the servers run on in the background, in the shell's group
            os.killpg(shell.pid, signal.SIGKILL)
            shell.wait(20)
        created, answer = told.read_text(encoding="utf-8").splitlines()
        assert created == "CREATE EXTENSION"
        assert (json.loads(answer)["text"], json.loads(answer)["status"]) == ("Ann Byron", "answered")
