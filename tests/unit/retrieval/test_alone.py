"""What is made of single articles is made once, and only so much of it is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from index.article import Article
from index.build import build_index
from index.store import SentenceIndex
from rag.retrieval.alone import Alone
from tests.conftest import WordEncoder

INDEX = build_index([Article("One. Two. Three."), Article("Four. Five."), Article("Six.")], WordEncoder())


def test_the_articles_untouched_longest_go_first() -> None:
    """Of three, two and one sentences, three may stay: the last stays, whatever its size."""
    made: list[str] = []

    def make(only: SentenceIndex) -> str:
        made.append(only.articles[0].text)
        return made[-1]

    alone = Alone(INDEX, make, most=3)
    assert [alone.of(place) for place in (1, 2, 1)] == ["Four. Five.", "Six.", "Four. Five."]
    assert made == ["Four. Five.", "Six."]
    assert [alone.of(place) for place in (0, 1, 2)] == ["One. Two. Three.", "Four. Five.", "Six."]
    assert made[2:] == ["One. Two. Three.", "Four. Five.", "Six."]
    tight = Alone(INDEX, len, most=0)
    assert [tight.of(place) for place in range(3)] == [3, 2, 1]


def test_two_at_once_make_it_once() -> None:
    """The second waits for what the first makes."""
    made = []

    def make(only: SentenceIndex) -> SentenceIndex:
        made.append(only)
        sleep(0.05)
        return only

    alone = Alone(INDEX, make)
    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(alone.of, (0, 0))
    assert made == [one]
    assert one is other


def test_who_asks_other_articles_does_not_wait() -> None:
    """Some articles that take long hold nobody else; what fails is made anew the next time."""
    free, fails = Event(), [True]

    def make(only: SentenceIndex) -> int:
        if len(only.articles) > 1:
            assert free.wait(20)
            if fails.pop():
                raise ValueError("full")
        return len(only)

    alone = Alone(INDEX, make)
    with ThreadPoolExecutor(1) as thread:
        slow = thread.submit(alone.of, 0, 2)
        assert alone.of(1) == 2
        free.set()
        with pytest.raises(ValueError, match="full"):
            slow.result()
    fails.append(False)
    assert alone.of(0, 2) == 4
