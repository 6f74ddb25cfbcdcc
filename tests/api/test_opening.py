"""The first HTML of the pages, which is shown before any script has come."""

from __future__ import annotations

import json
import re
from html import unescape

from fastapi.testclient import TestClient

from index.article import Article
from index.sentences import split
from tests.application import FRUIT, SMILES, application
from tests.conftest import HOSTILE
from tests.mounted import mounted_chat

LONG = Article("\n\n".join(f"The word {text} is here." for text in HOSTILE) + "\n\n" + "Apples grow. " * 200)


def _first(article: Article) -> tuple[str, str]:
    """The page's head, and what its body shows first."""
    with TestClient(mounted_chat(article=article), "http://chat.example") as client:
        reply = client.get("/")
        assert reply.headers["content-length"] == str(len(reply.content))
        assert client.head("/").status_code == 200
    head, body = reply.text.split("</head>")
    return head, body.partition("<gradio-app")[0]


def test_the_article_is_in_the_first_html() -> None:
    """With the style that it needs and the script; text of others is text, and the first hundred sentences suffice."""
    head, first = _first(LONG)
    assert head.index("pullquote/chat.css") < head.index("pullquote/chat.js")
    assert first.count('<span class="pq-sentence') == 100
    paragraphs = [unescape(re.sub("<[^>]*>", "", one)) for one in re.findall("<p[^>]*>(.*)</p>", first)]
    sentences = [LONG.text[one.start : one.end] for one in split(LONG)][:100]
    assert " ".join(sentences) in " ".join(paragraphs)
    assert set(re.findall(r"<(\w+)", first)) == {"body", "main", "h1", "div", "section", "p", "span"}
    assert not re.search(r" (?:on\w+|href|src)=", first)
    assert re.findall(r' id="(.*?)"', first) == ["opening"]


def test_what_gradio_shows_is_in_the_readers_language() -> None:
    """With the frame of a report in it, and errors; nothing in it ends the script."""
    with TestClient(mounted_chat(article=LONG, evaluation="<p>Good</p>"), "http://chat.example") as client:
        pages = [client.get("/", headers={"accept-language": language}).text for language in ("de", "en", "de")]
        numbers = {one["api_name"]: one["id"] for one in client.get("/config").json()["dependencies"]}
        asked = {
            "data": ["Where?", "", "", "", "own_2acaabfb3eb7d239"],
            "fn_index": numbers["ask"],
            "session_hash": "s",
        }
        client.post("/gradio_api/queue/join", json=asked, headers={"accept-language": "de"})
        events = client.get("/gradio_api/queue/data", params={"session_hash": "s"}).text
        messages = [json.loads(line.removeprefix("data: ")) for line in events.splitlines() if line]
        (output,) = [message["output"] for message in messages if message["msg"] == "process_completed"]
    assert output["error"].startswith("Ihr Dokument ist nicht mehr hier.")
    configs = [page.partition("window.gradio_config = ")[2].partition(";</script>")[0] for page in pages]
    values = [[part["props"].get("value") for part in json.loads(config)["components"]] for config in configs]
    frames = [f'<iframe src="evaluation" title="{told}"></iframe>' for told in ("Auswertung", "Evaluation")]
    assert [[value for value in one if value in frames] for one in values] == [frames[:1], frames[1:], frames[:1]]
    assert "<" not in configs[0]


def test_the_frame_speaks_the_language_that_it_is_given() -> None:
    """Whatever the region and the case; one that is not there leaves it to the browser."""
    client = TestClient(application(articles=[FRUIT]))
    for given in ("de", "de-AT", "DE"):
        assert '<html lang="de"' in client.get("/embed", params={"lang": given}).text, given
    told = client.get("/embed", params={"lang": "../de"}, headers={"accept-language": "de"})
    assert '<html lang="de"' in told.text


def test_the_title_is_in_the_frames_first_html() -> None:
    """Of the article, or how many there are; a wrong address shows none of its own words."""
    one = Article("<b>Pears</b> & TITLE\n\nGreen pears grow in Devon.")
    all_three, alone = (TestClient(application(articles=articles)) for articles in ([one, FRUIT, SMILES], [one]))
    for client, article, title in (
        (all_three, one.id, one.title),
        (all_three, "", "3 articles"),
        (all_three, "zzz", "Pullquote"),
        (alone, "", one.title),
    ):
        page = client.get("/embed", params={"article": article}).text
        shown = re.findall(r"<(?:title|h1 id=\"title\")>(.*)</", page)
        assert [unescape(text) for text in shown] == [title, title]
        assert "<b>" not in page
