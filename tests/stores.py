"""The engines that the contract of a store is tested with: `python -m tests.stores` starts servers and tests with them.

In `make test` the stores are FAISS and Milvus Lite, which need no server.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

_MILVUS = os.environ.get("PULLQUOTE_TEST_MILVUS", "")
"""The address of a server, such as `http://127.0.0.1:19530`, in which databases may be made."""
_POSTGRES = os.environ.get("PULLQUOTE_TEST_POSTGRES", "")
"""The address of a server, with `{}` for the database."""


def _in_milvus(_: Path) -> str:
    from pymilvus import MilvusClient  # noqa: PLC0415

    name = f"test_{uuid4().hex}"
    client = MilvusClient(_MILVUS, dedicated=True)
    client.create_database(name)
    client.close()
    return f"{_MILVUS}/{name}"


def _in_postgres(_: Path) -> str:
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
if _MILVUS:
    ENGINES["milvus_server"] = _in_milvus
if _POSTGRES:
    ENGINES["postgres"] = _in_postgres


def main() -> int:
    """Start servers, say which, and run the tests of stores against them."""
    from tests import milvus, ports, postgres  # noqa: PLC0415

    with ExitStack() as started:
        server = started.enter_context(postgres.started())
        print(f"Started {server.version()} at {server.address()}, data in {server.folder}", flush=True)  # noqa: T201
        milvus_address = _MILVUS
        if not milvus_address:
            port, folder = ports.free_port(), Path(started.enter_context(TemporaryDirectory()))
            started.enter_context(milvus.served(folder / "milvus.db", port))
            milvus_address = f"http://127.0.0.1:{port}"
            print(f"Started Milvus Lite at {milvus_address}, data in {folder}", flush=True)  # noqa: T201
        environment = {
            **os.environ,
            "PULLQUOTE_TEST_POSTGRES": server.address("{}"),
            "PULLQUOTE_TEST_MILVUS": milvus_address,
        }
        print("The tests of several servers start a PostgreSQL, a Valkey, an nginx and three chats more.", flush=True)  # noqa: T201
        tests = [sys.executable, "-m", "pytest", "-n0", "-m", "", *TESTS, *sys.argv[1:]]
        ended = subprocess.run(tests, env=environment, check=False).returncode
    print("Stopped them.", flush=True)  # noqa: T201
    return ended


TESTS = ("tests/unit/index/test_stores.py", "tests/unit/answering/test_archive.py", "tests/servers")

if __name__ == "__main__":
    sys.exit(main())
