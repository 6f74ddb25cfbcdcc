"""What the options of the chat's command make of its settings."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest
import typer
from starlette.applications import Starlette
from typer.testing import CliRunner, Result

from index.errors import InputError
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
    result, seen = _started(options, monkeypatch)
    assert result.exit_code == 0, result.output
    assert seen[0].uploads == limits


@pytest.mark.parametrize("place", ["10.1.0.2", "10.1.0.2:0", "10.1.0.2:65536", "[::1]:7861", "http://10.1.0.2:7861"])
def test_where_no_server_is_reached(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused before anything is opened."""
    monkeypatch.setenv("PULLQUOTE_SECRET", "0123456789abcdef" * 2)
    result, seen = _started(["--valkey", "redis://127.0.0.1:1", "--reached-at", place], monkeypatch)
    with pytest.raises(InputError, match=f"{re.escape(place)}' is no HOST:PORT .*IPv4 address, and 1 to 65535"):
        raise result.exception or AssertionError(result.output)
    assert seen == []


def test_servers_that_have_no_secret(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """The log tells that they only count together."""
    monkeypatch.delenv("PULLQUOTE_SECRET", raising=False)
    result, _ = _started(["--valkey", "redis://127.0.0.1:1"], monkeypatch)
    assert result.exit_code == 0, result.output
    assert "There is no PULLQUOTE_SECRET: servers count together, but pass no request on" in caplog.text


def _started(options: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[Result, list[ApiSettings]]:
    """Start the chat with some options, but nothing of it; return the settings that its page was made with."""
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
    return CliRunner().invoke(app, ["story.txt", "--port", "0", *options]), seen
