"""The readers that Pullquote ships, and any other by name."""

from __future__ import annotations

import logging
import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import rag.reading.reference as torch_readers
from index.conversion import MODEL, TOKENIZER, Settings, converted, is_converted
from index.errors import InputError
from index.mpnet import mpnet_folder
from index.openvino_model import OpenVinoModel
from index.weights import MINILM_SHA256, MPNET_SHA256, cache_folder, files_digest, minilm_folder, require
from rag.reading.calibration import UNFITTED, read_calibration
from rag.reading.dynamic_batching import DynamicBatching
from rag.reading.reading import CalibratedReader
from rag.reading.transformer import TransformerReader

if TYPE_CHECKING:
    from rag.reading.reference import TorchReader

ACCURATE = "accurate"
FAST = "fast"
BUDGET = 1200
"""Tokens of passages that one question may cost: a news article whole."""

MODELS = Path(str(resources.files("rag"))) / "reading" / "models"

_ADAPTER_SHA256 = {
    ACCURATE: "239f15c1c9575c32044e3d12393b4316bc26b0c8927718a30aa1cd69683ab181",
    FAST: "24e41eacb43853f7354e6be7500ff762a4ba55d5330298b1f63ef8ebfd3d840a",
}
_TRUNK_SHA256 = {ACCURATE: MPNET_SHA256, FAST: MINILM_SHA256}
_LOG = logging.getLogger("pullquote")


def obtained(name: str | None, cache: Path | None = None) -> str:
    """Download what a reader needs, if it is not on this machine.

    That is the trunk of the accurate reader (`mpnet_folder`), as long as it is not converted.

    :param name: As for `load_reader`. None stands for the accurate one, or the fast one if there is no trunk; then one
        line in the log `pullquote` says why.
    :param cache: Where models are unpacked and converted; by default the platform's cache folder.
    :return: The name of the reader to load.
    :raises InputError: If the accurate reader was named and there is no trunk.
    """
    models = cache or cache_folder()
    if name not in (None, ACCURATE) or is_converted(_key(ACCURATE), models):
        return name or ACCURATE
    try:
        mpnet_folder(models)
    except InputError as error:
        if name:
            raise
        _LOG.warning("Reading with the fast reader. %s", error)
        return FAST
    return ACCURATE


def load_reader(name: str | None = None, cache: Path | None = None) -> CalibratedReader:
    """Load a reader, converting its model on the first use.

    :param name: `accurate`, `fast`, a folder, or a name on the Hugging Face hub; by default the best that can be loaded
        (`obtained`).
    :param cache: Where models are unpacked and converted; by default the platform's cache folder.
    :return: The reader with its calibration.
    :raises InputError: If there is no such model, or a shipped file is not the one expected.
    """
    models = cache or cache_folder()
    reader = obtained(name, models)
    if reader in _ADAPTER_SHA256:
        return _shipped(reader, models)
    return CalibratedReader(_other(reader, models), UNFITTED)


def reference(name: str, cache: Path | None = None) -> TorchReader:
    """Load a shipped reader as its library runs it.

    :param name: `accurate` or `fast`.
    :param cache: Where the accurate reader's trunk is unpacked; by default the platform's cache folder.
    :return: The model on torch.
    :raises InputError: If a shipped file is not the one expected.
    """
    trunk = mpnet_folder(cache or cache_folder()) if name == ACCURATE else minilm_folder()
    return torch_readers.TorchReader(trunk, name, MODELS / name / "adapter.safetensors")


def _shipped(name: str, cache: Path) -> CalibratedReader:
    shipped = MODELS / name
    require(shipped / "adapter.safetensors", _ADAPTER_SHA256[name], "Reinstall Pullquote.")
    folder, settings = converted(_key(name), lambda folder: reference(name, cache).convert(folder), cache)
    return CalibratedReader(_reader(name, folder, settings), read_calibration(shipped / "calibration.json"))


def _key(name: str) -> str:
    return f"reader {name} {_TRUNK_SHA256[name]} {_ADAPTER_SHA256[name]}"


def _other(name: str, cache: Path) -> TransformerReader:
    if not Path(name).is_dir():
        # its weights only the library finds, and only it can tell whether they have changed
        model = torch_readers.TorchReader(name, name)
        with tempfile.TemporaryDirectory() as scratch:
            tokenizer = model.save_tokenizer(Path(scratch))
            return TransformerReader(name, model, tokenizer, model.settings(), BUDGET)
    key = f"reader {files_digest(Path(name))}"
    folder, settings = converted(key, lambda folder: torch_readers.TorchReader(name, name).convert(folder), cache)
    return _reader(name, folder, settings)


def _reader(name: str, folder: Path, settings: Settings) -> TransformerReader:
    model = DynamicBatching(OpenVinoModel(folder / MODEL), settings.pad)
    return TransformerReader(name, model, folder / TOKENIZER, settings, BUDGET)
