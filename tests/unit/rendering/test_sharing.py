"""An answer that is given away: as text, as Markdown, as a reference, and as a link."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from index.article import Article
from index.build import build_index
from rag.answer import Answer
from rag.answering.assistant import Assistant
from rag.rendering.sharing import answer_link, author, markdown, plain_text, reference
from tests.conftest import HOSTILE, WordEncoder, last_words

TEXT = Article(
    "Fruit report\n\nBy Ann Byron, staff writer\n\nRed apples grow in Kent.\n\nGreen pears fall in Devon.",
    url="https://news.example/fruit",
)
PLUMS = Article("Plums are grown in *Wales*.", id="plums")
ADDRESS = "https://news.example/fruit#:~:text=Red%20apples%20grow%20in%20Kent."


def _ask(question: str, article: Article, threshold: float = 0.5) -> Answer:
    encoder = WordEncoder()
    return Assistant(build_index([article], encoder), encoder, last_words(), threshold).ask(question)


def test_each_form() -> None:
    """Words, sentence, title and place; an address, and an author, where the article has one."""
    answer = _ask("Where do red apples grow?", TEXT)
    assert plain_text(answer, [TEXT]) == f"“Kent” — “Red apples grow in Kent.” (Fruit report) {ADDRESS}"
    assert markdown(answer, [TEXT]) == (f"**Kent** — “Red apples grow in **Kent**.” ([Fruit report]({ADDRESS}))")
    assert reference(answer, [TEXT]) == (
        "Ann Byron, “Fruit report”, https://news.example/fruit: “Red apples grow in Kent.”"
    )
    plums = _ask("Where are plums grown?", PLUMS)
    assert plain_text(plums, [PLUMS]) == "“Wales” — “Plums are grown in *Wales*.” (Plums are grown in *Wales*.)"
    assert markdown(plums, [PLUMS]).startswith(r"**Wales** — “Plums are grown in \***Wales**\*.” (Plums are")
    assert reference(plums, [PLUMS]) == "“Plums are grown in *Wales*.”: “Plums are grown in *Wales*.”"


def test_doubt_goes_with_it() -> None:
    """Before the words, in both forms that have them."""
    answer = _ask("Who likes plums?", PLUMS, threshold=0.3)
    for form in (plain_text, markdown):
        assert form(answer, [PLUMS]).startswith("Unsure: check the sentence. ")


def test_an_overview_is_its_sentences() -> None:
    """Each with its title."""
    answer = _ask("What is this article about?", TEXT)
    for form in (plain_text, markdown, reference):
        told = form(answer, [TEXT])
        assert "“Red apples grow in Kent.”" in told
        assert "**" not in told


@pytest.mark.parametrize("hostile", [*HOSTILE, "\x1b[201~\x0f \u202e\nrm -rf x"])
def test_what_is_copied_is_one_line(hostile: str) -> None:
    """It may be pasted into a terminal: nothing in it ends a line, moves the cursor or turns the direction."""
    article = Article(f"Plums {hostile} are grown in Wales.", id="plums")
    answer = replace(_ask("Where are plums grown?", article), question=f"Where {hostile}?", in_light_of=hostile)
    for form in (plain_text, markdown, reference):
        assert "Wales" in form(answer, [article])
        assert form(answer, [article]).isprintable()
    assert answer_link(answer).isascii()
    assert set(parse_qs(answer_link(answer))) == {"article", "sentence", "earlier", "question"}


def test_a_link_holds_no_answer() -> None:
    """Article, sentence and question; the earlier question of a follow-up, too."""
    answer = _ask("Where are plums grown?", PLUMS)
    assert answer_link(answer) == f"article=plums&sentence={PLUMS.version}-0&question=Where%20are%20plums%20grown%3F"
    follow_up = replace(answer, question="And cherries? 🙂 \ud800", in_light_of="Where are plums & pears?")
    assert parse_qs(answer_link(follow_up)) == {
        "article": ["plums"],
        "sentence": [f"{PLUMS.version}-0"],
        "earlier": ["Where are plums & pears?"],
        "question": ["And cherries? 🙂 ?"],
    }


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Ann Byron", "Ann Byron"),
        ("BY ANN BYRON AND BOB O’NEIL", "ANN BYRON AND BOB O’NEIL"),
        ("By Ann Byron and Bob Kent | The Example", "Ann Byron and Bob Kent"),
        ("By Ann Byron, Bob Kent – 4 May", "Ann Byron, Bob Kent"),
        ("By boat she left.", ""),
        ("By Monday", ""),
        ("By Ann Byron it was told that apples grow.", ""),
    ],
)
def test_the_author_is_named_near_the_top(line: str, name: str) -> None:
    """By a line that says nothing else; below the first lines it is somebody else's."""
    assert author(Article(f"Fruit report\n\n{line}\n\nApples grow.")) == name
    assert author(Article("Fruit report\n\n" + "Apples grow.\n\n" * 5 + line)) == ""
