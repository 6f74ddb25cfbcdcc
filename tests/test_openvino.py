"""Converted models: as the reference has it, made once, whole or not at all, and without torch from then on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.article import Article
from index.conversion import MODEL, SETTINGS, TOKENIZER, Settings, converted
from index.errors import InputError
from index.openvino_encoder import OpenVinoEncoder, open_encoder
from index.openvino_model import OpenVinoModel, Precision, precision
from index.sentence_transformer import SentenceTransformerEncoder
from index.sentences import split
from index.tokens import batches, padded, read_tokenizer
from index.weights import DEFAULT_ENCODER, MINILM, cache_folder, minilm_folder
from rag.answer import Passage
from rag.reading.reader import Candidate
from rag.reading.shipped import ACCURATE, BUDGET, FAST, load_readers, reference
from rag.reading.transformer import TransformerReader
from tests.conftest import QUESTIONS, ROOT, SEED


def _convert(folder: Path) -> Settings:
    (folder / MODEL).write_bytes(b"model")
    (folder / TOKENIZER).write_bytes(b"tokenizer")
    return Settings(pad=1, limit=512)


def test_a_conversion_is_made_once(tmp_path: Path) -> None:
    """And again where other weights ask for it."""
    calls: list[Path] = []

    def convert(folder: Path) -> Settings:
        calls.append(folder)
        return _convert(folder)

    first, settings = converted("a", convert, tmp_path)
    assert (settings.pad, settings.limit, sorted(settings.digests)) == (1, 512, [MODEL, TOKENIZER])
    assert converted("a", convert, tmp_path) == (first, settings)
    assert len(calls) == 1
    other, _ = converted("b", convert, tmp_path)
    assert other != first
    assert len(calls) == 2


@pytest.mark.parametrize(
    ("name", "content"), [(MODEL, b"evil"), (TOKENIZER, b""), (SETTINGS, b"{"), (SETTINGS, b"{}"), (SETTINGS, b"[]")]
)
def test_a_damaged_conversion_is_made_again(tmp_path: Path, name: str, content: bytes) -> None:
    """Whatever was damaged, and nothing else is left behind."""
    place, _ = converted("a", _convert, tmp_path)
    (place / name).write_bytes(content)
    again, _ = converted("a", _convert, tmp_path)
    assert again == place
    assert (place / MODEL).read_bytes() == b"model"
    assert sorted(path.name for path in place.parent.iterdir()) == [place.name, f"{place.name}.lock"]


def test_a_conversion_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """The next try begins afresh."""

    def fail(folder: Path) -> Settings:
        (folder / MODEL).write_bytes(b"half")
        raise InputError("no such model")

    with pytest.raises(InputError, match="no such model"):
        converted("a", fail, tmp_path)
    assert [path.suffix for path in (tmp_path / "converted").iterdir()] == [".lock"]


def test_what_a_killed_process_left_is_cleared_away(tmp_path: Path) -> None:
    """A kill leaves half a conversion beside its place; those of other weights may still be being made."""
    place, _ = converted("a", _convert, tmp_path)
    shutil.rmtree(place)
    for folder in (place.with_name(f".{place.name}-killed"), place.with_name(".other-at-work")):
        folder.mkdir()
        (folder / MODEL).write_bytes(b"half")
    converted("a", _convert, tmp_path)
    assert {path.name for path in place.parent.iterdir()} == {place.name, f"{place.name}.lock", ".other-at-work"}


def test_two_at_once_make_one(tmp_path: Path) -> None:
    """The second waits for the first, and takes what it made."""
    calls: list[Path] = []

    def convert(folder: Path) -> Settings:
        calls.append(folder)
        return _convert(folder)

    with ThreadPoolExecutor(4) as threads:
        places = {place for place, _ in threads.map(lambda _: converted("a", convert, tmp_path), range(4))}
    assert (len(places), len(calls)) == (1, 1)


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The message names it and the way out."""
    (tmp_path / "converted").write_bytes(b"")
    with pytest.raises(InputError, match=r"Cannot keep a converted model in .*set XDG_CACHE_HOME to a writable folder"):
        converted("a", _convert, tmp_path)


def test_texts_are_put_side_by_side() -> None:
    """All are filled up to a multiple of sixteen, and the mask says so."""
    batch = padded([[5, 6, 7], [8]], [[0, 0, 1], [0]], pad=9)
    assert {name: values.tolist() for name, values in batch.items()} == {
        "input_ids": [[5, 6, 7] + 13 * [9], [8] + 15 * [9]],
        "attention_mask": [3 * [1] + 13 * [0], [1] + 15 * [0]],
        "token_type_ids": [[0, 0, 1] + 13 * [0], 16 * [0]],
    }
    assert padded([17 * [1]], [17 * [0]], pad=0)["input_ids"].shape == (1, 32)


@pytest.mark.parametrize(("texts", "shape"), [(1, (1, 96)), (2, (2, 48)), (5, (5, 32)), (6, (6, 16))])
def test_a_least_number_of_tokens(texts: int, shape: tuple[int, int]) -> None:
    """What all have together counts, and the lengths stay multiples of 16."""
    assert padded(texts * [[1, 2]], texts * [[0, 0]], pad=0, least=96)["attention_mask"].shape == shape


@given(st.lists(st.integers(1, 400), max_size=40), st.integers(1, 600))
def test_batches_hold_each_text_once(lengths: list[int], tokens: int) -> None:
    """The shorter ones first, and none costs more than it may, unless it is one text alone."""
    groups = list(batches(lengths, tokens))
    assert sorted(place for group in groups for place in group) == list(range(len(lengths)))
    assert [lengths[place] for group in groups for place in group] == sorted(lengths)
    for group in groups:
        assert len(group) == 1 or len(group) * -(-lengths[group[-1]] // 16) * 16 <= tokens


@pytest.mark.slow
@pytest.mark.parametrize("name", [DEFAULT_ENCODER, MINILM, None])
def test_vectors_are_those_of_sentence_transformers(name: str | None) -> None:
    """Cosine above 0.9999 for short and long texts, in any company, and one identity."""
    name = name or str(minilm_folder())
    ours, theirs = open_encoder(name), SentenceTransformerEncoder(name)
    assert isinstance(ours, OpenVinoEncoder)
    assert (ours.name, ours.digest, ours.dimension) == (theirs.name, theirs.digest, theirs.dimension)
    texts = ["A cat sat.", "", "Guaidó’s 漢字 🙂", "word " * 600, SEED.read_text(encoding="utf-8")[:1500]]
    expected = theirs.encode(texts)
    found = ours.encode(texts)
    assert found.dtype == np.float32
    assert found.shape == (5, 384)
    assert (found * expected).sum(axis=1).min() > 0.9999
    assert np.abs(np.concatenate([ours.encode([text]) for text in texts]) - found).max() < 1e-4
    assert ours.encode([]).shape == (0, 384)


@pytest.mark.slow
@pytest.mark.parametrize("name", [FAST, ACCURATE])
def test_spans_are_those_of_transformers(
    name: str, seed: Article, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In float32, on the article's paragraphs, for the public set's questions: the same spans, scores within 0.02."""
    monkeypatch.setenv("PULLQUOTE_PRECISION", "float32")
    (calibrated,) = load_readers(name).readers
    torch_reader = reference(name)
    theirs = TransformerReader(
        name, torch_reader, torch_reader.save_tokenizer(tmp_path), torch_reader.settings(), BUDGET
    )
    from_file = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    questions = [line["question"] for line in from_file if "question" in line][::6]
    sentences = split(seed)
    passages = [Passage(seed, first, tuple(sentences[first : first + 3])) for first in range(0, 15, 3)]
    for question in questions:
        ours, expected = calibrated.reader.read(question, passages), theirs.read(question, passages)
        assert _place(ours[0]) == _place(expected[0])
        scores = {_place(one): one.score for one in expected}
        mine = {_place(one): one.score for one in ours if _place(one) in scores}
        # of five proposals for each passage, the last may be others
        assert len(mine) >= 0.95 * len(scores)
        assert list(mine.values()) == pytest.approx([scores[place] for place in mine], abs=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("given", ["", "float32"])
@pytest.mark.parametrize("name", [FAST, ACCURATE])
def test_company_changes_nothing(name: str, given: str, seed: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is found in a passage is the same alone, and beside shorter and longer ones."""
    monkeypatch.setenv("PULLQUOTE_PRECISION", given)
    (calibrated,) = load_readers(name).readers
    sentences = split(seed)
    passages = [Passage(seed, first, tuple(sentences[first : first + 1 + first % 4])) for first in range(0, 20, 3)]
    together = calibrated.reader.read("Who said that?", passages)
    for number, passage in enumerate(passages):
        alone = [(one.start, one.end, one.score) for one in calibrated.reader.read("Who said that?", [passage])]
        among = [(one.start, one.end, one.score) for one in together if one.passage == number]
        assert [one[:2] for one in among] == [one[:2] for one in alone]
        assert [one[2] for one in among] == pytest.approx([one[2] for one in alone], abs=1e-3)


@pytest.mark.slow
def test_bfloat16_finds_the_same_words(seed: Article, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of the best spans: where two are about as good, the other may win."""
    if precision() is Precision.FLOAT32:
        pytest.skip("this processor multiplies no bfloat16")
    (quick,) = load_readers(ACCURATE).readers
    monkeypatch.setenv("PULLQUOTE_PRECISION", "float32")
    (exact,) = load_readers(ACCURATE).readers
    from_file = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    questions = [line["question"] for line in from_file if "question" in line][::3]
    sentences = split(seed)
    passages = [Passage(seed, first, tuple(sentences[first : first + 3])) for first in range(0, 15, 3)]
    pairs = [(quick.reader.read(one, passages)[0], exact.reader.read(one, passages)[0]) for one in questions]
    same = [mine.score for mine, theirs in pairs if (mine.start, mine.end) == (theirs.start, theirs.end)]
    assert len(same) >= 0.9 * len(pairs)
    assert max(abs(mine.score - theirs.score) for mine, theirs in pairs) < 0.5


def test_precision_is_a_word_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set is checked, and float32 is obeyed."""
    monkeypatch.setenv("PULLQUOTE_PRECISION", "float32")
    assert precision() is Precision.FLOAT32
    monkeypatch.setenv("PULLQUOTE_PRECISION", "int4")
    with pytest.raises(InputError, match=r"PULLQUOTE_PRECISION is 'int4'\. Give float32"):
        precision()


def test_nobody_is_told_that_pullquote_runs(tmp_path: Path) -> None:
    """The library that reports each import to its maker is not loaded, and leaves nothing in the user's folder."""
    code = (
        "import sys, index.openvino_model, threading;"
        "print([name for name in sys.modules if 'telemetry' in name or name == 'openvino.tools.ovc']);"
        "print(threading.active_count())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"HOME": str(tmp_path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n1\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_asking_needs_no_torch() -> None:
    """Once the models are converted, a question is answered without the libraries that made them; the chat, too."""
    code = (
        "import sys, rag; from pathlib import Path; {more}"
        "answer = rag.load_assistant(Path(sys.argv[1])).ask('When was the Cuban Missile Crisis?');"
        "heavy = {{'torch', 'transformers', 'sentence_transformers', 'onnx', 'openvino_telemetry'}};"
        "print(answer.text, sorted(heavy & set(sys.modules)))"
    )
    for more in ("", "import ui;"):
        done = subprocess.run(
            [sys.executable, "-c", code.format(more=more), SEED], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout == "1962 []\n"


@pytest.mark.slow
def test_threads_are_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a shared host sets is checked when a model is loaded."""
    open_encoder()
    model = _models()[0]
    monkeypatch.setenv("PULLQUOTE_THREADS", "two")
    with pytest.raises(InputError, match=r"PULLQUOTE_THREADS is 'two'\. Give a number of threads"):
        OpenVinoModel(model)
    monkeypatch.setenv("PULLQUOTE_THREADS", "1")
    assert OpenVinoModel(model).inputs[0] == "input_ids"
    assert read_tokenizer(model.parent / TOKENIZER).encode("A cat sat.").tokens[0] in ("[CLS]", "<s>")


def _models() -> list[Path]:
    return sorted((cache_folder() / "converted").glob("*/model.xml"))


def _place(candidate: Candidate) -> tuple[int, int, int]:
    return candidate.passage, candidate.start, candidate.end
