"""Sentences taken apart: the clauses of plain build, each with its subject, verb and rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from index.sentences import Sentence
from rag.drafting.ends import clause_end, is_plain
from rag.drafting.heads import ADVERB, acts_as_verb, subject_and_verb
from rag.drafting.source import AUTHORS, KIN, WHOLE, Source
from rag.drafting.statement import Statement
from rag.drafting.subjects import Told, clear
from rag.drafting.verbs import (
    AUX,
    PAST_OF_PARTICIPLE,
    PLAIN_OF_PAST,
    PLAIN_OF_THIRD,
    TELLING,
    is_verb,
)
from rag.language.names import NameKind

_LEAD = re.compile(
    r"(?:(?:But|And|Yet|So) )?"
    r"(?:(?:Therefore|Thus|Hence|Then|Yesterday|Today|Now|Later|Soon|Eventually|Finally|Originally|Initially|Currently"
    r"|Recently|Nowadays|Often|Sometimes|Usually|Perhaps|Indeed) (?=[A-ZÀ-Þ]|the |an? |both |s?he |it |they |we )"
    r"|There (?=s?he |they |we )|(?:In|On|At|For|During|By|With|From"
    r"|Through) [^,;:()“”\"]{2,40}(?:, \d{4})? (?=(?:s?he|it|they|we|I) )"
    r"|(?:In|On|By|As of) (?:the )?(?:early |late |mid-)?(?:[A-Z][a-z]+ )?(?:1\d|20)\d\ds? (?=[A-ZÀ-Þ]|the "
    r"|an? |s?he )"
    r"|(?:In|On|At|After|Before|During|Despite|Following|Since|By|Until|From|Under|Within|With|Through"
    r"|Throughout|As of|As an?"
    r"|Among|Over|Across|Unlike|Besides|According to|As a result(?: of)?|Because(?: of)?|Due to|Although|While|Though"
    r"|Even though|Today|Now|Then|Next|Also|However|Moreover|Furthermore|Additionally|Similarly|Likewise|Indeed"
    r"|Consequently|Nevertheless|Meanwhile|Finally|First|Second|Third|Thus|Therefore|Hence|Overall|Of course"
    r"|Originally|Initially|Eventually|Later|Earlier|Recently|Currently|Historically|Traditionally|Often|Sometimes"
    r"|Usually|Typically|Generally|For (?:example|instance)|Instead|Elsewhere|Perhaps|Sure enough|Ever since|Owing to"
    r"|Without|Around|Near|Behind|Beyond|Inside|Outside|Against|Along|Alongside|Apart from|Aside from|Beside|Above"
    r"|Below|Given|Based on|Together with|Between|Out of|For|To|With|Like|When|Whenever|If|Once|As soon as|[A-Z]\w+ly"
    r"|[A-Z]\w+ed|[A-Z]\w+ing"
    r"|(?:A|One|Two|Three|Several|Some) (?:day|week|month|year)s? (?:before|after|later|earlier))"
    r"\b[^,;:“”\"()]{0,110}(?:,? \d{4})?, )?"
)
_ONLY_IF = re.compile(r"(?:When|Whenever|If|Once|As soon as|Without)\b")
"""A lead without which the statement may be wrong."""
_THAT_ENDS = re.compile(r"\.\W*$|[;()]|:(?!\d)|, (?:but|while|although|and (?:he|she|it|they|we|I|so|that))\b")
_NEXT = re.compile(r"(?:, (?:and|but|so|while|whereas|although|yet)|;(?: however,)?|, and that| because) (?=[\w“])")
_BEHIND_VERB = re.compile(rf"{ADVERB} (?!as\b|by\b)")
_BEFORE_VERB = re.compile(rf"(?: {ADVERB}){{1,2}}$")
_BESIDES = re.compile(rf",? (?:and|but) (?:{ADVERB} )?(?P<verb>[a-z]+) (?:{ADVERB} (?!as\b|by\b))?")
_TOLD_BESIDE = re.compile(
    r"(?<! of )(?<! and )(?<!\w)(?P<name>(?:[Tt]he )?[A-ZÀ-Þ][\w’'-]*(?: (?:of |the |for )?[A-ZÀ-Þ][\w’'-]*)*), "
    r"(?P<relative>(?:which|who) )?(?P<verb>[a-z]+) "
)
_FINITE_OF_ONE = frozenset(re.findall(r"\w+", "was is has had can will must should could may might"))
_CUT_ADJECTIVE = re.compile(
    r", (?!(?:and|or|but|so|which|who|where|when|while|with|as|the|an?|in|on|at|by|from|for|to|its|his"
    r"|her|their|one|\w+ing"
    r"|\w+ed)\b)[a-z-]+ "
)
_BARE_YEAR = re.compile(r"(?:1\d|20)\d\d\b(?! [a-z-]+s\b)")
_NO_STATEMENT = re.compile(r"\b(?:Image|Photo|Picture|Credit)s?: |\?\s*$")
"""A caption, and a question."""
_SAYING = ("say", "think", "believe", "hope", "insist", "argue", "admit")
"""Verbs that take no object with a participle: 'said the mill burnt' tells a clause."""
_MOST_WORDS = 24


def statements(source: Source) -> Iterator[tuple[Sentence, Statement]]:
    """Take the sentences of an article apart.

    :param source: The article; of capitalised words, only its names may be subjects.
    :return: Each sentence with what it states first, and behind 'and' or 'but'; only what is plainly built.
    """
    text = source.article.text
    told = Told()
    for sentence in source.sentences:
        if not WHOLE.search(source.text(sentence)) or _NO_STATEMENT.search(source.text(sentence)):
            continue
        if sentence.paragraph != told.paragraph:
            told = Told(sentence.paragraph)
        lead = _LEAD.match(text, sentence.start, sentence.end)
        starts = [
            found.end()
            for found in _NEXT.finditer(text, sentence.start, sentence.end)
            # of 'guards, farmers, and Kent was' the last is no clause
            if not _ends_list(text[sentence.start : found.end()])
        ]
        first, subject = _statement(source, sentence, lead.end() if lead else sentence.start, lead, told)
        others = [_statement(source, sentence, start, None, told)[0] for start in starts]
        for stated in (first, *others, *_beside(source, sentence)):
            if stated:
                yield sentence, stated
                yield from ((sentence, more) for more in _besides(text, sentence, stated))
        # a sentence of another build still tells by its first words what it is about
        first_name = next((name for name in source.names.of(source.text(sentence)) if name.start == 0), None)
        about = first_name.text if first_name and first_name.text.split()[0] in source.proper else None
        told = Told(
            sentence.paragraph,
            subject or about,
            len({name.text.split()[-1] for one, name in source.people if one is sentence})
            + len(KIN.findall(source.text(sentence))),
        )


def _ends_list(words: str) -> bool:
    """Tell whether what comes behind ', and' is the last of several things: what stands before it has no verb."""
    item = re.search(r", ([^,]+), and $", words)
    return item is not None and not any(map(is_verb, re.findall(r"[a-z]+", item[1])))


def led_by_subject(source: Source, sentence: Sentence) -> tuple[int, str] | None:
    """Find where the subject begins that a sentence begins with, and write it; None if it is not clear by itself.

    :param source: The article.
    :param sentence: A whole sentence, no caption and no question; what comes behind its verb may be of any build.
    """
    lead = _LEAD.match(source.article.text, sentence.start, sentence.end)
    start = lead.end() if lead else sentence.start
    found = subject_and_verb(source, start, sentence.end)
    if not found or (lead and _ONLY_IF.match(lead.group())):
        return None
    before = _BEFORE_VERB.search(source.article.text, start, found[0])
    words = source.article.text[start : before.start() if before else found[0]]
    subject = clear(source, sentence, words, start > sentence.start, Told())
    return (start, subject) if subject and subject not in (source.voice, "you") else None


def _statement(
    source: Source, sentence: Sentence, start: int, lead: re.Match[str] | None, told: Told
) -> tuple[Statement | None, str | None]:
    """Take apart what begins here: the statement, and its subject alone where that is clear and the rest is not."""
    text, end = source.article.text, sentence.end
    found = subject_and_verb(source, start, end)
    if not found:
        return None, None
    stop, verb = found
    before = _BEFORE_VERB.search(text, start, stop)
    stop = before.start() if before else stop
    subject = clear(source, sentence, text[start:stop], start > sentence.start, told)
    if subject is None:
        return None, None
    adverb = _BEHIND_VERB.match(text, verb.end() + 1, end)
    rest = adverb.end() if adverb else verb.end() + 1
    told_from = _told(source, verb.group(), rest, end)
    if told_from:
        last = _THAT_ENDS.search(text, told_from, end)
        words = text[rest : last.start() if last else end].rstrip(" .,\n")
        plain = words.count("“") == words.count("”") and words.count('"') % 2 == 0
    else:
        words = text[rest : clause_end(text, rest, end, verb.group())]
        # the full stop of a quotation stands inside of its marks
        closed = re.compile(r"[.,]?[”\"]").match(text, rest + len(words), end)
        if closed and (words.count("“") > words.count("”") or words.count('"') % 2):
            words = text[rest : closed.end()]
        plain = 1 <= len(words.split()) <= _MOST_WORDS and is_plain(words, verb.group())
    before_it = lead.group() if lead else ""
    speaks = subject in (source.voice, "the interviewee") and text[start:stop].lower() in ("i", "we")
    speaks = speaks and source.voice != AUTHORS
    stated = Statement(before_it, subject, verb.group(), start, stop, rest, rest + len(words), told_from, speaks)
    # 'Deal is a small, quiet town' and 'a small but quiet town' end behind no noun; 'Deal are' is no whole subject
    cut = (
        (
            _CUT_ADJECTIVE.match(text, stated.end, end)
            and re.search(r"\b(?:an?|the|very|\w+ly|with|of|for|in|by) [a-z-]+$", words)
        )
        or (text.startswith(", ", stated.end) and re.search(r" and (?:his|her|its|their|the) \w+$", words))
        or (text.startswith(" but ", stated.end) and re.search(r"\b(?:an?|the) [a-z-]+$", words))
    )
    if cut or (stated.verb in ("are", "were") and re.fullmatch(r"[A-ZÀ-Þ][\w’'-]*(?<!s)", subject)):
        return None, subject
    # of 'it is easy to swim' nothing was spoken of before
    if text[start:stop].lower() == "it" and re.match(r"(?:\w+ly )?[a-z]+ (?:for .+ )?(?:to|that)\b", words):
        return None, None
    # 'told the paper:' tells nothing yet
    if text.startswith(":", stated.end) and stated.helped(words)[1] in TELLING | {"tell", "ask"}:
        return None, subject
    if (_ONLY_IF.match(before_it) and not stated.when) or _BARE_YEAR.match(words):
        return None, subject
    return (stated if plain else None), subject


def _told(source: Source, verb: str, rest: int, end: int) -> int:
    """Find where the clause begins that is told here; 0 if none is."""
    text = source.article.text
    if re.compile("(?:this|these|those|upon|on|of|about|to|in|for|with|at|by|from) ").match(text, rest):
        return 0
    if text.startswith("that ", rest):
        return rest + len("that ")
    plain = PLAIN_OF_PAST.get(verb) or PLAIN_OF_THIRD.get(verb) or verb
    found = subject_and_verb(source, rest, end) if plain in TELLING else None
    if not found:
        return 0
    subject = text[rest : found[0]]
    # of 'found little organised resistance' the second verb is none
    finite = (
        plain in _SAYING
        or found[1].group() not in PAST_OF_PARTICIPLE
        or subject[0].isupper()
        or subject in ("he", "she", "it", "they")
    )
    return rest if finite and not re.search(r"\b(?:that|which|who|to|and)\b", subject) else 0


def _beside(source: Source, sentence: Sentence) -> Iterator[Statement]:
    """Take apart what is told beside a name: 'Deal Mill, which burnt down', 'Deal Mill, built in 1820,'."""
    text = source.article.text
    for found in _TOLD_BESIDE.finditer(text, sentence.start, sentence.end):
        name, verb = found["name"], found["verb"]
        names = source.names.of(name)
        known = acts_as_verb(verb, "", "") if found["relative"] else verb in PAST_OF_PARTICIPLE
        first = sentence.start == found.start()
        if (
            not known
            or not names
            or not (found["relative"] or first)
            or names[0].kind is NameKind.DATE
            or name.split()[-1] not in source.proper
        ):
            continue
        rest = found.end() if found["relative"] else found.start("verb")
        words = text[rest : clause_end(text, rest, sentence.end, verb)]
        be = "is" if verb in ("located", "situated", "known", "called") else "was"
        if len(words.split()) > 1 and is_plain(words, verb):
            start, stop = found.span("name")
            subject = f"the {name[4:]}" if name.startswith("The ") else name
            yield Statement("", subject, verb if found["relative"] else be, start, stop, rest, rest + len(words))


def _besides(text: str, sentence: Sentence, stated: Statement) -> Iterator[Statement]:
    """Take apart what the same subject does besides: 'and sold the mill'."""
    found = None if stated.told else _BESIDES.match(text, stated.end, sentence.end)
    if not found:
        return
    verb = found["verb"]
    same = next((forms for forms in (PLAIN_OF_PAST, PLAIN_OF_THIRD) if stated.verb in forms), AUX | {"has", "had"})
    if verb not in same and verb not in _FINITE_OF_ONE:
        return
    rest = found.end()
    words = text[rest : clause_end(text, rest, sentence.end, verb)]
    if 1 < len(words.split()) <= _MOST_WORDS and is_plain(words, verb):
        yield replace(stated, lead="", verb=verb, rest=rest, end=rest + len(words))
