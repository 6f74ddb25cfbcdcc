"""The commands that keep a library, as a person types them, with a fake encoder."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import index
from index.article import Article
from index.loading import stored_articles
from index.manifest import MANIFEST
from rag.cli import app
from tests.conftest import WordEncoder


@pytest.fixture(autouse=True)
def _words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "open_encoder", lambda _: WordEncoder(), raising=False)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with two articles, and something that is none."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "a.txt").write_text("The bridge\n\nIt was opened in May.", encoding="utf-8")
    (folder / "b.md").write_text("# Café\n\nIt serves tea.", encoding="utf-8")
    (folder / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    return folder


def _run(*arguments: object, code: int = 0) -> Result:
    done = CliRunner().invoke(app, list(map(str, arguments)))
    assert done.exit_code == code, done.output
    return done


def test_an_index_follows_a_folder(tmp_path: Path, files: Path) -> None:
    """Made, found unchanged, brought up to date; what is gone goes only on request."""
    folder = tmp_path / "index"
    told = _run("update", folder, files).stderr
    assert f"Added: 2, corrected: 0, removed: 0, unchanged: 0: 4 sentences of 2 articles in {folder}" in told
    assert "picture.png is a picture" in told
    assert "Left out, as they could not be read: 1 file" in told
    before = (folder / MANIFEST).stat().st_mtime_ns
    assert f"Nothing has changed: 2 files of {files} in {folder}" in _run("update", folder, files).stderr
    assert (folder / MANIFEST).stat().st_mtime_ns == before
    ids = [article.id for article in stored_articles(folder)]
    (files / "a.txt").write_text("The bridge\n\nIt was opened in June.", encoding="utf-8")
    (files / "b.md").unlink()
    (files / "c.txt").write_text("The ferry\n\nIt sank.", encoding="utf-8")
    told = _run("update", folder, files).stderr
    assert "Added: 1, corrected: 1, removed: 0, unchanged: 0" in told
    assert "The files of 1 article are gone. To remove these: " in told
    kept = stored_articles(folder)
    assert [article.title for article in kept] == ["Café", "The bridge", "The ferry"]
    assert [article.id for article in kept[:2]] == ids[::-1]
    again = shlex.split(told.split("To remove these: ")[1])
    assert "removed: 1, unchanged: 2" in _run(*again[1:]).stderr
    assert [article.title for article in stored_articles(folder)] == ["The bridge", "The ferry"]


def test_two_documents_with_the_same_text_are_one_article(tmp_path: Path, files: Path) -> None:
    """The first by its name, at the first time and at the next ones."""
    (files / "c.md").write_text("Café\n\nIt *serves* tea.", encoding="utf-8")
    told = _run("update", tmp_path / "index", files).stderr
    assert "Added: 2, corrected: 0, removed: 0, unchanged: 0: 4 sentences of 2 articles" in told
    assert "Left out, as an article has the same text, or had it: 1 file" in told
    told = _run("update", tmp_path / "index", files).stderr
    assert f"Nothing has changed: 2 files of {files}" in told
    assert "Left out, as an article has the same text, or had it: 1 file" in told
    (files / "a.txt").write_bytes(b"Caf\xc3\xa9\n\nIt serves tea.")
    assert (
        "corrected: 1, removed: 0, unchanged: 1: 2 sentences of 1 article"
        in _run("update", tmp_path / "index", files).stderr
    )


def test_a_copy_of_an_earlier_text_is_left_out(tmp_path: Path, files: Path) -> None:
    """Its id would be that of the article which was corrected; and what is set back keeps its id, too."""
    folder, before = tmp_path / "index", (files / "a.txt").read_bytes()
    _run("update", folder, files)
    name = Article(before.decode()).id
    (files / "a.txt").write_text("The bridge\n\nIt was opened in June.", encoding="utf-8")
    assert "corrected: 1" in _run("update", folder, files).stderr
    (files / "a-old.txt").write_bytes(before)
    told = _run("update", folder, files).stderr
    assert "Nothing has changed" in told
    assert "Left out, as an article has the same text, or had it: 1 file" in told
    (files / "a-old.txt").unlink()
    (files / "b.md").rename(files / "moved.md")
    assert "Added: 1, corrected: 0, removed: 0, unchanged: 1: 4 sentences" in _run("update", folder, files).stderr
    assert "Nothing has changed: 2 files" in _run("update", folder, files).stderr
    (files / "a.txt").write_bytes(before)
    assert "corrected: 1" in _run("update", folder, files).stderr
    assert [article.id for article in stored_articles(folder) if article.title == "The bridge"] == [name]


def test_a_folder_without_articles_makes_no_index(tmp_path: Path, files: Path) -> None:
    """The line says so."""
    (files / "a.txt").unlink()
    (files / "b.md").unlink()
    done = _run("update", tmp_path / "index", files, code=1)
    assert str(done.exception).startswith(f"{files} holds no article that can be read.")
    assert not (tmp_path / "index").exists()


def test_articles_are_listed_and_found(tmp_path: Path, files: Path) -> None:
    """For people and for programs, all or by words of the title."""
    folder = tmp_path / "index"
    _run("index", files / "a.txt", files / "b.md", "--id", "bridge", "--id", "cafe", "--index", folder)
    done = _run("list", folder)
    assert done.stdout.splitlines() == [f"bridge  The bridge  {files}/a.txt", f"cafe    Café  {files}/b.md"]
    assert done.stderr == "2 articles\n"
    done = _run("list", folder, "--find", "CAFE", "--json")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == ["cafe"]
    assert done.stderr == "1 article of 2\n"


def test_an_index_is_checked(tmp_path: Path, files: Path) -> None:
    """Whole, damaged in any file, or none."""
    folder = tmp_path / "index"
    _run("update", folder, files)
    assert (
        _run("check", folder).stderr == f"{folder} is whole: 4 sentences of 2 articles, each file as it was written.\n"
    )
    for path in sorted(folder.glob("*.*")):
        if path.name != ".lock":
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            whole, _ = path.read_bytes(), path.write_bytes(data)
            assert path.name in _run("check", folder, code=1).stderr
            path.write_bytes(whole)
    assert "is whole" in _run("check", folder).stderr
    assert "No index in" in str(_run("check", tmp_path / "none", code=1).exception)


def test_a_store_is_filled_listed_and_emptied(tmp_path: Path, files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An article comes beside those that are there, or by its id in the place of one; what cannot be done is said."""
    store = tmp_path / "store"
    told = _run("index", files / "a.txt", "--store", store, "--id", "bridge").stderr
    assert "Stored 2 sentences of 1 article; the store holds 1 article\n" in told
    assert f'Next: pullquote ask "What happened?" --store {store}\n' in told
    _run("index", files / "b.md", "--store", store)
    (files / "a.txt").write_text("The new bridge\n\nIt was opened in June.", encoding="utf-8")
    assert "the store holds 2 articles" in _run("index", files / "a.txt", "--store", store, "--id", "bridge").stderr
    cafe = index.read_article(files / "b.md")
    listed = _run("list", "--store", store)
    assert listed.stdout.splitlines() == sorted([f"{cafe.id}  Café", "bridge  The new bridge"])
    assert listed.stderr == "2 articles\n"
    found = _run("list", "--store", store, "--find", "BRIDGE", "--json")
    assert [json.loads(line)["title"] for line in found.stdout.splitlines()] == ["The new bridge"]
    assert found.stderr == "1 article of 2\n"
    # found as in the folder
    for where in (["--store", store], [store]):
        assert _run("list", *where, "--find", "new CAF").stderr == "0 articles of 2\n"
        assert _run("list", *where, "--find", "CAF").stdout.startswith(f"{cafe.id}  Café")
    monkeypatch.setattr(index, "open_encoder", None, raising=False)
    done = _run("index", files / "b.md", "--store", store, "--id", "tea", code=1)
    assert str(done.exception).startswith(f"{store} holds the text of tea already")
    told = _run("index", "--remove", "bridge", "none", "--store", store).stderr
    assert told == "Removed 1 article; the store holds 1 article\nNot there: 1 article\n"
    no_bridge = f"{store} holds no article with the id 'bridge'. `pullquote list --store {store}` shows the ids."
    for wrong, message in (
        (["index", "--remove", "bridge", "--store", store], no_bridge),
        (["index", files / "a.txt", "--store", store, "--add"], "A --store takes no --index, --add or --replace"),
        (["list", store, "--store", store], "Give a folder or --store, not both"),
        (["list", "--store", files], f"{files} holds other files"),
        (["ask", "Where?", "--store", store, "--index", store], "Give --store, --article or --index, one of the three"),
        (["list", "--store", "postgresql://127.0.0.1:1/none"], "Cannot connect to postgresql://127.0.0.1:1/none: "),
    ):
        assert str(_run(*wrong, code=1).exception).startswith(message)


def test_a_folder_is_put_into_a_store(files: Path) -> None:
    """What is in it already is not stored again; what cannot be read is named, and the exit code says so."""
    store = files / "store"
    assert _run("index", files / "a.txt", "--store", store).exit_code == 0
    (files / "c.md").write_bytes((files / "b.md").read_bytes())
    refused = f"{files / 'picture.png'} is a picture. Run OCR first"
    twin = "Left out, as an article has the same text: 1 file"
    for stored, also in (
        ("2 sentences of 1 article", twin),
        ("0 sentences of 0 articles", "In the store already: 3 a"),
    ):
        told = _run("index", files, "--store", store, code=1).stderr.splitlines()
        assert told[0].startswith(refused)
        assert f"Stored {stored}; the store holds 2 articles" in told
        assert any(line.startswith(also) for line in told)
        assert told[-1] == "Left out, as they could not be read: 1 file"
    (files / "d").mkdir()
    for wrong, message in (
        (["index", files / "picture.png", "--store", store], refused),
        (["index", files, "--store", store, "--id", "a"], f"{files} is a folder: leave --url and --id out, or give"),
        (["index", files / "d", "--store", store], f"{files / 'd'} holds no file. Give files, or a folder with files"),
        (["index", "a", "b", "--store", store, "--id", "x", "--id", "x"], "The id x is given twice."),
        (["index", "a", "--store", store, "--url", "u", "--url", "v"], "Articles: 1, addresses: 2. Give --url once"),
        (["index", files / "a.txt", "--ray", "local"], "--ray needs --store ADDRESS, where the articles are kept."),
        (["index", files / "a.txt", "--store", store, "--ray", "no"], "--ray 'no' is no cluster. Give local, or"),
    ):
        assert str(_run(*wrong, code=1).exception).startswith(message)
