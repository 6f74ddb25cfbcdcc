"""What the options of the chat's command make of its settings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
import typer
from starlette.applications import Starlette
from typer.testing import CliRunner

from rag.api import command
from rag.api.settings import ApiSettings
from rag.chat.uploads import UploadLimits

PUBLIC = ["--host-name", "chat.example"]


@pytest.mark.parametrize(
    ("options", "limits"),
    [
        ([], UploadLimits()),
        (["--no-uploads"], None),
        (["--no-browser"], None),
        (PUBLIC, None),
        (["--proxy", "127.0.0.1"], None),
        (["--allow-origin", "https://news.example"], None),
        ([*PUBLIC, "--no-browser", "--uploads"], UploadLimits()),
        (
            ["--upload-megabytes", "1", "--upload-characters", "50", "--uploads-in-all", "1000"],
            UploadLimits(megabytes=1, characters=50, per_client=200, in_all=1000),
        ),
    ],
)
def test_who_may_bring_documents(
    options: list[str], limits: UploadLimits | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever started the chat and has it in their own browser; others only if the operator says so."""
    seen: list[ApiSettings] = []

    def create(*given: Any) -> Starlette:
        seen.append(given[3])
        return Starlette()

    assistant = SimpleNamespace(index=SimpleNamespace(articles=()), reader=SimpleNamespace(name="fast"))
    made: dict[str, object] = {
        "find_source": None, "open_assistant": assistant, "starters": [], "run_server": None, "listen": None,
        "address_of": "http://127.0.0.1:1",
    }  # fmt: skip
    for name, value in made.items():
        monkeypatch.setattr(command, name, Mock(return_value=value))
    app = typer.Typer()
    app.command()(command.chat_command(create))
    result = CliRunner().invoke(app, ["story.txt", "--port", "0", *options])
    assert result.exit_code == 0, result.output
    assert seen[0].uploads == limits
