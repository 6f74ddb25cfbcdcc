"""A request that needs what another server has in memory is answered by that one, whichever server it came to.

A page's session and its conversation stand in the memory of one server, and each request of the page may come to any.
So the server that a request comes to looks whose it is, and passes it on as it came, with whom it came from, to the
address that the other server has signed. Nothing that a client sends names an address.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from urllib.parse import parse_qs

import httpx2
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rag.api.directory import Directory, Peer
from rag.api.middleware.events import Expected, given_again
from rag.api.middleware.limits import ASK, CONVERSATION, LONGEST_BODY, UPLOADS
from rag.api.problems import ServerBusyError, problem
from rag.chat.conversations import is_id

_HEADER = b"x-pullquote-peer"
_TOLD = "pullquote-conversation"
"""The header by which a page asks which run of the server has its conversation."""
_RUN = "/gradio_api/app_id"
_FOLLOWED = "/gradio_api/queue/data"
_BEATS = "/gradio_api/heartbeat/"
"""It lasts as long as the page: passed on, it would be under way when the server ends."""
_EVENTS = ("/gradio_api/queue/join", "/gradio_api/run/predict")
_OWN = re.compile(rf"(?:{re.escape(CONVERSATION)}|{re.escape(UPLOADS)})(?P<id>[\w-]{{1,64}})(?:[/.].*)?", re.ASCII)
_SESSION = re.compile(r"[0-9a-zA-Z_-]{1,64}")
_ROUTE = 8
"""Characters that the conversation ids of a tab of a browser have in common; a route tells nothing of the others."""
_TRIES = 3
"""Servers that a request is passed on to, one after the other."""
_DIGITS = 9
"""Digits of a Content-Length that are read; a longer number is too large anyway."""
_HERE = frozenset({"/healthz", "/readyz", "/metrics"})
"""What each server tells of itself."""
_HOP = frozenset({b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade"})
_PATIENCE = httpx2.Timeout(90.0, connect=1.0)
"""Longer than a question waits; the proxy before the servers is less patient."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose a request is.

    :param keys: What stands for its page, the best first; nothing if any server can answer it.
    :param follows: Whether something that is under way is asked for.
    :param here: Whether it is about the very server that it comes to.
    """

    keys: tuple[str, ...] = ()
    follows: bool = False
    here: bool = False


class Peers:
    """ASGI middleware, the outermost: passes a request on to the server that has what it needs.

    :param app: The application behind it.
    :param directory: Knows the servers.
    :param events: What the events of the page bring, by their numbers.
    """

    def __init__(self, app: ASGIApp, directory: Directory, events: Mapping[int, Expected]) -> None:
        self._app = app
        self._directory = directory
        self._events = events
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=50, keepalive_expiry=30)
        # nothing of one client's may be kept for another
        cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        self._client = httpx2.AsyncClient(timeout=_PATIENCE, limits=limits, trust_env=False, cookies=cookies)
        # else it adds some, such as one that allows a reply to be compressed
        self._client.headers.clear()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let its owner answer."""
        if scope["type"] == "lifespan":
            # known to the others before anything is noted as its own
            await self._directory.tell()
            living = asyncio.ensure_future(self._directory.live())

            async def send_at_last(message: Message) -> None:
                if message["type"].startswith("lifespan.shutdown"):
                    # before it is told that all has ended, for then nothing is waited for
                    living.cancel()
                    await asyncio.wait((living,))
                    await self._client.aclose()
                await send(message)

            await self._app(scope, receive, send_at_last)
            return
        scope, came_from_peer = self._received(scope)
        body = await _short_body(scope, receive)
        found = whose(scope, body or b"", self._events)
        if not came_from_peer:
            for _ in range(_TRIES):
                owner = await self._owner(found)
                if owner.id == self._directory.id:
                    break
                if await self._passed_on(owner, scope, body, receive, send):
                    return
        await self._app(
            scope, receive if body is None else given_again(body, receive), self._noting(scope, found, send)
        )

    async def _owner(self, found: Whose) -> Peer:
        me = self._directory.me
        if found.keys:
            return await self._directory.owner(found.keys, follows=found.follows)
        # what any can answer, another one does if this one is to end
        return me if me.takes or found.here else self._directory.choice(me.id)

    def _noting(self, scope: Scope, found: Whose, send: Send) -> Send:
        """Note the owner before the reply, so that whatever follows finds it; of what is refused nothing is noted.

        Nor of what leaves nothing here: who only asks for an owner may ask for as many as they like.
        """

        async def send_noted(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                await self._directory.note(found.keys)
            await send(message)

        return send_noted if found.keys and not found.follows and scope["path"] != _RUN else send

    def _received(self, scope: Scope) -> tuple[Scope, bool]:
        """Take what a peer tells of the client; whoever else sends the header, it is removed."""
        told = [value for name, value in scope["headers"] if name == _HEADER]
        if not told:
            return scope, False
        scope = {**scope, "headers": [one for one in scope["headers"] if one[0] != _HEADER]}
        token, _, client = told[0].decode("latin-1").partition(" ")
        if len(told) > 1 or not self._directory.is_token(token):
            return scope, False
        host, _, port = client.rpartition(" ")
        return {**scope, "client": (host, int(port)) if host else None}, True

    async def _passed_on(self, peer: Peer, scope: Scope, body: bytes | None, receive: Receive, send: Send) -> bool:
        """Let another server answer; false if it cannot, and nothing was sent to the client."""
        host, port = scope.get("client") or ("", 0)
        told = f"{self._directory.token(peer.id)} {host} {port}".encode("latin-1")
        query = b"?" + scope["query_string"] if scope["query_string"] else b""
        raw = scope.get("raw_path", scope["path"].encode()) + query
        name, _, number = peer.address.rpartition(":")
        request = self._client.build_request(
            scope["method"],
            httpx2.URL(scheme="http", host=name, port=int(number), raw_path=raw),
            headers=[*(one for one in scope["headers"] if one[0] not in _HOP), (_HEADER, told)],
            content=_stream(scope, receive) if body is None else body,
        )
        if body is None:
            return await self._relayed(peer, request, scope, send, again=False)
        relaying = asyncio.ensure_future(self._relayed(peer, request, scope, send, again=True))
        leaving = asyncio.ensure_future(_disconnected(receive))
        try:
            await asyncio.wait((relaying, leaving), return_when=asyncio.FIRST_COMPLETED)
            # who has left needs no other server
            return relaying.result() if relaying.done() else True
        finally:
            leaving.cancel()
            relaying.cancel()

    async def _relayed(self, peer: Peer, request: httpx2.Request, scope: Scope, send: Send, *, again: bool) -> bool:
        begun = False
        try:
            response = await self._client.send(request, stream=True)
            try:
                # the server that the client is connected to gives the date
                headers = [one for one in response.headers.raw if one[0].lower() not in (*_HOP, b"date")]
                begun = True
                await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
                async for part in response.aiter_raw():
                    await send({"type": "http.response.body", "body": part, "more_body": True})
                await send({"type": "http.response.body", "body": b""})
            finally:
                await response.aclose()
        except ClientDisconnect:
            return True
        except httpx2.TransportError as error:
            unreached = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout)
            if unreached:
                # only then, for a client may make any other error itself
                self._directory.miss(peer.id)
            # it ended meanwhile; to ask once more is to ask the same. But nobody waits twice
            if again and not begun and (unreached or not isinstance(error, httpx2.TimeoutException)):
                return False
            if not begun:
                busy = ServerBusyError("The server is stopping.")
                await problem(scope, busy.status, str(busy), {"Retry-After": str(busy.seconds)})(scope, _nothing, send)
            # else the connection is closed in the middle, as that to the other server was
        return True


def whose(scope: Scope, body: bytes, events: Mapping[int, Expected]) -> Whose:
    """Tell whose a request is, by its address, or by what is in it: all of it is a client's, and may be anything.

    :param scope: The request.
    :param body: Its body, if that is short.
    :param events: What the events of the page bring, by their numbers.
    """
    path, method = scope["path"], scope["method"]
    if path in _HERE or path.startswith(_BEATS):
        return Whose(here=True)
    if match := _OWN.fullmatch(path):
        return Whose(_route(match["id"]))
    if path == _FOLLOWED:
        session = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
        return Whose(_session(session), follows=True)
    if path == _RUN:
        told = [value for name, value in scope["headers"] if name == _TOLD.encode()]
        return Whose(_route(told[0].decode("latin-1"))) if told else Whose()
    if method != "POST" or path not in (ASK, *_EVENTS):
        return Whose()
    try:
        asked = json.loads(body)
    except (ValueError, RecursionError):
        return Whose()
    if not isinstance(asked, dict):
        return Whose()
    if path == ASK:
        return Whose(_route(asked.get("conversation")))
    number, data = asked.get("fn_index"), asked.get("data")
    expected = events.get(number) if isinstance(number, int) else None
    place = expected.conversation if expected else None
    if place is None or not isinstance(data, list) or place >= len(data):
        # of an event without a conversation nothing is left, and its session may yet belong to another server
        return Whose()
    return Whose((*_session(asked.get("session_hash")), *_route(data[place])))


def _route(conversation: object) -> tuple[str, ...]:
    return (f"route {conversation[:_ROUTE]}",) if isinstance(conversation, str) and is_id(conversation) else ()


def _session(session: object) -> tuple[str, ...]:
    return (f"session {session}",) if isinstance(session, str) and _SESSION.fullmatch(session) else ()


async def _short_body(scope: Scope, receive: Receive) -> bytes | None:
    """Read the body of a request; None if it was not read, being longer than any but a document may be."""
    told = dict(scope["headers"])
    if b"transfer-encoding" in told or len(told.get(b"content-length", b"")) > _DIGITS:
        return None
    announced = told.get(b"content-length", b"0")
    if not announced.isdigit() or int(announced) > LONGEST_BODY:
        return None
    try:
        return await Request(scope, receive).body()
    except ClientDisconnect:
        return None


async def _stream(scope: Scope, receive: Receive) -> AsyncIterator[bytes]:
    async for part in Request(scope, receive).stream():
        yield part


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _nothing() -> Message:
    return {"type": "http.disconnect"}
