"""What the API writes down and counts: each request, and nothing of what was asked or by whom."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from rag.api.middleware.log import LOGGER, JsonLines, log_to_stderr
from rag.api.settings import ApiSettings
from tests.application import WHERE, HeldReader, application

ADDRESS = "192.0.2.77"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the server writes, as it writes it."""
    caplog.set_level(logging.INFO, LOGGER.name)
    caplog.handler.setFormatter(JsonLines())
    return caplog


@pytest.fixture
def unset() -> Iterator[None]:
    """The logger as it was."""
    handlers, level, propagate = LOGGER.handlers, LOGGER.level, LOGGER.propagate
    yield
    LOGGER.handlers, LOGGER.level, LOGGER.propagate = handlers, level, propagate


def lines(log: pytest.LogCaptureFixture) -> list[dict[str, object]]:
    """The lines of the server's own log."""
    return [json.loads(JsonLines().format(record)) for record in log.records if record.name == LOGGER.name]


def test_a_line_for_each_request(log: pytest.LogCaptureFixture) -> None:
    """Its time, id, method, path, status and milliseconds."""
    reply = TestClient(application()).get("/healthz?a=b")
    (line,) = lines(log)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", str(line.pop("time")))
    assert 0 <= float(str(line.pop("milliseconds"))) < 10_000
    assert line == {
        "level": "INFO",
        "message": "request",
        "request_id": reply.headers["x-request-id"],
        "method": "GET",
        "path": "/healthz",
        "status": 200,
    }


def test_nothing_of_what_was_asked(log: pytest.LogCaptureFixture) -> None:
    """Neither questions nor addresses nor queries nor conversation ids."""
    client = TestClient(application(), client=(ADDRESS, 1))
    client.post(f"/api/ask?q={WHERE}", json={"question": WHERE, "conversation": "secret-secret"})
    client.post("/api/ask", json={"question": WHERE, WHERE: 1})
    client.post("/v1/chat/completions", json={"model": "pullquote", "messages": [{"role": "user", "content": WHERE}]})
    client.get("/pullquote/conversation/secret-secret.md")
    assert [(line["path"], line["status"]) for line in lines(log)] == [
        ("/api/ask", 200),
        ("/api/ask", 422),
        ("/v1/chat/completions", 200),
        ("/pullquote/conversation/{conversation}.{kind}", 200),
    ]
    for secret in ("apples", "secret", ADDRESS):
        assert secret not in json.dumps(lines(log))


def test_an_unexpected_error(log: pytest.LogCaptureFixture) -> None:
    """The client learns nothing but the id under which the log has the place, and not the words, of the error."""
    client = TestClient(application(reader=HeldReader(ValueError(f"cannot read {WHERE}\n/etc/passwd"))))
    reply = client.post("/api/ask", json={"question": WHERE})
    problem = reply.json()
    assert reply.status_code == problem["status"] == 500
    assert problem["detail"] == (
        "Something went wrong on the server. Try again. If it happens again, report the instance."
    )
    assert problem["instance"] == reply.headers["x-request-id"]
    assert reply.headers["x-content-type-options"] == "nosniff"
    error, request = lines(log)
    assert (error["level"], error["error"], error["request_id"]) == ("ERROR", "ValueError", problem["instance"])
    assert re.fullmatch(r"application\.py:\d+ read", str(list(error["at"])[-1]))  # type: ignore[call-overload]
    assert (request["status"], request["request_id"]) == (500, problem["instance"])
    assert "apples" not in json.dumps([error, request]) + reply.text


def test_a_newline_begins_no_line(log: pytest.LogCaptureFixture) -> None:
    """Not in a path, and not in what is long."""
    client = TestClient(application())
    client.get('/%0a{"level":"INFO"}%0d%e2%80%a8%1b[31m')
    client.get("/" + "x" * 5_000)
    first, second = lines(log)
    assert first["path"] == '/\n{"level":"INFO"}\r\u2028\x1b[31m'
    assert second["path"] == "/" + "x" * 199
    assert log.text.isascii()
    assert len(log.text.splitlines()) == len(log.records)


@given(st.text(), st.text())
def test_a_record_is_one_line_that_can_be_read_back(message: str, path: str) -> None:
    """Whatever is in it."""
    record = logging.makeLogRecord({"msg": "%s", "args": (message,), "fields": {"path": path}})
    line = JsonLines().format(record)
    assert (len(line.splitlines()), line.isascii()) == (1, True)
    assert {**json.loads(line), "time": 0} == {"time": 0, "level": record.levelname, "message": message, "path": path}


def test_ids_are_our_own() -> None:
    """Each request has another, in the header and the problem, and one that the client sends is not trusted."""
    client = TestClient(application())
    first, second = (client.get("/nowhere", headers={"X-Request-Id": "mine"}) for _ in range(2))
    assert UUID.fullmatch(first.headers["x-request-id"])
    assert first.json()["instance"] == first.headers["x-request-id"] != second.headers["x-request-id"]


def test_the_log_goes_to_stderr(capsys: pytest.CaptureFixture[str], unset: None) -> None:  # noqa: ARG001
    """Once, however often that is said."""
    log_to_stderr()
    log_to_stderr()
    TestClient(application()).get("/healthz")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["path"] == "/healthz"


def test_unsure_answers_are_counted_by_themselves() -> None:
    """Beside the sure ones."""
    client = TestClient(application(threshold=0.3), client=("127.0.0.1", 1))
    for question in (WHERE, "Who eats pears?", "Who sells pears?"):
        client.post("/api/ask", json={"question": question})
    lines = client.get("/metrics").text.splitlines()
    counted = [line for line in lines if line.startswith("pullquote_answers_total") and not line.endswith(" 0.0")]
    assert counted == [
        'pullquote_answers_total{status="answered"} 1.0',
        'pullquote_answers_total{status="unsure"} 2.0',
    ]


def test_counts() -> None:
    """Requests by route and status, answers by status, seconds of questions, and who waits."""
    client = TestClient(application(), client=("127.0.0.1", 1))
    for question in (WHERE, WHERE, "Hello!", ""):
        client.post("/api/ask", json={"question": question})
    client.post("/v1/chat/completions", json={"model": "pullquote", "messages": [{"role": "user", "content": "Hi!"}]})
    client.get("/api/articles/0000000000000000")
    client.get("/made/up")
    client.get("/pullquote/chat.js")
    reply = client.get("/metrics")
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    counts = dict(line.rsplit(" ", 1) for line in reply.text.splitlines() if not line.startswith("#"))
    requests = {name: value for name, value in counts.items() if name.startswith("pullquote_requests_total")}
    assert requests == {
        'pullquote_requests_total{route="/api/ask",status="200"}': "3.0",
        'pullquote_requests_total{route="/api/ask",status="422"}': "1.0",
        'pullquote_requests_total{route="/v1/chat/completions",status="200"}': "1.0",
        'pullquote_requests_total{route="/api/articles/{article_id}",status="404"}': "1.0",
        'pullquote_requests_total{route="elsewhere",status="404"}': "1.0",
        'pullquote_requests_total{route="/pullquote/{name}",status="200"}': "1.0",
    }
    assert {name: counts[f'pullquote_answers_total{{status="{name}"}}'] for name in ("answered", "small_talk")} == {
        "answered": "2.0",
        "small_talk": "2.0",
    }
    assert counts['pullquote_answers_total{status="overview"}'] == "0.0"
    assert (counts["pullquote_ask_seconds_count"], counts["pullquote_waiting"]) == ("4.0", "0.0")
    assert 0 < float(counts["pullquote_ask_seconds_sum"]) < 10


@pytest.mark.parametrize(
    ("address", "token", "authorization", "status"),
    [
        ("127.0.0.1", None, None, 200),
        ("::1", "word", None, 200),
        (ADDRESS, None, None, 403),
        (ADDRESS, None, "Bearer None", 403),
        (ADDRESS, "word", "Bearer word", 200),
        (ADDRESS, "word", "Bearer wor", 401),
        (ADDRESS, "word", "Bearer \u00e9", 401),
        (ADDRESS, "word", "word", 401),
        (ADDRESS, "word", None, 401),
    ],
)
def test_who_may_look(address: str, token: str | None, authorization: str | None, status: int) -> None:
    """Whoever is on this machine or has the token."""
    client = TestClient(application(ApiSettings(metrics_token=token)), client=(address, 1))
    headers = {"Authorization": authorization.encode("latin-1")} if authorization else {}
    reply = client.get("/metrics", headers=headers)  # type: ignore[arg-type]
    assert reply.status_code == status
    assert ("www-authenticate" in reply.headers) == (status == 401)


def test_a_token_is_not_shown() -> None:
    """Settings that are printed do not tell it."""
    assert "word" not in repr(ApiSettings(metrics_token="word"))  # noqa: S106
