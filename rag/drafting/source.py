"""What questions are made of: an article, its sentences and its names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.article import Article
from index.sentences import Sentence, split
from rag.drafting.draft import Gold
from rag.language.names import Name, NameKind, Names
from rag.language.words import content_words

_NOBODY = re.compile(
    r"College|University|School|Academy|Institute|Hospital|Museum|Library|Church|Party|League|Cup|Football|Club|Team"
    r"|Council|Committee|Commission|Association|Union|Bank|Group|Company|Corporation|Inc|Ltd|Media|TV|Radio|News|Times"
    r"|Post|Press|Street|Road|Square|Park|Island|River|Lake|Sea|County|City|State|States|Kingdom|Republic|Act|Treaty"
    r"|Prize|Award|House|Palace|Court|Army|Navy|Force|Forces|Department|Ministry|Agency|Office|Crisis|War|Day|Week"
)
"""Last words of names that are no person's."""


@dataclass(frozen=True, slots=True)
class Source:
    """An article and what is known of it.

    :param sentences: Those that may be asked about: all but boilerplate.
    :param words: Stems of the words of each sentence, stop words left out.
    :param names: Its names.
    :param people: Names of people in these sentences, in order, each with its sentence.
    :param full_names: Names of people with two or three words, each once, in order.
    """

    article: Article
    sentences: tuple[Sentence, ...]
    words: tuple[set[str], ...]
    names: Names
    people: tuple[tuple[Sentence, Name], ...]
    full_names: tuple[str, ...]

    @classmethod
    def of(cls, article: Article) -> Source:
        """Cut an article and collect its names.

        :param article: The article.
        """
        sentences = tuple(sentence for sentence in split(article) if not sentence.boilerplate)
        texts = [article.text[sentence.start : sentence.end] for sentence in sentences]
        names = Names([article.text])
        people = tuple(
            (sentence, name)
            for sentence, text in zip(sentences, texts, strict=True)
            for name in names.of(text)
            if name.kind is NameKind.PERSON
        )
        written = dict.fromkeys(name.text for _, name in people if 2 <= len(name.text.split()) <= 3)
        full = tuple(name for name in written if _is_surname(name.split()[-1], names))
        return cls(article, sentences, tuple(map(content_words, texts)), names, people, full)

    def text(self, sentence: Sentence) -> str:
        """The words of a sentence."""
        return self.article.text[sentence.start : sentence.end]

    def gold(self, sentence: Sentence, start: int, end: int) -> Gold:
        """Take a stretch of a sentence as an answer.

        :param start: First code point within the sentence.
        :param end: One past its last.
        """
        return Gold(sentence.start + start, sentence.start + end, sentence.start, sentence.end)


def _is_surname(word: str, names: Names) -> bool:
    """Tell whether a last word is a person's and not a place's or an institution's."""
    return not _NOBODY.fullmatch(word) and all(name.kind is NameKind.PERSON for name in names.of(word))
