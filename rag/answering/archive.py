"""Answers questions about the articles of a store, which may be too many to be held: for each, the best are fetched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

from index.article import Article
from index.encoder import Encoder
from index.errors import InputError
from index.store import ClashError, EncoderMark, SentenceIndex
from index.stores.store import Counts, Listed, MissingError, Store, check_mark
from rag.answer import Answer, Turn
from rag.answering.answerer import Entry, Listing
from rag.answering.edition import TOGETHER, Edition, Only, Retrieved
from rag.reading.calibration import EVEN
from rag.reading.reading import CalibratedReader
from rag.retrieval.candidates import best_articles
from rag.understanding.interpretation import Question, check_characters

_TRIES = 3
"""Times that articles are looked for of which one is removed before it is fetched."""
_FARTHEST = 10_000
"""Articles of a list: as many are read of the store."""


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
        self.threshold = threshold
        self.sure = sure
        self._store = store
        self._encoder = encoder
        self._hints = hints

    @property
    def encoder(self) -> Encoder:
        """See `rag.answering.answerer.Answerer`."""
        return self._encoder

    @property
    def held(self) -> tuple[Article, ...]:
        """See `Answerer`: none."""
        return ()

    @property
    def several(self) -> bool:
        """See `Answerer`: whoever writes to the store may add one at any time."""
        return True

    @property
    def state(self) -> object:
        """See `Answerer`: another one each time, for the articles may have changed."""
        return _State()

    def ask(
        self, question: str, turns: Sequence[Turn] = (), article: Only = None, *, literally: bool = False
    ) -> Answer:
        """Answer a question.

        :param question: The question.
        :param turns: What was said before, the latest last, for a question that leans on it.
        :param article: Id of the only article to look in, or a list of ids; all by default.
        :param literally: Search for what is typed: no conversation, no correction, no courtesy left out.
        :return: The answer; `not_in_article` when the articles do not say.
        :raises InputError: If an article is not there, the store is empty or cannot be reached, or the question holds
            half of a surrogate pair.
        """
        *_, answer = self.steps(question, turns, article, literally=literally)
        if not isinstance(answer, Answer):
            raise TypeError(f"the last step is {answer!r}, not an answer")
        return answer

    def steps(
        self, question: str, turns: Sequence[Turn] = (), article: Only = None, *, literally: bool = False
    ) -> Iterator[Retrieved | Answer]:
        """Answer a question, telling what is being read meanwhile; as with `ask`.

        :return: `Retrieved`, unless nothing need be read, then the `Answer`.
        """
        check_characters(question)
        chosen = self._ids(article)
        edition = self._edition(question, chosen)
        if turns and not literally:
            # only who knows the articles can tell that a question leans on what was said: then it is looked for anew
            meant = edition.interpreter.interpret(question, turns)
            if isinstance(meant, Question) and meant.said:
                cited = [one.article for one in turns[-1].answer.citations]
                edition = self._edition(meant.in_context, chosen, list(self._named(cited).values()))
        yield from edition.steps(question, turns, chosen or None, literally=literally)

    def leans(self, question: str, article: Only = None) -> bool:
        """See `Answerer`."""
        check_characters(question)
        return self._edition(question, self._ids(article)).interpreter.leaning(question)

    def apart(self, index: SentenceIndex) -> Edition:
        """See `Answerer`."""
        return Edition(index, self._encoder, self.reader, self.threshold, sure=self.sure, hints=self._hints)

    def holding(self, names: Sequence[str]) -> SentenceIndex | None:
        """See `Answerer`: these are fetched, and no others."""
        for _ in range(_TRIES):
            ids = sorted(set(self._named(names).values()))
            # if one is removed between the two, they are looked for anew
            with suppress(MissingError):
                return self._store.fetch(ids) if ids else None
        return None

    def listed(self, words: str = "", offset: int = 0, limit: int = 100) -> Listing:
        """See `Answerer`: by id, and without addresses.

        :raises InputError: If more of them would be read than are at a time.
        """
        if offset + limit > _FARTHEST:
            raise InputError(
                f"offset {offset} and limit {limit} are more than {_FARTHEST:,} together, and no list of a store goes "
                "farther. Search for words of the title."
            )
        listed = self._store.listed(limit=offset + limit, words=words)[offset:]
        entries = tuple(Entry(one.id, one.title, None, one.version) for one in listed)
        return Listing(entries, self._store.counts(words).articles)

    def counts(self) -> Counts:
        """See `Answerer`."""
        return self._store.counts()

    def _ids(self, article: Only) -> list[str]:
        """Return the ids that some names stand for; what names none is left as it is, for the store to miss it."""
        names = [article] if isinstance(article, str) else list(article or ())
        ids = self._named(names)
        return [ids.get(name, name) for name in names]

    def _named(self, names: Sequence[str]) -> dict[str, str]:
        """Return the ids that some names stand for, ids or versions; what names none is left out."""
        found = self._store.named(names, names) if names else ()
        every = {name: one.id for one in found for name in (one.version, one.id)}
        return {name: every[name] for name in names if name in every}

    def _edition(self, question: str, chosen: Sequence[str], cited: Sequence[str] = ()) -> Edition:
        return self.apart(self._fetched(question, chosen, cited))

    def _fetched(self, question: str, chosen: Sequence[str], cited: Sequence[str]) -> SentenceIndex:
        """Fetch the articles to ask, anew if one of them is removed or changed between the search and the fetch."""
        for _ in range(_TRIES - 1):
            with suppress(MissingError, ClashError):
                return self._found(question, chosen, cited)
        return self._found(question, chosen, cited)

    def _found(self, question: str, chosen: Sequence[str], cited: Sequence[str]) -> SentenceIndex:
        """Fetch chosen articles and, unless nothing is to be told of others, the best, in the order of their ids."""
        best = best_articles(self._store, self._encoder, question) if self._hints or not chosen else []
        best = list(dict.fromkeys([*cited, *best])) if best else best
        if not best and not chosen:
            raise InputError("The store holds no article. Put some into it: pullquote index FILE --store ADDRESS")
        there = {one.id: one for one in self._store.named([*chosen, *best])}
        return self._store.fetch(sorted(_together(there, chosen or best[:1], best)))


class _State:
    """Nothing but itself."""


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
