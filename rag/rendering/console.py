"""An answer for the terminal, as rich text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from index.article import Article
from index.hidden import visible
from rag.answer import Answer, Quotation, Span, Status
from rag.rendering.escaping import one_line
from rag.rendering.wording import CLOSEST, ELSEWHERE, OVERVIEW, UNSURE, inside, missing, refusal_with_reason, where


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
    if answer.in_light_of:
        lines.append(Text(f"In the light of: {visible(answer.in_light_of)}", style="italic"))
    if answer.status is Status.NOT_IN_ARTICLE:
        lines.append(Text(visible(refusal_with_reason(answer)), style="bold yellow"))
        rivals, others = answer.closest[: len(answer.competing)], answer.closest[len(answer.competing) :]
        lines += [Padding(_marked(quoted, answer.competing), (0, 0, 0, 2)) for quoted in rivals]
        if others:
            lines.append(Text(CLOSEST, style="italic"))
        lines += [Padding(Text(visible(one_line(quoted.quote)), style="dim"), (0, 0, 0, 2)) for quoted in others]
        return Group(*lines, *_elsewhere(answer))
    if answer.status is Status.UNSURE:
        lines.append(Text(UNSURE, style="yellow"))
    lines.append(_words(answer))
    for citation in answer.citations:
        spans = answer.spans if answer.found_words else ()
        lines.append(Padding(_marked(citation, spans), (0, 0, 0, 2)))
        place = [
            f"[{citation.number}] {titles[citation.article]}",
            where(citation.place),
            f"sentence {citation.sentence + 1}",
            f"characters {citation.start}–{citation.end}",
        ]
        lines.append(Padding(Text(visible(" · ".join(filter(None, place))), style="dim"), (0, 0, 0, 2)))
    if answer.missing:
        lines.append(Text(visible(missing(answer)), style="yellow"))
    lines.append(Text(f"confidence {answer.confidence:.0%} · {answer.timings_ms.total:.0f} ms", style="dim"))
    return Group(*lines, *_elsewhere(answer))


def _elsewhere(answer: Answer) -> Iterator[Text]:
    if found := answer.elsewhere:
        title = visible(one_line(found.title))
        yield Text(f"{ELSEWHERE} {title} · --only {found.article}", style="italic")


def _words(answer: Answer) -> Text:
    if answer.status is Status.OVERVIEW:
        return Text(OVERVIEW, style="bold")
    return Text(
        visible(one_line(answer.text)), style="bold green" if answer.status is Status.ANSWERED else "bold yellow"
    )


def _marked(quoted: Quotation, spans: Sequence[Span]) -> Text:
    text = Text("“" + visible(one_line(quoted.quote)) + "”")
    for start, end in inside(quoted, spans):
        text.stylize("bold reverse", start + 1, end + 1)
    return text
