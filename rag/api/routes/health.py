"""Whether the server runs, and whether it can take a question."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from rag.answering.answerer import Answerer
from rag.api.admission import AdmissionQueue
from rag.api.problems import ServerBusyError, documented
from rag.api.shared_counts import SharedCounts
from rag.api.standing import Standing


class Health(BaseModel):
    """What the server is."""

    status: Literal["ok"]
    reader: str = Field(examples=["accurate"])
    articles: int = Field(examples=[1])
    sentences: int = Field(examples=[31])
    limits: Literal["own", "shared"] = Field(
        description="Whether the server counts each client's questions for itself, or together with others. Those that "
        "count together do so for themselves while Valkey cannot be reached."
    )


class Readiness(BaseModel):
    """That the server can take a question."""

    status: Literal["ready"]
    waiting: int = Field(description="Questions that wait for their turn.", examples=[0])


def health_routes(
    assistant: Answerer, queue: AdmissionQueue, standing: Standing, shared: SharedCounts | None = None
) -> APIRouter:
    """Make the routes `/healthz` and `/readyz`.

    :param assistant: Answers the questions.
    :param queue: Where they wait.
    :param standing: Whether the server takes them.
    :param shared: Counts with other servers.
    :return: The routes.
    """
    router = APIRouter(tags=["operation"])

    @router.get("/healthz")
    def healthz() -> Health:
        """Tell that the server runs, its reader and how much there is to ask about."""
        counts = assistant.counts()
        return Health(
            status="ok",
            reader=assistant.reader.name,
            articles=counts.articles,
            sentences=counts.sentences,
            limits="shared" if shared and shared.reached else "own",
        )

    @router.get("/readyz", responses=documented(HTTPStatus.SERVICE_UNAVAILABLE))
    async def readyz() -> Readiness:
        """Tell whether the next question would be answered rather than turned away; not while the server stops."""
        if standing.obstacle:
            raise ServerBusyError(standing.obstacle)
        if queue.full:
            raise ServerBusyError("Too many questions are waiting.")
        return Readiness(status="ready", waiting=queue.waiting)

    return router
