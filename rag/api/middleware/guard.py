"""Refuses requests from pages that are not allowed, and hides the parts of Gradio that the chat does not use.

Gradio has three weak points. Reached by a name other than localhost, it answers pages of any origin. It takes uploads,
though the chat needs none. It fetches any address for a client. So a request from a page that is not allowed is refused
here. Only the routes that are meant for other pages are told the origin of a request. Of Gradio's own routes, only
those are open that the chat, Gradio's Python client and MCP need.
"""

from __future__ import annotations

import re
from http import HTTPStatus

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.hosts import Hosts, refused
from rag.api.middleware.forwarded import ForwardedHeaders
from rag.api.middleware.headers import WIDGET, SecurityHeaders
from rag.api.middleware.host import HostCheck
from rag.api.problems import problem
from rag.api.settings import ApiSettings

_SHARED = re.compile(rf"/api/.*|/embed/check|{re.escape(WIDGET)}")
"""Routes that pages of allowed origins may call from a script."""
_OPEN = re.compile(
    r"/gradio_api/(?:queue/(?:join|data)|run/predict|heartbeat/\w+|startup-events|info/?|app_id/?|reset/?|cancel|theme\.css"
    r"|call/(?:v2/)?(?:ask_article|list_articles)(?:/\w+)?/?|mcp/?(?:schema)?)"
)
"""Gradio's own routes that are open; what a new release adds stays closed."""
_UNUSED = re.compile(r"/gradio_api(?:/.*)?|/(?:login|logout|monitoring|run|runs|dev|deep_link|svelte|pwa_icon)\b.*")
_FILES = re.compile(r"/(?:assets|static)\b.*", re.DOTALL)
_FILE = re.compile(r"/(?:assets|static)/[\w./+-]{1,200}", re.ASCII)
"""A name that a file of Gradio's may have; a longer one than the disk allows would be its fault."""
_MCP = "/gradio_api/mcp"
_CLOSED = "There is nothing at this address. /openapi.json lists what there is."
_READING = frozenset({"GET", "HEAD"})


def protect(app: FastAPI, settings: ApiSettings) -> None:
    """Add the middleware that protects an application. Call it last: the middleware added last is the outermost.

    :param app: The application, with or without the chat mounted.
    :param settings: Who may use it, and from where.
    """
    # Gradio leaves these headers to an application that has this middleware
    app.add_middleware(
        CORSMiddleware,
        allow_origins=settings.hosts.origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Content-Type"],
        expose_headers=["Retry-After", "X-Request-Id"],
        allow_credentials=False,
    )
    app.add_middleware(Guard, hosts=settings.hosts)
    app.add_middleware(HostCheck, names=settings.host_names)
    app.add_middleware(SecurityHeaders, hosts=settings.hosts)
    app.add_middleware(ForwardedHeaders, proxies=settings.proxies)


class Guard:
    """ASGI middleware: refuses pages that are not allowed, and hides what is not used.

    :param app: The application behind it.
    :param hosts: The pages that may embed the chat.
    """

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._app = app
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, headers = scope["path"], Headers(scope=scope)
        origin = headers.get("origin", "")
        foreign = bool(origin) and not _own(origin, headers)
        shared = _SHARED.fullmatch(path) is not None
        reading = scope["method"] in _READING and not shared and not path.startswith(_MCP)
        if foreign and not reading and not self._hosts.allows(origin):
            why = refused(origin)
            reply = problem(scope, HTTPStatus.FORBIDDEN, f"{why.problem} {why.fix}", {"Vary": "Origin"})
            await reply(scope, receive, send)
            return
        # the pattern of a route ends with $, behind which a line break may stand
        if "\n" in path or _hidden(path):
            await problem(scope, HTTPStatus.NOT_FOUND, _CLOSED)(scope, receive, send)
            return
        if path == "/":
            # by these, Gradio would look for another page, or for what somebody has saved of it
            scope = {**scope, "query_string": b""}
        if not (shared and foreign):
            # without the header, nothing behind this can allow a page by its origin
            unnamed = [(name, value) for name, value in scope["headers"] if name != b"origin"]
            scope = {**scope, "headers": unnamed}

        async def send_with_vary(message: Message) -> None:
            if shared and message["type"] == "http.response.start":
                # also if no origin was sent: a cache must not give this reply to a page of another origin
                sent = MutableHeaders(scope=message)
                if "origin" not in sent.get("vary", "").lower():
                    sent.add_vary_header("Origin")
            await send(message)

        await self._app(scope, receive, send_with_vary)


def _hidden(path: str) -> bool:
    """Tell whether an address is one of Gradio's that the chat does not use."""
    if _FILES.fullmatch(path):
        return _FILE.fullmatch(path) is None
    return _UNUSED.fullmatch(path) is not None and _OPEN.fullmatch(path) is None


def _own(origin: str, headers: Headers) -> bool:
    """Tell whether our own page asks: the browser says so, or else the origin has the name of this host."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return origin.partition("://")[2] == headers.get("host")
