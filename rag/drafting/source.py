"""What questions are made of: an article, its sentences and its names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.article import Article
from index.sentences import Sentence, split
from rag.drafting.draft import Gold
from rag.drafting.verbs import DEEDS, PLAIN_OF_PAST, PLAIN_OF_THIRD
from rag.language.english import OFFICE, TITLE
from rag.language.names import Name, NameKind, Names
from rag.language.words import tokenised

BODIES = (
    "Administration|Club|Council|Committee|Government|Parliament|Senate|Congress|Party|Court|Ministry|Agency"
    "|Association"
    "|Society|Union|League|Army|Navy|Board|Commission|Church|Unit|Institute|Company|Corporation|Department|Bank"
    "|Foundation"
)
"""Last words of names of those who act together."""
NOBODY = re.compile(
    rf"{BODIES}|College|University|Research|Systems?|Studies|Science|Cent(?:re|er)|School|Academy"
    r"|Hospital|Museum|Library|Cup|Football|Team|Group|Inc|Ltd|Media|TV|Radio"
    r"|News|Times"
    r"|Post|Press|Street|Road|Square|Park|Island|River|Lake|Sea|County|City|State|States|Kingdom|Republic|Act|Treaty"
    r"|Prize|Award|House|Palace|Force|Forces|Office|Crisis|War|Day|Week"
)
"""Last words of names that are no person's."""
_FAMILY = r"fathers?|mothers?|brothers?|sisters?|wi[fv]es?|husbands?|sons?|daughters?"
KIN = re.compile(rf"\b(?:{_FAMILY})\b")
"""Somebody of a family, whom 'he' or 'she' may stand for though they have no name."""
_CALLING = re.compile(
    rf"\b(?:(?:{OFFICE})s?|men|women|people|residents|students|police|children|citizens|(?!median"
    rf"|meridian)\w{{3,}}(?:ists?|ians?|men)"
    rf"|(?:wo)?m[ae]n"
    rf"|persons?|staff|personnel|individuals?|boys?|girls?|inhabitants|stars?|celebrit(?:y|ies)|hero(?:es)?|experts?"
    rf"|patriarchs?|abbots?|bishops?|monks?|knights?|nobles?|peasants?|colonists?|slaves?|pilgrims?"
    rf"|consuls?|immigrants?|famil(?:y|ies)|{_FAMILY})$",
    re.IGNORECASE,
)
_SOME_OF = re.compile(
    r"^(?:an? |the )?(?:\w+ )?(?:number|group|team|majority|handful|couple|lot|dozens|hundreds|thousands"
    r"|one|some|many) of "
)
_DOER = re.compile(r"\b(?P<verb>[a-z]+?)(?:(?<=(?P<last>[b-df-hj-np-tv-z]))(?P=last))?(?:e?rs?|ors?)$")
_DOING = frozenset(re.findall(r"\w+", "drive farm own perform play produce sell survive travel use win"))
"""Verbs of which things may be the subject, but whose doers are people."""
_NO_FIRST_NAME = frozenset(
    re.findall(
        r"\S+",
        "who what when where why how the a an of and in on at for new old north south east west northern "
        "southern eastern western central great black white big little education health state national "
        "international general saint fort mount wikinews monday tuesday wednesday thursday friday saturday "
        "sunday",
    )
)
_BEFORE_WHO = re.compile(r"(?<![\w’'-])([\w’'-]+),? who\b")
_BEFORE_VERB = re.compile(r"(?<![\w’'.&-])([\w’'.&-]+) (?=(?:had |has |also )?([a-z]+))")
WHOLE = re.compile(r"[.!?…][”’\"')\]]*(?:\s*\[\d+\])*\s*$")
"""How a sentence ends; a headline and a caption do not."""
_NOTES = re.compile(r"(?:\s*\[\d{1,3}\])+\s*$")
"""'[12]', as an encyclopedia names where something was found."""
CAPTION = re.compile(r"\b(?:Image|Photo|Picture|Credit)s?: ")
SPEAKER = "the speaker"
AUTHORS = "the authors"
_INTERVIEWED = re.compile(
    r"[Ii]nterview\w*:?(?: with)?(?: (?!(?:on|of|about|in|for|at)\b)[\w-]+){0,7}? (?P<name>[A-ZÀ-Þ][\w’'-]+"
    r"(?: (?:de |van |von |al-)?"
    r"(?!\w+day\b)[A-ZÀ-Þ][\w.’'-]+){1,2})(?=[,:–]|\s(?:on|about|at|in|for|after|before|\w+day)\b|\s*$)"
)
_RESEARCH = re.compile(
    r"\b(?:participants?|hypothes\w+|findings|study|studies|et al|results|data|literature|dataset)\b"
)
_ADDRESSES = re.compile(
    r"\b(?:[Tt]hank you|fellow|Mr\.? (?:President|Speaker|Chair)|Madam|[Ll]adies and gentlemen|this (?:House|Assembly)"
    r"|I (?:wish to|urge|appeal to|call (?:up)?on|congratulate|stand here)|[Ll]et us"
    r"|my (?:friends|colleagues|country))\b"
)
"""What is said to people who listen."""
OFFICE_BEFORE = re.compile(rf"^(?:(?i:{OFFICE}|{TITLE})s?\b\.?|[A-Z][a-z]+(?:ist|ian)) (?=[A-ZÀ-Þ])")
"""An office or a calling that is written before a name like a part of it."""
_STRETCHES = 8
"""Into which a long text is cut if only some of it is taken."""
_MOST_ASKED = 700
"""Code points of what an interviewer says at once."""
_OFTEN = 4
"""Times that a person is named, at least, whom an article is about."""


@dataclass(frozen=True, slots=True)
class Source:
    """An article and what is known of it.

    :param sentences: Those that may be asked about: all but boilerplate.
    :param words: Stems of the words of each sentence, stop words left out.
    :param names: Its names.
    :param people: Names of people in these sentences, in order, each with its sentence.
    :param full_names: Names of people with two or three words, each once, in order.
    :param proper: Words that are capitalised within sentences, so not only because they begin one.
    :param hero: The person whom the article is about, if there is one, and the word that stands for them: 'He', 'She'.
    :param voice: Who 'I' or 'we' is; empty if that is not known.
    :param guides: Whether 'you' is whoever reads it.
    :param asked: Paragraphs in which an interviewer speaks.
    :param before_who: Words that stand before 'who', so that they are people.
    :param before_deed: Words that stand before a verb for what mostly people do.
    :param counts: How often each word stands in the article.
    :param judged: Whether a model chooses among its drafts, so that rules may let more pass.
    """

    article: Article
    sentences: tuple[Sentence, ...]
    words: tuple[set[str], ...]
    names: Names
    people: tuple[tuple[Sentence, Name], ...]
    full_names: tuple[str, ...]
    proper: frozenset[str]
    hero: tuple[str, str]
    voice: str
    guides: bool
    asked: frozenset[int]
    before_who: frozenset[str]
    before_deed: frozenset[str]
    counts: Counter[str]
    judged: bool = False

    def is_person(self, words: str) -> bool:
        """Tell whether words stand for somebody: a person's name, an office, or people of some kind.

        :param words: A name or a noun with what belongs to it.
        """
        words = _SOME_OF.sub("", words)
        last = next(iter(reversed(self.names.of(words))), None)
        if last and last.kind is NameKind.PERSON and last.end == len(words):
            place = rf"\b(?:in|near|from|around|through|outside) {re.escape(last.text)}\b"
            compass = re.match(r"(?:North|South|East|West|New|Old)\w* ", words)
            return words[0].isupper() and not compass and not re.search(place, self.article.text)
        if re.search(rf"\b(?:{OFFICE}) [A-ZÀ-Þ][\w’'-]*$", words):
            return True
        if re.fullmatch(r"the (?:[A-Z]\w+(?:ese|ish)|French|Dutch|Swiss)", words, re.IGNORECASE):
            return True
        return (_CALLING.search(words) is not None or self._does(words)) and not re.search(r"\bof\b", words)

    def calls(self, words: str) -> bool:
        """Tell whether a description is somebody's: 'the first woman to fly', 'a painter from Kent'.

        :param words: What somebody or something is said to be.
        """
        head = re.split(
            r",? (?:of|who|whose|from|in|for|at|and|born|that|which|with|on|to|by|between|emeritus)\b|,", words
        )[0]
        return (
            head[-1:].islower()
            and head.split()[-1].islower()
            and (_CALLING.search(head) is not None or self._does(head))
        )

    def acts(self, words: str) -> bool:
        """Tell whether words stand for somebody, or for a body that the article lets do what only people do."""
        return self.is_person(words) or (words[:1].isupper() and words.split()[-1] in self.before_deed)

    def is_first(self, name: str, sentence: Sentence) -> bool:
        """Tell whether no sentence before this one has a name: what something is, is told where it is first named."""
        before = (other for other in self.sentences if other.start < sentence.start)
        return not any(name in self.text(other) for other in before if WHOLE.search(self.text(other)))

    def _does(self, words: str) -> bool:
        """Tell whether a noun is made of a verb for a deed ('settlers'), or the article says 'who' of it."""
        doer = _DOER.search(words.lower())
        verbs = {f"{doer['verb']}{doer['last'] or ''}", f"{doer['verb']}e", doer["verb"]} if doer else set()
        last = words.split()[-1] if words.split() else ""
        return bool(verbs & (DEEDS | _DOING)) or (last[:1].islower() and last in self.before_who)

    def is_topic(self, noun: str) -> bool:
        """Tell whether an article speaks of something so often that 'the' before it is clear.

        Where others of its kind are written of, too, it is not: 'a lake', 'lakes', 'Lake Constance'.
        """
        if self.voice not in ("", AUTHORS):
            return self.times(noun) > 1
        one = len(re.findall(rf"\b(?:the|this|these) {re.escape(noun)}\b", self.article.text, re.IGNORECASE))
        return 1 < one >= len(re.findall(rf"\b{re.escape(noun)}(?:e?s)?\b", self.article.text, re.IGNORECASE)) / 3

    def times(self, word: str) -> int:
        """Tell how often an article has a word, as written; of 'mill-owner', how often the rarer part of it."""
        return min((self.counts[part] for part in re.findall(r"\w+", word)), default=0)

    @classmethod
    def of(cls, article: Article, most: int | None = None, *, judged: bool = False) -> Source:
        """Cut an article and collect its names.

        :param article: The article.
        :param most: Sentences to take at most, in stretches spread over the article; all by default.
        :param judged: Whether a model chooses among its drafts.
        """
        every = tuple(sentence for sentence in split(article) if not sentence.boilerplate)
        sentences = every if most is None or len(every) <= most else _spread(every, most)
        texts = [article.text[sentence.start : sentence.end] for sentence in sentences]
        names = Names([article.text])
        people = tuple(
            (sentence, name)
            for sentence, text in zip(sentences, texts, strict=True)
            for name in names.of(text)
            if name.kind is NameKind.PERSON and WHOLE.search(text) and not CAPTION.search(text)
        )
        written = dict.fromkeys(name.text for _, name in people if 2 <= len(name.text.split()) <= 3)
        written = dict.fromkeys(OFFICE_BEFORE.sub("", name) for name in written)
        full = tuple(name for name in written if " " in name and _is_full_name(name, names, article.text))
        within = Counter(re.findall(r"(?<=[a-zß-ÿ,] )[^\W\d_][\w’'-]*", "\n".join(filter(WHOLE.search, texts))))
        # 'Newton’s' tells of Newton
        within += Counter(word[:-2] for word in within if re.search(r"[’']s$", word))
        proper = frozenset(word for word in within if word[:1].isupper() and within[word] > within[word.lower()])
        words = tuple(map(set, tokenised(texts)))
        hero = _hero(article, people, full)
        asked = _asked(article, sentences)
        voice = interviewee(article, full) if asked else _voice(article.text)
        guides = not re.search(r"\bI\b|\b[Ww]e\b", article.text) and len(re.findall(r"\byou\b", article.text)) >= _OFTEN
        before_who = frozenset(_BEFORE_WHO.findall(article.text))
        before_deed = frozenset(
            word
            for word, verb in _BEFORE_VERB.findall(article.text)
            if PLAIN_OF_PAST.get(verb, PLAIN_OF_THIRD.get(verb)) in DEEDS
        )
        counts = Counter(re.findall(r"\w+", article.text))
        return cls(
            article, sentences, words, names, people, full, proper, hero, voice, guides, asked, before_who,
            before_deed, counts, judged,
        )  # fmt: skip

    def standing_for(self, sentence: Sentence, male: bool) -> str | None:
        """Tell whom 'he' or 'she' at the beginning of a sentence stands for.

        :param sentence: The sentence.
        :param male: Whether it is 'he'.
        :return: The name of the person whom the article is about; None if it may be another.
        """
        name, own = self.hero
        if own != ("He" if male else "She"):
            return None
        return name if self._before(sentence) <= {name.split()[-1]} else None

    def only_person(self, sentence: Sentence) -> str | None:
        """Tell who is the only person named in a paragraph before a sentence of it.

        :param sentence: The sentence.
        :return: The name; None if nobody is named, more than one, or one of somebody's family is told of.
        """
        surnames = self._before(sentence)
        told = (one for one in self.sentences if one.paragraph == sentence.paragraph and one.start < sentence.start)
        # 'she' may be the daughter, who has no name
        if len(surnames) != 1 or any(KIN.search(self.text(one)) for one in told):
            return None
        (surname,) = surnames
        named = (
            one.text
            for other, one in self.people
            if other.paragraph == sentence.paragraph and one.text.split()[-1] == surname
        )
        return next(named)

    def _before(self, sentence: Sentence) -> set[str]:
        """Surnames of the people who are named in a paragraph before a sentence of it."""
        known = {name.split()[-1] for name in self.full_names}
        named = (
            one.text.split()[-1]
            for other, one in self.people
            if other.paragraph == sentence.paragraph and other.start < sentence.start
        )
        return {surname for surname in named if surname in known or surname in self.hero[0].split()}

    def speaks(self, sentence: Sentence) -> bool:
        """Tell whether a sentence is said by somebody who speaks in the whole article or is asked in it."""
        if self.voice in ("", AUTHORS) or sentence.paragraph in self.asked:
            return False
        return not self.asked or sentence.paragraph > min(self.asked)

    def text(self, sentence: Sentence) -> str:
        """The words of a sentence."""
        return self.article.text[sentence.start : sentence.end]

    def gold(self, sentence: Sentence, start: int, end: int) -> Gold:
        """Take a stretch of a sentence as an answer, without the spaces, the comma and the numbers of notes behind it.

        :param start: First code point within the sentence.
        :param end: One past its last.
        """
        words = _NOTES.sub("", self.text(sentence)[start:end]).rstrip(", \t\n\xa0")
        start += sentence.start
        return Gold(start, start + len(words), sentence.start, sentence.end)


def _spread(sentences: tuple[Sentence, ...], most: int) -> tuple[Sentence, ...]:
    """Take stretches of a long text that lie at equal distances."""
    stretch = most // _STRETCHES
    starts = [place * (len(sentences) - stretch) // (_STRETCHES - 1) for place in range(_STRETCHES)]
    return tuple(sentence for start in starts for sentence in sentences[start : start + stretch])


def _hero(article: Article, people: Sequence[tuple[Sentence, Name]], full_names: Sequence[str]) -> tuple[str, str]:
    """Find the one person who is named far more often than others, and is always 'he' or always 'she'."""
    surnames = Counter(name.text.split()[-1] for _, name in people)
    (first, most), (_, next_most) = (*surnames.most_common(2), ("", 0), ("", 0))[:2]
    # of several of one family the title tells who is meant
    titled = next((name for name in surnames if article.title.split()[-1:] == [name] and surnames[name] >= _OFTEN), "")
    if titled and re.fullmatch(r"(?:[A-ZÀ-Þ][\w.’'-]*\s?){2,4}", article.title):
        first, most, next_most = titled, surnames[titled], 0
    full = [name for name in full_names if name.split()[-1] == first]
    # where something is or comes from is no person
    if (
        first
        and not full
        and 2 * len(re.findall(rf"\b(?:in|of|from|at|near|for) {re.escape(first)}\b", article.text)) > most
    ):
        return ("", "")
    he, she = (len(re.findall(rf"\b{word}\b", article.text, re.IGNORECASE)) for word in ("he", "she"))
    if most < _OFTEN or most < 2 * next_most or max(he, she) < _OFTEN or min(he, she) * 2 > max(he, she):
        return ("", "")
    # a relative may be the only one who is named in full
    whole = len(full) == 1 and article.text.find(full[0]) + len(full[0]) - len(first) == article.text.find(first)
    return (full[0] if whole else first, "He" if he > she else "She")


def interviewee(article: Article, full_names: Sequence[str]) -> str:
    """Name who is asked in an interview."""
    title = _INTERVIEWED.search(article.title)
    named = [name for name in full_names if name in article.title]
    return title["name"] if title else named[0] if len(named) == 1 else "the interviewee"


def _asked(article: Article, sentences: Sequence[Sentence]) -> frozenset[int]:
    """Find the paragraphs in which an interviewer speaks: if there are many such, those that end with a question."""
    last = {sentence.paragraph: sentence for sentence in sentences}
    length = Counter[int]()
    for sentence in sentences:
        length[sentence.paragraph] += sentence.end - sentence.start
    asked = [
        one
        for one, end in last.items()
        # whoever is asked may end with a question, too, but speaks longer
        if length[one] <= _MOST_ASKED and article.text[end.start : end.end].rstrip().endswith("?")
    ]
    if len(asked) >= _OFTEN - 1:
        return frozenset(asked)
    you = [one.paragraph for one in sentences if re.search(r"\byour?\b", article.text[one.start : one.end])]
    you = [one for one in you if length[one] <= _MOST_ASKED]
    return frozenset(asked or you if re.search(r"\b[Ii]nterview", article.title) else ())


def _voice(text: str) -> str:
    """Tell who speaks in an article that says 'I' or 'we' outside of quotations."""
    own = re.sub(r"[“\"][^“”\"]*[”\"]", "", text)
    if len(re.findall(r"\b(?:[Ww]e|[Oo]ur)\b", own)) >= _OFTEN and (
        len(set(_RESEARCH.findall(own))) >= _OFTEN - 1 or re.search(r"\b[Tt]his (?:paper|article|study)\b", own)
    ):
        return AUTHORS
    spoken = (
        _ADDRESSES.search(own) is not None
        or min(len(re.findall(rf"\b{word}\b", own)) for word in ("I", "[Ww]e")) >= _OFTEN
        or re.search(r"\b(?:[Ss]peech|[Aa]ddress|[Rr]emarks|[Ss]tatement)\b", text.strip().partition("\n")[0])
    )
    return SPEAKER if spoken and len(re.findall(r"\b(?:I|[Ww]e|[Oo]ur)\b", own)) >= 2 * _OFTEN else ""


def _is_full_name(name: str, names: Names, text: str) -> bool:
    """Tell whether some words are a person's whole name and not a place's, a work's or an institution's."""
    first, *_, last = name.split()
    within = re.search(rf"\b(?:in|at|near|across|(?:University|State|City|Republic) of|the) {re.escape(name)}\b", text)
    function = first.lower() in _NO_FIRST_NAME or last.lower() in _NO_FIRST_NAME or " of " in name
    # of 'Peter O'Toole' the name is cut
    return not within and not function and len(last) > 1 and _is_surname(last, names)


def _is_surname(word: str, names: Names) -> bool:
    """Tell whether a last word is a person's and not a place's or an institution's."""
    return not NOBODY.fullmatch(word) and all(name.kind is NameKind.PERSON for name in names.of(word))
