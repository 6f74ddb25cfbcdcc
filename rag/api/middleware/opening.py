"""What a page shows before its scripts have come, written into its first HTML.

Gradio's first HTML is empty: it loads some sixty files, then its parts, and only then what is given as their head. So
our style came late and moved everything.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Opening:
    """ASGI middleware: writes into each page what it needs first; all else streams through.

    :param app: The application behind it.
    :param head: Markup to end the page's head with.
    :param body: Writes markup to stand before the application in the page's body.
    """

    def __init__(self, app: ASGIApp, head: str, body: Callable[[], str]) -> None:
        self._app = app
        self._head = head
        self._body = body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and complete the page if it is for one."""
        held: Message | None = None
        page = b""

        async def send_completed(message: Message) -> None:
            nonlocal held, page
            if message["type"] == "http.response.start":
                if MutableHeaders(scope=message).get("content-type", "").startswith("text/html"):
                    held = message
                    return
            elif held is not None and message["type"] == "http.response.body":
                page += message.get("body", b"")
                if message.get("more_body"):
                    return
                whole = self._completed(page)
                MutableHeaders(scope=held)["Content-Length"] = str(len(whole))
                await send(held)
                held, message = None, {"type": "http.response.body", "body": whole}
            await send(message)

        await self._app(scope, receive, send_completed)

    def _completed(self, page: bytes) -> bytes:
        for mark, markup in ((b"</head>", self._head), (b"<gradio-app", self._body())):
            page = page.replace(mark, markup.encode() + mark, 1)
        return page
