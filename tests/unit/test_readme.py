"""The README is true: its code runs, its commands exist, its numbers are those that were measured."""

from __future__ import annotations

import re
from unittest.mock import Mock

import typer
from typer.core import TyperGroup

from index.article import Article
from rag.api.command import annotate_command, chat_command
from rag.cli import app
from tests.conftest import ROOT

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
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
    """Pictures, cards and other pages are where each page says."""
    count, missing = 0, []
    for page in PAGES:
        links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        count += len(links)
        missing += [(page.name, link) for link in links if not (page.parent / link).is_file()]
    assert count > 20
    assert missing == []


def test_every_page_is_found_from_the_readme() -> None:
    """It links each, or links one that does."""
    reached, new = set(), {ROOT / "README.md"}
    while new:
        reached |= new
        links = {
            (page, link) for page in new for link in re.findall(r"\]\(([^):#]+\.md)", page.read_text(encoding="utf-8"))
        }
        new = {(page.parent / link).resolve() for page, link in links} - reached
    assert set(PAGES) <= reached


def test_options_exist() -> None:
    """Every option of `pullquote` that the pages for its users name is one of a command's."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    pages = typer.Typer()
    pages.command()(chat_command(Mock()))
    pages.command()(annotate_command(Mock()))
    served = typer.main.get_command(pages)
    assert isinstance(served, TyperGroup)
    known = {"--help"} | {
        name
        for command in (*group.commands.values(), *served.commands.values())
        for option in command.params
        for name in (*option.opts, *option.secondary_opts)
    }
    for page in ("README.md", "docs/documents.md", "docs/server.md", "docs/how-it-works.md", "docs/evaluation.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        # of pip, and of uv
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", text)) - {"--no-deps", "--torch-backend", "--index-url"}
        assert named, page
        assert named <= known, page


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
