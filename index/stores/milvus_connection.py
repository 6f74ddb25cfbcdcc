"""The wire to Milvus: bounded waits, errors that a person can act on, and what Milvus Lite does otherwise.

Milvus Lite is a server in this process, with a folder of its own. It has no templates for filters, so values are
checked before they stand in one; a search may miss rows while others are written, so its calls come one by one.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from itertools import islice
from pathlib import Path
from threading import Lock, RLock
from typing import Any, TypeAlias, TypeVar
from urllib.parse import quote, unquote

import grpc
from milvus_lite.server_manager import server_manager_instance
from pymilvus import CollectionSchema, MilvusClient, MilvusException
from pymilvus.milvus_client import IndexParams

from index.errors import InputError

Row: TypeAlias = Mapping[str, Any]
Result = TypeVar("Result")

MOST_FOUND = 16_384
"""Rows that Milvus gives to one search."""
_SECONDS = 30
"""That a call may take."""
_CONNECT = 5
_OLDEST = (2, 5)
"""The first version of Milvus with BM25."""
_KEYS = 2_000
"""Rows that are asked for, or deleted, at a time."""
_ADDRESS = re.compile(
    r"(https?://)(?:([^/?#]*)@)?((?:[\w.-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?)(/[\w./-]*)?", re.IGNORECASE
)
_PLAIN = re.compile(r"[0-9a-z_:~]*")
_NOT_LOADED = 101
_READING = ("DescribeCollection", "HasCollection", "LoadCollection", "Query", "Search")
_GRPC = {
    # else a channel made after the server came back shares the old one's wait, up to two minutes
    "grpc.use_local_subchannel_pool": 1,
    "grpc.max_reconnect_backoff_ms": 1_000,
    # gRPC's own retries, with jitter: one or two seconds in all
    "grpc.service_config": json.dumps(
        {
            "methodConfig": [
                {
                    "name": [{"service": "milvus.proto.milvus.MilvusService", "method": name} for name in _READING],
                    "retryPolicy": {
                        "maxAttempts": 3,
                        "initialBackoff": "0.5s",
                        "maxBackoff": "3s",
                        "backoffMultiplier": 2,
                        "retryableStatusCodes": ["UNAVAILABLE"],
                    },
                }
            ]
        }
    ),
}
# their errors are raised; these two would print them as well, with all that led there
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
logging.getLogger("milvus_lite").setLevel(logging.CRITICAL)

_opening = Lock()
_opened: dict[str, int] = {}
"""Connections to each local database: the last one closes it."""
_one_by_one = RLock()


def values(several: Iterable[str]) -> str:
    """Write values into a filter, such as `id in ["a", "b"]`.

    :raises ValueError: If one has a mark that could mean something within quotation marks.
    """
    told = list(several)
    for one in told:
        if not _PLAIN.fullmatch(one):
            raise ValueError(f"{one!r} cannot stand in a filter")
    return "[" + ", ".join(f'"{one}"' for one in told) + "]"


class _NotLoadedError(InputError):
    """A collection has to be loaded before it is read."""


class Connection:
    """A Milvus database. Several threads may use it.

    :param address: `FILE.db`, or `http://HOST:PORT/DATABASE`; a user and a password may stand before the host.
    :raises InputError: If it is no such address, or nothing answers there.
    """

    def __init__(self, address: str) -> None:
        self.local = "://" not in address
        self.lite = self.local
        """Whether it is Milvus Lite that answers."""
        self._token = ""
        self._client: MilvusClient | None = None
        self._closed = False
        if self.local:
            self.name = address
            self._address = str(_folder(address))
        else:
            # parted here, so that no message can show the password
            scheme, self._token, place = _parted(address)
            user, named, _ = self._token.partition(":")
            # without a colon it is all secret: a key of an API
            self.name = f"{scheme}{quote(user, safe='') + '@' if named else ''}{place}"
            # pymilvus takes what ends with .db for a file
            self._address = f"{scheme}{place}/"
        self.found()

    def found(self) -> bool:
        """Open the database if it is there, and tell whether it is: a local one may have to be made."""
        if not self.local or Path(self._address).exists():
            self.open()
        return self._client is not None

    def open(self) -> None:
        """Open the database; a local one is made if it is missing.

        :raises InputError: If it cannot be opened.
        """
        with _opening:
            if self._closed:
                raise InputError(f"The connection to {self.name} is closed. Open it again.")
            if self._client is not None:
                return
            try:
                if self.local:
                    Path(self._address).parent.mkdir(parents=True, exist_ok=True)
                # a connection of its own, so that closing one closes no other
                self._client = MilvusClient(
                    self._address, token=self._token, timeout=_CONNECT, dedicated=True, grpc_options=_GRPC
                )
                version = self._client.get_server_version(timeout=_CONNECT)
            except (MilvusException, grpc.RpcError, OSError, ValueError) as error:
                raise self._unopened(error) from error
            self.lite = version.startswith("milvus_lite")
            if (told := re.match(r"v?(\d+)\.(\d+)", version)) and tuple(map(int, told.groups())) < _OLDEST:
                self._client.close()
                self._client = None
                raise InputError(
                    f"Milvus {version.removeprefix('v')} answers at {self.name}. Its search for words came with "
                    f"{'.'.join(map(str, _OLDEST))}: use that version or a newer one."
                )
            if self.local:
                _opened[self._address] = _opened.get(self._address, 0) + 1

    def has(self, collection: str) -> bool:
        """Tell whether there is such a collection."""
        with self._client_at_work() as client:
            return bool(client.has_collection(collection, timeout=_SECONDS))

    def make(self, collection: str, schema: CollectionSchema, indexes: IndexParams) -> None:
        """Make a collection in which all that was written is seen."""
        with self._client_at_work() as client:
            client.create_collection(collection, schema=schema, consistency_level="Strong", timeout=_SECONDS)
            # nothing is in it that an index would have to be waited for
            client.create_index(collection, indexes, timeout=_SECONDS, sync=False)

    def load(self, collection: str) -> None:
        """Make a collection ready to be read."""
        with self._client_at_work() as client:
            client.load_collection(collection, timeout=_SECONDS)

    def insert(self, collection: str, rows: Iterable[Row], at_once: int) -> None:
        """Add rows, so many at once."""
        coming = iter(rows)
        while several := list(islice(coming, at_once)):
            with self._client_at_work() as client:
                client.insert(collection, several, timeout=_SECONDS)

    def upsert(self, collection: str, rows: Sequence[Row]) -> None:
        """Write rows in the place of those with the same keys, all at once."""
        with self._client_at_work() as client:
            client.upsert(collection, list(rows), timeout=_SECONDS)

    def delete(self, collection: str, field: str, of: Sequence[str]) -> None:
        """Delete the rows whose field has one of these values; up to `_KEYS` values all at once."""
        for first in range(0, len(of), _KEYS):
            with self._client_at_work() as client:
                client.delete(collection, filter=f"{field} in {values(of[first : first + _KEYS])}", timeout=_SECONDS)

    def get(
        self, collection: str, key: str, of: Sequence[str], fields: Sequence[str], at_once: int = _KEYS
    ) -> list[Row]:
        """Return the rows with these keys, in any order; what is not there is left out."""
        found: list[Row] = []
        for first in range(0, len(of), at_once):
            where = f"{key} in {values(of[first : first + at_once])}"
            found += self._query(collection, where, fields)
        return found

    def rows(
        self, collection: str, key: str, where: str, fields: Sequence[str], page: int = MOST_FOUND
    ) -> Iterator[Row]:
        """Give the rows that pass a filter, by their keys, each once: Milvus Lite may give one twice after a crash."""
        pages = self._read(
            collection,
            lambda client: client.query_iterator(
                collection, min(page, MOST_FOUND), filter=where, output_fields=[key, *fields], timeout=_SECONDS
            ),
        )
        before = None
        try:
            while True:
                with self._client_at_work():
                    several = pages.next()
                if not several:
                    return
                for row in several:
                    if row[key] != before:
                        yield row
                    before = row[key]
        finally:
            pages.close()

    def search(self, collection: str, **what: Any) -> list[Row]:
        """Find rows for one question; see `MilvusClient.search`."""
        return list(self._read(collection, lambda client: client.search(collection, timeout=_SECONDS, **what)[0]))

    def flush(self, *collections: str) -> None:
        """Let Milvus Lite index what was written; until then it compares row by row."""
        for collection in collections:
            with self._client_at_work() as client:
                client.flush(collection, timeout=_SECONDS)

    def close(self) -> None:
        """Close the connection, and with the last one a local database."""
        with _opening:
            self._closed = True
            if self._client is None:
                return
            self._client.close()
            self._client = None
            if self.local:
                _opened[self._address] -= 1
                if not _opened[self._address]:
                    del _opened[self._address]
                    server_manager_instance.release_server(self._address)

    def damaged(self, why: str) -> InputError:
        """Return the error for a database of which a part is lost."""
        return InputError(
            f"{self.name} cannot be read or written ({_short(why)}). Put a copy of it in its place, or index the "
            "articles anew, at another name."
        )

    def _query(self, collection: str, where: str, fields: Sequence[str]) -> list[Row]:
        return list(
            self._read(collection, lambda client: client.query(collection, where, list(fields), timeout=_SECONDS))
        )

    def _read(self, collection: str, read: Callable[[MilvusClient], Result]) -> Result:
        try:
            with self._client_at_work() as client:
                return read(client)
        except _NotLoadedError:
            # Milvus Lite's server was started anew
            self.load(collection)
            with self._client_at_work() as client:
                return read(client)

    @contextmanager
    def _client_at_work(self) -> Iterator[MilvusClient]:
        self.open()
        try:
            with _one_by_one if self.local else nullcontext():
                yield self._client
        except grpc.RpcError as error:
            raise self._failed(error.code().name, error.details() or "") from error
        except MilvusException as error:
            if error.code == _NOT_LOADED:
                raise _NotLoadedError(f"{self.name} has released what it held. Load its collections.") from error
            raise self._failed(getattr(error.code, "name", str(error.code)), error.message) from error

    def _unopened(self, error: Exception) -> InputError:
        if self.local:
            return InputError(
                f"Cannot open {self.name}. Milvus Lite serves one process: if another has it open, close that, or give "
                "the address of a Milvus server. Else see that the folder is Milvus Lite's and writable."
            )
        told = str(getattr(error, "message", error))
        why = "" if told.startswith("Fail connecting") else f" ({_short(told)})"
        return InputError(
            f"No Milvus answers at {self.name}{why}. Check that the server runs, and the host, the port (19530 if "
            "it is not changed), the user and the password."
        )

    def _failed(self, code: str, told: str) -> InputError:
        if code in ("UNAVAILABLE", "DEADLINE_EXCEEDED", "2") or "timeout" in told.lower():
            return InputError(
                f"{self.name} does not answer, or not within {_SECONDS} seconds. Check that the server runs, and "
                "do the same again: nothing of a write that was not finished is seen."
            )
        if self.local:
            return self.damaged(told)
        return InputError(
            f"{self.name} refused: {_short(told)}. Check the user's rights and the server's log, and do it again."
        )


def _folder(address: str) -> Path:
    try:
        path = Path(address).resolve()
        is_file, is_other = path.is_file(), path.is_dir() and any(path.iterdir()) and not (path / "LOCK").exists()
    except (OSError, ValueError) as error:
        # such as a NUL, a name that is too long, a folder that must not be read
        why = getattr(error, "strerror", error)
        raise InputError(f"{address[:80]!r} cannot be a database ({why}). Give another name.") from error
    if is_file:
        raise InputError(
            f"{address} is a file; the Milvus Lite of today keeps a folder of such a name. Give another name, and "
            "index the articles anew."
        )
    if is_other:
        raise InputError(f"{address} holds other files and is no database of Milvus Lite. Give another name.")
    return path


def _short(told: str) -> str:
    line = " ".join(told.split())
    return line if len(line) <= 200 else line[:199] + "…"


def _parted(address: str) -> tuple[str, str, str]:
    """Return the scheme of an address, its user and password with a colon between, and the rest."""
    parts = _ADDRESS.fullmatch(address)
    if parts is None:
        raise InputError(
            "The address given is none of Milvus, which is like http://USER:PASSWORD@HOST:PORT/DATABASE. In the user "
            "and the password, write %2F for /, %3F for ?, %23 for # and %25 for %."
        )
    scheme, secret, host, database = parts.groups(default="")
    return scheme, unquote(secret), host + database
