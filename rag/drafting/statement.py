"""Simple statements: who did what, so that a question can be made by moving words and not by writing them.

Only sentences of a plain build are taken, since a question that reads badly is worse than none: an optional word of
time or place, a subject that is clear by itself, a verb that is known, and the rest up to the end of the clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from index.sentences import Sentence
from rag.drafting.source import AUTHORS, OFFICE_BEFORE, WHOLE, Source
from rag.drafting.verbs import PAST_OF_PARTICIPLE, PLAIN, PLAIN_OF_PAST, PLAIN_OF_THIRD, TELLING
from rag.language.english import AUXILIARY, NO_SUBJECT, OPENER, QUESTION_WORD
from rag.language.names import NameKind

_LEAD = re.compile(
    r"(?:(?:But|And|Yet|So) )?"
    r"(?:(?:Therefore|Thus|Hence|Then|Yesterday|Today|Now|Later|Soon|Eventually|Finally|Originally|Initially|Currently"
    r"|Recently|Often|Sometimes|Usually|Perhaps|Indeed) (?=[A-ZÀ-Þ]|the |an? |both |s?he |it |they |we )"
    r"|There (?=s?he |they |we )|(?:In|On|At|For|During|By|With|From|Through) [^,;:()“”\"]{2,40}(?:, \d{4})? (?=(?:s?he|it|they|we|I) )"
    r"|(?:In|On|By|As of) (?:the )?(?:early |late |mid-)?(?:[A-Z][a-z]+ )?(?:1\d|20)\d\ds? (?=[A-ZÀ-Þ]|the "
    r"|an? |s?he )"
    r"|(?:In|On|At|After|Before|During|Despite|Following|Since|By|Until|From|Under|Within|With|Through"
    r"|Throughout|As of"
    r"|Among|Over|Across|Unlike|Besides|According to|As a result(?: of)?|Because of|Due to|Although|While|Though"
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
_SAYS_WHEN = re.compile(
    r"(?:In|On|At|After|Before|During|Following|Since|By|Until|Within|When|Whenever|If|Once|As soon as)\s(?!(?:fact|addition|particular|general"
    r"|contrast"
    r"|other words|terms|short|turn|conclusion|summary|response|reality|practice|this|that|these|those|which|all|any|doing"
    r"|first|last|least|some|many|most|it|the (?:other|same|first|meantime|end)|\w+ing)\b)[^,]{2,60}(?:, \d{4})?$"
)
"""A lead that goes well at the end of a question: 'In 1820', 'After the war', 'If it rains'."""
_ONLY_IF = re.compile(r"(?:When|Whenever|If|Once|As soon as|Without)\b")
"""A lead without which the statement may be wrong."""
_THAT_ENDS = re.compile(r"\.\W*$|[;()]|:(?!\d)|, (?:but|while|although|and (?:he|she|it|they|we|that))\b")
_NEXT = re.compile(r"(?:, (?:and|but|so|while|whereas|although|yet)|;(?: however,)?|, and that| because) (?=[\w“])")
_WORD = re.compile(r"[\w’'&-]+(?:\.(?=\w))?(?:[\w’'&-]*)")
_ASIDE = re.compile(
    r" \([^()]{1,60}\) |, (?!and\b|or\b|but\b)[^,;:()“”\"]{1,110}, (?:(?!and\b|or\b)[^,;:()“”\"]{3,60}, )?"
)
_CLAUSE_END = re.compile(
    r",(?=\s)(?!\s\d{4}\b)|[;()\[\]—]|:(?!\d)|\s[-–]\s|\.\W*$| (?:but|while|although|though|because|whereas"
    r"|where|when|since|so that|in order to|due to|as a result|thanks to)\b"
)
_LIST_ENDS = re.compile(r"(?:, [^,;:().]{1,60}){0,8}?,? (?:and|or) [^,;:().]{1,60}(?=[.;:(]|, |$)")
_ITEM = re.compile(r"(?:, (?:and |or )?| and | or )(\w+)")
_JOINED = re.compile(
    r"^(?:that|which|who)\b|\bnot\b|\b(?:then|as well as|if|whether|how|what|why|(?:as|than) (?:he|she|it|they|we|I|you"
    r"|if|well))\b",
    re.IGNORECASE,
)
"""What makes it doubtful where a clause ends."""
_NO_PART = re.compile(
    r"\b(?:that|which|who|whom|whose|or|but|when|while|whether|as|if|say|said|says|again|course|not|never|also"
    r"|to|by|how|what|why|than|I|where"
    r"|this|these|those|such|same|other|another|latter|former|following|one(?!['’]s)|it|he|she|they|we|our|my"
    r"|your|his|us|me|him|them"
    r"|her|their|its|rest|so-called|there|here|only|and (?:later|then))\b",
    re.IGNORECASE,
)
_RELATIVE = re.compile(r" (?:that|which|who|whose|whom)\b.*")
_DANGLES = re.compile(
    r"\b(?:to|of|for|with|and|or|the|an?|in|on|at|by|from|as|than|not|only|even|into|its|his|her|their|(?:a"
    r"|the) (?:time|way|point|place))$"
)
_FINITE = re.compile(
    r"\b(?:am|was|were|is|are|has|had|can|could|will|would|may|might|must|should|shall|did|does|do)\b|n[’']t\b"
)
_AUXILIARY = frozenset("am was were is are can could will would may might must should shall".split())  # noqa: SIM905
_ADVERB = (
    r"(?:also|then|soon|later|first|now|still|often|sometimes|always|already|instead|indeed|thus|again"
    r"|(?!rare|hard|bare|scarce|near|on|suppos|alleg|report|appar|possib|probab|part|virtual|practical|famil|assemb|suppl"
    r"|repl|monopol|anomal|butterf|fl|all|bel|bul|jel|ral|tal|dai|ear|like|friend|week|month|year)[a-z]+ly)"
)
"""An adverb that may be left out of a question: one in -ly that denies or doubts nothing, and is a noun's neither."""
_BEHIND_VERB = re.compile(rf"{_ADVERB} (?!as\b|by\b)")
_BEFORE_VERB = re.compile(rf" {_ADVERB}$")
_NO_NOUN = frozenset(f"{OPENER}|{QUESTION_WORD}|{AUXILIARY}".split("|")) | frozenset(
    re.findall(
        r"\w+",
        "perhaps even almost just maybe once ever about around over more less fewer up out because let yes no not nothing "
        "nobody everyone everything someone something anyone each every either neither thank please unless until per "
        "given despite without whether",
    )
)
"""Words that may begin a sentence and are neither nouns nor stand before one that is clear."""
_TAKES_CLAUSE = re.compile(r"\b(?:way|time|day|year|moment|place|reason|fact|thing|extent) [\w’'-]+$")
"""Of 'the way people eat matters' the verb is not the first one."""
_NOT_FIRST = re.compile(
    r"(?:being|having|been|not|n’t|just|even|often|never|rarely|sometimes|always|figure|table|section|chapter"
    r"|part|note|both"
    r"|each|every|none|all|any|no|much|more|most|less|again|instead|later|then|also|thus|so|still|now|of|either"
    r"|others?)$|(?:some|many|several|few)$(?! )"
)
_PREPOSITION = re.compile(r"(?:of|in|for|on|at|from|with|between|among|under|near|behind|about|against|over)$")
_OPEN = re.compile(r"\b(?:of|for|in|on|at|and|the|an?|only|with|from|most|some|many|even|since|\w+ly)$")
_SEVERAL = re.compile(r"[^siu'’]s$|(?:people|[Mm]en|[Ww]omen|[Cc]hildren|[Pp]olice)$")
_BOTH_DO = re.compile(r",? (?:and|or) (?:(?:also|then|later) )?(?P<next>[a-z]+)\b")
_BESIDES = re.compile(rf",? (?:and|but) (?:{_ADVERB} )?(?P<verb>[a-z]+) (?:{_ADVERB} (?!as\b|by\b))?")
_TOLD_BESIDE = re.compile(
    r"(?<! of )(?<! and )(?<!\w)(?P<name>(?:[Tt]he )?[A-ZÀ-Þ][\w’'-]*(?: (?:of |the |for )?[A-ZÀ-Þ][\w’'-]*)*), "
    r"(?P<relative>(?:which|who) )?(?P<verb>[a-z]+) "
)
_FINITE_OF_ONE = frozenset("was is has had can will must should could may might".split())  # noqa: SIM905
_BOTH = re.compile(
    r"\b(?:and|or) (?:he|she|it|they|we|I|then|not|later|also|so|was|thus|therefore)\b|\b(?:and"
    r"|or) (?P<next>[\w-]+(?: [\w-]+){0,3})"
)
_BARE_YEAR = re.compile(r"(?:1\d|20)\d\d\b(?! [a-z-]+s\b)")
_NO_STATEMENT = re.compile(r"\b(?:Image|Photo|Picture|Credit)s?: |\?\s*$")
"""A caption, and a question."""
_SAYING = ("say", "think", "believe", "hope", "insist", "argue", "admit")
"""Verbs that take no object with a participle: 'said the mill burnt' tells a clause."""
_ITSELF = ("paper", "article", "study", "report", "poster", "chapter")
"""What a text is that speaks of itself."""
_KIN = 5
"""First letters that words of one origin share."""
_OF_ONE = {"am": "is", "have": "has", "are": "is", "were": "was"}
_MOST_SUBJECT, _MOST_WORDS, _MOST_STOOD_FOR = 9, 24, 5


@dataclass(frozen=True, slots=True)
class Statement:
    """Who did what, with offsets in the text.

    :param lead: Words before the subject ('In 1952, '), or nothing.
    :param subject: As it stands within a sentence: 'the' written small, a name in the place of 'she'.
    :param verb: The verb as written.
    :param start: First code point of the subject.
    :param stop: One past the last code point of the subject.
    :param rest: First code point after the verb and its space.
    :param end: One past the last code point of the clause.
    :param told: First code point of the clause that somebody tells, thinks or finds here, behind 'that' if it has one;
        0 if there is none.
    :param speaks: Whether a name stands in the place of 'I' or 'we', so that the verb must be changed.
    """

    lead: str
    subject: str
    verb: str
    start: int
    stop: int
    rest: int
    end: int
    told: int = 0
    speaks: bool = False

    @property
    def when(self) -> str:
        """The lead, if it tells when or where, as it stands at the end of a question; else nothing."""
        lead = self.lead.rstrip(", ")
        return lead[0].lower() + lead[1:] if _SAYS_WHEN.match(lead) else ""

    @property
    def helped_by_be(self) -> bool:
        """Whether the verb is a form of 'be'."""
        return self.verb in ("was", "were", "is", "are", "am")

    @property
    def plural(self) -> bool:
        """Whether the subject is more than one, as far as the verb tells."""
        return not self.speaks and self.verb in ("were", "are", "have") or self.verb in PLAIN - set(PLAIN_OF_PAST)

    @property
    def lead_at(self) -> tuple[int, int]:
        """Where the lead begins and ends, without 'But' before it and the comma behind."""
        before = re.match("(?:(?:But|And|Yet|So) )?", self.lead)
        first = self.start - len(self.lead)
        return first + (before.end() if before else 0), first + len(self.lead.rstrip(", "))

    def asked(self, words: str, rest: str) -> str:
        """Ask about the statement.

        >>> Statement("", "Ann Lee", "built", 0, 0, 0, 0).asked("When", "the old mill")
        'When did Ann Lee build the old mill?'

        :param words: The words that ask.
        :param rest: What comes after the verb.
        :return: A question.
        """
        helping, plain = self.helped(rest)
        return f"{joined(words, helping, self.subject, plain, rest)}?"

    def helped(self, rest: str) -> tuple[str, str]:
        """Take the verb apart.

        :param rest: What comes after it.
        :return: What stands before the subject of a question, and what stays of the verb behind it.
        """
        perfect = is_participle(rest.partition(" ")[0])
        if self.verb in _AUXILIARY or (self.verb in ("has", "have", "had") and perfect):
            return _OF_ONE.get(self.verb, self.verb) if self.speaks else self.verb, ""
        if self.verb == "had":
            return "did", "have"
        if self.verb.removeprefix("co-") in PLAIN_OF_PAST:
            prefix = "co-" if self.verb.startswith("co-") else ""
            return "did", prefix + PLAIN_OF_PAST[self.verb.removeprefix("co-")]
        if self.verb in PLAIN_OF_THIRD:
            return "does", PLAIN_OF_THIRD[self.verb]
        return "does" if self.speaks else "do", self.verb


def statements(source: Source) -> Iterator[tuple[Sentence, Statement]]:
    """Take the sentences of an article apart.

    :param source: The article; of capitalised words, only its names may be subjects.
    :return: Each sentence with what it states first, and behind 'and' or 'but'; only what is plainly built.
    """
    text = source.article.text
    told = _Told()
    for sentence in source.sentences:
        if not WHOLE.search(source.text(sentence)) or _NO_STATEMENT.search(source.text(sentence)):
            continue
        if sentence.paragraph != told.paragraph:
            told = _Told(sentence.paragraph)
        lead = _LEAD.match(text, sentence.start, sentence.end)
        starts = [found.end() for found in _NEXT.finditer(text, sentence.start, sentence.end)]
        first, subject = _statement(source, sentence, lead.end() if lead else sentence.start, lead, told)
        others = [_statement(source, sentence, start, None, told)[0] for start in starts]
        for stated in (first, *others, *_beside(source, sentence)):
            if stated:
                yield sentence, stated
                yield from ((sentence, more) for more in _besides(text, sentence, stated))
        # a sentence of another build still tells by its first words what it is about
        first_name = next((name for name in source.names.of(source.text(sentence)) if name.start == 0), None)
        about = first_name.text if first_name and first_name.text.split()[0] in source.proper else None
        told = _Told(
            sentence.paragraph, subject or about, len({name.text.split()[-1] for one, name in source.people if one is sentence})
        )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the sentence before was about.

    :param paragraph: Its paragraph.
    :param subject: Its subject, if it is clear.
    :param people: People that it names.
    """

    paragraph: int = -1
    subject: str | None = None
    people: int = 0


def _statement(
    source: Source, sentence: Sentence, start: int, lead: re.Match[str] | None, told: _Told
) -> tuple[Statement | None, str | None]:
    """Take apart what begins here: the statement, and its subject alone where that is clear and the rest is not."""
    text, end = source.article.text, sentence.end
    found = subject_and_verb(source, start, end)
    if not found:
        return None, None
    stop, verb = found
    before = _BEFORE_VERB.search(text, start, stop)
    stop = before.start() if before else stop
    subject = _clear(source, sentence, text[start:stop], start > sentence.start, told)
    if subject is None:
        return None, None
    adverb = _BEHIND_VERB.match(text, verb.end() + 1, end)
    rest = adverb.end() if adverb else verb.end() + 1
    told_from = _told(source, verb.group(), rest, end)
    if told_from:
        last = _THAT_ENDS.search(text, told_from, end)
        words = text[rest : last.start() if last else end].rstrip(" .\n")
        plain = words.count("“") == words.count("”") and words.count('"') % 2 == 0
    else:
        words = text[rest : _clause_end(text, rest, end)].rstrip(" .\n")
        # the full stop of a quotation stands inside of its marks
        closed = re.compile(r"[.,]?[”\"]").match(text, rest + len(words), end)
        if closed and (words.count("“") > words.count("”") or words.count('"') % 2):
            words = text[rest : closed.end()]
        plain = 1 <= len(words.split()) <= _MOST_WORDS and _is_plain(words)
    before_it = lead.group() if lead else ""
    speaks = subject in (source.voice, "the interviewee") and text[start:stop].lower() in ("i", "we")
    speaks = speaks and source.voice != AUTHORS
    stated = Statement(before_it, subject, verb.group(), start, stop, rest, rest + len(words), told_from, speaks)
    if (_ONLY_IF.match(before_it) and not stated.when) or _BARE_YEAR.match(words):
        return None, subject
    return (stated if plain else None), subject


def _told(source: Source, verb: str, rest: int, end: int) -> int:
    """Find where the clause begins that is told here; 0 if none is."""
    text = source.article.text
    if re.compile("(?:this|these|those) ").match(text, rest):
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
        known = _is_verb(verb, "", "") if found["relative"] else verb in PAST_OF_PARTICIPLE
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
        words = text[rest : _clause_end(text, rest, sentence.end)].rstrip(" .\n")
        be = "is" if verb in ("located", "situated", "known", "called") else "was"
        if len(words.split()) > 1 and _is_plain(words):
            start, stop = found.span("name")
            subject = f"the {name[4:]}" if name.startswith("The ") else name
            yield Statement("", subject, verb if found["relative"] else be, start, stop, rest, rest + len(words))


def _besides(text: str, sentence: Sentence, stated: Statement) -> Iterator[Statement]:
    """Take apart what the same subject does besides: 'and sold the mill'."""
    found = None if stated.told else _BESIDES.match(text, stated.end, sentence.end)
    if not found:
        return
    verb = found["verb"]
    same = next(
        (forms for forms in (PLAIN_OF_PAST, PLAIN_OF_THIRD) if stated.verb in forms), _AUXILIARY | {"has", "had"}
    )
    if verb not in same and verb not in _FINITE_OF_ONE:
        return
    rest = found.end()
    words = text[rest : _clause_end(text, rest, sentence.end)].rstrip(" .\n")
    if 1 < len(words.split()) <= _MOST_WORDS and _is_plain(words):
        yield replace(stated, lead="", verb=verb, rest=rest, end=rest + len(words))


def is_participle(word: str) -> bool:
    """Tell whether a word may be a participle: 'written', 'been'."""
    return word in ("been", "proven") or word in PAST_OF_PARTICIPLE or word.endswith("ed")


def is_verb(word: str) -> bool:
    """Tell whether a word may be the verb of a sentence."""
    return word in _AUXILIARY or word in PLAIN or word in PLAIN_OF_PAST or word in PLAIN_OF_THIRD


def joined(*parts: str) -> str:
    """Put words together with one space between them.

    >>> joined(" in Kent", "", "in 1820 ")
    'in Kent in 1820'
    """
    words = " ".join(stripped for part in parts if (stripped := part.strip()))
    return re.sub(r"[.,](?=[”\"]$)", "", words)


def subject_and_verb(source: Source, start: int, end: int) -> tuple[int, re.Match[str]] | None:
    """Find where the subject ends that begins here, and the verb behind it."""
    text, place, head, headed = source.article.text, start, "", False
    for number in range(_MOST_SUBJECT + 2):
        word = _WORD.match(text, place, end)
        if not word:
            return None
        following = _WORD.match(text, word.end() + 1, end)
        if number and _is_verb(word.group(), head, following.group() if following else ""):
            return (word.start() - 1, word) if text[word.end() : word.end() + 1] == " " else None
        aside = _ASIDE.match(text, word.end(), end) if word.group() not in NO_SUBJECT else None
        if aside:
            verb = _WORD.match(text, aside.end(), end)
            known = verb and _is_verb(verb.group(), word.group(), "")
            return (word.end(), verb) if verb and known and text[verb.end() : verb.end() + 1] == " " else None
        if text[word.end() : word.end() + 1] != " ":
            return None
        # of 'towns in Kent' the towns tell whether the verb is of one or of many
        headed = headed or _PREPOSITION.match(word.group()) is not None
        head = head if headed else word.group()
        place = word.end() + 1
    return None


def _is_verb(word: str, head: str, following: str) -> bool:
    if word in _AUXILIARY or word in ("has", "have", "had"):
        return True
    # 'a force led by Lee', 'the town's walls'
    if following == "by" or re.search(r"[’']s?$", head):
        return False
    if word == "cost":
        return following[:1].isdigit() or following in ("", "about", "more", "over", "around", "nearly", "less")
    if word.removeprefix("co-") in PLAIN_OF_PAST:
        return True
    several = _SEVERAL.search(head) is not None
    if head in ("I", "We", "we", "You", "you"):
        return word in PLAIN
    # 'future studies need', 'levels of': the word in -s is a noun
    noun = following in _AUXILIARY or following in PLAIN or following in PLAIN_OF_PAST or following in ("have", "of")
    return (word in PLAIN and several) or (word in PLAIN_OF_THIRD and not several and not noun)


def _clause_end(text: str, start: int, end: int) -> int:
    """Find where the clause ends that begins here; a list is taken whole."""
    found = _CLAUSE_END.search(text, start, end)
    # what the same subject did besides is another statement
    more = _BOTH_DO.search(text, start, found.start() if found else end)
    if more and (more["next"] in PLAIN_OF_PAST or more["next"] in PLAIN_OF_THIRD):
        return more.start()
    if not found:
        return end
    listed = _LIST_ENDS.match(text, found.start(), end) if found.group() == "," else None
    doing = listed and any(word in PLAIN_OF_THIRD or word in PLAIN_OF_PAST for word in _ITEM.findall(listed.group()))
    if listed and not doing and not _FINITE.search(listed.group()):
        return listed.end()
    # a row of adjectives: 'red, blue and green lamps'
    row = found.group() == "," and re.compile(r", [\w-]+(?: [\w-]+)?,? (?:and|or) ").match(text, found.start(), end)
    return start if row and not listed else found.start()


def _clear(source: Source, sentence: Sentence, subject: str, led: bool, told: _Told) -> str | None:
    """Write a subject as it stands within a sentence; None if it is not clear by itself."""
    first, *others = subject.split()
    small = first.lower()
    if small in ("he", "she", "his", "her", "i", "we", "you", "it", "its", "they"):
        return _named(source, sentence, small, others, told)
    some = small in ("some", "many", "most", "several", "few") and bool(others) and others[0] not in ("of", "other")
    if small == "this" and len(others) == 1 and others[0] in _ITSELF:
        return f"the {others[0]}"
    if small in _AUXILIARY or (_NOT_FIRST.match(small) and not some):
        return None
    if (first.title() in NO_SUBJECT and not some) or _NO_PART.search(subject) or any(map(_is_past, others)):
        return None
    if (
        _OPEN.search(subject)
        or small in _NO_NOUN - {"the", "a", "an"}
        or small.endswith("ly")
        or len(subject.split()) > _MOST_SUBJECT
    ):
        return None
    if _TAKES_CLAUSE.search(subject) or (len(others) and re.match(r"(?:the|an?|\d.*)$", others[0])):
        return None
    if small in ("the", "a", "an"):
        # 'the company' is clear to those who read what came before, 'the Senate' or 'the old mill' to all
        clear = len(others) > 1 or (others and (others[0][0].isupper() or small != "the" or source.is_topic(others[0])))
        return f"{small} {' '.join(others)}" if clear else None
    if any(name.kind is NameKind.DATE for name in source.names.of(subject)) or not first[0].isalpha():
        return None
    if first[:1].isupper() and first.endswith("ing") and {first[:-3].lower(), f"{first[:-3].lower()}e"} & PLAIN:
        return subject[0].lower() + subject[1:]
    if not others and small in PAST_OF_PARTICIPLE:
        return None
    return subject if led or (first in source.proper and not some) else _small(source, subject, first, some)


def _named(source: Source, sentence: Sentence, small: str, others: list[str], told: _Told) -> str | None:
    """Write a name in the place of a pronoun: who is spoken of all the time, or was just spoken of."""
    if small == "you":
        return "you" if source.guides and not others else None
    if small in ("i", "we"):
        # an interviewer says 'I' as well, and of whom somebody speaks with 'we' is not known
        own = source.voice == AUTHORS or (small == "i" and sentence.paragraph not in source.asked)
        return source.voice if source.voice and own and not others else None
    person = small in ("he", "she", "his", "her")
    name = source.standing_for(sentence, small in ("he", "his")) if person else None
    if name is None and told.subject and told.subject not in (source.voice, "you"):
        kept = source.is_person(told.subject) and told.people <= 1 if person else not source.is_person(told.subject)
        several = _SEVERAL.search(re.split(r" (?:of|in|for|from|at|on|with) ", told.subject)[0]) is not None
        kept = kept and len(told.subject.split()) <= _MOST_STOOD_FOR
        name = told.subject if kept and (several == (small == "they")) else None
    if name is None and person:
        name = source.only_person(sentence)
    if name and person:
        name = OFFICE_BEFORE.sub("", name)
    if small in ("he", "she", "it", "they"):
        return name if not others else None
    words = " ".join(others)
    plain = words and not _NO_PART.search(words) and not _OPEN.search(words) and not any(map(_is_past, others))
    return f"{name}’s {words}" if name and plain and not name.startswith("the ") else None


def _small(source: Source, subject: str, first: str, some: bool) -> str | None:
    """Write the first word of a sentence as it stands within one: small, unless it is a name's."""
    if some:
        return subject[0].lower() + subject[1:]
    # 'Canadians', of a text that speaks of Canada
    small = re.search(rf"\b{re.escape(first.lower())}\b", source.article.text) is not None
    kin = len(first) > _KIN and not small and any(word.startswith(first[:_KIN]) for word in source.proper)
    if (first.isupper() and len(first) > 1) or kin:
        return subject
    if re.search(r"[’']s$", first) and not re.search(rf"\b{re.escape(first[:-2].lower())}\b", source.article.text):
        return subject
    names = source.names.of(subject)
    person = any(name.kind is NameKind.PERSON and name.start == 0 for name in names)
    if person and not small:
        return subject
    if subject[len(first) + 1 : len(first) + 2].isupper() and not first.endswith("ing"):
        return subject
    # a name that is never written but at the beginning of sentences cannot be told from a word like 'Peace'
    return first[0].lower() + subject[1:] if small or " " in subject else None


def _is_past(word: str) -> bool:
    return word in PAST_OF_PARTICIPLE or word in ("be", "been", "being", "do", "does", "did", "had")


def _is_plain(words: str) -> bool:
    """Tell whether the words after a verb are one clause, and no quotation begins or ends beyond them."""
    lone = words.count("“") != words.count("”") or words.count('"') % 2 == 1
    own = _RELATIVE.sub("", words)
    # words behind 'and' that may be verbs begin another statement
    behind = [word for both in _BOTH.finditer(own) for word in (both["next"] or "").split()]
    verbal = any(not both["next"] for both in _BOTH.finditer(own)) or any(
        word in PLAIN_OF_PAST or word in PLAIN_OF_THIRD for word in behind
    )
    stops = re.search(r"[.?!…]\s", words) is not None
    return not (lone or verbal or stops or _JOINED.search(words) or _FINITE.search(own) or _DANGLES.search(words))
