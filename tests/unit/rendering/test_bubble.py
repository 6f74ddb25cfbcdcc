"""An answer in the chat: what can be done about it, and nothing of a stranger's that is not shown literally."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from index.article import Article
from index.build import build_index
from rag.answer import Answer, Elsewhere, ReadPassage, Reason, Status
from rag.answering.assistant import Assistant
from rag.locale import LOCALES
from rag.rendering.bubble import bubble
from rag.rendering.console import answer_text
from rag.rendering.wording import how_sure
from tests.conftest import HOSTILE, WordEncoder, last_words

TEXT = Article(
    "Fruit report\n\nRed apples grow in Kent.\n\nGreen pears fall in Devon.", url="https://news.example/fruit"
)
OTHER = Article("Plums are grown in Wales.")


def _ask(question: str, *articles: Article, threshold: float = 0.5) -> Answer:
    encoder = WordEncoder()
    return Assistant(build_index(articles, encoder), encoder, last_words(), threshold).ask(question)


def _links(markdown: str) -> list[tuple[str, str]]:
    found = re.findall(r'<a class="[^"]*" href="([^"]*)">(.*?)</a>', markdown)
    return [(link, unescape(re.sub("<[^>]*>", "", text))) for link, text in found]


def test_what_can_be_done_with_an_answer() -> None:
    """It is cited, copied, its question edited, and two others are offered."""
    answer = _ask("Where do red apples grow?", TEXT)
    assert _links(bubble(answer, [TEXT], 3, ["Where do pears fall?"])) == [
        (f"#cite-{TEXT.id}-1-19-23", "[1] show in the article"),
        ("#copy", "Copy as text"),
        ("#copy", "Copy as Markdown"),
        ("#copy", "Copy as reference"),
        ("#link", "Copy link to this answer"),
        ("#edit-3", "Edit question"),
        ("#ask", "Where do pears fall?"),
    ]
    assert "#link" not in bubble(answer, [TEXT], 3, linked=False)


def test_what_can_be_done_with_a_refusal() -> None:
    """There is nothing to copy; why there is no answer is told in plain words, numbers only behind Details."""
    answer = _ask("How ripe is it?", TEXT)
    text = bubble(answer, [TEXT], 0)
    assert "#copy" not in text
    assert "#edit-0" in text
    assert (
        '<details class="pq-why"><summary>Why no answer</summary><p>Parts of the article are about the topic, but none '
        "answers the question.</p><details><summary>Details</summary><p>Confidence "
    ) in text
    assert "How sure" not in text
    assert "considered" not in text


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Reason.NOT_STATED, "<p>Parts of the article are about the topic, but none answers the question.</p>"),
        (Reason.COMPETING, "<p>Neither is sure, and neither is clearly the better one.</p>"),
        (
            Reason.NOT_ENGLISH,
            "<p>Only English is read here, so whether the article answers the question is not known.</p>",
        ),
        (None, ""),
    ],
)
def test_why_there_is_no_answer(reason: Reason | None, told: str) -> None:
    """In a sentence for each reason."""
    text = bubble(replace(_ask("How ripe is it?", TEXT), reason=reason), [TEXT], 0)
    assert f"<summary>Why no answer</summary>{told}<details>" in text


def test_another_article_that_answers_better_is_a_link() -> None:
    """Its title is a stranger's, and shown literally, in the terminal too."""
    title = "<b>Plums</b> *and* \x1b[2Jpears"
    answer = replace(_ask("How ripe is it?", TEXT), elsewhere=Elsewhere("plums", title, 0.9))
    shown = bubble(answer, [TEXT], 2)
    assert ("#there-plums-2", title) in _links(shown)
    assert "<b>" not in shown
    console = Console(width=200, record=True, file=StringIO())
    console.print(answer_text(answer, [TEXT]))
    told = "Another article answers this better: <b>Plums</b> *and* �[2Jpears · --only plums"
    assert told in console.export_text().splitlines()


def test_small_talk_is_plain() -> None:
    """No why, no copy, no chip."""
    text = bubble(_ask("Hello!", TEXT), [TEXT], 1)
    assert _links(text) == [("#edit-1", "Edit question")]
    assert "<details" not in text
    assert "Understood" not in text


def test_another_understanding_is_shown_and_undone() -> None:
    """Only if a word of it is another, and no more of it than a line or two."""
    answer = replace(_ask("Where do red apples grow?", TEXT), question="Where do red aqples grow?")
    text = unescape(bubble(answer, [TEXT], 2))
    assert '<span class="pq-understood">Understood as: Where do red apples grow?</span>' in text
    assert 'href="#raw-2">Ask as typed</a>' in text
    cut = bubble(replace(answer, question="Where do red apples growww?"), [TEXT], 2)
    assert "Understood as: Where do red apples grow?</span>" in unescape(cut)
    for same in ("Where do red apples grow?", "Hi! Where do red apples grow, please?"):
        alone = _ask(same, TEXT)
        assert alone.understood_as == "Where do red apples grow?"
        assert "pq-understood" not in bubble(alone, [TEXT], 2)
        assert "#raw-2" not in bubble(alone, [TEXT], 2)
    long = unescape(bubble(replace(alone, in_light_of="why " * 40), [TEXT], 2))
    assert f"In the light of: {'why ' * 29}why…</span>" in long
    lit = unescape(bubble(replace(alone, in_light_of="Who owns <b>?"), [TEXT], 2))
    assert "In the light of: Who owns <b>?</span>" in lit


def test_why() -> None:
    """How sure, in a word; folded again, what was read, with both scores, and the times."""
    text = unescape(bubble(_ask("Where do red apples grow?", TEXT), [TEXT], 0))
    before, details = text.split("<details><summary>Details</summary>")
    assert before.endswith('<details class="pq-why"><summary>How sure: very (82\xa0%)</summary>')
    assert re.match(
        r"<p>Confidence 82\xa0%, read by the last word reader\. Searching took \d+ ms, reading \d+ ms", details
    )
    assert re.search(r'<li>\d\.\d\d, 82\xa0%: “<span class="pq-quoted">Fruit report\s+Red apples grow in Kent', details)
    german = bubble(_ask("Where do red apples grow?", TEXT), [TEXT], 0, locale=LOCALES["de"])
    assert re.search(
        r'<li>\d,\d\d, 82\xa0%: „<span class="pq-quoted">Fruit report\s+Red apples grow in Kent', unescape(german)
    )


@pytest.mark.parametrize(
    ("status", "confidence", "told"),
    [
        (Status.ANSWERED, 0.7, "very (70\xa0%)"),
        (Status.ANSWERED, 0.69, "fairly (69\xa0%)"),
        (Status.UNSURE, 0.8, "fairly (80\xa0%)"),
        (Status.UNSURE, 0.5, "fairly (50\xa0%)"),
        (Status.UNSURE, 0.49, "hardly (49\xa0%)"),
    ],
)
def test_how_sure(status: Status, confidence: float, told: str) -> None:
    """An answer that is marked as doubtful is never said to be very sure."""
    answer = replace(_ask("Where do red apples grow?", TEXT), status=status, confidence=confidence)
    assert how_sure(answer) == told
    assert f"<summary>How sure: {told}</summary>" in bubble(answer, [TEXT], 0)


def test_what_was_also_considered() -> None:
    """At most three other passages, the likeliest first, as far as they are likely; a long one is cut."""
    lines = ["Red apples grow in Kent.", *(f"<b>{name}</b> {'pears ' * 9}fell." for name in "ABCDE")]
    article = Article("\n\n".join(lines))
    starts = [article.text.index(line) for line in lines]
    passages = [
        ReadPassage(article.id, start, start + len(line), 0.5, confidence)
        for start, line, confidence in zip(starts, lines, (0.8, 0.1, 0.3, 0.05, 0.06, 0.04), strict=True)
    ]
    answer = replace(_ask("Where do red apples grow?", article), passages=tuple(passages))
    text = bubble(answer, [article], 0)
    assert "<b>" not in text
    shown = ", ".join(f'“<span class="pq-quoted"><b>{name}</b> {"pears " * 8}pea…</span>”' for name in "BAD")
    assert f"<p>Also considered: {shown}</p><details>" in unescape(text)
    assert "considered" not in bubble(replace(answer, passages=tuple(passages[:1])), [article], 0)


def test_an_unsure_answer_is_shown_and_copied_with_its_doubt() -> None:
    """It can be cited and copied like a sure one."""
    answer = _ask("Who likes plums?", OTHER, threshold=0.3)
    text = bubble(answer, [OTHER], 0)
    assert text.startswith(
        '<span class="pq-unsure">Unsure: check the sentence</span> <strong class="pq-answer">Wales</strong>'
    )
    assert ("#copy", "Copy as text") in _links(text)
    assert unescape(text).count("Unsure: check the sentence. ") == 2


def test_of_several_articles_each_citation_names_its_own() -> None:
    """Its title stands in the link."""
    answer = _ask("Where are plums grown?", TEXT, OTHER)
    assert _links(bubble(answer, [TEXT, OTHER], 0))[0][1] == "[1] Plums are grown in Wales. show in the article"


@given(st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=5), st.sampled_from(HOSTILE))
def test_no_text_of_others_is_markup(texts: list[str], asked: str) -> None:
    """Between our own tags there is no mark that Markdown or HTML would read."""
    article = Article("\n\n".join(f"The word {text} is here" for text in texts))
    text = bubble(_ask(f"Where is the word {asked} here?", article), [article], 0, [asked])
    ours = re.compile(r"</?(?:a|b|p|ul|li|span|div|mark|strong|details|summary)(?: (?:class|href)=\"[\w# -]*\")*>")
    for stretch in ours.split(text):
        assert not re.search(r"[<>`_\[\]|~$\\]|&(?!#\d+;)|https?://|(?<!\*)\*(?!\*)", stretch.replace("\n\n> ", ""))


@pytest.mark.parametrize("question", ["What is this article about?"])
def test_an_overview(question: str) -> None:
    """Whole sentences, each cited; no confidence is claimed, so that only the times are folded."""
    text = bubble(_ask(question, TEXT), [TEXT], 0)
    assert "Confidence" not in text
    assert re.search(
        r'<details class="pq-why"><summary>Details</summary><p>Searching took \d+ ms, reading 0 ms\.</p></details>',
        text,
    )
