"""Documents: the same article in each format is the same text; what only surrounds it is left out."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from email.message import EmailMessage
from hashlib import sha256
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article, article_of, read_article
from index.documents.document import Paragraph, joined, rows
from index.documents.kind import Kind, kind_of
from index.documents.markdown import read_markdown
from index.documents.pdf import _without_edges, paragraphs
from index.documents.pdf_lines import Line
from index.errors import InputError
from tests.conftest import ROOT

DOCUMENTS = ROOT / "tests" / "data" / "documents"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT = (DOCUMENTS / "article.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "article.md", "article.html", "page.html", "article.docx", "article.epub", "article.pdf", "columns.pdf",
        "writer.docx", "writer.pdf",
    ],
)  # fmt: skip
def test_the_same_article_is_the_same_text(name: str, tmp_path: Path) -> None:
    """So it has the same id, whatever the file is called.

    Around it stand a cookie bar, navigation and comments, or headers, footers and page numbers; a print has two pages,
    or seven of two columns with words cut at line ends, or a list and a paragraph that go over the page.
    """
    # a name tells Markdown only
    path = tmp_path / ("story.MD" if name.endswith(".md") else "story.txt")
    path.write_bytes((DOCUMENTS / name).read_bytes())
    article = read_article(path)
    assert article.text == TEXT.rstrip("\n")
    assert article.title == "New bridge opens in Riverton after eleven years"
    assert article.url == ("https://courier.example.com/2026/05/bridge" if name == "page.html" else None)


def test_an_article_that_is_not_marked_is_found(tmp_path: Path) -> None:
    """With its headings and lists, and without what is around it."""
    page = (DOCUMENTS / "page.html").read_text(encoding="utf-8")
    path = tmp_path / "page.html"
    path.write_text(re.sub("<(/?)(main|article)", r"<\1div", page), encoding="utf-8")
    assert read_article(path).text == TEXT.rstrip("\n")


@pytest.mark.parametrize("name", ["notes.docx", "notes.epub", "notes.html"])
def test_notes_stand_at_the_end_without_numbers(name: str) -> None:
    """Which would stand in the middle of sentences."""
    assert read_article(DOCUMENTS / name).text.split("\n\n") == [
        "The ferry",
        "The ferry ran for two centuries. It was slow.",
        "From 1821 on, with breaks in wartime.",
        "Eleven minutes.",
    ]


def test_the_numbers_of_an_encyclopedia_are_left_out(tmp_path: Path) -> None:
    """And what else is raised stays, as do stops after a number."""
    path = tmp_path / "page.html"
    path.write_text(
        "<html><body><h1>Helium</h1><p>It melts at 10<sup>-3</sup> of that"
        '<sup id="r" class="noprint reference"><a href="#cite_note-1">[1]</a></sup>. It is light.</p></body></html>',
        encoding="utf-8",
    )
    assert read_article(path).text == "Helium\n\nIt melts at 10-3 of that. It is light."


def test_an_address_that_is_given_goes_first() -> None:
    """Before the one that the page says is its own."""
    assert read_article(DOCUMENTS / "page.html", "https://example.com/x").url == "https://example.com/x"
    with pytest.raises(InputError, match="'' is no web address"):
        read_article(DOCUMENTS / "page.html", "")


@pytest.mark.parametrize("address", ["javascript:alert(1)", "/2026/bridge", "ftp://example.com/a"])
def test_an_address_that_could_not_be_given_is_left_out(address: str, tmp_path: Path) -> None:
    """The page is read all the same."""
    page = (DOCUMENTS / "page.html").read_text(encoding="utf-8")
    path = tmp_path / "page.html"
    path.write_text(page.replace("https://courier.example.com/2026/05/bridge", address), encoding="utf-8")
    article = read_article(path)
    assert (article.url, article.text) == (None, TEXT.rstrip("\n"))


@pytest.mark.parametrize(
    ("beginning", "name", "kind"),
    [
        (b"%PDF-1.4\n", "a.docx", Kind.PDF),
        (b"\xef\xbb\xbf\n<!-- saved -->\n<!DOCTYPE html>\n<p>", "a.txt", Kind.HTML),
        (b'<?xml version="1.0"?>\n<HTML lang="en">', "a.md", Kind.HTML),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/epub+zip", "a.zip", Kind.EPUB),
        (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml...word/document.xml", "a.zip", Kind.DOCX),
        (b"From: a@b.c\r\nSubject: x\r\n y\r\nMIME-Version: 1.0\r\n\r\nHello", "a.txt", Kind.EMAIL),
        (b"From: Ada\nTo: Cy\nDate: 3 May\n\nA letter", "a.txt", Kind.TEXT),
        (b"# Story", "a.markdown", Kind.MARKDOWN),
        (b"---\ntitle: Story\ntags:\n  - a\n---\nIt begins.", "a.txt", Kind.MARKDOWN),
        (b'+++\ntitle = "Story"\n+++\nIt begins.', "a", Kind.MARKDOWN),
        (b"# Story", "a.txt", Kind.TEXT),
        (b"---\nAnd then she left.\n---\nA year later", "a.txt", Kind.TEXT),
        (b"A PDF file begins with %PDF-1.4, and <html> stands in a page.", "a.pdf", Kind.TEXT),
        (b"<htmlish> is no tag", "a.html", Kind.TEXT),
        (b"", "a.txt", Kind.TEXT),
        (b"<!---->" * 2_000 + b"no page", "a.txt", Kind.TEXT),
    ],
)
def test_the_content_tells_the_kind(beginning: bytes, name: str, kind: Kind) -> None:
    """Not the name, but for Markdown."""
    assert kind_of(beginning, name) is kind


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (OLD_OFFICE + bytes(512), "is an Office document of before 2007. Save it as DOCX"),
        (OLD_OFFICE + "EncryptedPackage".encode("utf-16-le"), "is encrypted. Save it without a password first."),
        (
            OLD_OFFICE + "__substg1.0_".encode("utf-16-le"),
            "is a message of Outlook (MSG). Save it as EML, text or PDF.",
        ),
        (b"{\\rtf1\\ansi Story}", "is Rich Text. Save it as DOCX or PDF."),
        (b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text", "is an OpenDocument file"),
        (b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml", "is an Excel workbook. Save it as PDF."),
        (b"PK\x03\x04" + bytes(26) + b"ppt/presentation.xml", "is a PowerPoint presentation. Save it as PDF."),
        (b"PK\x03\x04" + bytes(26) + b"a.txt", "is a ZIP archive without a Word document"),
        (b"\x1f\x8b\x08", "is compressed with gzip. Unpack it first."),
        (b"\x89PNG\r\n\x1a\n", "is a picture. Run OCR first"),
        (b"\x7fELF\x02\0\0\xff", "is neither text nor a document that can be read. Give PDF"),
        (b"\xff\xfeA\0\0", "is damaged UTF-16 text. Save it as UTF-8."),
    ],
)
def test_what_is_not_read_is_named(data: bytes, message: str, tmp_path: Path) -> None:
    """With the file, and the next step."""
    path = tmp_path / "a.docx"
    path.write_bytes(data)
    with pytest.raises(InputError, match=rf"^{re.escape(str(path))} {re.escape(message)}"):
        read_article(path)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le"])
def test_a_byte_order_mark_tells_the_encoding(encoding: str, tmp_path: Path) -> None:
    """It is no part of the text; line ends stay."""
    path = tmp_path / "a.txt"
    path.write_bytes("\ufeffCafé 🙂\r\nIt opened.\n".encode(encoding))
    assert read_article(path) == Article("Café 🙂\r\nIt opened.\n")


@pytest.mark.parametrize(
    "text",
    ["“Yes” – she said that it’s the café by the river, and no other one", "Zoë’s mother came from the city of Köln"],
)
def test_text_that_code_pages_read_alike_is_read(text: str, tmp_path: Path) -> None:
    """Of Windows, for western and central Europe; the file is known again."""
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode("cp1252"))
    article = read_article(path)
    assert article.text == text
    assert article.document_sha256 == sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "data",
    [
        "Lech Wałęsa came from Gdansk".encode("cp1250"),
        "It is called El Niño".encode("cp1252"),
        "Привет".encode("cp1251"),
        "They call it “Café” in the town".encode("mac-roman"),
        "It’s “so” and cut: é".encode()[:-1],
        b"They call it caf\x81",
        "Ой".encode("cp1251"),
    ],
)
def test_text_that_code_pages_read_differently_is_refused(data: bytes, tmp_path: Path) -> None:
    """As is UTF-8 that is damaged: a guess would put other words in the article's mouth."""
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"is not UTF-8 text: byte \d+ is 0x\w\w\. Save it as UTF-8"):
        read_article(path)


def test_markdown_is_what_a_reader_sees() -> None:
    """No marks, addresses, comments or front matter."""
    made = (
        '\ufeff---\ntitle: "Of apples"\ndraft: true\n---\n\n'
        "Red *apples* grow\nin [Kent](https://example.com 'K'), &amp; `x < y`.  \nGreen ones ![do not](a.png).\n\n"
        "<!-- to do -->\n\n* one\n  * two\n\n> said\n> she\n\n```python\nprint('a')\nprint('b')\n```\n\n"
        "| | Sort |\n|-|-|\n| Red | *Cox* |\n| Old | |\n\n<p>It <b>ends</b></p>\n\n~~Not~~ here\\*<br>now.\n"
    )
    assert read_markdown(made).text.split("\n\n") == [
        "Of apples",
        "Red apples grow in Kent, & x < y.\nGreen ones do not.",
        "one",
        "two",
        "said she",
        "print('a')\nprint('b')",
        "Red: Sort: Cox",
        "Old",
        "It ends",
        "Not here*\nnow.",
    ]
    assert read_markdown("---\ntitle: No\n---\n# Yes\n\nIt is.").text == "Yes\n\nIt is."


def test_markdown_that_is_long_is_read_apart(tmp_path: Path) -> None:
    """To the same text."""
    path = tmp_path / "a.md"
    path.write_text("# News\n\n" + "Red *apples* grow in **Kent**.\n\n" * 4_000, encoding="utf-8")
    assert read_article(path).text == "News" + "\n\nRed apples grow in Kent." * 4_000


def test_a_table_is_lines_that_stand_alone() -> None:
    """Where the headings do not fit, bars part the cells."""
    cells = [["Name:", ""], ["Ann\n Byron", "mayor"], ["", ""], ["a", "b", "c"]]
    assert rows(cells, headed=True) == ["Ann Byron (Name): mayor", "", "a | b | c"]
    assert rows(cells[1:], headed=False) == ["Ann Byron | mayor", "", "a | b | c"]
    assert rows(cells[:1], headed=True) == ["Name:"]
    assert rows([["Name"], ["Ann"]], headed=True) == ["Ann (Name)"]
    assert rows([["Name", "Age"], ["", "8"], ["Bob", ""]], headed=True) == ["Age: 8", "Bob (Name)"]


@pytest.mark.parametrize(
    ("name", "kind", "library"),
    [
        ("page.html", "HTML", "trafilatura"),
        ("article.docx", "DOCX", "mammoth"),
        ("article.epub", "EPUB", "lxml"),
        ("library/pool.eml", "e-mail", "trafilatura"),
    ],
)
def test_a_library_that_is_missing_is_named(
    name: str, kind: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(InputError) as caught:
        read_article(DOCUMENTS / name)
    assert str(caught.value) == (
        f'{DOCUMENTS / name} is {kind}, and {library} is not installed. Run: pip install "pullquote[documents]"'
    )


def _email(told: str, subtype: str = "plain", charset: str = "utf-8", form: str = "fixed") -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Ada Byron <ada@example.com>", "The bridge – and the ferry"
    message.set_content(told, subtype=subtype, charset=charset)
    message.set_param("format", form)
    return bytes(message)


def test_an_email_is_read() -> None:
    """Its subject in other letters than ASCII, and its lines joined that were broken to fit a width."""
    text = read_article(DOCUMENTS / "library" / "pool.eml").text
    assert text.split("\n\n")[:4] == [
        "Why the pool closes in December – and what stays open",
        "From: Piet Aerts <piet.aerts@neptune.example>\nTo: members@neptune.example\n"
        "Date: Thu, 26 Nov 2026 11:08:02 +0000\n"
        "Subject: Why the pool closes in December – and what stays open",
        "Dear members,",
        "the indoor pool in Harbour Lane will be closed from 7 to 19 December, because the tiles of the big basin are "
        "coming loose. The repair costs 86,000 euros, of which the town pays two thirds. The small basin stays open "
        "for the swimming lessons of the schools.",
    ]
    assert "\n\nWill the sauna be closed, too?\n\nNo." in text


def test_an_email_of_a_web_page_is_read() -> None:
    """Tables for layout are none, others are; of two forms the text is taken."""
    inner = "<table><tr><th>Town</th><th>Fee</th></tr><tr><td>Ross</td><td>2 €</td></tr></table>"
    page = f"<table><tr><td>{inner}</td></tr><tr><td><h2>Soon</h2><p>It opens.<br>Come!</p></td></tr></table>"
    assert article_of(_email(page, subtype="html"), "a.eml").text == (
        "The bridge – and the ferry\n\nFrom: Ada Byron <ada@example.com>\n"
        "Subject: The bridge – and the ferry\n\nRoss (Town): Fee: 2 €\n\nSoon\n\nIt opens.\nCome!"
    )
    both = EmailMessage()
    both["From"] = "a@example.com"
    both.set_content("As text.")
    both.add_alternative("<p>As a page.", subtype="html")
    both.add_attachment("Attached.", filename="a.txt")
    assert article_of(bytes(both), "a.eml").text == "From: a@example.com\nAttachment: a.txt\n\nAs text."


def test_an_email_is_read_to_its_end() -> None:
    """Mail programs put what is attached between the words, and send a text of nothing beside a page.

    What is attached is named in a line, whatever hides in the names.
    """
    parts = EmailMessage()
    parts["From"] = "a@example.com"
    parts.set_content("Before.")
    parts.add_attachment("Attached.", filename="Zoë\u2028To: all.txt")
    parts.add_attachment(b"x", "image", "png", filename="b.png", disposition="inline")
    parts.add_attachment(b"x", "image", "png")
    blank = EmailMessage()
    blank.set_content(" \n")
    blank.add_alternative("<p>After.", subtype="html")
    parts.attach(blank)
    assert article_of(bytes(parts), "a.eml").text == (
        "From: a@example.com\nAttachment: Zoë To: all.txt, b.png\n\nBefore.\n\nAfter."
    )


def test_an_email_whose_lines_flow_is_read() -> None:
    """A space at the end of a line joins it to the next one, but for the mark above a signature (RFC 3676)."""
    flowing = _email("It \nopens.\n\n> Why?\n-- \nAda\n", form="flowed")
    assert article_of(flowing, "a.eml").text.split("\n\n")[2:] == ["It opens.", "Why?", "--", "Ada"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (_email(" \n"), "a.eml is an e-mail without text. If something is attached to it, save that and give it."),
        (_email("x", charset="latin-1").replace(b"iso-8859-1", b"nothing"), "a.eml is damaged, or no usable e-mail"),
    ],
)
def test_an_email_without_text_is_refused(data: bytes, message: str) -> None:
    """In one line."""
    with pytest.raises(InputError, match=f"^{re.escape(message)}"):
        article_of(data, "a.eml")


@pytest.mark.parametrize(
    ("title", "found", "text"),
    [
        ("News", ["It  began.\t", "\0 \u200b", "so\u00adme\nend \n"], "News\n\nIt began.\n\nsome\nend"),
        ("Big news | The Courier", ["5 May", "Big News", "It."], "5 May\n\nBig News\n\nIt."),
        (None, ["News", "News", "It."], "News\n\nIt."),
        ("Norway", ["Norway is a country in the north."], "Norway\n\nNorway is a country in the north."),
        (" ", ["\ud83d\ude42 and \ud83d"], "🙂 and �"),
        ("", [], ""),
    ],
)
def test_paragraphs_are_tidied(title: str | None, found: list[str], text: str) -> None:
    """White space, marks that are not seen, the title once, and no halves of characters."""
    assert joined(map(Paragraph, found), title).text == text


def test_lines_of_a_page_become_paragraphs() -> None:
    """By distance, size, bullets and short last lines; words are mended."""

    def page(*lines: tuple[str, float, float]) -> list[Line]:
        return [Line(text, 50, y, size, 1) for text, y, size in lines]

    assert paragraphs([]) == []
    found = paragraphs(
        page(
            ("A headline of two lines that", 700, 20),
            ("goes on", 676, 20),
            ("The council has agreed to the new archi-", 640, 10),
            ("tecture of the well-known bridge. A well-", 628, 10),
            ("known man said that he would pay for it.", 616, 10),
            ("And so.", 604, 10),
            ("The next paragraph begins without a space.", 592, 10),
            ("• one thing", 580, 10),
            ("• another thing which needs a whole line", 568, 10),
            ("and more", 556, 10),
            ("Far below stands the end", 500, 10),
        )
    )
    assert [one.text for one in found if one.heading] == ["A headline of two lines that goes on"]
    assert [one.text for one in found] == [
        "A headline of two lines that goes on",
        "The council has agreed to the new architecture of the well-known bridge. A well-known man said that he would "
        "pay for it. And so.",
        "The next paragraph begins without a space.",
        "one thing",
        "another thing which needs a whole line and more",
        "Far below stands the end",
    ]


@pytest.mark.parametrize(
    ("before", "cut", "after", "whole"),
    [
        ("", "archi-", "tecture", "architecture"),
        ("", "archi\u2010", "tecture", "architecture"),
        ("", "archi\u00ad", "tecture", "architecture"),
        ("style and character\u00a0", "charac\u00ad", "ter", "character"),
        ("A well-known man. ", "well-", "known", "well-known"),
        ("A style. A character. ", "character-", "style", "character-style"),
        ("News on paper, a newspaper. ", "news-", "paper", "newspaper"),
        ("It has a", "20-", "minute", "20-minute"),
        ("From", "1939-", "1945", "1939-1945"),
        ("Those aged", "16–", "19", "16–19"),
        ("They build", "two-", "and three-storey", "two- and three-storey"),
        ("", "Anglo-", "Saxon", "Anglo-Saxon"),
    ],
)
def test_words_that_a_line_end_cuts(before: str, cut: str, after: str, whole: str) -> None:
    """A hyphen of the word's own stays; the other words of the document tell it."""
    lines = [
        Line(f"{before} and here stands some more text, {cut}", 50, 100, 10, 0),
        Line(f"{after} it is.", 50, 88, 10, 0),
    ]
    (found,) = paragraphs(lines)
    assert found.text.endswith(f"more text, {whole} it is.")


def test_where_few_lines_end_with_a_hyphen_it_is_the_words_own() -> None:
    """No program has cut words there."""
    lines = [
        Line("All of these lines have about the same length here,", 50, 900 - 12 * number, 10, 0)
        for number in range(40)
    ]
    lines[20:22] = [
        replace(lines[20], text="as nobody has cut any but this one by an inter-"),
        replace(lines[21], text="animation of words that is as long as the others"),
    ]
    assert "by an inter-animation of words" in paragraphs(lines)[0].text


def test_what_a_browser_adds_to_one_page_is_left_out() -> None:
    """Date and title above, address and number below."""
    page = [
        Line("11/26/26, 5:23 AM The bridge", 20, 800, 8, 0),
        Line("A bridge was opened in Riverton on 4 May.", 50, 700, 10, 0),
        Line("In 1/2/26 nobody knew it.", 50, 600, 10, 0),
        Line("https://example.com/bridge 1/1", 20, 20, 8, 0),
    ]
    assert [line.text for line in _without_edges([page])] == [page[1].text, page[2].text]
    assert [line.text for line in _without_edges([[*page[1:3], Line("– 1 –", 200, 10, 10, 0)]])] == [
        page[1].text,
        page[2].text,
    ]


def test_a_paragraph_may_be_as_long_as_a_book() -> None:
    """On ten thousand pages: in seconds, where joining each line to all before it took minutes."""
    line = Line(
        "the hands of the clock turn and turn as long as the weights have not come to the ground,", 50, 9, 10, 0
    )
    lines = [replace(line, page=page, y=9.0 - row) for page in range(10_000) for row in range(2)]
    began = process_time()
    (found,) = paragraphs(lines)
    assert process_time() - began < 30
    width = len(line.text) + 1
    assert len(found.text) == 20_000 * width - 1
    assert found.pages == tuple(range(0, 20_000 * width, 2 * width))


def test_rows_with_as_many_cells_are_a_table() -> None:
    """One line alone with a gap is prose; headings that stand again in the next column are left out."""
    lines = [
        Line("It cost 3 pounds and", 50, 100, 10, 0, ("It cost", "3 pounds and")),
        Line("was worth it.", 50, 88, 10, 0),
        *(
            Line(" ".join(cells), 50, 60 - 12 * row, 10, 0, cells)
            for row, cells in enumerate((("Kind", "Trees"), ("Cox", "9"), ("Kind", "Trees"), ("Bramley", "21")))
        ),
        Line("All are old.", 50, 10, 10, 1),
    ]
    assert paragraphs(lines) == [
        Paragraph("It cost 3 pounds and was worth it.", pages=(0,)),
        Paragraph("Cox (Kind): Trees: 9"),
        Paragraph("Bramley (Kind): Trees: 21"),
        Paragraph("All are old.", pages=(0,)),
    ]


@given(
    st.lists(
        st.builds(
            lambda cells, gaps, y, page: (cells if gaps else (), " ".join(cells), y, page),
            st.lists(st.sampled_from(["Cox", "apples", "9", "It is.", "•", "Kind"]), min_size=1, max_size=3).map(tuple),
            st.booleans(),
            st.sampled_from([100.0, 88.0, 50.0]),
            st.integers(0, 2),
        ),
        max_size=9,
    )
)
def test_no_word_of_a_print_is_lost(made: list[tuple[tuple[str, ...], str, float, int]]) -> None:
    """Whatever is taken for a table, a list or a paragraph; and each page begins somewhere."""
    ordered = sorted(made, key=lambda line: line[-1])
    lines = [Line(text, 50, y, 10, page, cells if len(cells) > 1 else ()) for cells, text, y, page in ordered]
    found = paragraphs(lines)
    words = re.findall(r"\w+", " ".join(line.text for line in lines))
    assert set(words) == set(re.findall(r"\w+", " ".join(one.text for one in found)))
    assert sum(len(one.pages) for one in found) == (1 + lines[-1].page if lines else 0)
