"""Paragraphs of plain text: lines, and lines that were broken to fit a width."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, read_article
from index.paragraphs import is_wrapped, paragraphs
from index.sentences import split
from tests.conftest import ROOT

ARTICLE = (ROOT / "tests" / "data" / "documents" / "article.txt").read_text(encoding="utf-8")
PROSE = (
    "The council of the town has agreed to\nbuild the bridge after eleven years. It\nwill "
    "cost twelve million pounds, which\nare three more than had been planned."
)


def broken(text: str, width: int, end: str = "\n") -> str:
    """Break lines at spaces, as editors do; with a line end of one character no offset changes."""
    lines = []
    for line in text.split("\n"):
        column, made = 0, ""
        for word in line.split(" "):
            if made and column + 1 + len(word) > width:
                made, column = f"{made}{end}{word}", len(word)
            else:
                made, column = (f"{made} {word}", column + 1 + len(word)) if made else (word, len(word))
        lines.append(made)
    return "\n".join(lines)


def _texts(text: str) -> list[str]:
    return [text[start:end] for start, end in paragraphs(text)]


@pytest.mark.parametrize("text", [ARTICLE, "seed"])
def test_lines_that_are_broken_change_no_sentence(text: str, seed: Article) -> None:
    """Each stands where it stood, in the same paragraph, at any width that people use."""
    whole = seed.text if text == "seed" else text
    for width in (50, 60, 66, 72, 76, 80, 100, 120):
        made = broken(whole, width)
        assert made != whole
        assert split(Article(made)) == split(Article(whole))


def test_line_ends_of_other_systems_are_broken_lines_too() -> None:
    """Of Windows, and of old Macs."""
    for end in ("\r\n", "\r"):
        assert [" ".join(one.split()) for one in _texts(broken(ARTICLE, 72, end))] == _texts(ARTICLE)


LONG = "Nobody was hurt in the collapse of the{}old one."


@pytest.mark.parametrize(
    ("added", "found"),
    [
        ("\n\n- apples\n- pears", ["- apples", "- pears"]),
        ("\n\n- apples which grow in Kent and\n  elsewhere\n- pears", ["- apples which grow in Kent and\n  elsewhere", "- pears"]),  # noqa: E501
        ("\n1. To build.\n2. To pay.", ["1. To build.", "2. To pay."]),
        ("\n\nThe ferry\nIt ran.", ["The ferry", "It ran."]),
        ("\n    " + LONG.format("\n"), [LONG.format("\n")]),
        ("\n\n" + LONG.format("\n\f\n"), [LONG.format("\n\f\n")]),
        ("\n\n" + LONG.format("\n\f"), [LONG.format("\n\f")]),
        ("\n\nIt was opened in the summer of the year\n12. A lot has changed.", ["It was opened in the summer of the year\n12. A lot has changed."]),  # noqa: E501
        ("\n \nNobody.\n", ["Nobody."]),
    ],
)  # fmt: skip
def test_what_is_no_paragraph_stays_apart(added: str, found: list[str]) -> None:
    """Items, headings, indented first lines; the end of a page parts nothing."""
    assert _texts(PROSE + added) == [PROSE, *found]


@pytest.mark.parametrize(
    "text",
    [
        "one\ntwo\nthree\nfour",
        "Shall I compare thee to a summer's day?\nThou art more lovely and more temperate:\n"
        "Rough winds do shake the darling buds of May,\nAnd summer's lease hath all too short a date.",
        "\n".join(f"{number} apples fell from the tree in Kent." for number in range(20)),
        "\n".join(f"certificates/of_{number:05}/a_name_of_a_file.crt" for number in range(20)),
        "The council has agreed to build a new bridge\nafter eleven years.",
        "\n".join(["The council has agreed to build it. " * 5] * 9),
        "",
        " \n\f\n",
    ],
)
def test_other_texts_are_lines(text: str) -> None:
    """Lists, poems, tables, two lines, a line for each paragraph, nothing."""
    assert not is_wrapped(text)
    assert _texts(text) == [line.strip() for line in text.split("\n") if line.strip()]


@given(
    st.lists(st.sampled_from(["a", "Bc", ".", " ", "\n", "\r", "\f", "- ", "word " * 5, "\n\n"]), max_size=60).map(
        "".join
    )
)
def test_nothing_that_is_seen_is_left_out(text: str) -> None:
    """Paragraphs are in order, trimmed, and hold all but white space."""
    found = list(paragraphs(text))
    assert "".join("".join(text[start:end].split()) for start, end in found) == "".join(text.split())
    assert all(text[start:end] == text[start:end].strip() for start, end in found)


def test_a_citation_of_broken_lines_has_its_paragraph(tmp_path: Path) -> None:
    """Form feeds are the pages."""
    path = tmp_path / "a.txt"
    path.write_bytes(f"{PROSE}\n\n\fIt opened.".encode())
    article = read_article(path)
    assert article.text == f"{PROSE}\n\n\fIt opened."
    assert article.landmarks.pages == (0, article.text.index("\f") + 1)
    assert article.document_sha256 is None
