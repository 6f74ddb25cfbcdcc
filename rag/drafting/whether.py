"""Questions that ask for yes or no."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.sentences import Sentence
from rag.drafting.draft import Draft, Template
from rag.drafting.rivals import unrivalled
from rag.drafting.source import Source
from rag.drafting.statement import Statement, joined
from rag.drafting.verbs import TELLING
from rag.language.words import content_words

_FEWEST = 4
"""Words that a question for yes or no needs to tell enough."""
_DENIES = re.compile(r"\b(?:no|not|none|nobody|nothing|never|only|rarely|hardly)\b")
_THERE = re.compile(
    r"(?:(?:And|But|So|Well|Of course|In fact|Currently|However|Now),? )?"
    r"(?P<lead>(?:(?:[Ii]n|[Aa]t|[Oo]n|[Nn]ear|[Aa]round) [^,;:()“”]{2,40}, )?)[Tt]here"
    r"(?: (?P<verb>is|are|was|were|will(?= (?:always )?be\b)|has(?= been\b)|have(?= been\b))|(?P<short>[’']s)) "
    r"(?P<what>(?!no\b|not\b|also\b|be no)[^,;:()“”]{12,110}?)(?=\.?\s*$|[;(]|, (?:and|but|so|which|where"
    r"|although|while|with)\b)"
)


def whether(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask whether what is stated is so: 'Is parking in the city centre expensive?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the statement.
    """
    rest = source.article.text[stated.rest : stated.end]
    # it is told who says it
    fewest = _FEWEST - 1 if source.speaks(sentence) else _FEWEST
    own = stated.speaks or stated.subject in ("we", "you")
    told = content_words(joined("" if own else stated.subject, rest, stated.when))
    if stated.helped(rest)[1] == "say" or len(told) < fewest or re.search(r"\bsay [“\"‘]", rest):
        return
    # of 'serious as the machinery was lost' the clause is cut
    cut = re.match(r"\w+ as (?:the|an?)\b", rest) is not None or (
        " that " in rest and source.article.text.startswith((",", " ("), stated.end)
    )
    # 'Deal Mill, which burnt down' is no answer
    cut = cut or re.fullmatch(r"been \w+", rest) is not None
    beside = source.article.text[stated.stop : stated.rest]
    cut = cut or (beside.startswith(",") and beside.count(",") == 1)
    cut = cut or re.match(r"an? (?:\w+ )?(?:example|reason|way)\b", stated.subject) is not None
    # 'May it be sold?' asks for leave, and in 'Is Lee its owner?' nobody knows whose
    of_whom = stated.helped_by_be and re.match(r"(?:its|his|her|their)\b", rest)
    cut = bool(cut or of_whom) or stated.verb in ("may", "might")
    # 'Is it wet or mild?' asks which
    cut = cut or re.search(r"\b(?:or|them)\b", rest) is not None
    if len(rest.split()) > 1 and not cut and not rest.endswith(" later") and not _DENIES.search(rest):
        asked = stated.asked("", joined(rest, stated.when))
        start = stated.lead_at[0] if stated.when else stated.start
        gold = source.gold(sentence, start - sentence.start, stated.end - sentence.start)
        yield from unrivalled(source, asked[0].upper() + asked[1:], Template.WHETHER, gold)


def whether_held(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask whether somebody who speaks thinks, knows or hopes something: 'Does Ann Lee think the old mill is safe?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What is told in it.
    :return: Questions; the answer is what is told, and who holds it.
    """
    held = source.article.text[stated.told : stated.end]
    if (
        stated.speaks
        and stated.helped(held)[1] in TELLING
        and not _DENIES.search(held)
        and len(content_words(held)) >= _FEWEST - 1
    ):
        gold = source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start)
        asked = stated.asked("", held)
        yield from unrivalled(source, asked[0].upper() + asked[1:], Template.WHETHER, gold)


def is_there(source: Source) -> Iterator[Draft]:
    """Ask whether there is something: 'Is there a ferry in the evening?'.

    >>> from index.article import Article
    >>> [draft.question for draft in is_there(Source.of(Article("There is a small museum near the old harbour.")))]
    ['Is there a small museum near the old harbour?']

    :param source: The article.
    :return: Questions; the answer is the clause.
    """
    for sentence in source.sentences:
        found = _THERE.match(source.text(sentence))
        if found and not re.search(
            rf"{_DENIES.pattern}|\b(?:few|little)\b|^(?!.* (?:that|which|who) ).* can ", found["what"]
        ):
            lead = found["lead"].strip(" ,")
            when = lead[:1].lower() + lead[1:] if lead.split()[:1] else ""
            verb = (found["verb"] or "is").strip()
            start = (found.start("short") if found["short"] else found.start("verb") - 1) - len("there")
            gold = source.gold(sentence, start, found.end("what"))
            question = f"{verb.title()} there {joined(found['what'], when)}?"
            yield from unrivalled(source, question, Template.WHETHER, gold)
