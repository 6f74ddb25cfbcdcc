"""Answers questions about the articles of a store, which may be too many to be held: for each, the best are fetched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

from index.encoder import Encoder
from index.errors import InputError
from index.store import ClashError, EncoderMark, SentenceIndex
from index.stores.store import Listed, MissingError, Store, check_mark
from rag.answer import Answer
from rag.answering.edition import TOGETHER, Edition, Only
from rag.reading.calibration import EVEN
from rag.reading.reading import CalibratedReader
from rag.retrieval.candidates import best_articles
from rag.understanding.interpretation import check_characters

_TRIES = 3
"""Times that articles are looked for of which one is removed before it is fetched."""


class Archive:
    """Answers questions about the articles of a store, in their own words.

    What is asked of chosen articles is answered as from an index of these. What is asked of all is answered from the
    `rag.retrieval.candidates.ARTICLES` best, and what is counted, such as how rare a word is, is counted over these.

    :param store: The articles. It stays open.
    :param encoder: The encoder that their vectors come from.
    :param reader: Finds spans in passages and tells how probably they are right.
    :param threshold: Below this confidence the articles count as not saying.
    :param sure: From this confidence on an answer is sure.
    :param hints: Whether an answer from some articles tells of another one that answers better.
    :raises InputError: If the vectors come from another encoder.
    """

    def __init__(
        self,
        store: Store,
        encoder: Encoder,
        reader: CalibratedReader,
        threshold: float,
        sure: float = EVEN,
        *,
        hints: bool = True,
    ) -> None:
        check_mark("The store", store.mark, EncoderMark(encoder.name, encoder.digest, encoder.dimension))
        self.reader = reader
        self._store = store
        self._encoder = encoder
        self._threshold = threshold
        self._sure = sure
        self._hints = hints

    def ask(self, question: str, article: Only = None) -> Answer:
        """Answer a question.

        :param question: The question.
        :param article: Id of the only article to look in, or a list of ids; all by default.
        :return: The answer; `not_in_article` when the articles do not say.
        :raises InputError: If an article is not there, the store is empty or cannot be reached, or the question holds
            half of a surrogate pair.
        """
        chosen = [article] if isinstance(article, str) else list(article or ())
        check_characters(question)
        index = self._fetched(question, chosen)
        edition = Edition(index, self._encoder, self.reader, self._threshold, sure=self._sure, hints=self._hints)
        *_, answer = edition.steps(question, (), chosen or None)
        if not isinstance(answer, Answer):
            raise TypeError(f"the last step is {answer!r}, not an answer")
        return answer

    def _fetched(self, question: str, chosen: Sequence[str]) -> SentenceIndex:
        """Fetch the articles to ask, anew if one of them is removed or changed between the search and the fetch."""
        for _ in range(_TRIES - 1):
            with suppress(MissingError, ClashError):
                return self._found(question, chosen)
        return self._found(question, chosen)

    def _found(self, question: str, chosen: Sequence[str]) -> SentenceIndex:
        """Fetch chosen articles and, unless nothing is to be told of others, the best, in the order of their ids."""
        best = best_articles(self._store, self._encoder, question) if self._hints or not chosen else []
        if not best and not chosen:
            raise InputError("The store holds no article. Put some into it: pullquote index FILE --store ADDRESS")
        there = {one.id: one for one in self._store.named([*chosen, *best])}
        return self._store.fetch(sorted(_together(there, chosen or best[:1], best)))


def _together(there: Mapping[str, Listed], asked: Sequence[str], best: Sequence[str]) -> set[str]:
    """Choose the best articles beside those that must be asked, as many as are counted in a moment.

    Of two that cannot stand together, as a store that is written to by two at once may hold, the better one is chosen.
    """
    chosen = [there[name] for name in dict.fromkeys(asked) if name in there]
    total = sum(one.sentences for one in chosen)
    names = {name for one in chosen for name in (one.id, one.version)}
    kept = set(asked)
    for one in (there[name] for name in best if name in there):
        if total + one.sentences <= TOGETHER and not {one.id, one.version} & names:
            kept.add(one.id)
            total += one.sentences
            names |= {one.id, one.version}
    return kept
