"""What a proxy tells of the client, put in its place; from anybody else it is ignored.

Behind this, no header of a proxy is left. So nothing can believe one by mistake, as Gradio would.

A proxy may publish the server below a path. It takes that away, and tells it. All middleware sees the rest alone; only
behind it, `PublicPath` puts the path back, so that the addresses in replies are public ones.
"""

from __future__ import annotations

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.api.proxies import Proxies

_TOLD = (b"x-forwarded-", b"forwarded", b"x-real-ip", b"x-gradio-server")
"""What the names of such headers begin with."""
_SCHEMES = frozenset({"http", "https"})
_PREFIX = re.compile(r"(?:/[\w.~-]{1,64}){1,8}", re.ASCII)
"""A path below which a proxy publishes the server."""


class ForwardedHeaders:
    """ASGI middleware: takes the client's address, the scheme, the host and the path from a named proxy.

    :param app: The application behind it.
    :param proxies: The proxies.
    """

    def __init__(self, app: ASGIApp, proxies: Proxies) -> None:
        self._app = app
        self._proxies = proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the one that the proxy got."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = Headers(raw=[one for one in scope["headers"] if one[0].startswith(_TOLD)])
        kept = [one for one in scope["headers"] if not one[0].startswith(_TOLD)]
        scope = {**scope, "headers": kept}
        peer, port = scope.get("client") or ("", 0)
        named = self._proxies.trusts(peer)
        client = self._proxies.client(peer, ",".join(told.getlist("x-forwarded-for")))
        # what a proxy passed on comes from anywhere, though the connection comes from this machine; a named one may
        # not tell of whom it got it, or not by an address alone
        known = named and not self._proxies.trusts(client)
        scope.setdefault("state", {})["direct"] = known or not told
        if named:
            scope["client"] = (client, port if client == peer else 0)
            if told.get("x-forwarded-proto") in _SCHEMES:
                scope["scheme"] = told["x-forwarded-proto"]
            if "x-forwarded-host" in told:
                host = told["x-forwarded-host"].encode("latin-1")
                scope["headers"] = [(b"host", host), *(one for one in kept if one[0] != b"host")]
            prefix = told.get("x-forwarded-prefix", "").rstrip("/")
            scope["state"]["prefix"] = prefix if _PREFIX.fullmatch(prefix) else ""
        await self._app(scope, receive, send)


class PublicPath:
    """ASGI middleware, the innermost: puts the path back below which a proxy publishes the server.

    Whatever a client asks for, the application then takes away this path alone, and nothing that the middleware has
    not seen.

    :param app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request at its public address."""
        if scope["type"] == "http" and (prefix := scope.get("state", {}).get("prefix")):
            raw = prefix.encode() + scope.get("raw_path", scope["path"].encode())
            scope = {**scope, "root_path": prefix, "path": prefix + scope["path"], "raw_path": raw}
        await self._app(scope, receive, send)
