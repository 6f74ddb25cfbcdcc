"""Questions that an interviewer asked: put about the person who was asked, they can be asked of the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from index.sentences import Sentence
from rag.drafting.clarity import is_clear
from rag.drafting.draft import Draft, Template
from rag.drafting.source import CAPTION, WHOLE, Source
from rag.drafting.statement import joined
from rag.drafting.verbs import AUX, OF_ONE, PLAIN, PLAIN_OF_PAST, PLAIN_OF_THIRD, is_verb

_ASKED = re.compile(
    r"(?:(?:If|When|As|After|Before|Besides|Other than|In|At|For|With|During"
    r"|Since) [^,?!.:;“”\"]{5,80}, (?=[a-z]))?(?i:(?:(?:for|in|on|at|to|from|with|of|by|about) )?(?:what(?:[’']s)?"
    r"|when|where|which|who|why|how|do|does|did|is|are|was|were|has|have|had|will|would|can|could"
    r"|should))\b(?:[^?!.:;“”\"]|[“\"][^“”\"?!]{1,40}[”\"]){11,160}\?"
)
_LABEL = re.compile(r"(?:[A-Z]{1,4}|[A-ZÀ-Þ][\w’'-]+(?: [A-ZÀ-Þ][\w’'.-]+){0,2}): (?=[^\s\d])")
"""Who speaks, before what is said: 'Q: ', 'Ann Lee: '."""
_BEGINS = re.compile(
    r"(?:(?:(?:And|So|But|Well|Now|Okay|OK|Also|Then|Finally|First|First of all|Lastly|Or)(?:, | ))|(?:(?:Mr|Mrs|Ms|Dr"
    r"|Sir|Madam)\.? ?\w*|(?:So |And )?[Tt]ell (?:me|us)|In other words|For example|By the way|I wonder), )+(?=\w)"
)
_BACKGROUND = re.compile(
    r"(?:As|For|With|Given|Since|In|At|During|Looking|Considering|Compared|Besides|Having|After|Before|Now that|You"
    r"|I|Your|[A-Z]\w+) [^?“”\"]*, "
    r"(?=(?:(?:do|did|would|can|could|will|should|are|were|have) you|(?:what|how|why|where|when|who|which) \w+)\b)"
)
"""What an interviewer tells before the question; not what it depends on."""
_NEGATED = re.compile(
    r"^(?P<verb>do|does|did|is|are|was|were|has|have|had|would|could|should)n[’']t (?=you|the|a|it|there)",
    re.IGNORECASE,
)
"""'Don't you think' asks what 'Do you think' does."""
_TELL = re.compile(
    r"(?:(?:For|As|To begin with|To start|First)[^,?!.]{0,60}, )?(?:(?:(?:Can|Could|Would|Will) you "
    r"|Please )(?:please |briefly |just |maybe |first )*)?(?:tell (?:us|me|our readers) (?:(?:something|more|a (?:bit"
    r"|little) more|a (?:bit|little)|briefly) )?about|talk (?:to (?:us|me) )?(?:(?:a (?:bit"
    r"|little) )?(?:more )?)?about|(?:talk|walk|take|run) (?:us|me) through|[Ww]hat about|[Hh]ow about|describe"
    r"|explain|comment on|elaborate on|expand on|speak about|give (?:us|me) your (?:thoughts|view"
    r"|opinion)s? on)(?: to (?:us|me|our readers))? (?P<what>[^?!.:;“”\"]{8,110}(?:[“\"][^“”\"?!]{1,80}[”\"])?)[?.]",
    re.IGNORECASE,
)
"""How an interviewer asks for a thing without a question word."""
_YOU = re.compile(r"\byou(?P<own>rs?)?\b(?:[’'](?P<short>re|ve|d|ll)\b)?(?P<next> \w+)?")
_BEFORE_YOU = re.compile(
    r"\b(?P<verb>do|are|were|have|did|would|can|could|will|should|had|might|may|must) $", re.IGNORECASE
)
_TO_YOU = re.compile(
    r"(?:ed|to|of|for|with|about|from|by|on|than|like|tell|gives?|gave|make|made|let|help|lead|led|get|got) $"
)
_ONE = {"do": "does", "are": "is", "were": "was", "have": "has"}
_SHORT = {"re": "is", "ve": "has", "d": "would", "ll": "will"}
_SECOND = re.compile(
    r",? (?:and|or) (?:how|what|why|when|where|who|did|do|does|is|are|was|were|have|has|will|would|can"
    r"|could)\b[^?]*(?=\?$)"
)
"""A second question behind 'and'."""
_SEVERAL = re.compile(r"\b[Yy]ou (?:two|both|guys|all|know|see)\b|^Why not\b|\byoursel(?:f|ves)\b")
_THERE = re.compile(r"\bthere\b(?! (?:is|are|was|were|been|be|an?|any\w*|some\w*|other|more|one|still|enough|still)\b)")
"""What points to a place, not what says that something is."""
_EVADES = re.compile(
    r"\b(?:I|[Ww]e) (?:really |honestly )?(?:do not|don[’']t|cannot|can[’']t|couldn[’']t|have not"
    r"|haven[’']t) (?:really |quite |yet )?(?:know|remember|recall|say|tell|comment|answer|have|follow\w*)\b"
    r"|\b[Nn]o comment\b|[’']m not (?:so |quite |really )?sure\b|am not sure\b"
)
"""A reply that answers nothing."""
_IS = re.compile(r"what (?P<what>[^?]{2,60}?) (?P<verb>is|are|was|were|means?)", re.IGNORECASE)
"""What an interviewer wants to have explained: 'what wikiHow is'."""
_POINTS = re.compile(
    r"\b(?:this|these|those|(?<=to )that|(?<=of )that|(?<=for )that|(?<=in )that"
    r"|(?<=about )that) (?=(?P<noun>[a-z]+)\b)"
)
_NO_NOUN = re.compile(
    r"(?:is|are|was|were|has|have|had|will|would|can|could|should|must|may|might|do|does|did|the|an?|in|on|at|of|to"
    r"|for|with|you|we|they|he|she|it|I|what|when|who|how|why|as|all|some|many|most|one|ones|kind|way|or|and|by|from"
    r"|year|month|week)"
)
"""What makes 'this' before it stand alone, or point to now."""
_IDLE = re.compile(
    r"\b(?:then|also|too|here(?= (?:in|at)\b)|so far|in the first place|exactly|actually)\b,? ?(?=\w|\?)"
)
"""Words that belong to a talk, not to the question."""
_EXPLETIVE = re.compile(
    r"\b(?:(?P<be>[Ii]s|[Ww]as|[Ww]ould|[Ww]ill) it(?= (?:be )?(?:an? )?\w+ (?:.{0,40} )?(?:to|that)\b)"
    r"|it(?= (?:is|was|would be|will be|has been) .*\b(?:to|that)\b))"
)
"""'It' that stands for what comes behind it."""
_FEWEST = 3
"""Words of a reply that tells something."""
_SHORTEST, _LONGEST = 5, 28
"""Words of a question: an interviewer's may be longer than one that is made."""


def interviewed(source: Source) -> Iterator[Draft]:
    r"""Ask what an interviewer asked, where somebody else answered it in the next paragraph.

    >>> from index.article import Article
    >>> text = "Why do you live in Kent?\n\nI like the sea there.\n\n" * 3
    >>> [draft.question for draft in interviewed(Source.of(Article(text)))][0]
    'Why does the interviewee live in Kent?'

    :param source: The article.
    :return: Questions; the answer is the reply up to the first sentence that says more than 'Absolutely.'.
    """
    found: dict[int, list[str]] = {}
    for one in source.sentences:
        text = _LABEL.sub("", source.text(one).strip())
        if text.endswith("?") or _TELL.fullmatch(text):
            found.setdefault(one.paragraph, []).append(_SECOND.sub("", _BEGINS.sub("", text, count=1)))
    replies = {paragraph: tuple(told) for paragraph, told in groupby(source.sentences, lambda one: one.paragraph)}
    for paragraph, texts in found.items():
        reply = _reply(source, replies, paragraph) if paragraph in source.asked else ()
        told = next((one for one in reply if len(source.text(one).split()) >= _FEWEST), None)
        bare = (_BACKGROUND.sub("", text, count=1) for text in texts if not re.match("If|When|Unless", text))
        question = next(filter(None, (_asked(text, source.voice) for text in (*texts, *bare))), "")
        said = [source.text(one).strip() for one in (reply[0], told)] if told else []
        if question and told and not any(one.endswith(("?", "...", "…")) or _EVADES.search(one) for one in said):
            # 'Yes.' belongs to what is said behind it
            whole = source.gold(told, 0, told.end - told.start)
            label = _LABEL.match(source.text(reply[0]))
            gold = replace(whole, start=reply[0].start + (label.end() if label else 0), first=reply[0].start)
            yield Draft(question, Template.INTERVIEW, source.article, (gold,))


def _reply(source: Source, paragraphs: dict[int, tuple[Sentence, ...]], asked: int) -> tuple[Sentence, ...]:
    """Find what is said to a question: the next paragraph with a whole sentence, so no heading and no caption."""
    for paragraph in (asked + 1, asked + 2):
        told = tuple(one for one in paragraphs.get(paragraph, ()) if WHOLE.search(source.text(one)))
        if told or paragraph in source.asked:
            return () if paragraph in source.asked or CAPTION.search(source.text(told[0])) else told
    return ()


def _asked(text: str, name: str) -> str:
    """Put a question to somebody as one about them; nothing if it is not clear by itself."""
    text = re.sub(r" (?=\?)", "", _IDLE.sub("", text)).replace("(s)", "s")
    # what was just spoken of is 'the' to those who read it alone
    text = _POINTS.sub(lambda found: found.group() if _points_alone(found["noun"]) else "the ", text)
    text = _NEGATED.sub(r"\g<verb> ", text)
    text = f"{text[0].upper()}{text[1:]}"
    tell = _TELL.fullmatch(text)
    plain = _EXPLETIVE.sub(lambda found: f"{found['be'] or ''} people", tell["what"] if tell else text)
    plain = re.sub(r"\b(?:you(?:r(?:self)?)?|today|now)\b", "people", plain)
    if _SEVERAL.search(text) or _THERE.search(text) or not is_clear(plain, _LONGEST):
        return ""
    if not tell:
        question = _of_third(text, name) if _ASKED.fullmatch(text) else ""
        return question if len(question.split()) >= _SHORTEST else ""
    explained = _IS.fullmatch(tell["what"])
    if explained:
        return f"What {explained['verb']} {explained['what']}?"
    return f"What does {name} say about {_about(tell['what'])}?"


def _points_alone(following: str) -> bool:
    """Tell whether 'this' before a word stands for something itself: 'this is', 'this when'."""
    return _NO_NOUN.fullmatch(following) is not None or following in PLAIN_OF_THIRD


def _of_third(question: str, name: str) -> str:
    """Put a question to somebody as one about them; a question that speaks of neither stays as it is."""
    you = _YOU.search(question)
    if not you:
        return question
    before, after, following = question[: you.start()], question[you.end() :], you["next"] or ""
    helping = _BEFORE_YOU.search(before)
    if you["own"]:
        return f"{before}{name}’s{_about(following + after)}"
    if helping:
        verb = _ONE.get(helping["verb"].lower(), helping["verb"].lower())
        verb = verb.capitalize() if helping["verb"][0].isupper() else verb
        return f"{before[: helping.start()]}{verb} {name}{_about(following + after)}"
    if you["short"]:
        return f"{before}{name} {_SHORT[you['short']]}{_about(following + after)}"
    verb = following.strip()
    if _TO_YOU.search(before) or not verb:
        return f"{before}{name}{_about(following + after)}"
    if verb in PLAIN_OF_PAST or verb in AUX - {"are", "were"} or verb == "had":
        return f"{before}{name}{following}{_about(after)}"
    if verb in PLAIN or verb in _ONE:
        return f"{before}{name} {_ONE.get(verb) or OF_ONE[verb]}{_about(after)}"
    return ""


def _about(words: str) -> str:
    """Put the rest of a question about somebody else."""
    words = re.sub(r"\byour\b", "their", words)
    return re.sub(r"\byou\b(?: (\w+)|(?=[’']))?", lambda found: _whom(found[1] or ""), words)


def _whom(following: str) -> str:
    """Put 'they' before a verb and 'them' elsewhere."""
    subject = is_verb(following) or following in ("have", "had", "do", "did")
    return joined("they" if subject else "them", following)
