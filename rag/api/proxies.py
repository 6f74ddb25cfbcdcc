"""Proxies that stand before the server, and what they tell of the client.

Any client can send a header that names another address. So only what a named proxy adds to it counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from index.errors import InputError

_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Proxies:
    """Addresses of proxies whose word about the client is taken.

    >>> proxies = Proxies.parse(["127.0.0.1", "10.0.0.0/8"])
    >>> proxies.client("127.0.0.1", "203.0.113.9, 198.51.100.7, 10.0.0.3")
    '198.51.100.7'
    >>> proxies.client("127.0.0.1", "198.51.100.7, localhost"), proxies.client("192.0.2.1", "198.51.100.7")
    ('127.0.0.1', '192.0.2.1')

    :param networks: The addresses, each with the length of its network.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def parse(cls, values: Iterable[str]) -> Proxies:
        """Read addresses and networks as a person types them.

        :param values: Each an address, or a network such as `10.0.0.0/8`.
        :raises InputError: If one is something else, or all addresses there are.
        """
        return cls(tuple(_network(value) for value in values))

    def trusts(self, address: str) -> bool:
        """Tell whether a connection comes from a named proxy.

        :param address: Where the connection comes from.
        """
        parsed = _address(address)
        return parsed is not None and any(parsed in network for network in self.networks)

    def client(self, peer: str, forwarded_for: str) -> str:
        """Find the client of a request: going back from the server, the first address that is no named proxy.

        :param peer: Where the connection comes from.
        :param forwarded_for: The header X-Forwarded-For; each proxy adds at its end whom it got the request from.
        :return: The client's address. What is no address ends the way back, for no proxy adds that.
        """
        way = [peer]
        for told in reversed(forwarded_for.split(",")):
            parsed = _address(told.strip())
            if not self.trusts(way[-1]) or parsed is None:
                break
            way.append(str(parsed))
        return way[-1]


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    # a socket for both kinds writes an IPv4 address so
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, IPv6Address) else parsed


def _network(value: str) -> IPv4Network | IPv6Network:
    given = f"Proxy {value[:_SHOWN]!r}"
    try:
        network = ip_network(value)
    except ValueError as error:
        raise InputError(
            f"{given} is not an address or a network of addresses ({error}). Give one such as 127.0.0.1 or 10.0.0.0/8."
        ) from error
    if network.prefixlen == 0:
        raise InputError(f"{given} is every address there is: each client could say who it is. Name the proxy's own.")
    return network
