"""Whether the server runs, and whether it can take a question."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from rag.answering.answerer import Answerer
from rag.api.admission import AdmissionQueue
from rag.api.problems import ServerBusyError, documented


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


def health_routes(assistant: Answerer, queue: AdmissionQueue) -> APIRouter:
    """Make the routes `/healthz` and `/readyz`.

    :param assistant: Answers the questions.
    :param queue: Where they wait.
    :return: The routes.
    """
    router = APIRouter(tags=["operation"])

    @router.get("/healthz")
    def healthz() -> Health:
        """Tell that the server runs, its reader and how much there is to ask about."""
        counts = assistant.counts()
        return Health(status="ok", reader=assistant.reader.name, articles=counts.articles, sentences=counts.sentences)

    @router.get("/readyz", responses=documented(HTTPStatus.SERVICE_UNAVAILABLE))
    async def readyz() -> Readiness:
        """Tell whether the next question would be answered rather than turned away."""
        if queue.full:
            raise ServerBusyError("Too many questions wait.")
        return Readiness(status="ready", waiting=queue.waiting)

    return router
