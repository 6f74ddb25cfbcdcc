"""What an index and a folder of files differ in."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.article import read_article
from index.build import build_index
from index.errors import InputError
from index.folder import save_index
from index.revision import add_articles, remove_articles
from index.update import Differences, differences
from tests.conftest import WordEncoder


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with three articles, two of them in a folder of their own."""
    for name in ("a.txt", "in/b.txt", "in/c.txt"):
        path = tmp_path / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Story {name}.", encoding="utf-8")
    return tmp_path / "files"


@pytest.fixture
def index(files: Path, encoder: WordEncoder) -> Path:
    """An index of them."""
    articles = {path: read_article(path) for path in sorted(files.rglob("*.txt"))}
    sources = {article.digest: path for path, article in articles.items()}
    save_index(build_index(list(articles.values()), encoder), files.parent / "index", sources)
    return files.parent / "index"


def test_all_files_are_new_without_an_index(files: Path) -> None:
    """In the order of their names; hidden ones, links that lead out and the index itself are none of them."""
    (files / ".hidden.txt").write_text("No.", encoding="utf-8")
    (files / ".git").mkdir()
    (files / ".git" / "config.txt").write_text("No.", encoding="utf-8")
    (files.parent / "secret.txt").write_text("No.", encoding="utf-8")
    (files / "link.txt").symlink_to(files.parent / "secret.txt")
    (files / "index").mkdir()
    (files / "index" / "article.txt").write_text("No.", encoding="utf-8")
    found = differences(files / "index", files)
    assert found == Differences(tuple(files / name for name in ("a.txt", "in/b.txt", "in/c.txt")), (), (), 0)
    with pytest.raises(InputError, match=r"none is no folder\. Give one with articles"):
        differences(files / "index", files / "none")


def test_a_link_to_itself_is_no_file(index: Path, files: Path) -> None:
    """In a folder, or in its place."""
    for loop in (files / "loop.txt", files.parent / "loop"):
        loop.symlink_to(loop.name)
    assert differences(index, files).new == ()
    assert len(differences(files.parent / "loop", files).new) == 3
    with pytest.raises(InputError, match=r"loop is no folder\. Give one with articles"):
        differences(index, files.parent / "loop")
    with pytest.raises(InputError, match=r"holds no article .*loop\.txt'\. Give a file that it was made of"):
        remove_articles(index, [str(files / "loop.txt")])


def test_what_is_unchanged_is_told_by_its_digest(index: Path, files: Path) -> None:
    """A new time alone is no change; a copy of what is there is no news; a file of another folder is none of this."""
    (files / "a.txt").touch()
    (files / "copy.txt").write_bytes((files / "a.txt").read_bytes())
    digests = {name: read_article(files / name).digest for name in ("a.txt", "in/b.txt", "in/c.txt")}
    assert differences(index, files) == Differences((), (), (), 4, frozenset(digests.values()))
    found = differences(index, files / "in")
    assert found == Differences((), (), (), 2, frozenset((digests["in/b.txt"], digests["in/c.txt"])))


def test_new_changed_moved_and_gone_files_are_told(index: Path, files: Path, encoder: WordEncoder) -> None:
    """A file that was moved is to be read, but its article is not gone."""
    gone = read_article(files / "a.txt")
    (files / "a.txt").unlink()
    (files / "in" / "b.txt").write_text("Corrected.", encoding="utf-8")
    (files / "in" / "c.txt").rename(files / "moved.txt")
    (files / "new.txt").write_text("New.", encoding="utf-8")
    found = differences(index, files)
    told = (found.new, found.changed, found.gone, found.unchanged)
    assert told == ((files / "moved.txt", files / "new.txt"), (files / "in" / "b.txt",), (gone.id,), 0)
    articles = {path: read_article(path) for path in (*found.new, *found.changed)}
    add_articles(index, articles, encoder, gone=found.gone)
    found = differences(index, files)
    assert (found.new, found.changed, found.gone, found.unchanged) == ((), (), (), 3)
