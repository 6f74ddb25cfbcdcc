"""Questions about terms: what an abbreviation stands for, what something is or is called, what its examples are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.facts import is_size
from rag.drafting.rivals import unrivalled
from rag.drafting.source import Source
from rag.drafting.verbs import PLAIN_OF_PAST, is_verb
from rag.language.english import NO_SUBJECT
from rag.language.names import NameKind
from rag.language.words import folded

_ABBREVIATED = re.compile(r"\((?P<short>[A-Z]{2,6})\)")
_WORDS = re.compile(r"[A-Z][\w’'-]*(?: (?:(?:of|and|for|the|on|in) )*[A-Z][\w’'-]*)* $")
_IN_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
_IS = re.compile(
    r"(?P<the>The )?(?P<name>[A-ZÀ-Þ][^.,;:()“”]{1,60}?) (?P<verb>is"
    r"|was) (?P<what>an? [^.,;:()“”]{8,120})(?=[.,;:]|$)"
)
_GENERIC = re.compile(
    r"(?P<name>An? (?!(?:few|lot|number|second|third|more|good|better)\b)[a-z][\w-]+(?: [a-z][\w-]+){0,2}?) "
    r"(?P<verb>is|refers to|means) (?P<what>(?:an?|the|any) [^.;:()“”]{12,140}?)(?=[.;:(]|, (?:and|but|so|which"
    r"|who)\b)"
)
_NO_TERM = re.compile(r"\b(?:example|reason|way|problem|result|question|thing|part)$")
_THE = re.compile(
    r"(?P<subject>(?:One of t|one of t|[Tt])he (?P<noun>(?!(?:fact|reason|rest|same|other|latter|former|following)\b)"
    r"[a-z][\w-]*(?: [a-z][\w-]+){0,3}?"
    r" (?:of|for|in|to|between|behind) [^.,;:()“”\"]{3,60}?)) (?P<verb>is|was|are|were) "
    r"(?P<what>(?=(?:an?|the|one|to|that)\b|(?:(?:about|approximately|around|over|nearly|almost|more than) )?"
    r"[A-ZÀ-Þ\d“$€£])[^.;:()“”\"]{2,160}?)"
    r"(?=\.?$|[;:(]|\.\s*$|, (?:and|but|so|which|who|while|although|because|with)\b)"
)
_MOST = re.compile(
    r"(?P<name>(?:The )?[A-ZÀ-Þ][^.,;:()“”]{1,50}?) (?P<verb>is|was|are|were) (?P<what>the "
    r"(?:[\w-]+ ){0,2}?(?:[a-z]+est(?! (?:on|in|at|with|for|to)\b)|most \w+|first|only|last|main|capital|home"
    r"|birthplace|founder|largest|seat|centre|center)"
    r"\b[^.;:()“”]{3,100}?)(?=\.?$|[.;:(]|, )"
)
_SUCH_AS = re.compile(
    r"(?<![\w-])(?P<kind>(?:(?P<first>[a-z-]+) [a-z]{4,}(?<![siu'])s|(?:forms|types|kinds|sources|products"
    r"|branches|fields|classes|methods|groups) of [a-z]+(?: [a-z]+)?)),? (?:such as|including) "
    r"(?P<list>[^.;:()“”\"]{4,140}?)(?=\.?$|[.;:()]|, (?:which|who|that|while|but|so|are|is|can|may|will|have"
    r"|has|were|was)\b|(?: are| is| can| may| will| have| has| were| was)\b)"
)
_ADJECTIVE = re.compile(r"[a-z]+(?:al|ic|ive|ous|ful|ary|ent|ant|able|ible|ern|an|ese|ar)")
_SHORT = 3
_NO_ADJECTIVE = re.compile(
    r"the|an?|and|or|of|in|on|at|as|by|to|for|from|with|into|than|like|about|over|under|between|among|through|via|per"
    r"|this|that|these|those|such|its|his|her|their|our|my|your|some|many|most|all|both|few|several|various|certain"
    r"|other|different|additional|further|more|new|numerous|multiple|main|important|particular|specific|own|two|three"
    r"|four|five|six|seven|eight|nine|ten|using|including|has|had|have|does|not|also|often|\w+(?:ly|ing)"
)
_LIST_GOES_ON = re.compile(r", [A-ZÀ-Þ][\w’'-]*(?:,| and\b| or\b)")
_MOST_OF_ITEM = 6
_FEWEST = 3
"""Words that tell what something is."""
_TIES = frozenset(
    re.findall(r"\w+", "in of at from for and or by with to near on over between than against about into")
)
_BESIDE = re.compile(r", (?P<what>(?:an?|the) (?:[\w’'-]+ ){1,14}?[\w’'-]+)(?=, |\.\W*$|;)")
_KNOWN_AS = re.compile(
    r"(?<![\w’'-])(?P<name>(?:The )?[A-ZÀ-Þ][\w’'-]*(?: (?:of |the )?[A-ZÀ-Þ][\w’'-]*){0,4}),? (?:(?:is|was|are"
    r"|were) )?(?:also|popularly|commonly|better|originally) "
    r"(?:known as|called|named) (?P<answer>(?:“[^“”]+”|\"[^\"]+\"|(?:the )?[A-ZÀ-Þ][\w’'-]*(?: (?:of "
    r"|the )?[A-ZÀ-Þ][\w’'-]*)*))"
)
_FINITE = re.compile(
    r"\b(?:was|were|is|are|has|had|can|could|will|would|may|might|must|should|that|which|who|it|they)\b"
)
_LEADS = re.compile(r"(?:However|Therefore|Thus|In fact|For example|In addition|Today|Finally|Moreover), ")
_CUT = re.compile(r" (?:which|who|that|where|but|because|while)\b.*")


def stands_for(source: Source) -> Iterator[Draft]:
    """Ask what an abbreviation stands for, where it is written out before its brackets.

    >>> from index.article import Article
    >>> [draft.question for draft in stands_for(Source.of(Article("So says the General Data Act (GDA).")))]
    ['What does GDA stand for?']

    :param source: The article.
    :return: Questions; the answer is the words whose first letters the abbreviation is made of.
    """
    found: dict[str, list[Gold]] = defaultdict(list)
    for sentence in source.sentences:
        text = source.text(sentence)
        for match in _ABBREVIATED.finditer(text):
            words = _WORDS.search(text, 0, match.start())
            start = _written_out(words.group(), match["short"]) if words else None
            if words and start is not None:
                found[match["short"]].append(source.gold(sentence, words.start() + start, words.end() - 1))
    for short, golds in found.items():
        if len({folded(source.article.text[gold.start : gold.end]) for gold in golds}) == 1:
            yield Draft(f"What does {short} stand for?", Template.STANDS_FOR, source.article, tuple(golds))


def what_is(source: Source) -> Iterator[Draft]:
    """Ask what something with a name is, where one sentence begins by saying it.

    :param source: The article.
    :return: Questions; the answer is the words after 'is'.
    """
    for sentence in source.sentences:
        match = _IS.match(source.text(sentence))
        if (
            match
            and not match["name"].split()[0].endswith("ly")
            and [name.text for name in source.names.of(match["name"])] == [match["name"]]
        ):
            start = match.start("what")
            cut = _CUT.sub("", match["what"])
            who = source.calls(match["what"])
            question = f"{'Who' if who else 'What'} {match['verb']} {(match['the'] or '').lower()}{match['name']}?"
            if len(cut.split()) >= _FEWEST and source.is_first(match["name"], sentence):
                gold = source.gold(sentence, start, start + len(cut))
                yield Draft(question, Template.WHAT_IS, source.article, (gold,))


def what_a(source: Source) -> Iterator[Draft]:
    """Ask what a thing of some kind is, where one sentence defines it.

    >>> from index.article import Article
    >>> [draft.question for draft in what_a(Source.of(Article("A base pair is a unit of two nucleobases.")))]
    ['What is a base pair?']

    :param source: The article.
    :return: Questions; the answer is the definition.
    """
    for sentence in source.sentences:
        match = _GENERIC.match(source.text(sentence))
        if match and not _FINITE.search(match["name"]) and not _NO_TERM.search(match["name"]):
            name = match["name"][0].lower() + match["name"][1:]
            gold = source.gold(sentence, *match.span("what"))
            yield Draft(f"What is {name}?", Template.WHAT_IS, source.article, (gold,))


def which(source: Source) -> Iterator[Draft]:
    """Ask what the capital of a country is, or which the oldest of its towns: what only one can be.

    >>> from index.article import Article
    >>> text = "The capital of Kent is Maidstone. Deal is the oldest town on the coast."
    >>> [draft.question for draft in which(Source.of(Article(text)))]
    ['What is the capital of Kent?', 'What is the oldest town on the coast?']

    :param source: The article.
    :return: Questions; the answer is what stands on the other side of the verb.
    """
    for sentence in source.sentences:
        text = source.text(sentence)
        lead = _LEADS.match(text)
        match = _THE.match(text, lead.end() if lead else 0)
        if match and not _FINITE.search(match["noun"]) and not re.match(r"\w+(?:ed|ing)\b", match["what"]):
            gold = source.gold(sentence, *match.span("what"))
            subject = match["subject"][0].lower() + match["subject"][1:]
            many = match["verb"] in ("are", "were")
            if many and re.compile(r" ?\([^()]*\)(?:,| and\b)").match(text, match.end()):
                continue
            one = many and not re.search(r"[^i]s\b| and ", match["what"])
            if one or is_size(match["what"]):
                continue
            who = "Who" if source.calls(match["noun"]) else "What"
            yield from unrivalled(source, f"{who} {match['verb']} {subject}?", Template.WHICH, gold)
        match = _MOST.match(text)
        if match and match["name"].split()[0] not in NO_SUBJECT:
            names = source.names.of(match["name"].removeprefix("The "))
            if len(names) == 1 and names[0].text == match["name"].removeprefix("The "):
                hero = source.hero[0].endswith(match["name"])
                who = "Who" if source.calls(match["what"]) or hero else "What"
                gold = source.gold(sentence, *match.span("name"))
                if _LIST_GOES_ON.match(text, match.end()):
                    continue
                # whether a person's name is meant is not sure where nothing calls them
                if who == "Who" or names[0].kind is not NameKind.PERSON:
                    question = f"{who} {match['verb']} {match['what']}?"
                    yield from unrivalled(source, question, Template.WHICH, gold)


def examples(source: Source) -> Iterator[Draft]:
    """Ask for examples of a kind, where the article names some after 'such as'.

    >>> from index.article import Article
    >>> text = "He likes musical instruments such as the lute and the harp."
    >>> [draft.question for draft in examples(Source.of(Article(text)))]
    ['What are examples of musical instruments?']

    :param source: The article.
    :return: Questions; the answer is the list.
    """
    for sentence in source.sentences:
        for match in _SUCH_AS.finditer(source.text(sentence)):
            if not _is_kind(source.text(sentence)[: match.start()], match):
                continue
            cut = match["list"].rstrip(" ,")
            items = re.split(r", (?:and |or )?| and | or ", cut)
            listed = (
                len(items) > 1
                and not re.match(r"\w+ing\b", cut)
                and not re.search(r"\b(?:that|which|than|we|they|it)\b|\b[A-Z]$", cut)
                and all(1 <= len(item.split()) <= _MOST_OF_ITEM for item in items)
                and not any(item.split()[0] in PLAIN_OF_PAST for item in items[1:])
            )
            if listed:
                gold = source.gold(sentence, *match.span("list"))
                before = re.search(
                    rf"(?:[A-ZÀ-Þ][a-z]+|{_ADJECTIVE.pattern}) $", source.text(sentence)[: match.start()]
                )
                kind = f"{before.group() if before else ''}{match['kind']}"
                yield Draft(f"What are examples of {kind}?", Template.EXAMPLES, source.article, (gold,))


def _is_kind(before: str, match: re.Match[str]) -> bool:
    """Tell whether words before 'such as' are a kind by themselves: no verb, and nothing that only belongs to one."""
    first = match["first"]
    if first is None or _ADJECTIVE.search(first):
        return True
    # of 'districts with high densities, including Deal', Deal is a district
    tied = " including " in match.group() or re.search(r"\b(?:with|for|of|in) (?:[\w-]+ )?$", before)
    return not (tied or len(first) < _SHORT or is_verb(first) or _NO_ADJECTIVE.fullmatch(first))


def beside(source: Source) -> Iterator[Draft]:
    """Ask what something with a name is, by the words between commas behind it.

    >>> from index.article import Article
    >>> text = "They saw Old Deal, a small town on the coast, in May."
    >>> [draft.question for draft in beside(Source.of(Article(text)))]
    ['What is Old Deal?']

    :param source: The article.
    :return: Questions; the answer is the words between the commas.
    """
    found: dict[str, list[Gold]] = defaultdict(list)
    for sentence in source.sentences:
        text = source.text(sentence)
        for name in source.names.of(text):
            match = _BESIDE.match(text, name.end)
            listed = (
                re.match(r", (?:[\w’'-]+ ){0,2}(?:and|or)\b|[^,]* and |, [A-ZÀ-Þ]", text[match.end("what") :])
                if match
                else None
            )
            tongue = re.search(r"(?:ish|ese|ian|ican|French|German|Dutch)$", name.text)
            named = name.kind is not NameKind.DATE and name.text.split()[0] in source.proper and not tongue
            if match and not listed and named:
                before = text[: name.start].split()[-1:] or [""]
                the = "the " if before[0].lower() == "the" else ""
                who = "Who" if source.is_person(name.text) or source.calls(match["what"]) else "What"
                words = match["what"].split()
                said = any(word in PLAIN_OF_PAST or word.endswith("ed") for word in words) or re.search(
                    r" and | or |^the (?:[A-Z]|only|same|first|most|\w+est\b)|^an? [A-ZÀ-Þ]\w+ [A-ZÀ-Þ]| which",
                    match["what"],
                )
                # of 'a stadium in Qatar, a venue' nobody knows what is the venue
                loose = before[0].lower() in _TIES | {"a", "an"} or (the and name.start > len("The "))
                if (not before[0][:1].isupper() or the) and not loose and len(words) > 2 and not said:
                    found[f"{who} is {the}{name.text}?"].append(source.gold(sentence, *match.span("what")))
    for question, golds in found.items():
        yield Draft(question, Template.WHAT_IS, source.article, tuple(golds))


def known_as(source: Source) -> Iterator[Draft]:
    """Ask by what other name somebody or something is known.

    :param source: The article.
    :return: Questions; the answer is the other name.
    """
    for sentence in source.sentences:
        match = _KNOWN_AS.search(source.text(sentence))
        if match and match["name"].split()[0] not in NO_SUBJECT:
            name = re.sub("^The ", "the ", match["name"])
            gold = source.gold(sentence, *match.span("answer"))
            yield Draft(f"What else is {name} known as?", Template.KNOWN_AS, source.article, (gold,))


def unexplained(source: Source) -> list[str]:
    """Abbreviations that the article nowhere writes out.

    :param source: The article.
    :return: Abbreviations in the order of their first places.
    """
    text = source.article.text
    initials = "".join(word[0] for word in re.findall(r"[^\W\d_][\w’']*", text)).upper()
    bracketed = set(re.findall(r"\(([A-Z]{2,6})\)", text))
    return [
        short
        for short in dict.fromkeys(_IN_CAPITALS.findall(text))
        # a row of words with these first letters may be what it stands for
        if short not in bracketed and short not in initials and f"{short} (" not in text
    ]


def _written_out(words: str, short: str) -> int | None:
    """Find where, in words that end with a space, those begin whose first letters make up the abbreviation."""
    for match in reversed(list(re.finditer(r"(?<![\w’'-])[A-Z]", words))):
        initials = re.findall(r"\b([A-Za-z])", words[match.start() :])
        if initials[0] == short[0] and _is_made_of(short, initials):
            return match.start()
    return None


def _is_made_of(short: str, initials: list[str]) -> bool:
    letters = iter(letter.upper() for letter in initials)
    capitals = sum(letter.isupper() for letter in initials)
    return all(letter in letters for letter in short) and capitals <= len(short) + 1
