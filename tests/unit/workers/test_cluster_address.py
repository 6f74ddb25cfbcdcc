"""What is told of the address of a cluster before Ray is asked."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator
from threading import Thread

import pytest

from index.errors import InputError
from rag.terminal import working
from rag.workers import cluster
from rag.workers.cluster import ray_workers
from rag.workers.workers import ThisProcess


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Something that listens, and says nothing by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def _address(listening: socket.socket) -> str:
    return f"127.0.0.1:{listening.getsockname()[1]}"


@pytest.mark.parametrize(
    "address", ["lokal", "host", ":1", "host:123456", "host:65536", "ray://host:10001", "a b:1", ""]
)
def test_no_address(address: str) -> None:
    """What is no HOST:PORT is refused at once."""
    with (
        pytest.raises(InputError, match=r"^--ray '.*' is no cluster\. Give local, or the HOST:PORT"),
        ray_workers(address),
    ):
        pass


def test_nothing_of_ray_answers(listener: socket.socket, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where nothing listens, nor where something does that says nothing, or speaks another language."""
    monkeypatch.setattr(cluster, "_PATIENCE", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as other:
        closed = _address(other)
    for address in (closed, _address(listener)):
        with pytest.raises(InputError, match=rf"^No Ray cluster answers at {address}\. Check"), ray_workers(address):
            pass
    for said, answers in ((b"HTTP/1.1 400 Bad Request\r\n\r\n", False), (b"\0\0\6\4\0\0\0\0\0\0\5\0\0@\0", True)):
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = Thread(target=_say, args=(server, said))
            thread.start()
            assert cluster._answers(_address(server)) is answers
            thread.join()


def _say(server: socket.socket, said: bytes) -> None:
    peer, _ = server.accept()
    with peer:
        peer.sendall(said)
        peer.recv(100)


def test_without_ray_a_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no cluster is begun."""
    monkeypatch.setitem(sys.modules, "ray", None)
    for name in ("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "RAY_AUTH_MODE", "RAY_AUTH_TOKEN"):
        # put back at the end
        monkeypatch.setenv(name, "")
    with pytest.raises(InputError, match=r"^This needs ray\. Run: pip install 'pullquote\[ray\]'$"), working("local"):
        pass


def test_this_process_makes_once_and_keeps_the_order() -> None:
    """Items are taken as they are worked on."""
    made: list[str] = []

    def make() -> Callable[[int], str]:
        made.append("made")
        return str

    results = ThisProcess().map(make, iter([3, 1, 2]))
    assert next(results) == "3"
    assert (list(results), made) == (["1", "2"], ["made"])
