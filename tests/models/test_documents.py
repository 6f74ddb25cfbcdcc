"""One article in each format, made by other programs: the same answers, each with its place in the document."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from index.article import read_article
from index.landmarks import Place
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


MUSEUM, ORCHARD, LIGHT, PRINT = "museum.pdf", "orchard.docx", "lighthouse.epub", "print.pdf"
MARKET, CHOIR, BICYCLE, POOL = "market.html", "choir.md", "bicycle.txt", "pool.eml"
PAGE = """
<!DOCTYPE html><html lang="en"><title>The clock of Elmswell</title><h1>The clock of Elmswell</h1>
<p>The tower clock of Elmswell was built by Agnes Thorne in 1788. It has a single hand.</p>
<table><tr><th>Bell<th>Weight<tr><td>Old Tom<td>910 kg<tr><td>Little Kate<td>340 kg</table>
<h2 style="break-before: page">The climb</h2>
<p>Visitors climb 164 steps to the clock. A guide goes up with them on Saturdays.</p>
<p>Rowan Pike winds the clock every third day.</p>
"""
"""What Chromium prints, on two pages."""
LIBRARY = {
    "Who founded the museum of glass?": ("Hanna Voss", MUSEUM, Place(1, None, 1)),
    "When is the museum closed?": ("January", MUSEUM, Place(1, "Opening times", 2)),
    "How much do students pay at the museum?": ("four euros", MUSEUM, Place(2, "Tickets", 2)),
    "How many pieces did the fire destroy?": ("three hundred", MUSEUM, Place(2, "The fire of 1962", 3)),
    "Who built the northern wing again?": ("Ruth Okafor", MUSEUM, Place(2, "The fire of 1962", 3)),
    "Who built the tower clock of Elmswell?": ("Agnes Thorne", PRINT, Place(1, None, 1)),
    "What is the weight of the bell Little Kate?": ("340 kg", PRINT, Place(1, None, 3)),
    "How many steps do visitors climb to the clock?": ("164", PRINT, Place(2, "The climb", 1)),
    "Who winds the clock?": ("Rowan Pike", PRINT, Place(2, "The climb", 2)),
    "How many apple trees does the orchard have?": ("six hundred", ORCHARD, Place(None, None, 1)),
    "When are the trees pruned?": ("February", ORCHARD, Place(None, "Pruning", 1)),
    "How many tonnes of apples does the orchard give in a good year?": ("eighteen", ORCHARD, Place(None, "Harvest", 1)),
    "When is the Egremont Russet picked?": ("25 September", ORCHARD, Place(None, "Harvest", 3)),
    "How high is the lighthouse?": ("forty-one metres", LIGHT, Place(None, None, 1)),
    "Who was the last keeper of the lighthouse?": ("Ewan Laird", LIGHT, Place(None, "The keepers", 1)),
    "How far can the light be seen?": ("twenty-three miles", LIGHT, Place(None, "The light", 1)),
    "On what date does the market move to Castle Square?": ("6 June", MARKET, Place(None, None, 1)),
    "How much will the repair of the quay wall cost?": ("3.4 million euros", MARKET, Place(None, None, 1)),
    "What is the fee for a stall?": ("twenty-two euros", MARKET, Place(None, "What changes for traders", 1)),
    "Which bus stops beside the square?": ("Bus 14", MARKET, Place(None, "What visitors should know", 1)),
    "How many singers does the choir have?": ("twenty-seven", CHOIR, Place(None, None, 1)),
    "How long does the best known song last?": ("eleven minutes", CHOIR, Place(None, "Songs", 1)),
    "How many pounds of letters did Clara Penn carry?": ("forty", BICYCLE, Place(None, None, 2)),
    "When did the bicycle post end?": ("1909", BICYCLE, Place(None, None, 3)),
    "How much does the repair of the pool cost?": ("86,000 euros", POOL, Place(None, None, 6)),
    "Who opens the pool again?": ("Zoë Lindqvist", POOL, Place(None, None, 8)),
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


@pytest.mark.chromium
def test_a_folder_with_one_of_each_kind(browser: Browser, tmp_path: Path) -> None:
    """Questions across all of them: each citation is of the right document, page or heading, and paragraph."""
    with browser.new_page() as page:
        page.set_content(PAGE)
        page.pdf(path=tmp_path / PRINT, format="A5", display_header_footer=True)
    folders = {PRINT: tmp_path}
    articles = {
        name: read_article(folders.get(name, DOCUMENTS / "library") / name)
        for name in {name for _, name, _ in LIBRARY.values()}
    }
    assert len({article.id for article in articles.values()}) == 8
    assistant = load_assistant(list(articles.values()), reader="fast")
    for question, (words, name, place) in LIBRARY.items():
        answer = assistant.ask(question)
        cited = answer.citations[0]
        assert words in answer.text
        assert (cited.article, cited.place) == (articles[name].id, place)
