"""What kind of answer a question asks for, by its own words.

Only the kinds whose answers have a shape of their own are told apart: those that `phrases` completes, and
lists, whose items may lie in several sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.lexical import folded


class AnswerType(StrEnum):
    """What kind of answer a question asks for."""

    DEFINITION = "definition"
    QUOTATION = "quotation"
    LIST = "list"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question asks for.

    :param kind: The kind of answer.
    :param topic: For a definition, whose name it is about, as typed; empty otherwise.
    """

    kind: AnswerType
    topic: str = ""


_DEFINITION = re.compile(r"who(?:'?s|'?re|\s+is|\s+was|\s+are|\s+were)\s+(?P<name>[^\W\d_].*)", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_](?:[\w.-]|'(?!s\b))*(?:\s[^\W\d_](?:[\w.-]|'(?!s\b))*){0,3}")
_NOT_A_NAME = re.compile(
    r"\b(?:the|a|an|this|that|these|those|in|of|to|at|by|on|for|with|and|or|not|being|his|her|its|their|my|your|"
    r"who|which|what|he|she|it|they|we|you|i|said|going|will|behind|against)\b",
    re.IGNORECASE,
)
_QUOTATION = re.compile(
    r"""what\s+(?:exactly\s+|else\s+)?(?:did|does|has|had|have|do)\s+.+?\s
        (?:say|said|state|stated|answer|answered|reply|replied|respond|responded|comment|declare|declared|write|wrote)
        (?:\s+(?:about|on|regarding|to|of|when|after|before|in|at|during)\b.*)?
      | what\s+(?:were|are|was|is)\s+.+?['\s](?:words|quote|quotation|reply|answer|response|statement|comment)\b.*
      | (?:quote|words|statement)\s+(?:of|by|from)\b.*""",
    re.VERBOSE | re.IGNORECASE,
)
_LIST = re.compile(
    r"""(?:.*\s)?(?:which|what)\s(?:(?:other|two|three|four|five|kinds\sof|types\sof)\s)?(?:[\w-]+\s)?
        (?:(?!does\b|has\b|was\b|is\b)[\w-]+(?<![siu'])s|people|men|women|children|countries)\s
        (?:are|were|did|do|have|had|of|in|can|could|will|would)\b.*
      | (?:name|list|give\sme|tell\sme|what\s(?:are|were))\s(?:all|some|the\s(?:two|three|four|five|names\sof))\b.*""",
    re.VERBOSE | re.IGNORECASE,
)


def asked_for(question: str) -> Asked:
    """Tell what a question asks for.

    >>> asked_for("Who is Ada Byron?")
    Asked(kind=<AnswerType.DEFINITION: 'definition'>, topic='Ada Byron')
    >>> [asked_for(q).kind.value for q in ("What did she say?", "Which towns did she see?", "Where was she?")]
    ['quotation', 'list', 'other']

    :param question: The question.
    :return: The kind of answer; `OTHER` for most.
    """
    text = question.replace("’", "'").replace("‘", "'").strip(" \t\n?.!,;:\"'")
    definition = _DEFINITION.fullmatch(text)
    if definition:
        topic = definition["name"].strip()
        if _NAME.fullmatch(topic) and not _NOT_A_NAME.search(topic) and len(folded(topic)) > 1:
            return Asked(AnswerType.DEFINITION, topic)
    if _QUOTATION.fullmatch(text):
        return Asked(AnswerType.QUOTATION)
    return Asked(AnswerType.LIST if _LIST.fullmatch(text) else AnswerType.OTHER)
