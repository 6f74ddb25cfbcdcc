"""Names and what they stand for, told by what stands around them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from rag.language.names import NameKind, Names
from tests.conftest import HOSTILE

TEXT = (
    "Prime Minister Ada Byron met Cy Dee in Kent on 3 May 1952. Byron said that Dee had lived in Kent. "
    "Dee left for the Royal Society. The society was founded in Upper Alton, and the town thanked Dee."
)


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("Did Ada Byron see Kent?", [("Ada Byron", NameKind.PERSON), ("Kent", NameKind.PLACE)]),
        ("who is byron", [("byron", NameKind.PERSON)]),
        ("And Cy Dee?", [("Cy Dee", NameKind.PERSON)]),
        ("What is the Royal Society?", [("Royal Society", NameKind.THING)]),
        ("Who left on 3 May 1952?", [("3 May 1952", NameKind.DATE)]),
        ("In the 1950s, or on Monday?", [("1950s", NameKind.DATE), ("Monday", NameKind.DATE)]),
        ("Is Zoe in Paris?", [("Zoe", NameKind.THING), ("Paris", NameKind.THING)]),
        ("What did the society do?", []),
    ],
)
def test_names_of_a_question(question: str, found: list[tuple[str, NameKind]]) -> None:
    """Known ones have their kind, in lower case too; others are found by their capital."""
    assert [(name.text, name.kind) for name in Names([TEXT]).of(question)] == found


def test_the_names_of_the_seed(seed: Article) -> None:
    """An office makes a person, a preposition a place."""
    names = Names([seed.text])
    kinds = {name.text: name.kind for name in names.of("Borisov Putin Guaidó Ryabkov, Cuba, Caracas")}
    assert names.of("putin")[0].kind is NameKind.PERSON
    assert kinds["Cuba"] is NameKind.PLACE


@given(st.lists(st.sampled_from(["Ada", "Byron", "in", "Kent.", "1952", "\n", "İ", "é", *HOSTILE]), max_size=20))
def test_offsets(words: list[str]) -> None:
    """A name is the text at its offsets, and no two overlap."""
    text = " ".join(words)
    found = Names([TEXT]).of(text)
    assert [text[name.start : name.end] for name in found] == [name.text for name in found]
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
