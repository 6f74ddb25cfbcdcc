"""Articles: read byte for byte, named by their digest."""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, read_article
from index.errors import InputError
from tests.conftest import HOSTILE, SEED, shows

ADDRESS = "https://example.com/a?b=1&c=é#d"


def test_seed_is_kept_byte_for_byte(seed: Article) -> None:
    """The text, encoded again, is the file, and the digest is the file's SHA-256."""
    assert seed.text.encode() == SEED.read_bytes()
    assert seed.digest == "bbbb51e49dc4b0c03b1cdef19b7e89bacc31194e69d6a8762da62a40d8180af5"
    assert seed.id == "bbbb51e49dc4b0c0"


def test_title_is_the_first_line(seed: Article) -> None:
    """The title is the first visible line, cut when it is no headline."""
    assert seed.title == "Russia strengthens military ties in Venezuela, visits Cuba and Nicaragua"
    assert Article("\n\n  A headline \nStory").title == "A headline"
    assert Article("\ufeffA headline\nStory").title == Article("\u200b\n\u2060\n A headline").title == "A headline"
    assert Article("Plums\u202e \u3164and\tpears\u2028x\nStory").title == "Plums� �and pears"
    assert Article("\u3164\u115f\nStory").title == "Story"
    assert Article("word " * 100).title == ("word " * 30)[:149].rstrip() + "…"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(shows))
def test_any_text_survives_a_file(text: str) -> None:
    """Carriage returns, byte order marks and control characters come back as they were."""
    article = Article(text)
    assert article.text == text
    assert article.digest == hashlib.sha256(text.encode()).hexdigest()


def test_line_ends_and_byte_order_mark_stay(tmp_path: Path) -> None:
    """Reading translates nothing."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfOne.\r\nTwo.\rThree.\n")
    assert read_article(path).text == "\ufeffOne.\r\nTwo.\rThree.\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", r"a\.txt is empty \(0 bytes"),
        (b" \n\t\r\n", r"a\.txt is empty \(5 bytes, no visible character\)"),
        ("\u200b".encode(), r"a\.txt is empty \(3 bytes, no visible character\)"),
        ("\ufeff\u2060 \0\u061c".encode(), r"a\.txt is empty \(10 bytes, no visible character\)"),
        (b"caf\xe9", r"not UTF-8 text: byte 3 is 0xe9\. Save it as UTF-8"),
    ],
)
def test_unusable_files_are_named(tmp_path: Path, data: bytes, message: str) -> None:
    """The message names the file, the fault and the next step."""
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_article(path)


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\u200d\ufeff\u00ad", "\x00\x1b", "\U000e0041\U000e007f"])
def test_a_text_of_which_nothing_is_seen_is_refused(text: str) -> None:
    """White space, control characters, marks without a width, tags."""
    with pytest.raises(InputError, match=rf"^The article is empty \({len(text)} characters, none visible\)"):
        Article(text)


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A missing file and a folder are refused by name."""
    with pytest.raises(InputError, match=r"No article at .*nothing\.txt\. Check the path"):
        read_article(tmp_path / "nothing.txt")
    with pytest.raises(InputError, match="Is a directory"):
        read_article(tmp_path)


def test_a_text_without_end_is_refused(tmp_path: Path) -> None:
    """As a text, as a file, and as a device that never ends."""
    assert len(Article("a" * 5_000_000).text) == 5_000_000
    with pytest.raises(
        InputError, match=r"^The article has 5,000,001 characters; at most 5,000,000 are read\. Give it"
    ):
        Article("a" * 5_000_001)
    (tmp_path / "a.txt").write_bytes(b"a" * 20_000_001)
    for path in (tmp_path / "a.txt", *([Path("/dev/zero")] if sys.platform == "linux" else ())):
        with pytest.raises(InputError, match=rf"^{path} has more than 20,000,000 bytes\. Give it in several files"):
            read_article(path)


def test_half_a_surrogate_pair_is_refused() -> None:
    """Text that no file could hold is refused with its place."""
    with pytest.raises(InputError, match=r"'\\ud800' at character 2"):
        Article("ab\ud800")


def test_an_address_is_kept_and_names_no_other_article(tmp_path: Path) -> None:
    """The same text elsewhere is the same article, and a text need not be on the web."""
    path = tmp_path / "a.txt"
    path.write_text("One.", encoding="utf-8")
    article = read_article(path, ADDRESS)
    assert (article.url, Article("One.").url, Article("One.", url="http://x").url) == (ADDRESS, None, "http://x")
    assert article == Article("One.")
    assert hash(article) == hash(Article("One."))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "https://",
        "https:///a",
        "ftp://example.com",
        "javascript:alert(1)",
        "data:text/html,https://example.com",
        " https://example.com",
        "https://example.com/a b",
        "https://example.com\n",
        "https://example.com/\x1b[31m",
        "https://example.com/\u3000",
        "https://example.com/\u202egpj.exe",
        "https://example.com/\u200b",
        "https://example.com/\u3164",
        "https://example.com\u034f.net/",
        "https://example.com/\ud800",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    """The message names the value, whole and harmless, and the next step."""
    with pytest.raises(InputError, match=re.escape(repr(url))) as caught:
        Article("One.", url=url)
    assert str(caught.value).endswith(
        " is no web address. Give one that starts with http:// or https:// and holds no white space or control "
        "characters."
    )
    assert str(caught.value).isprintable()


@given(st.text() | st.sampled_from(HOSTILE), st.sampled_from(["", "http://", "https://"]))
def test_an_address_is_kept_as_it_is_or_refused(rest: str, scheme: str) -> None:
    """Whatever passes is of the web, printable, without white space, and survives UTF-8."""
    try:
        url = Article("One.", url=scheme + rest).url
    except InputError:
        return
    assert url == scheme + rest
    assert url.startswith(("http://", "https://"))
    assert url.isprintable()
    assert url.split() == [url]
    assert url.encode().decode() == url


def test_an_article_may_have_an_id() -> None:
    """The version is always of the text; two articles with the same text are the same, whatever their ids."""
    given_one, plain = Article("Red apples.", id="apples_1"), Article("Red apples.")
    assert (given_one.id, given_one.version) == ("apples_1", plain.id)
    assert plain.id == plain.digest[:16]
    assert given_one == plain


@pytest.mark.parametrize("name", ["Apples", "red-apples", "../x", "é", "a" * 65, "a\n"])
def test_what_is_no_id_is_refused(name: str) -> None:
    """It stands in addresses and pages as it is."""
    with pytest.raises(InputError, match=r"is no id\. Give 1 to 64 of these: small letters"):
        Article("Red apples.", id=name)
