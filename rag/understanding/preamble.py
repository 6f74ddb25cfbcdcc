"""What stands around a question: courtesies, and words that say that the subject changes."""

from __future__ import annotations

import re

from rag.understanding.small_talk.vocabulary import ASK, ASKS, BE

_HELLO = "(?:hi|hello|hey)"
_THANKS = r"(?:(?:many\s+)?thanks|thank\s+you|thx)(?:\s+(?:(?:so|very)\s+much|a\s+lot|in\s+advance|again|for\s+that))?+"
_TELL_ME = (
    r"(?:(?:please\s+)?(?:(?:can|could|would|will)\s+you\s+(?:please\s+)?)?(?:tell\s+me|explain)|do\s+you\s+know"
    r"|i(?:['’]d|\s+would)?\s+(?:like|love|want|need)\s+to\s+know|i\s+(?:was\s+)?wonder(?:ing)?)"
)
_DO = r"(?:list|name|give|describe|explain|tell|summari[sz]e)"
_OPENING = re.compile(
    rf"""\s*(?:
        (?: {_HELLO}(?:\s+(?:there|again|all|everyone))? | good\s+(?:morning|afternoon|evening|day) | {_THANKS}
          | ok | okay | alright | all\s+right | great | cool | nice | perfect | got\s+it | i\s+see | sorry | excuse\s+me
          | well | yes | please | interesting | wow | question | how\s+are\s+you(?:\s+(?:doing|today))*+ | {_TELL_ME}
          | (?:(?:an?|one|just|my)\s*)?(?:different|new|another|next|last|quick|one\s+more)\s+(?:topic|question|thing)
          | i(?:\s+have|['’]ve\s+got)\s+(?:a|another|one\s+more)(?:\s+quick)?\s+question
        )(?: \s*[,.!:;?…]+\s* | \s+[-–—]+\s+ | \s*\n\s* )
      | (?:{_HELLO}|{_THANKS}|ok|okay|please)\s+(?=(?:{ASK}|{_TELL_ME}|please)\b)
      | please\s+(?={_DO}\s)
      | {_TELL_ME}\s+(?=(?:{ASK}\s+{BE}|how\s+(?:many|much|old|long|far|often))\b)
    )++(?=(?:(?:and|but|so|then)\s+)?(?:{ASK}|{BE}|{_DO})\b)""",
    re.VERBOSE | re.IGNORECASE,
)
_CLOSING = re.compile(
    rf"(?:(?<=[?.!])\s{{1,9}}(?i:{_THANKS}|cheers|please)[.!?]{{0,9}}|,\s{{1,9}}please(?P<mark>[?.!]?))\s*$"
)
_LONGEST_CLOSING = 60
"""Code points at the end that are looked at."""
RESET = re.compile(
    r"^(?:\W*\b(?:ok(?:ay)?|so|now|well|and|but|let's|right|a|an|on\sto|to|try|have|change\sof|changing|change|switching|the)\b)*\W*"
    r"\b(?:(?:different|another|new|next|other)\s(?:topic|subject|question|thing|matter)|topic|subject|something\selse"
    r"(?:\sentirely)?|moving\son|unrelated)\b(?:\s(?:now|then|please))?\s*[:,.;!–—-]\s*(?=\S)",
    re.IGNORECASE,
)
"""Words that say that the subject changes, before what is asked of it."""


def without_courtesy(text: str) -> str:
    """Take the courtesies around a question away.

    >>> [without_courtesy(text) for text in ("Hi! Who is Ada?", "Hello, Dolly!", "Who is Ada? Thanks!")]
    ['Who is Ada?', 'Hello, Dolly!', 'Who is Ada?']

    :param text: What was typed.
    :return: The question, where what is left plainly begins as one; else the text as it is.
    """
    opening = _OPENING.match(text)
    question = text[opening.end() :] if opening else text
    closing = _CLOSING.search(question, max(0, len(question) - _LONGEST_CLOSING)) if ASKS.match(question) else None
    return question[: closing.start()] + (closing["mark"] or "") if closing else question


def without_reset(question: str) -> str:
    """Leave out the words that say that the subject changes.

    >>> without_reset("OK, different topic: what year was it?")
    'what year was it?'
    """
    return RESET.sub("", question, count=1)
