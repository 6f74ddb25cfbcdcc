"""The counts of the server, for this machine and for whoever sends the bearer token."""

from __future__ import annotations

import secrets
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.responses import Response

from rag.api.hosts import loopback
from rag.api.metrics import Metrics
from rag.api.problems import documented


def metrics_routes(metrics: Metrics, token: str | None) -> APIRouter:
    """Make the route `/metrics`. What a proxy that was not named passes on does not come from this machine.

    :param metrics: The counts.
    :param token: Bearer token that other machines need; without it only this machine may read the counts.
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
        if not (request.state.direct and request.client and loopback(request.client.host)):
            _check(request.headers.get("authorization", ""), token)
        return Response(generate_latest(metrics.registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return router


def _check(authorization: str, token: str | None) -> None:
    if token is None:
        raise HTTPException(
            HTTPStatus.FORBIDDEN,
            "Only this machine may read the counts. Set a metrics token to read them from another machine.",
        )
    if not secrets.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
        raise HTTPException(
            HTTPStatus.UNAUTHORIZED,
            "The token is missing or wrong. Send Authorization: Bearer TOKEN.",
            {"WWW-Authenticate": "Bearer"},
        )
