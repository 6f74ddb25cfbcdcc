"""Whether a question is clear to somebody who has not read the sentence that it was made of."""

from __future__ import annotations

import re

from rag.drafting.verbs import is_verb

MOST_WORDS = 22
"""Words of a question, by default."""
_UNCLEAR = re.compile(
    r"\b(?:this|these|those|such|latter|former|following|yesterday|today|tomorrow|tonight|now|ago|here"
    r"|her (?:in|at|on|to|with|by|for|from|and|as)|it"
    r"|they|them|him|he|she|we|us|our"
    r"|I|me|my|your|never|however|thus|therefore|also|so(?! (?:little|many|much|few)\b)|too|then|above|below"
    r"|himself|herself"
    r"|respectively|as follows|that (?:regard|respect|way|sense|case|end|effect)|(?:have|has|had|get|see|build|need"
    r"|want) one"
    r"|(?:last|next|same|previous) (?:day|week|month|year|night|time)|another|others|hence|(?:days?|weeks?|months?"
    r"|years?) (?:earlier|later|before))\b|[()\[\]{};:—–|•…\n]"
)
"""Words whose meaning is lost outside of the article, and marks of a text that is no plain sentence."""
_BEGINS = frozenset(re.findall(r"\w+", "the a an has have had there people some many most all no"))
_LOOSE = re.compile(
    r"(?:(?:What|Where|When|How \w+) \w+|What happened(?: \w+)?|How (?:many|much) \w+(?: \w+)?) (?:its|his|her"
    r"|their)\b"
    r"|^What happened\b[^A-ZÀ-Þ]*\b(?:its|his|her|their)\b"
    r"|^(?:Is|Are|Was|Were)\b(?!.*\bthan\b).*(?<!and )\bmore (?!and\b)[\w-]+[,?]"
)
_OWNERS = (
    (re.compile(r"\btheir\b"), re.compile(r"\w[^siu’']s\b|people|speaker|\b(?:wo)?men\b|children| and ")),
    (re.compile(r"\b(?:his|her)\b"), re.compile(r"\b(?:speaker|interviewee|[a-z]+(?:man|er|or))\b|[A-ZÀ-Þ]")),
)
"""Words for what belongs to somebody, and those who may be meant."""
_HANGING = re.compile(
    r"\b(?:the|an?|and|or|than|its|his|her|their|\w+ly|(?:before|after|by|while) \w+ing)\?$|(\b\w+\b) \1\b"
    r"|\b(?:when|if|is|was|does|did|do|of|for|to|with|on|at|by|from|after|before) that\b"
    r"|\beither\b(?!.*\bor\b)|(?<!\bare )(?<!\bwere )\bthere\?$|^What \w+ themselves\b",
    re.IGNORECASE,
)


def is_clear(question: str, most: int = MOST_WORDS) -> bool:
    """Tell whether a question reads well without the sentence that it was made of.

    >>> [is_clear(one) for one in ("Who built the mill?", "Who built this mill?", "Where did Ann go with the?")]
    [True, False, False]

    :param question: The question.
    :param most: Words that it may have.
    """
    if not _has_owners(question):
        return False
    if re.search(r"\s'\w", question) and not re.search(r"\w'(?:\s|\?)", question):
        return False
    if question.count('"') % 2 or question.count("“") != question.count("”") or " ," in question:
        return False
    unquoted = re.sub(r"“[^“”]*”", "", question)
    # 'that' joins what is told or tells more; before a noun it points
    joins = (
        is_verb(word) or word in _BEGINS or word[0].isupper() or re.search(r"[^siu]s$", word)
        for word in re.findall(r"\bthat\b ?(\w*)", unquoted)
        if word
    )
    if not all(joins) or re.search(r"\bthat\W*$", unquoted):
        return False
    return len(question.split()) <= most and not any(
        pattern.search(unquoted) for pattern in (_UNCLEAR, _HANGING, _LOOSE)
    )


def _has_owners(question: str) -> bool:
    """Tell whether somebody stands before 'their', 'his' and 'her' whose it may be."""
    for word, owner in _OWNERS:
        found = word.search(question)
        # the first word asks
        if found and not question.startswith("Who ") and not owner.search(question, question.find(" "), found.start()):
            return False
    return True
