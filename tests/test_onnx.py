"""Converted models: as the reference has it, made once, whole or not at all, and without torch from then on."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from index.article import Article
from index.conversion import MODEL, SETTINGS, TOKENIZER, Settings, converted
from index.errors import InputError
from index.onnx_encoder import OnnxEncoder, open_encoder
from index.onnx_model import OnnxModel, padded, read_tokenizer
from index.sentence_transformer import SentenceTransformerEncoder
from index.sentences import split
from index.weights import DEFAULT_ENCODER, MINILM, cache_folder, minilm_folder
from rag.answer import Passage
from rag.readers import ACCURATE, BUDGET, FAST, load_readers, reference
from rag.transformer import TransformerReader
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
    assert [path.suffix for path in (tmp_path / "onnx").iterdir()] == [".lock"]


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
    (tmp_path / "onnx").write_bytes(b"")
    with pytest.raises(InputError, match=r"Cannot keep a converted model in .*set XDG_CACHE_HOME to a writable folder"):
        converted("a", _convert, tmp_path)


def test_texts_are_put_side_by_side() -> None:
    """The shorter ones are filled up, and the mask says so."""
    batch = padded([[5, 6, 7], [8]], [[0, 0, 1], [0]], pad=9)
    assert {name: values.tolist() for name, values in batch.items()} == {
        "input_ids": [[5, 6, 7], [8, 9, 9]],
        "attention_mask": [[1, 1, 1], [1, 0, 0]],
        "token_type_ids": [[0, 0, 1], [0, 0, 0]],
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", [DEFAULT_ENCODER, MINILM, None])
def test_vectors_are_those_of_sentence_transformers(name: str | None) -> None:
    """Cosine above 0.9999 for short and long texts, in any company, and one identity."""
    name = name or str(minilm_folder())
    ours, theirs = open_encoder(name), SentenceTransformerEncoder(name)
    assert isinstance(ours, OnnxEncoder)
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
def test_spans_are_those_of_transformers(name: str, seed: Article, tmp_path: Path) -> None:
    """On the article's paragraphs, for the public set's questions: the same spans, scores within a thousandth."""
    (calibrated,) = load_readers(name).readers
    torch_reader = reference(name)
    theirs = TransformerReader(
        name, torch_reader, torch_reader.save_tokenizer(tmp_path), torch_reader.settings().limit, BUDGET
    )
    from_file = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    questions = [line["question"] for line in from_file if "question" in line][::6]
    sentences = split(seed)
    passages = [Passage(seed, first, tuple(sentences[first : first + 3])) for first in range(0, 15, 3)]
    for question in questions:
        ours, expected = calibrated.reader.read(question, passages), theirs.read(question, passages)
        assert [(one.passage, one.start, one.end) for one in ours] == [
            (one.passage, one.start, one.end) for one in expected
        ]
        assert [one.score for one in ours] == pytest.approx([one.score for one in expected], abs=1e-3)


@pytest.mark.slow
def test_asking_needs_no_torch() -> None:
    """Once the models are converted, a question is answered without the libraries that made them; the chat, too."""
    code = (
        "import sys, rag; from pathlib import Path; {more}"
        "answer = rag.load_assistant(Path(sys.argv[1])).ask('When was the Cuban Missile Crisis?');"
        "print(answer.text, sorted({{'torch', 'transformers', 'sentence_transformers', 'onnx'}} & set(sys.modules)))"
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
    model = next(path for path in (cache_folder() / "onnx").glob("*/model.onnx"))
    monkeypatch.setenv("PULLQUOTE_THREADS", "two")
    with pytest.raises(InputError, match=r"PULLQUOTE_THREADS is 'two'\. Give a number of threads"):
        OnnxModel(model)
    monkeypatch.setenv("PULLQUOTE_THREADS", "1")
    assert OnnxModel(model).inputs[0] == "input_ids"
    assert read_tokenizer(model.parent / TOKENIZER).encode("A cat sat.").tokens[0] in ("[CLS]", "<s>")
