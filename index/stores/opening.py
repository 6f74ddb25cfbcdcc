"""From an address to a store: the engine is told by what the address looks like, and imported only then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import InputError
from index.stores.faiss_store import FaissStore
from index.stores.store import Store, Tokeniser

_POSTGRES = ("postgres", "postgresql")
_MILVUS = ("http", "https")


def open_store(address: str, words: Tokeniser) -> Store:
    """Open a store.

    :param address: A folder, in which FAISS searches; `postgresql://…`, PostgreSQL with pgvector; `http://…`,
        `https://…` or a file that ends with `.db`, Milvus.
    :param words: Gives the words of sentences and questions.
    :return: The store; close it at the end.
    :raises InputError: If it cannot be reached or holds something else, or the packages for it are not installed.
    """
    scheme, served, place = address.partition("://")
    scheme = scheme.lower() if served else ""
    if (served and scheme not in (*_POSTGRES, *_MILVUS)) or "\0" in address:
        # not shown, as a password may be in it
        raise InputError(
            "The address of the store is of no known kind. Give a folder, postgresql://USER@HOST/DATABASE, "
            "http://HOST:PORT or a file that ends with .db."
        )
    if served:
        # the libraries know the lower case only
        address = f"{scheme}://{place}"
    if scheme in _POSTGRES:
        with _extra("postgres"):
            # imported here, as it belongs to an extra
            from index.stores.postgres import PostgresStore  # noqa: PLC0415
        return PostgresStore(address, words)
    if scheme in _MILVUS or address.endswith(".db"):
        with _extra("milvus"):
            from index.stores.milvus import MilvusStore  # noqa: PLC0415
        return MilvusStore(address, words)
    return FaissStore(Path(address), words)


@contextmanager
def _extra(name: str) -> Iterator[None]:
    """Say how to install a package that is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        needed = str(error.name).partition(".")[0]
        raise InputError(f"This store needs {needed}. Run: pip install 'pullquote[{name}]'") from error
    except ImportError as error:
        # psycopg without libpq
        raise InputError(f"A library is missing: {error}. Run: pip install 'pullquote[{name}]'") from error
