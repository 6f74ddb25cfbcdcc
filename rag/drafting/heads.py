"""Where the subject of a clause ends and its verb begins."""

from __future__ import annotations

import re

from rag.drafting.source import Source
from rag.drafting.subjects import SEVERAL
from rag.drafting.verbs import AUX, PLAIN, PLAIN_OF_PAST, PLAIN_OF_THIRD
from rag.language.english import NO_SUBJECT

_WORD = re.compile(r"(?:[A-Z]\.)+(?= \w)|[“\"][\w’' -]{1,40}[”\"]|[$£€]?[\w’'&-]+(?:\.(?=\w))?(?:[\w’'&-]*)")
"""A word; 'G.' of 'Ann G. Lee', 'U.S.', and what stands in quotation marks are one."""
_COMMAS = r", (?!and\b|or\b|but\b)[^,;:()“”\"]{1,110}, "
_ASIDES = (
    re.compile(_COMMAS),
    re.compile(
        r" \((?:[^()]|\([^()]*\)){1,200}\)(?: \[[^\]]{1,20}\])? | \[[^\]]{1,20}\] "
        rf"| \([^()]{{1,140}}\){_COMMAS}|{_COMMAS}(?:(?!and\b|or\b)[^,;:()“”\"]{{3,60}}, )?"
    ),
)
"""What is said beside a subject. The longer one is tried first: of 'the mill, a house, built in 1820, burnt down' the
verb comes behind two, of 'the mill, a house, is old, like Deal' behind one."""
_LIST = re.compile(
    r"(?:, (?!who|which|where|when|whose|\w+ing\b|that\b|and\b|or\b|including\b|such\b)"
    r"[^,;:()“”\"\s]+(?: [^,;:()“”\"\s]+){0,5}?){1,6},? and (?=\w)"
)
"""Others beside the first of several: ', a press, and'."""
ADVERB = (
    r"(?:also|then|thereafter|thereupon|nonetheless|nevertheless|further|itself|meanwhile|hence|therefore|soon|later"
    r"|first|now|just|since|still|often|sometimes|always|already|instead|indeed|thus|again"
    r"|(?!(?:comp|imp|app|re|multip)ly\b|rare|hard|bare|scarce|near|on|suppos|alleg|report|appar|possib|probab|part|virtual|practical|famil|assemb"
    r"|suppl"
    r"|repl|monopol|anomal|butterf|fl|all|bel|bul|jel|ral|tal|dai|ear|like|friend|week|month|year)[a-z]+ly)"
)
"""An adverb that may be left out of a question: one in -ly that denies or doubts nothing, and is a noun's neither."""
_MOST = 14
"""Words of a subject and its verb."""
_ALWAYS = re.compile(rf"{ADVERB}$")
_PREPOSITION = re.compile(r"(?:of|in|for|on|at|from|with|between|among|under|near|behind|about|against|over)$")
_BEFORE_NOUN = re.compile(rf"{_PREPOSITION.pattern}|(?:[Tt]he|an?|[Ii]ts|[Hh]is|[Hh]er|[Tt]heir|our|my|your)$")
_TWO = re.compile(r"[A-Z][\w’'-]+ and [\w’'-]+ ")
_TWO_NAMES = re.compile(
    r"(?:[Tt]he )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]*)* and (?:(?:the|his|her) )?[A-Z][\w’'-]+(?: [A-Z][\w’'-]*)* "
)
_BEGINS_OBJECT = ("a", "an", "the", "its", "his", "her", "their", "that", "many", "several")
"""What tells that the word before it is a verb, where that may be a noun as well."""
_ADJECTIVE = re.compile(
    r"(?:free|open|clean|last|live|slow|own|complete|direct|correct|clear|better) "
    r"(?!(?:in|on|at|to|for|with|by|from|up|out|off|into|over|after|before|until|since|and|or|the|an?|its|his|her"
    r"|their)\b)"
    r"[a-z]"
)
"""What may be a verb, but stands before a noun: 'offers free parking'."""


def subject_and_verb(source: Source, start: int, end: int) -> tuple[int, re.Match[str]] | None:
    """Find where the subject ends that begins here, and the verb behind it."""
    text, place, head, headed, last = source.article.text, start, "", False, ""
    for number in range(_MOST):
        word = _WORD.match(text, place, end)
        if not word:
            return None
        following = _WORD.match(text, word.end() + 1, end)
        # what belongs to somebody is no verb, wherever the head is: 'fears of the world's top two powers'
        owner = last if re.search(r"[’']s?$", last) else head
        behind = "" if not following or _ADJECTIVE.match(text, following.start(), end) else following.group()
        clear = behind in _BEGINS_OBJECT
        # 'Deal Classic Movies shows' is one, though its name ends as if it were many
        owner = "it" if clear and number > 1 and head[:1].isupper() and word.group() in PLAIN_OF_THIRD else owner
        # 'bread and butter sell': two are many
        two = _TWO.fullmatch(text, start, word.start()) or (clear and _TWO_NAMES.fullmatch(text, start, word.start()))
        owner = "they" if two and word.group() in PLAIN else owner
        # before a comma it is a noun: 'objects, such as stones, have'
        # so is it behind 'of' and 'the': 'the decline of organized labour', 'the terms'
        noun = _BEFORE_NOUN.match(last) and word.group() not in AUX
        verbal = number and not noun and text[word.end() : word.end() + 1] == " "
        if verbal and acts_as_verb(word.group(), owner, behind):
            return word.start() - 1, word
        asides = [one for one in (p.match(text, word.end(), end) for p in _ASIDES) if one]
        if asides and word.group() not in NO_SUBJECT:
            for aside in reversed(asides):
                found = _behind(text, aside.end(), end, word.group())
                if found:
                    return word.end(), found
            # of 'the mill burnt, the dam broke, and' the first one is a clause
            clause = number and not noun and (word.group() in PLAIN_OF_PAST or word.group() in PLAIN_OF_THIRD)
            several = None if clause else _LIST.match(text, word.end(), end)
            several = None if several and _has_verb(several.group()) else several
            if asides[-1].group().startswith(", ") and not several:
                return None
            place = several.end() if several else asides[-1].end()
            continue
        if text[word.end() : word.end() + 1] != " ":
            return None
        # of 'towns in Kent' the towns tell whether the verb is of one or of many
        headed = headed or _PREPOSITION.match(word.group()) is not None
        head = head if headed or _ALWAYS.match(word.group()) else word.group()
        last = word.group()
        place = word.end() + 1
    return None


def _has_verb(words: str) -> bool:
    return any(word in AUX or word in PLAIN_OF_PAST or word in ("has", "had") for word in re.findall(r"\w+", words))


def _behind(text: str, start: int, end: int, head: str) -> re.Match[str] | None:
    """Find the verb of a subject that begins here, behind what is said beside it."""
    verb = _WORD.match(text, start, end)
    by = "by" if verb and text.startswith(" by ", verb.end()) else ""
    known = verb and acts_as_verb(verb.group(), head, by) and text[verb.end() : verb.end() + 1] == " "
    return verb if known else None


def acts_as_verb(word: str, head: str, following: str) -> bool:
    """Tell whether a word is the verb of the noun before it: of one or of many, and no noun itself.

    >>> [acts_as_verb("needs", "study", "a"), acts_as_verb("needs", "studies", "a"), acts_as_verb("led", "men", "by")]
    [True, False, False]

    :param word: The word.
    :param head: The noun that tells whether the subject is one or many.
    :param following: The word behind it; nothing if there is none that tells.
    """
    if word == "am":
        # elsewhere it is a part of a name: 'Frankfurt am Main'
        return head == "I"
    if word in AUX or word in ("has", "have", "had"):
        return True
    # 'a force led by Lee', 'the town's walls'
    if following == "by" or re.search(r"[’']s?$", head):
        return False
    if head.lower() == "police" and word in ("force", "state"):
        return False
    if word == "cost":
        return re.match(r"[$£€]?\d|(?:about|more|over|around|nearly|less)?$", following) is not None
    if word.removeprefix("co-") in PLAIN_OF_PAST:
        # of 'the data set is' the set is a noun
        return following not in AUX
    several = SEVERAL.search(head) is not None
    if head in ("I", "We", "we", "You", "you", "they"):
        return word in PLAIN and following not in AUX
    # 'future studies need', 'levels of': the word in -s is a noun
    noun = (
        following in AUX
        or following == "like"
        or following.endswith("ing")
        or following in PLAIN
        or following in PLAIN_OF_PAST
        or following == "have"
        or (following == "of" and word != "consists")
    )
    plain = word in PLAIN and several and following not in AUX
    return plain or (word in PLAIN_OF_THIRD and not several and not noun)
