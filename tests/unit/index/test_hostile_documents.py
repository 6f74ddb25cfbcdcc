"""Documents that are broken, locked, empty or meant to harm: each gets one true line, in bounded time and memory."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path
from time import perf_counter
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from pypdf import PdfReader, PdfWriter

from index.article import read_article
from index.documents import archive
from index.documents.kind import Kind
from index.documents.worker import MEMORY, SECONDS, read_apart
from index.errors import InputError
from tests.conftest import ROOT

DOCUMENTS = ROOT / "tests" / "data" / "documents"
LAUGHS = '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(
    f'<!ENTITY a{number} "{f"&a{number - 1};" * 10}">' for number in range(1, 12)
)
LEAK = '<!DOCTYPE x [<!ENTITY leak SYSTEM "file:///etc/passwd">'


def changed(name: str, part: str, *changes: tuple[str, str]) -> bytes:
    """An archive of the fixtures with other words at some places of one of its files."""
    made = BytesIO()
    with ZipFile(DOCUMENTS / name) as right, ZipFile(made, "w") as wrong:
        for entry in right.infolist():
            text = right.read(entry)
            for old, new in changes if entry.filename == part else ():
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode(), 1)
            wrong.writestr(entry, text)
    return made.getvalue()


def pdf(password: str = "", algorithm: str = "RC4-128", blank: bool = False) -> bytes:
    """A print of the article, locked with a password, or a page of which nothing is text."""
    writer = PdfWriter() if blank else PdfWriter(clone_from=PdfReader(DOCUMENTS / "article.pdf"))
    if blank:
        writer.add_blank_page(100, 100)
    else:
        writer.encrypt(password, "owner", algorithm=algorithm)
    made = BytesIO()
    writer.write(made)
    return made.getvalue()


def refusal(tmp_path: Path, data: bytes) -> str:
    """What is said of a file, after its name."""
    path = tmp_path / "a.bin"
    path.write_bytes(data)
    with pytest.raises(InputError, match=rf"^{re.escape(str(path))} ") as caught:
        read_article(path)
    said = str(caught.value).removeprefix(f"{path} ")
    assert said.isprintable()
    return said


def test_a_pdf_without_words_is_told(tmp_path: Path) -> None:
    """Scanned, or locked with a password, which the owner's alone does not do."""
    assert refusal(tmp_path, pdf(blank=True)).startswith("has no text: it is probably scanned. Run OCR first")
    for algorithm in ("RC4-128", "AES-256"):
        assert refusal(tmp_path, pdf("secret", algorithm)) == "is encrypted. Save it without a password first."
    assert read_apart(Kind.PDF, pdf("")).text == read_article(DOCUMENTS / "article.pdf").text


@pytest.mark.parametrize("name", ["article.pdf", "article.docx", "article.epub"])
def test_a_broken_document_is_told(name: str, tmp_path: Path) -> None:
    """Half of it, and its beginning only."""
    data = (DOCUMENTS / name).read_bytes()
    kind = name.rpartition(".")[2].upper()
    pattern = rf"is damaged, or no usable {kind} \(.+\)\. Open it in another program and save it anew\."
    assert re.fullmatch(pattern, refusal(tmp_path, data[: -len(data) // 3] if kind != "PDF" else b"%PDF-1.7\nabc"))


@pytest.mark.parametrize(
    "page",
    [
        "<html></html>",
        "<!doctype html><title>Application</title><div id=root></div><script src=app.js></script>",
        "<html><body>\u200b<style>p {}</style>",
    ],
)
def test_a_page_without_text_is_told(page: str, tmp_path: Path) -> None:
    """A script would fill it, perhaps."""
    assert re.match(r"has no text .*Open it in a browser and save its text\.", refusal(tmp_path, page.encode()))


def test_a_book_and_a_letter_without_text_are_told(tmp_path: Path) -> None:
    """Pictures of pages, say; and what is protected against copying."""
    text = ZipFile(DOCUMENTS / "article.docx").read("word/document.xml").decode()
    body = text[text.index("<w:body>") : text.index("</w:body>")]
    assert refusal(tmp_path, changed("article.docx", "word/document.xml", (body, "<w:body>"))).startswith("has no text")
    made = BytesIO()
    with ZipFile(DOCUMENTS / "article.epub") as right, ZipFile(made, "w") as wrong:
        for entry in right.infolist():
            wrong.writestr(entry, b"" if entry.filename.endswith("html") else right.read(entry))
        wrong.writestr("META-INF/encryption.xml", "<encryption/>")
    assert refusal(tmp_path, made.getvalue()).startswith("is protected against copying")


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """By what it says that it unpacks to, which is all that zipfile would unpack."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED, compresslevel=1) as bomb, bomb.open("word/document.xml", "w") as file:
        for _ in range(301):
            file.write(bytes(1_000_000))
    assert len(made.getvalue()) < 2_000_000
    assert refusal(tmp_path, made.getvalue()).startswith("unpacks to 301,000,000 bytes in 1 files; at most 300,000,000")
    with ZipFile(made, "w") as bomb:
        for number in range(archive.MOST_FILES + 1):
            bomb.writestr(f"word/document.xml{number}", "")
    assert refusal(tmp_path, made.getvalue()).startswith("unpacks to 0 bytes in 10,001 files; at most")


@pytest.mark.parametrize(("entities", "entity"), [(LAUGHS, "&a11;"), (LEAK, "&leak;")])
@pytest.mark.parametrize(
    ("kind", "name", "part", "root"),
    [
        (Kind.DOCX, "article.docx", "word/document.xml", "<w:document"),
        (Kind.EPUB, "article.epub", "EPUB/content.opf", "<package"),
    ],
)
def test_entities_are_not_resolved(kind: Kind, name: str, part: str, root: str, entities: str, entity: str) -> None:
    """Neither to a hundred thousand million laughs, nor to a file of this machine."""
    data = changed(name, part, (root, f"{entities}]>{root}"), ("New bridge", f"{entity} bridge"))
    began = perf_counter()
    try:
        found = read_apart(kind, data).text
    except InputError as error:
        found = str(error)
        assert found.startswith("is damaged")
    assert perf_counter() - began < 60
    assert "root:" not in found
    assert "hahaha" not in found


def test_nesting_does_no_harm(tmp_path: Path) -> None:
    """A hundred thousand elements in each other: read as far as the parser goes, or refused."""
    deep = "<w:sdt><w:sdtContent>" * 50_000
    assert re.match(
        "is (nested too deeply|damaged)",
        refusal(tmp_path, changed("article.docx", "word/document.xml", ("<w:body>", f"<w:body>{deep}"))),
    )
    page = f"<!doctype html><p>{'Red apples grow. ' * 20}</p>{'<div><b>' * 100_000}deep"
    assert "Red apples grow." in read_apart(Kind.HTML, page.encode()).text


def test_what_takes_too_long_is_ended() -> None:
    """A worker that has not even begun, here."""
    began = perf_counter()
    with pytest.raises(InputError, match=r"^takes more than 0\.01 s to read\. Give it in several parts, or as text\.$"):
        read_apart(Kind.PDF, (DOCUMENTS / "article.pdf").read_bytes(), 0.01)
    assert perf_counter() - began < 5


WISH = """
from index.documents import worker
from index.documents.document import Document
import os, socket, subprocess

def read(data):
    {wish}
    return Document("done")

worker.serve(read)
"""


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ("socket.create_connection(('127.0.0.1', 9))", "a document wants socket."),
        ("subprocess.run(['true'])", "a document wants subprocess.Popen"),
        ("os.system('true')", "a document wants os.system"),
        ("open('a.txt', 'w').write('x' * 100_000)", "File too large"),
        ("bytearray(3 << 30)", f"needs more than {MEMORY >> 30} GB of memory"),
        ("(lambda again: again(again))(lambda again: again(again))", "is nested too deeply"),
        ("print(1)", '"text": "done"'),
        ("return Document(f'ends after {__import__(\"resource\").getrlimit(0)[0]} s')", f"ends after {SECONDS} s"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not bound memory and files")
def test_a_worker_has_given_up_what_it_does_not_need(wish: str, said: str, tmp_path: Path) -> None:
    """The network, processes, files, and memory without end; what a library prints is no text of the document."""
    done = subprocess.run(
        [sys.executable, "-c", WISH.format(wish=wish)], input=b"", cwd=tmp_path, capture_output=True, check=False
    )
    output = done.stdout.decode()
    assert said in (output or done.stderr.decode())
    assert (done.returncode, output.startswith("{")) in ((0, True), (1, False))
