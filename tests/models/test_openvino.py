"""Converted models: as the reference has them, and without torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from index.article import Article
from index.conversion import TOKENIZER
from index.errors import InputError
from index.openvino_encoder import OpenVinoEncoder, open_encoder
from index.openvino_model import THREADS, OpenVinoModel, Precision, precision
from index.sentence_transformer import SentenceTransformerEncoder, device
from index.sentences import split
from index.tokens import read_tokenizer
from index.weights import DEFAULT_ENCODER, MINILM, MPNET_FOR_QUESTIONS, cache_folder, minilm_folder
from rag.answer import Passage
from rag.reading.reader import SpanProposal
from rag.reading.shipped import ACCURATE, BUDGET, FAST, load_reader, reference
from rag.reading.transformer import TransformerReader
from tests.conftest import QUESTIONS, ROOT, SEED

BOUND = """
import os, sys, threading
from pathlib import Path
from index.openvino_encoder import open_encoder

encoder = open_encoder()
asking = threading.Thread(target=lambda: [encoder.encode(["A cat sat on the mat."] * 64) for _ in range(8)])
asking.start()
bound = set()
while asking.is_alive():
    for thread in Path("/proc/self/task").iterdir():
        try:
            cores = os.sched_getaffinity(int(thread.name))
        except ProcessLookupError:
            continue
        if cores != os.sched_getaffinity(os.getpid()):
            bound.add(thread.name)
print(sorted(bound))
"""
"""Tells which threads are bound to some cores while a model runs."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "dimension", "cosine"),
    [(DEFAULT_ENCODER, 384, 0.9999), (MINILM, 384, 0.9999), (None, 384, 0.9999), (MPNET_FOR_QUESTIONS, 768, 0.999)],
)
def test_vectors_are_those_of_sentence_transformers(name: str | None, dimension: int, cosine: float) -> None:
    """For short and long texts and for questions, in any company, but for a rounding; and one identity."""
    name = name or str(minilm_folder())
    # where there is a graphics card, on that
    ours, theirs = open_encoder(name), SentenceTransformerEncoder(name, device())
    assert isinstance(ours, OpenVinoEncoder)
    assert (ours.name, ours.digest, ours.dimension) == (theirs.name, theirs.digest, theirs.dimension)
    texts = ["A cat sat.", "", "Guaidó’s 漢字 🙂", "word " * 600, SEED.read_text(encoding="utf-8")[:1500]]
    found = ours.encode(texts)
    assert found.dtype == np.float32
    assert found.shape == (5, dimension)
    assert (found * theirs.encode(texts)).sum(axis=1).min() > cosine
    asked = ours.encode_questions(texts)
    assert (asked * theirs.encode_questions(texts)).sum(axis=1).min() > cosine
    assert np.allclose(asked, found, atol=1e-4) is (name != DEFAULT_ENCODER), "questions have a model of their own"
    assert np.abs(np.concatenate([ours.encode([text]) for text in texts]) - found).max() < 1e-4
    assert ours.encode([]).shape == (0, dimension)


@pytest.mark.slow
@pytest.mark.skipif(torch.cuda.is_available(), reason="torch can use the card of this machine")
def test_a_card_that_torch_cannot_use(monkeypatch: pytest.MonkeyPatch) -> None:
    """The processor computes, whether torch says so at once or only when it is to use the card."""
    assert device() == "cpu"
    assert isinstance(open_encoder(MINILM, on_card=True), OpenVinoEncoder)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert device() == "cuda"
    with pytest.raises((AssertionError, RuntimeError), match=r"CUDA|NVIDIA"):
        SentenceTransformerEncoder(MINILM, device())
    assert isinstance(open_encoder(MINILM, on_card=True), OpenVinoEncoder)


@pytest.mark.slow
@pytest.mark.parametrize("name", [FAST, ACCURATE])
def test_spans_are_those_of_transformers(
    name: str, seed: Article, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In float32, on the article's paragraphs, for the public set's questions: the same spans, scores within 0.02."""
    monkeypatch.setenv("PULLQUOTE_PRECISION", "float32")
    calibrated = load_reader(name)
    torch_reader = reference(name)
    theirs = TransformerReader(
        name, torch_reader, torch_reader.save_tokenizer(tmp_path), torch_reader.settings(), BUDGET
    )
    from_file = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    questions = [line["question"] for line in from_file if "question" in line][::20]
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
    calibrated = load_reader(name)
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
    quick = load_reader(ACCURATE)
    monkeypatch.setenv("PULLQUOTE_PRECISION", "float32")
    exact = load_reader(ACCURATE)
    from_file = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    questions = [line["question"] for line in from_file if "question" in line][::12]
    sentences = split(seed)
    passages = [Passage(seed, first, tuple(sentences[first : first + 3])) for first in range(0, 6, 3)]
    pairs = [(quick.reader.read(one, passages)[0], exact.reader.read(one, passages)[0]) for one in questions]
    same = [mine.score for mine, theirs in pairs if (mine.start, mine.end) == (theirs.start, theirs.end)]
    assert len(same) >= 0.9 * len(pairs)
    assert max(abs(mine.score - theirs.score) for mine, theirs in pairs) < 0.5


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


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux" or os.cpu_count() == 1, reason="no cores that this could tell of")
def test_processes_that_share_a_machine_use_all_its_cores() -> None:
    """A model that may use one core is bound to none: else that of every process would wait for the first one."""
    open_encoder()
    done = subprocess.run(
        [sys.executable, "-c", BOUND], env={**os.environ, THREADS: "1"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def _models() -> list[Path]:
    return sorted((cache_folder() / "converted").glob("*/model.xml"))


def _place(proposal: SpanProposal) -> tuple[int, int, int]:
    return proposal.passage, proposal.start, proposal.end
