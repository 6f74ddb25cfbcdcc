"""From configurations and questions to runs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from index.encoder import Encoder
from index.store import SentenceIndex
from rag.answering.assistant import Assistant
from rag.evaluation.configuration import Configuration
from rag.evaluation.examiner import Examiner, RankingExaminer, units
from rag.evaluation.options import NO_READER
from rag.evaluation.record import Record, Run
from rag.evaluation.saved import Growing, growing
from rag.question_sets.question import Question
from rag.retrieval.alone import Alone
from rag.retrieval.fusion import FUSIONS
from rag.retrieval.retriever import Retriever


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

    def answers(self, configuration: Configuration, assistant: Assistant, first: bool, tick: Callable[[], None]) -> Run:
        """Judge an assistant.

        :param configuration: What it was made by.
        :param assistant: The assistant.
        :param first: Whether it is the first configuration.
        :param tick: Called after each question.
        :return: The run; what was saved before is not asked again.
        """
        examiner = Examiner(assistant, FUSIONS[configuration.retriever], self.own_article)
        settings = self._settings(configuration, assistant.index, assistant.reader.name)
        settings["confidence"] = _digest(repr((assistant.reader.calibration,)))
        records: list[Record] = []
        with ExitStack() as files:
            there = self._there(configuration, settings, first, files)
            for number, unit in enumerate(units(self.questions)):
                if there and number < len(there.done):
                    found = there.done[number]
                else:
                    found = examiner.examine(unit)
                    if there:
                        there.write(found)
                records += found
                for _ in unit:
                    tick()
        return Run(configuration.name, settings, tuple(records))

    def rankings(
        self,
        configurations: Sequence[Configuration],
        index: SentenceIndex,
        encoder: Encoder,
        first: bool,
        tick: Callable[[], None],
    ) -> list[Run]:
        """Judge rankings, going through the questions once for all of them.

        :param configurations: Without a reader, and with one encoder.
        :param index: The articles.
        :param encoder: The encoder.
        :param first: Whether the first of them is the first configuration of all.
        :param tick: Called after each question.
        :return: Their runs; what was saved before is not ranked again.
        """
        fusions = {one.name: FUSIONS[one.retriever] for one in configurations}
        alone = Alone(index, lambda only: Retriever(only, encoder)) if self.own_article else None
        examiner = RankingExaminer(Retriever(index, encoder), fusions, alone)
        settings = {one.name: self._settings(one, index, NO_READER) for one in configurations}
        records: dict[str, list[Record]] = {one.name: [] for one in configurations}
        with ExitStack() as files:
            there = {
                one.name: self._there(one, settings[one.name], first and place == 0, files)
                for place, one in enumerate(configurations)
            }
            for number, question in enumerate(self.questions):
                for name, record in self._ranked(examiner, question, number, there):
                    records[name].append(record)
                tick()
        return [Run(one.name, settings[one.name], tuple(records[one.name])) for one in configurations]

    def _ranked(
        self, examiner: RankingExaminer, question: Question, number: int, there: dict[str, Growing | None]
    ) -> Iterator[tuple[str, Record]]:
        done = {name: file.done[number] for name, file in there.items() if file and number < len(file.done)}
        found = examiner.examine(question) if len(done) < len(there) else {}
        for name, file in there.items():
            if name in done:
                yield name, done[name][0]
            else:
                if file:
                    file.write([found[name]])
                yield name, found[name]

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
