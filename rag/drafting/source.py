"""What questions are made of: an article, its sentences and its names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from index.article import Article
from index.sentences import Sentence, split
from rag.drafting.draft import Gold
from rag.language.english import OFFICE
from rag.language.names import Name, NameKind, Names
from rag.language.words import content_words

NOBODY = re.compile(
    r"College|University|School|Academy|Institute|Hospital|Museum|Library|Church|Party|League|Cup|Football|Club|Team"
    r"|Council|Committee|Commission|Association|Union|Bank|Group|Company|Corporation|Inc|Ltd|Media|TV|Radio"
    r"|News|Times"
    r"|Post|Press|Street|Road|Square|Park|Island|River|Lake|Sea|County|City|State|States|Kingdom|Republic|Act|Treaty"
    r"|Prize|Award|House|Palace|Court|Army|Navy|Force|Forces|Department|Ministry|Agency|Office|Crisis|War|Day|Week"
)
"""Last words of names that are no person's."""
_CALLING = re.compile(
    rf"\b(?:(?:{OFFICE})s?|men|women|people|residents|students|police|children|citizens|\w+(?:ers|ors|ists|ians"
    rf"|men))$",
    re.IGNORECASE,
)
_NO_FIRST_NAME = frozenset(
    re.findall(
        r"\S+",
        "who what when where why how the a an of and in on at for new old north south east west northern "
        "southern eastern western central great black white big little education health state national "
        "international general saint fort mount wikinews monday tuesday wednesday thursday friday saturday "
        "sunday",
    )
)
SPEAKER = "the speaker"
_RESEARCH = re.compile(
    r"\b(?:participants?|hypothes\w+|findings|study|studies|et al|results|data|literature|dataset)\b"
)
_STRETCHES = 8
"""Into which a long text is cut if only some of it is taken."""
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

    def is_person(self, words: str) -> bool:
        """Tell whether words stand for somebody: a person's name, an office, or people of some kind.

        :param words: A name or a noun with what belongs to it.
        """
        last = next(iter(reversed(self.names.of(words))), None)
        if last and last.kind is NameKind.PERSON and last.end == len(words):
            place = rf"\b(?:in|near|from|around|through|outside) {re.escape(last.text)}\b"
            return words[0].isupper() and not re.search(place, self.article.text)
        return _CALLING.search(words) is not None and not re.search(r"\bof\b", words)

    def is_topic(self, noun: str) -> bool:
        """Tell whether an article speaks of something so often that 'the' before it is clear."""
        return len(re.findall(rf"\b{re.escape(noun)}\b", self.article.text)) >= _OFTEN - 1

    @classmethod
    def of(cls, article: Article, most: int | None = None) -> Source:
        """Cut an article and collect its names.

        :param article: The article.
        :param most: Sentences to take at most, in stretches spread over the article; all by default.
        """
        every = tuple(sentence for sentence in split(article) if not sentence.boilerplate)
        sentences = every if most is None or len(every) <= most else _spread(every, most)
        texts = [article.text[sentence.start : sentence.end] for sentence in sentences]
        names = Names([article.text])
        people = tuple(
            (sentence, name)
            for sentence, text in zip(sentences, texts, strict=True)
            for name in names.of(text)
            if name.kind is NameKind.PERSON
        )
        written = dict.fromkeys(name.text for _, name in people if 2 <= len(name.text.split()) <= 3)
        full = tuple(name for name in written if _is_full_name(name, names, article.text))
        proper = frozenset(re.findall(r"(?<=[a-z,] )[A-ZÀ-Þ][\w’'-]*", article.text))
        words = tuple(map(content_words, texts))
        hero, voice = _hero(article, people, full), _voice(article.text)
        guides = not re.search(r"\bI\b|\b[Ww]e\b", article.text) and len(re.findall(r"\byou\b", article.text)) >= _OFTEN
        return cls(article, sentences, words, names, people, full, proper, hero, voice, guides)

    def standing_for(self, sentence: Sentence, male: bool) -> str | None:
        """Tell whom 'he' or 'she' at the beginning of a sentence stands for.

        :param sentence: The sentence.
        :param male: Whether it is 'he'.
        :return: The name of the person whom the article is about; None if it may be another.
        """
        name, own = self.hero
        if own != ("He" if male else "She"):
            return None
        before = [
            one.text.split()[-1]
            for other, one in self.people
            if other.paragraph == sentence.paragraph and other.start < sentence.start
        ]
        return name if set(before) <= {name.split()[-1]} else None

    def text(self, sentence: Sentence) -> str:
        """The words of a sentence."""
        return self.article.text[sentence.start : sentence.end]

    def gold(self, sentence: Sentence, start: int, end: int) -> Gold:
        """Take a stretch of a sentence as an answer.

        :param start: First code point within the sentence.
        :param end: One past its last.
        """
        return Gold(sentence.start + start, sentence.start + end, sentence.start, sentence.end)


def _spread(sentences: tuple[Sentence, ...], most: int) -> tuple[Sentence, ...]:
    """Take stretches of a long text that lie at equal distances."""
    stretch = most // _STRETCHES
    starts = [place * (len(sentences) - stretch) // (_STRETCHES - 1) for place in range(_STRETCHES)]
    return tuple(sentence for start in starts for sentence in sentences[start : start + stretch])


def _hero(article: Article, people: Sequence[tuple[Sentence, Name]], full_names: Sequence[str]) -> tuple[str, str]:
    """Find the one person who is named far more often than others, and is always 'he' or always 'she'."""
    surnames = Counter(name.text.split()[-1] for _, name in people)
    (first, most), (_, next_most) = (*surnames.most_common(2), ("", 0), ("", 0))[:2]
    full = [name for name in full_names if name.split()[-1] == first]
    he, she = (len(re.findall(rf"\b{word}\b", article.text, re.IGNORECASE)) for word in ("he", "she"))
    if most < _OFTEN or most < 2 * next_most or max(he, she) < _OFTEN or min(he, she) * 2 > max(he, she):
        return ("", "")
    return (full[0] if len(full) == 1 else first, "He" if he > she else "She")


def _voice(text: str) -> str:
    """Tell who speaks in an article that says 'I' or 'we' outside of quotations."""
    own = re.sub(r"[“\"][^“”\"]*[”\"]", "", text)
    asked = len(re.findall(r"\?\s*\n", own))
    if asked >= _OFTEN:
        return ""
    if len(re.findall(r"\b(?:[Ww]e|[Oo]ur)\b", own)) >= _OFTEN and len(_RESEARCH.findall(own)) >= _OFTEN:
        return "the authors"
    spoken = re.search(r"\b(?:[Tt]hank you|fellow|Mr\.? (?:President|Speaker|Chair)|Madam|ladies and gentlemen)", own)
    spoken = spoken or re.search(
        r"\b(?:[Ss]peech|[Aa]ddress|[Rr]emarks|[Ss]tatement)\b", text.strip().partition("\n")[0]
    )
    return SPEAKER if spoken and len(re.findall(r"\b(?:I|[Ww]e|[Oo]ur)\b", own)) >= 2 * _OFTEN else ""


def _is_full_name(name: str, names: Names, text: str) -> bool:
    """Tell whether some words are a person's whole name and not a place's, a work's or an institution's."""
    first, *_, last = name.split()
    within = re.search(rf"\b(?:in|at|near|across|(?:University|State|City|Republic) of|the) {re.escape(name)}\b", text)
    function = first.lower() in _NO_FIRST_NAME or last.lower() in _NO_FIRST_NAME or " of " in name
    return not within and not function and _is_surname(last, names)


def _is_surname(word: str, names: Names) -> bool:
    """Tell whether a last word is a person's and not a place's or an institution's."""
    return not NOBODY.fullmatch(word) and all(name.kind is NameKind.PERSON for name in names.of(word))
