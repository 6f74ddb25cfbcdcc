"""Conversations as files over HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Request
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from starlette.responses import Response

from index.store import SentenceIndex
from rag.answering.answerer import Answerer
from rag.api.allowance import client_of
from rag.api.middleware.limits import CONVERSATION
from rag.api.problems import documented, json_only
from rag.chat.conversations import CONVERSATION_ID, LONGEST, Conversations, Speaker, is_id
from rag.chat.restoring import restored
from rag.chat.uploads import Uploads, is_own
from rag.rendering.export import conversation_json, conversation_markdown


class ExportFormat(StrEnum):
    """What a conversation can be saved as."""

    MARKDOWN = "md"
    JSON = "json"


def _whole(number: object) -> object:
    # to JSON Schema 3.0 is an integer, too
    return int(number) if isinstance(number, float) and number.is_integer() else number


class KeptTurns(BaseModel):
    """The turns of a conversation, as its page kept them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    turns: list[dict[str, Any]] = Field(max_length=LONGEST, description="As the conversation's JSON file has them.")
    after: Annotated[int, BeforeValidator(_whole)] = Field(
        0, ge=0, description="How many turns must be there already, for them to come behind these."
    )


class RestoredTurns(BaseModel):
    """What became of them."""

    kept: int = Field(description="How many turns are there now.", examples=[3])


_WRITERS = {
    ExportFormat.MARKDOWN: (conversation_markdown, "text/markdown; charset=utf-8"),
    ExportFormat.JSON: (conversation_json, "application/json"),
}


def conversation_routes(assistant: Answerer, conversations: Conversations, uploads: Uploads | None = None) -> APIRouter:
    """Make the routes that give a conversation as a file, and take one back.

    :param assistant: Has the articles.
    :param conversations: What was said.
    :param uploads: Has the documents of each conversation; without it there are none.
    :return: The routes.
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

    @router.post(
        CONVERSATION + "{conversation}/turns",
        dependencies=[Depends(json_only)],
        response_model=RestoredTurns,
        responses=documented(
            HTTPStatus.BAD_REQUEST,
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.TOO_MANY_REQUESTS,
        ),
    )
    def restore(
        request: Request, conversation: Annotated[str, Path(pattern=f"^{CONVERSATION_ID}$")], told: KeptTurns
    ) -> dict[str, int]:
        """Go on with a conversation that the server has forgotten, with what articles and its documents prove."""

        def holding(names: Sequence[str]) -> SentenceIndex | None:
            # an answer is about the one or the other
            own = uploads.of(conversation) if uploads and all(map(is_own, names)) else None
            return own.index if own else assistant.holding(names)

        turns = restored(told.turns, holding)
        speaker = Speaker(conversation, client_of(request.client))
        return {"kept": len(conversations.go_on(speaker, turns, told.after))}

    return router
