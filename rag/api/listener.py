"""The port that the server listens on, and the serving of an application there."""

from __future__ import annotations

import socket
import threading
import webbrowser

import uvicorn
from starlette.types import ASGIApp

from index.errors import InputError

HOST = "127.0.0.1"
PORT = 7860
_TRIED = 20
_BROWSER_AFTER = 1.0
"""Seconds until the browser is opened: by then the server answers."""


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


def run_server(app: ASGIApp, listener: socket.socket, browser: bool) -> None:
    """Serve an application until the process is told to stop.

    :param app: The application.
    :param listener: Where it is reached, see `listen`.
    :param browser: Open it in the browser.
    """
    if browser:
        threading.Timer(_BROWSER_AFTER, webbrowser.open, [address_of(listener)]).start()
    make_server(app).run(sockets=[listener])


def make_server(app: ASGIApp) -> uvicorn.Server:
    """Make the server of an application.

    :param app: The application.
    :return: The server, to be run on a listening socket.
    """
    return uvicorn.Server(
        uvicorn.Config(
            app,
            log_level="warning",
            server_header=False,
            # the application itself knows whose word it may take
            proxy_headers=False,
            timeout_graceful_shutdown=2,
            # longer than a proxy's or a client's: else a connection may be closed just when it is used again
            timeout_keep_alive=75,
        )
    )
