"""A Ray cluster of two nodes for tests, on 127.0.0.1 only, in processes and a folder of its own.

`python -m tests.ray.cluster FOLDER CARDS` is one: it says its address, and does what is written to its standard input.
"""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.conftest import ROOT
from tests.ray.processes import family, wait_until_gone

_NODE = {"num_cpus": 1, "object_store_memory": 200_000_000}


@dataclass(frozen=True, slots=True)
class Cluster:
    """Two nodes with a core each. A driver belongs to the first.

    :param address: `127.0.0.1:PORT`.
    :param environment: What a driver needs to be let in.
    """

    address: str
    environment: dict[str, str]
    _process: subprocess.Popen[str]

    def processes(self) -> set[int]:
        """Return all that run for it."""
        return family(self._process.pid)

    def lose_node(self) -> None:
        """Kill the second node, with all that runs there."""
        self._do("lose")

    def add_node(self) -> None:
        """Start a second node again."""
        self._do("add")

    def end(self) -> None:
        """Kill what holds the cluster together."""
        self._do("end")

    def _do(self, command: str) -> None:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{command}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == f"{command}\n"


@contextmanager
def started(cards: int = 0, **settings: str) -> Iterator[Cluster]:
    """Start a cluster, and stop it at the end.

    :param cards: Graphics cards that the second node says it has.
    :param settings: Environment variables of its processes.
    """
    # short, as the paths of sockets are
    with TemporaryDirectory(prefix="pq-", ignore_cleanup_errors=True) as folder:
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "RAY_AUTH_MODE": "token",
            "RAY_AUTH_TOKEN": secrets.token_hex(32),
            "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
            "RAY_TMPDIR": folder,
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        command = [sys.executable, "-m", "tests.ray.cluster", folder, str(cards)]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**environment, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert process.stdout
        try:
            yield Cluster(process.stdout.readline().strip(), environment, process)
        finally:
            # it ends when nothing more can be written to it
            process.communicate(timeout=60)


def main() -> None:
    """Be a cluster until standard input ends."""
    from ray import cluster_utils  # noqa: PLC0415

    # where the address is noted
    (Path(sys.argv[1]) / "ray").mkdir()
    cluster: Any = cluster_utils.Cluster(initialize_head=True, head_node_args={**_NODE, "include_dashboard": False})
    second_node = {**_NODE, "num_gpus": int(sys.argv[2])}
    second = cluster.add_node(**second_node)
    print(cluster.address, flush=True)  # noqa: T201
    for line in sys.stdin:
        match line.strip():
            case "lose":
                (raylet,) = second.all_processes["raylet"]
                pids = family(raylet.process.pid)
                for pid in pids:
                    os.kill(pid, signal.SIGKILL)
                wait_until_gone(pids)
                cluster.remove_node(second, allow_graceful=False)
            case "add":
                second = cluster.add_node(**second_node)
            case "end":
                cluster.head_node.kill_gcs_server(check_alive=False)
                cluster.head_node.kill_raylet(check_alive=False)
        print(line.strip(), flush=True)  # noqa: T201
    cluster.shutdown()


if __name__ == "__main__":
    main()
