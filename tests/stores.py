"""The engines that the contract of a store is tested with: `python -m tests.stores` starts servers and tests with them.

In `make test` the stores are FAISS and Milvus Lite, which need no server.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

_POSTGRES = os.environ.get("PULLQUOTE_TEST_POSTGRES", "")
"""The address of a server, with `{}` for the database."""


def _database(_: Path) -> str:
    import psycopg  # noqa: PLC0415
    from psycopg import sql  # noqa: PLC0415

    name = f"test_{uuid4().hex}"
    with psycopg.connect(_POSTGRES.format("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return _POSTGRES.format(name)


ENGINES: dict[str, Callable[[Path], str]] = {
    "faiss": lambda folder: str(folder / "index"),
    "milvus": lambda folder: str(folder / "milvus.db"),
}
"""Of each engine, how a test gets the address of an empty store; the folder is the test's own."""
if _POSTGRES:
    ENGINES["postgres"] = _database


def main() -> int:
    """Start a server, say which, and run the tests of stores against it."""
    from tests import postgres  # noqa: PLC0415

    with postgres.started() as server:
        print(f"Started {server.version()} at {server.address()}, data in {server.folder}", flush=True)  # noqa: T201
        environment = {**os.environ, "PULLQUOTE_TEST_POSTGRES": server.address("{}")}
        tests = [sys.executable, "-m", "pytest", "-n0", "-m", "", *TESTS, *sys.argv[1:]]
        ended = subprocess.run(tests, env=environment, check=False).returncode
    print("Stopped it.", flush=True)  # noqa: T201
    return ended


TESTS = ("tests/unit/index/test_stores.py", "tests/unit/answering/test_archive.py", "tests/servers")

if __name__ == "__main__":
    sys.exit(main())
