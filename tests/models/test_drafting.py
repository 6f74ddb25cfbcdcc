"""Drafted questions, asked of the real models."""

from __future__ import annotations

import json

import pytest

from index.article import Article
from rag.answering.assistant import Assistant
from rag.drafting.drafting import asked, pairs
from rag.drafting.source import Source
from rag.question_sets.jsonl import question_line


@pytest.mark.slow
def test_the_real_models_agree_with_most_of_the_seed(assistant: Assistant, seed: Article) -> None:
    """Most questions that have an answer get it, and what is written reads back."""
    drafted = asked(pairs([Source.of(seed)]), assistant, 15, False, lambda: None)
    texts = [one.text for one in drafted.questions]
    assert "What did Dmitry Peskov claim?" in texts
    assert "What does NATO stand for?" in texts
    answered = [one for one in drafted.questions if one.answerable]
    assert len({one.fields["template"] for one in answered}) >= 5
    assert drafted.dropped["not answered"] < len(answered) / 2
    lines = [json.loads(question_line(one)) for one in drafted.questions]
    assert [line["checked"] for line in lines] == ["agrees"] * len(lines)
