"""The readers that Pullquote ships, and any other by name."""

from __future__ import annotations

import tempfile
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import rag.reading.reference as torch_readers
from index.conversion import MODEL, TOKENIZER, Settings, converted
from index.openvino_model import OpenVinoModel
from index.weights import MINILM_SHA256, cache_folder, files_digest, minilm_folder, require
from rag.reading.calibration import UNFITTED, read_calibration
from rag.reading.cascade import CalibratedReader, Cascade
from rag.reading.dynamic_batching import DynamicBatching
from rag.reading.mpnet import MPNET_SHA256, mpnet_available, mpnet_folder
from rag.reading.transformer import TransformerReader

if TYPE_CHECKING:
    from rag.reading.reference import TorchReader

ACCURATE = "accurate"
FAST = "fast"
BOTH = "both"
BUDGET = 560
"""Tokens of passages that the first reader asked may cost."""
SECOND_BUDGET = 320
"""Tokens of the most promising passages that the second reader reads: on the calibration questions it loses nothing
against reading all of them."""

MODELS = Path(str(resources.files("rag"))) / "reading" / "models"

_ADAPTER_SHA256 = {
    ACCURATE: "98e18b253cc0f0c173986dededfd87212c91879d5f19440bcef67b680075bfe9",
    FAST: "bcc4421f37eca0f90cea5cbc0086b01e798e02dde0e83b124105804f3d9fe776",
}
_TRUNK_SHA256 = {ACCURATE: MPNET_SHA256, FAST: MINILM_SHA256}


def default_readers() -> str:
    """Return the name of the best that this installation can load."""
    return BOTH if mpnet_available() else FAST


def load_readers(name: str, cache: Path | None = None) -> Cascade:
    """Load readers, converting a model on its first use.

    :param name: `both`, `accurate`, `fast`, a folder, or a name on the Hugging Face hub.
    :param cache: Where models are unpacked and converted; by default the platform's cache folder.
    :return: The readers in the order in which they are asked.
    :raises InputError: If there is no such model, or a shipped file is not the one expected.
    """
    models = cache or cache_folder()
    if name == BOTH:
        accurate = _shipped(ACCURATE, SECOND_BUDGET, models)  # first, for it takes longest to compile
        return Cascade([_shipped(FAST, BUDGET, models), accurate])
    if name in _ADAPTER_SHA256:
        return Cascade([_shipped(name, BUDGET, models)])
    return Cascade([CalibratedReader(_other(name, models), UNFITTED)])


def reference(name: str, cache: Path | None = None) -> TorchReader:
    """Load a shipped reader as its library runs it.

    :param name: `accurate` or `fast`.
    :param cache: Where the accurate reader's trunk is unpacked; by default the platform's cache folder.
    :return: The model on torch.
    :raises InputError: If a shipped file is not the one expected.
    """
    trunk = mpnet_folder(cache or cache_folder()) if name == ACCURATE else minilm_folder()
    return torch_readers.TorchReader(trunk, name, MODELS / name / "adapter.safetensors")


def _shipped(name: str, budget: int, cache: Path) -> CalibratedReader:
    shipped = MODELS / name
    require(shipped / "adapter.safetensors", _ADAPTER_SHA256[name], "Reinstall Pullquote.")
    key = f"reader {name} {_TRUNK_SHA256[name]} {_ADAPTER_SHA256[name]}"
    folder, settings = converted(key, lambda folder: reference(name, cache).convert(folder), cache)
    return CalibratedReader(_reader(name, folder, settings, budget), read_calibration(shipped / "calibration.json"))


def _other(name: str, cache: Path) -> TransformerReader:
    if not Path(name).is_dir():
        # its weights only the library finds, and only it can tell whether they have changed
        model = torch_readers.TorchReader(name, name)
        with tempfile.TemporaryDirectory() as scratch:
            tokenizer = model.save_tokenizer(Path(scratch))
            return TransformerReader(name, model, tokenizer, model.settings(), BUDGET)
    key = f"reader {files_digest(Path(name))}"
    folder, settings = converted(key, lambda folder: torch_readers.TorchReader(name, name).convert(folder), cache)
    return _reader(name, folder, settings, BUDGET)


def _reader(name: str, folder: Path, settings: Settings, budget: int) -> TransformerReader:
    model = DynamicBatching(OpenVinoModel(folder / MODEL), settings.pad)
    return TransformerReader(name, model, folder / TOKENIZER, settings, budget)
