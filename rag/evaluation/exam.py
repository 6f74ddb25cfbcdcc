"""From configurations and questions to runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from index.store import SentenceIndex
from rag.answering.assistant import Assistant
from rag.evaluation.configuration import Configuration
from rag.evaluation.examiner import Examine, Rank, units
from rag.evaluation.options import NO_READER
from rag.evaluation.record import Record, Run
from rag.evaluation.saved import Growing, growing
from rag.question_sets.question import Question
from rag.workers.workers import Workers


@dataclass(frozen=True, slots=True)
class Exam:
    """Questions to ask, and how.

    :param questions: The questions, the turns of a conversation in their order.
    :param own_article: Whether a question is asked only of the article that it belongs to.
    :param save: Where the first configuration's run is saved; the others' beside it. None saves nothing.
    """

    questions: tuple[Question, ...]
    own_article: bool = False
    save: Path | None = None

    def answers(
        self,
        configuration: Configuration,
        assistant: Assistant,
        first: bool,
        tick: Callable[[], None],
        workers: Workers,
        make: Callable[[], Examine],
    ) -> Run:
        """Judge an assistant.

        :param configuration: What it was made by.
        :param assistant: The assistant.
        :param first: Whether it is the first configuration.
        :param tick: Called after each question.
        :param workers: Who asks.
        :param make: Makes what asks this assistant, or one like it.
        :return: The run; what was saved before is not asked again.
        """
        settings = self._settings(configuration, assistant.index, assistant.reader.name)
        settings["confidence"] = _digest(repr((assistant.reader.calibration,)))
        asked = units(self.questions)
        records: list[Record] = []
        with ExitStack() as files:
            there = self._there(configuration, settings, first, files)
            done = there.done[: len(asked)] if there else ()
            examined = chain(done, workers.map(make, asked[len(done) :]))
            for number, (unit, found) in enumerate(zip(asked, examined, strict=True)):
                if there and number >= len(done):
                    there.write(found)
                records += found
                for _ in unit:
                    tick()
        return Run(configuration.name, settings, tuple(records))

    def rankings(
        self,
        configurations: Sequence[Configuration],
        index: SentenceIndex,
        first: bool,
        tick: Callable[[], None],
        workers: Workers,
        make: Callable[[], Rank],
    ) -> list[Run]:
        """Judge rankings, going through the questions once for all of them.

        :param configurations: Without a reader, and with one encoder.
        :param index: The articles.
        :param first: Whether the first of them is the first configuration of all.
        :param tick: Called after each question.
        :param workers: Who ranks.
        :param make: Makes what ranks by all configurations.
        :return: Their runs; what was saved before is not ranked again.
        """
        settings = {one.name: self._settings(one, index, NO_READER) for one in configurations}
        records: dict[str, list[Record]] = {one.name: [] for one in configurations}
        with ExitStack() as files:
            there = {
                one.name: self._there(one, settings[one.name], first and place == 0, files)
                for place, one in enumerate(configurations)
            }
            # what all files hold
            begin = min(len(file.done) if file else 0 for file in there.values())
            ranked = chain([{}] * begin, workers.map(make, self.questions[begin:]))
            for number, found in zip(range(len(self.questions)), ranked, strict=True):
                for name, file in there.items():
                    if file and number < len(file.done):
                        (record,) = file.done[number]
                    else:
                        record = found[name]
                        if file:
                            file.write([record])
                    records[name].append(record)
                tick()
        return [Run(one.name, settings[one.name], tuple(records[one.name])) for one in configurations]

    def _there(
        self, configuration: Configuration, settings: dict[str, str], first: bool, files: ExitStack
    ) -> Growing | None:
        if self.save is None:
            return None
        path = self.save
        if not first:
            plain = "".join(mark if mark.isalnum() or mark in "=+-." else "_" for mark in configuration.name)
            path = path.with_name(f"{path.stem}.{plain}{path.suffix}")
        return files.enter_context(growing(path, configuration.name, settings))

    def _settings(self, configuration: Configuration, index: SentenceIndex, readers: str) -> dict[str, str]:
        texts = [article.digest for article in index.articles]
        return {
            "questions": str(len(self.questions)),
            # where it was read is no part of a question: the same file may lie elsewhere
            "questions digest": _digest(*(repr(replace(one, origin="", conversation="")) for one in self.questions)),
            "articles": str(len(texts)),
            "articles digest": _digest(*texts),
            "sentences": str(len(index)),
            "asked of": "its own article" if self.own_article else "all articles",
            "retriever": configuration.retriever,
            "encoder": index.encoder_name,
            "encoder digest": index.encoder_digest[:16],
            "reader": readers,
            "caution": configuration.caution.value,
        }


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\n")
    return digest.hexdigest()[:16]
