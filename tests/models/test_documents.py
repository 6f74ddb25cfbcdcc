"""One article in each format, made by other programs: the same answers, each with its place in the document."""

from __future__ import annotations

import re

import pytest
from pypdf import PdfReader

from rag import load_assistant
from rag.answer import Answer
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
DOCUMENTS = ROOT / "tests" / "data" / "documents"
QUESTIONS = {
    "How much did the bridge cost?": ("12 million pounds", None),
    "Who opened the bridge?": ("Mayor Ann Byron", None),
    "How deep did the engineers have to drill?": ("forty metres", None),
    "Since when had the ferry carried people?": ("1821", "A ferry since 1821"),
    "Until when will nobody pay a toll?": ("2040", "What the council promises"),
    "When was the bridge at Kingsholm opened?": ("1904", "What the council promises"),
    "When is the hearing of the High Court?": ("19 October", "What the council promises"),
    "How old is the mayor?": ("", None),
}


def _answers(name: str) -> dict[str, Answer]:
    assistant = load_assistant(DOCUMENTS / name, reader="fast")
    return {question: assistant.ask(question) for question in QUESTIONS}


@pytest.mark.parametrize("name", ["article.txt", "article.md", "page.html", "writer.docx", "article.epub"])
def test_each_format_gives_the_same_answers(name: str) -> None:
    """A sentence of the article, its table or its list, below the heading that stands above it."""
    for question, answer in _answers(name).items():
        words, heading = QUESTIONS[question]
        assert answer.text == words
        assert [cited.place.heading for cited in answer.citations] == (
            [None if name == "article.txt" else heading] if words else []
        )


@pytest.mark.parametrize("name", ["article.pdf", "writer.pdf", "columns.pdf"])
def test_a_citation_names_the_page(name: str) -> None:
    """On which its sentence begins."""
    pages = [re.sub(r"[\s-]", "", page.extract_text()) for page in PdfReader(DOCUMENTS / name).pages]
    seen = set()
    for question, answer in _answers(name).items():
        assert answer.text == QUESTIONS[question][0]
        for cited in answer.citations:
            page = cited.place.page or 0
            # of a row of the table, what stands before the heading of its column
            assert re.sub(r"[\s-]", "", cited.quote.partition("(")[0])[:12] in pages[page - 1]
            seen.add(page)
    assert len(seen) > 1
