"""PostgreSQL with pgvector for tests: `python -m tests.postgres` unpacks Debian's packages, if there is none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from psycopg import sql

from tests.debian import environment, folder_of, unpacked
from tests.ports import free_port

_PACKAGES = ("postgresql-17", "postgresql-17-pgvector", "postgresql-client-17", "libpq5")


def find() -> Path | None:
    """Return the folder with the programs of a PostgreSQL that has pgvector, of the newest; or None."""
    found = [
        programs
        for root in (Path("/"), folder_of("postgres"))
        for programs in (root / "usr/lib/postgresql").glob("*/bin")
        if (root / "usr/share/postgresql" / programs.parent.name / "extension/vector.control").exists()
    ]
    return max(found, key=lambda programs: int(programs.parent.name), default=None)


@dataclass(frozen=True, slots=True)
class Server:
    """A server of a test's own, on 127.0.0.1.

    :param programs: Where they are.
    :param folder: Its data.
    :param port: Its port.
    """

    programs: Path
    folder: Path
    port: int

    def address(self, database: str = "postgres", user: str = "postgres", password: str = "") -> str:
        """Return the address of a database."""
        return f"postgresql://{user}{password and ':' + password}@127.0.0.1:{self.port}/{database}"

    def execute(self, command: str, *names: str) -> None:
        """Run a command as the superuser; each `{}` in it is a name."""
        with psycopg.connect(self.address(), autocommit=True) as connection:
            connection.execute(sql.SQL(command).format(*map(sql.Identifier, names)))

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._control("start", "-o", f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''")

    def stop(self) -> None:
        """Stop it at once; what was committed stays."""
        self._control("stop", "-m", "immediate")

    def version(self) -> str:
        """Return what it calls itself."""
        with psycopg.connect(self.address()) as connection:
            (told,) = connection.execute(
                "SELECT concat('PostgreSQL ', current_setting('server_version'), ', pgvector ', default_version) "
                "FROM pg_available_extensions WHERE name = 'vector'"
            ).fetchone() or ("",)
        return str(told)

    def _control(self, *arguments: str) -> None:
        log = self.folder / "log"
        _run([self.programs / "pg_ctl", "-D", self.folder / "data", "-l", log, "-w", "-t", "60", *arguments])


@contextmanager
def started(*settings: str) -> Iterator[Server]:
    """Start a server of its own, in a folder that is removed at the end.

    :param settings: Lines for its `postgresql.conf`.
    :raises FileNotFoundError: If there is no PostgreSQL with pgvector.
    """
    programs = find()
    if programs is None:
        raise FileNotFoundError("no PostgreSQL with pgvector. Run: python -m tests.postgres")
    with TemporaryDirectory(prefix="pullquote-postgres-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, "nobody")
        _run(
            [programs / "initdb", "-D", folder / "data", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale"]
        )
        with (folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("".join(f"{line}\n" for line in settings))
        server = Server(programs, folder, free_port())
        try:
            server.start()
            yield server
        finally:
            # not if it never ran
            if (folder / "data" / "postmaster.pid").exists():
                server.stop()


def _run(command: list[str | Path]) -> None:
    """Run a program as somebody who is not root, whom PostgreSQL refuses."""
    user = "nobody" if os.geteuid() == 0 else None
    subprocess.run(
        command, check=True, user=user, cwd="/", env=environment("postgres"), stdout=subprocess.DEVNULL, timeout=90
    )


def main() -> int:
    """Make sure that there is one."""
    missing = "This needs PostgreSQL with pgvector (Debian: sudo apt-get install postgresql-17-pgvector)."
    return unpacked("postgres", _PACKAGES, find, missing)


if __name__ == "__main__":
    sys.exit(main())
