"""What other pages take from here: the widget's script, the chat for a frame, and the answer to why neither works."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from http import HTTPStatus
from importlib import resources
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from rag.api.hosts import Hosts, obstacles
from rag.api.middleware.headers import WIDGET

STATIC = Path(str(resources.files("rag"))) / "api" / "static"
_LONGEST = 300


def embed_router(articles: Collection[str], hosts: Hosts) -> APIRouter:
    """Make the routes.

    :param articles: Ids of those that can be asked about.
    :param hosts: The pages that may embed the chat.
    :return: `/widget.js`, `/embed` and `/embed/check`.
    """
    router = APIRouter()
    files = StaticFiles(directory=STATIC)
    page = (STATIC / "embed.html").read_text(encoding="utf-8")

    @router.get(WIDGET, include_in_schema=False)
    async def widget(request: Request) -> Response:
        """Give the script that a page of others loads."""
        reply = await files.get_response(WIDGET.lstrip("/"), request.scope)
        if reply.status_code == HTTPStatus.OK:
            reply.headers["Content-Type"] = "text/javascript; charset=utf-8"
        return reply

    @router.get("/embed", include_in_schema=False)
    def embed(article: str = "") -> HTMLResponse:
        """Give the chat for a frame; its script says so where there is no such article."""
        found = not article or article in articles
        return HTMLResponse(page, HTTPStatus.OK if found else HTTPStatus.NOT_FOUND)

    @router.get("/embed/check")
    def check(request: Request, origin: Annotated[str, Query(max_length=_LONGEST)]) -> dict[str, Any]:
        """Tell whether a page of this origin may embed the chat, and if not, what to do about it."""
        # the Host header is a stranger's: it is put together here, and not parsed
        chat = SplitResult(request.url.scheme, request.headers.get("host", ""), "", "", "")
        found = obstacles(origin, chat, hosts)
        return {
            "origin": origin,
            "allowed": hosts.allows(origin) or not found,
            "problems": [asdict(obstacle) for obstacle in found],
        }

    return router
