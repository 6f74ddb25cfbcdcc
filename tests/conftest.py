"""Fakes at the two seams, and the real parts for the slow tests."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray
from playwright.sync_api import Browser, sync_playwright

import rag
from index.article import Article, is_blank, read_article
from rag.answer import Passage
from rag.answering.assistant import Assistant
from rag.reading.calibration import Calibration
from rag.reading.reader import SpanProposal
from rag.reading.reading import CalibratedReader
from tests import chromium, firefox
from tests.server import started

Result = TypeVar("Result")
ROOT = Path(__file__).parent.parent
SEED = ROOT / "seeds" / "000_2acaabfb3eb7d239.txt"
QUESTIONS = ROOT / "seeds" / "000_2acaabfb3eb7d239.questions.jsonl"
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "**b** __i__ ~~s~~ `c`",
    "[l](javascript:alert(1))",
    "# h",
    "$$x$$ \\(y\\)",
    "1. x",
    "https://example.com www.example.com",
    "&amp; &#60;b&#62;",
    '"><svg onload=alert(1)>',
    "</span></p><script>alert(1)</script>",
    "漢字 🙂 e\u0301",
    "> quoted - item * item | cell",
]
# Hypothesis's own profile for CI: the same examples every time, and no deadline, which a busy machine would miss.
settings.register_profile("test", settings.get_profile("ci"))
settings.load_profile("test")


class WordEncoder:
    """Vectors that count words, so that texts with common words are alike and ranks can be worked out."""

    name = "words"
    digest = "0" * 64
    dimension = 256

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions as texts."""
        return self.encode(questions)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 (n, 256), unit rows."""
        vectors = np.full((len(texts), self.dimension), 1e-6, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()):
                vectors[row, zlib.crc32(word.encode()) % self.dimension] += 1
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


class LastWordReader:
    """Answers with the last word of a sentence, scored by the words that it shares with the question.

    Words that only what was said before has count a third.
    """

    name = "last word"
    budget = 60

    def token_ends(self, text: str) -> list[int]:
        """Count every word as a token."""
        return [match.end() for match in re.finditer(r"\S+", text)]

    def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
        """Propose a word of each sentence."""
        asked, _, said = question.lower().partition(" (")
        own = set(re.findall(r"\w+", asked))
        lent = set(re.findall(r"\w+", said)) - own
        proposals = []
        for number, passage in enumerate(passages):
            for sentence in passage.sentences:
                text = passage.article.text[sentence.start : sentence.end]
                words = list(re.finditer(r"\w+", text))
                if words and not sentence.boilerplate:
                    here = {word.group().lower() for word in words}
                    shared = len(own & here) + len(lent & here) / 3
                    last = words[-1]
                    proposals.append(
                        SpanProposal(number, sentence.start + last.start(), sentence.start + last.end(), shared - 1.5)
                    )
        return sorted(proposals, key=lambda proposal: -proposal.score)


def shows(text: str) -> bool:
    """Tell whether something of a text is seen, so that it can be an article."""
    return not is_blank(text)


def finished(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine in a thread of its own: Playwright's loop runs in this one, once a browser was opened."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def last_words(slope: float = 1.0) -> CalibratedReader:
    """The fake reader alone, its log-odds times a slope as confidence."""
    return CalibratedReader(LastWordReader(), Calibration(0.0, slope, 0.0))


@pytest.fixture(scope="session")
def encoder() -> WordEncoder:
    """The fake encoder."""
    return WordEncoder()


@pytest.fixture(scope="session")
def reader() -> LastWordReader:
    """The fake reader."""
    return LastWordReader()


@pytest.fixture(scope="session")
def seed() -> Article:
    """The article that the project was made for."""
    return read_article(SEED)


@pytest.fixture(scope="session")
def assistant() -> Assistant:
    """The seed with the real encoder and the accurate reader."""
    return rag.load_assistant(SEED)


@pytest.fixture(scope="session")
def chat() -> Iterator[str]:
    """The address of a chat on the seed article, run as a person runs it."""
    with started(SEED) as (address, _):
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, or Firefox for `python -m tests.firefox`."""
    if firefox.asked():
        with sync_playwright() as playwright, firefox.launched(playwright) as opened:
            yield opened
        return
    path = chromium.find()
    assert path, "no Chromium: run python -m tests.chromium"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(chromium.FLAGS))
        yield opened
        opened.close()
