"""Drafted questions, asked of the real models."""

from __future__ import annotations

import json

import pytest

from index.article import Article
from rag.answering.assistant import Assistant
from rag.drafting.draft import Draft, Gold, Template
from rag.drafting.drafting import asked, pairs
from rag.drafting.judge import Judge, chosen, load_judge
from rag.drafting.source import Source
from rag.drafting.templates import drafts, every_draft
from rag.question_sets.jsonl import question_line


@pytest.mark.slow
def test_the_real_models_agree_with_most_of_the_seed(assistant: Assistant, seed: Article) -> None:
    """Most questions that have an answer get it, and what is written reads back."""
    source = Source.of(seed)
    drafted = asked(pairs([source], [drafts(source)]), assistant, 15, False, lambda: None)
    texts = [one.text for one in drafted.questions]
    assert "What did Dmitry Peskov claim?" in texts
    assert "What does NATO stand for?" in texts
    answered = [one for one in drafted.questions if one.answerable]
    assert len({one.fields["template"] for one in answered}) >= 5
    assert drafted.dropped["not answered"] < len(answered) / 2
    lines = [json.loads(question_line(one)) for one in drafted.questions]
    assert [line["checked"] for line in lines] == ["agrees"] * len(lines)


@pytest.fixture(scope="module")
def judge() -> Judge:
    """The judge that is shipped."""
    return load_judge()


@pytest.mark.slow
def test_the_judge_tells_good_questions_from_bad_ones(judge: Judge) -> None:
    """Whole against cut, English against none; each by itself as all together, in any order."""
    text = "Kent\n\nThe old mill of Kent was sold to the town in 1820 because the miller had died of the plague."
    article = Article(text)

    def draft(question: str, answer: str) -> Draft:
        start = text.index(answer)
        return Draft(question, Template.WHY, article, (Gold(start, start + len(answer), 6, len(text)),))

    good = draft("When was the old mill of Kent sold to the town?", "1820")
    cut = draft("Why was the old mill of Kent sold?", "because the")
    broken = draft("What did because the miller had died the plague of?", "the town")
    chances = judge.chances([good, cut, broken])
    assert chances[0] > 0.8 > chances[1] > 0.5 > chances[2]
    ticks: list[int] = []
    alone = [judge.chances([one], lambda: ticks.append(1))[0] for one in (broken, good, cut)]
    assert alone == pytest.approx([chances[2], *chances[:2]], abs=0.02)
    assert len(ticks) == 3
    assert judge.chances([]) == []


@pytest.mark.slow
def test_a_long_sentence_is_judged(judge: Judge) -> None:
    """What exceeds the tokens that are read is cut."""
    text = f"Kent\n\nAnn Lee sold the old mill {'of the town of Kent ' * 200}in 1820."
    one = Draft("Who sold the old mill?", Template.WHO, Article(text), (Gold(6, 13, 6, len(text)),))
    (chance,) = judge.chances([one])
    assert 0 < chance < 1


@pytest.mark.slow
def test_the_judge_chooses_of_every_kind(judge: Judge, seed: Article) -> None:
    """Kinds take turns, and yes or no is asked of more sentences than by rule."""
    every = every_draft(Source.of(seed, judged=True))
    by_rule = every_draft(Source.of(seed))
    assert {draft.question for draft in by_rule} < {draft.question for draft in every}
    found = chosen(every, judge.chances(every))
    assert 25 <= len(found) < 2 * len(every) / 3
    kinds = {draft.template for draft in found}
    assert len(kinds) >= 8
    assert {draft.template for draft in found[: len(kinds)]} == kinds
