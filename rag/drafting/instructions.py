"""Questions about how to do something and what follows in a case: 'How do you find the median?'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.drafting.draft import Draft, Template
from rag.drafting.heads import subject_and_verb
from rag.drafting.rivals import unrivalled
from rag.drafting.source import SPEAKER, WHOLE, Source
from rag.drafting.verbs import AUX, PLAIN, PLAIN_OF_THIRD

_ENDS = r"(?=\.?\W*$|[;(])"
_MAIN = (
    r"(?P<answer>(?:simply |first |just )?(?:you (?:must|should|can|may|will|need|have to|could|might)\b"
    rf"|(?P<verb>[a-z]+) )[^;()“”\"]{{8,220}}?){_ENDS}"
)
_TO = re.compile(rf"(?:In order t|T)o (?P<do>(?P<first>[a-z]+) [^,;:()“”\"]{{3,70}}), {_MAIN}")
_IF = re.compile(rf"(?P<case>(?:If|When) you(?:[’']re)? [^,;:()“”\"]{{5,80}}), (?:then )?{_MAIN}")
_CASE = re.compile(
    r"(?:(?:However|For (?:example|instance)|In fact|Thus|Therefore|So|But|And|Also),? )?"
    r"(?P<case>(?P<if>[Ii]f|[Ww]hen(?:ever)?) (?!(?:I|you|\w+ing)\b)[^,;:()“”\"]{8,90}), (?:then )?"
    rf"(?P<answer>[^;()“”\"]{{10,240}}?){_ENDS}"
)
_PRESENT = (AUX - {"was", "were", "would", "could"}) | PLAIN_OF_THIRD.keys() | PLAIN | {"has", "have"}


def instructed(source: Source) -> Iterator[Draft]:
    """Ask how to do what a sentence tells how to do, and what to do in a case.

    >>> from index.article import Article
    >>> text = "To find the median, add both values. If you miss the last ferry, stay at the old mill."
    >>> [draft.question for draft in instructed(Source.of(Article(text)))]
    ['How do you find the median?', 'What should you do if you miss the last ferry?']

    :param source: The article.
    :return: Questions; the answer is the command, or the clause with 'you'.
    """
    for sentence in source.sentences:
        text = source.text(sentence)
        to, case = (_TO.match(text), _IF.match(text)) if WHOLE.search(text) else (None, None)
        found = to or case
        if not found or (found["verb"] and found["verb"] not in PLAIN) or (to and to["first"] not in PLAIN):
            continue
        question = f"How do you {to['do']}?" if to else f"What should you do {_small(found['case'])}?"
        gold = source.gold(sentence, *found.span("answer"))
        yield from unrivalled(source, question, Template.HOW, gold)


def happens_if(source: Source) -> Iterator[Draft]:
    """Ask what happens in a case, of whatever the sentence speaks: 'What happens if the river rises?'.

    :param source: The article.
    :return: Questions; the answer is the clause.
    """
    for sentence in source.sentences:
        text = source.text(sentence)
        found = _CASE.match(text) if WHOLE.search(text) else None
        # who 'we' are is told in a question about a speech
        if found and source.voice != SPEAKER and re.search(r"\b[Ww]e\b", found["case"]):
            continue
        if found and all(
            _is_present(source, sentence.start + found.start(part) + skipped, sentence.start + found.end(part))
            for part, skipped in (("case", len(found["if"]) + 1), ("answer", 0))
        ):
            gold = source.gold(sentence, *found.span("answer"))
            yield from unrivalled(source, f"What happens {_small(found['case'])}?", Template.HAPPENED, gold)


def _is_present(source: Source, start: int, end: int) -> bool:
    """Tell whether a clause says what is, not what was."""
    found = subject_and_verb(source, start, end)
    verb = found[1].group() if found else source.article.text[start:end].split()[-1]
    return verb in _PRESENT


def _small(words: str) -> str:
    return words[0].lower() + words[1:]
