"""Phrases: a span is taken to its borders within the sentence, and only where a rule applies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answering.phrases import completed
from rag.understanding.answer_type import AnswerType, Asked, asked_for


@pytest.mark.parametrize(
    ("question", "kind", "topic"),
    [
        ("Who is Ada Byron?", AnswerType.DEFINITION, "Ada Byron"),
        ("who was byron", AnswerType.DEFINITION, "byron"),
        ("Who's Jean-Luc O'Neil?", AnswerType.DEFINITION, "Jean-Luc O'Neil"),
        ("Who is the president of Peru?", AnswerType.OTHER, ""),
        ("Who is Russia's foreign minister?", AnswerType.OTHER, ""),
        ("Who is he?", AnswerType.OTHER, ""),
        ("What did Byron say?", AnswerType.QUOTATION, ""),
        ("What did Byron say about the engine?", AnswerType.QUOTATION, ""),
        ("What were Byron's words on the engine?", AnswerType.QUOTATION, ""),
        ("What did Byron say was lost?", AnswerType.OTHER, ""),
        ("Where did she say so?", AnswerType.OTHER, ""),
        ("Which two towns did Byron visit?", AnswerType.LIST, ""),
        ("In what kinds of places are apples grown?", AnswerType.LIST, ""),
        ("Name all the towns", AnswerType.LIST, ""),
        ("What does Byron visit?", AnswerType.OTHER, ""),
        ("Which process did Byron use?", AnswerType.OTHER, ""),
        ("Which town has Byron visited?", AnswerType.OTHER, ""),
        ("", AnswerType.OTHER, ""),
    ],
)
def test_what_is_asked_for(question: str, kind: AnswerType, topic: str) -> None:
    """By the question's own words."""
    assert asked_for(question) == Asked(kind, topic)


@pytest.mark.parametrize(
    ("question", "sentence", "span", "expected"),
    [
        ("Who is Ada Byron?", "The former Labour leader Ada Byron left.", "leader", "former Labour leader"),
        ("Who is Byron?", "But Deputy Prime Minister Ada Byron left.", "Prime Minister", "Deputy Prime Minister"),
        ("Who is Byron?", "Deputy Prime Minister Ada Byron left.", "Ada", "Deputy Prime Minister"),
        ("who is byron", "Peru’s ambassador to Chile, Ada Byron, left.", "ambassador", "Peru’s ambassador to Chile"),
        ("Who is Ada Byron?", "Ada Byron, the chair of the club, left.", "Ada Byron", "the chair of the club"),
        ("Who is Ada Byron?", "Ada Byron left the backing band.", "Ada", "Ada"),
        ("Who is Ada Byron?", "President Ada Byron left her sister, a poet.", "a poet", "a poet"),
        ("Who was invited?", "The minister invited Bob.", "Bob", "Bob"),
        ("What did Byron say?", "Byron said “we won the war” today.", "we won", "“we won the war”"),
        ("What did Byron say?", 'She said "we" and then "they won" too.', "they", '"they won"'),
        ("What did Byron say?", "Byron said that they won.", "they won", "they won"),
        ("What was won?", "Byron said “we won the war” today.", "“we won the war", "“we won the war”"),
        ("What was won?", "Byron said “we won the war” today.", "won the war”", "won the war"),
        ("What was won?", "Byron (the first) won.", "(the", "the"),
        ("What was won?", "Byron (the first) won.", "the first)", "(the first)"),
        ("What was won?", 'The "old" cup was won.', '"old', '"old"'),
    ],
)
def test_spans_are_completed(question: str, sentence: str, span: str, expected: str) -> None:
    """Titles beside a name, whole quotations, pairs of marks."""
    start = sentence.index(span)
    first, last = completed(asked_for(question), sentence, (start, start + len(span)))
    assert sentence[first:last] == expected


TEXT = st.text(st.sampled_from("AB ab,.“”\"()'’-é"), min_size=1, max_size=60) | st.lists(
    st.sampled_from(["President", "Ada", "Byron", ",", "of", "Peru", "“", "”", '"', "(", ")", "a-b", "the"]),
    min_size=1,
    max_size=20,
).map(" ".join)


@given(TEXT, st.integers(0, 59), st.integers(1, 60), st.sampled_from(["Who is Ada?", "What did Ada say?", "Where?"]))
def test_a_span_stays_within_its_sentence(sentence: str, start: int, length: int, question: str) -> None:
    """It is never empty and never outside, whatever the text."""
    start = min(start, len(sentence) - 1)
    first, last = completed(asked_for(question), sentence, (start, min(start + length, len(sentence))))
    assert 0 <= first < last <= len(sentence)


@pytest.mark.parametrize("word", ["President ", "a-b ", "Peru’s ", "“", '"', "of Peru "])
def test_hostile_repetition_is_no_trap(word: str) -> None:
    """A thousand characters of one word take no time (the suite's timeout would tell)."""
    sentence = word * (1000 // len(word)) + "Ada Byron"
    for question in ("Who is Ada Byron?", "What did Ada say?"):
        first, last = completed(asked_for(question), sentence, (len(sentence) - 5, len(sentence)))
        assert first < last
