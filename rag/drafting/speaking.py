"""What somebody who speaks in an article does by speaking: thanks, asks, promises, wants, feels.

These are asked for by the words that begin such a clause, whatever stands behind them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from index.sentences import Sentence
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.source import SPEAKER, Source
from rag.drafting.statement import joined
from rag.drafting.verbs import PAST_OF_PARTICIPLE, PLAIN, PLAIN_OF_PAST

_WORDS = r"[^;:()“”\"—–?!]"
_END = (
    r"(?=[;:!]|\.\W*$|$| [—–-] |,? (?:and|but|so|because|for) (?:I|we|you|it|they|he|she|this|that|there|these|those)\b"
    r"|,? (?:but|because|although|though|while|whereas|since|which)\b|, (?:as|so|who|when|if)\b)"
)
"""What ends a clause, without a doubt."""
_STARTS = r"(?:^|(?<=[,;:—–] )|(?<=\band )|(?<=\bbut )|(?<=\bso )|(?<=\bSo )|(?<=\bAnd )|(?<=\bBut ))"
_OFTEN = (
    r"(?:(?:also|really|just|truly|still|always|then|now|very|so|all|both|certainly|(?!only|hardly|rarely)\w+ly) )*"
)
_WHO = rf"{_STARTS}(?P<who>I|[Ww]e)"
_VERB = r"[a-z]+(?! (?:so|it|this|that)\b)"

_WANTS = re.compile(
    rf"{_WHO}(?:[’'](?P<short>d)|) {_OFTEN}(?P<wants>want|wanted|hope|hoped|intend|intended|plan|planned|wish|wished"
    rf"|aim|decided|tried|try|learned|learnt|chose|managed|promised|promise|pledge|pledged|agreed|prefer|would like"
    rf"|would love|like|love|started|began|used|need|needed|have|had) to (?P<answer>{_VERB} {_WORDS}{{6,200}}?){_END}"
)
_WILL = re.compile(
    rf"{_WHO}(?:(?P<short>[’']ll) {_OFTEN}| (?:will|shall) {_OFTEN}|(?: am| are|[’'](?:m|re)) going to {_OFTEN})"
    rf"(?P<answer>{_VERB} {_WORDS}{{8,200}}?){_END}"
)
_MUST = re.compile(
    r"(?<!if )(?<!when )(?<!what )(?<!why )(?<!how )(?<!as )(?<!which )(?<!that )(?<!where )\b"
    rf"[Ww]e (?P<modal>must|should|need to|have to|ought to|can|cannot|can[’']t) {_OFTEN}"
    rf"(?P<answer>(?!be\b|have\b)[a-z]+ (?!(?:it|them|this|that|so)\b){_WORDS}{{8,200}}?){_END}"
)
_LET_US = re.compile(
    rf"(?:^|(?<=[;:—–,.] )|(?<=\band ))[Ll]et(?:[’']s| us) {_OFTEN}(?P<answer>{_VERB} {_WORDS}{{8,200}}?){_END}"
)
_PURPOSE = re.compile(
    r"(?:^|(?<=, )|(?<=\band ))(?:[Ii]n order to|[Tt]o) (?P<do>(?P<first>[a-z]+) [^,;:()“”\"]{6,70}), $"
)
_BEFORE = (
    rf"(?:{_STARTS}(?:I|[Ww]e)(?:[’']d like|[’']m \w+| (?:{_OFTEN}(?:want|wish|would like|must|have|like"
    rf"|am (?:\w+ )?\w+|are (?:\w+ )?\w+|take this (?:opportunity|occasion|moment)|rise today"
    rf"|am here)))? to {_OFTEN}(?:begin by |start by |join \w+ in )?|{_STARTS}(?:I|[Ww]e) {_OFTEN}|(?:^"
    rf"|(?<=, ))(?:[Aa]llow me|[Ll]et me|[Pp]ermit me)(?: to| also| first| again)* |{_STARTS})"
)
"""How somebody begins to say what they do by saying it: 'I would like to', 'Allow me to'."""
_TO_SOMEBODY = re.compile(
    r"\b[Tt]hank|\b(?:congratulat|commend|prais|applaud|salut|honou?r|ask|urg|call|appeal|invit|encourag|implor"
    r"|challeng|request|remind|warn)"
)
"""A verb for what is said to somebody: without it, no more is looked for."""
_THANKS = re.compile(
    rf"{_BEFORE}(?:(?P<verb>thank|congratulate|commend|praise|applaud|salute|honou?r)(?:ing)?) (?P<whom>(?!you\b"
    rf"|God\b|and\b|everyone\b|(?:it|them|this|that|him|her)\b){_WORDS}{{3,110}}?)(?:,? (?P<by>for"
    rf"|on) (?P<what>{_WORDS}{{6,200}}?))?{_END}",
)
_THANK_YOU = re.compile(
    rf"\bThank you(?: so much"
    rf"| very much)?,? to (?P<whom>{_WORDS}{{4,110}}?)(?:,? for (?P<what>{_WORDS}{{6,200}}?))?{_END}"
)
_ASKS = re.compile(
    rf"{_BEFORE}(?P<verb>ask|urge|call (?:up)?on|appeal to|invite|encourage|implore|challenge|request|remind|warn)"
    rf"(?:ing)? (?P<whom>(?!you\b|it\b"
    rf"|them\b)[^,;:()“”\"?!.]{{3,80}}?) (?:today )?to (?P<answer>{_VERB} {_WORDS}{{6,200}}?){_END}"
)
_PERFORMS = re.compile(
    rf"{_STARTS}(?P<who>I|[Ww]e) {_OFTEN}(?P<verb>support|welcome|condemn|oppose|reject|appreciate|acknowledge|admire"
    rf"|endorse|urge|demand|remember|recall|regret|enjoy|love|like|hate|miss|fear|respect|believe in|hope for|call for"
    rf"|ask for|look forward to|look at|need|object to|rejoice in|care about|stand for|stand with|stand by|reaffirm"
    rf"|recognize|recognise|advocate|celebrate|cherish|value|trust|dislike) (?P<answer>(?!(?:that|it|this|them|him|her"
    rf"|what|how|when|where|why|who|whether|if|to|you|[a-z]+ly|all|so|very)\b){_WORDS}{{4,160}}?){_END}"
)
_FEELINGS = {
    "proud": "of", "sure": "of", "certain": "of", "confident": "of", "convinced": "of", "aware": "of", "afraid": "of",
    "glad": "about", "happy": "about", "excited": "about", "sorry": "about", "optimistic": "about",
    "worried": "about", "concerned": "about", "sad": "about", "pleased": "about", "delighted": "about",
    "grateful": "for", "thankful": "for", "surprised": "by", "amazed": "by", "inspired": "by", "impressed": "by",
    "interested": "in", "skeptical": "about", "sceptical": "about", "curious": "about", "tired": "of",
    "committed": "to", "determined": "", "ready": "", "willing": "", "able": "", "opposed": "to", "lucky": "",
    "fortunate": "", "privileged": "", "honored": "", "honoured": "", "engaged": "in", "involved": "in",
    "dedicated": "to", "known": "for", "responsible": "for",
}  # fmt: skip
"""Words for what somebody feels, with what stands between them and what they feel it of."""
_FEELS = re.compile(
    rf"{_WHO}(?:[’'](?P<short>m|re)| (?P<be>am|was|are|were)) {_OFTEN}(?P<feeling>{'|'.join(_FEELINGS)})"
    rf" (?:(?P<to>to) (?P<do>(?P<verb>[a-z]+)(?= ){_WORDS}{{6,160}}?)|(?P<that>that) (?P<clause>{_WORDS}{{10,200}}?)"
    rf"|(?P<of>of|about|for|by|in|with|at|to) (?P<what>(?!(?:it|this|that|them|you|him"
    rf"|her)\b){_WORDS}{{4,160}}?)){_END}"
)
_NEEDED = re.compile(
    rf"(?:^|(?<=, )|(?<=\b[Aa]nd )|(?<=\b[Bb]ut )|(?<=\b[Ss]o )|(?<=\b[Ww]ell ))[Ww]hat (?P<who>I|we) (?:(?:really|all"
    rf"|just|also) )*(?P<do>(?P<verb>want|need|have|do|did|found|find|wanted|needed|see|saw|say|said|learned|like|love"
    rf"|mean|ask|expect)(?: (?:(?!(?:is|was)\b)[^,;:()“”\" ]+ ?){{1,8}}?)?) (?:is|was) (?:that )?(?P<answer>(?!(?:this"
    rf"|that|it|not|so|happening|what|how|why)\b){_WORDS}{{8,200}}?){_END}"
)
_LACKING = ("want", "wanted", "need", "needed", "ask", "expect", "love", "like")
SPEECH = frozenset(
    re.findall(
        r"\w+",
        "thank congratulate commend praise applaud salute say begin start be have ask urge call tell express take make "
        "go talk note announce report introduce declare inform acknowledge present see hear welcome join know let get "
        "come offer share repeat read mention add speak",
    )
)
"""Verbs by which nothing is wanted but to say it: 'I want to thank'."""
_POINTING = re.compile(
    r"\b(?:this|these|those|it|its|they|them|their|he|him|his|she|her|such|here|there|everyone|everybody|all|you|your"
    r"|each)\b|\bthat\b(?! (?:\w+ed|\w+s|is|are|was|were|has|have|had|will|can|would|could|must|the|a|an|I|we)\b)",
    re.IGNORECASE,
)
_IT_IS = re.compile(
    rf"\b[Ii]t(?:[’']s| (?P<be>is|was|will be|would be|must be)) (?:(?:very|so|really|also|just|always|truly|again"
    rf"|still) )*(?P<what>(?:an?|my|our) (?:[a-z]+ ){{0,2}}[a-z]+|(?!not|no|like|about|time|up|own|said|known"
    rf"|called|going|got|hard)[a-z]{{3,}}(?<!ed)(?<!ing)) (?:for (?:us|people|everyone"
    rf"|me) )?(?P<answer>(?:to (?P<verb>[a-z]+)|that (?!is\b|was\b|has\b)[\w’'-]+) {_WORDS}{{8,200}}?){_END}"
)
_AGE = re.compile(r"\bI(?:[’']m| am) (?P<answer>[1-9]\d)(?= (?:years old|now)\b|[,.]|\s*$)")
_MODALS = {
    "must": "must {}", "should": "should {}", "need to": "does {} need to", "have to": "does {} have to",
    "ought to": "ought {} to", "can": "can {}", "cannot": "can {} not",
}  # fmt: skip
LEANS = re.compile(r"(?:\w+ ){1,4}(?:their|them|it|its|this|these|those|his|her|him)\b|.*\bdo (?:so|it|that)\b")
"""An answer that is not clear by itself: 'pay tribute to their courage'."""
_FEWEST = 2


@dataclass(frozen=True, slots=True)
class _Act:
    """What is asked about an act, where the answer stands in the sentence, and what the question is made of."""

    question: str
    start: int
    end: int
    template: Template = Template.TO_DO


def spoken(source: Source) -> Iterator[Draft]:
    """Ask what somebody does by speaking: 'What does the speaker thank the council for?', 'What must we do?'.

    :param source: The article.
    :return: Questions, each with all places that answer it.
    """
    found: dict[str, tuple[Template, list[Gold]]] = defaultdict(lambda: (Template.TO_DO, []))
    for sentence in source.sentences:
        if not source.speaks(sentence) or source.text(sentence).rstrip().endswith("?"):
            continue
        for act in _acts(source, sentence):
            if act.template is Template.HOW_OLD or _is_whole(source.text(sentence)[act.start : act.end]):
                gold = source.gold(sentence, act.start, act.end)
                golds = found.setdefault(act.question, (act.template, []))[1]
                golds.append(gold)
    for question, (template, golds) in found.items():
        yield Draft(question, template, source.article, tuple(golds))


def _is_whole(words: str) -> bool:
    """Tell whether an answer is no stump: it does not end with a word that joins."""
    return (
        len(words.split()) >= _FEWEST
        and not LEANS.match(words)
        and not re.search(
            r"\b(?:the|an?|of|to|for|in|on|at|with|and|or|that|by|from|as|is|are|was|were|even|only|just|also|not|my"
            r"|our|their|his|her|its)\W*$",
            words,
        )
    )


def _acts(source: Source, sentence: Sentence) -> Iterator[_Act]:
    text, voice = source.text(sentence), source.voice
    for kind in (_wants, _musts, _performs, _feels, _needed, _finds, _old):
        yield from kind(text, voice)
    if _TO_SOMEBODY.search(text):
        yield from _thanks(text, voice)
        yield from _asks(text, voice)


def _subject(voice: str, who: str) -> tuple[str, bool]:
    """Tell who is asked about, and whether they are one: of a speech 'we' stays."""
    own = voice != SPEAKER or who == "I"
    return (voice if own else "we"), own


def _wants(text: str, voice: str) -> Iterator[_Act]:
    """'I want to find it': what somebody wants, decides or tries to do, or says they will do."""
    for match in _WANTS.finditer(text):
        if match["answer"].split()[0] not in PLAIN or match["answer"].split()[0] in SPEECH:
            continue
        who, one = _subject(voice, match["who"])
        wants = match["wants"]
        if not one and wants in ("need", "have"):
            # see `_musts`
            continue
        start, end = match.span("answer")
        if wants.startswith("would ") or (match["short"] and wants in ("like", "love")):
            question = f"What would {who} {wants.split()[-1]} to do?"
        elif wants in ("used", "needed", "had") or wants in PLAIN_OF_PAST:
            plain = {"used": "use", "had": "have"}.get(wants, PLAIN_OF_PAST.get(wants, wants))
            question = f"What did {who} {plain} to do?"
        else:
            question = f"What {'does' if one else 'do'} {who} {wants} to do?"
        yield _Act(question, start, end)
    for match in _WILL.finditer(text):
        if match["answer"].split()[0] in PLAIN and match["answer"].split()[0] not in SPEECH:
            yield _Act(f"What will {_subject(voice, match['who'])[0]} do?", *match.span("answer"))


def _musts(text: str, voice: str) -> Iterator[_Act]:
    """'We must mend the roof': what somebody says that all must do."""
    for match in _MUST.finditer(text):
        if match["answer"].split()[0] not in PLAIN or (
            voice != SPEAKER and match["modal"] not in ("must", "should", "need to", "have to")
        ):
            continue
        modal = "cannot" if match["modal"].startswith("can") and match["modal"] != "can" else match["modal"]
        purpose = _PURPOSE.search(text, 0, match.start())
        to = f" to {purpose['do']}" if purpose and purpose["first"] in PLAIN else ""
        asked = f"What does {voice} say we {modal}" if voice == SPEAKER else f"What {_MODALS[modal]}"
        yield _Act(f"{asked.format(voice)} do{to}?", *match.span("answer"))
    for match in _LET_US.finditer(text):
        if match["answer"].split()[0] in PLAIN and match["answer"].split()[0] not in ("see", "take", "say"):
            yield _Act(f"What does {voice} urge people to do?", *match.span("answer"))


def _thanks(text: str, voice: str) -> Iterator[_Act]:
    """'I thank Ann Lee for the roof': who is thanked or praised, and for what."""
    for pattern in (_THANKS, _THANK_YOU):
        for match in pattern.finditer(text):
            verb = match["verb"].lower() if pattern is _THANKS else "thank"
            clear = not _POINTING.search(match["whom"])
            if match["what"] and clear:
                by = match["by"] if pattern is _THANKS else "for"
                whom = match["whom"].split(",")[0]
                yield _Act(f"What does {voice} {verb} {whom} {by}?", *match.span("what"), Template.OF_WHAT)
            if match["what"] and clear and not _POINTING.search(match["what"]):
                yield _Act(f"Who does {voice} {verb} {by} {match['what']}?", *_whom_named(match), Template.WHO)
            elif clear:
                yield _Act(f"Who does {voice} {verb}?", *_whom_named(match), Template.WHO)


def _whom_named(match: re.Match[str]) -> tuple[int, int]:
    """Where the name of whoever is thanked stands, without 'again' and the words to those who listen."""
    start, end = match.span("whom")
    beside = re.search(r"(?: again| once more| too| as well)?(?:, (?:Madam|Mr)\b.*)?$", match["whom"])
    return start, end - len(beside.group()) if beside else end


def _asks(text: str, voice: str) -> Iterator[_Act]:
    """'I ask the council to mend the roof': who is asked to do what."""
    for match in _ASKS.finditer(text):
        if match["verb"] and not _POINTING.search(match["whom"]) and match["answer"].split()[0] in PLAIN:
            verb = match["verb"]
            yield _Act(f"What does {voice} {verb} {match['whom']} to do?", *match.span("answer"))
            if not _POINTING.search(match["answer"]):
                yield _Act(f"Who does {voice} {verb} to {match['answer']}?", *match.span("whom"), Template.WHO)


def _performs(text: str, voice: str) -> Iterator[_Act]:
    """'I welcome the new law': what somebody welcomes, supports or remembers."""
    for match in _PERFORMS.finditer(text):
        who, one = _subject(voice, match["who"])
        # whom somebody urges to do something is asked for by itself
        if match["verb"] == "urge" and " to " in match["answer"]:
            continue
        if (
            match["verb"] in ("like", "love", "enjoy", "need", "look at")
            and match["answer"].split()[0] in PAST_OF_PARTICIPLE
        ):
            continue
        yield _Act(f"What {'does' if one else 'do'} {who} {match['verb']}?", *match.span("answer"), Template.WHAT)


def _feels(text: str, voice: str) -> Iterator[_Act]:
    """'I am proud of the town': what somebody is proud of, sure of, ready to do."""
    for match in _FEELS.finditer(text):
        who, one = _subject(voice, match["who"])
        be = ("was" if one else "were") if match["be"] in ("was", "were") else "is" if one else "are"
        feeling, of = match["feeling"], _FEELINGS[match["feeling"]]
        if match["to"] and match["verb"] in PLAIN and match["verb"] not in SPEECH:
            yield _Act(f"What {be} {who} {feeling} to do?", *match.span("do"))
        elif match["that"] and of:
            yield _Act(f"What {be} {who} {feeling} {of}?", *match.span("clause"), Template.OF_WHAT)
        elif match["of"] and match["of"] in (of, "to" if feeling == "committed" else of):
            yield _Act(f"What {be} {who} {feeling} {of}?", *match.span("what"), Template.OF_WHAT)


def _needed(text: str, voice: str) -> Iterator[_Act]:
    """'What we need is a roof': what somebody needs, wants or finds."""
    for match in _NEEDED.finditer(text):
        who, one = _subject(voice, match["who"])
        # 'What did we say?' tells too little
        if match["do"] == match["verb"] and match["verb"] not in _LACKING:
            continue
        past = PLAIN_OF_PAST.get(match["verb"])
        do = "did" if past else "does" if one else "do"
        yield _Act(
            f"What {do} {who} {joined(past or match['verb'], match['do'][len(match['verb']) :])}?",
            *match.span("answer"),
            Template.WHAT,
        )


def _finds(text: str, voice: str) -> Iterator[_Act]:
    """'It is an honor to live here': what somebody says is an honor, or possible."""
    for match in _IT_IS.finditer(text):
        if (match["verb"] and match["verb"] not in PLAIN) or (
            match["what"].split()[0] in ("a", "an") and not match["verb"]
        ):
            continue
        what = re.sub(
            r"^(?:my|our)\b", "their" if voice != SPEAKER or match["what"].startswith("my") else "our", match["what"]
        )
        yield _Act(f"What does {voice} say {match['be'] or 'is'} {what}?", *match.span("answer"), Template.WHAT)


def _old(text: str, voice: str) -> Iterator[_Act]:
    """'I am 61 now': how old somebody is."""
    for match in _AGE.finditer(text):
        yield _Act(f"How old is {voice}?", *match.span("answer"), Template.HOW_OLD)
