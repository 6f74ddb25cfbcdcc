"""Sentences: the 31 of the seed, and what holds for any text."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from index.article import Article
from index.errors import InputError
from index.paragraphs import is_wrapped
from index.sentences import LONGEST, MOST, split
from tests.conftest import ROOT, shows

ALPHABET = (
    "aBc. .!?…”“‘’\"'()[]\n\r\t\v\f\x1c\x85\u2028\u2029\u200b\ufeff0123,;:É漢🙂—-’s "
    "。！？｡।؟«»„‹›「」（）<>{}`•*+/@\u0301\u20dd\u200d\u00ad\u202e\x00\x1f\u00a0\u2009\u3000ßİ"
)
WORDS = ["Dr. ", "U.S. ", "p.m. ", "e.g. ", "Feb. 16. ", "J. R. ", "Yahoo!", "...", "[1]", "(a) ", "1) ", "word " * 12]
TEXTS = (
    st.lists(st.sampled_from([*ALPHABET, *WORDS]), min_size=1, max_size=200).map("".join)
    | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)
).filter(shows)


def test_seed_has_its_31_sentences(seed: Article) -> None:
    """Spliced fragments stay with the sentence before them; title and caption stand alone."""
    golden = json.loads((ROOT / "tests" / "data" / "sentences.json").read_text(encoding="utf-8"))
    found = [{"start": s.start, "end": s.end, "text": seed.text[s.start : s.end]} for s in split(seed)]
    assert found == golden


def test_a_line_without_end_is_cut_before_it_is_looked_at() -> None:
    """What the segmenter takes grows with the square of the brackets in a line; every character is in one sentence."""
    text = "漢字。" + "(“[ " * 60_000 + "He left. She came."
    found = split(Article(text))
    assert [text[s.start : s.end] for s in found[-1:]] == ["She came."]
    assert {s.paragraph for s in found} == {0}
    assert sum(s.end - s.start for s in found) + sum(b.start - a.end for a, b in pairwise(found)) == len(text)
    assert all(text[a.end : b.start].isspace() or a.end == b.start for a, b in pairwise(found))


def test_an_article_of_too_many_sentences_is_refused() -> None:
    """To encode them would take a server's afternoon."""
    assert len(split(Article("Yes.\n" * MOST))) == MOST
    with pytest.raises(
        InputError, match=r"^The article 'Yes\.' has more than 50,000 sentences or lines\. Give it in sev"
    ):
        split(Article("Yes.\n" * (MOST + 1)))


def test_boilerplate_is_marked(seed: Article) -> None:
    """Of the seed only the closing line is boilerplate."""
    assert [seed.text[s.start : s.end] for s in split(seed) if s.boilerplate] == ["Comments are closed."]


@pytest.mark.parametrize(
    "text",
    [
        "Leave a reply", "Share this on Facebook", "All rights reserved.", "© 2024 The Daily", "See also: Kent",
        "Read more: A bridge falls", "READ ALSO | A bridge falls", "Related", "Related coverage: A bridge falls",
        "More on this story", "Follow us on Twitter @thedaily", "Click here to subscribe", "Continue reading »",
    ],
)  # fmt: skip
def test_common_boilerplate_is_marked(text: str) -> None:
    """Whole sentences of boilerplate are marked wherever they come from."""
    assert [s.boilerplate for s in split(Article(text))] == [True]


@pytest.mark.parametrize(
    "text",
    [
        "Comments are closed to the press.", "He will share this view.", "We use it.", "Related work shows it.",
        "Read more than one book.", "More on this later.", "See also the map of Kent.", "Follow us, he said.",
    ],
)  # fmt: skip
def test_sentences_like_boilerplate_are_not_marked(text: str) -> None:
    """A sentence that only begins like boilerplate is an ordinary one."""
    assert [s.boilerplate for s in split(Article(text))] == [False]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He came on Feb. 16. She left.", ["He came on Feb. 16.", "She left."]),
        ("Dr. Ada spoke at 3 p.m. in the U.S. House.", ["Dr. Ada spoke at 3 p.m. in the U.S. House."]),
        ("“Stop,” he said. during a walk.", ["“Stop,” he said. during a walk."]),
        ("An end to abuses. . They left.", ["An end to abuses. .", "They left."]),
        ("Headline without stop\nFirst one. Second one.", ["Headline without stop", "First one.", "Second one."]),
        ("A\u2028. B", ["A\u2028. B"]),
    ],
)
def test_cuts(text: str, sentences: list[str]) -> None:
    """Abbreviations, splices, lone stops, lines and white space that made the segmenter panic."""
    assert [text[s.start : s.end] for s in split(Article(text))] == sentences


def test_a_run_without_a_stop_is_cut_at_white_space() -> None:
    """A long table row becomes pieces of whole words."""
    text = "word " * 450
    pieces = [text[s.start : s.end] for s in split(Article(text))]
    assert [len(piece) for piece in pieces] == [999, 999, 249]
    assert " ".join(pieces) == text.strip()


@given(TEXTS)
@example("A\u2028.")
@example("x" * (LONGEST + 1))
@example(". . .\n\n!\u200b")
def test_every_visible_character_is_in_one_sentence(text: str) -> None:
    """Sentences are in order, trimmed, within a paragraph, do not overlap, and leave out nothing but white space."""
    sentences = split(Article(text))
    assert all(before.end <= after.start for before, after in pairwise(sentences))
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() != "" for s in sentences)
    lines = [text[s.start : s.end] for s in sentences] if not is_wrapped(text) else []
    assert not any("\n" in line or "\r" in line for line in lines)
    assert all(s.end - s.start <= LONGEST for s in sentences)
    covered = {place for s in sentences for place in range(s.start, s.end)}
    assert all(text[place].isspace() for place in set(range(len(text))) - covered)


@given(TEXTS)
@example(" !(0")
@example("B\u00a0.")
def test_a_sentence_is_one_sentence(text: str) -> None:
    """Splitting a sentence gives that sentence, but one of a text whose lines were broken to fit a width."""
    assume(not is_wrapped(text))
    for alone in filter(shows, (text[s.start : s.end] for s in split(Article(text)))):
        assert [alone[t.start : t.end] for t in split(Article(alone))] == [alone]
