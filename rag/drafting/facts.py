"""Questions about facts: when something was, how many there were, what happened in a year."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from index.sentences import Sentence
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.rivals import unrivalled
from rag.drafting.source import Source
from rag.drafting.statement import Statement, joined
from rag.drafting.verbs import TWO_DEEDS, is_participle, is_verb
from rag.language.names import NameKind

_COUNT = (
    r"(?P<count>(?<![$€£\d.,-])(?:\d{1,3}(?:,\d{3})+|\d+)(?![\d.,]*[\d%])(?: (?:million|billion|hundred|thousand))?"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|dozens of))"
)
_AND_COUNT = re.compile(
    r"\b(?:and|but) .*\b"
    r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|dozens|hundreds|many)\b"
)
"""Behind a number another is told of: 'were killed and five were injured'."""
_PLURAL = r"(?P<noun>(?:[a-z][a-z-]+ ){0,2}?(?:[A-Za-z][a-z]+(?<![siu'])s|people|men|women|children))\b(?!-)"
_COUNTED = re.compile(rf"{_COUNT} {_PLURAL}")
_ABOUT = r"(?:(?:about|around|approximately|roughly|some|nearly|almost|over|at least|more than|up to) )?"
_OBJECT = re.compile(rf"{_ABOUT}{_COUNTED.pattern}(?P<after>.*)")
_FRONTED = re.compile(rf"(?P<head>.*) (?P<with>with|to|from|for|at) {_ABOUT}{_COUNTED.pattern}(?P<after>.*)")
_SUBJECT = re.compile(
    rf"(?:^|(?<=, )|(?<=, and )|(?<=; ))(?i:{_ABOUT})(?i:{_COUNT}) {_PLURAL} (?P<rest>(?P<verb>[a-z]+) [^,.;:()“”]+)"
)
_THERE = re.compile(
    rf"(?:.{{0,60}}, )?[Tt]here (?P<verb>are|were) (?i:{_ABOUT}){_COUNTED.pattern}(?P<after>[^,.;:()“”]*)"
)
_LISTED = re.compile(
    rf"(?:.{{0,60}}, )?[Tt]here (?P<verb>are|were) {_COUNT} (?P<kinds>(?:[a-z-]+ ){{0,2}}[a-z]+(?<![siu])s"
    r"(?: (?:of|in|for) [^,;:().“”]{3,40})?)(?:: |, (?:namely )?)"
    r"(?P<list>[^:;.]+(?:, [^:;.]+)*,? (?:and|or) [^:;.]+?)(?=\.?\s*$|;)"
)
"""'There are three types of rock: …'."""
_PERCENT = r"(?P<share>\d[\d.]*\s?(?:%|per ?cent\b))"
_SHARE = re.compile(rf"(?:^|(?<=, and )|(?<=; )|(?<=that )|(?<=, ))(?i:{_ABOUT}){_PERCENT} of (?P<rest>[^,;:()“”]+)")
_MONEY = re.compile(
    rf"(?P<about>{_ABOUT})(?P<sum>(?:US|A|C)?[$€£]\s?\d[\d.,]*\d?(?:\s(?:million|billion|trillion)|[mk]\b)?"
    r"|\d[\d.,]*(?: (?:million|billion|thousand))? (?:dollars|euros|pounds|francs|yen"
    r"|(?:USD|EUR|GBP|JPY|CHF|CAD|AUD|NZD|CNY|INR|RUB|BRL|MXN|SEK|NOK|DKK"
    r"|PLN|TRY|ZAR)\b))(?! of [a-z])(?P<after>(?: .*)?)"
)
_PAID = re.compile(rf"(?P<head>.{{3,}}?) (?P<for>for|at) {_MONEY.pattern}")
_SIZE = re.compile(
    rf"(?P<about>{_ABOUT})(?P<size>\d[\d.,]*(?: (?:million|billion|thousand|hundred))? [a-zA-Z]+) "
    r"(?P<how>long|high|tall|wide|deep|old|away|thick|large|above sea level)(?P<after>(?: .*)?)"
)
_BE = ("was", "were", "is", "are", "am")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_TIME = re.compile(r"\b(?:second|minute|hour|day|week|month|year|decade|time|other)s\b|\bpercent\b")
_NAMED_YEAR = re.compile(
    r"\b(?P<event>(?:[Aa]n?|[Tt]he) (?P<year>(?:1[5-9]|20)\d\d) [a-z]+"
    r" (?:of|known as|called|between|against|in|on|at)\b"
    r"[^,;:“”]*?)(?= (?:which|who|that|where|as well as|and|but)\b|[,;:“”]|[\s.!?”\"]*$)"
)
_TIED = re.compile(r"\s?(?:and|or|to|–|-|until|through)\b| ?[’']s\b")


@dataclass(frozen=True, slots=True)
class _Date:
    """A date that says when, with the preposition before it; offsets within the sentence."""

    start: int
    end: int
    date: int


def when(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask when something was that a plain statement gives one date for: 'When did Ann Lee build the old mill?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the date.
    """
    date = _date(source, sentence, stated)
    if date is None:
        return
    text = source.text(sentence)
    rest, end = stated.rest - sentence.start, stated.end - sentence.start
    kept = joined(text[rest : date.start], text[date.end : end]) if date.start + 1 >= rest else text[rest:end]
    if stated.helped(text[rest:end])[0] in ("do", "does"):
        # what is done again and again has no date: that of 'the ruling of 8 July' is another's
        return
    gold = source.gold(sentence, date.date, date.end)
    # 'until it burnt in 1820' tells when it burnt
    # 'required that they leave in 1820' tells when they had to leave
    told = re.search(r"\bthat\b", text[rest : date.start])
    mixed = told or _YEAR.search(kept) or re.search(r"\b(?:until|since|which|who)\b", kept) or TWO_DEEDS.search(kept)
    if (kept or not stated.helped_by_be) and not mixed:
        yield from unrivalled(
            source,
            stated.asked("When", kept),
            Template.WHEN,
            gold,
            lambda other: any(name.kind is NameKind.DATE for name in source.names.of(other)),
        )


def how_many_are(source: Source) -> Iterator[Draft]:
    """Ask how many or which share it is, by a number at the beginning of a sentence.

    >>> from index.article import Article
    >>> text = "Twelve people were hurt in the fire. About 40 percent of the people speak Welsh at home."
    >>> [draft.question for draft in how_many_are(Source.of(Article(text)))]
    ['How many people were hurt in the fire?', 'What percentage of the people speak Welsh at home?']

    :param source: The article.
    :return: Questions; the answer is the number.
    """
    for sentence in source.sentences:
        text = source.text(sentence)
        match = _SUBJECT.search(text)
        known = match and (is_verb(match["verb"]) or match["verb"] in ("have", "had"))
        if (
            match
            and known
            and not _TIME.fullmatch(match["noun"])
            and not re.search(r"\d\s*$", match["rest"])
            and not _AND_COUNT.search(match["rest"])
            # 'were hurt when the hall (a school) burnt' goes on behind the aside
            and not re.match(r"\([^()]*\) \w", text[match.end() :])
        ):
            question = f"How many {match['noun']} {match['rest']}?"
            gold = source.gold(sentence, *match.span("count"))
            yield from unrivalled(source, question, Template.HOW_MANY, gold, _has_count)
        match = _THERE.match(text)
        after = match["after"].rstrip(" .") if match else ""
        told = " and " in after or is_participle(after.strip().partition(" ")[0])
        if match and not told and not _TIME.fullmatch(match["noun"]):
            counted = f"{match['noun']}{after} {match['verb']} there"
            plain = f"{match['noun']} {match['verb']} there{after}"
            question = f"How many {counted if after.startswith(' of ') else plain}?"
            gold = source.gold(sentence, *match.span("count"))
            yield from unrivalled(source, question, Template.HOW_MANY, gold, _has_count)
        match = _LISTED.match(text)
        if match:
            gold = source.gold(sentence, *match.span("count"))
            question = f"How many {match['kinds']} {match['verb']} there?"
            yield from unrivalled(source, question, Template.HOW_MANY, gold, _lists)
        match = _SHARE.search(text.rstrip(" ."))
        if (
            match
            and any(map(is_verb, match["rest"].split()[1:-1]))
            and not re.search(rf"percent|{_AND_COUNT.pattern}", match["rest"])
        ):
            gold = source.gold(sentence, *match.span("share"))
            question = f"What percentage of {match['rest']}?"
            yield from unrivalled(source, question, Template.HOW_MUCH, gold, _has_share)


def listed(source: Source) -> Iterator[Draft]:
    """Ask for all of some that are counted and then named: 'What are the three types of rock?'.

    >>> from index.article import Article
    >>> text = "There are three types of rock: igneous, sedimentary and metamorphic."
    >>> [draft.question for draft in listed(Source.of(Article(text)))]
    ['What are the three types of rock?']

    :param source: The article.
    :return: Questions; the answer is the list.
    """
    for sentence in source.sentences:
        match = _LISTED.match(source.text(sentence))
        if match:
            gold = source.gold(sentence, *match.span("list"))
            question = f"What {match['verb']} the {match['count']} {match['kinds']}?"
            yield from unrivalled(source, question, Template.LISTED, gold, _lists)


def how_many(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask how many there were, by a number that stands before its noun: 'How many mills did Ann Lee build in Kent?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the number.
    """
    rest = source.article.text[stated.rest : stated.end]
    main = _main(stated, rest)
    behind = rest[len(main) :]
    match = _OBJECT.fullmatch(behind) or _FRONTED.fullmatch(behind)
    if not match or not _is_count(match) or is_participle(match["after"].strip().partition(" ")[0]):
        return
    if _AND_COUNT.search(match["after"]):
        return
    fronted = "with" in match.re.groupindex
    words = f"{match['with'].title()} how many" if fronted else "How many"
    if fronted and re.search(r"\bfrom\b", match["head"]):
        return
    # 'three parts of the plan' are counted together
    noun, after = (
        (match["noun"] + match["after"], "") if match["after"].startswith(" of ") else (match["noun"], match["after"])
    )
    kept = joined(main, match["head"] if fronted else "", after, stated.when)
    question = stated.asked(f"{words} {noun}", kept)
    offset = stated.rest + len(main) - sentence.start
    gold = source.gold(sentence, _least(behind, match.start("count")) + offset, offset + match.end("count"))
    if (fronted or not stated.helped_by_be) and ("before" not in stated.lead or fronted):
        yield from unrivalled(source, question, Template.HOW_MANY, gold, _has_count)


def how_much(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask how much something cost or somebody paid: 'How much did the bridge cost?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the sum.
    """
    main = _main(stated, source.article.text[stated.rest : stated.end])
    match = _MONEY.fullmatch(source.article.text, stated.rest + len(main), stated.end)
    if match and not stated.helped_by_be and not re.match(r" (?:and|or|to|per|in)\b", match["after"]):
        question = stated.asked("How much", joined(main, match["after"], stated.when))
        start, end = match.start("about"), match.end("sum")
        gold = source.gold(sentence, start - sentence.start, end - sentence.start)
        yield from unrivalled(source, question, Template.HOW_MUCH, gold)


def how_big(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask how long, high or old something is, or for how much it was sold: 'How long is the bridge?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the number with its unit, or the sum.
    """
    text, rest, end = source.article.text, stated.rest, stated.end
    size = _SIZE.fullmatch(text, rest, end) if stated.helped_by_be else None
    if size and not re.match(r" (?:and|or|by)\b", size["after"]):
        how = {"away": "far away", "above sea level": "high above sea level"}.get(size["how"], size["how"])
        question, span = stated.asked(f"How {how}", joined(size["after"], stated.when)), size.span("size")
    else:
        of_is = stated.helped_by_be and not is_participle(text[rest:end].split()[0])
        paid = _PAID.fullmatch(text, rest, end) if not of_is and stated.verb not in ("has", "have", "had") else None
        if not paid:
            return
        question = stated.asked("How much", joined(paid["head"], paid["after"], paid["for"], stated.when))
        span = paid.span("sum")
    gold = source.gold(sentence, span[0] - sentence.start, span[1] - sentence.start)
    yield from unrivalled(source, question, Template.HOW_MUCH, gold)


def happened(source: Source) -> Iterator[Draft]:
    """Ask what happened in a year that only one sentence names, with an event beside it.

    >>> from index.article import Article
    >>> [draft.question for draft in happened(Source.of(Article("They recall the 1952 flood of Kent.")))]
    ['What happened in 1952?']

    :param source: The article.
    :return: Questions; the answer is the event.
    """
    found: dict[str, list[Gold]] = defaultdict(list)
    for sentence in source.sentences:
        for match in _NAMED_YEAR.finditer(source.text(sentence)):
            if re.match(r",\d", source.text(sentence)[match.end() :]):
                continue
            found[match["year"]].append(source.gold(sentence, *match.span("event")))
    years = _YEAR.findall(source.article.text)
    for year, golds in found.items():
        if len(golds) == 1 and years.count(year) == 1:
            yield Draft(f"What happened in {year}?", Template.HAPPENED, source.article, tuple(golds))


def is_size(words: str) -> bool:
    """Tell whether words begin with a size, which is asked for with 'how'.

    >>> [is_size(one) for one in ("30 metres long", "30 metres", "a very old town")]
    [True, False, False]
    """
    return _SIZE.match(words) is not None


def _main(stated: Statement, rest: str) -> str:
    """Take the verb and its space from behind 'has' or 'will': of 'has raised $3 million', 'raised '."""
    return f"{rest.split()[0]} " if stated.verb not in _BE and not stated.helped(rest)[1] and " " in rest else ""


def _has_share(text: str) -> bool:
    return re.search(_PERCENT, text) is not None


def _least(text: str, start: int) -> int:
    """Find where a number begins with what says that it is not the exact one: 'over 1,000'."""
    before = re.search(r"\b(?:over|at least|more than|up to|nearly|almost) $", text[:start])
    return before.start() if before else start


def _lists(text: str) -> bool:
    return _LISTED.match(text) is not None


def _has_count(text: str) -> bool:
    return any(not _YEAR.fullmatch(match["count"]) for match in _COUNTED.finditer(text))


def _date(source: Source, sentence: Sentence, stated: Statement) -> _Date | None:
    """Find the only date of a statement, if it stands after 'in' or 'on'."""
    text, end = source.text(sentence), stated.end - sentence.start
    dates = [name for name in source.names.of(text[:end]) if name.kind is NameKind.DATE]
    if len(dates) != 1 or dates[0].text.endswith("s") or _TIED.match(text, dates[0].end):
        return None
    (date,) = dates
    before = re.search(r"(?:^|\s)(?:[Ii]n|[Oo]n) $", text[: date.start])
    only_lead = date.start < len(stated.lead) and re.fullmatch(r"(?:In|On) .*, ", stated.lead)
    inside = date.start >= stated.rest - sentence.start
    if not before or not (inside or (only_lead and date.end + 2 == len(stated.lead))):
        return None
    return _Date(before.start(), date.end, date.start)


def _is_count(match: re.Match[str]) -> bool:
    return not (
        _YEAR.fullmatch(match["count"])
        or _TIED.match(match["after"])
        or re.match(r" (?:ago|later|earlier|before|after)\b", match["after"])
        or _TIME.fullmatch(match["noun"])
    )
