"""Web pages that may embed the chat, named by their origins.

No other page may show the chat in a frame or call it from a script. There is no wildcard: it would make the chat a
public service for strangers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from index.errors import InputError

_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\]")
_USUAL = {"http": 80, "https": 443}
_LONGEST = 300
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Hosts:
    """Origins of the pages that may embed the chat.

    >>> hosts = Hosts.parse(["https://News.example:443", "http://localhost:9000"])
    >>> hosts.origins
    ('https://news.example', 'http://localhost:9000')
    >>> hosts.allows("https://news.example"), hosts.allows("https://evil.example"), hosts.allows("null")
    (True, False, False)

    :param origins: As browsers write them.
    """

    origins: tuple[str, ...] = ()

    @classmethod
    def parse(cls, values: Iterable[str]) -> Hosts:
        """Read origins as a person types them.

        :param values: Each a scheme, a host and perhaps a port.
        :raises InputError: If one is something else.
        """
        return cls(tuple(dict.fromkeys(_origin(value) for value in values)))

    def allows(self, origin: str) -> bool:
        """Tell whether a page of this origin may embed the chat. The chat's own origin is not among them.

        :param origin: As a browser sends it.
        """
        return origin in self.origins


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a page cannot embed the chat.

    :param problem: What is wrong.
    :param fix: What to do about it.
    """

    problem: str
    fix: str


def refused(origin: str) -> Obstacle:
    """Tell why a page of an origin that was not named cannot embed the chat.

    >>> refused("https://news.example").fix
    'Start the chat with --allow-origin https://news.example.'

    :param origin: The page's, as it says.
    """
    try:
        (page,) = Hosts.parse([origin]).origins
    except InputError as error:
        return Obstacle("A page of this origin cannot be allowed.", str(error))
    return Obstacle(f"{page} is not allowed to embed this chat.", f"Start the chat with --allow-origin {page}.")


def obstacles(origin: str, chat: SplitResult, hosts: Hosts) -> list[Obstacle]:
    """Tell all that keeps a page from embedding the chat.

    >>> chat, hosts = urlsplit("http://127.0.0.1:7860"), Hosts.parse(["https://news.example"])
    >>> [one.problem for one in obstacles("https://news.example", chat, hosts)]
    ['The chat runs on 127.0.0.1: only readers at this machine can reach it.']

    :param origin: The page's.
    :param chat: The chat's address.
    :param hosts: The pages that may.
    :return: What must be put right; nothing if it can.
    """
    if origin == f"{chat.scheme}://{chat.netloc}":
        return []
    found = [] if hosts.allows(origin) else [refused(origin)]
    here = chat.hostname or ""
    if origin.startswith("https:") and chat.scheme == "http" and not loopback(here):
        found.append(
            Obstacle(
                "The page is https and the chat is http: browsers block such mixed content.",
                f"Put the chat behind a proxy that speaks https, and embed it from https://{here}.",
            )
        )
    if origin.startswith("https:") and loopback(here):
        found.append(
            Obstacle(
                f"The chat runs on {here}: only readers at this machine can reach it.",
                "Put the chat behind a proxy with a public name, and embed it from there.",
            )
        )
    return found


def loopback(host: str) -> bool:
    """Tell whether a host is this machine; a browser trusts it without https.

    >>> loopback("localhost"), loopback("127.0.0.1"), loopback("[::1]"), loopback("news.example")
    (True, True, True, False)

    :param host: Its name or address, without a port.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _origin(value: str) -> str:
    given = f"Origin {value[:_SHOWN]!r}"
    if "*" in value:
        raise InputError(f"{given} has a wildcard. Name each origin by itself, such as https://news.example.")
    if len(value) > _LONGEST or not value.isprintable() or not value.isascii():
        # urlsplit would remove line breaks and go on
        raise InputError(
            f"{given} is too long, or has characters beyond plain ASCII. Give it as a browser shows it as "
            "location.origin, such as https://xn--9ca.example for https://é.example."
        )
    try:
        parts = urlsplit(value.strip().lower())
        port = parts.port
    except ValueError as error:
        raise InputError(f"{given} is not an address ({error}). Give one such as https://news.example.") from error
    host = parts.netloc.removesuffix(f":{port}")
    if parts.scheme not in _USUAL or not _HOST.fullmatch(host) or port == 0:
        raise InputError(
            f"{given} is not scheme://host or scheme://host:port. Give one such as https://news.example; a browser "
            "shows it as location.origin."
        )
    origin = f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, _USUAL[parts.scheme]) else "")
    if parts.path or parts.query or parts.fragment:
        raise InputError(f"{given} is more than an origin. An origin allows the whole site. Give {origin}.")
    if parts.scheme == "http" and not loopback(host):
        raise InputError(
            f"{given} is a page without https, which anyone on the way may rewrite. Give https://{host}, or test with "
            "http://localhost."
        )
    return origin
