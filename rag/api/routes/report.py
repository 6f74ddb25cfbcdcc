"""The report of an evaluation, for the frame beside the chat."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

EVALUATION = "/evaluation"


def evaluation_routes(report: str) -> APIRouter:
    """Make the route that gives the report.

    :param report: A page of HTML that needs nothing else.
    :return: The route. It is a page for people, so `/openapi.json` leaves it out.
    """
    router = APIRouter()

    @router.get(EVALUATION, include_in_schema=False)
    def evaluation() -> HTMLResponse:
        """Give the report."""
        return HTMLResponse(report)

    return router
