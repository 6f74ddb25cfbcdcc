"""Simple statements: who did what, so that a question can be made by moving words and not by writing them.

Only sentences of a plain build are taken, since a question that reads badly is worse than none: an optional word of
time or place, a subject that is a name or begins with 'the', a verb that is known, and the rest up to a comma.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.language.english import NO_SUBJECT, PAST
from rag.language.names import Names

_REGULAR = dict(
    re.findall(
        r"(\w+)/(\w+)",
        "accepted/accept added/add adopted/adopt approved/approve arrested/arrest arrived/arrive attacked/attack "
        "attended/attend closed/close completed/complete created/create defeated/defeat destroyed/destroy died/die "
        "elected/elect employed/employ ended/end entered/enter established/establish founded/found hired/hire "
        "hosted/host invaded/invade joined/join killed/kill landed/land launched/launch moved/move opened/open "
        "passed/pass phoned/phone published/publish received/receive recorded/record rejected/reject released/release "
        "resigned/resign retired/retire returned/return scored/score served/serve signed/sign started/start "
        "travelled/travel visited/visit",
    )
)
_PLAIN = {verb: plain for verb, plain in {**PAST, **_REGULAR}.items() if verb not in ("had", "said")}
"""Without 'had', which may belong to another verb, and 'said', which has questions of its own."""
_LEAD = (
    r"(?P<lead>(?:In|On|At|After|Before|During|Despite|Following|Earlier|Later"
    r"|(?:A|One|Two|Three|Several) (?:day|week|month|year)s? (?:before|after|later|earlier))\b[^,;:“”\"()]{0,120}, )?"
)
_STATEMENT = re.compile(
    _LEAD + r"(?P<subject>(?:[Tt]he|[A-ZÀ-Þ][\w’'-]*)(?: [\w’'-]+){0,4}?) "
    r"(?P<verb>was|were|" + "|".join(_PLAIN) + r")(?= )"
)
_CLAUSE_END = re.compile(r"[,;:()\[\]]|\.\W*$| (?:which|who|whose|but|while|although|because)\b")
_JOINED = re.compile(r"\b(?:and|or|that|then|as well as)\b", re.IGNORECASE)
"""What makes it doubtful where a clause ends."""
_NO_PART = re.compile(
    r"\b(?:that|which|who|whom|whose|and|or|but|when|while|as|if|said|says|not|never|also)\b", re.IGNORECASE
)
_PARTICIPLE = re.compile(r"[a-z]+ed|(?:have|has|had|is|are|be|been|will|would|can|could|may|might|must|did|do|does)")
_WITHIN = re.compile(r"(?<!\bof)(?<!\bfor)(?<!\bin)(?<!\bto) (?:the|an?|its|his|her|their)\b")
_MOST_WORDS = 20


@dataclass(frozen=True, slots=True)
class Statement:
    """Who did what, with offsets in the text.

    :param lead: Words before the subject ('In 1952, '), or nothing.
    :param subject: As it stands within a sentence: 'the' written small.
    :param verb: The verb as written.
    :param start: First code point of the subject.
    :param rest: First code point after the verb and its space.
    :param end: One past the last code point of the clause.
    """

    lead: str
    subject: str
    verb: str
    start: int
    rest: int
    end: int

    def asked(self, words: str, rest: str) -> str:
        """Ask about the statement.

        >>> Statement("", "Ann Lee", "built", 0, 0, 0).asked("When", "the old mill")
        'When did Ann Lee build the old mill?'

        :param words: The words that ask.
        :param rest: What comes after the verb.
        :return: A question.
        """
        if self.verb in _PLAIN:
            return f"{words} did {self.subject} {_PLAIN[self.verb]} {rest}".rstrip() + "?"
        return f"{words} {self.verb} {self.subject} {rest}".rstrip() + "?"


def statement(text: str, start: int, end: int, names: Names) -> Statement | None:
    """Take a sentence apart.

    :param text: The article.
    :param start: First code point of the sentence.
    :param end: One past its last.
    :param names: The names of the article; what else is capitalised is no subject.
    :return: What it states first; None unless it is plainly built.
    """
    found = _STATEMENT.match(text, start, end)
    if not found:
        return None
    subject = found["subject"]
    if not _is_subject(subject, names):
        return None
    clause_end = _CLAUSE_END.search(text, found.end(), end)
    last = clause_end.start() if clause_end else end
    rest = text[found.end() + 1 : last].rstrip()
    if not 1 <= len(rest.split()) <= _MOST_WORDS or _lone_mark(rest) or _JOINED.search(rest):
        return None
    last = found.end() + 1 + len(rest)
    subject = re.sub(r"^The ", "the ", subject)
    return Statement(found["lead"] or "", subject, found["verb"], found.start("subject"), found.end() + 1, last)


def _is_subject(subject: str, names: Names) -> bool:
    first, *others = subject.split()
    if first.title() in NO_SUBJECT or any(word in _PLAIN or _PARTICIPLE.fullmatch(word) for word in others):
        return False
    if first in ("The", "the"):
        # 'the company' is clear to those who read what came before, 'the Senate' or 'the old mill' to all
        clear = len(others) > 1 or (len(others) == 1 and others[0][0].isupper())
        return clear and not _NO_PART.search(subject) and not _WITHIN.search(subject)
    return any(name.text == subject for name in names.of(subject))


def _lone_mark(words: str) -> bool:
    """Tell whether a quotation begins or ends beyond the words."""
    return words.count("“") != words.count("”") or words.count('"') % 2 == 1
