"""From an address to a store: the engine is told by what the address looks like, and imported only then."""

from __future__ import annotations

import re
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
        raise InputError(f"{address}: PostgreSQL is not there yet. Give a folder.")
    if _MILVUS.fullmatch(address):
        return _milvus(address, words)
    return FaissStore(Path(address), words)


def _milvus(address: str, words: Tokeniser) -> Store:
    try:
        from index.stores.milvus import MilvusStore  # noqa: PLC0415 (of an extra)
    except ModuleNotFoundError as error:
        raise InputError(f"{address} needs Milvus's client ({error.name}): pip install 'pullquote[milvus]'") from error
    return MilvusStore(address, words)
