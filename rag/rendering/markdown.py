"""Answers and articles as Markdown for the chat.

The only markup is what is written here: all text of others is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from index.article import TITLE_LENGTH, Article
from index.sentences import Sentence
from rag.answer import Answer, Quotation, Span, Status
from rag.locale import ENGLISH, Locale
from rag.rendering.escaping import escaped, one_line
from rag.rendering.wording import inside, is_whole, language_warning, missing, refusal, where

_LISTED = 100

_PARTS, _LONG = 3, 6_000
"""Headings, and code points, that an article has at least whose contents are listed."""


class Titled(Protocol):
    """What is listed of an article."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def title(self) -> str:
        """Its first line."""


def answer_markdown(
    answer: Answer, articles: Sequence[Article] = (), locale: Locale = ENGLISH, *, titled: bool = False
) -> str:
    """Write an answer for the chat.

    An answer is its words, unless they are the whole of its one sentence, then each cited sentence as a quotation with
    the words marked and a link `#cite-<version>-<sentence>-<start>-<end>`, whose last two numbers count UTF-16 units
    within the sentence, and its page or heading if the document has any. An unsure one says so first, and last stands
    which of two questions at once has no answer. An overview is its sentences alone. A refusal shows the closest
    sentence, or competing answers marked in their sentences; the other closest sentences are folded. Where there are
    several articles, a sentence is shown with its title.

    :param answer: The answer.
    :param articles: Those it may quote; with fewer than two no titles are shown.
    :param locale: The reader's language.
    :param titled: Whether titles are shown all the same.
    :return: Markdown with embedded HTML; all text of others is escaped.
    """
    titles = {article.id: article.title for article in articles} if titled or len(articles) > 1 else {}
    if answer.status is Status.SMALL_TALK:
        return escaped(one_line(locale.translated(answer.text)))
    if answer.status is Status.NOT_IN_ARTICLE:
        return _refusal_markdown(answer, titles, locale)
    marked = answer.spans if answer.found_words else ()
    quotes = "\n\n".join(
        _quotation_markdown(citation, marked, f"[{citation.number}]", titles, locale) for citation in answer.citations
    )
    if answer.status is Status.OVERVIEW:
        return f"**{locale.message('answer.overview')}**\n\n{quotes}"
    # in one paragraph, so that nobody hears or copies the words without it
    unsure = f'<span class="pq-unsure">{locale.message("answer.unsure")}</span> '
    doubt = unsure if answer.status is Status.UNSURE else ""
    if answer.missing:
        quotes += f'\n\n<div class="pq-missing">{escaped(missing(answer, locale))}</div>'
    if is_whole(answer):
        return quotes.replace("> ", f"> {doubt}", 1)
    return f'{doubt}<strong class="pq-answer">{escaped(one_line(answer.text))}</strong>\n\n{quotes}'


def article_markdown(article: Article, sentences: Sequence[Sentence], note: str = "", locale: Locale = ENGLISH) -> str:
    """Write an article for the pane beside the chat, each sentence an element that can be found.

    A first line short enough to be a headline is marked as one, and so are the document's headings; a long article
    lists these below its title, with links `#part-<version>-<number>`. Before an article in another language stands a
    warning.

    :param article: The article.
    :param sentences: Its sentences.
    :param note: What a person should know of it first.
    :param locale: The reader's language.
    :return: HTML that Markdown leaves alone: a `<p>` a line, in it a `<span id="s-<version>-<number>">` a sentence.
    """
    paragraphs: dict[int, list[str]] = {}
    headed: dict[int, str] = {}
    marks = set(article.landmarks.headings)
    for number, sentence in enumerate(sentences):
        text = escaped(one_line(article.text[sentence.start : sentence.end]))
        if sentence.start in marks and paragraphs and sentence.paragraph not in paragraphs:
            headed[sentence.paragraph] = f'<a class="pq-act" href="#part-{article.version}-{number}">{text}</a>'
        kind = "pq-sentence pq-boilerplate" if sentence.boilerplate else "pq-sentence"
        paragraphs.setdefault(sentence.paragraph, []).append(
            f'<span id="s-{article.version}-{number}" class="{kind}">{text}</span>'
        )
    first, *others = paragraphs
    heading = ' class="pq-title" role="heading"' if len(article.title) < TITLE_LENGTH else ""
    notes = filter(None, (note, language_warning(article, locale)))
    warned = [f'<p class="pq-warning" role="note">{one}</p>' for one in notes]
    shown = [f"<p{heading}>{' '.join(paragraphs[first])}</p>"]
    if len(headed) >= _PARTS and len(article.text) >= _LONG:
        summary = locale.message("pane.contents")
        shown.append(f'<details class="pq-contents"><summary>{summary}</summary>{"".join(headed.values())}</details>')
    for number in others:
        kind = ' class="pq-heading" role="heading"' if number in headed else ""
        shown.append(f"<p{kind}>{' '.join(paragraphs[number])}</p>")
    return "\n".join([*warned, *shown])


def contents_markdown(articles: Sequence[Titled], locale: Locale = ENGLISH, total: int | None = None) -> str:
    """Write the titles of some articles for the pane beside the chat.

    :param articles: The articles; the first hundred are listed.
    :param locale: The reader's language.
    :param total: How many there are, if these are only the first.
    :return: HTML that Markdown leaves alone: a link `#open-<article>` for each.
    """
    items = "".join(
        f'<li><a class="pq-act" href="#open-{article.id}">{escaped(one_line(article.title))}</a></li>'
        for article in articles[:_LISTED]
    )
    told = f"<p>{locale.message('pane.articles', count=total or len(articles))}</p>"
    others = (total or len(articles)) - _LISTED
    more = f"<p>{locale.message('pane.others', count=others)}</p>" if others > 0 else ""
    return f"{told}<ul>{items}</ul>{more}"


def _refusal_markdown(answer: Answer, titles: Mapping[str, str], locale: Locale) -> str:
    rivals = answer.closest[: len(answer.competing)]
    others = [
        f"<li>{escaped(one_line(quoted.quote))} {_link(quoted, '↗', titles, locale)}</li>"
        for quoted in answer.closest[len(rivals) :]
    ]
    opened = 0 if rivals else 1
    closest = f" {locale.message('answer.closest')}" if others[:opened] else ""
    said = f"{refusal(answer, locale)}{closest}"
    parts = [f'<div class="pq-refusal">{escaped(said)}</div>']
    parts += [_quotation_markdown(quoted, answer.competing, "↗", titles, locale) for quoted in rivals]
    # no quotation: the page follows those, and this is no answer
    near = f"<ul>{others[0]}</ul>" if others[:opened] else ""
    if folded := "".join(others[opened:]):
        near += f"<details><summary>{locale.message('answer.more')}</summary><ul>{folded}</ul></details>"
    if near:
        parts.append(f'<div class="pq-closest">{near}</div>')
    return "\n\n".join(parts)


def _quotation_markdown(
    quoted: Quotation, spans: Sequence[Span], label: str, titles: Mapping[str, str], locale: Locale
) -> str:
    marked, place, first = "", 0, ""
    quote = one_line(quoted.quote)
    for start, end in inside(quoted, spans):
        marked += f"{escaped(quote[place:start])}<mark>{escaped(quote[start:end])}</mark>"
        first = first or f"-{_utf16(quoted.quote[:start])}-{_utf16(quoted.quote[:end])}"
        place = end
    marked += escaped(quote[place:])
    found = where(quoted.place, locale)
    told = f' <span class="pq-place">{escaped(found)}</span>' if found else ""
    return f"> {marked} {_link(quoted, label, titles, locale, first)}{told}"


def _link(quoted: Quotation, label: str, titles: Mapping[str, str], locale: Locale, words: str = "") -> str:
    title = f'<span class="pq-from"> {escaped(one_line(titles[quoted.article]))}</span>' if titles else ""
    return (
        f'<a class="pq-cite" href="#cite-{quoted.article_sha256[:16]}-{quoted.sentence}{words}">'
        f'<span class="pq-chip">{escaped(label)}</span>{title}'
        f'<span class="pq-aside"> {locale.message("bubble.show")}</span></a>'
    )


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
