"""A document from the web: bounded in size, time and redirects, and never from a private network."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from ssl import SSLContext

import httpx2

from index.article import MOST_BYTES_OF_DOCUMENT, Article, article_of
from index.errors import InputError

SECONDS = 30.0
"""As long as a document may take to come, redirects included."""
REDIRECTS = 5
_LAST_PORT = 65535
_NAT64 = IPv6Network("64:ff9b::/96")

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the addresses of a host."""


def is_public(address: Address) -> bool:
    """Tell whether an address is of the public internet: not of this machine, a private network, a link or a group.

    >>> is_public(ip_address("192.168.0.1")), is_public(ip_address("::ffff:127.0.0.1"))
    (False, False)

    :param address: The address; one that holds an address of version 4 leads there.
    """
    if isinstance(address, IPv6Address):
        held = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            held = IPv4Address(int(address) & 0xFFFFFFFF)
        if held is not None:
            return is_public(held)
    return address.is_global and not address.is_multicast


async def resolved(host: str, port: int) -> list[str]:
    """Look up the addresses of a host.

    :param host: Its name, or an address.
    :param port: Where it is to be asked.
    :return: The addresses, the best first.
    """
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


class CheckedTransport(httpx2.AsyncBaseTransport):
    """Asks a host only where each of its addresses is allowed, and connects to the very address that was checked.

    So a name that means another address a moment later leads nowhere else. Each redirect comes by here, too.

    :param resolve: Looks up the addresses.
    :param allowed: Tells whether one may be asked.
    :param verify: Which certificates are trusted.
    """

    def __init__(
        self,
        resolve: Resolve = resolved,
        allowed: Callable[[Address], bool] = is_public,
        verify: SSLContext | bool = True,
    ) -> None:
        self._resolve = resolve
        self._allowed = allowed
        self._inner = httpx2.AsyncHTTPTransport(verify=verify, trust_env=False)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request.

        :param request: The request.
        :return: The response.
        :raises InputError: If the address is none of http and https, or not allowed.
        """
        url = request.url
        if url.scheme not in ("http", "https"):
            raise InputError(f"leads to {str(url)[:200]!r}, which is no address of http or https.")
        port = url.port or (443 if url.scheme == "https" else 80)
        if port > _LAST_PORT:
            raise InputError(f"leads to port {port}; the last one is {_LAST_PORT}. Check it.")
        addresses = await self._resolve(url.host, port)
        if not addresses or not all(self._allowed(ip_address(one)) for one in addresses):
            raise InputError(
                f"leads to {url.host!r}, which is on this machine or in a private network. Save the page and give its "
                "file."
            )
        pinned = httpx2.Request(
            request.method,
            url.copy_with(host=addresses[0]),
            headers=request.headers,
            extensions={**request.extensions, "sni_hostname": url.host},
        )
        return await self._inner.handle_async_request(pinned)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


def fetch_article(
    address: str,
    url: str | None = None,
    seconds: float = SECONDS,
    transport: Callable[[], httpx2.AsyncBaseTransport] = CheckedTransport,
) -> Article:
    """Get a document from the web and read it, as `index.article.read_article` reads a file.

    :param address: Of http or https.
    :param url: Where the article can be read on the web. By default the address that redirects led to.
    :param seconds: As long as all of it may take.
    :param transport: Makes what sends the requests.
    :return: The article.
    :raises InputError: If the address is wrong or private, the document does not come, is too big or takes too long,
        or cannot be read.
    """
    data, final = fetched(address, MOST_BYTES_OF_DOCUMENT, seconds, transport)
    return article_of(data, address, url or final)


def fetched(
    address: str,
    most: int,
    seconds: float = SECONDS,
    transport: Callable[[], httpx2.AsyncBaseTransport] = CheckedTransport,
) -> tuple[bytes, str]:
    """Get a document from the web, and do not read it.

    :param address: Of http or https.
    :param most: Bytes that it may have.
    :param seconds: As long as all of it may take.
    :param transport: Makes what sends the requests.
    :return: The document, and the address that redirects led to.
    :raises InputError: If the address is wrong or private, or the document does not come, is too big or takes too long.
    """
    try:
        # in a thread of its own: in a notebook, say, an event loop runs in this one
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(asyncio.run, _get(address, most, seconds, transport)).result()
    except InputError as error:
        raise InputError(f"{address} {error}") from error
    except TimeoutError as error:
        raise InputError(f"{address} takes more than {seconds:g} s. Save the page and give its file.") from error
    except httpx2.TooManyRedirects as error:
        raise InputError(f"{address} leads from page to page, more than {REDIRECTS} times. Check it.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError) as error:
        shown = "".join(mark for mark in str(error) if mark.isprintable())[:120]
        raise InputError(
            f"{address} cannot be got ({shown or type(error).__name__}). Check it in a browser."
        ) from error


async def _get(
    address: str, most: int, seconds: float, transport: Callable[[], httpx2.AsyncBaseTransport]
) -> tuple[bytes, str]:
    # no environment: a proxy would look up the host anew, and send a password for it
    client = httpx2.AsyncClient(
        transport=transport(),
        trust_env=False,
        follow_redirects=True,
        max_redirects=REDIRECTS,
        headers={"Accept-Encoding": "identity", "User-Agent": "Pullquote"},
    )
    async with asyncio.timeout(seconds), client, client.stream("GET", address) as response:
        if response.status_code != HTTPStatus.OK:
            raise InputError(f"answers with {response.status_code}. Check it in a browser.")
        data = bytearray()
        async for part in response.aiter_bytes():
            data += part
            if len(data) > most:
                raise InputError(f"has more than {most:,} bytes. Give a part of it as a file.")
        return bytes(data), str(response.url.copy_with(fragment=None))
