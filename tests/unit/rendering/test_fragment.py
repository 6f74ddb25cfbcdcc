"""A text fragment: the page opens at the sentence, and nothing but the syntax has a meaning."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.errors import InputError
from index.sentences import split
from rag.answer import CONTEXT, Quotation, quotation
from rag.rendering.fragment import text_fragment
from tests.conftest import HOSTILE, shows

URL = "https://example.org/a"
texts = st.text(st.characters(codec="utf-8"), min_size=1).filter(shows) | st.sampled_from(HOSTILE)
contexts = st.text(st.characters(codec="utf-8") | st.sampled_from(" \n-,&"), max_size=CONTEXT)


def _quoted(quote: str, prefix: str = "", suffix: str = "") -> Quotation:
    return Quotation("", "", 0, 0, len(quote), 0, len(quote), quote, prefix, suffix)


def _fragment(quote: str, prefix: str = "", suffix: str = "") -> str:
    return text_fragment(URL, _quoted(quote, prefix, suffix)).removeprefix(f"{URL}#:~:text=")


@pytest.mark.parametrize(
    ("quote", "fragment"),
    [
        ("Ann left.", "Ann%20left."),
        ("“Well-known”, he said & left #1", "%E2%80%9CWell%2Dknown%E2%80%9D%2C%20he%20said%20%26%20left%20%231"),
        ("100% :~:text=x", "100%25%20%3A~%3Atext%3Dx"),
        ("two  spaces\tand\u00a0one", "two%20spaces%20and%20one"),
        ("一二三", "%E4%B8%80%E4%BA%8C%E4%B8%89"),
    ],
)
def test_marks_are_encoded(quote: str, fragment: str) -> None:
    """Hyphens, commas and ampersands, which the syntax uses, and all that an address cannot hold."""
    assert _fragment(quote) == fragment


def test_a_long_sentence_is_named_by_its_ends() -> None:
    """From the 81st code point on, by four words at either end; not if it has too few words for that."""
    short = "one two three four five six seven eight " + "x" * 40
    assert _fragment(short) == short.replace(" ", "%20")
    assert _fragment(f"{short}x") == f"one%20two%20three%20four,six%20seven%20eight%20{'x' * 41}"
    assert _fragment("1 2 3 4 5 6 " + "x" * 80) == f"1%202%203%204%205%206%20{'x' * 80}"


def test_a_text_of_several_lines_is_named_by_its_ends() -> None:
    """For a term must lie within one block."""
    assert _fragment("one two\n\nthree\r\nfour five") == "one%20two,four%20five"


@pytest.mark.parametrize(
    ("prefix", "suffix", "fragment"),
    [
        ("Kent. ", " Bob.", "Kent.-,Ann,-Bob."),
        ("A headline\n\n", "\n\nThe next", "Ann"),
        ("A headline\r\nKent. ", " Bob.\nThe next", "Kent.-,Ann,-Bob."),
        # a word at the outer end of a full context may have lost letters
        ("half a word was here, then Jim: ", "", "a%20word%20was%20here%2C%20then%20Jim%3A-,Ann"),
        (" a whole word, and then came Al ", "", "a%20whole%20word%2C%20and%20then%20came%20Al-,Ann"),
        ("", " Jim, and here comes half a word", "Ann,-Jim%2C%20and%20here%20comes%20half%20a"),
        ("", " Al, and here comes a whole one ", "Ann,-Al%2C%20and%20here%20comes%20a%20whole%20one"),
        ("x" * 32, "x" * 32, "Ann"),
    ],
)
def test_what_stands_around_it(prefix: str, suffix: str, fragment: str) -> None:
    """Whole words of the same line."""
    assert _fragment("Ann", prefix, suffix) == fragment


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=1", "https://example.org/a?b=1#:~:text=Ann"),
        ("https://example.org/a#section", "https://example.org/a#section:~:text=Ann"),
        ("https://example.org/a#section:~:text=Bob", "https://example.org/a#section:~:text=Ann"),
        ("https://example.org/:~:/a", "https://example.org/:~:/a#:~:text=Ann"),
        ("HTTP://example.org#", "HTTP://example.org#:~:text=Ann"),
    ],
)
def test_the_address_keeps_its_section(url: str, link: str) -> None:
    """But not the text fragment that it came with."""
    assert text_fragment(url, _quoted("Ann")) == link


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", " https://example.org", "example.org", ""]
)
def test_another_address_is_refused(url: str) -> None:
    """The message names it."""
    with pytest.raises(
        InputError, match=rf"^{re.escape(repr(url))} is no web address\. Give one that starts with http"
    ):
        text_fragment(url, _quoted("Ann"))


@given(texts, contexts, contexts)
def test_it_holds_words_of_the_sentence_and_no_mark_but_its_own(quote: str, prefix: str, suffix: str) -> None:
    """Read as a browser reads it: terms at commas, prefix and suffix by their hyphens."""
    fragment = _fragment(quote, prefix, suffix)
    assert re.fullmatch(r"(?:[\w.~%]+-,)?[\w.~%]+(?:,[\w.~%]+)?(?:,-[\w.~%]+)?", fragment, re.ASCII)
    terms = fragment.split(",")
    before = [unquote(term[:-1], errors="strict") for term in terms if term.endswith("-")]
    after = [unquote(term[1:], errors="strict") for term in terms if term.startswith("-")]
    start, *end = [unquote(term, errors="strict").split() for term in terms if "-" not in term]
    assert quote.split()[: len(start)] == start
    if end:
        assert quote.split()[-len(end[0]) :] == end[0]
    else:
        assert quote.split() == start
    assert all(" ".join(prefix.split()).endswith(text) for text in before)
    assert all(" ".join(suffix.split()).startswith(text) for text in after)


def test_every_sentence_of_the_seed(seed: Article) -> None:
    """Each term stands in one line of the article, between white space."""
    for number, sentence in enumerate(split(seed)):
        fragment = text_fragment(URL, quotation(seed, number, sentence)).removeprefix(f"{URL}#:~:text=")
        lines = [f" {' '.join(line.split())} " for line in seed.text.splitlines()]
        for term in fragment.split(","):
            assert any(f" {unquote(term.strip('-'))} " in line for line in lines), term
