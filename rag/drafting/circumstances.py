"""Questions about the circumstances of a plain statement: where, how long, how often, why, how, what for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.sentences import Sentence
from rag.drafting.draft import Draft, Template
from rag.drafting.properties import VERBS
from rag.drafting.rivals import unrivalled
from rag.drafting.source import Source
from rag.drafting.statement import Statement, joined
from rag.drafting.verbs import AUX, DEEDS, PAST_OF_PARTICIPLE, PLAIN, PLAIN_OF_PAST, TWO_DEEDS, is_participle
from rag.language.names import NameKind

_NUMBER = r"(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|several|many|more than \w+|almost \w+)"
_LONG = re.compile(
    rf"(?<!\w)(?P<all>for (?P<answer>(?:about |nearly |over |at least )?{_NUMBER} (?:more |consecutive )?"
    r"(?:minute|hour|day|week|month|year|decade|centurie|century)s?))\b(?! (?:of|old))"
)
_NOT_BEHIND = "".join(rf"(?<!\b{word} )" for word in ("of", "on", "in", "at", "by", "for", "from", "or", "than"))
"""Behind these a time tells no length: 'the end of every month'."""
_UNTIL = re.compile(
    rf"(?<!\w){_NOT_BEHIND}(?P<all>(?P<answer>until (?!then\b|this\b|that\b|\w+ing\b)[^,;:()“”]{{3,60}}))$"
)
_EVERY = re.compile(
    rf"(?<![\w-]){_NOT_BEHIND}(?P<all>(?P<answer>(?:(?:at least|at most|about|almost|nearly|more than|up to) )?"
    r"(?:(?:once|twice|(?:two|three|four|five|six|several|many) times) (?:an?|per|every|each) "
    r"|(?:every|each) (?:(?:other|two|three|four|five|six|ten|\d+) )?)"
    r"(?:hour|day|week|month|year|decade|morning|evening|night|spring|summer|autumn|winter|[A-Z][a-z]+day|fortnight)s?"
    r"|(?<!the )(?<![\w-])(?:hourly|daily|weekly|monthly|annually|yearly|every few \w+)))$"
)
_SINCE = re.compile(
    r" (?P<answer>since (?!then\b|this\b|that\b)(?:[^.,;:()\[\]“”]|,(?= \d{4}\b)){3,60}?)"
    r"(?=,(?! \d{4}\b)|;|\.?(?:\s*\[\d+\])*\s*$)"
)
_LED_BY_SINCE = re.compile(r"(?:Ever s|S)ince (?!then\b|this\b|that\b).+")
_PLACE = re.compile(
    r"(?<!\w)(?P<all>(?:in|at|near|on|from|to) (?P<answer>(?:the )?[A-ZÀ-Þ][\w’'-]*(?: (?:of |the "
    r"|and )?[A-ZÀ-Þ][\w’'-]*)*"
    r"|(?:the|an?) (?:[\w-]+ ){0,3}(?:museum|park|city|house|street|area|region|room|building|school|university"
    r"|country"
    r"|village|hospital|church|island|river|lake|coast|mountains?|cent(?:re|er)|town|station|airport|garden"
    r"|hall|hotel|valley"
    r"|basement|neighbou?rhood|district|square|palace|castle|temple|mosque|desert|forest|sea|ocean|prison"
    r"|capital|theatre"
    r"|theater|harbou?r|port|beach|north|south|east|west|countryside|suburbs|district|province)))$"
)
_LOCATED = re.compile(
    r"(?P<word>(?:found|located|situated|held|shown|available|buried|displayed|sold|stored|kept|grown"
    r"|spoken)(?: \w+ly)?) "
    r"(?P<at>in|at|on|near|next to|between|along|around|outside|inside|behind|beneath|under|above|across"
    r"|opposite|throughout|from) "
    r"(?P<answer>(?!\d|which|whom|\w+ing\b|the (?:past|future|middle|case|form|same)\b)[^,;:()]{3,}(?:, [^;:()]+)?)"
)
_TOWARDS = re.compile(
    r"(?:moved?|travell?ed|went|come|came|fled|migrated|returned|sailed|flew|walked|sent|emigrated)\b"
)
_BECAUSE = re.compile(
    r",? (?P<answer>(?:because|due to|as a result of|in order to|so that"
    r"|thanks to)\b[^;:()–—“”\"]{8,200}?)"
    r"(?=\.?$|\.\s*$|[;:()–—]|, (?:which|who|and|but|while|although|since|as|so|thus|when|with|\w+ing)\b)"
)
_BY = re.compile(
    r"(?<!\w)(?P<all>(?P<answer>(?:by (?!\w+ing (?:on|to)$)(?:\w+ly )?\w+ing\b(?! (?:that|and))|using|by means of"
    r"|through (?:[\w’'-]+ ){0,4}?(?:\w+(?:tion|ment|ance|ence|ity|ing)|program(?:me)?|campaign|system|survey|process"
    r"|work|analysis|initiative|efforts?|use|support)s?\b"
    r"|with the help of).{8,}))$"
)
_DOING = re.compile(r"by (?:being|king|spring|evening|morning|bring|string|wing|during)\b")
_BY_DOING = re.compile(r"By (?:\w+ )?\w+ing\b")
_REASON = re.compile(r"(?:Because|Due to|Owing to|Thanks to|As a result of) ")
_FOR_WHAT = re.compile(r"(?P<act>.{6,}?) (?P<answer>(?:in order )?to (?P<verb>(?!the\b|an?\b)[a-z]+) [^;:()]{4,})")
_TAKES_TO = re.compile(
    r"(?:abilit|means|tool|step|measure|bid|attempt|right|plan|decision|way|chance|option|opportunit|need|desire"
    r"|effort|power|permission|refusal"
    r"|failure|reason"
    r"|time|willing|intention|tendenc|able|likely|read|free|hard|eas|difficult|first|last|only|best|enough|want|due"
    r"|next"
    r"|according|addition|access|similar|compar|relat|belong|too|how|what|where|whether|order|promise|invitation|call"
    r"|pressure|freedom|threat|capacit|demand|request|offer|proposal|wish|authorit|dut|obligation|potential|campaign)"
    r"(?:y|ies|s|ed|ing|ness|ion|e)?$"
)
"""Words behind which 'to' tells no purpose."""
_TIE = re.compile(
    r"\b(?:and|the|an?)\s*$"
    r"|\b(?:of|for|by|with|to|in|on|at|from|about|as|into|via|near|between|through|against|over|under)\b"
)
"""What a place behind it may belong to."""
_UNCLEAR = re.compile(r"\b(?:this|that|these|those|so|such)\b")
_IN_TIME = re.compile(
    r"(?P<rest>.+?) (?P<time>(?:in|on|during|by) (?:the )?(?:early |late "
    r"|mid-)?(?:[A-Z][a-z]+ (?:\d{1,2},? )?|\d{1,2} [A-Z][a-z]+ )?"
    r"(?:(?:1\d|20)\d\ds?|\w+ century)|on (?:[A-Z][a-z]+ \d{1,2}|\d{1,2} [A-Z][a-z]+|[A-Z][a-z]+day))"
)
_PERIOD = (
    r"(?:during|(?:shortly |soon |just )?(?:after|before)) "
    r"(?:(?:the|his|her|its|their|an?|\w+ing)\b|[A-Z])[^,;:()“”\"]*"
    r"|at the (?:beginning|end|start|turn|height|outbreak|time) of [^,;:()“”\"]+"
    r"|in the (?:early |late |mid-)?(?:\d{3}0s|\w+ century)"
)
_AT_TIME = re.compile(rf"(?P<rest>.+?) (?P<answer>{_PERIOD})")
_WHEN = re.compile(
    r" (?P<answer>when (?!to\b|it comes\b)[^,;:()“”\"]{6,120}?)(?=\.?\W*$|[;(]|, (?:and|but|which|who)\b)"
)
_LED_BY_TIME = re.compile(_PERIOD, re.IGNORECASE)
_PURPOSE = re.compile(
    r"(?:established|created|formed|founded|built|introduced|invented|developed|organi[sz]ed|used"
    r"|set up|convened|sent|invited|held)(?: .{2,60}?)? (?P<answer>to (?P<verb>[a-z]+) .{6,})$"
)


_NO_PURPOSE = frozenset(
    re.findall(
        r"\w+",
        "ask tell help encourage persuade order lead invite urge warn advise teach want know believe "
        "consider suffer have go "
        "come learn plan try agree decide refuse continue start begin promise hope claim see hear appoint "
        "elect choose need",
    )
)
"""Verbs whose 'to' tells what is asked, learnt or tried."""
_WITH_PURPOSE = (DEEDS - _NO_PURPOSE) | frozenset(
    re.findall(
        r"\w+",
        "use create develop introduce launch establish raise open form hold change travel return stop move close cut "
        "reduce increase install add combine employ test collect analyse analyze perform",
    )
)
"""Verbs whose 'to' tells what something is done for."""


def where(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask where something is or was: 'Where was Ann Lee born?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the place.
    """
    text = source.article.text
    rest = text[stated.rest : stated.end]
    timed = _IN_TIME.fullmatch(rest)
    time, rest = (timed["time"], timed["rest"]) if timed else ("", rest)
    located = _located(source, stated, rest)
    if located:
        # 'in' is clear from 'where', 'next to' tells it
        start = located.start("answer" if located["at"] in ("in", "at", "on") else "at")
        gold = source.gold(sentence, stated.rest + start - sentence.start, stated.rest + len(rest) - sentence.start)
        kept = joined(rest[: located.end("word")], time, stated.when)
        yield from unrivalled(source, stated.asked("Where", kept), Template.WHERE, gold)
        return
    found = _PLACE.search(rest)
    # 'in' tells more of a noun before it: 'the capital of Yucatán in Mexico', 'in its first year on the coast'
    if stated.helped_by_be and re.match(r"(?:the|an?|one)\b|(?:in|on|at) (?!the \w+$|[A-ZÀ-Þ])", rest):
        return
    if found and re.search(r"\b(?:after|before|during|while)\b", rest[: found.start()]):
        return
    if (
        not found
        or not _is_place(source, found["answer"])
        or (
            found["all"].startswith(("from", "to"))
            and not (stated.verb in ("came", "comes") or _TOWARDS.match(rest) or _TOWARDS.match(stated.verb))
        )
    ):
        return
    if re.match(r"becom|became|remain|mean|cost|appreciat|support|welcom|condemn|respect", stated.verb):
        return
    kept = rest[: found.start()]
    if not kept.strip() and f"{stated.helped(rest)[1]} {found['all'].split()[0]}" in VERBS:
        return
    # of 'sent a report of the fire to a judge in Kent' it is not clear what the place is of
    if source.judged:
        unclear = re.search(r"\b(?:and|or|but)\b", kept)
    else:
        unclear = re.search(rf", |\w+ing (?:[A-ZÀ-Þ]|the|an?\b)|{TWO_DEEDS.pattern}|{_TIE.pattern}", kept)
    if unclear:
        return
    end = stated.rest + len(rest)
    # 'in Baghdad, Iraq' is one place
    more = re.compile(r", [A-ZÀ-Þ]\w+(?=[.,])").match(text, end, sentence.end)
    end = more.end() if more else end
    origin = " from" if found["all"].startswith("from") else ""
    question = stated.asked("Where", joined(kept, time, stated.when))[:-1] + f"{origin}?"
    start = stated.rest + found.start("answer") - sentence.start
    gold = source.gold(sentence, start, end - sentence.start)
    yield from unrivalled(source, question, Template.WHERE, gold)


def _located(source: Source, stated: Statement, rest: str) -> re.Match[str] | None:
    """Find where something is said to be located, held or the like."""
    located = _LOCATED.fullmatch(rest) if stated.helped_by_be or stated.verb in ("can", "may", "will") else None
    if not located and rest.startswith("be "):
        located = _LOCATED.fullmatch(rest, 3)
    dated = located and any(name.kind is NameKind.DATE for name in source.names.of(located["answer"]))
    return None if dated else located


def how_long(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask how long something lasted: 'How long did Ann Lee live in Kent?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the time.
    """
    yield from _asked(source, sentence, stated, _LONG, Template.HOW_LONG, "How long")
    if not source.judged:
        return
    text = source.article.text
    rest = text[stated.rest : stated.end]
    if stated.verb not in ("has", "have") or stated.helped(rest)[1]:
        # 'from May until September' is one time
        if not stated.helped_by_be and not re.search(r"\bfrom\b", rest):
            yield from _asked(source, sentence, stated, _UNTIL, Template.HOW_LONG, "How long")
        return
    if _LED_BY_SINCE.fullmatch(text, *stated.lead_at):
        yield from _led(source, sentence, stated, "How long", Template.HOW_LONG)
        return
    since = _SINCE.match(text, stated.end, sentence.end)
    if since:
        ever = " ever" if rest.endswith(" ever") else ""
        first, last = since.start("answer") - len(ever), since.end("answer")
        gold = source.gold(sentence, first - sentence.start, last - sentence.start)
        question = stated.asked("How long", joined(rest.removesuffix(" ever"), stated.when))
        yield from unrivalled(source, question, Template.HOW_LONG, gold)


def how_often(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask how often something happens: 'How often does the council meet in Kent?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions, where a model chooses among them; the answer is 'twice a week' or the like.
    """
    if source.judged:
        yield from _asked(source, sentence, stated, _EVERY, Template.HOW_OFTEN, "How often")


def how(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask how something is done: 'How did Ann Lee save the mill?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is 'by doing something'.
    """
    rest = source.article.text[stated.rest : stated.end]
    if _BY_DOING.match(stated.lead) and not _DOING.match(stated.lead.lower()):
        yield from _led(source, sentence, stated, "How", Template.HOW)
    found = _BY.search(rest)
    acts = is_participle(rest.split()[0]) if stated.helped_by_be else stated.verb not in ("has", "have")
    if found and acts and not _DOING.match(found["answer"]):
        yield from _asked(source, sentence, stated, _BY, Template.HOW, "How")


def why(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask why something is or was so, or what for: 'Why did Ann Lee leave Kent?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the reason.
    """
    text = source.article.text
    reason = _BECAUSE.match(text, stated.end, sentence.end)
    rest = text[stated.rest : stated.end]
    purpose = _PURPOSE.match(rest) if stated.helped_by_be else _for_what(source, stated, rest)
    purpose = purpose if purpose and purpose["verb"] in PLAIN else None
    for_what = re.match(r"(?:In order t|T)o (\w+)", stated.lead)
    if for_what[1] in PLAIN if for_what else _REASON.match(stated.lead):
        yield from _led(source, sentence, stated, "Why", Template.WHY)
    named = reason and stated.helped_by_be and re.match(r"(?:the|an?|to)\b", rest)
    if named and reason and not reason["answer"].startswith("because "):
        # what is named there may be due to it, not that it is so
        return
    if reason:
        start, end = reason.span("answer")
        kept = rest
    elif purpose:
        start, end = stated.rest + purpose.start("answer"), stated.end
        kept = rest[: purpose.start("answer")]
    else:
        return
    question = stated.asked("Why", joined(kept, stated.when))
    gold = source.gold(sentence, start - sentence.start, end - sentence.start)
    yield from unrivalled(
        source, question, Template.WHY, gold, lambda other: re.search(r"because|due to|reason", other) is not None
    )


def when_in_time(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask when something was, where no date but an event or a century tells it.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer begins with 'during', 'after' or the like.
    """
    rest = source.article.text[stated.rest : stated.end]
    start, end = stated.lead_at
    if stated.helped_by_be and not is_participle(rest.split()[0]):
        return
    if stated.lead and any(name.kind is NameKind.DATE for name in source.names.of(rest)):
        return
    if _LED_BY_TIME.fullmatch(source.article.text, start, end):
        yield from _led(source, sentence, stated, "When", Template.WHEN)
        return
    clause = _WHEN.match(source.article.text, stated.end, sentence.end)
    # of 'remember it when' the remembering is now
    timed = stated.when or re.search(r"\bcentury\b|\b(?:1\d|20)\d\d", rest)
    if clause and not timed and stated.helped(rest)[1] not in ("remember", "recall", "know", "think", "say"):
        start, end = clause.span("answer")
        gold = source.gold(sentence, start - sentence.start, end - sentence.start)
        yield from unrivalled(source, stated.asked("When", rest), Template.WHEN, gold)
    found = _AT_TIME.fullmatch(rest)
    if not found or stated.when:
        return
    if re.search(
        r"\b(?:named|modell?ed|look\w*|just|only|and|or|even|later|long|days|weeks|months|years|hours|minutes)$",
        found["rest"],
    ) or _UNCLEAR.search(found["answer"]):
        return
    if TWO_DEEDS.search(found["answer"]) and stated.verb in AUX:
        # 'will come after dark and stay' are two deeds
        return
    # 'before Mexico City' tells no time
    named = source.names.of(re.sub("^(?:after|before) ", "", found["answer"]))
    if named and named[0].kind is NameKind.PLACE:
        return
    if re.match("after|before", found["answer"]) and source.article.text.startswith(",", stated.end):
        # what comes behind may belong to it
        return
    gold = source.gold(sentence, stated.rest - sentence.start + found.start("answer"), stated.end - sentence.start)
    yield from unrivalled(source, stated.asked("When", found["rest"]), Template.WHEN, gold)


def _led(source: Source, sentence: Sentence, stated: Statement, words: str, template: Template) -> Iterator[Draft]:
    """Ask for what the sentence begins with."""
    start, end = stated.lead_at
    if not _UNCLEAR.search(source.article.text, start, end):
        gold = source.gold(sentence, start - sentence.start, end - sentence.start)
        yield from unrivalled(
            source, stated.asked(words, source.article.text[stated.rest : stated.end]), template, gold
        )


def _for_what(source: Source, stated: Statement, rest: str) -> re.Match[str] | None:
    """Find what something is done for: 'sent troops to the town to collect duties'."""
    found = _FOR_WHAT.fullmatch(rest)
    plain = stated.helped(rest)[1]
    done = plain or re.sub(r"^(?:\w+ly )+", "", rest).partition(" ")[0]
    done = PLAIN_OF_PAST.get(PAST_OF_PARTICIPLE.get(done, ""), done)
    known = plain in _WITH_PURPOSE or (source.judged and done not in _NO_PURPOSE)
    if not found or found["verb"] not in PLAIN or not known:
        return None
    act = found["act"].split()
    told = re.search(r"\b(?:which|who|that)\b", found["act"])
    return None if told or len(act) < 2 or _TAKES_TO.match(act[-1]) else found


def _asked(
    source: Source, sentence: Sentence, stated: Statement, pattern: re.Pattern[str], template: Template, words: str
) -> Iterator[Draft]:
    rest = source.article.text[stated.rest : stated.end]
    found = pattern.search(rest)
    if found:
        kept = joined(rest[: found.start("all")], rest[found.end("all") :], stated.when)
        offset = stated.rest - sentence.start
        gold = source.gold(sentence, offset + found.start("answer"), offset + found.end("answer"))
        if (kept or not stated.helped_by_be) and not re.search(r"\bthat\b", kept):
            yield from unrivalled(source, stated.asked(words, kept), template, gold)


def _is_place(source: Source, words: str) -> bool:
    names = source.names.of(words)
    if re.search(r"\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b", words):
        return False
    if words.startswith(("the ", "a ", "an ")) and words.split()[-1].islower():
        return True
    return (
        bool(names)
        and names[-1].end == len(words)
        and all(name.kind in (NameKind.PLACE, NameKind.THING) for name in names)
    )
