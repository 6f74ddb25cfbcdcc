"""Files on their way to the server: who sends slowly takes no place, and little memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import Request
from starlette.requests import ClientDisconnect

from rag.api.problems import ClientDisconnected, ServerBusyError


@dataclass(slots=True, eq=False)
class _Body:
    """What has come of a file.

    :param gave_way: Whether it was forgotten, so that others find room.
    """

    data: bytearray = field(default_factory=bytearray)
    gave_way: bool = False


class Arrivals:
    """Files that come at the same time share so much memory; when it is used up, the largest of them gives way.

    A file takes as much as has come of it. So clients that send slowly, or nothing, keep nobody waiting, however many
    they are, and of those that send much each other one has its share. To be used in the server's event loop.

    :param most: Bytes of all together.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        # in the order in which they began
        self._coming: list[_Body] = []

    async def whole(self, request: Request) -> bytes:
        """Wait for the whole file.

        :param request: Its body is the file.
        :return: The file.
        :raises ClientDisconnected: If the client left before its end: half a document is none.
        :raises ServerBusyError: If the file gave way to others.
        """
        body = _Body()
        self._coming.append(body)
        try:
            async for part in request.stream():
                body.data += part
                self._share()
                if body.gave_way:
                    raise ServerBusyError("Too many documents are arriving at the same time.")
        except ClientDisconnect as error:
            raise ClientDisconnected from error
        finally:
            self._coming.remove(body)
        return bytes(body.data)

    def _share(self) -> None:
        while sum(len(one.data) for one in self._coming) > self._most:
            largest = max(self._coming, key=lambda one: len(one.data))
            largest.gave_way = True
            largest.data = bytearray()
