"""Proxies as a person names them, and the client that they tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from rag.api.proxies import Proxies

PROXIES = Proxies.parse(["127.0.0.1", "10.0.0.0/8", "2001:db8::/32"])


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "client"),
    [
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "203.0.113.9, 198.51.100.7,10.1.2.3 , 2001:db8::5", "198.51.100.7"),
        ("::ffff:127.0.0.1", "2001:DB9:0::1", "2001:db9::1"),
        ("127.0.0.1", "10.0.0.2, 10.0.0.1", "10.0.0.2"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "localhost", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7, unknown, 10.0.0.1", "10.0.0.1"),
        ("127.0.0.1", "198.51.100.7:80", "127.0.0.1"),
        ("127.0.0.1", "127.1", "127.0.0.1"),
        ("testclient", "198.51.100.7", "testclient"),
    ],
)
def test_the_client_is_whom_a_named_proxy_got_the_request_from(peer: str, forwarded_for: str, client: str) -> None:
    """Whatever the client itself wrote before, and only if it is an address."""
    assert PROXIES.client(peer, forwarded_for) == client


@given(st.text(), st.ip_addresses().map(str).filter(lambda address: not PROXIES.trusts(address)))
def test_no_client_names_itself(written: str, address: str) -> None:
    """A proxy adds the address after whatever was there."""
    assert PROXIES.client("127.0.0.1", f"{written},{address}") == address


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("localhost", "^Proxy 'localhost' is not an address or a network of addresses"),
        ("10.0.0.1/8", r"has host bits set\)\. Give one such as 127\.0\.0\.1 or 10\.0\.0\.0/8\."),
        ("10.0.0.0/33", "Give one such as"),
        ("*", "Give one such as"),
        ("0.0.0.0/0", "is every address there is"),
        ("::/0", "is every address there is"),
    ],
)
def test_what_is_no_proxy_is_refused(value: str, message: str) -> None:
    """With an example, or the reason."""
    with pytest.raises(InputError, match=message):
        Proxies.parse([value])
