"""Questions about who did what: the one who did it, and to what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from index.sentences import Sentence
from rag.drafting.draft import Draft, Template
from rag.drafting.rivals import unrivalled
from rag.drafting.source import AUTHORS, BODIES, OFFICE_BEFORE, Source
from rag.drafting.statement import PRONOUNS, Statement, joined
from rag.drafting.verbs import (
    DEEDS,
    OF_ONE,
    PAST_OF_PARTICIPLE,
    PLAIN,
    PLAIN_OF_PAST,
    TELLING,
    TWO_DEEDS,
    is_participle,
)
from rag.language.words import content_words

_PREPOSITION = (
    "in|on|at|during|after|before|by|with|for|from|to|into|near|through|between|against|under|over|across|along|around"
    "|until|within|without|about|per|throughout|among|upon|via|towards?|outside|inside|alongside|using|including|as"
)
_DETERMINER = (
    r"(?:an?|the|its|his|her|their|some|many|several|few|two|three|four|five|six|seven|eight|nine|ten|\d[\d,]*"
    r"|no|more|most|all|both|each|every|large|small|new|different|various|numerous|significant|additional|one of)\b"
)
_OBJECT = rf"(?P<answer>(?:{_DETERMINER} |[A-ZÀ-Þ“\"]).*?)(?P<tail>(?: (?:{_PREPOSITION}) .*)?)"
_BARE = (
    rf"(?P<answer>(?!(?:{_PREPOSITION}|of|anew|that|how|what|why|if|whether|to|not|up|out|off|down|back|away"
    r"|together|late|early|daily|over|well|very|too|so|as|than|again|once|twice|far|home|there|here|east|west|north"
    r"|south|forward|straight|right|left|place|part|care"
    r"|itself|themselves|himself|herself)\b)"
    rf"(?:[a-z][\w-]+(?<!ly) )??[a-z][\w-]{{2,}}(?<!ly)(?: (?:of|and) .*?)?)(?P<tail>(?: (?:{_PREPOSITION}) .*)?)"
)
_OBJECTS = {
    helped: tuple(re.compile(f"(?P<main>{main}){words}") for words in (_OBJECT, _BARE))
    for helped, main in ((True, r"\w+ "), (False, ""))
}
"""What stands behind a verb: behind 'will', the verb itself comes first."""
_APART = re.compile(
    r"$| (?:in|at|near|as|during|after|before|since|until|throughout|within|alongside|per|on (?:[A-Z]|\d"
    r"|the (?:day|night)))\b"
)
"""How the words begin that belong to what was done, not to what it was done to."""
_NO_OBJECT = frozenset(
    re.findall(
        r"\w+",
        "appear arise arrive be become belong come consist depend die differ disappear emerge exist fall get go happen "
        "have say lie live look matter occur remain rise seem sit sleep stand stay wait keep prove turn date tend",
    )
)
"""Verbs behind which no object stands."""
_WHOM = frozenset(
    re.findall(
        r"\w+",
        "congratulate thank marry arrest meet kill elect appoint hire fire murder assassinate invite "
        "befriend interview",
    )
)
"""Verbs for what is done to somebody: asked for with 'whom', which few do."""
_TO_PEOPLE = (_WHOM - {"meet"}) | frozenset(re.findall(r"\w+", "educate sentence promote imprison nominate convict"))
"""Verbs for what is done to nobody but people."""
_GIVING = frozenset(
    re.findall(r"\w+", "send give bring offer submit sell donate lend award grant present add dedicate transfer show")
)
"""Verbs whose 'to' tells to whom."""
_TWO_OBJECTS = frozenset(
    re.findall(
        r"\w+",
        "give call consider pay offer teach ask show award grant make name allow enable induce force encourage urge "
        "tell persuade help invite turn see inspire",
    )
)
"""Verbs that may have two objects, or an object and what it becomes: 'gave the town a mill', 'made the mill famous'."""
_BEGINS_OBJECT = r"an?|the|its|his|her|their|some|many|no|more|two|three|four|five|six|\d[\d,]*"
_HOLDING = frozenset(
    re.findall(r"\w+", "include contain comprise mean cause require need mark form affect cover produce allow enable")
)
"""Verbs that ask enough by themselves: 'What does the plan include?'."""
_ANY_ONE = re.compile(r"(?:an? )?[a-z]+")
"""One thing of its kind, and no word more."""
_LISTING = ("include", "contain", "comprise")
_TO_PLACE = frozenset(re.findall(r"\w+", "concentrate focus base put compare divide split turn convert transform"))
"""Verbs whose object needs a preposition behind it: 'put the number near six'."""
_CLEAR = 3
"""Words that tell what is spoken of: of a subject, where neither time nor place does, and of a question for it."""
_POINTS = re.compile(
    r"(?:certain|various|several|him|them|it|us|me|this|that|these|those|last|first|[\w]+-[\w-]+$|(?:North|South|East"
    r"|West)$)\b"
    r"|(?:her|his|its|their) (?:as|to|in|at|on|for|with|by|most|own$)\b|.* as$"
    r"|.*\b(?:morning|day|year|night|week|month)$|(?:its|his|her|their) (?:place|way|time|part)$"
)
_NO_OBJECTS = re.compile(
    r"^(?:parallel|close|similar|adjacent|equal|next|due|prior|subject) to\b| (?:except|only|even|just|than|annually)$"
)
"""How something is, and an object that goes on behind."""
_COUNTED = re.compile(r"(?:\d[\d,]*|two|three|four|five|six|seven|eight|nine|ten) ")
_RELATIVE = re.compile(r",? (?:that|which|who|whose|whom)\b")
_AGENT = re.compile(
    r"(?P<done>\w+)(?P<between> (?!by )[^,]{0,60}?)? by (?P<answer>(?!\w+ing\b|\d|\s"
    r"|(?:bus|car|train|far|law|then|now|the end|the time|road|sea|air)\b)(?:the |an? )?[^,]{3,80})"
)
_TIME = re.compile(
    r"(?:1\d|20)\d\d\b|.*\b(?:second|minute|hour|day|week|month|year|decade|centurie|time|night|morning)s?$",
    re.IGNORECASE,
)
_WANTING = ("want", "wanted", "need", "needed", "like", "expect", "get", "got")
_VAGUE = frozenset(
    re.findall(
        r"\w+",
        "take took get got have had make made give gave want do did put see saw find found keep kept use used show "
        "showed bring brought leave left come came go went let set",
    )
)
"""Verbs that somebody who speaks says of much: 'What does the speaker take?' is nobody's question."""
_LIGHT = re.compile(
    r"(?:play|take|make|pay|give|have|hold|receive|draw|attract|gain) (?:\w+ ){0,3}?(?:roles?|parts?|decisions?"
    r"|steps?|place|attention|tribute|care"
    r"|stances?|positions?|approach(?:es)?|views?|interest|lead|control|power|office|actions?|notes?|account|advantage"
    r"|sense|responsibility|pride|comfort|shape|difference|one)\b"
)
"""A verb that says nothing without its object: nobody asks what somebody played."""
_THINGS = re.compile(
    r"(?:Charter|Declaration|Act|Agreement|Treaty|Convention|Constitution|Plan|Report|Resolution|Bill|Law|Programme"
    r"|Program|Initiative|Protocol|Telescope|Project|System|[a-z](?:dom|ity|ness|[st]ion|ment|ism|ship))$"
)
"""What is no person, whatever it does."""
_BODY = re.compile(rf"\b(?:{BODIES})$")
_SMALL_BODY = re.compile(
    r"\b(?:government|leadership|parliament|council|committee|court|army|navy|company|party|union|board|commission"
    r"|administration|cabinet|senate|congress|crew|opposition|municipality)(?:-in-exile)?$"
)
_SOME = re.compile(
    r"^(?:some|many|most|several|few|other|more) [a-z-]+$|\b(?:countries|states|nations)$", re.IGNORECASE
)
_SOME_THING = re.compile(r"(?:\w+ )?(?:an?|some|many|several|their|his|her|its) (?:[a-z-]+ )?[a-z-]+")
_MOST_LISTED = 30


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
    plain = stated.helped(rest)[1]
    if plain == "say" or answer.lower() in PRONOUNS or rest.startswith(("be ", "have ")):
        return
    head = re.split(rf" (?:{_PREPOSITION}|of) ", stated.subject)[0]
    person = _is_who(source, stated, head, rest)
    # 'What has received attention?' asks for anything
    main = stated.verb if plain else rest.partition(" ")[0]
    light = _LIGHT.fullmatch(f"{_plain(main)} {rest if plain else rest.partition(' ')[2]}")
    # an outbreak kills as a gang does
    either = re.match(r"an? [a-z]", stated.subject) and plain in DEEDS and not source.is_person(head)
    if (
        either
        or (plain or _plain(main)) in _LISTING
        or re.fullmatch(r"been \w+(?: (?:out|up|off|down))?", rest)
        or (light and not person)
    ):
        return
    if not person and answer[:1].isupper() and stated.subject[:1].isupper():
        # a name may stand for a place or a thing, of which nobody asks 'what'
        return
    if not person and re.fullmatch(
        r"(?:the (?:[A-Z]\w+|two|three|four|five|six|seven|eight|nine|ten)|[a-z]+s)", stated.subject
    ):
        # so may 'the Tsar' and 'the seven'; and 'groups' tells too little
        return
    # 'some schools' answers nothing, and of an author nobody asks who wrote a novel
    if _SOME.search(answer) or (not stated.when and _SOME_THING.fullmatch(rest)):
        return
    if stated.verb in ("may", "might", "would", "could", "has", "have", "had") and not is_participle(rest.split()[0]):
        return
    if re.match(r"(?:been|be) (?:an?|the|to)\b", rest) or len(rest.split()) < (2 if person else 3):
        return
    if stated.helped_by_be and (
        rest.split()[0] not in PAST_OF_PARTICIPLE.keys() - {"known", "called"} or _AGENT.search(rest)
    ):
        # who did it is asked for instead: see `by_whom`
        return
    verb = OF_ONE.get(stated.verb, stated.verb) if stated.plural else stated.verb
    question = f"{'Who' if person else 'What'} {verb} {joined(rest, stated.when)}?"
    # 'What was sold in 1820?' tells too little
    if sum(not word.isdigit() for word in content_words(question)) < (
        _CLEAR - 1 if person and not stated.helped_by_be else _CLEAR
    ):
        return
    gold = source.gold(sentence, stated.start - sentence.start, stated.stop - sentence.start)
    yield from unrivalled(source, question, Template.WHO, gold)


def _is_who(source: Source, stated: Statement, head: str, rest: str) -> bool:
    """Tell whether the head of a subject is asked for with 'who'."""
    if source.is_person(head):
        return True
    # a charter, or freedom, does what people do
    if _THINGS.search(head):
        return False
    if stated.helped_by_be:
        return PLAIN_OF_PAST.get(PAST_OF_PARTICIPLE.get(rest.split()[0], "")) in _TO_PEOPLE
    together = _BODY.search(head) is not None or _SMALL_BODY.search(head) is not None
    return (
        together
        or source.acts(stated.subject)
        or stated.speaks
        or (stated.helped(rest)[1] in DEEDS and not re.match(r"the [A-ZÀ-Þ][\w’'-]*$", head))
    )


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
    answer = re.split(rf" (?!for [A-ZÀ-Þ])(?:{_PREPOSITION}) ", whole)[0]
    # 'people' alone may be any
    if re.fullmatch(r"[a-z]+", answer) and re.match(r" (?:from|of|with) ", whole[len(answer) :]):
        answer = whole
    if not answer.strip() or _TIME.match(answer) or re.match(r"(?:its|his|her|their)\b", answer):
        return
    after = "" if whole != found["answer"] else whole[len(answer) :]
    past = PAST_OF_PARTICIPLE[found["done"]]
    named = re.match("(?:the )?[A-ZÀ-Þ]", answer) and answer.split()[-1][0].isupper()
    person = source.acts(answer) or named or PLAIN_OF_PAST.get(past) in DEEDS
    word, between = "Who" if person else "What", found["between"] or ""
    if stated.verb in ("is", "are"):
        question = stated.asked(word, joined(found["done"], "by"))
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
    parted = _object(stated, rest)
    if not parted:
        return
    verb, main, answer, tail = parted
    own = stated.speaks or stated.subject in ("we", AUTHORS)
    if (own and _is_little(verb, answer, joined(tail, stated.when))) or _plain(verb) in _TO_PLACE:
        return
    if _LIGHT.match(f"{_plain(verb)} {answer}"):
        return
    if _is_somebody(source, answer) or _TIME.match(answer) or _COUNTED.match(answer) or not _is_whole(answer):
        return
    if re.search(r"\bto\b", tail[3:]) or len(answer.split()) > _MOST_LISTED:
        return
    if _plain(verb) in _LISTING and source.article.text.startswith(",", stated.end):
        # more of them come
        return
    bare = not joined(tail, stated.when) and len(stated.subject.split()) < _CLEAR and verb not in _HOLDING
    if (bare and stated.helped(rest)[0] not in ("do", "does")) or _ANY_ONE.fullmatch(answer):
        # 'What did Lee get?': nobody knows when or where; 'an article' answers nothing
        return
    start = stated.rest + rest.index(answer, len(main)) - sentence.start
    question = stated.asked("What", joined(main, tail, stated.when))
    yield from unrivalled(source, question, Template.WHAT, source.gold(sentence, start, start + len(answer)))


def _object(stated: Statement, rest: str) -> tuple[str, str, str, str] | None:
    """Part what comes after a verb: the plain verb, its form if it stands there, the object and what comes after."""
    helping, plain = stated.helped(rest)
    helped = not plain
    if stated.helped_by_be or (stated.verb in ("has", "have", "had") and not helped):
        return None
    found = next(filter(None, (one.fullmatch(rest) for one in _OBJECTS[helped])), None)
    if not found or plain in _NO_OBJECT:
        return None
    main, answer, tail = found["main"].strip(), found["answer"], found["tail"]
    if helped and main not in PLAIN and main not in PAST_OF_PARTICIPLE:
        return None
    if (helped or helping == "do") and TWO_DEEDS.search(rest):
        return None
    verb = plain or main
    base = PLAIN_OF_PAST.get(PAST_OF_PARTICIPLE.get(verb, ""), verb)
    if base in _WHOM or (base in _TWO_OBJECTS and not _is_one(base, rest[found.start("answer") :])):
        return None
    # 'an end to the war' and 'all that he had' are asked for whole, 'a mill in Kent' without the place
    apart = (_APART.match(tail) and not re.match(r" in \w+ing\b", tail)) or (
        verb in _GIVING and tail.startswith(" to ")
    )
    if not apart or _RELATIVE.search(rest) or re.search(r"(?:ing|ed)$", answer) or is_participle(answer.split()[-1]):
        answer, tail = rest[found.start("answer") :], ""
    return verb, main, answer, tail


def _is_one(plain: str, words: str) -> bool:
    """Tell whether one object stands behind a verb that may have two: 'a mill in Kent', not 'the town a mill'."""
    # 'gave the mill to Lee', but 'made the mill famous', 'allowed a mill to work'
    to_whom = plain in _GIVING and " to " in words
    if not to_whom and re.match(r"(?:the|its|his|her|their)\b|[A-ZÀ-Þ]|.* to ", words):
        return False
    return not any(
        re.fullmatch(rf"{_BEGINS_OBJECT}|[A-ZÀ-Þ].*", word)
        and not re.fullmatch(rf"{_PREPOSITION}|of|and|or|{_BEGINS_OBJECT}", last)
        and not (last[0].isupper() and word[0].isupper())
        for last, word in pairwise(words.split())
    )


def _plain(verb: str) -> str:
    """The plain form of a past one or of a participle; any other as it is."""
    return PLAIN_OF_PAST.get(PAST_OF_PARTICIPLE.get(verb, ""), verb)


def _is_little(verb: str, answer: str, after: str) -> bool:
    """Tell whether nobody would ask for what somebody who speaks does this to: 'What do we know?'."""
    pointed = re.match(r"(?:their|his|her|its|this|these|those)\b", answer) is not None
    return pointed or verb in TELLING or (verb in _WANTING and " to " in answer) or (verb in _VAGUE and not after)


def _is_somebody(source: Source, answer: str) -> bool:
    """Tell whether an object is somebody, for whom nobody asks with 'what'."""
    answer = OFFICE_BEFORE.sub("", answer)
    named = next((name for name in source.names.of(answer) if name.start == 0), None)
    return source.is_person(answer) or (named is not None and source.acts(named.text))


def _is_whole(answer: str) -> bool:
    """Tell whether an object is a noun with all that belongs to it, and nothing that only points to one."""
    first, *others = answer.split()
    # 'ran deep': one bare word is a noun only if its ending tells
    if (
        not others
        and first.islower()
        and not re.search(r"(?:s|tion|ment|ness|ity|ism|ance|ence|ship|age|ure|ing)$", first)
    ):
        return False
    verbal = first.islower() and (is_participle(first) or first.endswith("ing"))
    # 'cuts the cost': what looks like a noun may be a verb's form
    doubtful = first.islower() and first.endswith("s") and others and not re.match(_DETERMINER, answer)
    return not (verbal or doubtful or _NO_OBJECTS.search(answer) or _POINTS.match(answer) or " as " in answer)
