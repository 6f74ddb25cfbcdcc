"""Options of the commands that serve a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.api.listener import PORT
from rag.locale import AUTO, LOCALES

UrlOption = Annotated[
    list[str] | None, typer.Option(help="Where the article is on the web; once for each article, in their order.")
]
FeedbackOption = Annotated[
    Path | None,
    typer.Option(
        help="File for which answers helped, JSON lines, at most 1 MB, a twentieth from one client in a day.",
        show_default="nobody is asked",
    ),
]
EvaluationOption = Annotated[
    Path | None,
    typer.Option(
        help="A run saved by `pullquote evaluate --save`, to be shown in a tab. Whoever can open the chat sees it.",
        show_default="no tab",
    ),
]
OriginOption = Annotated[
    list[str] | None,
    typer.Option(help="A web site that may embed the chat, such as https://news.example. May be repeated."),
]
HostNameOption = Annotated[
    list[str] | None,
    typer.Option(
        help="A name by which the server is called, such as chat.example; by any but this and localhost it does not "
        "answer. May be repeated."
    ),
]
ProxyOption = Annotated[
    list[str] | None,
    typer.Option(
        help="Address of a proxy before the server, or a network such as 10.0.0.0/8, whose X-Forwarded-For, -Proto, "
        "-Host and -Prefix count; from all others they are ignored. May be repeated."
    ),
]
PerMinuteOption = Annotated[int, typer.Option(help="Questions that one client may ask in a minute.")]
WaitingOption = Annotated[
    int,
    typer.Option(help="Questions that may wait, from the chat, the API and the tool together; more are turned away."),
]
AtOnceOption = Annotated[
    int,
    typer.Option(
        help="Questions that are answered at the same time, from the chat, the API and the tool together. Their "
        "passages are read together."
    ),
]
RememberOption = Annotated[
    int, typer.Option(min=0, help="Answers that are kept, to be given again at once; 0 keeps none.")
]
HistoryOption = Annotated[
    bool,
    typer.Option(
        help="Keep conversations in the reader's browser, to be opened again. Switch it off for computers that many "
        "people use."
    ),
]
LanguageOption = Annotated[
    str,
    typer.Option(
        help=f"Language of the chat and the frame: {', '.join(LOCALES)}, or {AUTO}, by each reader's browser. The "
        "widget goes by its page. Articles, questions and answers stay as they are."
    ),
]
UploadsOption = Annotated[
    bool | None,
    typer.Option(
        help="Let people ask about their own documents. Only their conversation sees them; they are kept in memory.",
        show_default="only if the page is opened in your browser, without --allow-origin, --host-name and --proxy",
    ),
]
UploadMegabytesOption = Annotated[int, typer.Option(help="Size of such a document's file.")]
UploadCharactersOption = Annotated[int, typer.Option(help="Characters of such a document's text.")]
UploadsInAllOption = Annotated[
    int,
    typer.Option(help="Characters of all such documents together; a million take some 100 MB. A client has a fifth."),
]
MetricsTokenOption = Annotated[
    str | None,
    typer.Option(
        envvar="PULLQUOTE_METRICS_TOKEN",
        help="Bearer token that other machines need to read /metrics.",
        show_default="this machine only",
    ),
]
ValkeyOption = Annotated[
    str | None,
    typer.Option(
        envvar="PULLQUOTE_VALKEY",
        help="Valkey or Redis, redis://HOST:PORT, in which several servers count each client's questions together and, "
        "with the secret PULLQUOTE_SECRET in their environments, find each other.",
        metavar="ADDRESS",
        show_default="this server is alone",
    ),
]
ReachedAtOption = Annotated[
    str | None,
    typer.Option(
        help="Host and port at which the other servers reach this one, if it is not 127.0.0.1: the end of a tunnel.",
        metavar="HOST:PORT",
    ),
]
LogOption = Annotated[bool, typer.Option(help="Write a line of JSON for each request; no question is in it.")]
PortOption = Annotated[
    int | None, typer.Option(help="Port of the page.", show_default=f"the first free one from {PORT}")
]
BrowserOption = Annotated[bool, typer.Option(help="Open the page in the browser.")]
