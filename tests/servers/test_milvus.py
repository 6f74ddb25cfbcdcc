"""Milvus where something is wrong with it: what a person is told, and that what was put is there when it is back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.errors import InputError
from index.stores import milvus
from index.stores.milvus_collections import ARTICLES, SENTENCES, TEXTS
from index.stores.milvus_connection import Connection
from index.stores.opening import open_store
from rag.language.words import tokenised
from tests.milvus import served
from tests.ports import free_port
from tests.unit.index.test_milvus import rows
from tests.unit.index.test_stores import APPLES, PEARS, PLUMS, built, same, texts, vector


def test_a_server_that_goes_and_comes(tmp_path: Path) -> None:
    """A short while is waited for; then the address is told, without the password. HNSW finds what FLAT does."""
    port = free_port()
    address, shown = f"http://user:secret@127.0.0.1:{port}/", rf"http://user@127\.0\.0\.1:{port}/"
    with pytest.raises(InputError, match=rf"No Milvus answers at {shown}\. Check that the server runs") as raised:
        open_store(address, tokenised)
    assert "secret" not in str(raised.value)
    with served(tmp_path / "served.db", port):
        store = open_store(address, tokenised)
        store.put(built(APPLES, PEARS))
        with pytest.raises(InputError, match=r"served\.db\. Milvus Lite serves one process.*address of a Milvus serv"):
            open_store(str(tmp_path / "served.db"), tokenised)
    with pytest.raises(InputError, match=rf"{shown} does not answer.*nothing of a write that was not finished is seen"):
        store.counts()
    with served(tmp_path / "served.db", port):
        same(store.fetch(["pears", "apples"]), built(PEARS, APPLES))
        store.put(built(PLUMS))
        found = store.nearest(vector("red apples ripen in kent"), 1)
        assert texts(found, APPLES) == ["Red apples ripen in Kent."]
        store.close()


def test_an_edition_that_another_write_did_not_know_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where one puts an article between another's last look at it and the end of that write: it goes a day later."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with served(tmp_path / "served.db", port), closing(open_store(address, tokenised)) as store:
        store.put(built(APPLES))
        with closing(Connection(address)) as connection:
            connection.delete(ARTICLES, "id", ["apples"])
        left = rows(address)
        assert min(left[SENTENCES], left[TEXTS]) > 0
        store.remove([])
        assert rows(address) == left
        monkeypatch.setattr(milvus, "_ABANDONED", 0)
        store.remove([])
        assert rows(address) == {ARTICLES: 1, SENTENCES: 0, TEXTS: 0}


def test_two_who_put_the_same_text_at_once(tmp_path: Path) -> None:
    """The later one is refused, and what it would have replaced is as it was."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    meanwhile: list[str] = []

    def words(several: Sequence[str]) -> Sequence[Sequence[str]]:
        while meanwhile:
            other.put(built(replace(PLUMS, id=meanwhile.pop())))
        return tokenised(several)

    with served(tmp_path / "served.db", port):
        store, other = open_store(address, words), open_store(address, tokenised)
        store.put(built(APPLES))
        meanwhile.append("first")
        with pytest.raises(InputError, match=r"holds the text of apples already.* with the id first\. Remove that"):
            store.put(built(replace(PLUMS, id="apples"), PEARS))
        assert [one.id for one in store.listed()] == ["apples", "first"]
        same(other.fetch(["apples", "first"]), built(APPLES, replace(PLUMS, id="first")))
        assert {one.article for one in other.nearest(vector("green pears"), 50)} == {"apples", "first"}
        store.close()
        other.close()
