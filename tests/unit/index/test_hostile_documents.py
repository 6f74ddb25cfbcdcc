"""Documents that are broken, locked, empty or meant to harm: each gets one true line, in bounded time and memory."""

from __future__ import annotations

import re
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path
from time import perf_counter
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from pypdf import PdfReader, PdfWriter

from index.article import LONGEST, article_of, read_article
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


def told(data: bytes) -> str:
    """The text of a document, or what is said of it."""
    try:
        return article_of(data, "a").text
    except InputError as error:
        return str(error)


def test_a_text_that_grows_stays_in_its_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A small file may become hundreds of megabytes of text, which the server would have in memory several times."""
    page = b"BT /F1 12 Tf 72 700 Td (" + b"word " * 20 + b") Tj ET\n"
    outputs: list[int] = []
    run = subprocess.run

    def weighed(*given: Any, **options: Any) -> subprocess.CompletedProcess[bytes]:
        done = run(*given, **options)
        outputs.append(len(done.stdout))
        return done

    monkeypatch.setattr(subprocess, "run", weighed)
    data = written({5: stream(page * 500)})
    assert len(data) < 2_000
    with pytest.raises(InputError, match=r"^a has 49,999 characters; at most 10,000 are read\. Give it in several"):
        article_of(data, "a", longest=10_000)
    assert outputs[0] < 200


def stream(data: bytes, more: bytes = b"/Filter/FlateDecode") -> bytes:
    """The contents of a page."""
    packed = zlib.compress(data) if b"Flate" in more else data
    return b"<<%b/Length %d>>stream\n%b\nendstream" % (more, len(packed), packed)


def written(objects: dict[int, bytes]) -> bytes:
    """A PDF of one page, with other objects in place of some: 2 is the tree of pages, 4 the font, 5 the contents."""
    right = {
        1: b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(x)>>/AA<</WC<</S/Launch/F(/bin/sh)>>>>>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
        4: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        5: stream(b"BT /F1 12 Tf 72 700 Td (Ripe plums grow.) Tj ET"),
    }
    made, places = b"%PDF-1.7\n", []
    for number, body in sorted((right | objects).items()):
        places.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    ending = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(places) + 1, len(made))
    return made + b"xref\n0 %d\n0000000000 65535 f \n%b%b" % (len(places) + 1, table, ending)


_NESTED = b"<</Type/Pages/Parent 2 0 R/Kids[" + b"6 0 R " * 10 + b"]/Count 10>>"


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        ({}, "Ripe plums grow."),
        (
            {2: b"<</Type/Pages/Kids[3 0 R 2 0 R]/Count 2>>"},
            r"a is damaged, or no usable PDF \(.*cyclic page references",
        ),
        ({2: b"<</Type/Pages/Kids[6 0 R]/Count 9>>", 6: _NESTED}, r"a is damaged, or no usable PDF \(.*cyclic"),
        ({2: b"<</Type/Pages/Kids[3 0 R]/Count 2000000000>>"}, "Ripe plums grow."),
        ({5: b"5 0 R"}, "a has no text: it is probably scanned"),
        ({5: b"[" * 100_000}, "a is nested too deeply"),
        ({5: stream(b" " * 90_000_000)}, r"a is damaged, or no usable PDF \(.*Limit reached while decompressing"),
        # which has nothing to do with a password
        ({5: stream(b"x", b"/Filter/JBIG2Decode")}, r"a is damaged, or no usable PDF \(.*jbig2dec"),
    ],
)
def test_a_pdf_that_is_made_by_hand_does_no_harm(objects: dict[int, bytes], said: str) -> None:
    """Trees of pages that never end, references to themselves, contents that grow; and nothing in it is run."""
    assert re.match(f"{said}", told(written(objects)))


def email_of(*headers: str, told: str = "It opens.") -> bytes:
    """An e-mail with more headers."""
    return "\n".join(("From: a@example.com", "MIME-Version: 1.0", *headers, "", told)).encode()


def test_a_name_in_an_email_begins_no_header() -> None:
    """A line end of Unicode in a receiver's name would make a line for itself, and tell who else has got it."""
    hidden = email_of("To: =?utf-8?q?Bob=E2=80=A8Cc=3A_the_Mayor=C2=85Date=3A_Monday?= <b@example.com>")
    assert told(hidden).split("\n") == [
        "From: a@example.com",
        'To: "Bob Cc: the Mayor Date: Monday" <b@example.com>',
        "",
        "It opens.",
    ]
    named = email_of("Subject: =?utf-8?q?Plums=0AFrom:_boss=0A=0A=1B[2J<b>and_pears?=")
    assert told(named) == (
        "Plums From: boss [2J<b>and pears\n\n"
        "From: a@example.com\nSubject: Plums From: boss [2J<b>and pears\n\nIt opens."
    )


@pytest.mark.parametrize("page", ["<frameset><frame src=x></frameset>", "<!-- -->", "<?xml ?>", "<img src=x>", ">>\n>"])
def test_an_email_that_says_nothing_is_told(page: str) -> None:
    """Its headers alone are no text, whatever stands below them."""
    data = email_of(f"Content-Type: text/{'plain' if page[0] == '>' else 'html'}", told=page)
    assert told(data) == "a is an e-mail without text. If something is attached to it, save that and give it."


def test_a_big_table_in_an_email_takes_no_longer_than_it_is_big() -> None:
    """Each cell was compared with all others of its table: forty thousand took more than a minute."""
    rows = f"<tr>{'<td>x' * 10}" * 4_000
    text = told(email_of("Content-Type: text/html", told=f"<table>{rows}</table>"))
    assert text.count("x | x | x | x | x | x | x | x | x | x") == 4_000


def test_an_email_that_is_nested_or_parted_is_bounded() -> None:
    """Twenty thousand parts in each other, and five thousand beside the text."""
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\n\n--b{n}\n' for n in range(20_000))
    assert told(email_of().replace(b"\n\n", b"\n" + deep.encode() + b"\n", 1)).startswith("a is nested too deeply")
    parts = "--b\nContent-Type: image/png\nContent-Disposition: attachment\n\nx\n" * 5_000
    data = email_of('Content-Type: multipart/mixed; boundary="b"', told=f"--b\n\nIt opens.\n{parts}--b--\n")
    assert told(data) == "From: a@example.com\n\nIt opens."


def test_a_pdf_without_words_is_told(tmp_path: Path) -> None:
    """Scanned, or locked with a password, which the owner's alone does not do."""
    assert refusal(tmp_path, pdf(blank=True)).startswith("has no text: it is probably scanned. Run OCR first")
    for algorithm in ("RC4-128", "AES-256"):
        assert refusal(tmp_path, pdf("secret", algorithm)) == "is encrypted. Save it without a password first."
    assert read_apart(Kind.PDF, pdf(""), LONGEST).text == read_article(DOCUMENTS / "article.pdf").text


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
        found = read_apart(kind, data, LONGEST).text
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
    assert "Red apples grow." in read_apart(Kind.HTML, page.encode(), LONGEST).text


def test_what_takes_too_long_is_ended() -> None:
    """A worker that has not even begun, here."""
    began = perf_counter()
    with pytest.raises(InputError, match=r"^takes more than 0\.01 s to read\. Give it in several parts, or as text\.$"):
        read_apart(Kind.PDF, (DOCUMENTS / "article.pdf").read_bytes(), LONGEST, 0.01)
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
        (
            f"return Document('x' * {LONGEST + 1})",
            '{"refusal": "has 5,000,001 characters; at most 5,000,000 are read. ',
        ),
        ("return Document(f'ends after {__import__(\"resource\").getrlimit(0)[0]} s')", f"ends after {SECONDS} s"),
    ],
)
@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not bound memory and files")
def test_a_worker_has_given_up_what_it_does_not_need(wish: str, said: str, tmp_path: Path) -> None:
    """The network, processes, files, and memory without end; what a library prints is no text of the document."""
    done = subprocess.run(
        [sys.executable, "-c", WISH.format(wish=wish), str(LONGEST)],
        input=b"",
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    output = done.stdout.decode()
    assert said in (output or done.stderr.decode())
    assert (done.returncode, output.startswith("{")) in ((0, True), (1, False))
