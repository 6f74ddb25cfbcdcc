"""With the real models: the same questions have the same answers from every store, to the bit."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from index.article import Article
from index.build import build_index
from index.stores.opening import open_store
from rag.answer import Answer, Status, Timings
from rag.answering.archive import Archive
from rag.answering.assistant import Assistant
from rag.language.words import tokenised
from tests.conftest import QUESTIONS, ROOT
from tests.stores import ENGINES
from tests.unit.answering.test_archive import TEXTS


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Twenty questions about the seed."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()[:20]
    return [json.loads(line)["question"] for line in lines]


def test_the_same_answers(assistant: Assistant, asked: list[str], tmp_path: Path) -> None:
    """From each store that holds a few articles; and they say what an index of these says."""
    page = Article((ROOT / "docs" / "widget.md").read_text(encoding="utf-8"))
    articles = [*assistant.index.articles, page, *(Article(text, id=name) for name, text in TEXTS.items())]
    index = build_index(sorted(articles, key=lambda one: one.id), assistant.encoder)
    answers: dict[str, list[dict[str, object]]] = {}
    for engine, address in ENGINES.items():
        with closing(open_store(address(tmp_path), tokenised)) as store:
            for one in index.articles:
                store.put(index.only(index.places[one.id]))
            archive = Archive(store, assistant.encoder, assistant.reader, assistant.threshold, assistant.sure)
            answers[engine] = [_told(archive.ask(question)) for question in asked]
    assert len(answers) > 1
    for engine, told in answers.items():
        assert told == answers["faiss"], engine
    edition = assistant.apart(index)
    expected = [one for question in asked for one in edition.steps(question) if isinstance(one, Answer)]
    said = [(one.status, one.text) for one in expected]
    found = [(one["status"], one["text"]) for one in answers["faiss"]]
    assert sum(one.status is Status.ANSWERED for one in expected) > 10
    assert found == said


def _told(answer: Answer) -> dict[str, object]:
    return replace(answer, timings_ms=Timings(0.0, 0.0, 0.0)).to_dict()
