"""Questions for yes or no whose answer is no: 'Does the mill grind corn?', of 'The mill does not grind corn.'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.drafting.draft import Draft, Template
from rag.drafting.ends import clause_end, is_plain
from rag.drafting.leads import led
from rag.drafting.rivals import unrivalled
from rag.drafting.source import WHOLE, Source
from rag.drafting.statement import joined
from rag.drafting.subjects import Told, clear
from rag.drafting.verbs import OF_ONE, PLAIN_OF_PAST
from rag.language.words import content_words

_AUX = "is|are|was|were|has|have|had|can|could|will|would|should|must"
_DENIES = re.compile(
    r"(?P<subject>[^,;:()“”\"]{1,80}?) (?:(?:just|still|really|simply|certainly|probably) )?"
    rf"(?:(?P<aux>am|do|does|did|{_AUX})(?: not|n[’']t)|(?P<perfect>{_AUX}) never|(?P<short>cannot|won[’']t|can[’']t)"
    r"|never(?= (?P<past>[a-z]+))) (?:(?:just|really|even|always|ever|simply|only|yet) )?(?=[a-z“])"
)
_CASE = re.compile(r"(?:If|When|Unless|Once)\b")
_POINTS = re.compile(r"(?:[Ss]?[Hh]e|[Ii]t|[Tt]hey)")
_MORE = re.compile(r" (?:any ?more|either|at all|yet)\b")
"""Words that stand beside 'not' only."""
_BECAUSE = re.compile(r",? (?P<answer>because [^;:()“”\"]{8,200}?)(?=\.?\W*$|[;:])")
_FEWEST, _MOST = 2, 20


def denied(source: Source) -> Iterator[Draft]:
    """Ask whether what somebody who speaks denies is so, and why not: 'Is the mill the answer to our problem?'.

    :param source: The article.
    :return: Questions; the answer is the clause that denies it, or the reason.
    """
    text = source.article.text
    for sentence in source.sentences:
        if not source.speaks(sentence) or not WHOLE.search(source.text(sentence)) or "?" in source.text(sentence):
            continue
        start, lead = led(text, sentence)
        found = None if _CASE.match(lead) else _DENIES.match(text, start, sentence.end)
        # 'she' may be another
        if not found or _POINTS.fullmatch(found["subject"]):
            continue
        subject = clear(source, sentence, found["subject"], start > sentence.start, Told())
        helping = _helping(found, subject == source.voice)
        end = clause_end(text, found.end(), sentence.end, found["aux"] or "can")
        rest = text[found.end() : end]
        if not subject or not helping or not _FEWEST <= len(rest.split()) <= _MOST or not is_plain(rest, "can"):
            continue
        plain = joined(PLAIN_OF_PAST[found["past"]], rest[len(found["past"]) :]) if found["past"] else rest
        question = f"{helping.capitalize()} {joined(subject, _MORE.sub('', plain))}?"
        if len(content_words(question)) > _FEWEST:
            gold = source.gold(sentence, start - sentence.start, end - sentence.start)
            yield from unrivalled(source, question, Template.WHETHER, gold)
            reason = _BECAUSE.match(text, end, sentence.end)
            if reason and not found["past"]:
                gold = source.gold(sentence, *(place - sentence.start for place in reason.span("answer")))
                asked = f"Why {joined(helping, subject, 'not', plain)}?"
                yield from unrivalled(source, asked, Template.WHY, gold)


def _helping(found: re.Match[str], one: bool) -> str:
    """What the question begins with, of somebody or of many; nothing if the verb is not known."""
    if found["past"]:
        return "did" if found["past"] in PLAIN_OF_PAST else ""
    verb = found["aux"] or found["perfect"] or ("will" if found["short"].startswith("w") else "can")
    return ("does" if verb == "do" else OF_ONE.get(verb, verb)) if one else verb
