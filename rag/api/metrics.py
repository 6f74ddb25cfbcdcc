"""What the server counts, for Prometheus: numbers only, and for this machine or whoever has the token."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.responses import Response

from rag.answer import Status
from rag.api.hosts import loopback
from rag.api.problems import documented

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Metrics:
    """The counts of one application."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "pullquote_requests", "Requests by route and status.", ("route", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "pullquote_ask_seconds",
            "From a question to its answer, waiting included.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.waiting = Gauge("pullquote_waiting", "Questions that wait for their turn.", registry=self.registry)
        self.answers = Counter("pullquote_answers", "Answers by status.", ("status",), registry=self.registry)
        for status in Status:
            self.answers.labels(status.value)


def metrics_routes(metrics: Metrics, token: str | None) -> APIRouter:
    """Make the route `/metrics`.

    :param metrics: The counts.
    :param token: The word that opens it from afar; without it only this machine may look.
    :return: The route.
    """
    router = APIRouter(tags=["operation"])

    @router.get(
        "/metrics",
        response_class=Response,
        responses={
            200: {"description": "Counts.", "content": {"text/plain": {"schema": {"type": "string"}}}},
            **documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN),
        },
    )
    def metrics_text(request: Request) -> Response:
        """Give the counts in Prometheus' text format, to this machine or to `Authorization: Bearer TOKEN`."""
        if not (request.client and loopback(request.client.host)):
            _check(request.headers.get("authorization", ""), token)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router


def _check(authorization: str, token: str | None) -> None:
    if token is None:
        raise HTTPException(HTTPStatus.FORBIDDEN, "Only this machine may look. Set a metrics token to look from afar.")
    if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED,
            "The token is missing or wrong. Send Authorization: Bearer TOKEN.",
            {"WWW-Authenticate": "Bearer"},
        )
