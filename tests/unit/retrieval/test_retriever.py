"""Retrieval: one score, whole sentences, never over budget."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.build import build_index
from rag.retrieval.retriever import Retriever, _best
from tests.conftest import LastWordReader, WordEncoder
from tests.unit.index.test_folder import OtherEncoder

TEXT = Article(
    "Fruit report\n\nRed apples grow in Kent. They ripen late.\n\nGreen pears fall in Devon. Guaidó likes pears.\n\n"
    "Blue plums rot quickly here.\n\nComments are closed."
)


@pytest.fixture(scope="module")
def retriever(encoder: WordEncoder) -> Retriever:
    """A retriever over seven sentences."""
    return Retriever(build_index([TEXT], encoder), encoder)


def _texts(retriever: Retriever, question: str) -> list[str]:
    return [retriever.index.text(hit.row) for hit in retriever.hits(question)]


def test_the_score_is_the_weighted_sum(retriever: Retriever) -> None:
    """For 'plums' sentence and paragraph are the same, and both lexical scores are the maximum, 1."""
    best = retriever.hits("plums")[0]
    assert retriever.index.text(best.row) == "Blue plums rot quickly here."
    assert best.score == pytest.approx(0.91 / 5**0.5 + 0.09, abs=1e-3)


def test_stems_and_accents_match(retriever: Retriever) -> None:
    """'apple growing' finds 'apples grow', 'Guaido' finds 'Guaidó'."""
    assert _texts(retriever, "apple growing")[0] == "Red apples grow in Kent."
    assert _texts(retriever, "Guaido")[0] == "Guaidó likes pears."


def test_the_paragraph_lends_its_words(retriever: Retriever) -> None:
    """A sentence beside the hit comes before a sentence elsewhere."""
    assert _texts(retriever, "red apples Kent")[:2] == ["Red apples grow in Kent.", "They ripen late."]


def test_boilerplate_is_no_hit(retriever: Retriever) -> None:
    """Boilerplate is in the index and never found."""
    assert "Comments are closed." not in _texts(retriever, "comments closed")
    assert len(retriever.index) == 7


def test_words_that_the_article_lacks_score_by_vectors_alone(retriever: Retriever) -> None:
    """No lexical match and no division by zero."""
    assert all(0 <= hit.score < 0.6 for hit in retriever.hits("zzz qqq"))
    assert all(0 <= hit.score < 0.6 for hit in retriever.hits("?!"))


def test_touching_windows_are_one_passage(retriever: Retriever) -> None:
    """All sentences but the boilerplate fit the budget and follow each other."""
    passages = retriever.passages(retriever.hits("apples"), LastWordReader())
    assert [(p.start, p.end) for p in passages] == [(0, TEXT.text.index("\n\nComments"))]
    assert passages[0].text == TEXT.text[: passages[0].end]


def test_separate_hits_stay_separate(retriever: Retriever) -> None:
    """With a budget of two sentences the two best are read, each by itself."""
    reader = LastWordReader()
    reader.budget = 10
    passages = retriever.passages(retriever.hits("red apples blue plums"), reader)
    assert sorted(p.text for p in passages) == ["Blue plums rot quickly here.", "Red apples grow in Kent."]


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=40), st.integers(1, 20))
def test_the_best_are_those_that_sorting_gives(scores: list[float], most: int) -> None:
    """Of equal scores the first, so that a search is the same each time."""
    array = np.array(scores, dtype=np.float32)
    assert _best(array, most) == np.argsort(-array, kind="stable")[:most].tolist()


@given(
    st.text("ab cd. \n", min_size=5, max_size=300).filter(lambda text: any(map(str.isalpha, text))), st.integers(1, 30)
)
def test_passages_keep_the_budget(text: str, budget: int) -> None:
    """Whatever the article, passages are whole sentences within the budget, none read twice."""
    encoder, reader = WordEncoder(), LastWordReader()
    reader.budget = budget
    retriever = Retriever(build_index([Article(text)], encoder), encoder)
    passages = retriever.passages(retriever.hits("ab cd"), reader)
    assert sum(len(reader.token_ends(p.text)) for p in passages) <= budget
    starts = [s.start for p in passages for s in p.sentences]
    assert len(starts) == len(set(starts))
    assert all(p.sentences == tuple(sorted(p.sentences, key=lambda s: s.start)) for p in passages)


def test_articles_are_not_mixed(encoder: WordEncoder) -> None:
    """The last sentence of one article and the first of the next are two passages."""
    index = build_index([Article("Red apples."), Article("Red plums.")], encoder)
    retriever = Retriever(index, encoder)
    passages = retriever.passages(retriever.hits("red"), LastWordReader())
    assert sorted(p.text for p in passages) == ["Red apples.", "Red plums."]
    assert {p.first for p in passages} == {0}


def test_an_article_of_boilerplate_has_no_hit(encoder: WordEncoder) -> None:
    """Its rows are found and left out."""
    assert Retriever(build_index([Article("Comments are closed.")], encoder), encoder).hits("comments closed") == []


def test_another_encoder_is_refused(encoder: WordEncoder) -> None:
    """Vectors of two models do not compare."""
    with pytest.raises(ValueError, match="index made with 'words', questions encoded with 'other'"):
        Retriever(build_index([TEXT], encoder), OtherEncoder())
