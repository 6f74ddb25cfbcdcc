"""Correct a question's spelling by the words of the articles.

Only a word that nobody knows is corrected: it is in none of the articles, in no inflection, and the
reader's vocabulary does not have it whole. So 'misile' becomes 'missile', while 'Prussia' never
becomes 'Russia'.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from rag.language.words import folded, stem

_WORD = re.compile(r"[^\W\d_]{4,}")
_ASKING = ("what", "when", "where", "which", "whose", "whom", "name", "year", "many", "much", "does", "happened")
_LONG = 8
"""Letters from which a word may have two wrong."""
_MOST = 12
"""Words that are corrected. A question with more that nobody knows is in another language, or made to take long."""


class Spelling:
    """The words of some texts.

    :param texts: The texts.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        counts = Counter(word for text in texts for word in _WORD.findall(text))
        commonest_last = [word for word, _ in reversed(counts.most_common())]
        forms = {folded(word): word for word in commonest_last}
        # capitals may stand for the word's place in the text
        forms |= {folded(word): word for word in commonest_last if word.islower()}
        self._sort(forms | {word: word for word in _ASKING})

    @classmethod
    def load(cls, path: Path) -> Spelling:
        """Read what `save` wrote.

        :param path: The file.
        :raises OSError: If it is missing.
        :raises ValueError: If it is no JSON.
        """
        spelling = cls(())
        # of two words that are equally near the first is taken, so the order is kept, too
        spelling._sort(json.loads(path.read_bytes()))
        return spelling

    def save(self, path: Path) -> None:
        """Write the words in JSON.

        :param path: The file.
        :raises OSError: If it cannot be written.
        """
        path.write_text(json.dumps(self._forms), encoding="utf-8")

    def has(self, word: str) -> bool:
        """Tell whether the texts have a word, in any inflection."""
        return folded(word) in self._forms or stem(folded(word)) in self._stems

    def corrected(self, question: str, known: Callable[[str], bool]) -> str:
        """Correct the words that nobody knows.

        >>> Spelling(["The missile deal in Venezuela"]).corrected("misile in Venezula?", lambda word: False)
        'missile in Venezuela?'

        :param question: The question.
        :param known: Tells of a word whether it is one.
        :return: The question; each such word replaced by the nearest of the texts, one wrong, missing, surplus or
            swapped letter away (two from eight letters on), if there is one with the same first letter. The question
            as it is if there are more than `_MOST`.
        """
        unknown = [word for word in _WORD.findall(question) if not (self.has(word) or known(word))]
        if len(unknown) > _MOST:
            return question
        corrections = {word: self._nearest(word) for word in unknown}
        return _WORD.sub(lambda match: corrections.get(match.group(), match.group()), question)

    def _sort(self, forms: dict[str, str]) -> None:
        self._forms = forms
        self._stems = {stem(word) for word in forms}
        self._by_first: dict[str, list[str]] = {}
        for form in forms:
            # of a word of marks alone nothing is left when it is folded
            self._by_first.setdefault(form[:1], []).append(form)

    def _nearest(self, word: str) -> str:
        found = process.extractOne(
            folded(word),
            self._by_first.get(folded(word)[:1], ()),
            scorer=OSA.distance,
            score_cutoff=2 if len(word) >= _LONG else 1,
        )
        return self._forms[found[0]] if found else word
