"""Security headers for every reply, and a content security policy with a nonce for pages.

A hostile article is escaped before it reaches a page; the policy is the second defence. Inline styles are allowed
because Gradio needs them. Scripts run only from our own origin or with the nonce.
"""

from __future__ import annotations

import re
import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.hosts import Hosts
from rag.api.middleware.pages import complete_pages

WIDGET = "/widget.js"
"""The only file that the pages of other sites load."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-src 'self'; worker-src 'none'; frame-ancestors {ancestors}"
)
_HTTPS_ONLY = "max-age=31536000"
"""Seconds: a year. Subdomains are left out, because other services may run there."""
_SCRIPT = re.compile(rb"<script(?=[ >])")
_CACHED = (
    # these names change with the content
    (re.compile(r"/assets/[^/]+-[\w-]{8,}\.\w+"), "public, max-age=31536000, immutable"),
    (re.compile(r"/(?:pullquote|static)/[^/].*|/widget\.js"), "public, max-age=300"),
)
"""How long a browser may keep a file, by its path."""


class SecurityHeaders:
    """ASGI middleware: holds a page back until it is complete and writes the nonce into it; all else streams through.

    :param app: The application behind it.
    :param hosts: The pages that may embed the chat.
    """

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._app = app
        self._policy = _POLICY.replace("{ancestors}", " ".join(("'self'", *hosts.origins)))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, adding headers on the way out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send_page = complete_pages(send, self._with_nonce)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                _add_headers(message, scope)
            await send_page(message)

        await self._app(scope, receive, send_with_headers)

    def _with_nonce(self, headers: MutableHeaders, page: bytes) -> bytes:
        nonce = secrets.token_urlsafe(16)
        headers["Content-Security-Policy"] = self._policy.format(nonce=nonce)
        headers["Cache-Control"] = "no-store"
        return _SCRIPT.sub(b'<script nonce="' + nonce.encode() + b'"', page)


def _add_headers(start: Message, scope: Scope) -> None:
    headers = MutableHeaders(scope=start)
    headers.update(_HEADERS)
    headers["Cross-Origin-Resource-Policy"] = "cross-origin" if scope["path"] == WIDGET else "same-origin"
    if scope["scheme"] == "https":
        headers["Strict-Transport-Security"] = _HTTPS_ONLY
    kept = next((kept for path, kept in _CACHED if path.fullmatch(scope["path"])), None)
    # a reply that has the header already keeps it
    if kept and start["status"] in (200, 206, 304) and "Cache-Control" not in headers:
        headers["Cache-Control"] = kept
