"""Overview: the questions that ask for it, and the sentences that stand for the article."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.build import build_index
from rag.answer import Reason, Status
from rag.answering.assistant import Assistant
from rag.answering.overview import MOST, SENTENCES, _chosen, central, overview
from rag.understanding.answer_type import asked_about, asks_overview
from tests.conftest import WordEncoder, last_words

TEXT = Article(
    "Fruit harvest report\n\nBy Ada Byron\nMonday, 5 May\n\n"
    "Red apples and green pears had a good harvest of fruit in Kent this year. "
    "Red apples were the best fruit of the harvest in Kent. It rained. "
    "Green pears were the second best fruit of the harvest in Kent. Nobody knows why the old clock stopped.\n\n"
    "Correction: An earlier version of this article said that red apples and green pears were the fruit of the harvest."
    "\n\nComments are closed."
)


@pytest.mark.parametrize(
    "question",
    [
        "What is this article about?", "what's this about", "Whats it about?", "Summarise the article.", "summary",
        "Summarize this text for me please", "Can you give me a short summary of the article?", "tl;dr", "TLDR",
        "What are the main points?", "What is the main idea of the article", "what does this article say?",
        "Who is this about?", "What should I know?", "Give me some key facts.", "Explain it simply", "What’s the gist?",
        "Give me an overview.", "What is the topic of this text?",
    ],
)  # fmt: skip
def test_questions_for_an_overview(question: str) -> None:
    """The ways in which people ask for it."""
    assert asks_overview(question)


@pytest.mark.parametrize(
    "question",
    [
        "What is the treaty about?", "What is the main reason for the visit?", "Who wrote the summary?", "about",
        "What does the article say about Cuba?", "Is this article about Cuba?", "What is the story of the crisis?", "",
    ],
)  # fmt: skip
def test_questions_for_something_else(question: str) -> None:
    """Near to it, but with a topic of their own."""
    assert not asks_overview(question)


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("What does the article say about Cuba?", "Cuba"),
        ("what does it say about user experience", "user experience"),
        ("Tell me more about the old “Deal Mill” in this article, please!", ""),  # a comma stands in the way
        ("Tell me about the old mill in the article please", "the old mill"),
        ("Does this text mention red apples?", "red apples"),
        ("Did the speaker say anything about peace?", "peace"),
        ("What is said about the porpoise?", "the porpoise"),
        ("Is France mentioned in the text?", "France"),
        ("Anything about food?", "food"),
        ("Is there any mention of the old mill?", "the old mill"),
        ("Was she mentioned?", ""),
        ("What did Ada say about Cuba?", ""),
        ("What does the letter say on pets?", "pets"),
        # of a sign, perhaps, and not of the article
        ("what did it say on the banner", ""),
        ("What does it say on the door?", ""),
        ("Tell me about him", ""),
        ("Tell me about how she died", ""),
        ("Tell me about the article", ""),
        ("What about Cuba?", ""),
        ("What does the article say?", ""),
    ],
)
def test_questions_about_a_topic(question: str, topic: str) -> None:
    """The topic is told in the question, and nothing is asked of it."""
    assert asked_about(question) == topic


def test_what_is_told_of_a_topic() -> None:
    """Sentences with all its words, three at most, first those that begin with them; else the reader is asked."""
    encoder = WordEncoder()
    article = Article(
        "Fruit\n\nIn the long wet autumn of last year nobody in Kent and Devon had any green pears at all. "
        "Green pears fall in Devon. The green one is a pear. Pears of Kent are green. Red pears fall."
    )
    assistant = Assistant(build_index([article], encoder), encoder, last_words(), 0.99, sure=0.99)
    answer = assistant.ask("What does the article say about green pears?")
    assert (answer.status, [cited.quote for cited in answer.citations]) == (
        Status.OVERVIEW,
        ["Green pears fall in Devon.", "The green one is a pear.", "Pears of Kent are green."],
    )
    assert assistant.ask("What does the article say about blue pears?").status is Status.NOT_IN_ARTICLE


def test_the_headline_the_lead_and_the_central_sentences() -> None:
    """In the order of the article; author, date, short sentence, correction and boilerplate are left out."""
    index = build_index([TEXT], WordEncoder())
    assert [index.text(row) for row in central(index, 0)] == [
        "Fruit harvest report",
        "Red apples and green pears had a good harvest of fruit in Kent this year.",
        "Red apples were the best fruit of the harvest in Kent.",
        "Green pears were the second best fruit of the harvest in Kent.",
    ]


def test_what_is_central_comes_before_what_is_near_and_nothing_twice() -> None:
    """By hand: cos to the mean .41, .41, .82, .82, and .8, .71, .62, .55 for the place; the fourth repeats one."""
    rows = np.eye(3, dtype=np.float32)[[0, 1, 2, 2]]
    assert _chosen(rows) == [0, 2, 1]
    assert _chosen(rows[:1]) == [0]


def test_without_a_sentence_that_stops_all_lines_are_the_body() -> None:
    """A list, say; of a headline alone there is the headline."""
    index = build_index([Article("Fruit\nRed apples\nGreen pears\nBlue plums\nDates")], WordEncoder())
    assert [index.text(row) for row in central(index, 0)][:2] == ["Fruit", "Red apples"]
    assert central(build_index([Article("Fruit")], WordEncoder()), 0) == [0]


def test_of_several_articles_the_first_sentences() -> None:
    """One of each, five at most; an article of boilerplate has none."""
    articles = [Article(f"Report {number}.\n\nMore of it.") for number in range(7)]
    index = build_index([Article("Comments are closed."), *articles], WordEncoder())
    assert [index.text(row) for row in overview(index)] == [f"Report {number}." for number in range(MOST)]


@given(
    st.lists(
        st.sampled_from(["Red apples.", "Green pears fall in Devon in the autumn of the year.", "x", "\n"]),
        min_size=1,
        max_size=20,
    )
)
def test_an_overview_is_short_and_in_order(parts: list[str]) -> None:
    """Whatever the article: a headline and up to three others, ascending, each once."""
    text = " ".join(parts)
    if text.strip():
        rows = central(build_index([Article(text)], WordEncoder()), 0)
        assert rows == sorted(set(rows))
        assert 1 <= len(rows) <= 1 + SENTENCES


def test_the_answer_cites_every_sentence() -> None:
    """Spans are whole sentences, each inside its citation, numbered in order."""
    encoder = WordEncoder()
    answer = Assistant(build_index([TEXT], encoder), encoder, last_words(), 0.5).ask("What is this article about?")
    assert (answer.status, answer.confidence, answer.reason) == (Status.OVERVIEW, 1.0, None)
    assert [(c.number, c.start, c.end) for c in answer.citations] == [
        (number, span.start, span.end) for number, span in enumerate(answer.spans, start=1)
    ]
    assert answer.text == " ".join(span.text for span in answer.spans)
    assert answer.citations[0].quote == "Fruit harvest report"


def test_an_article_of_boilerplate_has_no_overview() -> None:
    """It says so."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([Article("Comments are closed.")], encoder), encoder, last_words(), 0.5)
    answer = assistant.ask("What is this article about?")
    assert (answer.status, answer.reason, answer.citations) == (Status.NOT_IN_ARTICLE, Reason.NOTHING_NEAR, ())
