"""Answers for people: Markdown for the chat, rich text for the terminal.

Articles and questions are hostile input. For Markdown every mark with a meaning becomes a character
reference, so that no text can turn into a link, an image, a heading or a tag; the only markup is
what is written here. For the terminal, control characters are made visible, so that no text can
move the cursor or change colours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from index.article import TITLE_LENGTH, Article
from index.sentences import Sentence
from rag.answer import Answer, Citation, Quotation, Span, Status

NOT_IN_ARTICLE = "The article does not say."
UNSURE = "Not sure that this answers the question:"
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


def answer_markdown(answer: Answer) -> str:
    """Write an answer for the chat.

    An answer is its words, then each cited sentence as a quotation with the words marked and a link
    `#cite-<article>-<sentence>-<start>-<end>`, whose last two numbers count UTF-16 units within the
    sentence. A refusal says so, with the closest sentences folded.

    :param answer: The answer.
    :return: Markdown with embedded HTML; all text of others is escaped.
    """
    if answer.status is Status.NOT_IN_ARTICLE:
        return _refusal_markdown(answer)
    quotes = "\n\n".join(_citation_markdown(citation, answer.spans) for citation in answer.citations)
    doubt = f'<span class="pq-unsure">{UNSURE}</span>\n\n' if answer.confidence < _EVEN else ""
    return f"{doubt}**{escaped(_one_line(answer.text))}**\n\n{quotes}"


def article_markdown(article: Article, sentences: Sequence[Sentence]) -> str:
    """Write an article for the pane beside the chat, each sentence an element that can be found.

    A first line short enough to be a headline is marked as one.

    :param article: The article.
    :param sentences: Its sentences.
    :return: HTML that Markdown leaves alone: a `<p>` a line, in it a `<span id="s-<article>-<number>">` a sentence.
    """
    paragraphs: dict[int, list[str]] = {}
    for number, sentence in enumerate(sentences):
        text = escaped(_one_line(article.text[sentence.start : sentence.end]))
        kind = "pq-sentence pq-furniture" if sentence.boilerplate else "pq-sentence"
        paragraphs.setdefault(sentence.paragraph, []).append(
            f'<span id="s-{article.id}-{number}" class="{kind}">{text}</span>'
        )
    first, *others = (" ".join(spans) for spans in paragraphs.values())
    heading = ' class="pq-title"' if len(article.title) < TITLE_LENGTH else ""
    return "\n".join([f"<p{heading}>{first}</p>", *(f"<p>{spans}</p>" for spans in others)])


def answer_text(answer: Answer, articles: Sequence[Article]) -> RenderableType:
    """Write an answer for the terminal.

    :param answer: The answer.
    :param articles: The articles it quotes; their titles are shown.
    :return: Something that rich prints.
    """
    titles = {article.id: article.title for article in articles}
    if answer.status is Status.NOT_IN_ARTICLE:
        refusal: list[RenderableType] = [Text(NOT_IN_ARTICLE, style="bold yellow")]
        if answer.closest:
            refusal.append(Text("Closest sentences (not an answer):", style="italic"))
        refusal += [Padding(Text(visible(quoted.quote), style="dim"), (0, 0, 0, 2)) for quoted in answer.closest]
        return Group(*refusal)
    lines: list[RenderableType] = [Text(UNSURE, style="yellow")] if answer.confidence < _EVEN else []
    lines.append(Text(visible(answer.text), style="bold green"))
    for citation in answer.citations:
        lines.append(Padding(_marked(citation, answer.spans), (0, 0, 0, 2)))
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


def _refusal_markdown(answer: Answer) -> str:
    heading = f'<div class="pq-refusal">{NOT_IN_ARTICLE}</div>'
    if not answer.closest:
        return heading
    items = "".join(f"<li>{escaped(_one_line(quoted.quote))} {_link(quoted, '↗')}</li>" for quoted in answer.closest)
    return (
        f'{heading}\n\n<details class="pq-closest"><summary>Closest sentences (not an answer)</summary>'
        f"<ul>{items}</ul></details>"
    )


def _citation_markdown(citation: Citation, spans: Sequence[Span]) -> str:
    marked, place, first = "", 0, ""
    for start, end in _inside(citation, spans):
        marked += f"{escaped(citation.quote[place:start])}<mark>{escaped(citation.quote[start:end])}</mark>"
        first = first or f"-{_utf16(citation.quote[:start])}-{_utf16(citation.quote[:end])}"
        place = end
    marked += escaped(citation.quote[place:])
    return f"> {marked} {_link(citation, f'[{citation.number}]', first)}"


def _link(quoted: Quotation, label: str, words: str = "") -> str:
    return (
        f'<a class="pq-cite" href="#cite-{quoted.article}-{quoted.sentence}{words}">{escaped(label)}'
        '<span class="pq-aside"> show in the article</span></a>'
    )


def _marked(citation: Citation, spans: Sequence[Span]) -> Text:
    text = Text("“" + visible(citation.quote) + "”")
    for start, end in _inside(citation, spans):
        text.stylize("bold reverse", start + 1, end + 1)
    return text


def _inside(citation: Citation, spans: Sequence[Span]) -> list[tuple[int, int]]:
    """Offsets within the quotation of the spans that lie in it, in order."""
    return sorted(
        (span.start - citation.start, span.end - citation.start)
        for span in spans
        if span.article == citation.article and citation.start <= span.start and span.end <= citation.end
    )


def _one_line(text: str) -> str:
    return re.sub(r"[\n\r]", " ", text)


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
