"""The place of a citation in its document, wherever an answer is shown."""

from __future__ import annotations

import html
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from index.article import Article
from index.landmarks import Landmarks
from rag.answer import Answer, Turn
from rag.evaluation.verification import check_transcript
from rag.rendering.console import answer_text
from rag.rendering.export import conversation_json, conversation_markdown
from rag.rendering.markdown import answer_markdown
from rag.rendering.openai import blocks, url_citations
from rag.rendering.sharing import plain_text
from tests.unit.answering.test_assistant import _assistant

HEADING = "<b>*Fruit* · sentence 9 · characters 1–2"
TEXT = f"News\n\n{HEADING}\n\nThey ripen late. Red apples grow in Kent."
PAGED = Article(TEXT, "https://example.org/a.pdf", landmarks=Landmarks((0, 6), (0, 6)))
HEADED = Article(TEXT, landmarks=Landmarks((), (0, 6)))
FOUND = {PAGED.url: "page 2, paragraph 1", HEADED.url: f"“{HEADING}”, paragraph 1"}


def _answer(article: Article) -> Answer:
    return _assistant(article).ask("Where do red apples grow?")


@pytest.mark.parametrize("article", [PAGED, HEADED])
def test_a_citation_tells_its_place(article: Article) -> None:
    """The page, else the heading, escaped like all text of others."""
    answer, place = _answer(article), FOUND[article.url]
    console = Console(width=200, record=True, file=StringIO())
    console.print(answer_text(answer, [article]))
    assert f"[1] News · {place} · sentence 4 · " in console.export_text()
    shown = answer_markdown(answer, [article])
    assert f'<span class="pq-place">{place}</span>' in html.unescape(shown)
    assert "<b>" not in shown
    assert f"“Red apples grow in Kent.” (News, {place})" in plain_text(answer, [article])


def test_clients_of_a_language_model_get_it() -> None:
    """Within the stretch that is cited."""
    answer = _answer(PAGED)
    pieces = blocks(answer)
    (cited,) = url_citations(answer, pieces, {PAGED.id: PAGED}, str)
    where = cited["url_citation"]
    assert "".join(pieces)[where["start_index"] : where["end_index"]] == (
        "Red apples grow in Kent. [1] page 2, paragraph 1"
    )
    assert where["url"].startswith("https://example.org/a.pdf#page=2:~:text=")


@pytest.mark.parametrize("article", [PAGED, HEADED])
def test_what_is_exported_with_a_place_verifies(article: Article, tmp_path: Path) -> None:
    """Whatever the heading is called."""
    turns = [Turn("Where do red apples grow?", _answer(article))]
    assert "page 2, paragraph 1 · sentence 4" in conversation_markdown([Turn("?", _answer(PAGED))], [PAGED])
    for name, text in (
        ("a.md", conversation_markdown(turns, [article])),
        ("a.json", conversation_json(turns, [article])),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
        assert list(check_transcript(tmp_path / name, [article])) == []


def test_a_text_has_no_place_to_tell() -> None:
    """Its sentences and characters are told, as ever."""
    answer = _answer(Article(TEXT))
    assert "paragraph" not in answer_markdown(answer) + plain_text(answer, [Article(TEXT)])


def test_a_place_is_that_of_the_index() -> None:
    """Of each article, counted by itself."""
    assistant = _assistant(Article("Plums fall.\n\nThey ripen."), PAGED)
    index = assistant.index
    assert [index.where(row).page for row in range(len(index))] == [None, None, 1, 2, 2, 2]
