"""Names and dates in a text, with a guess at what each stands for, by rule alone.

No model is asked: what stands before and after a name in the articles themselves tells a person ("President Ada
Byron", "Byron said") from a place ("in Kent"). Where nothing tells, the name may stand for anything.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import dropwhile
from pathlib import Path

from rag.language.english import AUXILIARY, OFFICE, OPENER, QUESTION_WORD, TITLE
from rag.language.words import folded


class NameKind(StrEnum):
    """What a name stands for."""

    PERSON = "person"
    PLACE = "place"
    DATE = "date"
    THING = "thing"


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written.

    :param start: First code point in the text that it was found in.
    :param end: One past the last.
    """

    text: str
    kind: NameKind
    start: int
    end: int


_CAPITAL = r"[A-ZÀ-Þ][\w&-]*"
_RUN = re.compile(rf"{_CAPITAL}(?:\s(?:(?:of|de|del|da|van|von|bin|al|la)\s)?{_CAPITAL})*")
_WORD = re.compile(r"[^\W\d_][\w&-]*")
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday"
_DATE = re.compile(
    rf"\b(?:(?:\d{{1,2}}\s)?(?:{_MONTH})(?:\s\d{{1,2}}(?!\d))?(?:,?\s\d{{4}})?|(?:{_DAY})|(?:1[0-9]|20)\d\ds?)\b"
)
_HOLDS_OFFICE = re.compile(rf"(?:{OFFICE}|{TITLE}|saint)\.?", re.IGNORECASE)
_SPEAKS = re.compile(
    r"\s(?:himself|herself|said|says|told|tells|added|argued|asked|wrote|claimed|stated|explained|announced|was\sborn|died)\b"
)
_AT = re.compile(r"\b(?:in|at|from|to|near|across|throughout|outside|inside|toward|towards|around)\s(?:the\s)?$")
_TITLED = re.compile(rf"\b(?:{OFFICE}|{TITLE}),?\.?\s$", re.IGNORECASE)
_OTHER_OPENERS = """
    he she it they we you i his her its their our my this that these those there here not no yes name list give
    tell both each some many most all one two three other another ok okay hi hello thanks please according
    despite among within without
"""
_NO_NAME = frozenset(f"{OPENER}|{QUESTION_WORD}|{AUXILIARY}".split("|")) | set(_OTHER_OPENERS.split())
"""Words that begin a sentence and are no names."""
_TELLING = (NameKind.THING, NameKind.PLACE, NameKind.PERSON)
_BEFORE = 24
"""Code points before a name that are looked at."""


class Names:
    """The names of some texts.

    :param texts: The texts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        texts = list(texts)
        plain = {word for text in texts for word in _WORD.findall(text) if word.islower()}
        # a word that is also written small is no name, however it begins its sentence
        self._common = {word.lower() for word in plain} | _NO_NAME
        self._kinds: dict[str, NameKind] = {}
        alone = Counter(text for text, *_ in self._everywhere(texts) if " " not in text)
        for name, before, after in self._everywhere(texts):
            kind = _told(name, before, after, alone)
            # one place that tells a person outweighs all that tell less
            self._kinds[name] = max(kind, self._kinds.get(name, kind), key=_TELLING.index)
        for name in [name for name, kind in self._kinds.items() if kind is NameKind.PERSON]:
            surname = name.split()[-1]
            if self._kinds.get(surname) is not NameKind.PLACE:
                self._kinds[surname] = NameKind.PERSON
        self._forms = {folded(name): name for name in self._kinds}

    @classmethod
    def load(cls, path: Path) -> Names:
        """Read what `save` wrote.

        :param path: The file.
        :raises OSError: If it is missing.
        :raises ValueError: If it is no JSON or tells a kind that is none.
        :raises KeyError: If it holds something else.
        """
        names, kept = cls(()), json.loads(path.read_bytes())
        names._common = set(kept["common"])
        names._kinds = {name: NameKind(kind) for name, kind in kept["kinds"].items()}
        names._forms = {folded(name): name for name in names._kinds}
        return names

    def save(self, path: Path) -> None:
        """Write the names in JSON.

        :param path: The file.
        :raises OSError: If it cannot be written.
        """
        path.write_text(json.dumps({"common": sorted(self._common), "kinds": self._kinds}), encoding="utf-8")

    def of(self, text: str) -> list[Name]:
        """Find names and dates, in order.

        >>> names = Names(["Then President Ada Byron went to Kent."])
        >>> [(name.text, name.kind.value) for name in names.of("did ada byron see Kent?")]
        [('ada byron', 'person'), ('Kent', 'place')]

        :param text: Any text, a question typed in lower case too.
        :return: Stretches of it; a name that the texts do not have is found if it is capitalised, as a `THING`.
        """
        dates = [Name(match.group(), NameKind.DATE, *match.span()) for match in _DATE.finditer(text)]
        found = dates + [name for name in self._names(text) if not _overlap(name, dates)]
        found += [name for name in self._typed_small(text) if not _overlap(name, found)]
        return sorted(found, key=lambda name: name.start)

    def _names(self, text: str) -> Iterator[Name]:
        for start, end in self._runs(text):
            written = text[start:end]
            yield Name(written, self._kind(written), start, end)

    def _kind(self, name: str) -> NameKind:
        known = self._forms.get(folded(name))
        return self._kinds[known] if known else NameKind.THING

    def _typed_small(self, text: str) -> Iterator[Name]:
        """Find names of the texts that are written small here."""
        small = folded(text)
        if len(small) != len(text):
            return
        words = [match.span() for match in re.finditer(r"[^\W\d_]{3,}", small)]
        place = 0
        while place < len(words):
            for last in range(min(place + 2, len(words) - 1), place - 1, -1):
                start, end = words[place][0], words[last][1]
                form = small[start:end]
                if form in self._forms and form not in self._common:
                    yield Name(text[start:end], self._kind(form), start, end)
                    place = last
                    break
            place += 1

    def _everywhere(self, texts: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        """Name, what stands before it, what stands after it, for each occurrence."""
        for text in texts:
            for start, end in self._runs(text):
                if not _DATE.fullmatch(text, start, end):
                    # an office at the head of the run is not of the name, but says whose it is
                    yield text[start:end], text[max(0, start - _BEFORE) : start], text[end : end + _BEFORE]

    def _runs(self, text: str) -> Iterator[tuple[int, int]]:
        """Runs of capitalised words, without common words and offices at their head."""
        for match in _RUN.finditer(text):
            found = _WORD.finditer(text, *match.span())
            words = list(dropwhile(lambda word: word.group().lower() in self._common, found))
            offices = [place for place, word in enumerate(words) if _HOLDS_OFFICE.fullmatch(word.group())]
            words = words[offices[-1] + 1 :] if offices else words
            if words:
                yield words[0].start(), words[-1].end()


def _told(name: str, before: str, after: str, alone: Counter[str]) -> NameKind:
    if _TITLED.search(before) or _SPEAKS.match(after):
        return NameKind.PERSON
    if _AT.search(before):
        return NameKind.PLACE
    words = name.split()
    # 'Ada Byron' once, 'Byron' ever after: so texts write of people
    if 2 <= len(words) <= 3 and alone[words[-1]] >= 2 and alone[words[0]] == 0 and "of" not in words:
        return NameKind.PERSON
    return NameKind.THING


def _overlap(name: Name, others: Iterable[Name]) -> bool:
    return any(name.start < other.end and other.start < name.end for other in others)
