"""The web application behind the chat."""

from __future__ import annotations

from enum import StrEnum
from importlib import resources
from pathlib import Path

from fastapi import FastAPI, HTTPException, Response
from fastapi.staticfiles import StaticFiles

from rag.assistant import Assistant
from rag.conversations import Conversations
from rag.export import conversation_json, conversation_markdown
from rag.headers import SecurityHeaders


class ExportFormat(StrEnum):
    """What a conversation can be saved as."""

    MARKDOWN = "md"
    JSON = "json"


_WRITERS = {
    ExportFormat.MARKDOWN: (conversation_markdown, "text/markdown; charset=utf-8"),
    ExportFormat.JSON: (conversation_json, "application/json"),
}


def create_app(assistant: Assistant, conversations: Conversations) -> FastAPI:
    """Make the web application; the chat is mounted on it.

    :param assistant: Answers the questions.
    :param conversations: What was said, for saving it.
    :return: An application with `/healthz`, conversations as files, and the chat's own script and style.
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

    @app.get("/pullquote/conversation/{page}.{kind}")
    def conversation(page: str, kind: ExportFormat) -> Response:
        """Give a conversation as a file. Its page's word is the key to it: nobody else can know it."""
        turns = conversations.of(page)
        if not turns:
            raise HTTPException(404, "Nothing was said on that page, or it was forgotten. Ask a question first.")
        write, media_type = _WRITERS[kind]
        quoted = {span.article for turn in turns for span in (*turn.answer.citations, *turn.answer.closest)}
        articles = [article for article in assistant.index.articles if article.id in quoted]
        return Response(
            write(turns, articles),
            media_type=media_type,
            headers={
                "Content-Disposition": f'attachment; filename="conversation.{kind}"',
                "Cache-Control": "no-store",
            },
        )

    app.mount("/pullquote", StaticFiles(directory=Path(str(resources.files("rag"))) / "static"), name="static")
    return app
