"""Questions about how somebody who speaks describes things, and what they compare them to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.sentences import Sentence
from rag.drafting.draft import Draft, Template
from rag.drafting.rivals import unrivalled
from rag.drafting.source import Source
from rag.drafting.statement import PRONOUNS, Statement
from rag.drafting.verbs import is_participle

_LIKE = re.compile(
    r"(?:(?:a (?:little|bit|lot)|a little bit|very much|just|almost|kind of|sort of) )*like (?P<answer>.{4,})"
)
_NO_DESCRIPTION = re.compile(
    r"(?:in|on|at|of|for|from|with|by|about|to|into|under|over|near|behind|as|like|up|out|off|down|back|away|here"
    r"|there|now|then|not|no|only|just|more than|less than|due|able|about|ready|sure|that|what|how|why|where|when"
    r"|because|one of|it|this|these|those|such|so|the (?:same|case|one|first|last)|\d\S*|two|three|four|five|six|seven"
    r"|eight|nine|ten|born|likely|supposed|gone|done|anywhere|(?:my|our) \w+ that|further|\w+ly \w+ing|\w+ing)\b"
)
"""What stands behind 'is' and tells where, when, how many or what is done."""
_COMPARED = re.compile(
    r"(?:\w+ ){0,3}?(?:(?:more|less) [\w-]+|[a-z]{3,}er)(?: [\w-]+){0,3}? than (?P<other>(?:the|my|our|an?"
    r"|[A-ZÀ-Þ])[^,;:()“”\"]{2,60})"
)
_FEWEST = 2
"""Words of a description that tells enough, unless it is one long word."""


def described(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask how somebody who speaks describes something: 'How does the speaker describe the old mill?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is what stands after 'is'.
    """
    text = source.article.text
    rest, subject = text[stated.rest : stated.end], stated.subject
    subject = re.sub(rf"^{re.escape(source.voice)}[’'](?:s )?", "my ", subject) if source.voice else subject
    spoken = source.speaks(sentence) and not stated.speaks and subject not in ("we", "you", source.voice)
    if not spoken or not stated.helped_by_be or (subject.lower() in PRONOUNS) or stated.when:
        return
    like = _LIKE.fullmatch(rest)
    if like:
        start, question = stated.rest + like.start("answer"), f"What does {source.voice} compare {subject} to?"
    elif (
        _NO_DESCRIPTION.match(rest) or is_participle(rest.split()[0]) or (len(rest.split()) < _FEWEST and len(rest) < 8)
    ):
        return
    else:
        start, question = stated.rest, f"How does {source.voice} describe {subject}?"
    compared = _COMPARED.fullmatch(rest)
    if compared:
        asked = f"How does {source.voice} compare {subject} with {compared['other']}?"
        whole = source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start)
        yield from unrivalled(source, asked, Template.DESCRIBED, whole)
    if re.search(r"\b(?:later|now|too|then|again|today)$", rest):
        return
    gold = source.gold(sentence, start - sentence.start, stated.end - sentence.start)
    yield from unrivalled(source, question, Template.DESCRIBED, gold)
