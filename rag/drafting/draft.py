"""A drafted question: its gold is known, because it was made of the sentence that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from index.article import Article
from rag.question_sets.question import Place, Question


class Template(StrEnum):
    """What a question was made of."""

    WHO_IS = "who is"
    ROLE = "role"
    STANDS_FOR = "stands for"
    WHAT_IS = "what is"
    WHEN = "when"
    HOW_MANY = "how many"
    SAID = "said"
    HAPPENED = "happened"
    HOW_MUCH = "how much"
    WHERE = "where"
    HOW_LONG = "how long"
    HOW_OFTEN = "how often"
    HOW = "how"
    WHY = "why"
    WHO = "who"
    WHAT = "what"
    DID = "did"
    OF_WHAT = "of what"
    USED_FOR = "used for"
    TO_DO = "to do"
    INTERVIEW = "interview"
    WHETHER = "whether"
    WHICH = "which"
    EXAMPLES = "examples"
    LISTED = "listed"
    KNOWN_AS = "known as"
    WHO_SAID = "who said"
    REPORTED = "reported"
    ABOUT = "about"
    HOW_OLD = "how old"
    DESCRIBED = "described"


@dataclass(frozen=True, slots=True)
class Gold:
    """An answer and the sentence that proves it, in code points of the article.

    :param start: First code point of the answer.
    :param end: One past its last.
    :param first: First code point of the sentence.
    :param last: One past its last.
    """

    start: int
    end: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A question made by rule.

    :param question: The question.
    :param template: What it was made of.
    :param article: What it asks of.
    :param golds: Every place that answers it; none if the article does not.
    :param doubtful: Whether it is of a sort of which readers found only some natural and complete.
    """

    question: str
    template: Template
    article: Article
    golds: tuple[Gold, ...] = ()
    doubtful: bool = False

    def written(self, name: str, checked: str, note: str, twin_of: str = "") -> Question:
        """Write it as a question of a set, marked as made by a machine.

        :param name: Id of the question.
        :param checked: Whether the assistant agreed.
        :param note: What the assistant answered.
        :param twin_of: Id of the answerable question that this one was made of.
        :return: The question, with the places of its answers and the sentences that hold them.
        """
        text, golds = self.article.text, self.golds
        fields = {"source": "machine", "template": self.template.value, "checked": checked, "note": note}
        return Question(
            id=name,
            # a name in it may go over a line end
            text=" ".join(self.question.split()),
            answerable=bool(golds),
            answers=tuple(dict.fromkeys(text[gold.start : gold.end] for gold in golds)),
            evidence=tuple(dict.fromkeys(text[gold.first : gold.last] for gold in golds)),
            items=(),
            places=tuple(Place(self.article.id, gold.start, gold.end) for gold in golds),
            article=self.article.id,
            fields={key: value for key, value in {**fields, "twin_of": twin_of}.items() if value},
        )
