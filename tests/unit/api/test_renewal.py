"""A server that follows its index."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue

import pytest

from index.article import Article
from index.build import build_index
from index.folder import save_index
from index.loading import load_index
from index.manifest import MANIFEST
from index.revision import replace_articles
from rag.answering.assistant import Assistant
from rag.api.renewal import Renewal
from tests.conftest import WordEncoder, last_words

_PATIENCE = 10
TEXT = Article("Red apples grow in Kent.", id="apples")


@pytest.fixture
def folder(tmp_path: Path, encoder: WordEncoder) -> Path:
    """An index of one article."""
    save_index(build_index([TEXT], encoder), tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def assistant(folder: Path, encoder: WordEncoder) -> Assistant:
    """An assistant that answers about it."""
    return Assistant(load_index(folder, encoder), encoder, last_words(4), 0.5)


@pytest.fixture
def lines(folder: Path, assistant: Assistant) -> Iterator[Queue[str]]:
    """What is told while it is followed."""
    told: Queue[str] = Queue()
    renewal = Renewal(folder, every=0.01)
    renewal.start(assistant, told.put, lambda: told.put("renewed"))
    yield told
    renewal.stop()


def test_a_correction_is_answered_with(
    folder: Path, assistant: Assistant, lines: Queue[str], encoder: WordEncoder
) -> None:
    """Under the same id, and by the words that are there now; the answer of before has the article of before."""
    before = assistant.ask("Where do red apples grow?", article="apples")
    replace_articles(folder, {"a.txt": Article("Look. Red apples grow in Wales.", id="apples")}, encoder)
    assert lines.get(timeout=_PATIENCE) == "The index has changed; articles in it now: 1."
    assert lines.get(timeout=_PATIENCE) == "renewed"
    after = assistant.ask("Where do red apples grow?", article="apples")
    assert (before.text, after.text) == ("Kent", "Wales")
    assert [version.text for version in before.versions] == [TEXT.text]
    assert [version.id for version in (*before.versions, *after.versions)] == ["apples"] * 2


def test_an_index_that_cannot_be_used_changes_nothing(
    folder: Path, assistant: Assistant, lines: Queue[str], encoder: WordEncoder
) -> None:
    """It is told of once; the next whole one takes its place."""
    whole = (folder / MANIFEST).read_bytes()
    (folder / MANIFEST).write_bytes(whole[:50])
    assert lines.get(timeout=_PATIENCE).startswith("The index has changed and cannot be used; the one before goes on. ")
    (folder / MANIFEST).unlink()
    assert lines.get(timeout=_PATIENCE).startswith(
        f"The index has changed and cannot be used; the one before goes on. No index in {folder} (manifest.json: "
    )
    assert assistant.ask("Where do red apples grow?").text == "Kent"
    save_index(build_index([Article("Red apples grow in Wales.")], encoder), folder)
    assert lines.get(timeout=_PATIENCE) == "The index has changed; articles in it now: 1."
    assert assistant.ask("Where do red apples grow?").text == "Wales"


def test_files_that_are_copied_after_the_manifest_are_found(
    folder: Path, assistant: Assistant, lines: Queue[str], encoder: WordEncoder, tmp_path: Path
) -> None:
    """As rsync does: it goes by the names. What is missing is told of once, however often it is looked for."""
    save_index(build_index([Article("Red apples grow in Wales.")], encoder), tmp_path / "new")
    (late,) = (tmp_path / "new").glob("sentences-*.json")
    for path in (tmp_path / "new").iterdir():
        if path.name not in (late.name, MANIFEST, ".lock"):
            shutil.copy(path, folder)
    (tmp_path / "new" / MANIFEST).replace(folder / MANIFEST)
    assert f"{late.name} is missing" in lines.get(timeout=_PATIENCE)
    with pytest.raises(Empty):
        lines.get(timeout=1)
    shutil.copy(late, folder)
    assert lines.get(timeout=_PATIENCE) == "The index has changed; articles in it now: 1."
    assert assistant.ask("Where do red apples grow?").text == "Wales"


def test_a_file_that_is_cut_in_use_changes_nothing(folder: Path, assistant: Assistant) -> None:
    """Of a mapped file, the process would be killed by SIGBUS."""
    for path in folder.glob("*.faiss"):
        os.truncate(path, 0)
    assert assistant.ask("Where do red apples grow?").text == "Kent"
