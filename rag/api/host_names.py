"""Names by which the server may be called.

The name of any web site can be made to lead to this machine (DNS rebinding). To the browser, a page of that site is
then our own page: only the name in the Host header tells. So every name that was not given is refused. The addresses of
this machine are not names that others could have, so they need not be given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from index.errors import InputError
from rag.api.hosts import loopback

_LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"(?P<name>{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]{{2,45}}\])\.?(?::(?P<port>[0-9]{{1,5}}))?")
_LONGEST = 260
_SHOWN = 80
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Host:
    """What a Host header says, without the differences that mean nothing.

    >>> Host.parse("LocalHost.:7860"), Host.parse("[0:0:0:0:0:0:0:1]"), Host.parse("me@localhost")
    (Host(name='localhost', port=7860), Host(name='[::1]', port=None), None)

    :param name: In lower case, without the dot that may end it; an IPv6 address in brackets.
    :param port: The port, if it is named.
    """

    name: str
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> Host | None:
        """Read a name or an address, perhaps with a port.

        :param text: As a browser sends it.
        :return: The host; None if it is anything else.
        """
        match = _HOST.fullmatch(text.lower()) if len(text) <= _LONGEST and text.isascii() else None
        if not match:
            return None
        name, port = match["name"], int(match["port"]) if match["port"] else None
        if port is not None and not 0 < port <= _LAST_PORT:
            return None
        if name.startswith("["):
            try:
                name = f"[{IPv6Address(name[1:-1])}]"
            except ValueError:
                return None
        return cls(name, port)


@dataclass(frozen=True, slots=True)
class HostNames:
    """Names by which the server may be called, beside those of this machine.

    >>> names = HostNames.parse(["Chat.example", "news.example:8443"])
    >>> [names.allows(Host.parse(host)) for host in ("chat.example:80", "news.example:8443", "127.0.0.1:7860")]
    [True, True, True]
    >>> [names.allows(Host.parse(host)) for host in ("a.chat.example", "news.example", "evil.example", "0.0.0.0")]
    [False, False, False, False]

    :param hosts: The names. One without a port stands for all ports.
    """

    hosts: frozenset[Host] = frozenset()

    @classmethod
    def parse(cls, values: Iterable[str]) -> HostNames:
        """Read names as a person types them.

        :param values: Each a name or an address, perhaps with a port.
        :raises InputError: If one is something else.
        """
        return cls(frozenset(_host(value) for value in values))

    def allows(self, host: Host | None, address: str = "") -> bool:
        """Tell whether the server may be called so. The names and addresses of this machine need not be given.

        :param host: What the Host header says.
        :param address: Where the connection came in. No other site can have it, so it need not be given.
        """
        if host is None:
            return False
        return loopback(host.name) or not self.hosts.isdisjoint((host, Host(host.name))) or _same(host.name, address)


def _host(value: str) -> Host:
    # an IPv6 address alone is taken without its brackets, too
    host = Host.parse(value) or Host.parse(f"[{value}]")
    if host is None:
        raise InputError(
            f"Host name {value[:_SHOWN]!r} is not name or name:port. Give one such as chat.example, without https:// "
            "and without a path; one that is not ASCII as a browser sends it, such as xn--9ca.example for é.example."
        )
    return host


def _same(name: str, address: str) -> bool:
    try:
        return ip_address(name.strip("[]")) == ip_address(address)
    except ValueError:
        return False
