"""Documents that people bring to their conversations, over HTTP: private, bounded, and harmless whatever they are."""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from fastapi.testclient import TestClient
from httpx import Client
from pypdf import PdfReader, PdfWriter

import rag.chat.uploads
from index.article import Article
from index.seal import SEAL, sealed
from rag.api.middleware.log import LOGGER
from rag.api.settings import ApiSettings
from rag.chat.feedback import Feedback
from rag.chat.uploads import UploadLimits, own_id
from tests.application import FRUIT, NAMES, WHERE, HeldReader
from tests.conftest import ROOT
from tests.mounted import Page, mounted_chat
from tests.server import serve
from tests.unit.index.test_hostile_documents import LEAK, changed

DOCUMENTS = ROOT / "tests" / "data" / "documents"
ADA, BOB = "the-id-of-ada", "the-id-of-bob"
PLUMS = "Plums\n\nRipe plums grow in Surrey."
PLUMS_ID = own_id(Article(PLUMS))
OTHER = "What came is not the document that was here. Add it again."
RIPE = "Where do ripe plums grow?"
ON = ApiSettings(per_minute=1_000_000, host_names=NAMES, uploads=UploadLimits())


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A chat that takes documents."""
    with TestClient(mounted_chat(ON)) as opened:
        yield opened


def bring(client: TestClient, data: bytes | str, name: str = "a.txt", conversation: str = ADA) -> list[dict[str, Any]]:
    """Bring a document, and return the steps that are told."""
    reply = client.post(f"/pullquote/uploads/{conversation}", params={"name": name}, content=data)
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store"), reply.text
    return [json.loads(line) for line in reply.text.splitlines()]


def listed(client: TestClient, conversation: str) -> list[str]:
    """The ids of a conversation's documents."""
    return [one["id"] for one in client.get(f"/pullquote/uploads/{conversation}").json()["documents"]]


def test_a_document_is_asked_at_once_and_nobody_else_sees_it(client: TestClient) -> None:
    """Each step is told. Its conversation asks it, shows it and saves what it said; no other one, nor any other way."""
    assert bring(client, PLUMS) == [
        {"step": "reading"},
        {"step": "encoding", "done": 2, "of": 2},
        {"document": {"id": PLUMS_ID, "title": "Plums", "characters": len(PLUMS)}},
    ]
    ada, bob = Page(client, "ada"), Page(client, "bob")
    (_, (_, answer)) = ada.said(RIPE, ADA, PLUMS_ID)
    assert "<mark>Surrey</mark>" in answer
    assert f'href="#cite-{Article(PLUMS).version}-1' in answer
    assert "Surrey" in str(ada.said(RIPE, ADA, "my-documents"))
    assert [bob.said(RIPE, BOB, own) for own in (PLUMS_ID, "my-documents", "all-together")] == [[], [], []]
    assert "Surrey" not in str(bob.said(RIPE, BOB))
    assert "Surrey" in str(ada.send("obey", f"open {PLUMS_ID} 1", ADA))
    assert "Surrey" not in str(bob.send("obey", f"open {PLUMS_ID} 1", BOB))
    assert (listed(client, ADA), listed(client, BOB)) == ([PLUMS_ID], [])
    saved = client.get(f"/pullquote/conversation/{ADA}.json").json()
    assert [article["sha256"] for article in saved["articles"]] == [Article(PLUMS).digest]
    assert "Ripe plums grow in Surrey" in client.get(f"/pullquote/conversation/{ADA}.md").text
    both = [ada.said(question, ADA, "all-together")[-1][1] for question in (RIPE, WHERE)]
    assert ["Surrey" in both[0], "Kent" in both[1]] == [True, True]
    assert "Plums" not in client.get("/api/articles").text
    assert client.get(f"/api/articles/{PLUMS_ID}").status_code == 404
    for asked in ({"article": PLUMS_ID}, {"article": PLUMS_ID, "conversation": ADA}):
        assert client.post("/api/ask", json={"question": RIPE, **asked}).status_code in (404, 422)
    assert "Surrey" not in client.post("/api/ask", json={"question": RIPE, "conversation": ADA}).text


def test_questions_to_begin_with_are_offered(client: TestClient) -> None:
    """To whoever knows the conversation's id."""
    bring(client, PLUMS)
    place = f"/pullquote/uploads/{{}}/{PLUMS_ID}/questions"
    reply = client.get(place.format(ADA))
    assert (reply.json(), reply.headers["cache-control"]) == ({"questions": ["What is this about?", RIPE]}, "no-store")
    assert "Plums" in Page(client, "ada").said("What is this about?", ADA, PLUMS_ID)[-1][1]
    gone = client.get(place.format(BOB))
    assert (gone.status_code, gone.json()["detail"]) == (404, "That document is not here, or no longer. Add it again.")


def test_an_address_is_got_only_if_that_is_allowed(client: TestClient) -> None:
    """No private one, nor what a form of another site sends; a line tells what is wrong."""
    place, given = f"/pullquote/uploads/{ADA}/page/address", {"address": "http://127.0.0.1:9/secret"}
    assert client.get(f"/pullquote/uploads/{ADA}").json()["limits"]["addresses"] is False
    assert client.post(place, json=given).status_code in (404, 405)
    with TestClient(mounted_chat(replace(ON, fetch=True))) as fetching:
        assert fetching.get(f"/pullquote/uploads/{ADA}").json()["limits"]["addresses"] is True
        steps = [json.loads(line) for line in fetching.post(place, json=given).text.splitlines()]
        assert steps == [
            {"step": "fetching"},
            {
                "problem": "http://127.0.0.1:9/secret leads to '127.0.0.1', which is on this machine or in a private "
                "network. Save the page and give its file."
            },
        ]
        assert fetching.post(place, content=json.dumps(given)).status_code == 415
        assert fetching.post(place, json={"address": "x" * 2001}).status_code == 422
        assert listed(fetching, ADA) == []


def test_a_reload_keeps_it_and_clearing_forgets_it(client: TestClient) -> None:
    """What was said is shown again, with its document; deleted or cleared, nothing of it is left."""
    bring(client, PLUMS)
    page = Page(client, "ada")
    page.said(RIPE, ADA, PLUMS_ID)
    assert client.post(f"/pullquote/uploads/{ADA}/page/left").status_code == 204
    assert "Surrey" in str(page.send("obey", f"resume {ADA} 1", "the-id-after-reload"))
    assert listed(client, "the-id-after-reload") == [PLUMS_ID]
    place = f"/pullquote/uploads/the-id-after-reload/{PLUMS_ID}"
    assert [client.delete(place).status_code for _ in range(2)] == [204, 404]
    shown = page.send("obey", "show the-articles 2", "the-id-after-reload")
    assert (shown[0], "Kent" in shown[1]) == ([], True)
    page.send("obey", "new put-aside-for-now 3", ADA)
    assert (listed(client, ADA), page.saved(ADA)) == ([], [])
    assert page.said(RIPE, ADA, PLUMS_ID) == []
    assert "Surrey" in str(page.send("obey", "undo put-aside-for-now 4", ADA))
    assert (listed(client, ADA), page.saved(ADA)) == ([PLUMS_ID], [RIPE])
    assert (listed(client, "put-aside-for-now"), page.saved("put-aside-for-now")) == ([], [])
    page.send("obey", "new put-aside-for-now 5", ADA)
    page.send("obey", "end put-aside-for-now 6", ADA)
    assert (listed(client, "put-aside-for-now"), page.saved("put-aside-for-now")) == ([], [])


@pytest.mark.parametrize("how", ["deleted", "cleared"])
def test_an_answer_that_comes_too_late_is_not_kept(how: str) -> None:
    """Its document was deleted, or the conversation cleared, while it was read."""
    reader = HeldReader()
    with TestClient(mounted_chat(ON, reader=reader)) as client:
        bring(client, PLUMS)
        page = Page(client, "ada")
        acts = [
            threading.Thread(target=page.said, args=(RIPE, ADA, PLUMS_ID)),
            threading.Thread(target=client.delete, args=(f"/pullquote/uploads/{ADA}/{PLUMS_ID}",))
            if how == "deleted"
            else threading.Thread(target=page.send, args=("obey", "new put-aside-for-now 1", ADA)),
        ]
        acts[0].start()
        assert reader.reading.wait(20)
        acts[1].start()
        deadline = time.monotonic() + 20
        while listed(client, ADA) and time.monotonic() < deadline:
            time.sleep(0.01)
        reader.free.set()
        for act in acts:
            act.join(20)
        assert (listed(client, ADA), page.saved(ADA)) == ([], [])


def test_what_helped_about_a_document_is_not_written_down(tmp_path: Path) -> None:
    """The operator's file is for what is about their articles."""
    feedback = Feedback(tmp_path / "thumbs.jsonl")
    with TestClient(mounted_chat(ON, feedback=feedback)) as client:
        bring(client, PLUMS)
        page = Page(client, "ada")
        page.said(RIPE, ADA, PLUMS_ID)
        page.said(WHERE, ADA)
        for number in range(2):
            shown = page.send("obey", f"helped {number} {number}", ADA)
            assert ("Thanks" in str(shown)) == (number == 1)
    assert [json.loads(line)["question"] for line in feedback.path.read_text().splitlines()] == [WHERE]


def test_without_the_switch_there_is_no_door() -> None:
    """Neither the route nor a longer body; and with it, Gradio's own routes for files stay closed."""
    with TestClient(mounted_chat()) as client:
        assert client.post(f"/pullquote/uploads/{ADA}", content=PLUMS).status_code in (404, 405)
        assert client.post(f"/pullquote/uploads/{ADA}", content=b"x" * 70_000).status_code == 413
        assert "uploads.js" not in client.get("/").text
    with TestClient(mounted_chat(ON)) as client:
        assert "uploads.js" in client.get("/").text
        for way in ("upload", "upload?upload_id=1", "file=/etc/passwd", "upload_progress?upload_id=1"):
            assert client.post(f"/gradio_api/{way}", files={"files": b"x"}).status_code == 404
        assert client.post("/api/ask", content=b"x" * 70_000).status_code == 413


def test_another_sites_page_brings_nothing(client: TestClient) -> None:
    """A form of theirs can send a body, but not from here."""
    reply = client.post(f"/pullquote/uploads/{ADA}", content=PLUMS, headers={"Origin": "https://evil.example"})
    assert (reply.status_code, listed(client, ADA)) == (403, [])


@pytest.mark.parametrize(
    ("limits", "data", "status", "said"),
    [
        ({"megabytes": 1}, b"x" * 1_000_001, 413, "The file has more than 1 MB. Give a part of it, or its text."),
        ({"documents": 1}, b"x", 409, "A conversation has at most 1 documents. Delete one first."),
        ({"per_client": 15_000}, b"x", 409, "Your documents have at most 15,000 characters together. Delete one"),
        ({"in_all": 15_000}, b"x", 409, "The documents of all people here have at most 15,000 characters together."),
    ],
)
def test_what_is_too_much_is_refused(limits: dict[str, int], data: bytes, status: int, said: str) -> None:
    """In a line that names the limit, before the body is read, or as soon as it is too long."""
    as_json = {"Content-Type": "application/json"}
    with TestClient(mounted_chat(replace(ON, uploads=UploadLimits(**limits)))) as client:
        bring(client, PLUMS)
        place = f"/pullquote/uploads/{ADA}"
        for method, where, body in (
            ("POST", place, data),
            ("POST", place, iter([data])),
            ("PUT", f"{place}/own_0123456789abcdef", data),
        ):
            reply = client.request(method, where, content=body, headers=as_json)
            assert (reply.status_code, reply.json()["detail"][: len(said)]) == (status, said)
        assert listed(client, ADA) == [PLUMS_ID]


def pdf(pages: int) -> bytes:
    """A PDF of so many pages."""
    (page,) = PdfReader(DOCUMENTS / "columns.pdf").pages[:1]
    writer, made = PdfWriter(), BytesIO()
    for _ in range(pages):
        writer.add_page(page)
    writer.write(made)
    return made.getvalue()


def bomb() -> bytes:
    """An archive that unpacks to more than three hundred megabytes."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED, compresslevel=1) as archive, archive.open("word/document.xml", "w") as file:
        for _ in range(301):
            file.write(bytes(1_000_000))
    return made.getvalue()


def given(client: TestClient, article: str = PLUMS_ID, conversation: str = ADA) -> dict[str, Any]:
    """What a page keeps of a document."""
    reply = client.get(f"/pullquote/uploads/{conversation}/{article}")
    assert (reply.status_code, reply.headers["cache-control"]) == (200, "no-store"), reply.text
    record: dict[str, Any] = reply.json()
    return record


def give_back(client: TestClient, record: object, article: str = PLUMS_ID) -> dict[str, Any]:
    """Give a record back to a server, and return what it says last."""
    reply = client.put(f"/pullquote/uploads/{ADA}/{article}", json=record)
    assert reply.status_code == 200, reply.text
    last: dict[str, Any] = json.loads(reply.text.splitlines()[-1])
    return last


def test_a_document_is_given_back_to_another_server(client: TestClient) -> None:
    """It is as it was, with its pages and headings; what was said about it stands again, for nobody else."""
    *_, book = bring(client, "Book\n\nCherries grow in Essex.\fPears grow in Devon.")
    *_, market = bring(client, "# The market\n\n## The old market\n\nIt sells plums.", "market.md")
    bring(client, PLUMS)
    taken = [book["document"], market["document"], {"id": PLUMS_ID, "title": "Plums", "characters": len(PLUMS)}]
    page = Page(client, "ada")
    page.said(WHERE, ADA)
    page.said("Where do pears grow?", ADA, taken[0]["id"])
    page.said(RIPE, ADA, "my-documents")
    turns = client.get(f"/pullquote/conversation/{ADA}.json").json()["turns"]
    assert (client.get(f"/pullquote/uploads/{BOB}/{PLUMS_ID}").status_code, len(turns)) == (404, 3)
    records = [given(client, one["id"]) for one in taken]
    assert [record["pages"] for record in records] == [[0, 30], [], []]
    assert [record["headings"] for record in records] == [[], [0, 12], []]
    with TestClient(mounted_chat(ON)) as other:
        place = "/pullquote/conversation/{}/turns"
        assert other.post(place.format(BOB), json={"turns": turns}).json() == {"kept": 1}
        assert [give_back(other, record, one["id"]) for record, one in zip(records, taken, strict=True)] == [
            {"document": one} for one in taken
        ]
        assert [given(other, one["id"]) for one in taken] == records
        assert other.post(place.format(ADA), json={"turns": turns}).json() == {"kept": 3}
        assert other.get(f"/pullquote/conversation/{ADA}.json").json()["turns"] == turns
        again = Page(other, "ada")
        assert "<mark>Surrey</mark>" in again.said(RIPE, ADA, PLUMS_ID)[-1][1]
        assert other.delete(f"/pullquote/uploads/{ADA}/{PLUMS_ID}").status_code == 204
        assert again.saved(ADA) == [WHERE, "Where do pears grow?"]


def test_a_record_that_is_made_up_is_refused(client: TestClient) -> None:
    """In a line, whatever its seal and its id."""
    made_up: list[tuple[dict[str, Any], str]] = [
        ({"text": "Plums\n\nRipe plums grow in Kent."}, OTHER),
        ({"text": "\u200b"}, "The article is empty (1 characters"),
        ({"text": 7}, OTHER),
        ({"url": "javascript:alert(1)"}, "'javascript:alert(1)' is no web address"),
        ({"url": "https://a\u202eb"}, r"'https://a\u202eb' is no web address"),
        ({"pages": [5, 0]}, "The landmarks are of another text"),
        ({"pages": [0] * 10_001}, OTHER),
        ({"headings": [99]}, "The landmarks are of another text"),
        ({"headings": [-1]}, OTHER),
        ({"headings": [1.5]}, OTHER),
        ({"headings": ["1"]}, OTHER),
        ({"document_sha256": "0"}, OTHER),
        ({"title": "Kent"}, OTHER),
    ]
    bring(client, PLUMS)
    true = given(client)
    assert client.delete(f"/pullquote/uploads/{ADA}/{PLUMS_ID}").status_code == 204
    for change, said in made_up:
        record = {**true, **change}
        assert give_back(client, record)["problem"] == OTHER
        assert give_back(client, made(record))["problem"].startswith(said), change
    for text, said in (
        ("Plums " * 60_000, f"{'Plums ' * 24}Plums… has 360,000 characters; at most 300,000 are read"),
        ("Plums\n" * 7_000, "Plums has more than 6,000 sentences or lines"),
    ):
        last = give_back(client, made({**true, "text": text}), own_id(Article(text)))
        assert last["problem"].startswith(said)
    assert listed(client, ADA) == []


def made(record: dict[str, Any]) -> dict[str, Any]:
    """Seal a record as if it were true."""
    return sealed({name: value for name, value in record.items() if name != SEAL})


def test_what_is_no_record_is_refused(client: TestClient) -> None:
    """By its form, its type or its length; nor does another site's page send one."""
    place = f"/pullquote/uploads/{ADA}/{PLUMS_ID}"
    as_json = {"Content-Type": "application/json"}
    for body in (b"", b"{", b"[]", b'{"text": "\\ud800"}', b"[" * 10_000, b"\xff"):
        reply = client.put(place, content=body, headers=as_json)
        assert json.loads(reply.text.splitlines()[-1]) == {"problem": OTHER}
    assert client.put(place, content=b"{}").status_code == 415
    assert client.put(place, content=b"x" * 10_000_001, headers=as_json).status_code == 413
    assert client.put(place, json={}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert listed(client, ADA) == []


def test_hostile_documents_get_a_line_each(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever they are called. Others are answered meanwhile, and nothing of them is left anywhere."""
    monkeypatch.setattr(rag.chat.uploads, "_SECONDS", 4.0)
    other = Page(client, "bob")
    leaking = changed("article.docx", "word/document.xml", ("<w:document", f"{LEAK}]><w:document"), ("New", "&leak;"))
    hostile: list[tuple[bytes, str, str]] = [
        (bomb(), "report.docx", "report.docx unpacks to 301,000,000 bytes in 1 files; at most 300,000,000"),
        (leaking, "../../report.docx", r"(report.docx is damaged|$)"),
        (pdf(10_000), "report.pdf", r"report.pdf (takes more than 4 s to read|has [\d,]+ (characters|pages))"),
        (b"%PDF-1.7\nhalf of it", "re\u202eport\x1b[2J.txt", r"re�port�\[2J.txt is damaged, or no usable PDF"),
        (b"\x89PNG\r\n", "a.pdf", "a.pdf is a picture. Run OCR first"),
        (b"MZ\x00\x01\xff", "report.docx", "report.docx is neither text nor a document that can be read"),
        (b"", "a.txt", r"a.txt is empty \(0 bytes, no visible character\)"),
        (b"word " * 70_000, "a.txt", "a.txt has 350,000 characters; at most 300,000 are read"),
        (b"word\n" * 9_000, "", "The text has more than 6,000 sentences or lines"),
    ]
    for data, name, said in hostile:
        *_, last = bring(client, data, name)
        problem = last.get("problem", "")
        assert re.match(said, problem), (name, last)
        assert "\n" not in problem
        assert "root:" not in str(last)
        assert "Kent" in str(other.said(WHERE, BOB))
        for document in listed(client, ADA):
            client.delete(f"/pullquote/uploads/{ADA}/{document}")
    page = '<!doctype html><title>x</title><script>x()</script><img src="http://127.0.0.1:9/x.png"><p>' + PLUMS * 9
    *_, last = bring(client, page, "x.html")
    shown = str(Page(client, "ada").send("obey", f"open {last['document']['id']} 1", ADA))
    assert "Surrey" in shown
    assert re.search("<(script|img)|127.0.0.1", shown) is None


def test_many_documents_at_once_wait_and_readers_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two are read at a time, of a client one; all others are told to come again. They take no question's place."""
    reading, free = threading.Semaphore(0), threading.Event()

    def held(data: bytes, name: str, **_: float) -> Article:
        reading.release()
        assert free.wait(20), f"{name} was never let go"
        return Article(data.decode())

    monkeypatch.setattr(rag.chat.uploads, "article_of", held)
    app = mounted_chat(replace(ON, at_once=1))
    clients = [TestClient(app, client=(f"192.0.2.{number}", 1)) for number in range(4)]
    with clients[0]:
        for client in clients[1:]:
            client.portal = clients[0].portal
        steps: list[list[dict[str, Any]]] = []
        threads = [
            threading.Thread(target=lambda client=client, number=number: steps.append(
                bring(client, PLUMS, "a.txt", f"conversation-{number}")
            ))
            for number, client in enumerate(clients[:2])
        ]  # fmt: skip
        for thread in threads:
            thread.start()
            assert reading.acquire(timeout=20)
        again = clients[0].post("/pullquote/uploads/conversation-9", content=PLUMS)
        third = clients[2].post("/pullquote/uploads/conversation-2", content=PLUMS)
        assert (again.status_code, third.status_code) == (503, 503)
        assert again.json()["detail"] == "Your other document is still being read. Ask again in 5 seconds."
        full = "2 documents are being read already, which is the most. Ask again in 5 seconds."
        assert third.json()["detail"] == full
        assert third.headers["retry-after"] == "5"
        answers = [clients[3].post("/api/ask", json={"question": WHERE}).json()["text"] for _ in range(5)]
        assert answers == ["Kent"] * 5
        free.set()
        for thread in threads:
            thread.join(20)
        assert [told[-1]["document"]["id"] for told in steps] == [PLUMS_ID] * 2
        assert bring(clients[2], PLUMS, "a.txt", "conversation-2")[-1]["document"]["id"] == PLUMS_ID


def test_a_refusal_logs_no_conversation(caplog: pytest.LogCaptureFixture) -> None:
    """Its id opens it, and a body that is too long is refused before there is a route."""
    caplog.set_level(logging.INFO, LOGGER.name)
    with TestClient(mounted_chat(replace(ON, uploads=UploadLimits(megabytes=1)))) as client:
        for address in (f"/pullquote/uploads/{ADA}", f"/pullquote/conversation/{ADA}.md"):
            assert client.post(address, content=b"x" * 1_000_001).status_code == 413
    paths = [record.fields["path"] for record in caplog.records if hasattr(record, "fields")]
    assert paths == ["/pullquote/uploads/…", "/pullquote/conversation/…"]


def test_titles_hide_nothing(client: TestClient) -> None:
    """They stand in the page beside its own words."""
    *_, last = bring(client, "Plums\u202e and \x1b[2Jpears\n\nThey grow in Surrey.")
    assert last["document"]["title"] == "Plums� and �[2Jpears"


def test_documents_count_as_questions() -> None:
    """So that a client that brings many, or gives many back, meets the same limit."""
    with TestClient(mounted_chat(replace(ON, per_minute=2))) as client:
        bring(client, PLUMS)
        give_back(client, given(client))
        reply = client.post(f"/pullquote/uploads/{ADA}", content=PLUMS)
        assert (reply.status_code, reply.json()["detail"][:32]) == (429, "More than 2 questions in a minut")


def test_guesses_are_limited() -> None:
    """A list that is empty tells that nobody has documents there: four times for each question that may be asked."""
    with TestClient(mounted_chat(replace(ON, per_minute=1))) as client:
        place = f"/pullquote/uploads/{ADA}"
        statuses = [client.get(f"{place}-{number}").status_code for number in range(4)]
        statuses += [client.get(place).status_code, client.delete(f"{place}/{PLUMS_ID}").status_code]
    assert statuses == [200] * 4 + [429] * 2


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", f"uploads/{ADA}", "GET, POST"),
        ("POST", f"uploads/{ADA}/{PLUMS_ID}", "DELETE, GET, PUT"),
        ("DELETE", f"uploads/{ADA}/page/left", "POST"),
        ("POST", "chat.js", "GET"),
    ],
)
def test_a_wrong_method_is_told_all_right_ones(client: TestClient, method: str, path: str, allowed: str) -> None:
    """Of every route with that address, and none of a file that has another."""
    reply = client.request(method, f"/pullquote/{path}")
    assert (reply.status_code, reply.headers["allow"]) == (405, allowed)


@pytest.mark.slow
def test_half_a_document_is_none_and_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that breaks leaves nothing, and holds no place; a whole document leaves no file."""
    story, written = tmp_path / "story.txt", tmp_path / "written"
    story.write_text(FRUIT.text, encoding="utf-8")
    written.mkdir()
    monkeypatch.setenv("TMPDIR", str(written))
    with serve(story, "--uploads", "--reader", "fast") as address:
        host, port = address.removeprefix("http://").split(":")
        head = f"POST /pullquote/uploads/{ADA} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 500000\r\n\r\n"
        for _ in range(3):
            with socket.create_connection((host, int(port))) as broken:
                broken.sendall(head.encode() + PLUMS.encode())
        with Client(base_url=address, timeout=60) as client:
            assert client.get(f"/pullquote/uploads/{ADA}").json()["documents"] == []
            data = (DOCUMENTS / "article.docx").read_bytes()
            reply = client.post(f"/pullquote/uploads/{ADA}", params={"name": "a.docx"}, content=data)
            assert json.loads(reply.text.splitlines()[-1])["document"]["title"].startswith("New bridge opens")
        assert [path for path in written.rglob("*") if path.is_file()] == []
