"""The port that the server listens on, and the serving of an application there."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import threading
import webbrowser
from types import FrameType

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from index.errors import InputError
from rag.api.middleware.log import without_values
from rag.api.standing import Standing, UnderWay

HOST = "127.0.0.1"
PORT = 7860
_TRIED = 20
_BROWSER_AFTER = 1.0
"""Seconds until the browser is opened: by then the server answers."""
_GRACE = 20
"""Seconds that what is under way may take when the server is told to end."""
_WHOLE_REQUEST = 20.0
"""Seconds in which a client must have sent its request, from the connection or from the request's first byte on."""
_ENOUGH = 500_000
"""Bytes of a file that, if as many came in this time, give it as much time again: a slow phone's 200 kbit/s."""


class TimedProtocol(H11Protocol):
    """HTTP/1.1 that closes a connection whose request does not come to its end. uvicorn itself would wait for ever."""

    _timer: asyncio.TimerHandle | None = None
    _come = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as in uvicorn
        """Wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what came, and count it."""
        super().data_received(data)
        self._come += len(data)

    def handle_events(self) -> None:
        """Take what came, and wait for the rest of what has begun; between two requests uvicorn waits."""
        super().handle_events()
        waiting, _ = self.conn.trailing_data
        if self.conn.their_state is h11.SEND_BODY or (waiting and self.conn.their_state is h11.IDLE):
            self._wait()
        else:
            self._stop()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._timer is None:
            self._come = 0
            self._timer = self.loop.call_later(_WHOLE_REQUEST, self._late)

    def _late(self) -> None:
        """Give the request up, unless it comes fast enough."""
        self._timer = None
        if self._come < _ENOUGH:
            self.transport.close()
        else:
            self._wait()

    def _stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


def listen(port: int | None) -> socket.socket:
    """Take a port of this machine before the models are loaded, so that a busy one is known at once.

    :param port: The port, 0 for any; by default the first free one from `PORT`.
    :return: The listening socket.
    :raises InputError: If it is taken.
    """
    for number in [port] if port is not None else range(PORT, PORT + _TRIED):
        # asyncio sends at once on a socket that says it is TCP; on others each reply takes 40 ms more
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, number))
            listener.listen()
        except OSError:
            listener.close()
        else:
            return listener
    tried = port if port is not None else f"{PORT} to {PORT + _TRIED - 1}"
    raise InputError(f"Port {tried} is taken on {HOST}. Choose another: --port 8080, or --port 0 for any.")


def address_of(listener: socket.socket) -> str:
    """Return the address of a listening socket, as a browser takes it.

    :param listener: The socket.
    """
    return f"http://{HOST}:{listener.getsockname()[1]}"


class EndingServer(uvicorn.Server):
    """A server that, told to end (SIGTERM), ends what is under way first; Ctrl-C ends it sooner.

    :param config: Of the server.
    :param standing: What is under way.
    """

    def __init__(self, config: uvicorn.Config, standing: Standing) -> None:
        super().__init__(config)
        self._standing = standing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; told so twice, end at once."""
        if sig == signal.SIGTERM and not self._standing.draining:
            self.config.timeout_graceful_shutdown = _GRACE
            self._standing.drain()
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Look, ten times a second, whether it is to end now."""
        if self._standing.drained(_GRACE):
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End."""
        self._standing.end()
        await super().shutdown(sockets)


def run_server(app: ASGIApp, listener: socket.socket, browser: bool, standing: Standing | None = None) -> None:
    """Serve an application until the process is told to stop, and what is under way has ended.

    :param app: The application.
    :param listener: Where it is reached, see `listen`.
    :param browser: Open it in the browser.
    :param standing: What is under way, if the application counts it; by default all is counted here.
    """
    stands = standing or Standing()
    served = app if standing else UnderWay(app, stands)
    if browser:
        threading.Timer(_BROWSER_AFTER, webbrowser.open, [address_of(listener)]).start()
    EndingServer(make_server(served).config, stands).run(sockets=[listener])


def make_server(app: ASGIApp) -> uvicorn.Server:
    """Make the server of an application.

    :param app: The application.
    :return: The server, to be run on a listening socket.
    """
    config = uvicorn.Config(
        app,
        http=TimedProtocol,
        ws="none",
        # it warns in a line whenever a client sends what is no HTTP, and a client can do that without end
        log_level="error",
        server_header=False,
        # the application itself knows whose word it may take
        proxy_headers=False,
        timeout_graceful_shutdown=2,
        # longer than a proxy's or a client's: else a connection may be closed just when it is used again
        timeout_keep_alive=75,
    )
    # the config sets the loggers up; asyncio's has no handler but the last resort
    logging.getLogger("uvicorn.error").addFilter(without_values)
    logging.getLogger("asyncio").addFilter(without_values)
    # MCP's library writes what a client sent as it is, line breaks and all: by its own loggers, and by the root itself
    logging.getLogger("mcp").setLevel(logging.CRITICAL)
    logging.getLogger().addFilter(_nothing)
    return uvicorn.Server(config)


def _nothing(_: logging.LogRecord) -> bool:
    return False
