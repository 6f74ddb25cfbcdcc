"""The house: public names are few, and the changelog knows the version."""

from __future__ import annotations

import re

import index
import rag
from tests.conftest import ROOT


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
