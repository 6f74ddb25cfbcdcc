"""Questions about what somebody says of something: for sentences of any build that alone name a thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from index.sentences import Sentence
from rag.drafting.clauses import led_by_subject
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.source import AUTHORS, CAPTION, WHOLE, Source
from rag.drafting.verbs import PAST_OF_PARTICIPLE, is_participle, is_verb
from rag.language.names import NameKind
from rag.language.words import content_words

_LAST = re.compile(r"[\s.!…]*(?:\[\d+\]\s*)*$")
_NO_TOPIC = re.compile(
    r"\b(?:there|who|that|what|as|to|you|this|these|those|such|his|her|their|its|our|my|many|most|some|several|few|great"
    r"|different|various|certain|first|second|third|other|same|kind|sort|amount|number|lot|way|thing|time|day|year|part"
    r"|case|fact|end|rest|example|point|moment|bit|couple|reason|question|place|last|next|meantime|people|beginning|middle|result|while"
    r"|month|week|century|set|series|hand|more|only|whole|together)s?\b|n[’']t\b|[“\"\d&]|ly\b"
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
    rf"|the {_WORD} of (?:the )?{_WORD}(?: {_WORD})?"
    r"|[a-z]{3,}(?:al|ic|ive|ous|ant|ent|ed|able|-\w+) "
    rf"(?:{_WORD} )?[a-z]{{3,}}(?<![siu])s)"
    rf"{_ENDS}"
)
_OWN = re.compile(
    r"\b(?:(?:I|[Ww]e)(?:[’'](?:ve|re|m)\b)? (?:\w+ ){1,4}?"
    r"(?<!\bam )(?<!\bwas )(?<!\bwere )(?<!\bare )(?<!\bbe )(?<!been )"
    rf"|[Tt]here (?:\w+ ){{1,3}}?){_NOUN}"
)
"""What somebody speaks of with 'I' or 'we'."""
_OBJECT = re.compile(rf"\b(?P<verb>[a-z]+) {_NOUN}")
_PICTURED = re.compile(
    rf"^(?:Figure|Table|Box)\b|\b(?:[Ii]mage|[Pp]hoto|map|figure)\b.*: "
    rf"|^This (?:map|figure|photo|image)|\((?:left|right)\)|{CAPTION.pattern}"
)
_MOST_TOPIC, _FEWEST, _MOST = 7, 6, 40
_WE = re.compile(
    r"(?<!if )(?<!when )(?<!what )(?<!why )(?<!how )(?<!as )(?<!which )\b"
    r"(?:[Ww]e (?P<verb>must|should|need to|have to|ought to)|[Ll]et us) (?:also |now )?"
    r"(?P<answer>(?!be\b|not\b|have\b)[a-z]+ (?!(?:it|them|this|that|so)\b)[^;:()“”\"—–]{8,200}?)(?=[.;:!]|$| [—–-] )"
)


def told_about(source: Source, sentence: Sentence) -> Iterator[Draft]:
    """Ask what is said about a thing: 'What does the speaker say about the old mill?'.

    :param source: The article.
    :param sentence: A sentence of it.
    :return: A question, if no other sentence names the thing; the answer is the sentence.
    """
    text = source.text(sentence)
    if (
        not WHOLE.search(text)
        or "?" in text
        or _PICTURED.search(text)
        or text.startswith("According to ")
        or not any(map(is_verb, re.findall(r"[a-z]+", text)))
        or not text[0].isalpha()
        or text.count("“") != text.count("”")
        or text.count('"') % 2
    ):
        return
    found = led_by_subject(source, sentence)
    # 'topics' alone, or 'measures', are too little to be asked about
    own = f"{source.voice or AUTHORS}’"
    plain = found and (" " in found[1] or found[1][0].isupper()) and not found[1].startswith(own)
    topics = [found] if found and plain else []
    if source.speaks(sentence):
        objects = (one for one in _OBJECT.finditer(text) if is_verb(one["verb"]) or one["verb"].endswith("ing"))
        # of 'as a nation remain' nothing tells that the last is a verb
        nouns = (one["topic"] for one in (*_OWN.finditer(text), *objects))
        topics += [(sentence.start, noun) for noun in nouns if not (noun[0] == "a" and is_verb(noun.split()[-1]))]
    topics += [(sentence.start, words) for words in _names(source, sentence)]
    first = next((one for one in topics if _is_alone(source, sentence, one[1])), None)
    if not first:
        return
    start, topic = first
    said = source.article.text[start : sentence.end]
    said = said[: len(said) - len(_LAST.search(said).group())]  # type: ignore[union-attr]  # it matches nothing, too
    if _FEWEST <= len(said.split()) <= _MOST:
        gold = source.gold(sentence, start - sentence.start, start - sentence.start + len(said))
        spoken = source.speaks(sentence)
        does = "do the authors" if source.voice == AUTHORS else f"does {source.voice if spoken else 'the article'}"
        template = Template.SAID if spoken else Template.ABOUT
        yield Draft(f"What {does} say about {topic}?", template, source.article, (gold,))


def _names(source: Source, sentence: Sentence) -> Iterator[str]:
    """Names of a sentence that are no part of a longer noun: all that somebody speaks of, else who is told of."""
    text = source.text(sentence)
    own = source.speaks(sentence)
    for name in source.names.of(text):
        before, proper = text[: name.start], name.text.split()[0] in source.proper
        bracketed = before.count("(") > before.count(")") or before.count("“") > before.count("”")
        if name.kind is NameKind.DATE or bracketed or not before or not proper or not _ENDING.match(text, name.end):
            continue
        person = name.kind is NameKind.PERSON
        whole = " " in name.text and (own or person or text.startswith(", ", name.end))
        the = "the " if before.lower().endswith(" the ") else ""
        part = re.search(
            r"(?:[\w’'.-]*[A-ZÀ-Þ.][\w’'.-]* |[\w’'-]+-)$", before.removesuffix("the ").removesuffix("The ")
        )
        tied = re.search(r"[A-ZÀ-Þ][\w’'-]* and $|\b(?:an?|of|from|by|as|in|at|to|with|for)(?: the)? $", before)
        words = f"{the}{name.text}"
        compass = re.fullmatch(r"(?:the )?(?:North|South|East|West)", words)
        if not part and not tied and not compass and (whole or (own and (person or the))):
            yield words


def _is_alone(source: Source, sentence: Sentence, topic: str) -> bool:
    """Tell whether words are clear, and only one sentence has them."""
    words = content_words(topic.split()[-1] if topic in source.full_names else topic)
    named = any(
        words <= other for one, other in zip(source.sentences, source.words, strict=True) if one is not sentence
    )
    # 'the progress made' ends, and 'invent characters' begins, with a verb
    cut = is_participle(topic.split()[-1]) or is_verb(topic.split()[0])
    cut = cut or any(word in PAST_OF_PARTICIPLE and not word.endswith("ed") for word in topic.split())
    # 'a student' may be anybody
    cut = cut or re.fullmatch(r"an? \S+", topic) is not None
    return bool(words) and not named and not cut and len(topic.split()) <= _MOST_TOPIC and not _NO_TOPIC.search(topic)


def we_must(source: Source) -> Iterator[Draft]:
    """Ask what somebody who speaks says that all must do: 'What does the speaker say we must do?'.

    :param source: The article.
    :return: Questions, each with all places that answer it.
    """
    found: dict[str, list[Gold]] = defaultdict(list)
    for sentence in source.sentences:
        for match in _WE.finditer(source.text(sentence)) if source.speaks(sentence) else ():
            gold = source.gold(sentence, *match.span("answer"))
            asked = f"say we {match['verb']} do" if match["verb"] else "urge people to do"
            found[f"What does {source.voice} {asked}?"].append(gold)
    for question, golds in found.items():
        yield Draft(question, Template.TO_DO, source.article, tuple(golds))
