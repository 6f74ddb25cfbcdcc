"""Answers for people: Markdown for the chat, rich text for the terminal.

Articles and questions are hostile input. For Markdown every mark with a meaning becomes a character
reference, so that no text can turn into a link, an image, a heading or a tag; the only markup is
what is written here. For the terminal, control characters are made visible, so that no text can
move the cursor or change colours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from index.article import TITLE_LENGTH, Article
from index.sentences import Sentence
from rag.answer import Answer, Quotation, Reason, Span, Status

NOT_IN_ARTICLE = "The article does not say."
_REASONS = {
    Reason.NOTHING_NEAR: "Nothing in it is near the question.",
    Reason.NOT_STATED: "It is on the topic, but does not state this.",
    Reason.COMPETING: "Two answers compete, and neither is clearly the better:",
}
OVERVIEW = "In its own words, the article is about:"
UNSURE = "Not sure that this answers the question:"
_LISTED = 100
_EVEN = 0.5
"""An answer that is more likely wrong than right says so."""
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def escaped(text: str) -> str:
    """Write a text so that Markdown and HTML show it literally.

    >>> escaped("**Who**, <b>?")
    '&#42;&#42;Who&#42;&#42;, &#60;b&#62;?'

    :param text: Any text.
    :return: The text with every mark of ASCII punctuation as a character reference, but for `,` `;` `?` and `%`,
        which mean nothing in Markdown: a screen reader may get to hear the source.
    """
    return re.sub(r"[!-/:-@\[-`{-~](?<![,;?%])", lambda match: f"&#{ord(match.group())};", text)


def answer_markdown(answer: Answer, articles: Sequence[Article] = ()) -> str:
    """Write an answer for the chat.

    An answer is its words, then each cited sentence as a quotation with the words marked and a link
    `#cite-<article>-<sentence>-<start>-<end>`, whose last two numbers count UTF-16 units within the
    sentence. An overview is its sentences alone. A refusal says why, with competing answers marked in their sentences
    and the other closest sentences folded. Where there are several articles, a sentence is shown with its title.

    :param answer: The answer.
    :param articles: Those it may quote; with fewer than two no titles are shown.
    :return: Markdown with embedded HTML; all text of others is escaped.
    """
    titles = {article.id: article.title for article in articles} if len(articles) > 1 else {}
    if answer.status is Status.SMALL_TALK:
        return escaped(one_line(answer.text))
    if answer.status is Status.NOT_IN_ARTICLE:
        return _refusal_markdown(answer, titles)
    marked = answer.spans if answer.status is Status.ANSWERED else ()
    quotes = "\n\n".join(
        _quotation_markdown(citation, marked, f"[{citation.number}]", titles) for citation in answer.citations
    )
    if answer.status is Status.OVERVIEW:
        return f"**{OVERVIEW}**\n\n{quotes}"
    doubt = f'<span class="pq-unsure">{UNSURE}</span>\n\n' if answer.confidence < _EVEN else ""
    return f"{doubt}**{escaped(one_line(answer.text))}**\n\n{quotes}"


def article_markdown(article: Article, sentences: Sequence[Sentence]) -> str:
    """Write an article for the pane beside the chat, each sentence an element that can be found.

    A first line short enough to be a headline is marked as one.

    :param article: The article.
    :param sentences: Its sentences.
    :return: HTML that Markdown leaves alone: a `<p>` a line, in it a `<span id="s-<article>-<number>">` a sentence.
    """
    paragraphs: dict[int, list[str]] = {}
    for number, sentence in enumerate(sentences):
        text = escaped(one_line(article.text[sentence.start : sentence.end]))
        kind = "pq-sentence pq-furniture" if sentence.boilerplate else "pq-sentence"
        paragraphs.setdefault(sentence.paragraph, []).append(
            f'<span id="s-{article.id}-{number}" class="{kind}">{text}</span>'
        )
    first, *others = (" ".join(spans) for spans in paragraphs.values())
    heading = ' class="pq-title"' if len(article.title) < TITLE_LENGTH else ""
    return "\n".join([f"<p{heading}>{first}</p>", *(f"<p>{spans}</p>" for spans in others)])


def contents_markdown(articles: Sequence[Article]) -> str:
    """Write the titles of some articles for the pane beside the chat.

    :param articles: The articles; the first hundred are listed.
    :return: HTML that Markdown leaves alone: a link `#open-<article>` for each.
    """
    items = "".join(
        f'<li><a class="pq-act" href="#open-{article.id}">{escaped(one_line(article.title))}</a></li>'
        for article in articles[:_LISTED]
    )
    more = f"<p>{len(articles) - _LISTED} more: choose above.</p>" if len(articles) > _LISTED else ""
    return f"<p>{len(articles)} articles. An answer opens the one that it quotes.</p><ul>{items}</ul>{more}"


def answer_text(answer: Answer, articles: Sequence[Article]) -> RenderableType:
    """Write an answer for the terminal.

    :param answer: The answer.
    :param articles: The articles it quotes; their titles are shown.
    :return: Something that rich prints.
    """
    if answer.status is Status.SMALL_TALK:
        return Text(visible(answer.text))
    titles = {article.id: article.title for article in articles}
    lines: list[RenderableType] = []
    if answer.understood_as != answer.question:
        lines.append(Text(f"Understood as: {visible(answer.understood_as)}", style="italic"))
    if answer.status is Status.NOT_IN_ARTICLE:
        lines.append(Text(visible(refusal(answer)), style="bold yellow"))
        rivals, others = answer.closest[: len(answer.competing)], answer.closest[len(answer.competing) :]
        lines += [Padding(_marked(quoted, answer.competing), (0, 0, 0, 2)) for quoted in rivals]
        if others:
            lines.append(Text("Closest sentences (not an answer):", style="italic"))
        lines += [Padding(Text(visible(quoted.quote), style="dim"), (0, 0, 0, 2)) for quoted in others]
        return Group(*lines)
    if answer.confidence < _EVEN:
        lines.append(Text(UNSURE, style="yellow"))
    lines.append(
        Text(OVERVIEW, style="bold")
        if answer.status is Status.OVERVIEW
        else Text(visible(answer.text), style="bold green")
    )
    for citation in answer.citations:
        spans = () if answer.status is Status.OVERVIEW else answer.spans
        lines.append(Padding(_marked(citation, spans), (0, 0, 0, 2)))
        lines.append(
            Padding(
                Text(
                    f"[{citation.number}] {visible(titles[citation.article])} · sentence {citation.sentence + 1} · "
                    f"characters {citation.start}–{citation.end}",
                    style="dim",
                ),
                (0, 0, 0, 2),
            )
        )
    lines.append(Text(f"confidence {answer.confidence:.0%} · {answer.timings_ms.total:.0f} ms", style="dim"))
    return Group(*lines)


def visible(text: str) -> str:
    r"""Replace control characters, line breaks and changes of direction by '�' for the terminal.

    >>> visible("a\x1b[31mb")
    'a�[31mb'
    """
    return "".join("�" if mark in _BIDI or unicodedata.category(mark) == "Cc" else mark for mark in text)


def refusal(answer: Answer) -> str:
    """Say why the article counts as not saying.

    :param answer: An answer `not_in_article`.
    :return: One or two sentences; competing answers are quoted in it.
    """
    reason = f" {_REASONS[answer.reason]}" if answer.reason else ""
    quoted = " or ".join(f"“{one_line(span.text)}”" for span in answer.competing)
    return f"{NOT_IN_ARTICLE}{reason}{' ' + quoted if quoted else ''}"


def _refusal_markdown(answer: Answer, titles: Mapping[str, str]) -> str:
    parts = [f'<div class="pq-refusal">{escaped(refusal(answer))}</div>']
    rivals = answer.closest[: len(answer.competing)]
    parts += [_quotation_markdown(quoted, answer.competing, "↗", titles) for quoted in rivals]
    items = "".join(
        f"<li>{escaped(one_line(quoted.quote))} {_link(quoted, '↗', titles)}</li>"
        for quoted in answer.closest[len(rivals) :]
    )
    if items:
        parts.append(
            '<details class="pq-closest"><summary>Closest sentences (not an answer)</summary>'
            f"<ul>{items}</ul></details>"
        )
    return "\n\n".join(parts)


def _quotation_markdown(quoted: Quotation, spans: Sequence[Span], label: str, titles: Mapping[str, str]) -> str:
    marked, place, first = "", 0, ""
    for start, end in _inside(quoted, spans):
        marked += f"{escaped(quoted.quote[place:start])}<mark>{escaped(quoted.quote[start:end])}</mark>"
        first = first or f"-{_utf16(quoted.quote[:start])}-{_utf16(quoted.quote[:end])}"
        place = end
    marked += escaped(quoted.quote[place:])
    return f"> {marked} {_link(quoted, label, titles, first)}"


def _link(quoted: Quotation, label: str, titles: Mapping[str, str], words: str = "") -> str:
    title = f" {escaped(one_line(titles[quoted.article]))}" if titles else ""
    return (
        f'<a class="pq-cite" href="#cite-{quoted.article}-{quoted.sentence}{words}">{escaped(label)}{title}'
        '<span class="pq-aside"> show in the article</span></a>'
    )


def _marked(quoted: Quotation, spans: Sequence[Span]) -> Text:
    text = Text("“" + visible(quoted.quote) + "”")
    for start, end in _inside(quoted, spans):
        text.stylize("bold reverse", start + 1, end + 1)
    return text


def _inside(quoted: Quotation, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Offsets within the quotation of the spans that lie in it, in order."""
    return sorted(
        (span.start - quoted.start, span.end - quoted.start)
        for span in spans
        if span.article == quoted.article and quoted.start <= span.start and span.end <= quoted.end
    )


def one_line(text: str) -> str:
    """Replace line breaks by spaces."""
    return re.sub(r"[\n\r]", " ", text)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
