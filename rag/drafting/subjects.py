"""Subjects that are clear by themselves, as they stand within a sentence.

A name stands in the place of a pronoun, and a first letter is small but for names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.sentences import Sentence
from rag.drafting.source import AUTHORS, OFFICE_BEFORE, SPEAKER, Source
from rag.drafting.verbs import (
    AUX,
    PAST_OF_PARTICIPLE,
    PLAIN,
    PLAIN_OF_THIRD,
)
from rag.language.english import AUXILIARY, NO_SUBJECT, OPENER, QUESTION_WORD
from rag.language.names import NameKind

_NO_PART = re.compile(
    r"\b(?:that|which|who|whom|whose|or|but|when|while|whether|as|if|say|said|says|again|course|not|never|also"
    r"|to|by|how|what|why|than|I|where"
    r"|this|these|those|such|same|other|another|latter|former|following|one(?!['’]s)|it|he|she|they|we|our|my"
    r"|your|his|us|me|him|them"
    r"|her|their|its|rest|so-called|there|here|only|and (?:later|then))\b",
    re.IGNORECASE,
)
_NO_NOUN = frozenset(f"{OPENER}|{QUESTION_WORD}|{AUXILIARY}".split("|")) | frozenset(
    re.findall(
        r"\w+",
        "perhaps even almost just maybe once ever about around over more less fewer up out because let yes "
        "no not nothing nowadays yet imagine suppose consider say let allow see note remember add take "
        "nobody everyone everything someone something anyone each every either neither thank please unless until per "
        "given nowhere wherever whoever whatever whichever soon despite without whether whereas except besides",
    )
)
"""Words that may begin a sentence and are neither nouns nor stand before one that is clear."""
_NO_ADVERB = ("early", "yearly", "daily", "weekly", "monthly", "family", "elderly", "friendly", "costly", "scholarly")
_TAKES_CLAUSE = re.compile(r"\b(?:way|time|day|year|moment|place|reason|fact|thing|extent) [\w’'-]+$")
"""Of 'the way people eat matters' the verb is not the first one."""
_INVERTED = re.compile(
    r"(?:popular|common|typical|characteristic|notable|important|key|central|famous|similar|close|adjacent|prominent"
    r"|present|available|evident|unique|critical|essential|crucial|worth)(?: \w+ly)? "
    r"(?:in|to|of|among|for|during|at|on|with|from|throughout)\b",
    re.IGNORECASE,
)
"""'Popular in summer is the forest': the subject comes behind the verb."""
_OF_SOMETHING = re.compile(
    r"(?:(?:the )?(?:most )?(?:common|main|typical|other|possible|early|late|usual) )?(?:symptoms|methods"
    r"|treatments|causes|effects|members|features|results|complications|benefits|advantages|disadvantages|components"
    r"|ingredients"
    r"|estimates|parts|types|forms|reasons|factors|options|levels|details|attempts|signs|uses)",
    re.IGNORECASE,
)
"""What is something's, and says nothing where that is not told."""
_NOT_FIRST = re.compile(
    r"(?:being|having|been|not|n’t|just|even|often|never|rarely|sometimes|always|figure|table|section|chapter"
    r"|part|note|both"
    r"|each|every|none|all|any|no|much|more|most|less|again|instead|later|then|also|thus|so|still|now|of|either"
    r"|others?)$|(?:some|many|several|few)$(?! )"
)
_OPEN = re.compile(
    r"\b(?:all|both|each|of|for|in|on|at|and|the|an?|only|with|from|most|some|many|more|less|very|even|since|(?!family|assembly|supply|monopoly|ally|bully)[a-z]+ly)$"
)
EVENT = re.compile(r"\b(?:[Bb]attle|[Ww]ar|[Ss]iege|[Rr]evolution|[Ee]lections?|[Cc]ampaign|[Cc]onflict|[Tt]reaty)\b")
"""What happens by itself: nobody asks what happened to it."""
SEVERAL = re.compile(r"[^siu'’](?<!quarter)s$|(?:people|[Mm]en|[Ww]omen|[Cc]hildren|[Pp]olice)$")
_ITSELF = ("paper", "article", "study", "report", "poster", "chapter")
"""What a text is that speaks of itself."""
OF_OURS = re.compile(
    r"(?<=\w) (?:that )?(?:we|I) (?:(?:have|had|will|can|must|would|are|were|shall) )?(?:\w+ly )?[a-z]+(?: (?:in|for"
    r"|to|with|on|at|about|from))?$"
)
"""What tells of a noun what those who speak do with it: 'the answers we seek'."""
_NUMBERS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NATIONS = re.compile(r"(?:Dutch|French|Greek|Swiss|Czech|Thai|Welsh|Norse|Scots|Arab|Turk)\w*$")
_AND_THEIRS = re.compile(r"(?<=\w),? and (?:his|her|its|their) ")
_JOINS = re.compile(r"(?<=tion|sion|ance|ence|ment|cess) to (?=(?:the|an?) |[A-ZÀ-Þ])| do (?=[A-ZÀ-Þ])")
"""What joins nouns, and elsewhere a noun and a verb: 'resistance to the king', 'Palácio do Planalto'."""
_KIN = 5
"""First letters that words of one origin share."""
_MOST_SUBJECT, _MOST_STOOD_FOR = 12, 5


@dataclass(frozen=True, slots=True)
class Told:
    """What the sentence before was about.

    :param paragraph: Its paragraph.
    :param subject: Its subject, if it is clear.
    :param people: People that it names, or tells of as of a family.
    """

    paragraph: int = -1
    subject: str | None = None
    people: int = 0


def clear(source: Source, sentence: Sentence, subject: str, led: bool, told: Told) -> str | None:
    """Write a subject as it stands within a sentence; None if it is not clear by itself."""
    first, *others = subject.split()
    first = first.rstrip(",")
    small = first.lower()
    if small in ("he", "she", "his", "her", "i", "we", "my", "our", "you", "it", "its", "they"):
        return _named(source, sentence, small, others, told)
    some = small in ("some", "many", "most", "several", "few") and bool(others) and others[0] != "other"
    # of 'most of the mills' it is not clear which
    some = some and (others[0] != "of" or (others[1:2] != [] and others[1][0].isupper()))
    some = some or (
        small == "all"
        and len(others) > 0
        and re.match(r"(?!the|of|that|this|these|those|who)[a-z]", others[0]) is not None
    )
    if small == "this" and 0 < len(others) <= 3 and others[0].islower():
        # what is pointed at was named before, if it is spoken of again and again
        words = " ".join(others)
        return f"the {words}" if words in _ITSELF or (source.is_topic(others[-1]) and _is_noun(words)) else None
    if small in _NUMBERS and not others:
        return None
    # who 'our' stands for is known of somebody who speaks
    whole = re.sub(r"\b(?:our|my)\b", "the", subject) if source.voice and source.speaks(sentence) else subject
    whole = OF_OURS.sub("", whole) if whole != subject or source.voice == SPEAKER else whole
    # behind ', and' a bare word that may be a verb most often is one: ', and view the mill'
    if not (some or _may_begin(first)) or not _is_noun(whole) or (led and (first in PLAIN or first in PLAIN_OF_THIRD)):
        return None
    if small in ("the", "a", "an"):
        # 'the company' is clear to those who read what came before, 'the Senate' or 'the old mill' to all
        clear = len(others) > 1 or (others and (others[0][0].isupper() or small != "the" or source.is_topic(others[0])))
        return f"{small} {' '.join(others)}" if clear else None
    if any(name.kind is NameKind.DATE for name in source.names.of(subject)) or not first[0].isalpha():
        return None
    doing = first.endswith("ing") and {small[:-3], f"{small[:-3]}e"} & PLAIN
    if not doing and (led or (first in source.proper and not some)):
        return subject
    return _small(source, subject, first, some or bool(doing))


def _may_begin(first: str) -> bool:
    """Tell whether a subject may begin with a word: not one that points, joins or counts none."""
    small = first.lower()
    function = (
        first == "first"
        or small in AUX
        or small in _NO_NOUN - {"the", "a", "an"}
        or (small.endswith("ly") and small not in _NO_ADVERB)
    )
    return not (function or _NOT_FIRST.match(small) or first.title() in NO_SUBJECT)


def _is_noun(subject: str) -> bool:
    """Tell whether words are a noun with what belongs to it, and no part of a clause."""
    # whose team it is, is told in 'Lee and his team'
    subject = _JOINS.sub(" of ", _AND_THEIRS.sub(" and the ", subject))
    first, *others = subject.split()
    parted = (
        re.match(r"(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est)\w* of\b", subject)
        or _NO_PART.search(subject)
        or _OPEN.search(subject)
        or _TAKES_CLAUSE.search(subject)
        or re.search(r" (?:using|including|involving|containing|making|having|taking|being|doing|following)$", subject)
        or _INVERTED.match(subject)
        or _OF_SOMETHING.fullmatch(subject)
    )
    # 'a 2007 survey' has a year in it, 'May 1820' is one
    dated = first in ("A", "An", "The", "a", "an", "the") and others[1:] and others[0].isdigit()
    after = others and re.match(r"(?:the|an?|\d.*)$", others[0]) and not dated
    participle = any(map(_is_past, others)) or (not others and first.lower() in PAST_OF_PARTICIPLE)
    return not (parted or after or participle) and len(subject.split()) <= _MOST_SUBJECT


def _named(source: Source, sentence: Sentence, small: str, others: list[str], told: Told) -> str | None:
    """Write a name in the place of a pronoun: who is spoken of all the time, or was just spoken of."""
    if small == "you":
        # in a reply 'you' is anybody
        anybody = source.guides or (source.asked and source.speaks(sentence))
        return "you" if anybody and not others else None
    if small in ("i", "we", "my", "our"):
        return _speaking(source, sentence, small, others)
    person = small in ("he", "she", "his", "her")
    name = source.standing_for(sentence, small in ("he", "his")) if person else None
    if name is None and told.subject and told.subject not in (source.voice, "you", "we"):
        kept = source.is_person(told.subject) and told.people <= 1 if person else not source.is_person(told.subject)
        several = SEVERAL.search(re.split(r" (?:of|in|for|from|at|on|with) ", told.subject)[0]) is not None
        kept = kept and len(told.subject.split()) <= _MOST_STOOD_FOR
        name = told.subject if kept and (several == (small == "they")) else None
    if name is None and person:
        name = source.only_person(sentence)
    if name and person:
        name = OFFICE_BEFORE.sub("", name)
    if small in ("he", "she", "it", "they"):
        return name if not others else None
    return _owned(f"{name}’s", others) if name and not name.startswith("the ") else None


def _speaking(source: Source, sentence: Sentence, small: str, others: list[str]) -> str | None:
    """Write who 'I' and 'we' is; in a speech 'we' stays, since questions begin with 'According to the speaker'."""
    if small in ("we", "our") and source.voice == SPEAKER:
        return _owned("our", others) if small == "our" else None if others else "we"
    # an interviewer says 'I' and 'we' as well
    own = source.voice == AUTHORS or sentence.paragraph not in source.asked
    if not source.voice or not own:
        return None
    if small in ("my", "our"):
        return _owned(f"{source.voice}’" if source.voice == AUTHORS else f"{source.voice}’s", others)
    return None if others else source.voice


def _owned(owner: str, others: list[str]) -> str | None:
    """Write what belongs to somebody, if it is one noun with what belongs to it."""
    words = " ".join(others)
    # 'my major influences' are more
    if re.fullmatch(
        r"major|main|first|last|own|personal|current|original|previous|political|biggest|greatest|best|long", words
    ):
        return None
    plain = words and not _NO_PART.search(words) and not _OPEN.search(words) and not any(map(_is_past, others))
    return f"{owner} {words}" if plain else None


def _small(source: Source, subject: str, first: str, some: bool) -> str | None:
    """Write the first word of a sentence as it stands within one: small, unless it is a name's."""
    if some:
        return subject[0].lower() + subject[1:]
    if first.lower() in _NUMBERS:
        return first.lower() + subject[len(first) :]
    # 'Canadians', of a text that speaks of Canada
    small = source.times(first.lower()) > 0
    small = small or (" " in subject and first[-1] == "s" and source.times(first[:-1].lower()) > 0)
    kin = len(first) > _KIN and not small and any(word.startswith(first[:_KIN]) for word in source.proper)
    # 'Home and Professional' are two names, 'Kumkapı' has no English letters
    named = re.match(r"[\w’'-]+(?: and|,) [A-ZÀ-Þ]", subject) or not first.replace("’", "'").isascii()
    named = named or (not small and re.match(r"[\w’'-]+ of [A-ZÀ-Þ]", subject)) or _NATIONS.match(first) is not None
    if re.match(r"[A-ZÀ-Þ](?:[A-ZÀ-Þ]|\.)", first) or kin or named:
        return subject
    if re.search(r"[’']s$", first) and not source.times(first[:-2].lower()):
        return subject
    names = source.names.of(subject)
    person = any(name.kind is NameKind.PERSON and name.start == 0 for name in names)
    if person and not small:
        return subject
    if subject[len(first) + 1 : len(first) + 2].isupper() and not re.search(r"(?:..ing|ful|ous|ive|less)$", first):
        return subject
    # a name that is never written but at the beginning of sentences cannot be told from a word like 'Peace'
    if not small and re.search(r"(?:ean|ian|ican|ese|ish)$", first):
        return subject
    alone = " " not in subject or re.match(r"[\w’'-]+(?:,| and\b| or\b)", subject)
    noun = re.search(r"(?:tion|sion|ment|ness|ity|ance|ence|ism|ship|ture|ology)s?$", first)
    return first[0].lower() + subject[1:] if small or noun or not alone else None


def _is_past(word: str) -> bool:
    return word in PAST_OF_PARTICIPLE or word in ("be", "been", "being", "do", "does", "did", "had")
