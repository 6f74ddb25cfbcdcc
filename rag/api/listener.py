"""The port that the server listens on."""

from __future__ import annotations

import socket

from index.errors import InputError

HOST = "127.0.0.1"
PORT = 7860
_TRIED = 20


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
