"""The README is true: its code runs, its commands exist, its numbers are those that were measured."""

from __future__ import annotations

import re

import typer
from typer.core import TyperGroup

from index.article import Article
from rag.cli import app
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_commands_exist() -> None:
    """Every `pullquote X` in the README is a command, and every command is in the README."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    shown = set(re.findall(r"^pullquote (\w+)", README, re.MULTILINE))
    assert shown == set(group.commands)


def test_make_targets_exist() -> None:
    """Every `make X` in the README and in CONTRIBUTING.md is in the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    pages = README + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\bmake (\w+)(?=[\s`])", pages)) <= set(re.findall(r"^(\w+):", makefile, re.MULTILINE)) | {
        "a"
    }


def test_linked_files_exist() -> None:
    """Pictures and cards are where the README says."""
    links = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not link.startswith("http")]
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_the_widgets_snippet_is_true(seed: Article) -> None:
    """Its file is there, and knows the attribute; the id is that of the article that `make chat` opens."""
    (address, attribute, name) = re.findall(
        r'<script src="https://chat.example/([\w.]+)" data-(\w+)="([0-9a-f]{16})" async>', README
    )[0]
    assert name == seed.id
    assert attribute in (ROOT / "rag" / "api" / "static" / address).read_text(encoding="utf-8")


def test_every_attack_has_its_tests() -> None:
    """Each row of `docs/security.md` names files of tests, and all of them are there."""
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?:critical|high|medium|low) \|.*$", page, re.MULTILINE)
    named = [re.findall(r"`(tests/[\w/]+\.py)`", row) for row in rows]
    assert len(rows) > 15
    assert all(named)
    assert [name for names in named for name in names if not (ROOT / name).is_file()] == []
