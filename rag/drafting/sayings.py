"""Questions about what people said, and who said it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from index.sentences import Sentence
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.heads import subject_and_verb
from rag.drafting.rivals import unrivalled
from rag.drafting.source import NOBODY, Source
from rag.drafting.statement import PRONOUNS, Statement, joined
from rag.drafting.subjects import SEVERAL
from rag.drafting.verbs import TELLING, is_verb

_SPEAKING = dict(
    re.findall(
        r"(\w+)/(\w+)",
        "said/say says/say claimed/claim announced/announce argued/argue explained/explain stated/state wrote/write "
        "predicted/predict promised/promise insisted/insist told/say added/say warned/say",
    )
)
_VERB = "|".join(_SPEAKING)
_DAY = r"(?: on)?(?: (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)?"
_AFTER = re.compile(
    rf"(?:,? who)? (?P<verb>{_VERB})\b(?:(?<=told) (?:the |an? |his |her )?\w+(?: [A-ZÀ-Þ]\w+)*)?{_DAY}"
    r"(?:,? that)?,?:? (?P<said>[^;]+?)[\s.,;!]*$"
)
_BEFORE = re.compile(r"[“\"](?P<said>[^“”\"]+)[”\"],? $")
_SPOKE = re.compile(rf" (?P<verb>{_VERB})\b")
_QUOTED_AFTER = re.compile(rf" (?:{_VERB})\b{_DAY},? [“\"](?P<said>[^“”\"]+)[”\"]")
_MOST_TOLD, _MOST_TOPIC = 40, 6
_NO_TOPIC = re.compile(
    r"\b(?:there|whether|while|although|though|when|where|because|since|upon|which|who|that|what|if|as|to|[Ii]t|he|she"
    r"|they|we|I|you|this|these|those|his|her|their"
    r"|its|our|my)\b|[“\"]"
)
_OPEN = re.compile(r"\b(?:of|in|for|on|to|with|by|from|at|and|or)$")
_ANYBODY = re.compile(
    r"(?:(?:some|many|several|most|other) )?(?:researchers|scientists|scholars|critics|historians|studies|experts"
    r"|authors|economists|sources|reports|people|others)"
)
"""Of whom nobody asks what they say, unless it is told about what."""
_CLAIMED = re.compile(
    rf" (?P<verb>{_VERB}|believes?|believed|denied|denies|thinks|estimates"
    rf"|estimated) (?:that )?(?P<said>[^;:()]+?)[\s.,]*$"
)
_COMPLETE = re.compile(r"(?:(?:the|an?|[A-ZÀ-Þ]\w+|most|many|some|more|no|all) .*)")
_MOST_CLAIMED = 18
_ACCORDING = re.compile(r"According to (?P<who>(?:the |an? )?[^,]{3,60}), $")
_MOST_QUOTED = 14
_FEWEST_WORDS, _MOST_WORDS = 3, 30
_SELF_CONTAINED = re.compile(r"[“\"]|(?:(?:the|an?|its|his|her|their|[A-ZÀ-Þ]|\d|he |she |they |it )\S*)")


def said(source: Source) -> Iterator[Draft]:
    """Ask what somebody said, where the article tells it of them only once.

    :param source: The article.
    :return: Questions; the answer is the quotation, or the clause that reports it.
    """
    found: dict[str, list[tuple[str, Gold | None]]] = defaultdict(list)
    for sentence, name in source.people:
        text = source.text(sentence)
        # 'the governor of Maine stated' is not what Maine did
        if re.search(r"\b(?:of|in|from|for|at|near) (?:\S+$|$)", text[: name.end].removesuffix(name.text.split()[-1])):
            continue
        spoke = _SPOKE.match(text, name.end)
        before = _BEFORE.search(text, 0, name.start) if spoke else None
        after = _AFTER.match(text, name.end)
        words = before or after
        if words is None:
            continue
        verb = _SPEAKING[(spoke or words)["verb"]]
        whole = _FEWEST_WORDS <= len(words["said"].split()) <= _MOST_WORDS and _SELF_CONTAINED.match(words["said"])
        found[name.text.split()[-1]].append((verb, source.gold(sentence, *words.span("said")) if whole else None))
    for surname, statements in found.items():
        # of two statements neither is the answer
        verb, gold = statements[0]
        if len(statements) == 1 and gold and not NOBODY.fullmatch(surname):
            yield Draft(f"What did {_full(source, surname)} {verb}?", Template.SAID, source.article, (gold,))


def who_said(source: Source) -> Iterator[Draft]:
    """Ask who said some words that the article quotes.

    >>> from index.article import Article
    >>> text = "“We will build the mill again,” Ada Byron said. Byron left."
    >>> [draft.question for draft in who_said(Source.of(Article(text)))]
    ['Who said “We will build the mill again”?']

    :param source: The article.
    :return: Questions; the answer is the speaker.
    """
    for sentence, name in source.people:
        text = source.text(sentence)
        spoke = _SPOKE.match(text, name.end)
        asked = re.search(rf" (?:{_VERB}) $", text[: name.start])
        words = _BEFORE.search(text, 0, asked.start() + 1 if asked else name.start) if spoke or asked else None
        words = words or _QUOTED_AFTER.match(text, name.end)
        if words and _FEWEST_WORDS < len(words["said"].split()) <= _MOST_QUOTED and words["said"][0].isupper():
            said_words = words["said"].rstrip(" ,.")
            if not re.search(r"[.?!]\s", said_words):
                gold = source.gold(sentence, name.start, name.end)
                yield Draft(f"Who said “{said_words}”?", Template.WHO_SAID, source.article, (gold,))


def who_claimed(source: Source) -> Iterator[Draft]:
    """Ask who said what is told without quotation marks around all of it.

    >>> from index.article import Article
    >>> text = "Ada Byron said the old mill would “feed all of Kent” in a year. Byron left."
    >>> [draft.question for draft in who_claimed(Source.of(Article(text)))]
    ['Who said the old mill would “feed all of Kent” in a year?']

    :param source: The article.
    :return: Questions; the answer is the speaker.
    """
    for sentence, name in source.people:
        text = source.text(sentence)
        match = _CLAIMED.match(text, name.end)
        if not match or text.count("“") != text.count("”") or not _COMPLETE.match(match["said"]):
            continue
        if _FEWEST_WORDS + 2 <= len(match["said"].split()) <= _MOST_CLAIMED and match["said"].count('"') % 2 == 0:
            gold = source.gold(sentence, name.start, name.end)
            yield Draft(f"Who {match['verb']} {match['said']}?", Template.WHO_SAID, source.article, (gold,))


def _is_topic(words: str) -> bool:
    # behind an article, what may be a verb is a noun: 'the decline in exports'
    verbal = not re.match(r"(?:the|an?) ", words, re.IGNORECASE) and any(map(is_verb, words.split()))
    return words[0].isalpha() and not (
        _NO_TOPIC.search(words) or _OPEN.search(words) or len(words.split()) > _MOST_TOPIC or verbal
    )


def reported(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what somebody says, thinks or finds, where it is told in a clause with 'that': 'What does the study show?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the clause.
    """
    start = stated.told
    said = source.article.text[start : stated.end]
    plain = stated.helped(said)[1]
    found = subject_and_verb(source, start, stated.end)
    topic = source.article.text[start : found[0]] if found else ""
    topic = topic if topic and _is_topic(topic) else ""
    # what somebody said without a topic is asked for all that is told of them: see `said`
    if not topic and re.match(r"(?:it|this|that|they|he|she|these|those)\b", said):
        return
    if not topic and _ANYBODY.fullmatch(stated.subject):
        return
    bare = ("say", "think", "believe", "know", "feel", "understand") if stated.speaks else ("say", "agree")
    if plain in TELLING and (topic or plain not in bare) and _FEWEST_WORDS < len(said.split()) <= _MOST_TOLD:
        gold = source.gold(sentence, start - sentence.start, stated.end - sentence.start)
        question = stated.asked("What", joined(f"about {topic}" if topic else "", stated.when))
        yield from unrivalled(source, question, Template.REPORTED, gold)


def according_to(source: Source, sentence: Sentence, stated: Statement) -> Iterator[Draft]:
    """Ask what somebody says whom the statement is ascribed to: 'What does the report say about the old mill?'.

    :param source: The article.
    :param sentence: The sentence.
    :param stated: What it states.
    :return: Questions; the answer is the clause.
    """
    found = _ACCORDING.match(stated.lead)
    if found and _is_topic(stated.subject) and source.article.text[stated.start : stated.stop].lower() not in PRONOUNS:
        head = re.split(r" (?:of|in|for|from|at|on|with) ", found["who"])[0]
        # 'Wilkins' is one
        does = "do" if SEVERAL.search(head) and head.split()[-1].islower() else "does"
        gold = source.gold(sentence, stated.start - sentence.start, stated.end - sentence.start)
        question = f"What {does} {found['who']} say about {stated.subject}?"
        yield from unrivalled(source, question, Template.REPORTED, gold)


def silent(source: Source) -> list[str]:
    """People of whom the article tells no word that they said.

    :param source: The article.
    :return: Full names, in order.
    """
    loud = {
        name.text.split()[-1]
        for sentence, name in source.people
        if re.search(
            r"[“”\"]|\b(?:" + _VERB + r"|call(?:ed|s)|den(?:ied|y)|declared|asked|replied)\b", source.text(sentence)
        )
    }
    return [person for person in source.full_names if person.split()[-1] not in loud]


def _full(source: Source, surname: str) -> str:
    full = [person for person in source.full_names if person.split()[-1] == surname]
    return full[0] if len(full) == 1 else surname
