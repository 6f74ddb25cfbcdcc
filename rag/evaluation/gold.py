"""Where the right answers of a question stand, and which sentences prove them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.article import Article
from index.store import SentenceIndex
from rag.question_sets.question import Fault, Place, Question


@dataclass(frozen=True, slots=True)
class Gold:
    """The key to a question: a sentence proves an answer if it touches an answer and a stretch of evidence.

    :param answers: Everywhere that an answer stands.
    :param evidence: Stretches that prove it; each does by itself.
    """

    answers: tuple[Place, ...]
    evidence: tuple[Place, ...]

    def proves(self, quoted: Place) -> bool:
        """Tell whether a sentence proves the answer."""
        return touches(quoted, self.answers) and touches(quoted, self.evidence)

    @property
    def places(self) -> tuple[Place, ...]:
        """The answers that stand inside a proof."""
        return tuple(place for place in self.answers if touches(place, self.evidence))


def gold_of(question: Question, articles: Mapping[str, Article]) -> Gold:
    """Find the gold of a question.

    :param question: The question.
    :param articles: The articles that are asked, by id.
    :return: What the set says exactly, or else every place where an answer or a stretch of evidence stands.
    """
    among = [articles[question.article]] if question.article in articles else articles.values()
    places = tuple(place for place in question.places if place.article in articles)
    evidence = tuple(_everywhere(question.evidence, among))
    return Gold(places or tuple(_everywhere(question.answers, among)), evidence or places)


def gold_sentences(gold: Gold, index: SentenceIndex) -> list[int]:
    """Return the rows of the sentences that prove an answer, ascending.

    :param gold: Where the answers stand.
    :param index: The sentences.
    """
    rows = []
    for name in sorted({place.article for place in gold.answers}, key=lambda one: index.places[one]):
        for row in index.rows_of(index.places[name]):
            sentence = index.sentences[row].sentence
            if gold.proves(Place(name, sentence.start, sentence.end)):
                rows.append(row)
    return rows


def unfounded(questions: Iterable[Question], articles: Mapping[str, Article]) -> Iterator[tuple[Question, Fault]]:
    """Find the questions that cannot be judged, since what should prove them does not stand in the articles.

    :param questions: The questions.
    :param articles: The articles that are asked, by id.
    :return: Each of them, and what is wrong.
    """
    for question in questions:
        missing = [place.article for place in question.places if place.article not in articles]
        missing += [name for name in question.relevant if name not in articles]
        if question.article and question.article not in articles:
            missing.insert(0, question.article)
        if missing:
            known = ", ".join(list(articles)[:3])
            reason = f"no article has the id {missing[0]!r}; those asked are {known}{' …' * (len(articles) > 3)}"
            yield question, Fault(question.origin, reason)
        elif question.answerable and question.answers and not gold_of(question, articles).places:
            stretch = (question.evidence or question.answers)[0]
            reason = (
                f"no answer stands inside its evidence in the articles asked: {stretch[:60]!r}; "
                "copy both from the article, letter for letter"
            )
            yield question, Fault(question.origin, reason)


def touches(place: Place, others: Iterable[Place]) -> bool:
    """Tell whether a stretch has a character in common with one of others."""
    return any(
        place.article == other.article and place.start < other.end and other.start < place.end for other in others
    )


def _everywhere(texts: Sequence[str], articles: Iterable[Article]) -> Iterator[Place]:
    for article in articles:
        for text in texts:
            start = article.text.find(text) if text else -1
            while start >= 0:
                yield Place(article.id, start, start + len(text))
                start = article.text.find(text, start + 1)
