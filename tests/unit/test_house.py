"""The house: public names are few, the changelog knows the version, and the map of the architecture is true."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from operator import attrgetter

import index
import rag
from tests.conftest import ROOT

MAP = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_public_names() -> None:
    """What a library user may import."""
    assert sorted(index.__all__) == [
        "Article", "Encoder", "InputError", "SentenceIndex", "SentenceTransformerEncoder", "add_articles",
        "build_index", "extend_index", "load_index", "open_encoder", "read_article", "recall_of", "remove_articles",
        "replace_articles", "save_index",
    ]  # fmt: skip
    assert sorted(rag.__all__) == [
        "Answer", "Article", "Assistant", "Caution", "Citation", "InputError", "Quotation", "ReadPassage", "Reason",
        "Span", "Status", "Turn", "load_assistant",
    ]  # fmt: skip
    for package in (index, rag):
        for name in package.__all__:
            assert getattr(package, name).__name__ == name


def test_the_changelog_knows_the_version() -> None:
    """The version of pyproject.toml has a heading."""
    match = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert match
    assert f"## {match[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_map_has_the_floors() -> None:
    """Those that import-linter holds, of all that is in the folder; each folder has its line."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract.get("containers") == ["rag"])
    drawn = [floor.split(" & ") for floor in re.findall(r"subgraph floor.*\n +direction TB\n +(.*)\n +end", MAP)]
    assert [sorted(floor) for floor in drawn] == [sorted(re.findall(r"\w+", layer)) for layer in layers]
    modules = {path.stem for path in (ROOT / "rag").glob("*.py")} - {"__init__"}
    rooms = {path.parent.name for path in (ROOT / "rag").glob("*/__init__.py")}
    assert modules | rooms == set().union(*drawn)
    assert set(re.findall(r"^\| `rag/(\w+)/` \|", MAP, re.MULTILINE)) == rooms
    assert sum(path.is_file() for path in (ROOT / "rag").iterdir()) <= 8


def test_what_the_map_names_exists() -> None:
    """And the walks: files and folders, and the functions that stand behind the files."""
    told = MAP + (ROOT / "docs" / "walks.md").read_text(encoding="utf-8")
    assert [path for path in re.findall(r"`([\w/]+(?:/|\.py))`", told) if not (ROOT / path).exists()] == []
    steps = re.findall(r"`([\w/]+)\.py` `([\w.]+)`", told)
    assert len(steps) > 40
    for path, name in steps:
        assert callable(attrgetter(name)(import_module(path.replace("/", "."))))
