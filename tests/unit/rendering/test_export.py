"""Exports: Markdown that shows the texts and nothing else, JSON that can be checked again."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from index.article import Article
from index.errors import InputError
from index.hidden import visible
from index.seal import is_whole
from index.sentences import split
from rag.answer import Answer, Citation, Reason, Span, Status, Timings, Turn, quotation
from rag.rendering.export import SEALED, conversation_json, conversation_markdown, literal, unescaped
from rag.rendering.fragment import text_fragment
from tests.conftest import HOSTILE, shows

URL = "https://example.org/a_b"
TEXT = Article("Apples\n\nRed apples grow in Kent. Green pears do not.", URL)
BARE = Article(TEXT.text)
OTHER = Article("Blue plums grow in Devon.")
RENDERERS = [MarkdownIt("commonmark"), MarkdownIt("js-default", {"html": True})]
texts = st.text() | st.text(st.sampled_from("\\`*_{}[]()#+-.!<>&~^|=$@:;a1 \n\"'/?")) | st.sampled_from(HOSTILE)
words = texts.filter(shows)


def _answer(status: Status, text: str = "", *, of: Article = TEXT, sentences: Sequence[int] = ()) -> Answer:
    quoted = [quotation(of, number, split(of)[number]) for number in sentences]
    refused = status is Status.NOT_IN_ARTICLE
    start = of.text.find(text)
    return Answer(
        question="Where?",
        understood_as="Where?",
        status=status,
        text=text,
        confidence=0.75,
        spans=(Span(of.id, start, start + len(text), text),) if status in (Status.ANSWERED, Status.UNSURE) else (),
        citations=() if refused else tuple(Citation.of(number, one) for number, one in enumerate(quoted, start=1)),
        closest=tuple(quoted) if refused else (),
        timings_ms=Timings(1, 2, 3),
    )


def _inside(markdown: str) -> list[str]:
    """The blocks below the first question."""
    return markdown.partition(f"\n\n{SEALED}")[0].split("\n## ")[1].split("\n\n")[1:]


def _tokens(renderer: MarkdownIt, markdown: str) -> list[Token]:
    return [inner for token in renderer.parse(markdown) for inner in (token.children or [token])]


def _shown(text: str) -> str:
    return visible(" ".join(text.split()))


def test_an_answer_with_its_sentence() -> None:
    """Article, question, the words, and the sentence with number, place and link."""
    answer = replace(_answer(Status.ANSWERED, "Kent", sentences=[1]), understood_as="Where do apples grow?")
    answer = replace(answer, in_light_of="What grows?")
    fragment = "Red%20apples%20grow%20in%20Kent.,-Green%20pears%20do%20not."
    assert re.sub(r"[0-9a-f]{64}`\n$", "SEAL`\n", conversation_markdown([Turn("Where?", answer)], [TEXT])) == (
        "# Apples\n\n"
        f"SHA-256: `{TEXT.digest}`\n\n"
        "URL: [https&#58;//example\\.org/a\\_b](https://example.org/a_b)\n\n"
        "## Where?\n\n"
        "Understood as: Where do apples grow?\n\n"
        "In the light of: What grows?\n\n"
        "**Kent**\n\n"
        "> Red apples grow in Kent.\n>\n"
        "> \\[1\\] · sentence 2 · characters 8–32 · "
        f"[show on its page](https://example.org/a_b#:~:text={fragment})\n\n"
        "SHA-256 of all above: `SEAL`\n"
    )


def test_half_an_answer_says_what_is_missing() -> None:
    """Below its sentence."""
    answer = replace(_answer(Status.ANSWERED, "Kent", sentences=[1]), missing="When *exactly*?")
    assert "\n\nNo clear answer to: When \\*exactly\\*?\n\n" in conversation_markdown([Turn("Where?", answer)], [TEXT])


def test_an_unsure_answer_says_so() -> None:
    """Before its words, and as its status in the JSON."""
    sure, unsure = (
        Turn("Where?", _answer(status, "Kent", sentences=[1])) for status in (Status.ANSWERED, Status.UNSURE)
    )
    said = _inside(conversation_markdown([unsure], [TEXT]))
    assert said == ["Unsure: check the sentence. **Kent**", *_inside(conversation_markdown([sure], [TEXT]))[1:]]
    assert json.loads(conversation_json([unsure], [TEXT]))["turns"][0]["status"] == "unsure"


def test_the_link_of_a_sentence_is_its_text_fragment() -> None:
    """Whatever marks the address holds, a renderer reads it as it was, and makes one link."""
    hostile = 'https://example.org/a)(b<c>"d*e_f_[g]`h`?i=1&amp;j=2|$k$#l'
    article = Article(TEXT.text, hostile)
    markdown = conversation_markdown([Turn("?", _answer(Status.ANSWERED, "Kent", sentences=[1]))], [article])
    link = text_fragment(hostile, quotation(article, 1, split(article)[1]))
    for renderer in RENDERERS:
        found = [token.attrs["href"] for token in _tokens(renderer, markdown) if token.type == "link_open"]
        assert found == [renderer.normalizeLink(hostile), renderer.normalizeLink(link)]


def test_an_article_without_an_address_has_no_link() -> None:
    """Nor a line for it."""
    markdown = conversation_markdown([Turn("Where?", _answer(Status.ANSWERED, "Kent", sentences=[1]))], [BARE])
    assert markdown.split("\n\n")[:3] == ["# Apples", f"SHA-256: `{TEXT.digest}`", "## Where?"]
    assert _inside(markdown)[-1].splitlines()[-1] == "> \\[1\\] · sentence 2 · characters 8–32"


def test_of_several_articles_the_one_is_named() -> None:
    """Each has its heading, and each sentence its title."""
    turn = Turn("Where?", _answer(Status.ANSWERED, "Devon", of=OTHER, sentences=[0]))
    markdown = conversation_markdown([turn], [BARE, OTHER])
    assert [line for line in markdown.splitlines() if line.startswith("#")] == [
        "# Apples",
        "# Blue plums grow in Devon.",
        "## Where?",
    ]
    assert _inside(markdown) == [
        "**Devon**",
        "> Blue plums grow in Devon.\n>\n> \\[1\\] · Blue plums grow in Devon. · sentence 1 · characters 0–25",
    ]


def test_a_refusal_says_why() -> None:
    """Then come the closest sentences, without numbers and marked as no answer."""
    answer = replace(_answer(Status.NOT_IN_ARTICLE, of=OTHER, sentences=[0]), reason=Reason.NOT_STATED)
    assert _inside(conversation_markdown([Turn("Who?", answer)], [OTHER])) == [
        "Understood as: Where?",
        "The article doesn't say this. Parts of the article are about the topic, but none answers the question.",
        "Closest passages:",
        "> Blue plums grow in Devon.\n>\n> sentence 1 · characters 0–25",
    ]
    bare = replace(answer, closest=(), reason=Reason.NOTHING_NEAR)
    assert _inside(conversation_markdown([Turn("Where?", bare)], [OTHER])) == [
        "The article doesn't say this. Nothing in the article is near the question."
    ]


def test_competing_answers_stand_apart_from_the_closest_sentences() -> None:
    """Their sentences follow the reason."""
    article = Article("Kent won. *Devon* won. Nobody lost.")
    rivals = (Span(article.id, 0, 4, "Kent"), Span(article.id, 11, 16, "Devon"))
    refused = _answer(Status.NOT_IN_ARTICLE, of=article, sentences=[0, 1, 2])
    answer = replace(refused, reason=Reason.COMPETING, competing=rivals)
    assert _inside(conversation_markdown([Turn("Where?", answer)], [article])) == [
        "No clear answer. These two come closest: “Kent” or “Devon”",
        "> Kent won.\n>\n> sentence 1 · characters 0–9",
        "> \\*Devon\\* won.\n>\n> sentence 2 · characters 10–22",
        "Closest passages:",
        "> Nobody lost.\n>\n> sentence 3 · characters 23–35",
    ]


def test_overview_and_small_talk() -> None:
    """An overview is its sentences; small talk is plain text."""
    overview = _answer(Status.OVERVIEW, OTHER.text, of=OTHER, sentences=[0])
    talk = _answer(Status.SMALL_TALK, "Hello! *Ask* me about the article.")
    markdown = conversation_markdown([Turn("Where?", overview), Turn("Where?", talk)], [OTHER])
    assert markdown.partition(f"\n{SEALED}")[0].split("\n## Where?\n\n")[1:] == [
        "**In the article’s own words:**\n\n> Blue plums grow in Devon.\n>\n> \\[1\\] · sentence 1 · characters 0–25\n",
        "Hello! \\*Ask\\* me about the article.\n",
    ]


def test_another_article_is_named() -> None:
    """A quotation cannot be shown without its article."""
    turn = Turn("Where?", _answer(Status.ANSWERED, "Devon", of=OTHER, sentences=[0]))
    with pytest.raises(InputError, match=rf"the article {OTHER.id}, which is not among those given\. Give it"):
        conversation_markdown([turn], [TEXT])


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Kent's 3 well-known “apples” (e.g. Cox's): no.", "Kent's 3 well-known “apples” \\(e\\.g. Cox's\\): no."),
        ("a<b & c>d |~ ^=$ @e", "a&#60;b &#38; c&#62;d &#124;&#126; &#94;&#61;&#36; &#64;e"),
        ("1. x", "1\\. x"),
        ("2) x", "2\\) x"),
        ("- x - y --z a-b -5", "\\- x \\- y \\--z a-b -5"),
        ("https://www.example.com", "https&#58;//www\\.example\\.com"),
        ("a\n\nb\t c\u2028d", "a b c d"),
        ("a\x1b[31m\u202eb\x00\ud800", "a�\\[31m�b�?"),
    ],
)
def test_prose_stays_readable(text: str, source: str) -> None:
    """Only marks that may have a meaning where they stand are escaped."""
    assert literal(text) == source


@given(texts)
def test_what_is_written_literally_can_be_read_back(text: str) -> None:
    """Without its white space, which is drawn together, and with what was made visible."""
    assert unescaped(literal(text)) == _shown(text).encode(errors="replace").decode()


@given(words)
def test_texts_are_shown_literally(text: str) -> None:
    """As a paragraph, a heading, in a quotation and in bold, each renderer shows the text and adds no markup."""
    source = literal(text)
    for renderer in RENDERERS:
        for opening, closing in (("", ""), ("## ", ""), ("> ", ""), ("**", "**")):
            inner = [token for token in _tokens(renderer, opening + source + closing) if token.content]
            assert {token.type for token in inner} == {"text"}
            assert "".join(token.content for token in inner) == _shown(text)
            (_, inline, *_) = [t for t in renderer.parse(opening + source + closing) if t.type != "blockquote_open"]
            assert inline.type == "inline"


@given(words, words, words, st.sampled_from(Status))
def test_hostile_texts_add_no_markup(article: str, question: str, understood: str, status: Status) -> None:
    """A whole export has the elements that one about harmless texts has."""

    def kinds(renderer: MarkdownIt, title: str, asked: str, read: str) -> list[tuple[str, str]]:
        source = Article(title, URL)
        answer = _answer(status, title, of=source, sentences=[] if status is Status.SMALL_TALK else [0])
        turn = Turn(asked, replace(answer, understood_as=read))
        tokens = _tokens(renderer, conversation_markdown([turn], [source]))
        return [(token.type, token.tag) for token in tokens if token.type != "text"]

    for renderer in RENDERERS:
        read = "Where?" if understood == question else "Where is it?"
        assert kinds(renderer, article, question, understood) == kinds(renderer, "Kent", "Where?", read)


@given(words, words)
def test_the_json_gives_back_what_was_said(article: str, question: str) -> None:
    """Articles by name, digest and address; turns as `to_dict` gives them."""
    source = Article(article, URL)
    answers = [
        replace(_answer(status, article, of=source, sentences=numbers), question=question)
        for status, numbers in ((Status.ANSWERED, [0]), (Status.NOT_IN_ARTICLE, [0]), (Status.SMALL_TALK, []))
    ]
    told = json.loads(conversation_json([Turn(question, answer) for answer in answers], [source, OTHER]))
    assert told == {
        "format": 1,
        "articles": [
            {"id": source.id, "title": source.title, "sha256": source.digest, "url": URL},
            {"id": OTHER.id, "title": "Blue plums grow in Devon.", "sha256": OTHER.digest, "url": None},
        ],
        "turns": [answer.to_dict() for answer in answers],
        "sha256": told["sha256"],
    }
    assert is_whole(told)


def test_half_a_surrogate_pair_does_not_stop_the_export() -> None:
    """No file can hold it."""
    turn = Turn("a\ud800b", replace(_answer(Status.SMALL_TALK, "Hello!"), question="a\ud800b"))
    assert json.loads(conversation_json([turn], []))["turns"][0]["question"] == "a?b"
    assert conversation_markdown([turn], []).startswith("## a?b\n")
