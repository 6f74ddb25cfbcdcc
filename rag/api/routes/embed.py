"""What other sites load: the widget's script, the chat for a frame, and a check that tells why neither works."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import asdict
from hashlib import sha256
from http import HTTPStatus
from importlib import resources
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import SplitResult

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from rag.answering.answerer import Answerer
from rag.api.hosts import Hosts, obstacles
from rag.api.middleware.headers import WIDGET
from rag.locale import LOCALES, Locale, script_json
from rag.rendering.escaping import escaped, one_line

STATIC = Path(str(resources.files("rag"))) / "api" / "static"
_FILES = StaticFiles(directory=STATIC)
_LONGEST = 300
_TITLE = "TITLE"
"""Stands in the page for the title: one that came later would move what is below it."""
_MESSAGES = "MESSAGES"
"""Stands for what a script says: in the page in one language, in the widget in each."""
_SAID = re.compile(r"\{(?P<key>embed\.\w+)\}")


def file_routes() -> APIRouter:
    """Make the route that gives a script or a style of a page.

    Not a mount, which would take every address below `/pullquote/`, those of other routes too.

    :return: `/pullquote/` and the file's name.
    """
    router = APIRouter()

    @router.get("/pullquote/{name}", include_in_schema=False)
    async def own_file(name: str, request: Request) -> Response:
        """Give a file."""
        return await _FILES.get_response(name, request.scope)

    return router


def embed_router(assistant: Answerer, hosts: Hosts, choose: Callable[[str], Locale]) -> APIRouter:
    """Make the routes.

    :param assistant: Has the articles that can be asked about.
    :param hosts: The pages that may embed the chat.
    :param choose: Chooses a reader's language by the header Accept-Language; the page of another site may name one.
    :return: `/widget.js`, `/embed` and `/embed/check`.
    """
    router = APIRouter()
    pages = {locale.language: _page(locale) for locale in LOCALES.values()}
    script = widget_script()
    tag = f'"{sha256(script).hexdigest()[:32]}"'

    @router.get(WIDGET, include_in_schema=False)
    async def widget(request: Request) -> Response:
        """Give the script that the pages of other sites load."""
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
        return Response(script, media_type="text/javascript; charset=utf-8", headers={"ETag": tag})

    @router.get("/embed", include_in_schema=False)
    def embed(
        request: Request, article: str = "", lang: Annotated[str, Query(max_length=_LONGEST)] = ""
    ) -> HTMLResponse:
        """Give the chat for a frame, its title in it. If there is no such article, its script says so."""
        locale = LOCALES.get(lang.partition("-")[0].lower()) or choose(request.headers.get("accept-language", ""))
        page = pages[locale.language]
        if article:
            index = assistant.holding([article])
            place = index.place_of(article) if index else None
            if index is None or place is None:
                return HTMLResponse(page.replace(_TITLE, "Pullquote"), HTTPStatus.NOT_FOUND)
            title = index.articles[place].title
        else:
            listing = assistant.listed(limit=1)
            several = locale.message("embed.articles", count=listing.total)
            title = listing.entries[0].title if listing.total == 1 else several
        return HTMLResponse(page.replace(_TITLE, escaped(one_line(title))))

    @router.get("/embed/check")
    def check(request: Request, origin: Annotated[str, Query(max_length=_LONGEST)]) -> dict[str, Any]:
        """Tell whether a page of this origin may embed the chat, and if not, what to do about it."""
        # the Host header is hostile input: it is used as it is, and never parsed
        chat = SplitResult(request.url.scheme, request.headers.get("host", ""), "", "", "")
        found = obstacles(origin, chat, hosts)
        return {
            "origin": origin,
            "allowed": hosts.allows(origin) or not found,
            "problems": [asdict(obstacle) for obstacle in found],
        }

    return router


def _page(locale: Locale) -> str:
    """Write the chat for a frame in one language."""
    page = (STATIC / "embed.html").read_text(encoding="utf-8").replace('lang="en"', f'lang="{locale.language}"')
    own = {name: locale.messages[name] for name in ("answer", "place", "embed")}
    messages = {**own, "talk": locale.said("talk"), "errors": locale.said("errors")}
    return _SAID.sub(lambda found: locale.message(found["key"]), page).replace(_MESSAGES, script_json(messages))


def widget_script() -> bytes:
    """Write the widget with all that it says: one file, which asks for no other.

    :return: The script, UTF-8.
    """
    script = (STATIC / WIDGET.lstrip("/")).read_text(encoding="utf-8")
    labels = {
        name: {**one.messages["answer"], **one.messages["widget"], "talk": one.said("talk")}
        for name, one in LOCALES.items()
    }
    return script.replace(f'"{_MESSAGES}"', script_json(labels)).encode()
