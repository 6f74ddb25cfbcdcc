"""The commands that serve a page, `chat` and `annotate`; the pages themselves are passed in."""

from __future__ import annotations

import logging
import os
import re
import socket
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Thread
from typing import Annotated

import typer
from starlette.applications import Starlette
from starlette.types import ASGIApp

from index.errors import InputError
from index.store import SentenceIndex
from index.stores.opening import open_store
from index.weights import cache_folder
from rag.annotation.annotation import Annotation
from rag.annotation.desk import Desk
from rag.answering.answerer import Answerer
from rag.answering.archive import Archive
from rag.answering.assistant import Assistant
from rag.api.host_names import HostNames
from rag.api.hosts import Hosts
from rag.api.listener import address_of, listen, run_server
from rag.api.middleware.events import Expected
from rag.api.middleware.log import log_to_stderr
from rag.api.options import (
    AtOnceOption,
    BrowserOption,
    EvaluationOption,
    FeedbackOption,
    HistoryOption,
    HostNameOption,
    LanguageOption,
    LogOption,
    MetricsTokenOption,
    OriginOption,
    PerMinuteOption,
    PortOption,
    ProxyOption,
    ReachedAtOption,
    RememberOption,
    UploadCharactersOption,
    UploadMegabytesOption,
    UploadsInAllOption,
    UploadsOption,
    UrlOption,
    ValkeyOption,
    WaitingOption,
)
from rag.api.proxies import Proxies
from rag.api.renewal import Renewal
from rag.api.settings import ApiSettings
from rag.api.shared_counts import SharedCounts
from rag.api.standing import SETTLE, Standing, UnderWay
from rag.api.watched_store import WatchedStore
from rag.chat.feedback import Feedback
from rag.chat.starters import SHOWN, Sample, Starter, starters
from rag.chat.uploads import UploadLimits
from rag.evaluation.record import Run
from rag.evaluation.saved import read_run
from rag.language.words import tokenised
from rag.reading.calibration import Caution
from rag.terminal import (
    CautionOption,
    EncoderOption,
    FetchOption,
    HintsOption,
    IndexOption,
    ReaderOption,
    StoreOption,
    errors,
    find_source,
    needs,
    open_archive,
    open_assistant,
    read_articles,
    tell,
)

ChatPage = Callable[[Answerer, Sequence[Starter], Feedback | None, ApiSettings, str, Standing], Starlette]
AnnotationPage = Callable[[Desk, ApiSettings], ASGIApp]
_DEFAULTS = ApiSettings()
_LIMITS = UploadLimits()
_REMEMBERED = 200
_SECRET = "PULLQUOTE_SECRET"  # noqa: S105  # the name of it
_SHORTEST = 32
_PLACE = re.compile(r"[a-z0-9][a-z0-9.-]{0,252}:(?P<port>[1-9][0-9]{0,4})")
_LAST_PORT = 65_535
_LOG = logging.getLogger("pullquote")


def chat_command(create: ChatPage) -> Callable[..., None]:
    """Make the command `chat`.

    :param create: Makes the page of the assistant, the questions to begin with, where it is recorded what helped,
        what the server allows, and the report of an evaluation.
    :return: The command.
    """

    def serve(
        article: Annotated[
            list[str] | None,
            typer.Argument(
                help="Text, Markdown, PDF, DOCX, EPUB, HTML or e-mail files to chat about, - for standard input, or "
                "addresses with --allow-fetch."
            ),
        ] = None,
        folder: IndexOption = None,
        encoder: EncoderOption = None,
        reader: ReaderOption = None,
        caution: CautionOption = Caution.NORMAL,
        hints: HintsOption = True,
        url: UrlOption = None,
        allow_fetch: FetchOption = False,
        feedback: FeedbackOption = None,
        evaluation: EvaluationOption = None,
        allow_origin: OriginOption = None,
        host_name: HostNameOption = None,
        proxy: ProxyOption = None,
        per_minute: PerMinuteOption = _DEFAULTS.per_minute,
        waiting: WaitingOption = _DEFAULTS.waiting,
        at_once: AtOnceOption = _DEFAULTS.at_once,
        remember: RememberOption = _REMEMBERED,
        uploads: UploadsOption = None,
        upload_megabytes: UploadMegabytesOption = _LIMITS.megabytes,
        upload_characters: UploadCharactersOption = _LIMITS.characters,
        uploads_in_all: UploadsInAllOption = _LIMITS.in_all,
        history: HistoryOption = True,
        language: LanguageOption = _DEFAULTS.language,
        metrics_token: MetricsTokenOption = None,
        log: LogOption = False,
        port: PortOption = None,
        browser: BrowserOption = True,
        store: StoreOption = None,
        valkey: ValkeyOption = None,
        reached_at: ReachedAtOption = None,
    ) -> None:
        """Open a chat about an article, or about those of a store, on this machine only."""
        thumbs = Feedback(feedback) if feedback else None
        hosts, names = Hosts.parse(allow_origin or ()), HostNames.parse(host_name or ())
        proxies = Proxies.parse(proxy or ())
        # one's own browser, and no sign that anybody else is let in
        private = browser and not (allow_origin or host_name or proxy)
        taken = _limits(upload_megabytes, upload_characters, uploads_in_all)
        bringing = taken if uploads or (uploads is None and private) else None
        settings = ApiSettings(
            hosts,
            per_minute,
            waiting,
            at_once,
            metrics_token,
            names,
            proxies,
            bringing,
            fetch=allow_fetch,
            history=history,
            language=language,
            shared=SharedCounts(valkey) if valkey else None,
        )
        secret = _secret() if valkey else ""
        if reached_at and not (secret and _is_place(reached_at)):
            raise InputError(
                f"--reached-at {reached_at[:80]!r} is no HOST:PORT (a name or an IPv4 address, and 1 to {_LAST_PORT}), "
                f"or there is no --valkey, or no {_SECRET}. Give all of them, such as --reached-at 10.1.0.2:7861."
            )
        if log:
            log_to_stderr()
        if valkey and not secret:
            _LOG.warning(
                "There is no %s: servers count together, but pass no request on to each other. Behind one address, "
                "give each of them the same.",
                _SECRET,
            )
        measured = read_run(evaluation) if evaluation else None
        report = ""
        reaches: Callable[[], bool] = _always
        assistant: Answerer
        if store is not None:
            if article or folder or url or measured:
                raise InputError("A --store takes no articles, --index, --url or --evaluation: give it alone.")
            kept = open_store(store, tokenised)
            listener, address = _taken(port, opens=not secret)
            watched = WatchedStore(kept)
            archive = open_archive(kept, encoder, reader, caution, hints=hints, asked=watched)
            assistant, pool, reaches = archive, _pool_of(archive, watched), lambda: watched.answers
        else:
            source = find_source(article, folder, url, allow_fetch)
            listener, address = _taken(port, opens=not secret)
            # before the index is read, so that no change is missed
            renewal = Renewal(source) if isinstance(source, Path) else None
            held = open_assistant(source, encoder, reader, caution, remembered=remember, hints=hints)
            assistant, pool = held, _pool(held, renewal)
            report = _report(measured, held) if measured else ""
        standing = Standing(reaches, SETTLE if secret else 0)
        page = create(assistant, pool, thumbs, settings, report, standing)
        app: ASGIApp = UnderWay(page, standing)
        if valkey and secret:
            place = reached_at or address.removeprefix("http://")
            app = _among_others(app, page.state.events, valkey, secret, place, standing)
            listener = listen(int(address.rpartition(":")[2]))
        tell(f"Pullquote (reader: {assistant.reader.name}) at {address} · Ctrl-C to stop")
        run_server(app, listener, browser, standing)

    return serve


def annotate_command(create: AnnotationPage) -> Callable[..., None]:
    """Make the command `annotate`.

    :param create: Makes the page of what happens there and of what the server allows.
    :return: The command.
    """

    def annotate(
        paths: Annotated[list[str], typer.Argument(help="Files of articles.", metavar="ARTICLE...")],
        output: Annotated[Path, typer.Option(help="The questions, JSON lines; an existing file is continued.")],
        host_name: HostNameOption = None,
        proxy: ProxyOption = None,
        port: PortOption = None,
        browser: BrowserOption = True,
    ) -> None:
        """Open a page on which questions about articles are written, kept and dropped, on this machine only."""
        articles = list({article.id: article for article in read_articles(paths)}.values())
        settings = ApiSettings(host_names=HostNames.parse(host_name or ()), proxies=Proxies.parse(proxy or ()))
        annotation = Annotation(output, articles)
        listener = listen(port)
        tell(f"Questions for {output} at {address_of(listener)} · Ctrl-C to stop")
        run_server(create(Desk(annotation), settings), listener, browser)

    return annotate


def _taken(port: int | None, *, opens: bool) -> tuple[socket.socket, str]:
    """Take a port; where a proxy is to ask other servers meanwhile, nobody can connect there until it is taken again.

    :return: The listening socket, or a closed one; and the address.
    """
    listener = listen(port)
    address = address_of(listener)
    if not opens:
        listener.close()
    return listener, address


def _always() -> bool:
    return True


def _among_others(
    app: ASGIApp, events: Mapping[int, Expected], valkey: str, secret: str, reached_at: str, standing: Standing
) -> ASGIApp:
    """Let a server pass requests on to others, and take theirs."""
    with needs("servers"):
        # imported here, as they belong to an extra
        from rag.api.directory import Directory  # noqa: PLC0415
        from rag.api.middleware.peers import Peers  # noqa: PLC0415
    return Peers(app, Directory(valkey, secret, reached_at, standing), events)


def _is_place(reached_at: str) -> bool:
    place = _PLACE.fullmatch(reached_at)
    return place is not None and int(place["port"]) <= _LAST_PORT


def _secret() -> str:
    """Return what all servers behind one address have; nothing if they do not pass requests on to each other.

    :raises InputError: If it is so short that it can be guessed.
    """
    secret = os.environ.get(_SECRET, "")
    if secret and (len(secret) < _SHORTEST or not secret.isascii()):
        raise InputError(
            f"{_SECRET} is shorter than {_SHORTEST} characters, or has one beyond ASCII. Make one: openssl rand -hex 32"
        )
    return secret


def _limits(megabytes: int, characters: int, in_all: int) -> UploadLimits:
    limits = replace(_LIMITS, megabytes=megabytes, characters=characters)
    return replace(limits, in_all=in_all, per_client=max(1, in_all // 5))


def _pool(assistant: Assistant, renewal: Renewal | None) -> list[Starter]:
    """Choose questions to begin with; others take their places when the index has changed.

    Only those that are shown first are waited for. The others, to go on with, come while the page is read.
    """
    choose = partial(starters, assistant, cache_folder() / "starters")
    found = choose()
    with errors.status("Choosing questions to begin with …"):
        pool = list(islice(found, SHOWN))
    # no daemon: Python would end it inside a model, which ends the process with an error
    Thread(target=lambda: deque(map(pool.append, found), maxlen=0), name="starters").start()
    if renewal:
        # in its place, where the chat and the API look at it
        renewal.start(assistant, tell, lambda: pool.__setitem__(slice(None), choose()))
    return pool


def _pool_of(archive: Archive, store: WatchedStore) -> list[Starter]:
    """Choose questions to begin with, of a store's first articles; others take their places when these change."""
    pool: list[Starter] = []

    def choose(index: SentenceIndex) -> None:
        sample = Sample(index, archive.reader, archive.threshold, archive.sure, archive.ask)
        pool.clear()
        deque(map(pool.append, starters(sample, cache_folder() / "starters")), maxlen=0)

    store.follow(choose)
    return pool


def _report(run: Run, assistant: Assistant) -> str:
    with needs("evaluate"):
        # imported here: a plotting library takes a second to import
        from rag.evaluation.report.page import write_report  # noqa: PLC0415

    return write_report([run], (), {one.id: one for one in assistant.index.articles})
