"""Converted models: made once, whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.conversion import MODEL, SETTINGS, TOKENIZER, Settings, converted
from index.errors import InputError
from index.openvino_model import Precision, precision
from index.seal import sealed
from index.tokens import batches, padded
from tests.conftest import ROOT


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


@pytest.mark.parametrize(
    "changes",
    [
        {"pad": "1"},
        {"pad": None},
        {"limit": 512.0},
        {"limit": True},
        {"dimension": []},
        {"weights": 5},
        {"digests": []},
        {"digests": {}},
        {"digests": {MODEL: 5, TOKENIZER: None}},
        {"digests": {"a\0b": ""}},
        {"more": 1},
    ],
)
def test_settings_of_wrong_types_are_made_anew(tmp_path: Path, changes: dict[str, object]) -> None:
    """Also where they are sealed; and what was changed without a new seal, as one bit can do it."""
    place, settings = converted("a", _convert, tmp_path)
    path = place / SETTINGS
    kept = json.loads(path.read_bytes())
    plain = {name: value for name, value in kept.items() if name != "sha256"}
    for record in ({**plain, **changes}, sealed({**plain, **changes}), {**kept, "limit": 511}):
        path.write_text(json.dumps(record), encoding="utf-8")
        assert converted("a", _convert, tmp_path) == (place, settings)
        assert json.loads(path.read_bytes()) == kept


def test_settings_of_before_are_read(tmp_path: Path) -> None:
    """Without a seal: to convert all models once more would take half a minute."""
    place, settings = converted("a", _convert, tmp_path)
    kept = json.loads((place / SETTINGS).read_bytes())
    del kept["sha256"]
    (place / SETTINGS).write_text(json.dumps(kept), encoding="utf-8")
    assert converted("a", lambda _: pytest.fail("converted again"), tmp_path) == (place, settings)


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
