"""All that Pullquote writes: how it is written, and how it is read back.

A store is written in numbered steps. Whoever reads it back is told which steps were acknowledged, and checks that each
of them is there and that nothing is half there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from filelock import FileLock

from index.article import Article
from index.build import build_index
from index.conversion import MODEL, TOKENIZER, Settings, converted
from index.errors import InputError
from index.folder import save_index
from index.loading import load_index, stored_articles
from index.manifest import MANIFEST
from index.revision import add_articles, replace_articles
from index.store import SentenceIndex
from rag.annotation.annotation import Annotation, Written
from rag.answer import Answer, Turn
from rag.answering.assistant import Assistant
from rag.answering.counts import count, kept_counts
from rag.chat.feedback import Feedback
from rag.chat.starters import starters
from rag.evaluation.record import Asked, Outcome, Record
from rag.evaluation.saved import growing, read_run
from rag.evaluation.verification import check_transcript
from rag.files import written
from rag.loading import cached_index
from rag.rendering.export import conversation_json, conversation_markdown
from tests.conftest import WordEncoder, last_words

ENCODER = WordEncoder()
_WEIGHTS = 1 << 20
_LATEST = 3
"""Steps that are read back, where each takes a while and is a file by itself."""


class LostError(Exception):
    """Something that was acknowledged is not there, or is not what was written."""


@dataclass(frozen=True, slots=True)
class Store:
    """Something that Pullquote writes.

    :param write: Writes a step into a folder.
    :param read: Reads the folder back, given the steps that were acknowledged, in order.
    :param sealed: Whether a damage must be noticed: it is not in a plain text that people may edit.
    :param replaced: Whether a step takes the place of the one before.
    """

    name: str
    write: Callable[[Path, int], None]
    read: Callable[[Path, Sequence[int]], None]
    sealed: bool = True
    replaced: bool = False


def article(number: int) -> Article:
    """The article of a step."""
    return Article(
        f"Story {number}\n\nPresident Ada Byron saw number {number} in {1500 + number % 400}. "
        f"It was {'very ' * (number % 50)}red. She went to Kent.\n\nIn Devon number {number} fell."
    )


def _check(right: bool, wrong: str) -> None:
    if not right:
        raise LostError(wrong)


def _index(number: int) -> SentenceIndex:
    return build_index([article(number)], ENCODER)


def _assistant(number: int) -> Assistant:
    return Assistant(_index(number), ENCODER, last_words(4), 0.5)


def _answer(number: int) -> Answer:
    return replace(_assistant(number).ask("Who saw the number?"), question=f"Who saw number {number}?")


def _write_index(folder: Path, number: int) -> None:
    save_index(_index(number), folder / "index")


def _read_index(folder: Path, done: Sequence[int]) -> None:
    if not done and not (folder / "index" / MANIFEST).exists():
        return
    loaded = load_index(folder / "index", ENCODER)
    number = int(loaded.articles[0].title.split()[1])
    _check(number >= max(done, default=0), f"step {max(done, default=0)} was done, and {number} is there")
    built = _index(number)
    same = loaded.articles == built.articles and loaded.sentences == built.sentences
    rows = range(len(built))
    vector = ENCODER.encode(["number Kent"])[0]
    _check(
        same and np.array_equal(loaded.similarities(vector, rows), built.similarities(vector, rows)), "another index"
    )


def _write_revision(folder: Path, number: int) -> None:
    target = folder / "index"
    if (target / MANIFEST).exists():
        add_articles(target, {folder / f"{number}.txt": article(number)}, ENCODER)
    else:
        save_index(_index(number), target)


def _read_revision(folder: Path, done: Sequence[int]) -> None:
    there = {one.digest for one in stored_articles(folder / "index")} if done else set()
    missing = [number for number in done if article(number).digest not in there]
    _check(not missing, f"articles {missing[:3]} are gone")
    if done:
        load_index(folder / "index", ENCODER)


def _write_correction(folder: Path, number: int) -> None:
    target, story = folder / "index", Article(article(number).text, id="story")
    if (target / MANIFEST).exists():
        replace_articles(target, {folder / "story.txt": story}, ENCODER)
    else:
        save_index(build_index([article(-1), story], ENCODER), target)


def _read_correction(folder: Path, done: Sequence[int]) -> None:
    if not done and not (folder / "index" / MANIFEST).exists():
        return
    loaded = load_index(folder / "index", ENCODER)
    number = int(loaded.articles[loaded.places["story"]].title.split()[1])
    _check(number >= max(done, default=0), f"step {max(done, default=0)} was done, and {number} is there")
    built = build_index([article(-1), article(number)], ENCODER)
    same = loaded.articles == built.articles and loaded.sentences == built.sentences
    _check(same, "another index")


def _write_cached_index(folder: Path, number: int) -> None:
    with patch.dict(os.environ, {"XDG_CACHE_HOME": str(folder)}):
        cached_index([article(number)], ENCODER)


def _read_cached_index(folder: Path, done: Sequence[int]) -> None:
    with patch.dict(os.environ, {"XDG_CACHE_HOME": str(folder)}):
        for number in done[-_LATEST:]:
            found = cached_index([article(number)], ENCODER)
            _check((found.articles, found.sentences) == (_index(number).articles, _index(number).sentences), "another")


def _write_counts(folder: Path, number: int) -> None:
    kept_counts(_index(number), folder, least=0)


def _read_counts(folder: Path, done: Sequence[int]) -> None:
    for number in done[-_LATEST:]:
        kept, counted = kept_counts(_index(number), folder, least=0), count(_index(number))
        for asked in ("Where is Ada Byron?", "number red"):
            scores = kept.words.sentences.scores(asked), counted.words.sentences.scores(asked)
            same = np.array_equal(*scores) and kept.names.of(asked) == counted.names.of(asked)
            _check(same and kept.spelling.has("devon") == counted.spelling.has("devon"), "other counts")


def _write_starters(folder: Path, number: int) -> None:
    list(starters(_assistant(number), folder / "starters"))


def _read_starters(folder: Path, done: Sequence[int]) -> None:
    for number in done[-_LATEST:]:
        # where nothing can be kept they are chosen anew
        chosen = list(starters(_assistant(number), Path("/dev/null/starters")))
        _check(bool(chosen) and list(starters(_assistant(number), folder / "starters")) == chosen, "other questions")


def _convert(number: int) -> Callable[[Path], Settings]:
    """As large as a part of a model, so that a kill finds it half written."""

    def convert(folder: Path) -> Settings:
        (folder / MODEL).write_bytes(bytes([number % 256]) * _WEIGHTS)
        (folder / "model.bin").write_bytes(bytes([number % 251]) * _WEIGHTS)
        (folder / TOKENIZER).write_text(json.dumps({"number": number}), encoding="utf-8")
        return Settings(pad=number, limit=512)

    return convert


def _write_conversion(folder: Path, number: int) -> None:
    converted(str(number), _convert(number), folder)


def _read_conversion(folder: Path, done: Sequence[int]) -> None:
    for number in done[-_LATEST:]:
        place, settings = converted(str(number), _convert(number), folder)
        whole = (place / MODEL).read_bytes() == bytes([number % 256]) * _WEIGHTS
        whole &= (place / "model.bin").read_bytes() == bytes([number % 251]) * _WEIGHTS
        _check(whole and settings.pad == number, f"conversion {number} is another")


def _write_feedback(folder: Path, number: int) -> None:
    Feedback(folder / "thumbs.jsonl").record(_answer(number), good=True)


def _read_feedback(folder: Path, done: Sequence[int]) -> None:
    path = folder / "thumbs.jsonl"
    try:
        # a line that is being written may be seen by halves
        with FileLock(path.with_name(f"{path.name}.lock")):
            lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        there = {json.loads(line)["question"] for line in lines}
    except (ValueError, KeyError, TypeError) as error:
        raise LostError(f"half a line: {error!r}") from error
    missing = [number for number in done if f"Who saw number {number}?" not in there]
    _check(not missing, f"judgements {missing[:3]} are gone")


_ASKED = article(0)


def _write_annotation(folder: Path, number: int) -> None:
    said = Written(f"Who is number {number}?", _ASKED.id, (), answerable=False)
    Annotation(folder / "questions.jsonl", [_ASKED]).add(said)


def _read_annotation(folder: Path, done: Sequence[int]) -> None:
    there = {line.record["question"] for line in Annotation(folder / "questions.jsonl", [_ASKED]).lines()}
    missing = [number for number in done if f"Who is number {number}?" not in there]
    _check(not missing, f"questions {missing[:3]} are gone")


def _write_run(folder: Path, number: int) -> None:
    with growing(folder / "run.jsonl", "chaos", {}) as file:
        file.write([Record(str(number), "Who?", Asked.SINGLE, True, Outcome.RIGHT, values={"f1": 1.0})])


def _read_run(folder: Path, done: Sequence[int]) -> None:
    there = {record.id for record in read_run(folder / "run.jsonl").records} if done else set()
    missing = [number for number in done if str(number) not in there]
    _check(not missing, f"verdicts {missing[:3]} are gone")


_SAVED = ("a.jsonl", "c.json", "c.md")


def _write_answers(folder: Path, number: int) -> None:
    answer, about = _answer(number), [article(number)]
    turns = [Turn(answer.question, answer)]
    texts = (json.dumps(answer.to_dict()), conversation_json(turns, about), conversation_markdown(turns, about))
    for name, text in zip(_SAVED, texts, strict=True):
        with written(folder / f"{number % 2}-{name}") as file:
            file.write(text)


def _read_answers(folder: Path, done: Sequence[int]) -> None:
    for number in done[-2:]:
        for name in _SAVED:
            path = folder / f"{number % 2}-{name}"
            # steps after the last one that was acknowledged may be there already
            later = [article(one) for one in range(number, number + 100, 2)]
            faults = list(check_transcript(path, later))
            if faults:
                raise InputError(faults[0])


STORES = (
    Store("index", _write_index, _read_index, replaced=True),
    Store("index that grows", _write_revision, _read_revision),
    Store("index that is corrected", _write_correction, _read_correction, replaced=True),
    Store("index in the cache", _write_cached_index, _read_cached_index),
    Store("counts in the cache", _write_counts, _read_counts),
    Store("starters in the cache", _write_starters, _read_starters),
    Store("conversion", _write_conversion, _read_conversion),
    Store("saved answers", _write_answers, _read_answers),
    Store("feedback", _write_feedback, _read_feedback, sealed=False),
    Store("annotation", _write_annotation, _read_annotation, sealed=False),
    Store("saved run", _write_run, _read_run, sealed=False),
)
BY_NAME = {store.name: store for store in STORES}
