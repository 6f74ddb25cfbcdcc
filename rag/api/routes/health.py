"""Whether the server lives, and whether it can take a question."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from rag.answering.assistant import Assistant
from rag.api.line import RETRY_AFTER, Line
from rag.api.problems import documented


class Health(BaseModel):
    """What the server is."""

    status: Literal["ok"]
    reader: str = Field(examples=["accurate"])
    articles: int = Field(examples=[1])
    sentences: int = Field(examples=[31])


class Readiness(BaseModel):
    """That the server can take a question."""

    status: Literal["ready"]
    waiting: int = Field(description="Questions that wait for their turn.", examples=[0])


def health_routes(assistant: Assistant, line: Line) -> APIRouter:
    """Make the routes `/healthz` and `/readyz`.

    :param assistant: Answers the questions.
    :param line: Where they wait.
    :return: The routes.
    """
    router = APIRouter(tags=["operation"])

    @router.get("/healthz")
    async def healthz() -> Health:
        """Tell that the server runs, and on what."""
        return Health(
            status="ok",
            reader=assistant.readers.name,
            articles=len(assistant.index.articles),
            sentences=len(assistant.index),
        )

    @router.get("/readyz", responses=documented(HTTPStatus.SERVICE_UNAVAILABLE))
    async def readyz() -> Readiness:
        """Tell whether the next question would be answered rather than turned away."""
        if line.full:
            raise HTTPException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"Too many questions wait. Look again in {RETRY_AFTER} seconds.",
                {"Retry-After": str(RETRY_AFTER)},
            )
        return Readiness(status="ready", waiting=line.waiting)

    return router
