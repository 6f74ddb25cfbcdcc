"""From a sentence back to the document: its page, the heading above it, its paragraph."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, read_article
from index.build import build_index
from index.documents.document import Paragraph, joined
from index.documents.pdf import paragraphs
from index.documents.pdf_lines import Line
from index.errors import InputError
from index.folder import save_index
from index.landmarks import Landmarks, Place
from index.loading import load_index, stored_articles
from index.manifest import MANIFEST, read_manifest
from index.revision import add_articles
from index.seal import sealed
from index.store import SentenceIndex
from tests.conftest import ROOT, WordEncoder

DOCUMENTS = ROOT / "tests" / "data" / "documents"
BOOK = joined(
    [
        Paragraph("The ferry", heading=True, pages=(0,)),
        Paragraph("It ran. It sank in the end.", pages=(8,)),
        Paragraph("Nobody died."),
        Paragraph("", pages=(0,)),
        Paragraph("The bridge", heading=True, pages=(0,)),
        Paragraph("It stands."),
    ]
)


def _places(index: SentenceIndex) -> dict[str, Place]:
    return {index.text(row): index.where(row) for row in range(len(index))}


def _index(article: Article) -> SentenceIndex:
    return build_index([article], WordEncoder())


def test_a_place_is_page_heading_and_paragraph() -> None:
    """A paragraph that goes on counts on both pages, a heading and the title on none; page 3 is empty."""
    article = Article(BOOK.text, landmarks=BOOK.landmarks)
    assert BOOK.landmarks == Landmarks(pages=(0, 19, 54, 54), headings=(0, 54))
    assert _places(_index(article)) == {
        "The ferry": Place(1, None, None),
        "It ran.": Place(1, None, 1),
        "It sank in the end.": Place(2, None, 1),
        "Nobody died.": Place(2, None, 2),
        "The bridge": Place(4, "The bridge", None),
        "It stands.": Place(4, "The bridge", 1),
    }
    without_pages = replace(article, landmarks=Landmarks(headings=BOOK.landmarks.headings))
    assert list(_places(_index(without_pages)).values()) == [
        Place(None, None, None),
        Place(None, None, 1),
        Place(None, None, 1),
        Place(None, None, 2),
        Place(None, "The bridge", None),
        Place(None, "The bridge", 1),
    ]
    assert list(_places(_index(Article(BOOK.text))).values()) == [
        Place(paragraph=number) for number in (1, 2, 2, 3, 4, 5)
    ]


def test_a_long_heading_is_cut() -> None:
    """What is cited would be longer than the citation."""
    document = joined([Paragraph("News"), Paragraph("word " * 40, heading=True), Paragraph("It stands.")])
    place = _places(_index(Article(document.text, landmarks=document.landmarks)))["It stands."]
    assert place == Place(None, "word " * 29 + "word…", 1)


@pytest.mark.parametrize("name", ["article.md", "article.html", "page.html", "article.docx", "article.epub"])
def test_a_document_with_headings_gives_sections(name: str) -> None:
    """In each format the same."""
    places = _places(_index(read_article(DOCUMENTS / name)))
    assert places["Nobody will pay a toll before 2040."] == Place(None, "What the council promises", 1)
    assert places["Children under ten are admitted free of charge."] == Place(None, "A ferry since 1821", 2)
    assert places["New bridge opens in Riverton after eleven years"] == Place(None, None, None)
    assert places["The bridge had cost 12 million pounds, three million more than the council had planned."] == Place(
        None, None, 2
    )


def test_a_print_gives_pages() -> None:
    """And headings, told by the size of their letters."""
    places = _places(_index(read_article(DOCUMENTS / "article.pdf")))
    assert places["The bridge had cost 12 million pounds, three million more than the council had planned."].page == 1
    assert places["Nobody will pay a toll before 2040."] == Place(1, "What the council promises", 5)
    assert places["Opponents of the scheme are unconvinced."].page == 2


def test_a_paragraph_that_goes_over_the_page_stays_whole() -> None:
    """Also a word that is cut there, and a list; a page without lines counts."""
    lines = [
        Line("The council has agreed to the new archi-", 50, 100, 10, 1),
        Line("tecture of the bridge.", 50, 700, 10, 3),
        Line("• a thing", 50, 600, 10, 4),
    ]
    assert paragraphs(lines) == [
        Paragraph("The council has agreed to the new architecture of the bridge.", pages=(0, 0, 39, 39)),
        Paragraph("a thing", pages=(0,)),
    ]


@given(
    st.lists(
        st.builds(
            lambda text, heading, start: Paragraph(text, heading, tuple(sorted(start))),
            st.text("aB \n\u00ad\x00\ud83d", max_size=12),
            st.booleans(),
            st.lists(st.integers(0, 12), max_size=2),
        ),
        max_size=8,
    ),
    st.none() | st.text("aB ", max_size=5),
)
def test_landmarks_are_of_their_text(given: list[Paragraph], title: str | None) -> None:
    """Whatever a document holds; each heading begins a paragraph, and no page that has text is lost."""
    document = joined(given, title)
    marks = document.landmarks
    assert marks.fits(document.text)
    assert all(place == 0 or document.text[:place].endswith("\n\n") for place in marks.headings)
    end = max((number for number, one in enumerate(given, start=1) if joined([one]).text), default=0)
    assert len(marks.pages) == sum(len(one.pages) for one in given[:end])


@pytest.mark.parametrize("marks", [Landmarks((1, 0)), Landmarks((99,)), Landmarks((), (-1,)), Landmarks((), (2, 2))])
def test_landmarks_of_another_text_are_refused(marks: Landmarks) -> None:
    """At the door."""
    with pytest.raises(InputError, match="The landmarks are of another text"):
        Article("Red apples.", landmarks=marks)


def test_an_index_keeps_them(tmp_path: Path) -> None:
    """Beside an article that has none; without any there is no file for them."""
    book, plain = Article(BOOK.text, landmarks=BOOK.landmarks), Article("Red apples.")
    save_index(build_index([plain, book], WordEncoder()), tmp_path)
    for articles in (stored_articles(tmp_path), load_index(tmp_path, WordEncoder()).articles):
        assert [one.landmarks for one in articles] == [Landmarks(), BOOK.landmarks]
    save_index(build_index([plain], WordEncoder()), tmp_path)
    assert read_manifest(tmp_path).landmarks is None
    assert not list(tmp_path.glob("landmarks*"))


def test_an_index_made_before_opens(tmp_path: Path) -> None:
    """Without places, until the document is added again: nothing is encoded for that."""
    path = DOCUMENTS / "article.pdf"
    article = read_article(path)
    save_index(build_index([Article(article.text)], WordEncoder()), tmp_path, {article.digest: path})
    manifest = json.loads((tmp_path / MANIFEST).read_bytes())
    del manifest["sha256"], manifest["landmarks"], manifest["articles"][0]["document_sha256"]
    (tmp_path / MANIFEST).write_text(json.dumps(sealed(manifest)), encoding="utf-8")
    assert stored_articles(tmp_path)[0].landmarks == Landmarks()
    add_articles(tmp_path, {path: article}, WordEncoder())
    assert load_index(tmp_path, WordEncoder()).articles[0].landmarks == article.landmarks


def test_a_document_is_told_from_a_changed_one(tmp_path: Path) -> None:
    """By its own digest, not by that of its text."""
    path = tmp_path / "bridge.pdf"
    path.write_bytes((DOCUMENTS / "article.pdf").read_bytes())
    article = read_article(path)
    folder = tmp_path / "index"
    save_index(_index(article), folder, {article.digest: path})
    assert load_index(folder, WordEncoder()).articles == (article,)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(InputError, match=r"bridge\.pdf has changed since it was indexed\. Run: pullquote index --add"):
        load_index(folder, WordEncoder())
    add_articles(folder, {path: read_article(path)}, WordEncoder())
    assert load_index(folder, WordEncoder()).articles == (article,)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ("[", "holds no landmarks of these articles. Run: pullquote index"),
        ("[]", "holds no landmarks of these articles"),
        ('[{"pages": [true], "headings": []}]', "holds no landmarks of these articles"),
        ('[{"pages": 1, "headings": []}]', "holds no landmarks of these articles"),
        ('[{"pages": [0]}]', "holds no landmarks of these articles"),
        ("[" * 9_999, "holds no landmarks of these articles"),
        ('[{"pages": [9999], "headings": []}]', "The landmarks are of another text"),
    ],
)
def test_landmarks_from_elsewhere_are_checked(made: str, message: str, tmp_path: Path) -> None:
    """A folder may come from anywhere."""
    save_index(_index(Article(BOOK.text, landmarks=BOOK.landmarks)), tmp_path)
    digest = sha256(made.encode()).hexdigest()
    name = f"landmarks-{digest[:16]}.json"
    (tmp_path / name).write_text(made, encoding="utf-8")
    manifest = json.loads((tmp_path / MANIFEST).read_bytes())
    del manifest["sha256"]
    manifest["landmarks"] = {"name": name, "sha256": digest}
    (tmp_path / MANIFEST).write_text(json.dumps(sealed(manifest)), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        load_index(tmp_path, WordEncoder())
