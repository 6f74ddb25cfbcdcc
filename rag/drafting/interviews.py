"""Questions that an interviewer asked: put about the person who was asked, they can be asked of the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from rag.drafting.draft import Draft, Template
from rag.drafting.source import Source, interviewee
from rag.drafting.statement import joined
from rag.drafting.verbs import is_verb

_ASKED = re.compile(r"(?:What|When|Where|Which|Who|Why|How)\b[^?!.:;“”\"]{15,140}\?")
_YOU = re.compile(r"\b(?P<verb>do|are|were|have|did|would|can|could|will|should) you\b")
_ONE = {"do": "does", "are": "is", "were": "was", "have": "has"}
_FEWEST = 3
"""Questions on lines of their own that make an interview."""


def interviewed(source: Source) -> Iterator[Draft]:
    r"""Ask what an interviewer asked, where somebody else answered it in the next paragraph.

    >>> from index.article import Article
    >>> text = "Why do you live in Kent?\n\nI like the sea there.\n\n" * 3
    >>> [draft.question for draft in interviewed(Source.of(Article(text)))][0]
    'Why does the interviewee live in Kent?'

    :param source: The article.
    :return: Questions; the answer is the first sentence of the reply.
    """
    places = [place for place in pairwise(source.sentences) if place[0].paragraph + 1 == place[1].paragraph]
    asked = [(one, reply) for one, reply in places if source.text(one).rstrip().endswith("?")]
    name = interviewee(source.article)
    for one, reply in asked if len(asked) >= _FEWEST else ():
        text, answer = source.text(one).strip(), source.text(reply).rstrip()
        you, your = _YOU.search(text), re.search(r"\byour\b", text)
        if not _ASKED.fullmatch(text) or not (you or your) or len(answer.split()) < _FEWEST or answer.endswith("?"):
            continue
        if your and (not you or your.start() < you.start()):
            question = f"{text[: your.start()]}{name}’s{_about(text[your.end() :])}"
        elif you:
            question = f"{text[: you.start()]}{_ONE.get(you['verb'], you['verb'])} {name}{_about(text[you.end() :])}"
        yield Draft(question, Template.INTERVIEW, source.article, (source.gold(reply, 0, len(answer)),))


def _about(words: str) -> str:
    """Put the rest of a question about somebody else."""
    for own, other in (("yourself", "themselves"), ("your", "their")):
        words = re.sub(rf"\b{own}\b", other, words)
    return re.sub(r"\byou\b(?: (\w+))?", lambda found: _whom(found[1] or ""), words)


def _whom(following: str) -> str:
    """Put 'they' before a verb and 'them' elsewhere."""
    subject = is_verb(following) or following in ("have", "had", "do", "did")
    return joined("they" if subject else "them", following)
