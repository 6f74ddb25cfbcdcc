"""Names by which the server may be called, as a person types them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from rag.api.host_names import Host, HostNames


@pytest.mark.parametrize(
    "value",
    [
        *("https://chat.example", "chat.example/", "*.example", "*", "", "a b", "é.example", "chat.example:0"),
        *("chat.example:65536", "chat..example", "-chat.example", "[::g]", "[fe80::1%eth0]", "me@chat.example"),
        *("chat.example\n", "a" * 64 + ".example", "chat.example:٨"),
    ],
)
def test_what_is_no_name_is_refused(value: str) -> None:
    """With an example of what is."""
    with pytest.raises(InputError, match=r"is not name or name:port\. Give one such as chat\.example"):
        HostNames.parse([value])


@given(st.text(max_size=300))
def test_a_host_is_read_alike_again(text: str) -> None:
    """Whatever is sent is a host that reads as itself, or none."""
    host = Host.parse(text)
    if host:
        assert Host.parse(host.name) == Host(host.name)
        assert host.name == host.name.lower()
