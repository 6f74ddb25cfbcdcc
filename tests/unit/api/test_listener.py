"""The port that the server listens on."""

from __future__ import annotations

import asyncio
import socket

import pytest

from index.errors import InputError
from rag.api.listener import HOST, listen
from tests.conftest import finished


def test_replies_are_not_held_back() -> None:
    """What the server sends leaves at once: held back for the client's acknowledgement it would be 40 ms late."""
    listener = listen(None)

    async def delayed() -> int:
        held: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            held.set_result(writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        async with await asyncio.start_server(serve, sock=listener):
            _, writer = await asyncio.open_connection(HOST, listener.getsockname()[1])
            writer.close()
            return await held

    assert finished(delayed()) != 0


def test_a_port_that_is_taken_is_told() -> None:
    """The message names it; without a port the next one is taken."""
    with listen(None) as first:
        port = first.getsockname()[1]
        with pytest.raises(InputError, match=f"{port}"):
            listen(port)
        with listen(None) as second:
            assert second.getsockname()[1] != port
