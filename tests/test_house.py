"""The house: imports point one way, names are few, the page furniture of a project is true."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import index
import rag
from tests.conftest import ROOT

FLOORS = {"index": 0, "rag": 1, "ui": 2}
MODULES = sorted([*ROOT.glob("index/**/*.py"), *ROOT.glob("rag/**/*.py"), ROOT / "ui.py"])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_back_along_the_line(path: Path) -> None:
    """From seeds over index and rag to ui no module imports a later one, and only ui.py knows gradio."""
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert FLOORS.get(name.split(".")[0], 0) <= FLOORS[room], f"{room} imports {name}"
            assert name.split(".")[0] != "gradio" or room == "ui", f"{room} imports gradio"


def test_public_names() -> None:
    """What a library user may import."""
    assert sorted(index.__all__) == [
        "Article", "Encoder", "InputError", "SentenceIndex", "SentenceTransformerEncoder", "add_articles",
        "build_index", "extend_index", "load_index", "open_encoder", "read_article", "recall_of", "remove_articles",
        "save_index",
    ]  # fmt: skip
    assert sorted(rag.__all__) == [
        "Answer", "Assistant", "Caution", "Citation", "Quotation", "ReadPassage", "Reason", "Span", "Status", "Turn",
        "load_assistant",
    ]  # fmt: skip
    for package in (index, rag):
        for name in package.__all__:
            assert getattr(package, name).__name__ == name


def test_the_changelog_knows_the_version() -> None:
    """The version of pyproject.toml has a heading."""
    match = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.MULTILINE)
    assert match
    assert f"## {match[1]}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
