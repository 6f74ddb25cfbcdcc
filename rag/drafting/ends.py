"""Where a clause of plain build ends."""

from __future__ import annotations

import re

from rag.drafting.verbs import PLAIN_OF_PAST, PLAIN_OF_THIRD, PLAIN_ONLY

_CLAUSE_END = re.compile(
    r",(?=\s)(?!\s\d{4}\b)|[;()\[\]—]|:(?!\d)|\s[-–]\s|\.\W*$| (?:but|while|although|though|because|whereas"
    r"|(?:and|or) (?:he|she|it|they|we|I|there|has|have|had|will|would|can|could|must|should|may|might|is|are|was|were"
    r"|did|does)"
    r"|where|when|since|so that|in order to|due to|as a result|thanks to|as well as)\b"
)
_LIST_ENDS = re.compile(
    r"(?:, [^,;:().]{1,60}){0,8}?,? (?:and|or) [^,;:().]{1,60}"
    r"(?=[.;:(]|$|, (?:which|who|and|but|while|although|though|where|when|so|because|as|with|in|on|at|from|by|\w+ing"
    r"|\w+ed)\b)"
)
_ROW = re.compile(r", [\w-]+(?: [\w-]+)?,? (?:and|or) ")
"""Of adjectives: 'red, blue and green lamps'."""
_OTHER_TIME = re.compile(r"\b(?:and|or) (?:in|on|at|by|from|since|until|after|before)\b")
_OTHER_SUBJECT = re.compile(r"(?:\b(?:and|or|but)|,) (?:he|she|it|they|we|I|you|there|this|that)\b|, but\b")
_ITEM = re.compile(r"(?:, (?:and |or )?| and | or )(\w+)")
_DID = re.compile(
    r"(?:and|or) (?:[\w’'-]+ ){1,5}\w{2,}ed (?:[\w’'-]+ ?){1,4}$"
    r"|(?:, (?:and |or )?| and | or )\w+ed (?:an?|the|some|his|her|its|their|him|them|it|to|[A-ZÀ-Þ]\w+)\b"
)
"""An item of a list that is another deed, though its verb is not known."""
_JOINED = re.compile(
    r"^(?:that|which|who|when|where|while|because)\b|\bnot\b|\b(?:and|or) that\b|\b(?:then|if|whether|how(?!-)|what|why"
    r"|(?:as|than) (?:he|she|it|they|we|I|you|if|well))\b",
    re.IGNORECASE,
)
"""What makes it doubtful where a clause ends."""
_RELATIVE = re.compile(r" (?:that|which|who|whose|whom)\b.*")
_DANGLES = re.compile(
    r"\b(?:to|of|for|with|and|or|the|an?|in|on|at|by|from|as|than|not|only|even|into|except"
    r"|including|unlike|besides|a few|its|his|her|their|that|which|who|whose|where"
    r"|when|(?:a|the) (?:time|way|point|place))$|[’']s$|\band (?:in|on|at) [\w ]{3,12}$|\bbetween [\d,.]+$"
)
_FINITE = re.compile(
    r"\b(?:am|was|were|is|are|has|had|can|could|will|would|may|might|must|should|shall|did|does|do)\b|n[’']t\b"
)
_BOTH_DO = re.compile(r",? (?:and|or) (?:(?:also|then|later) )?(?P<next>[a-z]+)\b")
_BOTH = re.compile(
    r"\b(?:and|or) (?:he|she|it|they|we|I|then|not|later|also|so|was|thus|therefore)\b|\b(?:and"
    r"|or) (?P<next>[\w-]+(?: [\w-]+){0,3})"
)


_AND_WHO = re.compile(
    r"\b(?:and|or) (?:the|an?|his|her|its|their) ((?:(?!of|by|to|in|which|who|that)[\w’'-]+ ?){1,10})"
)


def clause_end(text: str, start: int, end: int, verb: str) -> int:
    """Find where the clause ends that begins here, without the marks behind it; a list is taken whole."""
    return start + len(text[start : _end(text, start, end, verb)].rstrip(" .,!\t\n"))


def _end(text: str, start: int, end: int, verb: str) -> int:
    found = _CLAUSE_END.search(text, start, end)
    # what the same subject did besides is another statement
    more = _BOTH_DO.search(text, start, found.start() if found else end)
    # of 'were policies and practices' the last is no verb
    third = PLAIN_OF_THIRD if verb in PLAIN_OF_THIRD or verb in ("is", "was") else ()
    # so it is before 'of', and what is told of a noun is no deed of the subject: 'a law that ends and begins'
    noun = more is not None and (
        re.compile(" (?:of|which|that|who) ").match(text, more.end())
        or re.search(r" (?:that|which|who) ", text[start : more.start()])
    )
    if more and not noun and verb not in PLAIN_ONLY and (more["next"] in PLAIN_OF_PAST or more["next"] in third):
        return more.start()
    if not found or found.group() != ",":
        return found.start() if found else end
    listed = _LIST_ENDS.match(text, found.start(), end)
    if not listed:
        return start if _ROW.match(text, found.start(), end) else found.start()
    # ', and in 1861' tells another time, ', and thousands came' is another clause
    other = (
        _OTHER_TIME.search(listed.group())
        or _OTHER_SUBJECT.search(listed.group())
        or any(word in PLAIN_OF_PAST for word in re.findall(r"\w+", listed.group()))
        or any(word in PLAIN_OF_THIRD for word in _ITEM.findall(listed.group()))
        or _DID.search(listed.group())
        or _FINITE.search(listed.group())
    )
    return found.start() if other else listed.end()


def is_plain(words: str, verb: str) -> bool:
    """Tell whether the words after a verb are one clause, and no quotation begins or ends beyond them."""
    lone = words.count("“") != words.count("”") or words.count('"') % 2 == 1
    own = _RELATIVE.sub("", words)
    # words behind 'and' that may be verbs begin another statement
    behind = [word for both in _BOTH.finditer(own) for word in (both["next"] or "").split()]
    # of 'games involve challenges and rules' the last is none: it would be 'rule'
    forms = (
        (PLAIN_OF_THIRD,) if verb in PLAIN_OF_THIRD else () if verb in PLAIN_ONLY else (PLAIN_OF_PAST, PLAIN_OF_THIRD)
    )
    verbal = any(not both["next"] for both in _BOTH.finditer(own)) or any(
        word in form for word in behind for form in forms
    )
    stops = re.search(r"[.?!…]\s", words) is not None
    verbal = verbal or re.search(r"\b(?:and|or) (?:he|she|it|they|we|I)\b", words) is not None
    # of 'came second and the other candidate won' the second is a clause
    verbal = verbal or (
        verb in PLAIN_OF_PAST
        and any(word in PLAIN_OF_PAST for more in _AND_WHO.finditer(own) for word in more[1].split()[1:])
    )
    # of 'people who, without doubt, came' the clause is cut
    verbal = verbal or re.search(r"\b(?:who|which|that), [^,]*$", words) is not None
    return not (lone or verbal or stops or _JOINED.search(words) or _FINITE.search(own) or _DANGLES.search(words))
