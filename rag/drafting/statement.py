"""Simple statements: who did what, so that a question can be made by moving words and not by writing them.

Only sentences of a plain build are taken, since a question that reads badly is worse than none: an optional word of
time or place, a subject that is clear by itself, a verb that is known, and the rest up to the end of the clause.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.drafting.verbs import (
    AUX,
    OF_ONE,
    PLAIN_OF_PAST,
    PLAIN_OF_THIRD,
    PLAIN_ONLY,
    is_participle,
)

_SAYS_WHEN = re.compile(
    r"(?:In|On|At|As of|After|Before|During|Following|Since|By|Until|Within|When|Whenever|If|Once"
    r"|As soon as)\s(?!(?:fact|addition|particular|general|order"
    r"|contrast"
    r"|other words|terms|short|turn|conclusion|summary|response|reality|practice|this|that|these|those"
    r"|which|all|any|doing"
    r"|first|last|least|some|many|most|it|the (?:other|same|first|meantime|end)"
    r"|(?!(?:spring|evening|morning)\b)\w+ing)\b)[^,]{2,60}(?:, \d{4})?$"
)
"""A lead that goes well at the end of a question: 'In 1820', 'After the war', 'If it rains'."""

_LIMITS = re.compile(
    r"(?:(?:But|And|Yet|So),? )?(?:\w+ (?:years?|months?|weeks?|days?) ago|Perhaps|Maybe|[Tt]o|For (?!example|instance)"
    r"|From|Under|With|Within|Without|Among|Across|Between|Given|Through"
    r"|In (?:the )?(?:cases?|those|these|this|that|such|some|many|most)|On (?:top|this|that|the))\b"
)
PRONOUNS = ("he", "she", "it", "they", "i", "we", "you")
"""Subjects that are no answer."""


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
    :param holder: Who thinks that it is so, if that is somebody who speaks in the article; else nothing.
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
    holder: str = ""

    @property
    def when(self) -> str:
        """The lead, if it tells when or where, as it stands at the end of a question; else nothing."""
        lead = self.lead.rstrip(", ")
        return lead[0].lower() + lead[1:] if _SAYS_WHEN.match(lead) else ""

    @property
    def limited(self) -> bool:
        """Whether the lead tells in which case it is so, and does not go into a question: 'For men, '."""
        return not self.when and _LIMITS.match(self.lead) is not None

    @property
    def helped_by_be(self) -> bool:
        """Whether the verb is a form of 'be'."""
        return self.verb in ("was", "were", "is", "are", "am")

    @property
    def plural(self) -> bool:
        """Whether the subject is more than one, as far as the verb tells."""
        return (not self.speaks and self.verb in ("were", "are", "have")) or self.verb in PLAIN_ONLY

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
        done = re.sub(r"^(?:\w+ly ){1,2}", "", rest).partition(" ")[0]
        perfect = is_participle(done) or re.match(r"(?:\w+ ){1,2}been\b", rest)
        if self.verb in AUX or (self.verb in ("has", "have", "had") and perfect):
            return OF_ONE.get(self.verb, self.verb) if self.speaks else self.verb, ""
        if self.verb == "had":
            return "did", "have"
        if self.verb.removeprefix("co-") in PLAIN_OF_PAST:
            prefix = "co-" if self.verb.startswith("co-") else ""
            return "did", prefix + PLAIN_OF_PAST[self.verb.removeprefix("co-")]
        if self.verb in PLAIN_OF_THIRD:
            return "does", PLAIN_OF_THIRD[self.verb]
        return "does" if self.speaks else "do", self.verb


def joined(*parts: str) -> str:
    """Put words together with one space between them.

    >>> joined(" in Kent", "", "in 1820 ")
    'in Kent in 1820'
    """
    words = " ".join(stripped for part in parts if (stripped := part.strip()))
    return re.sub(r"[.,](?=[”\"]$)", "", words)
