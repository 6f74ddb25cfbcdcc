"""The command line before any model is loaded."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from index.errors import InputError
from rag.cli import app
from tests.unit.test_package import PROJECT


def test_the_version() -> None:
    """That of the package, on a line of its own, with nothing else asked for."""
    done = CliRunner().invoke(app, ["--version"])
    assert (done.exit_code, done.output) == (0, f"pullquote {PROJECT['version']}\n")
    assert metadata.version("pullquote") == PROJECT["version"]


@pytest.mark.parametrize("command", ["chat", "annotate"])
def test_pages_are_commands(command: str) -> None:
    """Their help is their own, and so are their errors."""
    done = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "100"})
    assert done.exit_code == 0
    assert f"pullquote {command}" in done.output
    assert "--port" in done.output
    option = ["--output", "q.jsonl"] if command == "annotate" else []
    refused = CliRunner().invoke(app, [command, "none.txt", *option])
    assert isinstance(refused.exception, InputError)
    assert str(refused.exception).startswith("No article at none.txt")


def test_the_help_tells_what_no_value_means() -> None:
    """Also where it is no value that could be given: in brackets of its own, which are no markup."""
    told = {
        command: " ".join(CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "300"}).output.split())
        for command in ("chat", "ask", "index")
    }
    assert "Port of the page. [default: (the first free one from 7860)]" in told["chat"]
    assert "[default: (nobody is asked)]" in told["chat"]
    assert "[default: (accurate; fast if that one has no model)]" in told["ask"]
    assert "Where to write the index. [default: (the platform's cache folder)]" in told["index"]


def test_chat_is_what_the_older_command_opens() -> None:
    """`pullquote chat` and `pullquote-ui` are one function."""
    (chat,) = metadata.entry_points(group="pullquote.commands", name="chat")
    (older,) = metadata.entry_points(group="console_scripts", name="pullquote-ui")
    import ui  # noqa: PLC0415  # takes seconds

    assert chat.load() is ui.serve
    assert older.load() is ui.main
    (command,) = ui.app.registered_commands
    assert command.callback is ui.serve


def test_ids_are_one_for_each_article_and_none_of_a_document_of_the_chat(tmp_path: Path) -> None:
    """Before anything is encoded; two steps at once are refused, too."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("Red apples grow in Kent.", encoding="utf-8")
    files = [str(tmp_path / "a.txt"), str(tmp_path / "b.txt")]
    for options, message in (
        (["--id", "fruit"], r"Articles: 2, ids: 1\. Give --id once for each article"),
        (
            ["--id", "fruit", "--id", "own_2acaabfb3eb7d239"],
            "The id own_2acaabfb3eb7d239 is one of those",
        ),
        (["--id", "fruit", "--id", "Fruit"], "'Fruit' is no id"),
        (["--add", "--replace"], "--add and --replace are two steps"),
    ):
        done = CliRunner().invoke(app, ["index", *files, *options, "--index", str(tmp_path / "index")])
        assert isinstance(done.exception, InputError)
        assert re.match(message, str(done.exception))
    assert not (tmp_path / "index").exists()
