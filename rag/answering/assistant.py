"""Answers questions about articles, which others may take the place of while it answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Lock

from index.article import Article, read_article
from index.build import Progress, extend_index
from index.encoder import Encoder
from index.store import SentenceIndex
from index.stores.store import Counts
from rag.answer import Answer, Turn
from rag.answering.answerer import Entry, Listing
from rag.answering.edition import Edition, Only, Retrieved
from rag.reading.calibration import EVEN
from rag.reading.reading import CalibratedReader
from rag.retrieval.fusion import DEFAULT, Fusion
from rag.retrieval.retriever import Retriever
from rag.retrieval.titles import titled
from rag.understanding.interpretation import Interpreter


class Assistant:
    """Answers questions about the articles of an index, in their own words. Several threads may use it.

    :param index: The articles.
    :param encoder: The encoder that the index was built with.
    :param reader: Finds spans in passages and tells how probably they are right.
    :param threshold: Below this confidence the article counts as not saying.
    :param fusion: Ranks the sentences.
    :param remembered: Answers that are kept, to be given again at once.
    :param cache: Where what is counted of a big index is kept; by default it is counted each time.
    :param sure: From this confidence on an answer is sure; below it, and from the threshold on, it is `unsure`.
    :param hints: Whether an answer from some articles tells of another one that answers better.
    """

    def __init__(
        self,
        index: SentenceIndex,
        encoder: Encoder,
        reader: CalibratedReader,
        threshold: float,
        fusion: Fusion = DEFAULT,
        remembered: int = 0,
        cache: Path | None = None,
        sure: float = EVEN,
        *,
        hints: bool = True,
    ) -> None:
        self.encoder = encoder
        self.reader = reader
        self.threshold = threshold
        self.sure = sure
        self._adding = Lock()
        self._edited: Callable[[SentenceIndex], Edition] = lambda one: Edition(
            one, encoder, reader, threshold, fusion, remembered, cache, sure, hints
        )
        self._apart: Callable[[SentenceIndex], Edition] = lambda one: Edition(
            one, encoder, reader, threshold, fusion, sure=sure, hints=hints
        )
        self._edition = self._edited(index)

    @property
    def index(self) -> SentenceIndex:
        """The articles that the next question is asked about."""
        return self._edition.index

    @property
    def interpreter(self) -> Interpreter:
        """What understands the next question."""
        return self._edition.interpreter

    @property
    def retriever(self) -> Retriever:
        """What finds passages for the next question."""
        return self._edition.retriever

    @property
    def held(self) -> tuple[Article, ...]:
        """See `rag.answering.answerer.Answerer`."""
        return self.index.articles

    @property
    def several(self) -> bool:
        """See `Answerer`."""
        return len(self.index.articles) > 1

    @property
    def state(self) -> SentenceIndex:
        """See `Answerer`: an index never changes."""
        return self.index

    def holding(self, names: Sequence[str]) -> SentenceIndex | None:
        """See `Answerer`: all are held."""
        index = self.index
        return index if any(index.place_of(name) is not None for name in names) else None

    def listed(self, words: str = "", offset: int = 0, limit: int = 100) -> Listing:
        """See `Answerer`: in their order, by whole words of their titles or the beginnings of words."""
        articles = self.index.articles
        found = titled([one.title for one in articles], words)
        entries = (articles[place] for place in found[offset : offset + limit])
        return Listing(tuple(Entry(one.id, one.title, one.url, one.digest) for one in entries), len(found))

    def counts(self) -> Counts:
        """See `Answerer`."""
        return Counts(len(self.index.articles), len(self.index))

    def leans(self, question: str, article: Only = None) -> bool:
        """See `Answerer`."""
        return self.alone(article).interpreter.leaning(question)

    def renew(self, index: SentenceIndex) -> None:
        """Answer about another index from now on; questions that are being answered end with the one they began with.

        :param index: Made with the same encoder. What is counted of it is counted before it takes the other's place.
        :raises ValueError: If it was made with another encoder; then nothing changes.
        """
        self._edition = self._edited(index)

    def apart(self, index: SentenceIndex) -> Edition:
        """Return what answers about other articles with the same models, and keeps nothing of them, nor on disk.

        :param index: Made with the same encoder.
        :raises ValueError: If it was made with another encoder.
        """
        return self._apart(index)

    def add(self, given: Article | str | Path, progress: Progress | None = None) -> Article:
        """Answer about one more article from now on; only that one is encoded, as with `renew`.

        :param given: The article or its file. If it is known already, nothing changes.
        :param progress: Called while its sentences are encoded.
        :return: The article: its id asks about it alone.
        :raises InputError: If the file cannot be read, or the article has too many sentences.
        """
        article = given if isinstance(given, Article) else read_article(given)
        # so that of two that are added at once none is lost
        with self._adding:
            index = extend_index(self.index, [article], self.encoder, progress)
            if index is not self.index:
                self.renew(index)
        return article

    def ask(
        self, question: str, turns: Sequence[Turn] = (), article: Only = None, *, literally: bool = False
    ) -> Answer:
        """Answer a question.

        The same question gives the same answer; asked of one article, however many others there are. Every span is
        `article.text[start:end]` and lies inside a cited sentence. What is no question about the article gets a reply
        with the status `small_talk`: a greeting, nothing at all, or more than
        `rag.understanding.interpretation.LONGEST` characters, too.

        :param question: The question.
        :param turns: What was said before, the latest last, for a question that leans on it.
        :param article: Id of the only article to look in, or a list of ids; all by default.
        :param literally: Search for what is typed: no conversation, no correction, no courtesy left out.
        :return: The answer; `not_in_article` when the articles do not say.
        :raises InputError: If no article has such an id, some have too many sentences together, or the question holds
            half of a surrogate pair.
        """
        *_, answer = self.steps(question, turns, article, literally=literally)
        if not isinstance(answer, Answer):
            raise TypeError(f"the last step is {answer!r}, not an answer")
        return answer

    def steps(
        self, question: str, turns: Sequence[Turn] = (), article: Only = None, *, literally: bool = False
    ) -> Iterator[Retrieved | Answer]:
        """Answer a question, telling what is being read meanwhile.

        :param question: The question.
        :param turns: What was said before, the latest last.
        :param article: Id of the only article to look in, or a list of ids; all by default.
        :param literally: Search for what is typed.
        :return: `Retrieved`, unless nothing need be read, and again if the question is read alone; then the `Answer`.
        :raises InputError: If no article has such an id, some have too many sentences together, or the question holds
            half of a surrogate pair.
        """
        return self._edition.steps(question, turns, article, literally=literally)

    def alone(self, article: Only) -> Edition:
        """Return what answers about one article, or some, which knows of no other, and of no later index.

        :param article: The article's id, or a list of ids; all articles with None.
        :return: It.
        :raises InputError: If no article has such an id, or some have too many sentences.
        """
        return self._edition.alone(article)
