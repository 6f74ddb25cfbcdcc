"""Conversations as files over HTTP."""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from rag.api.middleware.limits import CONVERSATION
from rag.api.problems import documented
from rag.chat.conversations import Conversations, is_id
from rag.rendering.export import conversation_json, conversation_markdown


class ExportFormat(StrEnum):
    """What a conversation can be saved as."""

    MARKDOWN = "md"
    JSON = "json"


_WRITERS = {
    ExportFormat.MARKDOWN: (conversation_markdown, "text/markdown; charset=utf-8"),
    ExportFormat.JSON: (conversation_json, "application/json"),
}


def conversation_routes(conversations: Conversations) -> APIRouter:
    """Make the route that gives a conversation as a file.

    :param conversations: What was said.
    :return: The route.
    """
    router = APIRouter(tags=["conversations"])

    @router.get(
        CONVERSATION + "{conversation}.{kind}",
        response_class=Response,
        responses={
            200: {
                "description": "The file.",
                "content": {
                    "text/markdown": {"schema": {"type": "string"}},
                    "application/json": {"schema": {"type": "object"}},
                },
            },
            **documented(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS),
        },
    )
    def conversation_file(conversation: str, kind: ExportFormat) -> Response:
        """Give a conversation as a file, to whoever knows its id."""
        turns = conversations.of(conversation) if is_id(conversation) else ()
        if not turns:
            raise HTTPException(
                HTTPStatus.NOT_FOUND,
                "That conversation is empty, or was forgotten. Ask a question first.",
            )
        write, media_type = _WRITERS[kind]
        quoted = {span.article for turn in turns for span in (*turn.answer.citations, *turn.answer.closest)}
        # as they were: one may have been corrected in the middle of the conversation
        versions = {article.digest: article for turn in turns for article in turn.answer.versions}
        articles = [article for article in versions.values() if article.id in quoted]
        return Response(
            write(turns, articles),
            media_type=media_type,
            headers={
                "Content-Disposition": f'attachment; filename="conversation.{kind}"',
                "Cache-Control": "no-store",
            },
        )

    return router
