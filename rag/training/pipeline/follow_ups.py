"""Measure follow-ups on conversations made by rule: `python -m rag.training.pipeline.follow_ups QUESTIONS.json.gz`.

Two questions of one passage become a conversation if the second has a name that the first has, or that answers it:
the name gives way to a pronoun, or goes altogether with its preposition. The second question as it was is what it
means, written out. A third kind, two questions of two passages of one article, needs no conversation, and shows
whether a question that stands alone is dragged into one. Each title is one article; the whole pipeline is run.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from random import Random

from rich.console import Console
from rich.table import Table

import rag
from index.article import Article
from rag.answering.assistant import Assistant
from rag.evaluation.examiner import Examiner
from rag.evaluation.measures import value_of
from rag.evaluation.record import Asked, Record
from rag.language.names import NameKind, Names
from rag.question_sets.question import Question
from rag.retrieval.fusion import DEFAULT
from rag.terminal import counting

from ..corpus import RawQuestion, read_questions

PRONOUN, DROPPED, APART = "a name made a pronoun", "a name dropped", "two passages, nothing left out"
_SEED = 7
_AROUND = 20
_PREPOSITION = re.compile(r"\s(?:in|of|at|for|by|from|to)\s(?:the\s)?$")
_GENITIVE = re.compile(r"['’]s?\b")


def follow_ups(first: RawQuestion, second: RawQuestion, names: Names) -> Iterator[tuple[str, str]]:
    """Make the second question lean on the first.

    :param first: A question with an answer.
    :param second: Another one about the same passage.
    :param names: The names of the article.
    :return: What was done, and the question that came of it.
    """
    known = {name.text.lower() for name in names.of(first.question)}
    known |= {first.context[span.start : span.end].lower() for span in first.spans}
    for name in names.of(second.question):
        if name.kind is NameKind.DATE or name.text.lower() not in known:
            continue
        before, after = second.question[: name.start], second.question[name.end :]
        genitive = _GENITIVE.match(after)
        person = name.kind is NameKind.PERSON
        pronoun = ("his" if person else "its") if genitive else ("he" if person else "it")
        after = after[genitive.end() :] if genitive else after
        yield PRONOUN, re.sub(r"\b[Tt]he $", "", before) + pronoun + after
        preposition = _PREPOSITION.search(before)
        if preposition and not genitive:
            yield DROPPED, before[: preposition.start()] + after


def conversations(
    questions: Sequence[RawQuestion], names: Names, random: Random
) -> Iterator[tuple[str, list[Question]]]:
    """Make conversations of two turns of the questions about one article.

    :param questions: The questions.
    :param names: The names of the article.
    :param random: Chooses what is put beside a question of another passage.
    :return: The kind, and the two turns.
    """
    for number, (first, second) in enumerate(permutations(questions, 2)):
        if not first.spans:
            continue
        if first.context == second.context:
            for kind, text in follow_ups(first, second, names):
                name = f"{kind} {number}"
                yield kind, [_question(first, first.question, name), _question(second, text, name, second.question)]
        elif random.random() < 1 / len(questions):
            name = f"{APART} {number}"
            yield APART, [_question(first, first.question, name), _question(second, second.question, name)]


def _question(raw: RawQuestion, text: str, conversation: str, standalone: str = "") -> Question:
    answers = tuple(raw.context[span.start : span.end] for span in raw.spans)
    # a short answer may stand anywhere; with what is around it, it stands where it was annotated
    evidence = tuple(raw.context[max(0, span.start - _AROUND) : span.end + _AROUND] for span in raw.spans)
    return Question(conversation, text, bool(answers), answers, evidence, (), conversation, standalone)


def measure(questions: Sequence[RawQuestion], limit: int) -> dict[str, list[Record]]:
    """Ask some conversations of each kind.

    :param questions: Questions of several articles.
    :param limit: Conversations of each kind, drawn at random.
    :return: The verdicts on their second turns, by kind.
    """
    random = Random(_SEED)  # noqa: S311 - draws a sample, keeps no secret
    made: dict[str, list[tuple[str, list[Question]]]] = {}
    assistants: dict[str, Assistant] = {}
    for title in dict.fromkeys(question.article for question in questions):
        of_title = [question for question in questions if question.article == title]
        assistants[title] = rag.load_assistant(
            Article("\n\n".join(dict.fromkeys(question.context for question in of_title)))
        )
        for kind, turns in conversations(of_title, assistants[title].interpreter.names, random):
            made.setdefault(kind, []).append((title, turns))
    drawn = {kind: random.sample(talks, min(limit, len(talks))) for kind, talks in made.items()}
    judged: dict[str, list[Record]] = {}
    with counting("Asking", sum(map(len, drawn.values()))) as advance:
        for kind, talks in drawn.items():
            for title, turns in talks:
                judged.setdefault(kind, []).extend(Examiner(assistants[title], DEFAULT).examine(tuple(turns))[2:])
                advance()
    return judged


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.pipeline.follow_ups", description=__doc__)
    parser.add_argument(
        "questions", type=Path, nargs="+", help="gzipped JSON lists of SQuAD-like questions with titles"
    )
    parser.add_argument("--limit", type=int, default=40, help="conversations of each kind [default: 40]")
    options = parser.parse_args()
    questions = [question for path in options.questions for question in read_questions(path)]
    table = Table("second turns", "asked", "answerable / not", "right evidence", "unanswerable refused", "AUROC")
    for kind, judged in measure(questions, options.limit).items():
        for how in Asked:
            group = [item for item in judged if item.asked is how]
            if group:
                answerable = sum(item.answerable for item in group)
                table.add_row(
                    kind,
                    how.value,
                    f"{answerable} / {len(group) - answerable}",
                    f"{value_of('evidence@1', group):.1%}",
                    f"{value_of('refused', group):.1%}",
                    f"{value_of('auroc', group):.3f}",
                )
    Console().print(table)


if __name__ == "__main__":
    main()
