"""Questions about what something is: what it is, is called, is known for or consists of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.sentences import Sentence
from rag.drafting.draft import Draft, Template
from rag.drafting.facts import is_size
from rag.drafting.rivals import unrivalled
from rag.drafting.source import Source
from rag.drafting.statement import PRONOUNS, Statement, joined
from rag.drafting.verbs import PAST_OF_PARTICIPLE, PLAIN, is_participle

_WITH_PREPOSITION = re.compile(
    r"(?P<be>(?:be|been) )?(?:(?P<word>\w+) )?(?P<preposition>of|about|against|into|on|to|in|for|from|as"
    r"|with|after|upon|by)"
    r" (?P<answer>(?!which|whom|it\b|them\b|him\b|her\b|me\b|us\b|this\b|\w+ly\b|\d)[\w“\"].{3,})"
)
_STATES = frozenset(
    f"{word} {preposition}"
    for words, prepositions in (
        (
            "known famous notable responsible used popular noted suitable named remembered blamed praised criticised "
            "needed required necessary essential important available designed intended",
            "for",
        ),
        ("known used described regarded seen recognised recognized classified defined treated considered viewed", "as"),
        ("divided split grouped classified organised organized converted transformed translated turned", "into"),
        ("made composed accused capable full aware part", "of"),
        ("made derived built descended different separated protected isolated", "from"),
        ("based dependent focused centred centered", "on"),
        ("named", "after"),
        ("charged associated filled linked connected equipped faced concerned covered decorated combined", "with"),
        (
            "subject related linked similar devoted dedicated limited opposed attributed equal attached exposed "
            "restricted",
            "to",
        ),
        ("interested involved rich", "in"),
    )
    for word in words.split()
    for preposition in prepositions.split()
)
VERBS = frozenset(
    re.findall(
        r"\w+ \w+",
        "consist of, depend on, lead to, result in, result from, focus on, refer to, belong to, participate "
        "in, contribute to, work as, serve as, specialize in, specialise in, rely on, respond to, benefit "
        "from, compete in, suffer from, deal with, begin with, start with, end with, concentrate on, point "
        "to, aim for, stand for, look for, look like, come from, range from, differ from, account for, call "
        "for, apply for, search for, prepare for, die of, die from, act as, function as, engage in, invest "
        "in, turn into, believe in, rest on, adapt to, vary with, count on, originate from, succeed in, "
        "correspond to, derive from, wait for, pay for, ask for, hope for, arise from, emerge from, evolve from, "
        "evolve into, develop into, divide into, interact with, react with, combine with, react to, amount to, add "
        "to, fall into, allow for, act on",
    )
)
_TO_SOMEBODY = re.compile(
    r"(?P<whom>(?:(?!(?:for|of|with|on|to|from|against|about)\b)[\w’'-]+ ){1,6}?(?:(?:of|for) the [\w’'-]+ )?)"
    r"(?P<preposition>for|of|with|on|to|from|against|about) (?P<answer>.{4,})"
)
_DONE_TO = frozenset(
    re.findall(
        r"\w+ \w+",
        "thank for, praise for, blame for, criticise for, criticize for, condemn for, congratulate on, congratulate "
        "for, accuse of, charge with, arrest for, honour for, honor for, punish for, convict of, inform of, inform "
        "about, remind of, compare to, compare with, replace with, protect from, protect against, provide with, warn "
        "of, warn about, warn against, prevent from, associate with, base on, spend on",
    )
)
"""Verbs that have an object, and what their preposition brings."""
_TOGETHER = ("work", "speak", "talk", "play", "agree", "meet", "live", "stay", "struggle", "travel", "study", "share")
"""Verbs for what somebody does with others."""
_BELONGING = ("about", "against", "into", "of", "for")
_ABOUT_TIME = re.compile(
    r"(?:the |an? |many |several |about |nearly |over |more than |one |two |three )*(?:[A-Z]|\w*\d|second"
    r"|minute|hour|day|week|month|year"
    r"|decade|centur|time|long|while|first|last|example|instance|once|behalf|foot|own)",
)
_DURATION = re.compile(
    r"(?:(?:about|almost|nearly|over|at least|more than) )?"
    r"(?:an?|several|many|\d[\d.,]*|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty) "
    r"(?:second|minute|hour|day|week|month|year|decade|centurie|century)s?\b"
)
_WHEN = re.compile(
    r" (?:long |soon |just |shortly )?(?:after|before|during|throughout|until|since|when|while) "
    r"| (?:in|on|by|from) (?:the )?(?:early |late |mid-)?(?:\d{1,2} )?(?:[A-Z][a-z]+ )?(?:1\d|20)\d\ds?\b"
)
_GOAL = re.compile(
    r"\b(?:goal|aim|purpose|objective|task|way|role|job|function|mission|plan|idea|intention|duty|challenge)s?\b"
)
_CALLED = re.compile(
    r"(?P<called>(?:also |commonly |often |now |later |originally )?(?:called|named|renamed|nicknamed"
    r"|dubbed|titled|entitled"
    r"|christened|(?:better )?known as|referred to as))(?: to)? (?P<answer>(?:the "
    r"|an? )?[A-ZÀ-Þ“\"][^,;:()]*?|an? [^,;:()]+?)(?P<by>(?: (?:by|in|on|because|after|for) [^,;:()]+)?)"
)
_ONLY_ONE = re.compile(
    r"the (?:[\w-]+ ){0,2}?(?:[a-z]{3,}est(?! (?:on|in|at|with|for|to)\b)|most [a-z]+|first|last|main"
    r"|only) (?!ones?\b|way\b).{4,}"
)
_SEVERAL = r"(?:(?!\w+(?:ed|ing|ly)\b)[\w-]+ ){0,2}?[a-z]{3,}(?<![siu])s (?:of|that|which|who|or|and)\b"
"""What things are that are several: 'units of', 'groups that'."""
_THING = re.compile(
    r"an? (?:[\w-]+ )*?(?:city|town|village|capital|country|island|region|river|company|band|group|film|book|series)\b"
)


_MOST_OF_ONE, _MOST_OF_KIND = 9, 4
"""Words of what is asked about: of what is only one, and of a kind, of which so many words tell enough, too."""
_ANY_THING = re.compile(r"\b(?:example|reason|way|problem|result|question|thing|part)\b")
_ABSTRACT = re.compile(r"(?:ism|ity|ness|tion|ment|ship|dom)$")
"""What nobody is, whatever it is called: 'colonialism is the builder of an empire'."""


def of_what(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask for what a preposition brings: 'What is the town known for?', 'What does the act consist of?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is what stands after the preposition.
    """
    rest = source.article.text[stated.rest : stated.end]
    found = _WITH_PREPOSITION.fullmatch(rest)
    answer = _WHEN.split(found["answer"])[0] if found else ""
    own = stated.speaks or stated.subject == "we"
    person = source.is_person(answer)
    pointed = own and re.match(r"(?:that|this|these|those|such) \w+$", answer)
    if not found or pointed or (person and not own) or _DURATION.match(answer):
        return
    helping, plain = stated.helped(rest)
    pair = f"{found['word'] or plain} {found['preposition']}"
    be = stated.helped_by_be or found["be"]
    known = pair in (_STATES if found["word"] else VERBS)
    # the word before the preposition is a verb's, and no participle that tells of the subject: 'areas used for sport'
    alike = bool(found["word"]) or stated.verb not in PAST_OF_PARTICIPLE or own
    alike = (
        alike
        and found["preposition"] in (*_BELONGING, "with" if found["word"] or (own and plain in _TOGETHER) else "")
        and (is_participle(found["word"]) if found["word"] else plain in PLAIN)
    )
    if (
        not (known or alike)
        or (found["word"] and not be)
        or (alike and not known and _ABOUT_TIME.match(found["answer"]))
    ):
        return
    asked = joined(
        helping, stated.subject, plain, found["be"] or "", found["word"] or "", found["preposition"], stated.when
    )
    question = f"{'Who' if person else 'What'} {asked}?"
    start = stated.rest + found.start("answer") - sentence.start
    gold = source.gold(sentence, start, start + len(answer))
    yield from unrivalled(source, question, Template.OF_WHAT, gold)


def for_what(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what somebody is thanked for, accused of or compared with: 'What did Ann Lee thank the council for?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is what stands after the preposition.
    """
    found = _TO_SOMEBODY.fullmatch(source.article.text, stated.rest, stated.end)
    plain = stated.helped(found["whom"] if found else "")[1]
    if found and f"{plain} {found['preposition']}" in _DONE_TO:
        question = stated.asked("What", joined(found["whom"], found["preposition"], stated.when))
        start, end = found.span("answer")
        gold = source.gold(sentence, start - sentence.start, end - sentence.start)
        yield from unrivalled(source, question, Template.OF_WHAT, gold)


def called(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what something is called: 'What was the town renamed?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the name.
    """
    found = _CALLED.fullmatch(source.article.text, stated.rest, stated.end)
    if found and (stated.helped_by_be or stated.verb in ("has", "have", "had")):
        question = stated.asked("What", joined(found["called"], found["by"], stated.when))
        start, end = found.span("answer")
        gold = source.gold(sentence, start - sentence.start, end - sentence.start)
        yield from unrivalled(source, question, Template.KNOWN_AS, gold)


def which_one(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what only one can be: 'What was the first town on the coast?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the subject.
    """
    text = source.article.text
    rest, answer = text[stated.rest : stated.end], text[stated.start : stated.stop]
    if stated.helped_by_be and _ONLY_ONE.fullmatch(rest) and answer.lower() not in PRONOUNS:
        who = "Who" if source.calls(rest) else "What"
        gold = source.gold(sentence, stated.start - sentence.start, stated.stop - sentence.start)
        yield from unrivalled(source, f"{who} {stated.verb} {joined(rest, stated.when)}?", Template.WHICH, gold)


def _is_somebody(source: Source, words: str) -> bool:
    return source.is_person(words) or source.calls(words)


def _tells_of_one(stated: Statement, rest: str) -> bool:
    """Tell whether it is said what is only one: 'the capital of Kent' is asked for with all that it may be."""
    like = re.match(r"(?:an?|the|one|to)\b|[A-ZÀ-Þ\d“$€£]", rest)
    return stated.helped_by_be and like is not None and len(stated.subject.split()) <= _MOST_OF_ONE


def _tells_kind(source: Source, sentence: Sentence, stated: Statement, rest: str) -> bool:
    """Tell whether it is said of which kind a thing is, or several are."""
    small = stated.subject[0].islower()
    like = rf"(?:an?|one of|the (?!main|only|most|\w+est\b))\b|{_SEVERAL}" if small else r"(?:an?|one of)\b"
    if not stated.helped_by_be or len(stated.subject.split()) > _MOST_OF_KIND or not re.match(like, rest):
        return False
    several = stated.plural and small and re.match(_SEVERAL, rest) is not None
    if len(rest.split()) < _MOST_OF_KIND or stated.subject.startswith("the ") or (stated.plural and not several):
        return False
    # a superlative tells no more what ice hockey is
    if small and re.match(r"one of the (?:most|\w+est)\b", rest):
        return False
    return small or source.is_first(stated.subject, sentence)


def what_is(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what something is: 'What is cultural relativism?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is what stands after 'is'.
    """
    rest = source.article.text[stated.rest : stated.end]
    owned = re.match(r"(?:[Mm]y|[Oo]ur) ", source.article.text[stated.start : stated.stop]) is not None
    one = owned or (stated.subject.startswith("the ") and (" of " in stated.subject or len(stated.subject.split()) > 2))
    if not (_tells_of_one(stated, rest) if one else _tells_kind(source, sentence, stated, rest)):
        return
    if re.fullmatch(r"[\d.,]+", rest) and " of " not in stated.subject:
        return
    # 'What was a mistake?' is nobody's question
    if is_size(rest) or (re.match(r"an? ", stated.subject) and stated.verb == "was" and " of " not in stated.subject):
        return
    if re.match(r"to\b", rest) and not _GOAL.search(stated.subject):
        return
    if _ANY_THING.search(stated.subject.split(" of ")[0]) or _ANY_THING.search(" ".join(rest.split()[:2])):
        return
    if re.match(r"[a-z]+ing\b", stated.subject):
        return
    somebody = _is_somebody(source, stated.subject) and not _THING.match(rest)
    who = "Who" if (somebody or source.calls(rest)) and not _ABSTRACT.search(stated.subject) else "What"
    start = stated.rest - sentence.start
    gold = source.gold(sentence, start, stated.end - sentence.start)
    if source.article.text[stated.start : stated.stop].lower() not in PRONOUNS:
        template = Template.WHICH if one else Template.WHAT_IS
        question = f"{joined(who, stated.verb, stated.subject, stated.when)}?"
        yield Draft(question, template, source.article, (gold,))
