"""An answer in the chat, with what a reader can do about it: copy it, see why, ask it as typed, edit it, go on."""

from __future__ import annotations

from collections.abc import Sequence

from index.article import Article
from rag.answer import Answer, ReadPassage, Status
from rag.rendering.escaping import escaped, one_line
from rag.rendering.markdown import answer_markdown
from rag.rendering.sharing import answer_link, markdown, plain_text, reference
from rag.rendering.wording import ELSEWHERE, IN_LIGHT, UNDERSTOOD, how_sure, percent, why_not

_BEGINNING = 60
"""Code points of a passage that are shown to tell which it is."""
_SHOWN = 120
"""Code points of a question that are shown to tell how another one was read."""
_CONSIDERED = 3
"""Passages, beside those that are cited, that are shown as also considered."""
_LIKELY = 0.05
"""The confidence that such a passage has at least: a less likely one tells a reader nothing."""


HELPFUL = (
    '<span class="pq-helpful">Helpful? '
    '<a class="pq-act" href="#helped-{number}">Yes<span class="pq-aside">, this answer helped</span></a> '
    '<a class="pq-act" href="#failed-{number}">No<span class="pq-aside">, this answer did not help</span></a></span>'
)
THANKS = '<span class="pq-helpful pq-thanks">Thanks.</span>'


def bubble(
    answer: Answer,
    articles: Sequence[Article],
    number: int,
    suggestions: Sequence[str] = (),
    helpful: str = "",
    *,
    linked: bool = True,
) -> str:
    """Write an answer for the chat.

    Links say what to do by their fragment: `#copy` and `#link`, which copy what stands hidden behind them,
    `#edit-<number>`, `#raw-<number>`, `#ask`, `#helped-<number>`, `#failed-<number>`, and `#there-<article>-<number>`,
    which asks another article; the page's script acts.

    :param answer: The answer.
    :param articles: Those it may quote.
    :param number: The turn's place in the conversation, from 0.
    :param suggestions: Questions to go on with.
    :param helpful: `HELPFUL`, `THANKS`, or nothing.
    :param linked: Whether others can open it by a link.
    :return: Markdown with embedded HTML; all text of others is escaped.
    """
    parts = []
    if told := _read_as(answer):
        parts += [
            f'<span class="pq-understood">{how}: {escaped(_cut(one_line(text), _SHOWN))}</span> '
            for how, text in told.items()
        ]
        parts.append(f'<a class="pq-act" href="#raw-{number}">Ask as typed</a>')
    parts.append(answer_markdown(answer, articles))
    if found := answer.elsewhere:
        link = f'<a class="pq-act" href="#there-{found.article}-{number}">{escaped(one_line(found.title))}</a>'
        parts.append(f'<span class="pq-elsewhere">{ELSEWHERE} {link}</span>')
    actions = [f'<a class="pq-act" href="#edit-{number}">Edit question</a>']
    if answer.given:
        actions.insert(0, _copies(answer, articles, linked=linked))
    if answer.status is not Status.SMALL_TALK:
        actions.append(_why(answer, articles))
    if helpful:
        actions.append(helpful.format(number=number))
    # one row; what it unfolds stands below it
    parts.append(f'<div class="pq-acts">{" ".join(actions)}</div>')
    if suggestions:
        links = " ".join(f'<a class="pq-act pq-next" href="#ask">{escaped(one)}</a>' for one in suggestions)
        label = '<span class="pq-aside">The article also answers: </span>'
        parts.append(f'<span class="pq-acts">{label}{links}</span>')
    return "\n\n".join(parts)


def _read_as(answer: Answer) -> dict[str, str]:
    """What a question was read as, if a word of it was changed, and what it was read with."""
    if answer.status is Status.SMALL_TALK:
        return {}
    # a greeting that was left out changes nothing
    changed = answer.understood_as.rstrip(" .!?") not in answer.question
    told = {UNDERSTOOD: answer.understood_as} if changed else {}
    return told | ({IN_LIGHT: answer.in_light_of} if answer.in_light_of else {})


def _copies(answer: Answer, articles: Sequence[Article], *, linked: bool) -> str:
    """Offer the forms in which an answer can be given away, each before the hidden text that is then copied."""
    forms = {
        "as text": ("#copy", plain_text(answer, articles)),
        "as Markdown": ("#copy", markdown(answer, articles)),
        "as reference": ("#copy", reference(answer, articles)),
        **({"link to this answer": ("#link", answer_link(answer))} if linked else {}),
    }
    links = " ".join(
        f'<a class="pq-act" href="{act}"><span class="pq-aside">Copy </span>{name}</a>'
        f'<span class="pq-source">{escaped(text)}</span>'
        for name, (act, text) in forms.items()
    )
    return f'<details class="pq-copy"><summary>Copy</summary><div class="pq-copies">{links}</div></details>'


def _why(answer: Answer, articles: Sequence[Article]) -> str:
    """Tell how sure an answer is, or why there is none; folded within, what was read and how long it took."""
    details = f"<summary>Details</summary>{_details(answer, articles)}"
    if answer.status is Status.OVERVIEW:
        return f'<details class="pq-why">{details}</details>'
    if answer.given:
        title, told = f"How sure: {how_sure(answer)}", _considered(answer, articles)
    else:
        title, told = "Why no answer", why_not(answer)
    told = f"<p>{told}</p>" if told else ""
    return f'<details class="pq-why"><summary>{title}</summary>{told}<details>{details}</details></details>'


def _considered(answer: Answer, articles: Sequence[Article]) -> str:
    """Quote the beginnings of the passages that may answer, too, the likeliest first."""
    by_id = {article.id: article for article in articles}
    others = [
        read
        for read in answer.passages
        if read.confidence >= _LIKELY
        and not any(
            cited.article == read.article and read.start <= cited.start < read.end for cited in answer.citations
        )
    ]
    likeliest = sorted(others, key=lambda read: -read.confidence)[:_CONSIDERED]
    quotes = ", ".join(f"“{_beginning(read, by_id[read.article])}”" for read in likeliest)
    return f"Also considered: {quotes}" if quotes else ""


def _details(answer: Answer, articles: Sequence[Article]) -> str:
    """Tell what was read, how promising each passage was, and how long it took."""
    by_id = {article.id: article for article in articles}
    took = answer.timings_ms
    reader = f", read by the {escaped(answer.read_by)} reader" if answer.read_by else ""
    items = "".join(f"<li>{_read(read, by_id[read.article])}</li>" for read in answer.passages)
    sure = "" if answer.status is Status.OVERVIEW else f"Confidence {percent(answer.confidence)}{reader}. "
    read = f"<p>Read, with the score of the search and the confidence of the best words:</p><ul>{items}</ul>"
    return f"<p>{sure}Searching took {took.retrieve:.0f} ms, reading {took.read:.0f} ms.</p>{read if items else ''}"


def _read(read: ReadPassage, article: Article) -> str:
    return f"{read.score:.2f}, {percent(read.confidence)}: “{_beginning(read, article)}”"


def _beginning(read: ReadPassage, article: Article) -> str:
    return escaped(_cut(one_line(article.text[read.start : read.end]), _BEGINNING))


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length].rstrip() + "…"
