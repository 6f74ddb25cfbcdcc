"""Follow-ups: from a question that leans on the conversation to questions that stand alone.

By rule, so that it is fast and can be shown. `leaning` tells which questions lean on what was said before. Of such a
question others are made that stand alone: a pronoun gives way to a name or an answer of earlier turns that fits it,
the topic of the earlier question is swapped, or what was asked of before is added. Which of them is meant is not
decided here: all are asked, and the surest answer tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import permutations

from rag.answer import Status, Turn
from rag.language.names import NameKind, Names
from rag.understanding.leaning import ABOUT, OPENER, POSSESSIVE, PRONOUNS, pronouns

TURNS = 10
"""How far back a question may reach."""
MOST = 3
"""Questions made of one, at most: each costs a reading, and each is one more chance to be surely wrong."""
_LONGEST_ANSWER = 80
"""Code points of an earlier answer that may stand in a question."""


_ASKING = (
    r"(?:(?:in|on|at|to|from|for|by|with|of|since|until)\s)?(?:who(?:m|se)?|what|which|when|where|why|how)\b"
    r"(?:\s(?:many|much|long|often|far|old|big|large|high|tall|fast)\b)?"
)
_QUESTION_WORD = re.compile(rf"\b{_ASKING}", re.IGNORECASE)
_BARE = re.compile(
    rf"(?:{_ASKING}|since\swhen|how\scome|how\slong\sago)(?:\s(?:exactly|then|else|so|not|precisely|ago|was\sthat|is\sthat"
    r"|did\sthat\shappen|did\sit\shappen|was\sit|is\sit|that))?",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(
    r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)\b", re.IGNORECASE
)
_ASKED_OF = re.compile(
    r"^(?:[\w-]+\s){0,2}?(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|may|might)\s",
    re.IGNORECASE,
)
"""What stands before the subject: 'day did' of 'On what day did it end?'."""
_OWNED = re.compile(r"['’]s?\s(?!own\b)[a-z][\w-]+")
"""What somebody's name is put before: 's trip' after 'Ada'."""
_TOPIC_FIRST = re.compile(r"(?P<topic>[^,?!.]{2,40}),\s+(?P<question>.+)")
"""'Ada, who is she?'"""
_CLAUSE = re.compile(r"(?:he|she|it|they|we|i|you|who|which|that)\b", re.IGNORECASE)
_COUNTED = re.compile(r"\bhow\smany\s((?:other|more|different|new|of\sthe)?\s?[\w-]+)", re.IGNORECASE)


def stand_alone_questions(question: str, turns: Sequence[Turn], names: Names) -> list[str]:
    """Make questions that stand alone of one that leans on its conversation.

    :param question: The question.
    :param turns: What was said before, the latest last; at most `TURNS` are looked at.
    :param names: The names of the articles.
    :return: Up to `MOST` questions, the likeliest first, the question itself not among them.
    """
    said = [turn for turn in turns if turn.answer.status is not Status.SMALL_TALK][-TURNS:]
    if not said:
        return []
    text = _without(OPENER, question.strip())
    made: Iterable[str]
    named = _TOPIC_FIRST.fullmatch(text)
    if named and names.of(named["topic"]) and pronouns(named["question"]) and not _QUESTION_WORD.match(text):
        return [_tidy(_put(named["question"], dict.fromkeys(PRONOUNS, named["topic"])))]
    if ABOUT.match(text) or not (_QUESTION_WORD.search(text) or _AUXILIARY.match(text)):
        made = _swapped(_without(ABOUT, text), said, names)
    elif _BARE.fullmatch(text.rstrip(" ?!.")):
        made = _asked_anew(text.rstrip(" ?!."), said)
    elif pronouns(text):
        made = _filled(text, said, names)
    else:
        made = _added(text, said, names)
    kept = dict.fromkeys(_tidy(one) for one in made)
    return [one for one in kept if one != _tidy(question)][:MOST]


def _filled(text: str, said: Sequence[Turn], names: Names) -> Iterator[str]:
    """Put names and answers of earlier turns in the place of the pronouns."""
    places = pronouns(text)
    kinds = list(dict.fromkeys(match.group().lower() for match in places))
    fits = [list(_antecedents(PRONOUNS[word], said, names)) for word in kinds]
    if len(kinds) == 1:
        choices: Iterable[tuple[str, ...]] = [(one,) for one in fits[0]]
    else:
        shared = list(dict.fromkeys(one for fit in fits for one in fit[:3]))
        choices = [
            choice
            for choice in permutations(shared, len(kinds))
            if all(one in fit for one, fit in zip(choice, fits, strict=True))
        ]
    for choice in choices:
        yield _put(text, dict(zip(kinds, choice, strict=True)))


def _put(text: str, antecedents: Mapping[str, str]) -> str:
    """Put into the place of each pronoun what it stands for."""
    parts, place = [], 0
    for match in pronouns(text):
        word = match.group().lower()
        parts += [text[place : match.start()], _written(word, antecedents[word], text[match.end() :])]
        place = match.end()
    return "".join([*parts, text[place:]])


def _written(pronoun: str, antecedent: str, after: str) -> str:
    if pronoun == "there":
        return f"in {antecedent}"
    if pronoun == "then":
        return antecedent if re.match(r"(?:in|on|at|during)\b", antecedent) else f"in {antecedent}"
    # 'her' before a noun is hers; at the end, or before a preposition, it is she
    hers = pronoun == "her" and not re.match(
        r"\s*(?:$|[?.!,]|(?:in|on|at|to|for|with|by|from|and|or|about|when)\b)", after
    )
    if (pronoun in POSSESSIVE and pronoun != "her") or hers:
        return f"{antecedent}'s"
    return antecedent


def _antecedents(kinds: Sequence[NameKind], said: Sequence[Turn], names: Names) -> Iterator[str]:
    """What a pronoun may stand for, of the latest turn first: names of a fitting kind, and what was answered."""
    fitting = (one for turn in reversed(said) for kind in kinds for one in _of_kind(kind, turn, names))
    seen: set[str] = set()
    for one in fitting:
        if one.lower() not in seen:
            seen.add(one.lower())
            yield one


def _of_kind(kind: NameKind, turn: Turn, names: Names) -> Iterator[str]:
    answer = turn.answer.text if turn.answer.status is Status.ANSWERED else ""
    if kind is NameKind.THING:
        counted = _COUNTED.search(turn.answer.understood_as)
        # '19' says less than 'the other countries' that were counted
        if counted:
            yield f"the {counted[1]}"
        elif 0 < len(answer) <= _LONGEST_ANSWER and not _CLAUSE.match(answer) and not _is_name(answer, names):
            yield answer
        for name in names.of(turn.answer.understood_as):
            owned = _OWNED.match(turn.answer.understood_as, name.end)
            if owned:
                yield name.text + owned.group()
    said = [*names.of(turn.answer.understood_as), *names.of(answer)]
    yield from (name.text for name in said if name.kind is kind)


def _is_name(text: str, names: Names) -> bool:
    """Tell whether a text is nothing but a name, whose own kind says what may stand for it."""
    return any(name.text == text for name in names.of(text))


def _swapped(topic: str, said: Sequence[Turn], names: Names) -> Iterator[str]:
    """Ask the earlier question of another topic."""
    topic = topic.rstrip(" ?!.")
    kinds = {name.kind for name in names.of(topic)}
    for turn in reversed(said[-3:]):
        earlier = turn.answer.understood_as
        there = names.of(earlier)
        # a person gives way to a person, where there is one
        for name in [name for name in there if name.kind in kinds] or there:
            yield earlier[: name.start] + topic + earlier[name.end :]
        if not there:
            yield f"{earlier.rstrip(' ?!.')} ({topic})?"


def _asked_anew(asking: str, said: Sequence[Turn]) -> Iterator[str]:
    """Put another question word before the rest of the earlier question."""
    for turn in reversed(said[-2:]):
        earlier = turn.answer.understood_as
        rest = _rest(earlier)
        if turn.answer.status is Status.ANSWERED and len(turn.answer.text) <= _LONGEST_ANSWER:
            yield f"{asking} {rest} {turn.answer.text}?"
        yield f"{asking} {rest}?"


def _added(text: str, said: Sequence[Turn], names: Names) -> Iterator[str]:
    """Say what the question is about: what the earlier one was about."""
    bare = text.rstrip(" ?!.")
    for turn in reversed(said[-2:]):
        earlier = turn.answer.understood_as
        yield f"{bare} ({_ASKED_OF.sub('', _rest(earlier), count=1)})?"
        yield from (f"{bare} of {name.text}?" for name in names.of(earlier)[:1])


def _rest(question: str) -> str:
    """A question without its question word."""
    return _without(_QUESTION_WORD, _without(OPENER, question.strip().rstrip(" ?!.")))


def _without(opening: re.Pattern[str], text: str) -> str:
    match = opening.match(text)
    return text[match.end() :].strip() if match else text


def _tidy(question: str) -> str:
    text = " ".join(question.split())
    text = text if text.endswith("?") else text.rstrip(" .!") + "?"
    return text[:1].upper() + text[1:]
