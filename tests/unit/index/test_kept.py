"""What is made once and kept: whole or not there at all."""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from index.kept import beside, digest_of, digests_of, made_once
from rag.files import written


def test_a_folder_takes_its_place_whole(tmp_path: Path) -> None:
    """Until then the place is as it was; then nothing of the old one is left, nor of what a killed process made."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "old").write_bytes(b"old")
    (tmp_path / ".place-killed").mkdir()
    (tmp_path / ".other-at-work").mkdir()
    with beside(place) as folder:
        (folder / "new").write_bytes(b"new")
        assert [path.name for path in place.iterdir()] == ["old"]
    assert [(path.name, path.read_bytes()) for path in place.iterdir()] == [("new", b"new")]
    assert sorted(path.name for path in tmp_path.iterdir()) == [".other-at-work", "place"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing tells which file a descriptor is of")
def test_what_is_kept_is_on_the_disk_before_it_has_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each file, then their folder; and the name itself after that."""
    flushed: list[str] = []
    fsync = os.fsync

    def told(descriptor: int) -> None:
        flushed.append(os.readlink(f"/proc/self/fd/{descriptor}"))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", told)
    with beside(tmp_path / "place") as folder:
        (folder / "in").mkdir()
        (folder / "in" / "a").write_bytes(b"a")
        made = {str(folder / "in" / "a"), str(folder / "in"), str(folder)}
    assert set(flushed[:-1]) == made
    assert flushed[-2:] == [str(folder), str(tmp_path)]
    flushed.clear()
    with written(tmp_path / "a.txt") as file:
        file.write("a")
        (part,) = map(str, tmp_path.glob(".a.txt-*"))
    assert flushed == [part, str(tmp_path)]


def test_what_goes_wrong_changes_nothing(tmp_path: Path) -> None:
    """The old folder stays, the half-made one goes."""
    place = tmp_path / "place"
    with beside(place) as folder:
        (folder / "old").write_bytes(b"old")
    with pytest.raises(ValueError, match="half made"), beside(place) as folder:  # noqa: PT012 - goes wrong within
        (folder / "new").write_bytes(b"new")
        raise ValueError("half made")
    assert [path.name for path in place.iterdir()] == ["old"]
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_what_is_there_is_not_made(tmp_path: Path) -> None:
    """Neither when it is found at once, nor when another process made it while this one waited for the lock."""
    place = tmp_path / "cache" / "place"
    assert made_once(place, lambda: "read", lambda: "made") == "read"
    assert not place.parent.exists()
    answers = iter([None, "read later"])
    assert made_once(place, lambda: next(answers), lambda: "made") == "read later"
    assert made_once(place, lambda: None, lambda: "made") == "made"


def test_digests_are_by_path(tmp_path: Path) -> None:
    """Of files in folders, too, by their paths from there."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c").write_bytes(b"c")
    (tmp_path / "a").write_bytes(b"a")
    assert digest_of(tmp_path / "a") == sha256(b"a").hexdigest()
    assert list(digests_of(tmp_path).items()) == [
        ("a", sha256(b"a").hexdigest()),
        ("b/c", sha256(b"c").hexdigest()),
    ]
