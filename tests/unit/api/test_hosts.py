"""The pages that may embed the chat: how they are named, and why another may not."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import InputError
from rag.api.hosts import Hosts, loopback, obstacles, refused

NEWS = "https://news.example"


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://news.example", NEWS),
        (" HTTPS://News.Example ", NEWS),
        ("https://news.example:443", NEWS),
        ("https://news.example:8443", "https://news.example:8443"),
        ("https://xn--9ca.example", "https://xn--9ca.example"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:9000", "http://[::1]:9000"),
    ],
)
def test_an_origin_is_read_as_browsers_write_it(typed: str, origin: str) -> None:
    """Lower case, without the usual port."""
    hosts = Hosts.parse([typed])
    assert hosts.origins == (origin,)
    assert hosts.allows(origin)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("*", r"'\*' has a wildcard\. Name each origin by itself"),
        ("https://*.news.example", "has a wildcard"),
        ("https://news.example/", r"more than an origin.*Give https://news\.example\."),
        ("https://news.example/blog?a=1", r"more than an origin.*Give https://news\.example\."),
        ("http://news.example", r"without https.*Give https://news\.example, or test with http://localhost\."),
        ("news.example", r"'news\.example' is not scheme://host"),
        ("ftp://news.example", "is not scheme://host"),
        ("null", "'null' is not scheme://host"),
        ("", "'' is not scheme://host"),
        ("https://user@news.example", "is not scheme://host"),
        ("https://news.example:", "is not scheme://host"),
        ("https://news.example:0", "is not scheme://host"),
        ("https://news.example:99999", "is not an address"),
        ("https://[zz]", "is not an address"),
        ("https://é.example", "is too long, or has characters beyond plain ASCII"),
        ("https://news.example\n.evil.example", "is too long, or has characters beyond plain ASCII"),
        ("https://news.example;script-src", "is not scheme://host"),
        ("https://news.example 'unsafe-inline'", "is not scheme://host"),
        (f"https://{'a' * 300}.example", "is too long, or has characters beyond plain ASCII"),
    ],
)
def test_what_is_no_origin_is_refused(typed: str, message: str) -> None:
    """The message names the value and the fix."""
    with pytest.raises(InputError, match=message):
        Hosts.parse([typed])


def test_an_origin_given_twice_counts_once() -> None:
    """In the order in which they were given."""
    assert Hosts.parse([NEWS, "http://localhost", "https://NEWS.example"]).origins == (NEWS, "http://localhost")


@given(st.one_of(st.text(), st.from_regex(r"https?://.{0,40}")))
def test_no_origin_breaks_out_of_a_header(typed: str) -> None:
    """Whatever is taken holds no blank, quote, comma or semicolon, and is read again as itself."""
    try:
        (origin,) = Hosts.parse([typed]).origins
    except InputError:
        return
    assert not set(origin) & set(" \t\r\n;,'\"*")
    assert Hosts.parse([origin]).origins == (origin,)


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (NEWS, True),
        ("https://news.example.evil.example", False),
        ("https://evil-news.example", False),
        ("https://a.news.example", False),
        ("http://news.example", False),
        ("https://news.example:8443", False),
        ("HTTPS://NEWS.EXAMPLE", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_the_very_origin_is_allowed(origin: str, allowed: bool) -> None:
    """Neither a part of it nor what it is a part of."""
    assert Hosts((NEWS,)).allows(origin) is allowed


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("localhost", True),
        ("a.localhost", True),
        ("127.8.8.8", True),
        ("[::1]", True),
        ("::1", True),
        ("localhost.evil.example", False),
        ("10.0.0.1", False),
        ("", False),
        ("[", False),
    ],
)
def test_this_machine(host: str, own: bool) -> None:
    """By its names and addresses."""
    assert loopback(host) is own


@pytest.mark.parametrize(
    ("origin", "chat", "allowed", "problems"),
    [
        (NEWS, "https://chat.example", True, []),
        ("https://chat.example", "https://chat.example", False, []),
        ("http://localhost:9000", "http://127.0.0.1:7860", True, []),
        (NEWS, "https://chat.example", False, ["https://news.example is not allowed to embed this chat."]),
        (
            NEWS,
            "http://10.0.0.1:7860",
            True,
            ["The page is https and the chat is http: browsers block such mixed content."],
        ),
        (
            NEWS,
            "http://localhost:7860",
            True,
            ["The chat runs on localhost: only readers at this machine can reach it."],
        ),
        ("http://news.example", "https://chat.example", False, ["A page of this origin cannot be allowed."]),
        ("nonsense", "https://chat.example", False, ["A page of this origin cannot be allowed."]),
        (
            NEWS,
            "http://chat.example",
            False,
            [
                "https://news.example is not allowed to embed this chat.",
                "The page is https and the chat is http: browsers block such mixed content.",
            ],
        ),
    ],
)
def test_what_keeps_a_page_from_embedding(origin: str, chat: str, allowed: bool, problems: list[str]) -> None:
    """All of it is told at once."""
    hosts = Hosts((origin,) if allowed else ())
    assert [obstacle.problem for obstacle in obstacles(origin, urlsplit(chat), hosts)] == problems


def test_every_obstacle_has_a_fix() -> None:
    """It says what to type."""
    assert refused(NEWS).fix == "Start the chat with --allow-origin https://news.example."
    assert "Give https://news.example" in refused("http://news.example").fix
    mixed = obstacles(NEWS, urlsplit("http://chat.example:7860"), Hosts((NEWS,)))
    assert mixed[0].fix == "Put the chat behind a proxy that speaks https, and embed it from https://chat.example."
