"""The web application behind the chat."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from rag.assistant import Assistant
from rag.headers import SecurityHeaders


def create_app(assistant: Assistant) -> FastAPI:
    """Make the web application; the chat is mounted on it.

    :param assistant: Answers the questions.
    :return: An application with `/healthz` and the chat's own script and style under `/static`.
    """
    app = FastAPI(title="Pullquote", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SecurityHeaders)

    @app.get("/healthz")
    def healthz() -> dict[str, str | int]:
        """Tell that the server runs, and on what."""
        return {
            "status": "ok",
            "reader": assistant.readers.name,
            "articles": len(assistant.index.articles),
            "sentences": len(assistant.index),
        }

    app.mount("/pullquote", StaticFiles(directory=Path(str(resources.files("rag"))) / "static"), name="static")
    return app
