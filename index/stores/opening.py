"""From an address to a store: the engine is told by what the address looks like, and imported only then."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from index.errors import InputError
from index.stores.faiss_store import FaissStore
from index.stores.store import Store, Tokeniser

_POSTGRES = re.compile(r"postgres(?:ql)?://")
_MILVUS = re.compile(r"https?://.*|.*\.db", re.DOTALL)


def open_store(address: str, words: Tokeniser) -> Store:
    """Open a store.

    :param address: A folder, in which FAISS searches; `postgresql://…`, PostgreSQL with pgvector; `http://…`,
        `https://…` or a file that ends with `.db`, Milvus.
    :param words: Gives the words of sentences and questions.
    :return: The store; close it at the end.
    :raises InputError: If it cannot be reached or holds something else, or the packages for it are not installed.
    """
    if _POSTGRES.match(address):
        with _extra("postgres"):
            # imported here, as it belongs to an extra
            from index.stores.postgres import PostgresStore  # noqa: PLC0415
        return PostgresStore(address, words)
    if _MILVUS.fullmatch(address):
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
        raise InputError(f"This store needs more: {error}. Run: pip install 'pullquote[{name}]'") from error
