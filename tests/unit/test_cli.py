"""The command line before any model is loaded."""

from __future__ import annotations

from importlib import metadata

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


def test_chat_is_what_the_older_command_opens() -> None:
    """`pullquote chat` and `pullquote-ui` are one function."""
    (chat,) = metadata.entry_points(group="pullquote.commands", name="chat")
    (older,) = metadata.entry_points(group="console_scripts", name="pullquote-ui")
    import ui  # noqa: PLC0415  # takes seconds

    assert chat.load() is ui.serve
    assert older.load() is ui.main
    (command,) = ui.app.registered_commands
    assert command.callback is ui.serve
