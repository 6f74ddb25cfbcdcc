"""Whether a clause that was found is cut: what stands behind it belongs to it, or its verb is none."""

from __future__ import annotations

import re

from rag.drafting.statement import Statement
from rag.drafting.verbs import PAST_OF_PARTICIPLE, PLAIN_OF_PAST, TELLING, is_participle

_CAPITALS = r"[A-ZÀ-Þ][\w’'-]*(?: [A-ZÀ-Þ][\w’'-]*)*"
_FUNCTION = (
    r"(?:and|or|but|in|on|at|to|for|from|by|with|as|while|when|where|because|which|who|that|is|are|was|were|has|have"
    r"|had|there|here|after|before|during|until|since|between|near|of)"
)
_MORE_OF_IT = (
    r", (?!(?:and|or|but|so|which|who|where|when|while|with|as|the|an?|in|on|at|by|from|for|to|its|his|her|their|one"
    r"|\w+ing|\w+ed)\b)[a-z-]+ "
)
_CUTS = tuple(
    (re.compile(ends), re.compile(goes_on))
    for ends, goes_on in (
        # 'the 300 m (984 ft) tower', 'a mile (1.6 km) of road'
        ("", rf" \([^()]*\)(?= (?!{_FUNCTION}\b)[a-z]| [A-ZÀ-Þ])"),
        (r"\bfrom [\d,.]+(?: [a-z]+)?$", r" \("),
        # 'the first man-made, safe mill', 'a small, quiet town', 'a small but quiet town'
        (r"-(?:\w+ed|made|\w+ing|free|like|long)$", _MORE_OF_IT),
        (r"\b(?:an?|the|very|much|more|most|so|\w+ly|with|of|for|in|by) [a-z-]+$", _MORE_OF_IT),
        (
            r"\b(?:an?|the|with|of|for|in|by) (?:[a-z-]+(?:ible|able|al|ic|ive|ous|ful|ary|ent|ant|ed)|strong|new|great"
            r"|small|large|long|fair|just|free)$",
            r", [a-z]+ed (?:and [a-z]+|[a-z]+(?:s|tion|ment|ity))\b",
        ),
        (r"\b(?:an?|the) [a-z-]+$|\bnothing$", " but "),
        # 'proof that the forest, rather than', 'the repair of mills, the sale of bread, and'
        (r"\bthat (?:the |an? )?(?:[\w-]+ )?[\w-]+$", ", "),
        (r"\b(?:the|an?) [a-z-]+ of [a-z ]+$", r", (?:the|an?|more|better) [a-z-]+ (?:of|from|for) [^,;.]*,"),
        # 'eighty guards, old farmers and others'
        (r"\b[a-z]+s$", r", (?:[a-z-]+ ){1,3}and [a-z]"),
        # 'situations where forces are' are not all situations
        (r"\b[a-z][\w-]*$", " where "),
        # 'records were produced including a nugget'
        (r"^\w+ including\b", ""),
        # 'such as droughts' is no whole list
        (r"\b(?:such as|including) \S+$", ", "),
        (r" and (?:his|her|its|their|the) (?:[a-z]+ ){0,3}\w+$", ", "),
        # 'Salem, New Jersey (now', and the ports 'of Rotterdam, Antwerp and Deal'
        (
            r"\b(?:in|near|of|at|from|to) (?:the )?[A-ZÀ-Þ][\w’'-]*$",
            rf", {_CAPITALS}(?:,? (?:and|or)\b|, [A-ZÀ-Þ]| \()",
        ),
        # 'a newer county—Kent—to the list', 'narrow - mindedness'
        ("", r" ?[—–][^—–]{1,60}[—–] ?[a-z]| [-–] [a-z]+(?:(?=[.,;:]|$)|(?:ed|en|ing)\b)"),
        ("", ", respectively"),
        # 'a chance to know' is cut before what
        (r"\bto (?:know|say|see|tell|understand|think|find|verify|ensure|determine|decide|show|prove|check)$", ""),
    )
)
"""How words end, and how the sentence then goes on, if it is cut between them."""
_WITH_CLAUSE = ("remind", "inform", "assure", "convince", "persuade", "warn")
_BEFORE_NEEDED = re.compile(r" (?:since|where|when|due to|as well as)\b")
_BOTH_DONE = re.compile(r" (?:and|or) (\w+)")
_ALSO_DONE = re.compile(r" and \w+(?:ed|en) by\b")
_BEHIND_PARTICIPLE = re.compile(r"(?:[A-ZÀ-Þ]|(?:in|on|at|by|from|for|with|within|during|after|near|between|under) )")
_FINITE = re.compile(r"(?:includes?|is|are|was|were|has|have|had|can|will|may|would|could|should)\b")
_TOLD_MORE = re.compile(r" (?:that|which|who|whose|where|when|because|as|to|if|than|how|what|being|becoming)\b.*")
_NO_VERB_BEHIND = re.findall(r"\w+", "the an a and or of its their his her had has have was were be been")
_NOT_BEHIND = "".join(rf"(?<!\b{word})" for word in _NO_VERB_BEHIND)
_LATER_VERB = re.compile(rf"{_NOT_BEHIND}(?<!ly)(?<!,) ([a-z]+)\b(?! (?:by|of)\b)")


def is_cut(text: str, stated: Statement, end: int) -> bool:
    """Tell whether what stands behind a statement, up to the end of the sentence, belongs to it.

    :param text: The article's.
    :param stated: The statement.
    :param end: One past the last code point of its sentence.
    """
    words = text[stated.rest : stated.end]
    plain = stated.helped(words)[1] or words.partition(" ")[0]
    both = _BOTH_DONE.match(text, stated.end, end)
    done = " " in words and is_participle(words.rpartition(" ")[2])
    # 'are the Royal Castle (1596) and the old church'
    listed = stated.plural and re.compile(r" \([^()]*\)(?:,| and\b)").match(text, stated.end, end)
    return bool(
        listed
        or any(ends.search(words) and goes_on.match(text, stated.end, end) for ends, goes_on in _CUTS)
        # 'a word used since' is cut before what the participle needs, 'is divided and promoted by' before the other
        or (done and _BEFORE_NEEDED.match(text, stated.end, end))
        or (stated.helped_by_be and done and both is not None and is_participle(both[1]))
        # 'a wafer exposed to the sun and returned by Lee': neither is the verb
        or (stated.verb in PAST_OF_PARTICIPLE and _ALSO_DONE.match(text, stated.end, end))
        # 'Deal are' is no whole subject
        or (stated.verb in ("are", "were") and re.fullmatch(r"[A-ZÀ-Þ][\w’'-]*(?<!s)", stated.subject))
        # 'remind the people, above all the young, that'
        or (plain in _WITH_CLAUSE and not re.search(r"\b(?:that|of|to|about|how|what)\b", words))
        # 'told the paper:' tells nothing yet
        or (text.startswith(":", stated.end) and plain in TELLING | {"tell", "ask"})
    )


def is_reduced(verb: str, words: str) -> bool:
    """Tell whether what looks like the verb only tells more of the subject: 'the area lost in the fire rose'.

    >>> is_reduced("lost", "in the fire rose"), is_reduced("lost", "in the fire")
    (True, False)

    :param verb: The verb.
    :param words: What stands behind it.
    """
    first, _, others = words.partition(" ")
    # 'what researchers have found include': the verb of the sentence comes behind
    if verb in ("has", "have", "had") and is_participle(first) and _FINITE.match(others):
        return True
    if verb not in PAST_OF_PARTICIPLE or not _BEHIND_PARTICIPLE.match(words):
        return False
    return any(found[1] in PLAIN_OF_PAST for found in _LATER_VERB.finditer(_TOLD_MORE.sub("", words)))
