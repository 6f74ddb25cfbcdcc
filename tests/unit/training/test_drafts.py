"""Drafted questions are counted by genre, for as many words."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.article import Article
from rag.drafting.source import Source
from rag.drafting.templates import drafts
from rag.training.pipeline.drafts import Counted, articles, counted, summed


def test_questions_are_counted_for_1200_words() -> None:
    """Fourteen words with one question."""
    article = Article("It was said to the town council of Kent by the painter Ann Lee.")
    made = drafts(Source.of(article))
    assert [draft.question for draft in made] == ["Who is Ann Lee?"]
    found = counted("news", article, made)
    assert (found.genre, found.kinds, found.kept) == ("news", 1, None)
    assert found.drafted == pytest.approx(1200 / 14)


def test_genres_are_told_apart_and_all_together() -> None:
    """Mean and median, rounded; what is kept only if it was asked."""
    found = [Counted("speech", 10, 2), Counted("speech", 20.04, 4), Counted("bio", 60, 9)]
    assert summed(found) == {
        "bio": {"articles": 1, "drafted": 60, "median": 60, "kinds": 9},
        "speech": {"articles": 2, "drafted": 15.0, "median": 15.0, "kinds": 3},
        "all": {"articles": 3, "drafted": 30.0, "median": 20.0, "kinds": 5},
    }
    assert summed([Counted("bio", 60, 9, 30)])["bio"]["kept"] == 30


def test_paragraphs_are_no_articles(tmp_path: Path) -> None:
    """Each article of a part is read, but what comes from `wiki`."""
    for name in ("news_mill", "wiki_mill"):
        for path in (tmp_path / "articles" / f"{name}.txt", tmp_path / "dev" / f"{name}.jsonl"):
            path.parent.mkdir(exist_ok=True)
            path.write_text("The old mill of Kent\n\nIt burnt down.", encoding="utf-8")
    assert [(name, article.title) for name, article in articles(tmp_path, "dev")] == [
        ("news_mill", "The old mill of Kent")
    ]
