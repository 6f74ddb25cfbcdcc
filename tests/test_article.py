"""Articles: read byte for byte, named by their digest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, read_article
from index.errors import InputError
from tests.conftest import SEED


def test_seed_is_kept_byte_for_byte(seed: Article) -> None:
    """The text, encoded again, is the file, and the digest is the file's SHA-256."""
    assert seed.text.encode() == SEED.read_bytes()
    assert seed.digest == "bbbb51e49dc4b0c03b1cdef19b7e89bacc31194e69d6a8762da62a40d8180af5"
    assert seed.id == "bbbb51e49dc4b0c0"


def test_title_is_the_first_line(seed: Article) -> None:
    """The title is the first visible line, cut when it is no headline."""
    assert seed.title == "Russia strengthens military ties in Venezuela, visits Cuba and Nicaragua"
    assert Article("\n\n  A headline \nStory").title == "A headline"
    assert Article("word " * 100).title == ("word " * 30)[:149].rstrip() + "…"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip))
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
        (b"caf\xe9", r"not UTF-8 text: byte 3 is 0xe9\. Save it as UTF-8"),
    ],
)
def test_unusable_files_are_named(tmp_path: Path, data: bytes, message: str) -> None:
    """The message names the file, the fault and the next step."""
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=message):
        read_article(path)


def test_missing_file_is_named(tmp_path: Path) -> None:
    """A missing file and a folder are refused by name."""
    with pytest.raises(InputError, match=r"No article at .*nothing\.txt\. Check the path"):
        read_article(tmp_path / "nothing.txt")
    with pytest.raises(InputError, match="Is a directory"):
        read_article(tmp_path)


def test_half_a_surrogate_pair_is_refused() -> None:
    """Text that no file could hold is refused with its place."""
    with pytest.raises(InputError, match=r"'\\ud800' at character 2"):
        Article("ab\ud800")
