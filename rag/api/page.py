"""A web application for a page that answers no questions: its files and its middleware."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.middleware.exceptions import ExceptionMiddleware

from rag.api.middleware.events import EventGuard
from rag.api.middleware.forwarded import PublicPath
from rag.api.middleware.guard import protect
from rag.api.middleware.limits import BodyLimit
from rag.api.middleware.log import unexpected
from rag.api.routes.embed import file_routes
from rag.api.settings import ApiSettings


def create_page_app(settings: ApiSettings) -> FastAPI:
    """Make the application that a page is mounted on. No other page may embed it or call it.

    :param settings: Who may use it, and from where.
    :return: An application with the scripts and styles, the security headers and the guard of the chat.
    """
    app = FastAPI(title="Pullquote", openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(file_routes())
    app.add_middleware(PublicPath)
    app.add_middleware(EventGuard)
    app.add_middleware(BodyLimit)
    app.add_middleware(ExceptionMiddleware, handlers={Exception: unexpected})
    protect(app, settings)
    return app
