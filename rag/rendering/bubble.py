"""An answer in the chat, with what a reader can do about it: copy it, see why, ask it as typed, edit it, go on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.article import Article
from rag.answer import Answer, ReadPassage, Status
from rag.locale import ENGLISH, Locale
from rag.rendering.escaping import escaped, one_line
from rag.rendering.markdown import answer_markdown
from rag.rendering.sharing import answer_link, markdown, plain_text, reference
from rag.rendering.wording import how_sure, percent, why_not

_BEGINNING = 60
"""Code points of a passage that are shown to tell which it is."""
_SHOWN = 120
"""Code points of a question that are shown to tell how another one was read."""
_CONSIDERED = 3
"""Passages, beside those that are cited, that are shown as also considered."""
_LIKELY = 0.05
"""The confidence that such a passage has at least: a less likely one tells a reader nothing."""


def helpful(number: int, locale: Locale = ENGLISH) -> str:
    """Ask whether an answer helped.

    :param number: The turn's place in the conversation, from 0.
    :param locale: The reader's language.
    """
    choices = (("helped", "yes", "yesHelped"), ("failed", "no", "notHelped"))
    links = " ".join(
        f'<a class="pq-act" href="#{act}-{number}">{locale.message(f"bubble.{word}")}'
        f'<span class="pq-aside">{locale.message(f"bubble.{told}")}</span></a>'
        for act, word, told in choices
    )
    return f'<span class="pq-helpful">{locale.message("bubble.helpful")} {links}</span>'


def thanks(locale: Locale = ENGLISH) -> str:
    """Thank for what was said of an answer.

    :param locale: The reader's language.
    """
    return f'<span class="pq-helpful pq-thanks">{locale.message("bubble.thanks")}</span>'


def bubble(
    answer: Answer,
    articles: Sequence[Article],
    number: int,
    suggestions: Sequence[str] = (),
    judging: str = "",
    *,
    linked: bool = True,
    titled: bool = False,
    locale: Locale = ENGLISH,
) -> str:
    """Write an answer for the chat.

    Links say what to do by their fragment: `#copy` and `#link`, which copy what stands hidden behind them,
    `#edit-<number>`, `#raw-<number>`, `#ask`, `#helped-<number>`, `#failed-<number>`, and `#there-<article>-<number>`,
    which asks another article; the page's script acts.

    :param answer: The answer.
    :param articles: Those it may quote.
    :param number: The turn's place in the conversation, from 0.
    :param suggestions: Questions to go on with.
    :param judging: What `helpful` or `thanks` gives, or nothing.
    :param linked: Whether others can open it by a link.
    :param titled: Whether each quotation tells its article's title, also if only one article is given.
    :param locale: The reader's language.
    :return: Markdown with embedded HTML; all text of others is escaped.
    """
    parts = []
    if told := _read_as(answer):
        read = [
            f'<span class="pq-understood">{locale.message(f"answer.{how}")} {escaped(cut)}</span>'
            for how, cut in told.items()
        ]
        parts.append(
            " ".join([*read, f'<a class="pq-act" href="#raw-{number}">{locale.message("bubble.asTyped")}</a>'])
        )
    parts.append(answer_markdown(answer, articles, locale, titled=titled))
    if found := answer.elsewhere:
        link = f'<a class="pq-act" href="#there-{found.article}-{number}">{escaped(one_line(found.title))}</a>'
        parts.append(f'<span class="pq-elsewhere">{locale.message("bubble.elsewhere")} {link}</span>')
    actions = [f'<a class="pq-act" href="#edit-{number}">{locale.message("bubble.edit")}</a>']
    if answer.given:
        actions.insert(0, _copies(answer, articles, locale, linked=linked))
    if answer.status is not Status.SMALL_TALK:
        actions.append(_why(answer, articles, locale))
    if judging:
        actions.append(judging)
    # one row; what it unfolds stands below it
    parts.append(f'<div class="pq-acts">{" ".join(actions)}</div>')
    if suggestions:
        links = " ".join(f'<a class="pq-act pq-next" href="#ask">{escaped(one)}</a>' for one in suggestions)
        label = f'<span class="pq-aside">{locale.message("bubble.next")} </span>'
        parts.append(f'<span class="pq-acts">{label}{links}</span>')
    return "\n\n".join(parts)


def _read_as(answer: Answer) -> dict[str, str]:
    """What a question was read as, if a word of it was changed, and what it was read with."""
    if answer.status is Status.SMALL_TALK:
        return {}
    # a greeting that was left out changes nothing
    read = re.escape(answer.understood_as.rstrip(" .!?"))
    changed = re.search(rf"(?<!\w){read}(?!\w)", answer.question) is None
    told = {"understood": answer.understood_as} if changed else {}
    told |= {"inLightOf": answer.in_light_of} if answer.in_light_of else {}
    return {how: _cut(one_line(text), _SHOWN) for how, text in told.items()}


def _copies(answer: Answer, articles: Sequence[Article], locale: Locale, *, linked: bool) -> str:
    """Offer the forms in which an answer can be given away, each before the hidden text that is then copied."""
    forms = {
        "asText": ("#copy", plain_text(answer, articles, locale)),
        "asMarkdown": ("#copy", markdown(answer, articles, locale)),
        "asReference": ("#copy", reference(answer, articles, locale)),
        **({"link": ("#link", answer_link(answer))} if linked else {}),
    }
    copy = locale.message("bubble.copy")
    links = " ".join(
        f'<a class="pq-act" href="{act}"><span class="pq-aside">{copy} </span>{locale.message(f"bubble.{name}")}</a>'
        f'<span class="pq-source">{escaped(text)}</span>'
        for name, (act, text) in forms.items()
    )
    return f'<details class="pq-copy"><summary>{copy}</summary><div class="pq-copies">{links}</div></details>'


def _why(answer: Answer, articles: Sequence[Article], locale: Locale) -> str:
    """Tell how sure an answer is, or why there is none; folded within, what was read and how long it took."""
    details = f"<summary>{locale.message('bubble.details')}</summary>{_details(answer, articles, locale)}"
    if answer.status is Status.OVERVIEW:
        return f'<details class="pq-why">{details}</details>'
    if answer.given:
        title = locale.message("bubble.howSure", sure=how_sure(answer, locale))
        told = _considered(answer, articles, locale)
    else:
        title, told = locale.message("bubble.whyNot"), why_not(answer, locale)
    told = f"<p>{told}</p>" if told else ""
    return f'<details class="pq-why"><summary>{title}</summary>{told}<details>{details}</details></details>'


def _considered(answer: Answer, articles: Sequence[Article], locale: Locale) -> str:
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
    quotes = ", ".join(_beginning(read, by_id[read.article], locale) for read in likeliest)
    return locale.message("bubble.considered", quotes=quotes) if quotes else ""


def _details(answer: Answer, articles: Sequence[Article], locale: Locale) -> str:
    """Tell what was read, how promising each passage was, and how long it took."""
    by_id = {article.id: article for article in articles}
    took = answer.timings_ms
    items = "".join(f"<li>{_read(read, by_id[read.article], locale)}</li>" for read in answer.passages)
    share, reader = percent(answer.confidence), escaped(answer.read_by)
    sure = ""
    if answer.status is not Status.OVERVIEW:
        how = "bubble.confidenceBy" if reader else "bubble.confidence"
        sure = f"{locale.message(how, share=share, reader=reader)} "
    told = locale.message("bubble.took", retrieve=f"{took.retrieve:.0f}", read=f"{took.read:.0f}")
    read = f"<p>{locale.message('bubble.read')}</p><ul>{items}</ul>"
    return f"<p>{sure}{told}</p>{read if items else ''}"


def _read(read: ReadPassage, article: Article, locale: Locale) -> str:
    return f"{locale.number(f'{read.score:.2f}')}, {percent(read.confidence)}: {_beginning(read, article, locale)}"


def _beginning(read: ReadPassage, article: Article, locale: Locale) -> str:
    words = escaped(_cut(one_line(article.text[read.start : read.end]), _BEGINNING))
    return locale.message("bubble.quoted", words=f'<span class="pq-quoted">{words}</span>')


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length].rstrip() + "…"
