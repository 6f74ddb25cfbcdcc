"""The web application behind the chat."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI
from starlette.middleware.exceptions import ExceptionMiddleware

from rag.answering.answerer import Answerer
from rag.api.admission import AdmissionQueue
from rag.api.middleware.events import EventGuard
from rag.api.middleware.forwarded import PublicPath
from rag.api.middleware.guard import protect
from rag.api.middleware.limits import BodyLimit, GuessLimit, RequestLimit
from rag.api.middleware.log import RequestLog, RouteName, unexpected
from rag.api.problems import answer_problems, documented
from rag.api.routes.articles import article_routes
from rag.api.routes.ask import ask_routes
from rag.api.routes.conversations import conversation_routes
from rag.api.routes.embed import embed_router, file_routes
from rag.api.routes.health import health_routes
from rag.api.routes.metrics import metrics_routes
from rag.api.routes.openai import completion_routes
from rag.api.routes.report import evaluation_routes
from rag.api.routes.uploads import upload_routes
from rag.api.settings import ApiSettings
from rag.api.standing import Standing
from rag.chat.conversations import Conversations
from rag.chat.starters import Starter
from rag.chat.uploads import Uploads

_DEFAULTS = ApiSettings()


def create_app(
    assistant: Answerer,
    conversations: Conversations,
    queue: AdmissionQueue,
    pool: Sequence[Starter] = (),
    settings: ApiSettings = _DEFAULTS,
    report: str = "",
    uploads: Uploads | None = None,
    standing: Standing | None = None,
) -> FastAPI:
    """Make the web application; the chat is mounted on it.

    :param assistant: Answers the questions.
    :param conversations: What was said.
    :param queue: Where the questions wait.
    :param pool: Questions to begin with.
    :param settings: What the server allows.
    :param report: A page about an evaluation, to be had at `/evaluation`; without it nothing is there.
    :param uploads: Documents that people bring; without them there is no route for that.
    :param standing: Whether the server takes questions; by default it does.
    :return: An application with the routes that `/openapi.json` describes, and the chat's own script and style.
    """
    app = FastAPI(
        title="Pullquote",
        summary="Answers questions about articles in their own words, each with its citation.",
        version="1",
        docs_url=None,
        redoc_url=None,
        responses=documented(HTTPStatus.MISDIRECTED_REQUEST),
    )
    app.include_router(ask_routes(assistant, conversations, queue))
    app.include_router(article_routes(assistant, pool))
    app.include_router(completion_routes(assistant, queue))
    app.include_router(conversation_routes(assistant, conversations, uploads))
    if uploads:
        app.include_router(upload_routes(uploads, queue))
    app.include_router(
        embed_router(assistant, settings.hosts, settings.locale),
        responses=documented(HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY),
    )
    if report:
        app.include_router(evaluation_routes(report))
    app.include_router(health_routes(assistant, queue, standing or Standing(), settings.shared))
    app.include_router(metrics_routes(queue.metrics, settings.metrics_token))
    app.include_router(file_routes())
    answer_problems(app)
    # the middleware added last is the outermost
    app.add_middleware(RouteName)
    app.add_middleware(PublicPath)
    app.add_middleware(EventGuard)
    app.add_middleware(BodyLimit, megabytes=uploads.limits.megabytes if uploads else 0)
    app.add_middleware(RequestLimit, per_minute=settings.per_minute, shared=settings.shared)
    app.add_middleware(GuessLimit, per_minute=settings.per_minute, shared=settings.shared)
    # not a handler of the application: its reply would lack the headers, and uvicorn would log the traceback, which
    # may quote a question
    app.add_middleware(ExceptionMiddleware, handlers={Exception: unexpected})
    protect(app, settings)
    app.add_middleware(RequestLog, metrics=queue.metrics)
    return app
