"""Conversations made by rule, to measure follow-ups on."""

from __future__ import annotations

from random import Random

from rag.language.names import Names
from rag.training.corpus import RawQuestion
from rag.training.pipeline.follow_ups import APART, DROPPED, PRONOUN, conversations, follow_ups
from rag.training.records import Span

CONTEXT = "President Ada Byron went to Kent in 1952. Byron said that the Alton Treaty was signed there."
NAMES = Names([CONTEXT])


def _raw(question: str, answer: str = "", context: str = CONTEXT) -> RawQuestion:
    start = context.find(answer)
    return RawQuestion("sq2", "t", context, question, (Span(start, start + len(answer)),) if answer else ())


def test_a_shared_name_gives_way() -> None:
    """To the pronoun of its kind, with its article and its genitive; or it goes with its preposition."""
    first = _raw("Who is Ada Byron?", "President")
    assert list(follow_ups(first, _raw("When did Ada Byron go to Kent?"), NAMES)) == [
        (PRONOUN, "When did he go to Kent?"),
    ]
    assert list(follow_ups(first, _raw("Who opposed Ada Byron's treaty?"), NAMES)) == [
        (PRONOUN, "Who opposed his treaty?"),
    ]
    treaty = _raw("What was signed?", "Alton Treaty")
    assert list(follow_ups(treaty, _raw("Who gained by the Alton Treaty in Kent?"), NAMES)) == [
        (PRONOUN, "Who gained by it in Kent?"),
        (DROPPED, "Who gained in Kent?"),
    ]
    assert list(follow_ups(treaty, _raw("What happened in 1952?"), NAMES)) == []


def test_conversations_have_two_turns() -> None:
    """The first can be answered; the second is known written out, but for two passages, where nothing is left out."""
    other = "Plums are grown in Wales."
    questions = [
        _raw("Who is Ada Byron?", "President"),
        _raw("When did Ada Byron go to Kent?", "1952"),
        _raw("Where are plums grown?", "Wales", other),
    ]
    made = list(conversations(questions, NAMES, Random(0)))  # noqa: S311
    kind, (first, second) = made[0]
    assert (kind, first.text, second.text) == (PRONOUN, "Who is Ada Byron?", "When did he go to Kent?")
    assert second.standalone == "When did Ada Byron go to Kent?"
    assert second.answers == ("1952",)
    assert second.evidence == ("ron went to Kent in 1952. Byron said that th",)
    assert first.conversation == second.conversation
    apart = [turns for kind, turns in made if kind == APART]
    assert {turns[1].standalone for turns in apart} == {""}
    assert all(
        (turns[0].text == "Where are plums grown?") != (turns[1].text == "Where are plums grown?") for turns in apart
    )
