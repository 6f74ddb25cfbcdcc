"""Questions about deeds: what somebody did, has to do or lets others do, and what happened."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.sentences import Sentence
from rag.drafting.draft import Draft, Template
from rag.drafting.rivals import unrivalled
from rag.drafting.source import Source
from rag.drafting.speaking import LEANS, SPEECH
from rag.drafting.statement import Statement, joined
from rag.drafting.subjects import EVENT
from rag.drafting.verbs import PAST_OF_PARTICIPLE, PLAIN, PLAIN_OF_PAST
from rag.language.names import NameKind

_WANTING = frozenset(
    re.findall(
        r"\S+",
        "decide want agree plan try attempt refuse promise hope intend need learn begin start continue choose "
        "vow threaten seek aim struggle fail help ask expect prepare offer have",
    )
)
_NO_EVENT = ("estimated", "considered", "expected", "known", "used", "called", "located", "situated", "based", "needed")
"""Participles that tell how something was, not what happened to it."""
_CAUSING = (
    "allow|enable|cause|force|ask|tell|help|encourage|require|want|expect|permit|persuade|order|lead|invite|urge|warn"
    "|convince|induce|motivate|inspire|train|compel|advise|instruct|teach"
)
_CAUSED = re.compile(r"(?P<whom>[^,;:()“”]{2,60}?) to (?P<answer>(?P<verb>[a-z]+) [^;:()]{4,})")
_USED = re.compile(r"(?P<be>(?:be|been) )?(?:\w+ly )?used (?P<answer>to (?P<verb>[a-z]+) .{4,})")
_DATED = re.compile(
    r"(?P<rest>.+?) (?P<when>(?:in|on|during|after) (?:(?:early |late "
    r"|the )*(?:[A-Z][a-z]+ )?(?:\d{1,2},? )?(?:1\d|20)\d\ds?"
    r"|\d{1,2} [A-Z][a-z]+(?: \d{4})?|[A-Z][a-z]+ \d{1,2}(?:, \d{4})?))"
)


def to_do(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what somebody decided, wants or has to do: 'What did the council decide to do?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is what they do.
    """
    rest = source.article.text[stated.rest : stated.end]
    if stated.verb in ("can", "will", "must", "should") and not stated.speaks and not re.match(r"(?:be|have)\b", rest):
        # what things will do is asked for with their own verb
        # 'to be invited, Lee must raise money' and 'must pay, if he loses' tell in which case
        whole = source.article.text[stated.end : sentence.end].strip(" .!\n") == "" and (stated.when or not stated.lead)
        if (
            whole
            and (stated.subject == "you" or source.acts(stated.subject))
            and rest.split()[0] in PLAIN
            and len(rest.split()) > 2
        ):
            gold = source.gold(sentence, stated.rest - sentence.start, stated.end - sentence.start)
            yield from unrivalled(source, stated.asked("What", joined("do", stated.when)), Template.TO_DO, gold)
        return
    if stated.speaks and (LEANS.match(rest[3:]) or (rest[3:].split()[:1] and rest[3:].split()[0] in SPEECH)):
        return
    found = re.fullmatch(r"to (?P<answer>(?!the\b|an?\b|be\b)[a-z]+ .{5,})", rest)
    plain = stated.helped(rest)[1]
    # that something started to grow is nobody's deed
    grows = plain in ("begin", "start", "continue") and not source.acts(stated.subject)
    if found and plain in _WANTING and not grows:
        start = stated.rest + found.start("answer") - sentence.start
        gold = source.gold(sentence, start, stated.end - sentence.start)
        question = stated.asked("What", joined("to do", stated.when))
        yield from unrivalled(source, question, Template.TO_DO, gold)


def used_for(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what something is or can be used for: 'What can the old mill be used for?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer begins with 'to'.
    """
    found = _USED.fullmatch(source.article.text, stated.rest, stated.end)
    if found and found["verb"] in PLAIN and (stated.helped_by_be or found["be"]) and not source.acts(stated.subject):
        question = stated.asked("What", joined(found["be"] or "", "used for", stated.when))
        start, end = found.span("answer")
        gold = source.gold(sentence, start - sentence.start, end - sentence.start)
        yield from unrivalled(source, question, Template.USED_FOR, gold)


def caused_to_do(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what somebody is made or asked to do: 'What does the law require owners to do?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is what they do.
    """
    rest = source.article.text[stated.rest : stated.end]
    found = _CAUSED.fullmatch(rest)
    if not found or found["verb"] not in PLAIN or not found["whom"]:
        return
    plain = stated.helped(rest)[1] or found["whom"].split()[0]
    causing = PLAIN_OF_PAST.get(PAST_OF_PARTICIPLE.get(plain, ""), plain)
    passive = stated.helped_by_be and len(found["whom"].split()) == 1
    called = causing == "call" and re.match(r"(?:up)?on ", found["whom"])
    if not (called or re.fullmatch(_CAUSING, causing)) or not (passive or stated.helped(rest)[1]):
        return
    start = stated.rest - sentence.start + found.start("answer")
    gold = source.gold(sentence, start, stated.end - sentence.start)
    question = stated.asked("What", joined(found["whom"], "to do", stated.when))
    yield from unrivalled(source, question, Template.TO_DO, gold)


def did(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what somebody did, or what happened, at a time that the sentence begins with.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the clause.
    """
    text = source.article.text
    if stated.subject.startswith(("a ", "an ")):
        return
    if not stated.when:
        yield from _dated(source, sentence, stated)
        return
    if re.match(r"when(?:ever)?\b", stated.when) and stated.speaks and stated.helped("")[0] == "does":
        gold = source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start)
        yield from unrivalled(source, f"What does {stated.subject} do {stated.when}?", Template.DID, gold)
        return
    if re.match(r"(?:if|when|whenever)\b", stated.when) and stated.helped("")[0] not in ("did", "was", "were"):
        # see `happens_if`
        return
    answer = text[stated.start : stated.stop]
    person = answer in ("He", "She", "he", "she") or source.acts(answer)
    active = stated.helped(text[stated.rest : stated.end])[0] == "did"
    gold = source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start)
    if active and person:
        yield from unrivalled(source, f"What did {stated.subject} do {stated.when}?", Template.DID, gold)
    elif (
        active
        and stated.verb != "had"
        and not _about_place(source, stated.when)
        and not stated.when.startswith("as of ")
    ):
        yield from unrivalled(source, f"What happened {stated.when}?", Template.HAPPENED, gold)
    elif stated.verb in ("was", "were") and not EVENT.search(stated.subject):
        first = text[stated.rest : stated.end].split()[0]
        if first in PAST_OF_PARTICIPLE and first not in _NO_EVENT and not _about_place(source, stated.when):
            yield from unrivalled(source, f"What happened to {stated.subject} {stated.when}?", Template.HAPPENED, gold)


def _dated(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what somebody did, or what happened to something, on the date at the end of a statement."""
    rest = source.article.text[stated.rest : stated.end]
    found = _DATED.fullmatch(rest)
    if not found or len(found["rest"].split()) < 2 or stated.plural:
        return
    gold = source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start - len(found["when"]) - 1)
    if stated.helped(rest)[0] == "did" and source.acts(stated.subject):
        yield from unrivalled(source, f"What did {stated.subject} do {found['when']}?", Template.DID, gold)
    elif (
        stated.verb == "was"
        and not EVENT.search(stated.subject)
        and rest.split()[0] in PAST_OF_PARTICIPLE.keys() - set(_NO_EVENT)
    ):
        yield from unrivalled(source, f"What happened to {stated.subject} {found['when']}?", Template.HAPPENED, gold)


def _about_place(source: Source, when: str) -> bool:
    names = source.names.of(when)
    dated = any(name.kind is NameKind.DATE for name in names)
    return when.startswith(("in ", "on ", "at ", "within ")) and not dated
