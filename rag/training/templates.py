"""Questions made by rule from the text itself: descriptions, acronyms, quotations, yes or no, and facts it lacks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from rag.language.english import NO_SUBJECT, PAST

from .records import Span

_OFFICE = (
    "president|minister|senator|governor|ambassador|spokesman|spokeswoman|spokesperson|chairman|chairwoman|director|"
    "professor|secretary|mayor|coach|captain|general|judge|king|queen|prince|bishop|archbishop|commander|manager|founder|"
    "author|actor|actress|singer|philosopher|historian|physicist|engineer|composer|economist|journalist|poet|leader|"
    "chief executive|producer|writer|politician|scientist|explorer|architect|mathematician"
)
_TITLED = re.compile(
    r"((?:(?:[A-Z][\w-]+|former|deputy|vice|prime|foreign|opposition|then) ){0,3}(?i:" + _OFFICE + r")) "
    r"((?:[A-Z][\w’'-]+ ){1,2}[A-Z][\w’'-]+|[A-Z][\w’'-]+ [A-Z][\w’'-]+)"
)
_DESCRIBED = re.compile(
    r"([A-Z][\w’'-]+ (?:[A-Z][\w.’'-]+ )?[A-Z][\w’'-]+), ((?:an?|the|then|former|its|his|her) [^,.;()]{0,50}\b(?:"
    + _OFFICE
    + r")\b[^,.;()]{0,40}),"
)
_ACRONYM = re.compile(r"((?:[A-Z][\w-]+ (?:(?:of|and|for|the|on) )*){1,5}[A-Z][\w-]+) \(([A-Z]{2,6})\)")
_SPEAKER = r"([A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,2})"
_SAID_AFTER = re.compile(r"[“\"]([^”\"“]{12,300})[”\"] " + _SPEAKER + r" (?:said|told|added|explained|wrote|stated)\b")
_SAID_BEFORE = re.compile(
    _SPEAKER + r" (?:said|told \w+|added|explained|wrote|stated|claimed)(?: \w+){0,2}[,:]? "
    r"(?:that )?[“\"]([^”\"“]{12,300})[”\"]"
)
_STATEMENT = re.compile(
    r"(?P<subject>(?:The [\w’'-]+|[A-Z][\w’'-]+)(?: (?!(?:that|which|who|and|or|but)\b)[\w’'-]+){0,4}?) "
    r"(?P<verb>is|are|was|were|can|could|will|would|must|may|(?:has|have|had)(?= (?:been|not|never|also|\w+ed)\b)|"
    + "|".join(PAST)
    + r") "
)
_CLAUSE_END = re.compile(r"[;:(“\"]|, (?:which|who|but|and|while|although)\b|\.$")
_MOST_WORDS = 18
_PERSON = re.compile(r"\b([A-Z][a-z’'-]+ [A-Z][a-z’'-]+)\b")
_ACRONYM_FORMS = ("What does {} stand for?", "What is {}?", "what does {} mean", "What is the full name of {}?")
_QUOTE_FORMS = ("What did {} say?", "What were the words of {}?", "what did {} say", "How did {} put it?")
_NOT_NAMES = frozenset("The This That He She It They We In On At But And If As".split())  # noqa: SIM905

# what is asked, and the words that could answer it: the question is used only where none of them occurs
_MISSING: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("How old is {}?", re.compile(r"\b(?:age|aged|old|born|years)\b|\d{4}", re.I)),
    ("{} age", re.compile(r"\b(?:age|aged|old|born|years)\b|\d{4}", re.I)),
    ("When was {} born?", re.compile(r"\bborn\b|\d{4}", re.I)),
    ("Where was {} born?", re.compile(r"\b(?:born|native|from|birth|grew)\b", re.I)),
    ("Who is {} married to?", re.compile(r"\b(?:marri|wife|husband|spouse|wed)", re.I)),
    ("How many children does {} have?", re.compile(r"\b(?:child|son|sons|daughter|kids)", re.I)),
    ("How much money did {} earn?", re.compile(r"[$€£]|\b(?:million|billion|paid|salary|earn|money)", re.I)),
    ("What is {}'s phone number?", re.compile(r"\b(?:phone|call)", re.I)),
    ("Where did {} go to university?", re.compile(r"\b(?:universit|college|school|studied|degree|graduat)", re.I)),
    ("How did {} die?", re.compile(r"\b(?:die|died|dead|death|kill|murder)", re.I)),
    ("Is {} a good person?", re.compile(r"\b(?:good|great|best|kind|nice|bad|evil)\b", re.I)),
    ("What will {} do next year?", re.compile(r"\b(?:will|next|plan|going to|future|expected)\b", re.I)),
    ("who wrote this article about {}", re.compile(r"\b(?:wrote|written|author|writer|reporter|posted)\b", re.I)),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question made by rule and its answers in the text it was made from; none where the text lacks it."""

    question: str
    spans: tuple[Span, ...]


def descriptions(text: str, rng: Random) -> list[Asked]:
    """Ask who somebody is (the words beside the name) and what an acronym stands for."""
    asked: list[Asked] = []
    forms = ("Who is {}?", "Who was {}?", "What is {}'s role?", "What position does {} hold?", "who is {}")
    for match in _TITLED.finditer(text):
        if match.group(2).split()[0].lower() not in {"of", "the", "and"}:
            short, long = Span(match.start(1), match.end(1), 2), Span(match.start(1), match.end(2), 1)
            asked.append(Asked(rng.choice(forms).format(match.group(2)), (short, long)))
    for match in _DESCRIBED.finditer(text):
        asked.append(Asked(rng.choice(forms).format(match.group(1)), (Span(match.start(2), match.end(2)),)))
    for match in _ACRONYM.finditer(text):
        full, short_name = match.group(1), match.group(2)
        if full[0] == short_name[0] and len(re.findall(r"\b[A-Z]", full)) >= len(short_name) - 1:
            form = rng.choice(_ACRONYM_FORMS)
            asked.append(Asked(form.format(short_name), (Span(match.start(1), match.end(1)),)))
    return asked


def quotations(text: str, rng: Random) -> list[Asked]:
    """Ask what somebody said: the answer is the whole of the quoted words, without the marks."""
    asked: list[Asked] = []
    found = [(m.group(2), m.start(1), m.end(1)) for m in _SAID_AFTER.finditer(text)]
    found += [(m.group(1), m.start(2), m.end(2)) for m in _SAID_BEFORE.finditer(text)]
    speakers = [speaker for speaker, _, _ in found]
    for speaker, start, end in found:
        # a speaker quoted twice in one text has two answers, and one would be called wrong
        if speakers.count(speaker) == 1 and speaker.split()[0] not in _NOT_NAMES:
            form = rng.choice(_QUOTE_FORMS)
            cut = len(text[start:end].rstrip(" ,"))
            asked.append(Asked(form.format(speaker), (Span(start, start + cut),)))
    return asked


def affirmations(text: str, sentences: Sequence[tuple[int, int]]) -> list[Asked]:
    """Ask whether what a sentence states is so: the answer is the sentence, without its last mark.

    >>> text = "Rain fell. The old mill was built by Ann Lee in 1820, but it burnt down."
    >>> affirmations(text, ((0, 10), (11, 71)))[0].question
    'Was the old mill built by Ann Lee in 1820?'

    :param text: The text.
    :param sentences: Offsets of its sentences.
    """
    asked = []
    for start, end in sentences:
        stated = _STATEMENT.match(text, start, end)
        if not stated or stated["subject"].split()[0] in NO_SUBJECT:
            continue
        clause_end = _CLAUSE_END.search(text, stated.end(), end)
        rest = text[stated.end() : clause_end.start() if clause_end else end].strip(" ,.")
        if not 2 <= len(rest.split()) <= _MOST_WORDS:
            continue
        verb, subject = stated["verb"], stated["subject"].replace("The ", "the ")
        opening, rest = ("Did", f"{PAST[verb]} {rest}") if verb in PAST and verb != "had" else (verb.title(), rest)
        last = start + len(text[start:end].rstrip(" .;:!"))
        asked.append(Asked(f"{opening} {subject} {rest}?", (Span(start, last),)))
    return asked


def missing_facts(text: str, rng: Random) -> list[Asked]:
    """Ask for a plausible fact about a person of the text that no word of the text could give."""
    people = sorted({m.group(1) for m in _PERSON.finditer(text) if m.group(1).split()[0] not in _NOT_NAMES})
    if not people:
        return []
    form, clue = rng.choice(_MISSING)
    if clue.search(text):
        return []
    return [Asked(form.format(rng.choice(people)), ())]
