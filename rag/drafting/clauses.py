"""Sentences taken apart: the clauses of plain build, each with its subject, verb and rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from index.sentences import Sentence
from rag.drafting.cuts import is_cut, is_reduced
from rag.drafting.ends import clause_end, is_plain
from rag.drafting.heads import ADVERB, acts_as_verb, subject_and_verb
from rag.drafting.leads import led
from rag.drafting.source import AUTHORS, KIN, WHOLE, Source
from rag.drafting.statement import Statement
from rag.drafting.subjects import SEVERAL, Told, clear
from rag.drafting.verbs import (
    AUX,
    PAST_OF_PARTICIPLE,
    PLAIN_OF_PAST,
    PLAIN_OF_THIRD,
    TELLING,
    is_verb,
)
from rag.language.names import NameKind

_SHORT = re.compile(r"(?P<who>I|[Ww]e|[Tt]hey|[Hh]e|[Ss]he|[Ii]t)[’'](?P<verb>m|ve|re|ll)\b(?= \w)")
"""A pronoun with a verb cut short."""
_EXPLETIVE = re.compile(r"(?:(?:my|our|an?|the) )?(?:\w+ )?[a-z]+ (?:for .+ )?(?:to|that)\b")
"""What stands behind 'it is' if 'it' stands for what comes then."""
_TO_ONE = ("know", "see", "mean", "note", "say", "ask", "are", "have", "remember", "mention", "hear")
_LONG = {"m": "am", "ve": "have", "re": "are", "ll": "will"}
_HELD = re.compile(
    r"\b(?:I|[Ww]e) (?:\w+ly |also |all |just |still |now )*(?:think|thought|believe|believed|know|knew|find|found"
    r"|notice|noticed|understand|understood|feel|felt|realize|realise|realized|realised|see|saw|learned|learnt|say"
    r"|said)(?: that)? |\b(?:fact|sure|confident|aware|convinced|certain|clear|true|mean|means|meant|shows?|showed"
    r"|reminds? us|demonstrates?|proves?|belief|idea|truth|news is|reason is|view is|point is|problem is|say"
    r"|says) that "
)
"""What stands before a clause that somebody who speaks holds true."""
_DEPENDS = re.compile(r"\b(?:if|when|once|unless|until|whenever|so that)\b[^;]*$", re.IGNORECASE)
_OWN = re.compile(r"(?:[,;:—–]|\b(?:and|but|so|because)) (?=(?:I|we)(?:[’']\w+)? \w)")
"""What stands before a clause about those who speak."""
_ONLY_IF = re.compile(r"(?:When|Whenever|If|Once|As soon as|Without)\b")
"""A lead without which the statement may be wrong."""
_THAT_ENDS = re.compile(r"\.\W*$|[;()]|:(?!\d)|, (?:but|while|although|and (?:he|she|it|they|we|I|so|that))\b")
_UNDER = re.compile(
    r"(?<!\bknow )(?<!\bknows )(?<!\bknown )(?<!\bknew )(?<!\btell )(?<!\btold )(?<!\bsay )(?<!\bsee )(?<!\bask )"
    r"(?<!\basked )(?<!\bdecide )(?<!\bdecided )\b(?:[Ww]hen|[Aa]fter|[Aa]lthough|[Tt]hough|where) (?=[\w“])"
)
"""What stands before a clause that depends on another; it is asked about only where a model chooses, for often it is
clear only beside that one."""
_NEXT = re.compile(r"(?:, (?:and|but|so|while|whereas|although|yet)|;(?: however,)?|, and that| because) (?=[\w“])")
_OF_OURS = re.compile(
    r"(?P<subject>(?:[Tt]he|[Aa]ll the) (?:[\w-]+ ){1,4}?(?:that )?(?:we|I) (?:(?:have|had|will|can|must|would|are"
    r"|were|shall) )?(?:\w+ly )?(?P<own>[a-z]+)(?: (?:in|for|to|with|on|at|about|from))?) (?P<verb>is|are|was|were|has"
    r"|have|had|will|must|can|should|would|may) "
)
"""A subject with what those who speak do with it: 'the answers we seek'."""
_LATER = re.compile(
    r"(?:\b(?:that|because|while|although|where)|, (?:and|but|so|yet)|;|\b(?:think|believe|know|say|hope|feel|said"
    r"|thought)) (?=[\w“])"
)
"""What stands before a clause that is not the first one."""
_BEHIND_VERB = re.compile(rf"{ADVERB} (?!as\b|by\b)")
_BEFORE_VERB = re.compile(rf"(?: {ADVERB}){{1,2}}$")
_DONE = re.compile(rf"(?:{ADVERB} )?(?P<form>been(?= (?!to\b))|(?!been\b)[a-z]+) (?:{ADVERB} (?!as\b|by\b))?")
_BESIDES = re.compile(rf",? (?:and|but) (?:{ADVERB} )?(?P<verb>[a-z]+) (?:{ADVERB} (?!as\b|by\b))?")
_TOLD_BESIDE = re.compile(
    r"(?<! of )(?<! and )(?<!\w)(?P<name>(?:[Tt]he )?[A-ZÀ-Þ][\w’'-]*(?: (?:of |the "
    r"|for )?[A-ZÀ-Þ][\w’'-]*)*), (?P<relative>(?:which|who) )?(?P<verb>[a-z]+) "
)
_OWNED = re.compile(r"[’']s (?:[A-ZÀ-Þ][\w’'-]* )*\Z")
_FINITE_OF_ONE = frozenset(re.findall(r"\w+", "was is has had can will must should could may might"))
_CLAUSE = re.compile(
    r"(?:In|At|On|For|From|By|With|Near|To)\b(?!.*\b(?:which|that|who|where|when)\b).*\b(?:is|are|was|were)\b"
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
    :return: Each sentence with what it states first, and behind 'and' or 'but'; only what is plainly built. Where a
        model chooses, also what it states behind 'when' or 'after', and what is built otherwise.
    """
    text = source.article.text
    told = Told()
    for sentence in source.sentences:
        if not WHOLE.search(source.text(sentence)) or _NO_STATEMENT.search(source.text(sentence)):
            continue
        if sentence.paragraph != told.paragraph:
            told = Told(sentence.paragraph)
        start, lead = led(text, sentence)
        starts = [
            found.end()
            for found in _NEXT.finditer(text, sentence.start, sentence.end)
            # of 'guards, farmers, and Kent was' the last is no clause
            if not _ends_list(text[sentence.start : found.end()]) and not _in_a_case(text[sentence.start : found.end()])
        ]
        if source.speaks(sentence):
            # what is so in a case may not be so
            own = (
                found.end()
                for found in _OWN.finditer(text, start, sentence.end)
                if not _DEPENDS.search(text, start, found.end())
            )
            starts = sorted({*starts, *own})
        first, subject = _statement(source, sentence, start, lead, told)
        others = [_statement(source, sentence, start, "", told)[0] for start in starts]
        for stated in (first, *others, *_under(source, sentence), *_beside(source, sentence)):
            if stated:
                yield sentence, stated
                yield from ((sentence, more) for more in _besides(text, sentence, stated))
        yield from ((sentence, held) for held in _held(source, sentence))
        # a sentence of another build still tells by its first words what it is about
        first_name = next((name for name in source.names.of(source.text(sentence)) if name.start == 0), None)
        about = first_name.text if first_name and first_name.text.split()[0] in source.proper else None
        told = Told(
            sentence.paragraph,
            subject or about,
            len({name.text.split()[-1] for one, name in source.people if one is sentence})
            + len(KIN.findall(source.text(sentence))),
        )


def _under(source: Source, sentence: Sentence) -> Iterator[Statement]:
    """Take apart, where a model chooses, what stands behind 'when', 'after' and the like, if its subject is clear."""
    text = source.article.text
    for found in _UNDER.finditer(text, sentence.start, sentence.end) if source.judged else ():
        under = _statement(source, sentence, found.end(), "", Told())[0]
        if under and not _in_a_case(text[sentence.start : found.end()]):
            yield under


def _in_a_case(words: str) -> bool:
    """Tell whether what comes behind is so only in a case, and so may not be so."""
    return re.search(r"\b(?:[Ii]f|[Uu]nless)\b[^;]*$", words) is not None


def _ends_list(words: str) -> bool:
    """Tell whether what comes behind ', and' is the last of several things: what stands before it has no verb."""
    item = re.search(r", ([^,]+), and $", words)
    return item is not None and not any(map(is_verb, re.findall(r"[a-z]+", item[1])))


def led_by_subject(source: Source, sentence: Sentence) -> tuple[int, str] | None:
    """Find where the subject begins that a sentence begins with, and write it; None if it is not clear by itself.

    :param source: The article.
    :param sentence: A whole sentence, no caption and no question; what comes behind its verb may be of any build.
    """
    start, lead = led(source.article.text, sentence)
    found = subject_and_verb(source, start, sentence.end)
    if not found or _ONLY_IF.match(lead) or _CLAUSE.match(lead):
        return None
    before = _BEFORE_VERB.search(source.article.text, start, found[0])
    words = source.article.text[start : before.start() if before else found[0]]
    subject = clear(source, sentence, words, start > sentence.start, Told())
    return (start, subject) if subject and subject not in (source.voice, "you") else None


def _subject_and_verb(source: Source, start: int, end: int) -> tuple[int, str, int] | None:
    """Find where the subject ends that begins here, the verb behind it, and where the verb ends."""
    short = _SHORT.match(source.article.text, start, end)
    if short:
        return short.end("who"), _LONG[short["verb"]], short.end()
    ours = _OF_OURS.match(source.article.text, start, end)
    if ours and is_verb(ours["own"]):
        return ours.end("subject"), ours["verb"], ours.end("verb")
    found = subject_and_verb(source, start, end)
    return (found[0], found[1].group(), found[1].end()) if found else None


def _held(source: Source, sentence: Sentence) -> Iterator[Statement]:
    """Take apart what somebody who speaks holds true: 'I think that the mill is old'."""
    for found in _HELD.finditer(source.article.text, sentence.start, sentence.end) if source.speaks(sentence) else ():
        held = _statement(source, sentence, found.end(), "", Told())[0]
        if held and not held.told and not held.speaks:
            yield replace(held, holder=source.voice)


def later_subjects(source: Source, sentence: Sentence) -> Iterator[str]:
    """Write the subjects of the clauses behind the first of a sentence, those that are clear by themselves."""
    text = source.article.text
    for found in _LATER.finditer(text, sentence.start, sentence.end):
        verb = subject_and_verb(source, found.end(), sentence.end)
        if verb:
            before = _BEFORE_VERB.search(text, found.end(), verb[0])
            words = text[found.end() : before.start() if before else verb[0]]
            subject = clear(source, sentence, words, True, Told())
            if subject and subject not in (source.voice, "you", "we"):
                yield subject


def _statement(
    source: Source, sentence: Sentence, start: int, lead: str, told: Told
) -> tuple[Statement | None, str | None]:
    """Take apart what begins here: the statement, and its subject alone where that is clear and the rest is not."""
    text, end = source.article.text, sentence.end
    found = _subject_and_verb(source, start, end)
    # 'In Kent there are mills in Deal, Croatia opened': what is taken for a lead is a clause
    if not found or _CLAUSE.match(lead):
        return None, None
    stop, verb, behind = found
    before = _BEFORE_VERB.search(text, start, stop)
    stop = before.start() if before else stop
    subject = clear(source, sentence, text[start:stop], start > sentence.start, told)
    if subject is None:
        return None, None
    adverb = _BEHIND_VERB.match(text, behind + 1, end)
    rest = adverb.end() if adverb else behind + 1
    if not lead or lead.startswith("By "):
        verb, rest = _past(source, subject, verb, rest, end)
    told_from = _told(source, verb, rest, end)
    if told_from:
        last = _THAT_ENDS.search(text, told_from, end)
        words = text[rest : last.start() if last else end].rstrip(" .,!\n")
        plain = words.count("“") == words.count("”") and words.count('"') % 2 == 0
    else:
        words = text[rest : clause_end(text, rest, end, verb)]
        # the full stop of a quotation stands inside of its marks
        closed = re.compile(r"[.,]?[”\"]").match(text, rest + len(words), end)
        if closed and (words.count("“") > words.count("”") or words.count('"') % 2):
            words = text[rest : closed.end()]
        plain = 1 <= len(words.split()) <= _MOST_WORDS and (
            source.judged or (is_plain(words, verb) and not is_reduced(verb, words))
        )
    speaks = subject in (source.voice, "the interviewee") and text[start:stop].lower() in ("i", "we")
    speaks = speaks and source.voice != AUTHORS
    stated = Statement(lead, subject, verb, start, stop, rest, rest + len(words), told_from, speaks)
    own = text[start:stop].lower()
    # of 'it is easy to swim' nothing was spoken of before, and in a talk 'you know' speaks to one person
    if (own == "it" and _EXPLETIVE.match(words)) or (subject == "you" and source.asked and _speaks_to_one(verb, words)):
        return None, None
    if not source.judged and is_cut(text, stated, end):
        return None, subject
    if (_ONLY_IF.match(lead) and not stated.when) or _BARE_YEAR.match(words):
        return None, subject
    return (stated if plain else None), subject


def _past(source: Source, subject: str, verb: str, rest: int, end: int) -> tuple[str, int]:
    """Put the past in the place of 'had sold', if it is not told what came after it."""
    text = source.article.text
    done = _DONE.match(text, rest, end) if verb == "had" else None
    if not done or re.compile(r".*\b(?:when|before|until|by the time)\b").match(text, done.end(), end):
        return verb, rest
    if done["form"] == "been":
        be = _was(source, subject)
        return (be, done.end()) if be else (verb, rest)
    return (PAST_OF_PARTICIPLE[done["form"]], done.end()) if done["form"] in PAST_OF_PARTICIPLE else (verb, rest)


def _was(source: Source, subject: str) -> str:
    """Tell whether a subject is one, that 'was', or many; nothing if that is not sure."""
    head = re.split(r" (?:of|in|for|from|at|on|with|about|near|by|to|between|under|against) ", subject)[0]
    unsure = " and " in subject or re.search(
        r"^(?:we|you|I|some|most|many|all|both|few|several|half)\b|\b(?:number|majority|couple|news|series|data|cattle)$",
        head,
    )
    if unsure or (head.endswith("s") and head.split()[-1][0].isupper()):
        return "was" if not unsure and source.is_person(subject) else ""
    return "were" if SEVERAL.search(head) else "was"


def _speaks_to_one(verb: str, words: str) -> bool:
    """Tell whether 'you' before a verb is whoever asks, not anybody."""
    return verb in PLAIN_OF_PAST or (words.partition(" ")[0] if verb == "will" else verb) in _TO_ONE


def _told(source: Source, verb: str, rest: int, end: int) -> int:
    """Find where the clause begins that is told here; 0 if none is."""
    text = source.article.text
    if re.compile(
        "(?:this|these|those|upon|on|of|about|to|in|for|with|at|by|from|within|among|between|inside|near"
        "|throughout|across|under|beneath|above|along|around|outside|during|after|before|only) "
    ).match(text, rest):
        return 0
    if text.startswith("that ", rest):
        return rest + len("that ")
    plain = PLAIN_OF_PAST.get(verb) or PLAIN_OF_THIRD.get(verb) or verb
    found = subject_and_verb(source, rest, end) if plain in TELLING else None
    if not found:
        return 0
    subject = text[rest : found[0]]
    # of 'found little organised resistance' the second verb is none, and 'political values' are a noun
    if re.fullmatch(r"[a-z]+(?:al|ic|ive|ous|ful|ary)", subject):
        return 0
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
            # of 'New Delhi, India, which opened' India did not open
            or re.search(r"[A-ZÀ-Þ][\w’'-]*, $", text[sentence.start : found.start()])
            # of 'the town’s School, which is the largest gift' the gift is no school
            or _OWNED.search(text, sentence.start, found.start())
        ):
            continue
        rest = found.end() if found["relative"] else found.start("verb")
        words = text[rest : clause_end(text, rest, sentence.end, verb)]
        be = "is" if verb in ("located", "situated", "known", "called") else "was"
        # whose 'its' is, is told by the rest of the sentence
        if len(words.split()) > 1 and is_plain(words, verb) and not re.search(r"\b(?:its|his|her|their)\b", words):
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
