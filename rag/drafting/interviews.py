"""Questions that an interviewer asked: put about the person who was asked, they can be asked of the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from rag.drafting.clarity import is_clear
from rag.drafting.draft import Draft, Template
from rag.drafting.source import WHOLE, Source
from rag.drafting.statement import joined
from rag.drafting.verbs import is_verb

_ASKED = re.compile(
    r"(?:(?:If|When|As|After|Before|Besides|Other than) [^,?!.:;“”\"]{5,80}, (?=[a-z]))?"
    r"(?i:(?:(?:for|in|on|at|to|from|with) )?"
    r"(?:what|when|where|which|who|why|how|do|does|did|is|are|was|were|has|have|had|will|would|can|could|should))"
    r"\b[^?!.:;“”\"]{11,150}\?"
)
_YOU = re.compile(r"\b(?P<verb>[Dd]o|[Aa]re|[Ww]ere|[Hh]ave|[Dd]id|[Ww]ould|[Cc]an|[Cc]ould|[Ww]ill|[Ss]hould) you\b")
_TO_YOU = re.compile(r"(?<=ed |to |of )you\b|(?<=for )you\b|(?<=with )you\b")
_ONE = {"do": "does", "are": "is", "were": "was", "have": "has"}
_SECOND = re.compile(
    r",? and (?:how|what|why|when|where|who|did|do|does|is|are|was|were|have|has|will|would|can|could)\b[^?]*(?=\?$)"
)
"""A second question behind 'and'."""
_SEVERAL = re.compile(r"\b[Yy]ou (?:two|both|guys|all|know|see)\b")
_FEWEST = 3
"""Words of a reply that tells something."""
_SHORTEST, _LONGEST = 5, 28
"""Words of a question: an interviewer's may be longer than one that is made."""


def interviewed(source: Source) -> Iterator[Draft]:
    r"""Ask what an interviewer asked, where somebody else answered it in the next paragraph.

    >>> from index.article import Article
    >>> text = "Why do you live in Kent?\n\nI like the sea there.\n\n" * 3
    >>> [draft.question for draft in interviewed(Source.of(Article(text)))][0]
    'Why does the interviewee live in Kent?'

    :param source: The article.
    :return: Questions; the answer is the first sentence of the reply that says more than 'Absolutely.'.
    """
    found: dict[int, list[str]] = {}
    for one in source.sentences:
        text = source.text(one).strip()
        if text.endswith("?"):
            found.setdefault(one.paragraph, []).append(_SECOND.sub("", text))
    replies = {paragraph: tuple(told) for paragraph, told in groupby(source.sentences, lambda one: one.paragraph)}
    for paragraph, texts in found.items():
        reply = replies.get(paragraph + 1, ()) if paragraph in source.asked else ()
        whole = (one for one in reply if WHOLE.search(source.text(one)))
        told = next((one for one in whole if len(source.text(one).split()) >= _FEWEST), None)
        question = next(filter(None, (_asked(text, source.voice) for text in texts)), "")
        answer = source.text(told) if told else "?"
        if question and told and not answer.rstrip().endswith("?"):
            yield Draft(question, Template.INTERVIEW, source.article, (source.gold(told, 0, len(answer)),))


def _asked(text: str, name: str) -> str:
    """Put a question to somebody as one about them; nothing if it is not clear by itself."""
    plain = re.sub(r"\b(?:you(?:r(?:self)?)?|today|now)\b", "people", text)
    whole = _ASKED.fullmatch(text) and not _SEVERAL.search(text) and is_clear(plain, _LONGEST)
    question = _of_third(text, name) if whole else ""
    return question if len(question.split()) >= _SHORTEST else ""


def _of_third(question: str, name: str) -> str:
    """Put a question to somebody as one about them; a question that speaks of neither stays as it is."""
    you, your = _YOU.search(question), re.search(r"\byour\b", question)
    if your and (not you or your.start() < you.start()):
        return f"{question[: your.start()]}{name}’s{_about(question[your.end() :])}"
    if you:
        verb = _ONE.get(you["verb"].lower(), you["verb"].lower())
        verb = verb.capitalize() if you["verb"][0].isupper() else verb
        return f"{_about(question[: you.start()])}{verb} {name}{_about(question[you.end() :])}"
    question = _TO_YOU.sub(name, question, count=1)
    return "" if re.search(r"\b[Yy]ou", question) else question


def _about(words: str) -> str:
    """Put the rest of a question about somebody else."""
    for own, other in (("yourself", "themselves"), ("your", "their")):
        words = re.sub(rf"\b{own}\b", other, words)
    return re.sub(r"\byou\b(?: (\w+)|(?=[’']))?", lambda found: _whom(found[1] or ""), words)


def _whom(following: str) -> str:
    """Put 'they' before a verb and 'them' elsewhere."""
    subject = is_verb(following) or following in ("have", "had", "do", "did")
    return joined("they" if subject else "them", following)
