"""What a page shows before its scripts have come, written into its first HTML.

Gradio's first HTML is empty: it loads some sixty files, then its parts, and only then what is given as their head. So
our style came late and moved everything.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.api.middleware.pages import complete_pages


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
        await self._app(scope, receive, complete_pages(send, self._completed))

    def _completed(self, _: MutableHeaders, page: bytes) -> bytes:
        for mark, markup in ((b"</head>", self._head), (b"<gradio-app", self._body())):
            page = page.replace(mark, markup.encode() + mark, 1)
        return page
