"""Rendering: what people see is the text, whatever the text is."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from index.article import Article
from index.hidden import visible
from index.landmarks import Landmarks
from index.sentences import split
from rag.answer import Answer, Citation, Reason, Span, Status, Timings, quotation
from rag.locale import LOCALES
from rag.rendering.console import answer_text
from rag.rendering.escaping import escaped, printable_json
from rag.rendering.markdown import answer_markdown, article_markdown, contents_markdown
from tests.conftest import HOSTILE

_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u034f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufeff"
    "\ufe00-\ufe0d\U000e0000-\U000e0fff]"
)
TEXT = Article("🙂 <b>Ann</b> met *Bob* in Kent. She left.\n\nComments are closed.")


def _answer(article: Article, status: Status = Status.ANSWERED, words: str = "Bob", confidence: float = 0.75) -> Answer:
    sentence = split(article)[0]
    source = quotation(article, 0, sentence)
    start = article.text.index(words)
    answered = status in (Status.ANSWERED, Status.UNSURE)
    return Answer(
        question="?",
        understood_as="?",
        status=status,
        text=words if answered else "",
        confidence=confidence,
        spans=(Span(article.id, start, start + len(words), words),) if answered else (),
        citations=(Citation.of(1, source),) if answered else (),
        closest=() if answered else (source,),
        timings_ms=Timings(1, 2, 3),
    )


@given(st.text() | st.sampled_from(HOSTILE))
def test_escaping_loses_nothing_and_leaves_no_markup(text: str) -> None:
    """Read as HTML the text comes back, and no mark with a meaning in Markdown or HTML is left."""
    safe = escaped(text)
    assert not re.search(r"[<>\"'`*_\[\](){}|~#\\!:.@/=+$^-]", re.sub(r"&#\d+;", "", safe))
    assert html.unescape(safe) == text


def test_an_answer_marks_its_words_and_links_its_sentence() -> None:
    """The link carries article, sentence, and the words' place in UTF-16 units: the emoji counts two."""
    assert answer_markdown(_answer(TEXT)) == (
        '<strong class="pq-answer">Bob</strong>\n\n'
        "> 🙂 &#60;b&#62;Ann&#60;&#47;b&#62; met &#42;<mark>Bob</mark>&#42; in Kent&#46; "
        f'<a class="pq-cite" href="#cite-{TEXT.id}-0-19-22"><span class="pq-chip">&#91;1&#93;</span>'
        '<span class="pq-aside"> show in the article</span></a>'
    )


def test_a_whole_sentence_is_not_shown_twice() -> None:
    """With or without its full stop; it is marked and cited, and its doubt goes before it."""
    article = Article("“Ann met Bob.” She left.")
    for words in ("“Ann met Bob.”", "Ann met Bob"):
        shown = answer_markdown(_answer(article, words=words))
        assert shown.startswith("> ")
        assert shown.count("Ann met Bob") == 1
        assert "<mark>" in shown
        unsure = answer_markdown(_answer(article, Status.UNSURE, words))
        assert unsure.startswith('> <span class="pq-unsure">Unsure: check the sentence</span> ')
    assert answer_markdown(_answer(article, words="met Bob")).count("met Bob") == 2


def test_an_unsure_answer_says_so() -> None:
    """Before its words, in their paragraph, whatever the confidence; in the terminal in another colour, too."""
    doubt = '<span class="pq-unsure">Unsure: check the sentence</span> '
    assert answer_markdown(_answer(TEXT, Status.UNSURE)) == doubt + answer_markdown(_answer(TEXT))
    assert "pq-unsure" not in answer_markdown(_answer(TEXT, confidence=0.1))
    console = Console(width=100, record=True, file=StringIO(), force_terminal=True)
    console.print(answer_text(_answer(TEXT, Status.UNSURE), [TEXT]))
    assert console.export_text(clear=False).splitlines()[:2] == ["Unsure: check the sentence", "Bob"]
    assert "\x1b[1;33mBob\x1b[0m" in console.export_text(styles=True)


def test_half_an_answer_says_what_is_missing() -> None:
    """Below the sentence, also where that is all the answer; in the reader's language, in the terminal, too."""
    answer = replace(_answer(TEXT), missing="And <b>\nwhen?")
    told = "No clear answer to: And <b> when?"
    shown = html.unescape(answer_markdown(answer))
    assert shown == html.unescape(answer_markdown(_answer(TEXT))) + f'\n\n<div class="pq-missing">{told}</div>'
    assert "<b>" not in answer_markdown(answer)
    article = Article("Ann met Bob. She left.")
    whole = replace(_answer(article, words="Ann met Bob"), missing="When?")
    german = html.unescape(answer_markdown(whole, (), LOCALES["de"]))
    assert german.endswith('<div class="pq-missing">Keine klare Antwort auf: When?</div>')
    console = Console(width=100, record=True, file=StringIO())
    console.print(answer_text(answer, [TEXT]))
    assert console.export_text().splitlines()[-2:-1] == [told]


def test_a_refusal_looks_different() -> None:
    """It says so, shows the closest sentence, folds the others, and quotes nothing as if it were an answer."""
    refused = _answer(TEXT, Status.NOT_IN_ARTICLE)
    markdown = answer_markdown(refused)
    assert html.unescape(markdown).startswith(
        '<div class="pq-refusal">The article doesn\'t say this. Closest passages:</div>\n\n'
        '<div class="pq-closest"><ul><li>🙂 <b>Ann</b> met *Bob* in Kent. '
    )
    assert f'href="#cite-{TEXT.id}-0"' in markdown
    assert not re.search("<mark>|<details>|^>", markdown, re.MULTILINE)
    second = quotation(TEXT, 1, split(TEXT)[1])
    opened, folded = answer_markdown(replace(refused, closest=(*refused.closest, second))).split("<details>")
    assert opened == markdown.removesuffix("</div>")
    assert folded.startswith("<summary>More passages</summary><ul><li>She left&#46; ")
    assert html.unescape(answer_markdown(replace(refused, closest=()))) == (
        '<div class="pq-refusal">The article doesn\'t say this.</div>'
    )


def test_competing_answers_are_shown_where_they_stand() -> None:
    """Both words marked in their sentences, each with its link, in the chat and in the terminal."""
    article = Article("Kent won. *Devon* won. Nobody lost.")
    closest = tuple(quotation(article, number, sentence) for number, sentence in enumerate(split(article)))
    rivals = (Span(article.id, 0, 4, "Kent"), Span(article.id, 11, 16, "Devon"))
    answer = replace(
        _answer(article, Status.NOT_IN_ARTICLE, "Kent"), closest=closest, reason=Reason.COMPETING, competing=rivals
    )
    heading, first, second, folded = answer_markdown(answer).split("\n\n")
    assert html.unescape(heading) == (
        '<div class="pq-refusal">No clear answer. These two come closest: “Kent” or “Devon”</div>'
    )
    assert first.startswith(f'> <mark>Kent</mark> won&#46; <a class="pq-cite" href="#cite-{article.id}-0-0-4">')
    assert second.startswith(
        f'> &#42;<mark>Devon</mark>&#42; won&#46; <a class="pq-cite" href="#cite-{article.id}-1-1-6">'
    )
    assert folded.startswith(
        '<div class="pq-closest"><details><summary>More passages</summary><ul><li>Nobody lost&#46; '
    )
    assert "Kent" not in folded
    console = Console(width=120, record=True, file=StringIO())
    console.print(answer_text(answer, [article]))
    assert [line.strip() for line in console.export_text().splitlines()][1:] == [
        "“Kent won.”",
        "“*Devon* won.”",
        "Closest passages:",
        "Nobody lost.",
    ]


def test_an_article_is_paragraphs_of_numbered_sentences() -> None:
    """Boilerplate is marked as such."""
    assert article_markdown(TEXT, split(TEXT)) == (
        f'<p class="pq-title" role="heading"><span id="s-{TEXT.id}-0" class="pq-sentence">🙂 '
        "&#60;b&#62;Ann&#60;&#47;b&#62; met &#42;Bob&#42; in Kent&#46;</span> "
        f'<span id="s-{TEXT.id}-1" class="pq-sentence">She left&#46;</span></p>\n'
        f'<p><span id="s-{TEXT.id}-2" class="pq-sentence pq-boilerplate">Comments are closed&#46;</span></p>'
    )


def test_headings_are_marked_and_listed_above_a_long_article() -> None:
    """The title is none of them, and neither is a heading within a paragraph; a short article has no list."""
    parts = ["The bridge", *(f"Part <{part}>\n\n{'It rained all day. ' * long}" for part in "abc" for long in (9,))]
    text = "\n\n".join(parts)
    headings = (0, *(text.index(f"Part <{part}>") for part in "abc"))
    short = Article(text, landmarks=Landmarks(headings=headings))
    shown = article_markdown(short, split(short))
    marked = re.findall('<p class="pq-heading" role="heading"><span [^>]*>Part &#60;([abc])&#62;</span></p>', shown)
    assert marked == ["a", "b", "c"]
    assert "pq-contents" not in shown
    long = Article(f"{text}\n\n{'It snowed all night. ' * 300}", landmarks=Landmarks(headings=headings))
    title, contents, *_ = article_markdown(long, split(long), locale=LOCALES["de"]).split("\n")
    assert title.startswith('<p class="pq-title"')
    assert contents.startswith(
        f'<details class="pq-contents"><summary>Inhalt</summary><a class="pq-act" href="#part-{long.version}-1">'
        "Part &#60;a&#62;</a>"
    )
    assert contents.count("<a ") == 3
    inside = Article(text, landmarks=Landmarks(headings=(text.index("rained"),)))
    assert "pq-heading" not in article_markdown(inside, split(inside))


@given(st.lists(st.sampled_from(HOSTILE), min_size=1, max_size=8).map("\n".join))
def test_an_articles_html_holds_only_our_tags(text: str) -> None:
    """Whatever the article says, the pane's tags are p and span."""
    article = Article(text)
    markup = article_markdown(article, split(article))
    assert set(re.findall(r"<(\w+)", markup)) == {"p", "span"}
    shown = [html.unescape(s) for s in re.findall(r'">([^<]*)</span>', markup)]
    assert shown == [article.text[s.start : s.end] for s in split(article)]


def test_the_terminal_shows_answer_quotation_and_place() -> None:
    """As plain text, in order."""
    console = Console(width=100, record=True, file=StringIO())
    console.print(answer_text(_answer(TEXT), [TEXT]))
    assert [line.strip() for line in console.export_text().splitlines()] == [
        "Bob",
        "“🙂 <b>Ann</b> met *Bob* in Kent.”",
        "[1] 🙂 <b>Ann</b> met *Bob* in Kent. She left. · sentence 1 · characters 0–31",
        "confidence 75% · 3 ms",
    ]


@given(st.text())
def test_the_terminal_gets_no_control_characters(text: str) -> None:
    """Length is kept, so that offsets still fit; nothing can move the cursor, reverse the text or hide in it."""
    shown = visible(text)
    assert len(shown) == len(text)
    assert not _UNSAFE.search(shown)


@pytest.mark.parametrize(
    "mark", [*"\x1b\x9b\u061c\u200b\u200c\u200d\u2060\u206a\u206f\ufeff\u034f\u3164", "\ud800", "\U000e0041"]
)
def test_what_has_no_width_is_shown(mark: str) -> None:
    """In an answer, its sentence and its article's title; a soft hyphen and the colour of an emoji are no danger."""
    assert visible(f"a{mark}b") == "a�b"
    assert visible("soft\u00adhyphen ❤\ufe0f é 漢") == "soft\u00adhyphen ❤\ufe0f é 漢"
    assert json.loads(printable_json({f"a{mark}": [f"{mark}\n", 1.5]}, 1)) == {f"a{mark}": [f"{mark}\n", 1.5]}
    assert mark not in printable_json(mark)


@given(st.recursive(st.text() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_for_a_terminal_is_the_same_json(value: object) -> None:
    """Whatever is in it; the terminal gets no control character but the end of a line."""
    for indent in (None, 2):
        told = printable_json(value, indent)
        assert json.loads(told) == value
        assert not _UNSAFE.search(told.replace("\n", ""))


def test_the_list_of_articles_is_links_to_open_them() -> None:
    """A hundred at most; the rest is said, and titles stay text."""
    articles = [Article(f"<b>Title</b> {number}") for number in range(102)]
    text = contents_markdown(articles)
    assert f'<li><a class="pq-act" href="#open-{articles[0].id}">&#60;b&#62;Title&#60;&#47;b&#62; 0</a></li>' in text
    assert articles[99].id in text
    assert articles[100].id not in text
    assert text.startswith("<p>102 articles.")
    assert text.endswith("<p>2 more: choose above.</p>")


def test_an_article_in_another_language_has_a_warning() -> None:
    """Before its first line; an English one has none."""
    german = Article("Der Rat hat am Dienstag beschlossen, die Brücke zu sperren.")
    warning, headline = article_markdown(german, split(german)).split("\n")
    assert warning == (
        '<p class="pq-warning" role="note">Pullquote reads English; this article looks like German: its answers will '
        "be poor.</p>"
    )
    assert headline.startswith("<p")
    english = Article("Red apples grow in Kent.")
    assert "pq-warning" not in article_markdown(english, split(english))
