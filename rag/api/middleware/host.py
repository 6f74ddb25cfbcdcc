"""Refuses requests that call the server by a name that was not given to it."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.api.host_names import Host, HostNames
from rag.api.problems import problem

_NO_NAME = (
    "The Host header is not one host name, perhaps with a port. Call the server by its address or by its name; the "
    "option --host-name gives it a name."
)


class HostCheck:
    """ASGI middleware: refuses a request with another name in its Host header.

    :param app: The application behind it.
    :param names: Names by which the server may be called.
    """

    def __init__(self, app: ASGIApp, names: HostNames) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that calls the server by its name."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).getlist("host")
        host = Host.parse(given[0]) if len(given) == 1 else None
        address, _ = scope.get("server") or ("", None)
        if self._names.allows(host, address):
            await self._app(scope, receive, send)
            return
        detail = f"This server is not called {host.name}. Start it with --host-name {host.name}." if host else _NO_NAME
        await problem(scope, HTTPStatus.MISDIRECTED_REQUEST, detail)(scope, receive, send)
