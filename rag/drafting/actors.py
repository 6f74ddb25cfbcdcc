"""Questions about who did what: the one who did it, what was done, and to what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.sentences import Sentence
from rag.drafting.draft import Draft, Template
from rag.drafting.rivals import unrivalled
from rag.drafting.source import Source
from rag.drafting.statement import Statement, is_participle, joined
from rag.drafting.verbs import DEEDS, PAST_OF_PARTICIPLE, PLAIN, PLAIN_OF_PAST
from rag.language.names import NameKind

_PREPOSITION = (
    "in|on|at|during|after|before|by|with|for|from|to|into|near|through|between|against|under|over|across|along|around"
    "|until|within|without|about|per|throughout|among|upon|via|towards?|outside|inside|alongside|using|including|as"
)
_DETERMINER = (
    r"(?:an?|the|its|his|her|their|some|many|several|few|two|three|four|five|six|seven|eight|nine|ten|\d[\d,]*"
    r"|no|more|most|all|both|each|every|large|small|new|different|various|numerous|significant|additional|one of)\b"
)
_OBJECT = re.compile(
    rf"(?P<main>(?:\w+ )?)(?P<answer>(?:{_DETERMINER} |[A-ZÀ-Þ“\"])"
    rf".*?)(?P<tail>(?: (?:{_PREPOSITION}) .*)?)"
)
_BARE = re.compile(
    rf"(?P<main>(?:\w+ )?)(?P<answer>(?!(?:{_PREPOSITION}|that|how|what|why|if|whether|to|not|up|out|off|down|back|away"
    rf"|together|over|well|very|too|so|as|than|again|once|twice|far|home|there|here|itself|themselves|himself|herself)\b)"
    rf"(?:[a-z][\w-]+(?<!ly) )??[a-z][\w-]{{2,}}(?<!ly)(?: (?:of|and) .*?)?)(?P<tail>(?: (?:{_PREPOSITION}) .*)?)"
)
_APART = re.compile(
    r"$| (?:in|at|near|as|during|after|before|since|until|throughout|within|alongside|per|on (?:[A-Z]|\d|the (?:day|night)))\b"
)
"""How the words begin that belong to what was done, not to what it was done to."""
_NO_OBJECT = frozenset(
    re.findall(
        r"\w+",
        "appear arise arrive be become belong come consist depend die differ disappear emerge exist fall get go happen "
        "have lie live look matter occur remain rise seem sit sleep stand stay wait keep prove turn date tend",
    )
)
"""Verbs behind which no object stands."""
_WHOM = frozenset(
    "congratulate thank marry arrest meet kill elect appoint hire fire murder assassinate invite befriend interview".split()  # noqa: SIM905
)
"""Verbs for what is done to somebody: asked for with 'whom', which few do."""
_GIVING = frozenset(
    "send give bring offer submit sell donate lend award grant present add dedicate transfer show".split()
)  # noqa: SIM905
"""Verbs whose 'to' tells to whom."""
_HOLDING = frozenset(
    "include contain comprise mean cause require need mark form affect cover produce allow enable".split()
)  # noqa: SIM905
"""Verbs that ask enough by themselves: 'What does the plan include?'."""
_CLEAR = 3
"""Words of a subject that tell what is spoken of, where neither time nor place does."""
_COUNTED = re.compile(r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten) ")
_RELATIVE = re.compile(r",? (?:that|which|who|whose|whom)\b")
_AND_VERB = re.compile(rf" (?:and|or) (?:{'|'.join(sorted(PLAIN))})\b")
_AGENT = re.compile(
    r"(?P<done>\w+)(?P<between> (?!by )[^,]{0,60}?)? by (?P<answer>(?!\w+ing\b|\d"
    r"|(?:bus|car|train|far|law|then|now|the end|the time|road|sea|air)\b)(?:the |an? )?[^,]{3,80})"
)
_WITH_PREPOSITION = re.compile(
    r"(?P<be>(?:be|been) )?(?:(?P<word>\w+) )?(?P<preposition>of|about|against|into|on|to|in|for|from|as|with|after|upon|by)"
    r" (?P<answer>(?!which|whom|it\b|them\b|him\b|her\b|me\b|us\b|this\b|\w+ly\b|\d)[\w“\"].{3,})"
)
_STATES = frozenset(
    f"{word} {preposition}"
    for words, prepositions in (
        (
            "known famous notable responsible used popular noted suitable named remembered blamed praised criticised",
            "for",
        ),
        ("known used described regarded seen recognised recognized classified", "as"),
        ("made composed accused capable full aware part", "of"),
        ("made derived built descended", "from"),
        ("based dependent focused centred centered", "on"),
        ("named", "after"),
        ("charged associated filled linked connected equipped faced concerned", "with"),
        ("subject related linked similar devoted dedicated limited opposed attributed", "to"),
        ("interested involved", "in"),
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
        "correspond to, derive from, wait for, pay for, ask for, hope for",
    )
)
_BELONGING = ("about", "against", "into", "of", "for")
_ABOUT_TIME = re.compile(
    r"(?:the |an? |many |several |about |nearly |over |more than |one |two |three )*(?:[A-Z]|\w*\d|second|minute|hour|day|week|month|year"
    r"|decade|centur|time|long|while|first|last|example|instance|once|behalf|foot|own)",
)
_WANTING = frozenset(
    re.findall(
        r"\S+",
        "decide want agree plan try attempt refuse promise hope intend need learn begin start continue choose "
        "vow threaten seek aim struggle fail help ask expect prepare offer have",
    )
)


_GOAL = re.compile(
    r"\b(?:goal|aim|purpose|objective|task|way|role|job|function|mission|plan|idea|intention|duty|challenge)s?\b"
)
_CAUSING = (
    "allow|enable|cause|force|ask|tell|help|encourage|require|want|expect|permit|persuade|order|lead|invite|urge|warn"
    "|convince|motivate|inspire|train|compel|advise|instruct|teach"
)
_CAUSED = re.compile(r"(?P<whom>[^,;:()“”]{2,60}?) to (?P<answer>(?P<verb>[a-z]+) [^;:()]{4,})")
_CALLED = re.compile(
    r"(?P<called>(?:also |commonly |often |now |later |originally )?(?:called|named|renamed|nicknamed|dubbed|titled|entitled"
    r"|christened|(?:better )?known as|referred to as))(?: to)? (?P<answer>(?:the |an? )?[A-ZÀ-Þ“\"][^,;:()]*?|an? [^,;:()]+?)(?P<by>(?: (?:by|in|on|because|after|for) [^,;:()]+)?)"
)
_ONLY_ONE = re.compile(r"the (?:[\w-]+ ){0,2}?(?:[a-z]{3,}est|most [a-z]+|first|last|main|only) (?!ones?\b|way\b).{4,}")
_THERE = re.compile(
    r"(?P<lead>(?:(?:In|At|On|Near|Around) [^,;:()“”]{2,40}, )?)[Tt]here (?P<verb>is|are|was|were) "
    r"(?P<what>(?!no\b|not\b|also\b)[^,;:()“”]{12,110}?)(?=\.?\s*$|[;(]|, (?:and|but|so|which|where|although|while|with)\b)"
)
_DATED = re.compile(
    r"(?P<rest>.+?) (?P<when>(?:in|on|during|after) (?:(?:early |late "
    r"|the )*(?:[A-Z][a-z]+ )?(?:\d{1,2},? )?(?:1\d|20)\d\ds?"
    r"|\d{1,2} [A-Z][a-z]+(?: \d{4})?|[A-Z][a-z]+ \d{1,2}(?:, \d{4})?))"
)
_TIME = re.compile(
    r"(?:1\d|20)\d\d\b|.*\b(?:second|minute|hour|day|week|month|year|decade|centurie|time|night|morning)s?$",
    re.IGNORECASE,
)
_MOST_LISTED = 30
_PRONOUNS = ("he", "she", "it", "they", "i", "we", "you")


def who(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask who or what did something: 'Who built the old mill in 1820?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the subject.
    """
    text = source.article.text
    rest = text[stated.rest : stated.end]
    answer = text[stated.start : stated.stop]
    if (
        stated.plural
        or stated.helped(rest)[1] == "say"
        or answer.lower() in _PRONOUNS
        or rest.startswith(("be ", "have "))
    ):
        return
    plain = stated.helped(rest)[1]
    person = source.acts(stated.subject) or stated.speaks or plain in DEEDS
    if not person and answer[:1].isupper() and stated.subject[:1].isupper():
        # a name may stand for a place or a thing, of which nobody asks 'what'
        return
    if stated.verb in ("may", "might", "would", "could", "has", "have", "had") and not is_participle(rest.split()[0]):
        return
    if stated.helped_by_be or len(rest.split()) < (2 if person else 3):
        return
    question = f"{'Who' if person else 'What'} {stated.verb} {joined(rest, stated.when)}?"
    gold = source.gold(sentence, stated.start - sentence.start, stated.stop - sentence.start)
    yield from unrivalled(source, question, Template.WHO, gold)


def by_whom(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask who did what was done: 'Who designed the bridge?', of 'The bridge was designed by Ann Lee.'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the one after 'by'.
    """
    if not stated.helped_by_be:
        return
    rest = source.article.text[stated.rest : stated.end]
    found = _AGENT.fullmatch(rest)
    if not found or found["done"] not in PAST_OF_PARTICIPLE or found["done"] in ("known", "called"):
        return
    if re.search(r"\b(?:to|that)\b" if stated.verb in ("was", "were") else r"\w", found["between"] or ""):
        return
    whole = _RELATIVE.split(found["answer"])[0]
    answer = re.split(rf" (?:{_PREPOSITION}) ", whole)[0]
    after = "" if whole != found["answer"] else whole[len(answer) :]
    past = PAST_OF_PARTICIPLE[found["done"]]
    person = source.acts(answer) or answer.removeprefix("the ")[0].isupper() or PLAIN_OF_PAST.get(past) in DEEDS
    word, between = "Who" if person else "What", found["between"] or ""
    if stated.verb in ("is", "are"):
        question = stated.asked(word, joined(found["done"], between, after, "by"))
    else:
        question = f"{joined(word, past, stated.subject, between, after, stated.when)}?"
    start = stated.rest - sentence.start + found.start("answer")
    yield from unrivalled(source, question, Template.WHO, source.gold(sentence, start, start + len(answer)))


def what(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what somebody did something to: 'What did Ann Lee build in Kent?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the object.
    """
    rest = source.article.text[stated.rest : stated.end]
    helped = not stated.helped(rest)[1]
    if stated.helped_by_be or (stated.verb in ("has", "have", "had") and not helped):
        return
    found = _OBJECT.fullmatch(rest) or _BARE.fullmatch(rest)
    if not found or helped != bool(found["main"]) or stated.helped(rest)[1] in _NO_OBJECT | {"say"}:
        return
    first = found["answer"].split()[0]
    if first.islower() and (is_participle(first) or first.endswith("ing")):
        return
    main = found["main"].strip()
    if (helped or stated.helped(rest)[0] == "do") and _AND_VERB.search(rest):
        return
    if helped and main not in PLAIN and main not in PAST_OF_PARTICIPLE:
        return
    answer, tail = found["answer"], found["tail"]
    verb = stated.helped(rest)[1] or main
    if PLAIN_OF_PAST.get(PAST_OF_PARTICIPLE.get(verb, ""), verb) in _WHOM:
        return
    # 'an end to the war' and 'all that he had' are asked for whole, 'a mill in Kent' without the place
    if (
        _RELATIVE.search(rest)
        or not (_APART.match(tail) or (verb in _GIVING and tail.startswith(" to ")))
        or re.search(r"(?:ing|ed)$", answer)
        or is_participle(answer.split()[-1])
    ):
        answer, tail = rest[found.start("answer") :], ""
    if re.match(r"(?:him|them|it|us|me|this|that|these|those|last|first|[\w]+-[\w-]+$)\b", answer) or " as " in answer:
        return
    if re.match(
        r"(?:her|his|its|their) (?:as|to|in|at|on|for|with|by|most|own$)\b|.* as$"
        r"|.*\b(?:morning|day|year|night|week|month)$",
        answer,
    ):
        return
    if (
        not helped
        and answer[0].islower()
        and not re.match(_DETERMINER, answer)
        and answer.split()[0].endswith("s")
        and " " in answer
    ):
        return
    named = next((name for name in source.names.of(answer) if name.start == 0), None)
    if (named and source.acts(named.text)) or _TIME.match(answer) or _COUNTED.match(answer):
        return
    if source.is_person(answer) or re.search(r"\bto\b", tail[3:]) or len(answer.split()) > _MOST_LISTED:
        return
    if not joined(tail, stated.when) and len(stated.subject.split()) < _CLEAR and verb not in _HOLDING:
        # 'What did Lee get?': nobody knows when or where
        return
    start = stated.rest + found.start("answer") - sentence.start
    question = stated.asked("What", joined(main, tail, stated.when))
    yield from unrivalled(source, question, Template.WHAT, source.gold(sentence, start, start + len(answer)))


def of_what(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask for what a preposition brings: 'What is the town known for?', 'What does the act consist of?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is what stands after the preposition.
    """
    rest = source.article.text[stated.rest : stated.end]
    found = _WITH_PREPOSITION.fullmatch(rest)
    if not found or source.is_person(found["answer"]):
        return
    helping, plain = stated.helped(rest)
    pair = f"{found['word'] or plain} {found['preposition']}"
    be = stated.helped_by_be or found["be"]
    known = pair in (_STATES if found["word"] else VERBS)
    # the word before the preposition is a verb's, and no participle that tells of the subject: 'areas used for sport'
    alike = bool(found["word"]) or stated.verb not in PAST_OF_PARTICIPLE
    alike = (
        alike
        and found["preposition"] in (*_BELONGING, "with" if found["word"] else "")
        and (is_participle(found["word"]) if found["word"] else plain in PLAIN)
    )
    if (
        not (known or alike)
        or (found["word"] and not be)
        or (alike and not known and _ABOUT_TIME.match(found["answer"]))
    ):
        return
    if not known and source.acts(found["answer"]):
        return
    answer = re.split(r" (?:after|before|during|until|since|when|while) ", found["answer"])[0]
    asked = joined(
        helping, stated.subject, plain, found["be"] or "", found["word"] or "", found["preposition"], stated.when
    )
    question = f"What {asked}?"
    start = stated.rest + found.start("answer") - sentence.start
    gold = source.gold(sentence, start, start + len(answer))
    yield from unrivalled(source, question, Template.OF_WHAT, gold)


def to_do(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what somebody decided, wants or has to do: 'What did the council decide to do?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is what they do.
    """
    rest = source.article.text[stated.rest : stated.end]
    if stated.verb in ("can", "will", "must", "should") and not stated.speaks and not re.match(r"(?:be|have)\b", rest):
        if rest.split()[0] in PLAIN and len(rest.split()) > 2:
            gold = source.gold(sentence, stated.rest - sentence.start, stated.end - sentence.start)
            yield from unrivalled(source, stated.asked("What", joined("do", stated.when)), Template.TO_DO, gold)
        return
    found = re.fullmatch(r"to (?P<answer>(?!the\b|an?\b|be\b)[a-z]+ .{5,})", rest)
    plain = stated.helped(rest)[1]
    if found and plain in _WANTING:
        start = stated.rest + found.start("answer") - sentence.start
        gold = source.gold(sentence, start, stated.end - sentence.start)
        question = stated.asked("What", joined("to do", stated.when))
        yield from unrivalled(source, question, Template.TO_DO, gold)


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
    if not re.fullmatch(_CAUSING, causing) or not (passive or stated.helped(rest)[1]):
        return
    start = stated.rest - sentence.start + found.start("answer")
    gold = source.gold(sentence, start, stated.end - sentence.start)
    question = stated.asked("What", joined(found["whom"], "to do", stated.when))
    yield from unrivalled(source, question, Template.TO_DO, gold)


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
    if stated.helped_by_be and _ONLY_ONE.fullmatch(rest) and answer.lower() not in _PRONOUNS:
        who = "Who" if source.calls(rest) else "What"
        gold = source.gold(sentence, stated.start - sentence.start, stated.stop - sentence.start)
        yield from unrivalled(source, f"{who} {stated.verb} {joined(rest, stated.when)}?", Template.WHICH, gold)


def what_is(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what something is: 'What is cultural relativism?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is what stands after 'is'.
    """
    rest = source.article.text[stated.rest : stated.end]
    words = len(stated.subject.split())
    one = stated.subject.startswith("the ") and (" of " in stated.subject or words > 2)
    # 'the capital of Kent' is asked for with all that it may be; a thing itself by what kind it is
    like = r"(?:an?|the|one|to)\b|[A-ZÀ-Þ\d“$€£]" if one else r"(?:an?|one of)\b"
    if stated.subject[0].islower() and not one:
        like = r"(?:an?|one of|the (?!main|only|most|\w+est\b))\b"
    if not stated.helped_by_be or words > (9 if one else 4) or not re.match(like, rest):
        return
    if not one and (len(rest.split()) < 4 or stated.subject.startswith("the ") or stated.plural):
        return
    if not one and stated.subject[0].isupper() and not source.is_first(stated.subject, sentence):
        return
    if re.fullmatch(r"[\d.,]+", rest) and " of " not in stated.subject:
        return
    if re.match(r"to\b", rest) and not _GOAL.search(stated.subject):
        return
    if re.search(r"\b(?:example|reason|way|problem|result|question|thing|part)$", stated.subject):
        return
    who = "Who" if source.is_person(stated.subject) or source.calls(rest) else "What"
    start = stated.rest - sentence.start
    gold = source.gold(sentence, start, stated.end - sentence.start)
    if source.article.text[stated.start : stated.stop].lower() not in _PRONOUNS:
        template = Template.WHICH if one else Template.WHAT_IS
        yield Draft(f"{who} {stated.verb} {stated.subject}?", template, source.article, (gold,))


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
    happens = f"What happens {stated.when}?"
    if re.match(r"(?:if|when|whenever|once|as soon as)\b", stated.when) and stated.helped("")[0] not in (
        "did",
        "was",
        "were",
    ):
        gold = source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start)
        yield from unrivalled(source, happens, Template.HAPPENED, gold)
        return
    answer = text[stated.start : stated.stop]
    person = answer in ("He", "She", "he", "she") or source.acts(answer)
    active = stated.helped(text[stated.rest : stated.end])[0] == "did"
    gold = source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start)
    if active and person:
        yield from unrivalled(source, f"What did {stated.subject} do {stated.when}?", Template.DID, gold)
    elif active and not _about_place(source, stated.when):
        yield from unrivalled(source, f"What happened {stated.when}?", Template.HAPPENED, gold)
    elif stated.verb in ("was", "were"):
        first = text[stated.rest : stated.end].split()[0]
        if first in PAST_OF_PARTICIPLE and not _about_place(source, stated.when):
            yield from unrivalled(source, f"What happened to {stated.subject} {stated.when}?", Template.HAPPENED, gold)


def whether(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask whether what is stated is so: 'Is parking in the city centre expensive?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the statement.
    """
    rest = source.article.text[stated.rest : stated.end]
    if stated.helped(rest)[1] == "say":
        return
    # of 'serious as the machinery was lost' the clause is cut
    cut = (
        re.match(r"\w+ as (?:the|an?)\b", rest) or " that " in rest and source.article.text.startswith(",", stated.end)
    )
    if len(rest.split()) > 1 and not cut and not re.search(r"\b(?:not|never|no|only|rarely|hardly)\b", rest):
        asked = stated.asked("", joined(rest, stated.when))
        gold = source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start)
        yield from unrivalled(source, asked[0].upper() + asked[1:], Template.WHETHER, gold)


def _dated(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what somebody did, or what happened to something, on the date at the end of a statement."""
    rest = source.article.text[stated.rest : stated.end]
    found = _DATED.fullmatch(rest)
    if not found or len(found["rest"].split()) < 2 or stated.plural:
        return
    gold = source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start - len(found["when"]) - 1)
    if stated.helped(rest)[0] == "did" and source.acts(stated.subject):
        yield from unrivalled(source, f"What did {stated.subject} do {found['when']}?", Template.DID, gold)
    elif stated.verb == "was" and rest.split()[0] in PAST_OF_PARTICIPLE:
        yield from unrivalled(source, f"What happened to {stated.subject} {found['when']}?", Template.HAPPENED, gold)


def _about_place(source: Source, when: str) -> bool:
    names = source.names.of(when)
    dated = any(name.kind is NameKind.DATE for name in names)
    return when.startswith(("in ", "on ", "at ", "within ")) and not dated


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
        if found and not re.search(r"\b(?:no|not|only|hardly|few|little)\b|^(?!.* (?:that|which|who) ).* can ", found["what"]):
            lead = found["lead"].strip(" ,")
            when = lead[:1].lower() + lead[1:] if lead.split()[:1] else ""
            gold = source.gold(sentence, found.start("verb") - len("there "), found.end("what"))
            question = f"{found['verb'].title()} there {joined(found['what'], when)}?"
            yield from unrivalled(source, question, Template.WHETHER, gold)
