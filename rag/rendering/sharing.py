"""An answer to be given away: pasted as text, as Markdown or as a reference, or opened by a link.

What is pasted is one line, for it may be pasted into a terminal, where the text of others must not become a command.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from index.article import Article
from index.hidden import visible
from rag.answer import Answer, Quotation
from rag.locale import ENGLISH, Locale
from rag.rendering.escaping import one_line
from rag.rendering.export import link, literal
from rag.rendering.fragment import text_fragment
from rag.rendering.wording import doubt, inside, is_whole, where

_BYLINE = re.compile(r"(?:By|BY)\s(?P<author>[A-Z][\w.’'-]*(?:,?\s(?:and\s)?[A-Z][\w.’'-]*){1,7})(?:\s?[,|–—(-].*)?\.?")
_TOP = 6
"""Lines, from the title on, one of which may name the author."""


def plain_text(answer: Answer, articles: Sequence[Article], locale: Locale = ENGLISH) -> str:
    """Write an answer as plain text.

    :param answer: An answer that was given.
    :param articles: Those it may quote.
    :param locale: The reader's language.
    :return: One line, in which '�' stands for what `rag.rendering.escaping.visible` replaces: the words, behind their
        doubt if they are unsure, unless they are the whole sentence; for each citation the sentence, the article's
        title, the place, and, if the article has an address, a link that opens its page at the sentence.
    """
    by_id = {article.id: article for article in articles}
    words = f"“{one_line(answer.text)}” — " if answer.found_words and not is_whole(answer) else ""
    quotes = []
    for cited in answer.citations:
        article = by_id[cited.article]
        address = f" {text_fragment(article.url, cited)}" if article.url else ""
        named = ", ".join(filter(None, (one_line(article.title), where(cited.place, locale))))
        quotes.append(f"“{one_line(cited.quote)}” ({named}){address}")
    return visible(f"{doubt(answer, locale)}{words}{' '.join(quotes)}")


def markdown(answer: Answer, articles: Sequence[Article], locale: Locale = ENGLISH) -> str:
    """Write an answer as Markdown.

    :param answer: An answer that was given.
    :param articles: Those it may quote.
    :param locale: The reader's language.
    :return: One line: as `plain_text`, with the words in bold and the title as the link; all text of others is escaped.
    """
    by_id = {article.id: article for article in articles}
    words = f"**{literal(answer.text)}** — " if answer.found_words and not is_whole(answer) else ""
    quotes = []
    for cited in answer.citations:
        article = by_id[cited.article]
        title = link(article.title, text_fragment(article.url, cited)) if article.url else literal(article.title)
        named = ", ".join(filter(None, (title, literal(where(cited.place, locale)))))
        quotes.append(f"“{_marked(cited, answer)}” ({named})")
    return f"{doubt(answer, locale)}{words}{' '.join(quotes)}"


def reference(answer: Answer, articles: Sequence[Article], locale: Locale = ENGLISH) -> str:
    """Write where an answer is from, as a list of references has it.

    :param answer: An answer that was given.
    :param articles: Those it may quote.
    :param locale: The reader's language.
    :return: One line, as `plain_text` has it: for each citation the author, if a line below the title names one, the
        title, the article's address if it has one, the sentence, and the place.
    """
    by_id = {article.id: article for article in articles}
    return visible("; ".join(_reference(cited, by_id, locale) for cited in answer.citations))


def answer_link(answer: Answer) -> str:
    """Write the fragment of a link that asks for an answer again.

    Nothing in it is an answer: the page asks the question anew, of the article as it is then.

    :param answer: An answer that was given.
    :return: `article`, `sentence` (its article's version and its number), `question`, and `earlier`, the question in
        whose light it was read, if any; encoded as in the query of an address.
    """
    cited = answer.citations[0]
    told = {
        "article": cited.article,
        "sentence": f"{cited.article_sha256[:16]}-{cited.sentence}",
        **({"earlier": answer.in_light_of} if answer.in_light_of else {}),
        "question": answer.question,
    }
    return urlencode(told, quote_via=quote, errors="replace")


def author(article: Article) -> str:
    r"""Find who wrote an article.

    >>> author(Article("New bridge opens\n\nBy Ann Byron, staff writer\n\nA bridge was opened."))
    'Ann Byron'

    :param article: The article.
    :return: The names in the line near its top that begins with "By"; nothing if there is none.
    """
    lines = [line.strip() for line in article.text[: _TOP * 1_000].splitlines() if line.strip()]
    found = (_BYLINE.fullmatch(line) for line in lines[:_TOP])
    return next((match["author"] for match in found if match), "")


def _reference(cited: Quotation, articles: Mapping[str, Article], locale: Locale) -> str:
    article = articles[cited.article]
    source = ", ".join(filter(None, (author(article), f"“{one_line(article.title)}”", article.url)))
    place = where(cited.place, locale)
    return f"{source}: “{one_line(cited.quote)}”{f' ({place})' if place else ''}"


def _marked(quoted: Quotation, answer: Answer) -> str:
    """Put the answer's words in a sentence in bold."""
    if not answer.found_words:
        return literal(quoted.quote)
    parts, place = [], 0
    for start, end in inside(quoted, answer.spans):
        before, words = quoted.quote[place:start], quoted.quote[start:end]
        parts += [_kept(before), f"**{literal(words)}**"]
        place = end
    return "".join([*parts, _kept(quoted.quote[place:])])


def _kept(text: str) -> str:
    """Escape a part of a sentence; the spaces at its ends stay."""
    inner = literal(text)
    return f"{' ' if text[:1].isspace() else ''}{inner}{' ' if inner and text[-1:].isspace() else ''}"
