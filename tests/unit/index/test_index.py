"""The index: vectors beside sentences, searched and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.article import Article
from index.build import build_index
from index.errors import InputError
from index.sentences import split
from index.store import SentenceIndex
from index.vectors import flat, rows_of, vectors
from tests.conftest import WordEncoder

FIRST = Article("Red apples grow.\nGreen pears fall. Blue plums rot.")
SECOND = Article("Red cars race.")


@pytest.fixture(scope="module")
def index(encoder: WordEncoder) -> SentenceIndex:
    """Four sentences of two articles."""
    return build_index([FIRST, SECOND], encoder)


def test_rows_are_numbered_through_articles(index: SentenceIndex) -> None:
    """A row knows its article, its place in it, and its paragraph's row."""
    assert [(s.article, s.number, s.paragraph) for s in index.sentences] == [(0, 0, 0), (0, 1, 1), (0, 2, 1), (1, 0, 2)]
    assert [index.text(row) for row in range(4)] == [
        "Red apples grow.",
        "Green pears fall.",
        "Blue plums rot.",
        "Red cars race.",
    ]


def test_search_ranks_by_cosine(index: SentenceIndex, encoder: WordEncoder) -> None:
    """Common words make the score: two of three, then one of three."""
    found = index.search(encoder.encode(["red cars fly"])[0], 2)
    assert [row for row, _ in found] == [3, 0]
    assert [score for _, score in found] == pytest.approx([2 / 3, 1 / 3], abs=1e-4)


def test_search_for_more_than_there_is_gives_all(index: SentenceIndex, encoder: WordEncoder) -> None:
    """No row -1 comes back."""
    assert sorted(row for row, _ in index.search(encoder.encode(["plums"])[0], 100)) == [0, 1, 2, 3]


def test_rows_of_an_article_follow_each_other(index: SentenceIndex) -> None:
    """The ranges are told by place, and there is none past the last article."""
    assert [index.rows_of(0), index.rows_of(1)] == [range(3), range(3, 4)]
    with pytest.raises(IndexError, match="out of range"):
        index.rows_of(2)


def test_similarities_hold_sentence_and_paragraph(index: SentenceIndex, encoder: WordEncoder) -> None:
    """A paragraph of two sentences dilutes its one common word by the square root of two."""
    both = index.similarities(encoder.encode(["plums"])[0], [2, 3])
    assert both[0] == pytest.approx([1 / np.sqrt(3), 0], abs=1e-4)
    assert both[1] == pytest.approx([1 / np.sqrt(6), 0], abs=1e-4)


def test_an_article_given_twice_is_indexed_once(encoder: WordEncoder) -> None:
    """Equal digests are one article."""
    assert build_index([SECOND, Article(SECOND.text)], encoder).articles == (SECOND,)


def test_two_articles_with_one_id_are_refused(encoder: WordEncoder) -> None:
    """Two texts can be made whose digests begin alike; likewise, no id is that made of the other's text."""
    alike = Article(SECOND.text + " ", id="alike")
    object.__setattr__(alike, "digest", SECOND.version + "0" * 48)
    for other in (Article(FIRST.text, id=SECOND.id), alike):
        with pytest.raises(
            InputError, match=rf"Two of the articles, {SECOND.id} and {other.id}, have the same id or the"
        ):
            build_index([SECOND, other], encoder)


def test_no_article_is_refused(encoder: WordEncoder) -> None:
    """There is nothing to index."""
    with pytest.raises(InputError, match="No article to index"):
        build_index([], encoder)


def test_progress_counts_sentences_and_paragraphs(encoder: WordEncoder) -> None:
    """Each text once: the first paragraph is its only sentence. The last call says that all is done."""
    calls: list[tuple[int, int]] = []
    build_index([FIRST], encoder, lambda done, total: calls.append((done, total)))
    assert calls == [(4, 4)]


class CountingEncoder(WordEncoder):
    """Counts what it is given."""

    def __init__(self) -> None:
        self.given: Counter[str] = Counter()

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Count."""
        self.given.update(texts)
        return super().encode(texts)


def test_what_stands_there_again_is_encoded_once() -> None:
    """A hundred thousand lines of few words take no hundred thousand runs of a model; each row has its own vector."""
    counting = CountingEncoder()
    lines = ["Red", "Green", "Red", "Blue"] * 500
    index = build_index([Article("\n".join(lines))], counting)
    assert counting.given == {"Red": 1, "Green": 1, "Blue": 1}
    expected = WordEncoder().encode(lines)
    assert np.array_equal(rows_of(index.sentence_vectors.exact), expected)
    assert np.array_equal(rows_of(index.paragraph_vectors), expected)


def test_unpaired_vectors_are_refused(encoder: WordEncoder) -> None:
    """The constructor compares lengths and prints them."""
    with pytest.raises(ValueError, match=r"1 articles, 1 sentences and 1 paragraphs .* 2 and 1 vectors"):
        SentenceIndex(
            [SECOND], [split(SECOND)], vectors(encoder.encode(["a", "b"])), flat(encoder.encode(["a"])), encoder
        )


ARTICLES = st.lists(
    st.text("ab c.\n", min_size=1).filter(lambda text: any(map(str.isalpha, text))), min_size=1, max_size=4
)


@settings(deadline=None)
@given(ARTICLES)
def test_one_article_of_many_is_that_article_built_alone(texts: list[str]) -> None:
    """To the bit, and the ranges of all articles hold each row once."""
    encoder = WordEncoder()
    index = build_index([Article(text) for text in texts], encoder)
    assert [row for place in range(len(index.articles)) for row in index.rows_of(place)] == list(range(len(index)))
    for place, article in enumerate(index.articles):
        only, alone = index.only(place), build_index([article], encoder)
        assert (only.articles, only.sentences, only.mark) == (alone.articles, alone.sentences, alone.mark)
        assert rows_of(only.sentence_vectors.exact).tobytes() == rows_of(alone.sentence_vectors.exact).tobytes()
        assert rows_of(only.paragraph_vectors).tobytes() == rows_of(alone.paragraph_vectors).tobytes()


@given(ARTICLES)
def test_every_sentence_finds_itself(texts: list[str]) -> None:
    """A sentence's own vector has similarity 1 with its row."""
    encoder = WordEncoder()
    index = build_index([Article(text) for text in texts], encoder)
    for row in range(len(index)):
        own = encoder.encode([index.text(row)])[0]
        assert index.similarities(own, [row])[0][0] == pytest.approx(1, abs=1e-5)
