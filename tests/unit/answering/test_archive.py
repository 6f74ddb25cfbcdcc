"""Asking a store is asking its articles: the same questions, the same answers, whatever keeps them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.article import Article
from index.build import build_index
from index.errors import InputError
from index.store import SentenceIndex
from index.stores.faiss_store import FaissStore
from index.stores.milvus_collections import ARTICLES as ARTICLE_ROWS
from index.stores.milvus_connection import Connection
from index.stores.opening import open_store
from index.stores.store import Store
from rag.answer import Answer, Status, Timings
from rag.answering import archive as module
from rag.answering.archive import Archive
from rag.answering.assistant import Assistant
from rag.language.words import tokenised
from rag.retrieval.candidates import ARTICLES, best_articles
from tests.conftest import WordEncoder, last_words
from tests.stores import ENGINES
from tests.unit.index.test_folder import OtherEncoder

TEXTS = {
    "apples": "Red apples\n\nRed apples ripen in Kent. They are picked in September. Children eat them.",
    "pears": "Green pears\n\nGreen pears ripen in Surrey. They are hard. A farmer planted forty trees.",
    "bridge": "The bridge\n\nThe bridge was opened in May. It cost nine million pounds. The mayor cut a ribbon.",
    "ferry": "The ferry\n\nThe ferry sank in June. Nobody was hurt. It carried forty cars to the island.",
    "museum": "The museum\n\nThe museum shows old trains. It opens on Monday.\n\nShare this article",
}
QUESTIONS = [
    "Where do red apples ripen?", "When are apples picked?", "Who eats apples?", "Where do green pears ripen?",
    "Are pears hard?", "How many trees did the farmer plant?", "When was the bridge opened?",
    "What did the bridge cost?", "Who cut a ribbon?", "When did the ferry sink?", "Who was hurt?",
    "What did the ferry carry?", "What does the museum show?", "When does the museum open?",
    "Who painted the ceiling?", "What is this article about?", "hello", "Whre do aples ripen?",
    "Did the ferry sink in June?", "forty",
]  # fmt: skip
ENCODER = WordEncoder()


@pytest.fixture(scope="module", params=sorted(ENGINES))
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Each engine, with the articles."""
    with closing(open_store(ENGINES[request.param](tmp_path_factory.mktemp("store")), tokenised)) as store:
        store.put(_built())
        yield store


def _built() -> SentenceIndex:
    return build_index([Article(text, id=name) for name, text in sorted(TEXTS.items())], ENCODER)


def _told(answer: Answer) -> dict[str, object]:
    return replace(answer, timings_ms=Timings(0.0, 0.0, 0.0)).to_dict()


def test_the_same_answers_as_from_an_index(store: Store) -> None:
    """To the bit, of all articles, of one, and of two; what another article answers better, too."""
    assistant = Assistant(_built(), ENCODER, last_words(), 0.5)
    archive = Archive(store, ENCODER, last_words(), 0.5)
    answers = [archive.ask(question) for question in QUESTIONS]
    assert [_told(one) for one in answers] == [_told(assistant.ask(question)) for question in QUESTIONS]
    assert {one.status for one in answers} >= {
        Status.ANSWERED,
        Status.NOT_IN_ARTICLE,
        Status.SMALL_TALK,
        Status.OVERVIEW,
    }
    assert answers[0].text == "Kent"
    elsewhere = 0
    for only in ("ferry", ["bridge", "pears"]):
        for question in QUESTIONS:
            asked = archive.ask(question, article=only)
            assert _told(asked) == _told(assistant.ask(question, article=only))
            elsewhere += asked.elsewhere is not None
    assert elsewhere > 3


def test_the_best_articles(store: Store) -> None:
    """By their best sentence, whether its vector or its words are near."""
    assert best_articles(store, ENCODER, "When did the ferry sink?")[0] == "ferry"
    assert best_articles(store, ENCODER, "nine million")[0] == "bridge"
    assert sorted(best_articles(store, ENCODER, "zebra")) == sorted(TEXTS)


def test_of_many_articles_the_best_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is found among more than are fetched; of long ones fewer are asked, but always the best."""
    many = [Article(f"Village {n}\n\nVillage {n} has a church. The mill of village {n} burnt.") for n in range(60)]
    fetched: list[Sequence[str]] = []

    class Fetching(FaissStore):
        def fetch(self, ids: Sequence[str]) -> SentenceIndex:
            fetched.append(ids)
            return super().fetch(ids)

    store = Fetching(tmp_path / "index", tokenised)
    store.put(build_index([*many, *_built().articles], ENCODER))
    archive = Archive(store, ENCODER, last_words(), 0.5)
    assert archive.ask("Where do red apples ripen?").text == "Kent"
    assert len(best_articles(store, ENCODER, "Which village has a church?")) == ARTICLES
    monkeypatch.setattr(module, "TOGETHER", 3)
    answer = archive.ask("Where do red apples ripen?")
    assert answer.text == "Kent"
    assert {one.article for one in answer.passages} == {"apples"}
    assert (len(fetched[0]), fetched[1]) == (ARTICLES, ["apples"])


def test_an_article_that_goes_meanwhile(tmp_path: Path) -> None:
    """Is not asked; the question is asked of those that are left."""
    other = FaissStore(tmp_path / "index", tokenised)
    other.put(_built())
    left = ["apples"]

    def removing(texts: Sequence[str]) -> list[list[str]]:
        other.remove([left.pop()] if len(texts) == 1 and left else [])
        return tokenised(texts)

    archive = Archive(FaissStore(tmp_path / "index", removing), ENCODER, last_words(), 0.5)
    assert archive.ask("Where do green pears ripen?").text == "Surrey"
    assert left == []
    with pytest.raises(InputError, match="holds no article with the id 'apples'"):
        archive.ask("Where do red apples ripen?", article="apples")


def test_articles_that_cannot_stand_together(tmp_path: Path) -> None:
    """Of two with the same text, which a store may hold if two wrote at once, the better one is asked."""
    address = str(tmp_path / "milvus.db")
    with closing(open_store(address, tokenised)) as store, closing(Connection(address)) as connection:
        store.put(build_index([Article(TEXTS["apples"], id="twin")], ENCODER))
        twin = connection.get(ARTICLE_ROWS, "id", ["twin"], ["*"])
        connection.delete(ARTICLE_ROWS, "id", ["twin"])
        store.put(_built())
        connection.upsert(ARTICLE_ROWS, twin)
        archive = Archive(store, ENCODER, last_words(), 0.5)
        question = "Where do red apples ripen?"
        assert best_articles(store, ENCODER, question)[:2] == ["apples", "twin"]
        asked = archive.ask(question)
        assert (asked.text, {one.article for one in asked.passages}) == ("Kent", set(TEXTS))
        asked = archive.ask(question, article="twin")
        assert (asked.text, {one.article for one in asked.passages}) == ("Kent", {"twin"})
        with pytest.raises(
            InputError, match=r"^Two of the articles, apples and twin, have the same id or the same text"
        ):
            archive.ask(question, article=["twin", "apples"])


def test_what_cannot_be_asked(tmp_path: Path) -> None:
    """An empty store, another encoder, half of a character."""
    store = FaissStore(tmp_path / "index", tokenised)
    with pytest.raises(
        InputError, match=r"The store holds no article\. Put some into it: pullquote index FILE --store"
    ):
        Archive(store, ENCODER, last_words(), 0.5).ask("Where?")
    store.put(_built())
    with pytest.raises(InputError, match="The store was made with the encoder 'words'"):
        Archive(store, OtherEncoder(), last_words(), 0.5)
    with pytest.raises(InputError, match="surrogate"):
        Archive(store, ENCODER, last_words(), 0.5).ask("Where \ud800?")
