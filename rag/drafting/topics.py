"""Questions about what somebody says of something: for sentences of any build that alone name a thing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from index.sentences import Sentence
from rag.drafting.clauses import later_subjects, led_by_subject
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.source import AUTHORS, CAPTION, OFFICE_BEFORE, WHOLE, Source
from rag.drafting.verbs import PAST_OF_PARTICIPLE, is_participle, is_verb
from rag.language.names import NameKind
from rag.language.words import content_words

_LAST = re.compile(r"[\s.!…]*(?:\[\d+\]\s*)*$")
_NO_TOPIC = re.compile(
    r"\b(?:there|who|that|what|as|to|you|this|these|those|such|his|her|their|its|our|my|many|most|some|several|few"
    r"|great|different|various|certain|first|second|third|other|same|kind|sort|amount|number|lot|way|thing|time|day"
    r"|year|part|case|fact|end|rest|example|point|moment|bit|couple|reason|question|place|last|next|meantime|people"
    r"|beginning|middle|result|while|month|week|century|set|series|hand|fraction|variety|majority|minority|portion"
    r"|proportion|percentage|previous|latter"
    r"|former|following|similar|wherever|whenever|more|only|whole|together|alone)s?\b|n[’']t\b"
    r"|[“\"\d&]|ly\b|\babout\b"
)
_FUNCTION = (
    r"(?:in|on|at|of|for|from|with|by|about|against|between|among|under|over|near|behind|into|through|during|after"
    r"|before|until|within|without|across|along|around|towards?|as|to|and|or|but|that|which|who|whom|whose|where|when"
    r"|while|because|if|so|than|is|are|was|were|has|have|had|can|could|will|would|may|might|must|should|do|does|did"
    r"|not|the|an?|it|he|she|they|we|I|you|both|all|any|no|is|just|even)"
)
_WORD = rf"(?!{_FUNCTION}\b)\w[\w’'-]*(?<!ed)(?<!ing)"
_ENDS = rf"(?=[,.;!]|\s(?!of\b|for\b){_FUNCTION}\b)"
_ENDING = re.compile(_ENDS)
_NOUN = (
    rf"(?P<topic>(?:the|an?) {_WORD} {_WORD}(?: {_WORD})?(?: (?:of|for) (?:the )?{_WORD}(?: {_WORD})?)?"
    rf"|the {_WORD} of (?:the )?{_WORD}(?: {_WORD})?|[a-z]{{3,}}(?:al|ic|ive|ous|ant|ent|ed|able"
    rf"|-\w+) (?:{_WORD} )?[a-z]{{3,}}(?<![siu])s){_ENDS}"
)
_OWN = re.compile(
    r"\b(?:(?:I|[Ww]e)(?:[’'](?:ve|re|m)\b)? (?:\w+ ){1,3}?"
    r"(?<!\bam )(?<!\bwas )(?<!\bwere )(?<!\bare )(?<!\bbe )(?<!been )"
    rf"|[Tt]here (?:\w+ ){{1,3}}?){_NOUN}"
)
"""What somebody speaks of with 'I' or 'we'."""
_TIES = "|near|between|and|or|like|against|through|outside|onto|into|under|over|around"
_PICTURED = re.compile(
    rf"^(?:Figure|Table|Box)\b|\b(?:[Ii]mage|[Pp]hoto|map|figure)\b.*: "
    rf"|^This (?:map|figure|photo|image)|\((?:left|right)\)|{CAPTION.pattern}"
)
_MOST_TOPIC, _FEWEST, _MOST = 7, 6, 40
_LOOSE = re.compile(
    r"the \w+est|(?:all|millions|thousands|hundreds)\b.*|the (?:problem|issue|goal|idea|answer|solution|challenge"
    r"|difference|purpose|aim|task|matter|situation|news|impact|process)"
)
"""What somebody who speaks means is only known to those who hear what came before."""
_LONG = 5
"""Letters of a noun that somebody may speak of, without a word beside it."""
_MOST_OFTEN = 12
"""Sentences that name a topic, at most: of what all is about too much is told."""
_LATE = 60
"""Code points of a sentence, behind which a name is only mentioned; where a model chooses, that tells."""
_FEW = 3
"""The same, where nobody speaks: of what more is told of, one sentence tells too little."""


def told_about(source: Source, sentences: Sequence[Sentence]) -> Iterator[Draft]:
    """Ask what is said about a thing: 'What does the speaker say about the old mill?'.

    :param source: The article.
    :param sentences: Sentences of it.
    :return: A question for each sentence that alone names a thing, whose answer is the sentence; of what a few begin
        with, or somebody speaks of in several, one with all of them.
    """
    found: dict[str, tuple[str, list[Gold]]] = {}
    telling = [one for one in sentences if _tells(source, one)]
    for sentence in telling:
        spoken = source.speaks(sentence)
        subjects = list(_subjects(source, sentence))
        yield from _told_alone(source, sentence, subjects)
        # in an interview others tell of the one who speaks
        for start, subject in subjects if spoken or source.voice in ("", AUTHORS) else ():
            gold, topic = _told(source, sentence, start), _whole_name(source, subject)
            named = subject.split()[-1].casefold() in source.text(sentence).casefold()
            if gold and named and _is_topic(source, topic) and not _is_alone(source, sentence, topic):
                found.setdefault(re.sub("^the ", "", topic.lower()), (topic, []))[1].append(gold)
    every = [one for one in source.sentences if _tells(source, one)]
    for topic, golds in found.values():
        # whatever else has the words tells something of it, too
        last = topic.split()[-1] if topic in source.full_names else re.sub("^(?:the|my|our) ", "", topic)
        words = re.compile(rf"\b{re.escape(last)}\b", re.IGNORECASE)
        # what begins with it tells most of it
        golds.sort(key=lambda gold: _place(words, source.article.text[gold.start : gold.end]))
        begun = {gold.first for gold in golds}
        others = [one for one in every if one.start not in begun and words.search(source.text(one))]
        spoken = source.voice not in ("", AUTHORS)
        golds += [
            gold for one in others if (source.speaks(one) or not spoken) and (gold := _told(source, one, one.start))
        ]
        if len(golds) <= _MOST_OFTEN if spoken else len(begun) + len(others) <= _FEW:
            template = Template.SAID if spoken else Template.ABOUT
            yield Draft(f"What {_says(source, spoken)} say about {topic}?", template, source.article, tuple(golds))


def _place(words: re.Pattern[str], said: str) -> int:
    found = words.search(said)
    return found.start() if found else len(said)


def _told_alone(source: Source, sentence: Sentence, subjects: Sequence[tuple[int, str]]) -> Iterator[Draft]:
    """Ask what is said about a thing that only this sentence names."""
    spoken = source.speaks(sentence)
    topics = list(subjects)
    if spoken:
        # 'a young man' may be anybody
        nouns = (one["topic"] for one in _OWN.finditer(source.text(sentence)))
        topics += [(sentence.start, noun) for noun in nouns if re.search(r" (?:of|for) ", noun)]
    topics += [(sentence.start, words) for words in _names(source, sentence)]
    first = next((one for one in topics if _is_alone(source, sentence, one[1])), None)
    gold = _told(source, sentence, first[0]) if first else None
    if first and gold:
        template = Template.SAID if spoken else Template.ABOUT
        yield Draft(f"What {_says(source, spoken)} say about {first[1]}?", template, source.article, (gold,))


def _says(source: Source, spoken: bool) -> str:
    return "do the authors" if source.voice == AUTHORS else f"does {source.voice if spoken else 'the article'}"


def _whole_name(source: Source, topic: str) -> str:
    """Write a person who is named by a surname with the whole name."""
    full = [name for name in source.full_names if name.split()[-1] == topic.split()[-1]]
    return full[0] if len(full) == 1 and OFFICE_BEFORE.sub("", topic) == topic.split()[-1] else topic


def _tells(source: Source, sentence: Sentence) -> bool:
    """Tell whether a sentence is whole and states something, and is no caption."""
    text = source.text(sentence)
    return bool(
        WHOLE.search(text)
        and "?" not in text
        and not _PICTURED.search(text)
        and not text.startswith(("According to ", "Thank", "And thank"))
        and any(map(is_verb, re.findall(r"[a-z]+", text)))
        and text[0].isalpha()
        and text.count("“") == text.count("”")
        and text.count('"') % 2 == 0
    )


def _subjects(source: Source, sentence: Sentence) -> Iterator[tuple[int, str]]:
    """The subjects of a sentence, each with the place from which it is told of it: of what is spoken, all of them."""
    spoken = source.speaks(sentence)
    found = led_by_subject(source, sentence)
    later = ((sentence.start, words) for words in later_subjects(source, sentence)) if spoken else ()
    for start, subject in (*([found] if found else ()), *later):
        # 'topics' alone, or 'measures', are too little to be asked about
        # behind 'that', a word alone may be pointed at
        alone = spoken and len(subject) >= _LONG and found is not None and start == found[0]
        plain = " " in subject or subject[0].isupper() or alone
        own = subject.startswith(f"{source.voice or AUTHORS}’")
        if own and spoken:
            yield start, re.sub(r"^.*?[’'](?:s )?", "my ", subject)
        elif plain and not own:
            yield start, subject


def _told(source: Source, sentence: Sentence, start: int) -> Gold | None:
    """Take what a sentence says from a place on; None if that is too little, or too much."""
    said = source.article.text[start : sentence.end]
    said = said[: len(said) - len(_LAST.search(said).group())]  # type: ignore[union-attr]  # it matches nothing, too
    begins = start - sentence.start
    return source.gold(sentence, begins, begins + len(said)) if _FEWEST <= len(said.split()) <= _MOST else None


def _names(source: Source, sentence: Sentence) -> Iterator[str]:
    """Names of a sentence that are no part of a longer noun: all that somebody speaks of, else who.

    Where a model chooses, things with two words, too.
    """
    text = source.text(sentence)
    own = source.speaks(sentence)
    for name in source.names.of(text):
        before, proper = text[: name.start], name.text.split()[0] in source.proper
        bracketed = before.count("(") > before.count(")") or before.count("“") > before.count("”")
        if name.start > _LATE and not (own or source.judged):
            # what a sentence ends with it tells little of
            return
        if name.kind is NameKind.DATE or bracketed or not before or not proper or not _ENDING.match(text, name.end):
            continue
        person = name.kind is NameKind.PERSON
        whole = " " in name.text and (own or person or source.judged or text.startswith(", ", name.end))
        the = "the " if before.lower().endswith(" the ") else ""
        part = re.search(
            r"(?:[\w’'.-]*[A-ZÀ-Þ.][\w’'.-]* |[\w’'-]+-)$", before.removesuffix("the ").removesuffix("The ")
        )
        tie = "an?|of|from|by|as|in|at|to|with|for|after|before|since|until|during" + (_TIES if own else "")
        tied = re.search(rf"[A-ZÀ-Þ][\w’'-]* and $|\b(?:{tie})(?: the)? $", before)
        words = f"{the}{name.text}"
        compass = re.fullmatch(r"(?:the )?(?:North|South|East|West)", words)
        # 'he was traded for Lee' tells of him
        he = person or re.search(r" [IVX]+$", name.text)
        other = not own and re.search(r"\b(?:[Hh]e|[Ss]he|[Tt]hey)\b|^It\b" if he else r"^(?:It|They)\b", before)
        # 'the annual Deal Race' is no name with 'the' before it
        other = other or re.search(r"\b[Tt]he (?:[a-z-]+ ){1,2}$", before)
        # 'Durban, South Africa' is one place, and of a list each is only named
        other = other or (not own and re.search(r"[A-ZÀ-Þ][\w’'-]*, (?:and )?$", before))
        if not part and not tied and not compass and not other and (whole if not own else person):
            yield words


def _is_topic(source: Source, topic: str) -> bool:
    """Tell whether words are clear by themselves, and no part of a clause."""
    # 'the progress made' ends, and 'invent characters' begins, with a verb
    cut = is_participle(topic.split()[-1]) or is_verb(topic.split()[0])
    cut = cut or any(word in PAST_OF_PARTICIPLE and not word.endswith("ed") for word in topic.split())
    # 'a student' may be anybody
    cut = cut or re.fullmatch(r"an? \S+|.*-", topic) is not None
    cut = cut or (source.voice != "" and _LOOSE.fullmatch(topic) is not None)
    plain = re.sub("^(?:my|our) ", "", topic) if source.voice else topic
    return bool(content_words(plain)) and not cut and len(topic.split()) <= _MOST_TOPIC and not _NO_TOPIC.search(plain)


def _is_alone(source: Source, sentence: Sentence, topic: str) -> bool:
    """Tell whether words are a topic, and only one sentence has them."""
    words = content_words(topic.split()[-1] if topic in source.full_names else topic)
    return _is_topic(source, topic) and not any(
        words <= other for one, other in zip(source.sentences, source.words, strict=True) if one is not sentence
    )
