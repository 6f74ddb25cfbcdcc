"""Security headers for every reply, and a content security policy with a nonce for pages.

A hostile article is escaped before it reaches a page; this is the wall behind that one. Inline
styles are allowed because Gradio needs them; scripts run only from our own origin or with the nonce.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-src 'none'; worker-src 'none'; frame-ancestors 'self'"
)
_SCRIPT = re.compile(rb"<script(?=[ >])")


class SecurityHeaders:
    """ASGI middleware: a page is held back until whole and gets its nonce, all else streams through.

    :param app: The application behind it.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Keep the application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, adding headers on the way out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        held: Message | None = None
        body = b""

        async def send_with_headers(message: Message) -> None:
            nonlocal held, body
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(_HEADERS)
                if headers.get("content-type", "").startswith("text/html"):
                    held = message
                    return
            elif held is not None and message["type"] == "http.response.body":
                body += message.get("body", b"")
                if message.get("more_body"):
                    return
                message = {"type": "http.response.body", "body": _sealed(held, body)}
                await send(held)
                held = None
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _sealed(start: Message, body: bytes) -> bytes:
    nonce = secrets.token_urlsafe(16)
    page = _SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', body)
    headers = MutableHeaders(scope=start)
    headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce)
    headers["Content-Length"] = str(len(page))
    headers["Cache-Control"] = "no-store"
    return page
