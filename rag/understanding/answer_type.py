"""What kind of answer a question asks for, by its own words.

Only the kinds whose answers have a shape of their own are told apart: those that `rag.answering.phrases` completes, and
lists, whose items may lie in several sentences.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from rag.language.words import folded


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
_TEXT = (
    r"(?:article|text|story|piece|report|page|(?:blog\s?)?post|document|news|essay|speech|passage|letter|e-?mail|minutes"
    r"|manual|interview|portrait|review|recipe|guide|chapter|paper|study)"
)
_OVERVIEW = re.compile(
    rf"""(?:please\s+|can\s+you\s+|could\s+you\s+|just\s+|so\s+)*(?:
        (?:(?:what|who)(?:'s|\s+is|\s+was|s)?|tell\s+me\s+what)\s+(?:is\s+)?(?:this|the|that)(?:\s+\w+)?\s+{_TEXT}(?:\s+is)?\s+(?:all\s+)?about
      | (?:what|who)(?:'s|\s+is|s)?\s+(?:it|this)\s+(?:all\s+)?about
      | what\s+should\s+(?:i|we)\s+know(?:\s+about\s+(?:this|it))? | explain\s+(?:it|this)(?:\s+(?:simply|to\s+me))?
      | (?:give|tell)\s+me\s+(?:some|the|three|five|a\s+few)\s+(?:(?:key|main)\s+)?facts
      | what\s+does\s+(?:this|the)\s+{_TEXT}\s+(?:say|talk\s+about|cover|report|discuss|describe)
      | (?:give\s+(?:me\s+)?|make\s+|write\s+)?(?:an?\s+|the\s+)?(?:short\s+|brief\s+|quick\s+)?
        (?:summary|overview|summari[sz]e|sum\s+up|tl;?\s*dr|gist|outline)
        (?:\s+(?:of\s+)?(?:it|this|that|(?:(?:this|the|that)\s+)?(?:whole\s+)?{_TEXT}))?(?:\s+(?:for|to)\s+me)?
      | what(?:'s|\s+is|\s+are|s)?\s+the\s+(?:main|central|key|most\s+important)\s+
        (?:points?|ideas?|topics?|messages?|subjects?|themes?|takeaways?|facts?|news)
        (?:\s+(?:of|in|from)\s+(?:this|the)\s+{_TEXT})?
      | (?:main|key)\s+(?:points?|ideas?|topics?|takeaways?|facts?)(?:\s+(?:of|in|from)\s+(?:this|the)\s+{_TEXT})?
      | (?:topic|subject|theme)\s+of\s+(?:this|the)\s+{_TEXT}
      | what(?:'s|\s+is|s)?\s+the\s+(?:topic|subject|theme|gist)(?:\s+of\s+(?:this|the)\s+{_TEXT})?
    )(?:\s+please)?""",
    re.VERBOSE | re.IGNORECASE,
)


_NAMED_TELLER = rf"(?:this|the|that)\s+(?:{_TEXT}|authors?|writer|speaker|interviewee)"
_TELLER = rf"(?:{_NAMED_TELLER}|it|they)"
_TELLS = r"(?:say|tell\s+(?:me|us)|mention|report|write|explain)"
_ABOUT = re.compile(
    rf"""(?:please\s+|can\s+you\s+|could\s+you\s+|just\s+|so\s+|and\s+)*(?:
        what\s+(?:else\s+)?(?:does|do|did)\s+(?:{_TELLER}\s+{_TELLS}\s+(?:about|regarding)|{_NAMED_TELLER}\s+{_TELLS}\s+on)
      | (?:does|do|did)\s+{_TELLER}\s+(?:mention|talk\s+about
        |(?:say|tell\s+(?:me|us)|mention)\s+(?:anything|something|more)\s+(?:about|on|regarding))
      | tell\s+(?:me|us)\s+(?:more\s+|something\s+|everything\s+|all\s+)?about
      | what\s+(?:is|was)\s+(?:said|written|mentioned|reported)\s+(?:here\s+)?about
      | (?:is\s+there\s+)?(?:anything|something)\s+(?:said\s+)?(?:about|on) | (?:is\s+there\s+)?any\s+mention\s+of
      | (?:is|are|was|were)(?=\s.+\smentioned\b)
    )\s+(?P<topic>.+?)(?:\s+mentioned)?(?:\s+(?:here|in\s+(?:this|the)\s+{_TEXT}))?(?:\s+please)?""",
    re.VERBOSE | re.IGNORECASE,
)
_NO_TOPIC = re.compile(
    rf"\b(?:it|its|him|his|her|hers|he|she|they|them|their|this|that|these|those|you|your|yourself|me|my|us|our|who|whom"
    rf"|whose|what|which|why|how|when|where|whether|if)\b|^(?:the\s+)?{_TEXT}$",
    re.IGNORECASE,
)
"""What points to something said before, or asks something of a topic."""


def asked_about(question: str) -> str:
    """Tell of what a question wants to know all that the article says.

    >>> [asked_about(q) for q in ("What does the article say about Kent?", "Tell me about him", "Where is Kent?")]
    ['Kent', '', '']

    :param question: The question.
    :return: The topic, as typed; nothing if it asks something else, or if the topic is not told in it.
    """
    found = _ABOUT.fullmatch(question.replace("’", "'").strip(" \t\n?.!,"))
    return "" if found is None or _NO_TOPIC.search(found["topic"]) else found["topic"].strip("\"'")


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


def asks_overview(question: str) -> bool:
    """Tell whether a question asks for the article as a whole.

    >>> [asks_overview(q) for q in ("What is this article about?", "tl;dr", "What is the treaty about?")]
    [True, True, False]
    """
    return _OVERVIEW.fullmatch(question.replace("’", "'").strip(" \t\n?.!,")) is not None
