"""What a page shows before its scripts have come, written into its first HTML, and the page's language.

Gradio's first HTML is empty: it loads some sixty files, then its parts, and only then what is given as their head. So
our style came late and moved everything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from rag.api.middleware.pages import complete_pages
from rag.locale import Locale, script_json

_CONFIG = re.compile(rb"(?<=window\.gradio_config = ).*?(?=;</script>)", re.DOTALL)
"""Gradio's parts of the page, laid out once for all readers."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """What a page needs first, in one language.

    :param head: Markup to end the page's head with.
    :param body: Markup to stand before the application in the page's body.
    :param texts: What stands in the places of texts of Gradio's parts.
    """

    head: str
    body: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


class Opening:
    """ASGI middleware: writes into each page what it needs first; all else streams through.

    :param app: The application behind it.
    :param choose: Chooses the language by the header Accept-Language.
    :param beginning: Writes what the page needs in a language.
    """

    def __init__(self, app: ASGIApp, choose: Callable[[str], Locale], beginning: Callable[[Locale], Beginning]) -> None:
        self._app = app
        self._choose = choose
        self._beginning = beginning

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and complete the page if it is for one."""

        def completed(_: MutableHeaders, page: bytes) -> bytes:
            locale = self._choose(Headers(scope=scope).get("accept-language", ""))
            return _completed(page, locale.language, self._beginning(locale))

        await self._app(scope, receive, complete_pages(send, completed) if scope["type"] == "http" else send)


def _completed(page: bytes, language: str, beginning: Beginning) -> bytes:
    page = page.replace(b'lang="en"', f'lang="{language}"'.encode(), 1)
    for mark, markup in ((b"</head>", beginning.head), (b"<gradio-app", beginning.body)):
        page = page.replace(mark, markup.encode() + mark, 1)
    if not beginning.texts:
        return page
    texts = tuple(beginning.texts.items())
    return _CONFIG.sub(lambda found: _translated(found.group(), texts), page, count=1)


@lru_cache(maxsize=4)  # it is the same for all readers who come by one address
def _translated(config: bytes, said: tuple[tuple[str, str], ...]) -> bytes:
    laid_out, texts = json.loads(config), dict(said)
    for part in laid_out["components"]:
        properties = part["props"]
        properties |= {
            name: texts[text] for name, text in properties.items() if isinstance(text, str) and text in texts
        }
    return script_json(laid_out).encode()
