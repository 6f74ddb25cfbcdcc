"""Models converted for OpenVINO: once for each set of weights, kept in the cache.

A conversion is a folder: `model.xml`, its weights in `model.bin`, `tokenizer.json`, and `settings.json`, which holds
the digests of all. It appears whole or not at all (`index.kept`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from index.errors import InputError
from index.kept import beside, digest_of, digests_of, made_once
from index.seal import SEAL, is_whole, sealed
from index.weights import cache_folder

FORMAT = 4
MODEL, TOKENIZER, SETTINGS = "model.xml", "tokenizer.json", "settings.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """What there is to know of a converted model.

    :param pad: Number of the token that fills up.
    :param limit: Tokens that it reads at most.
    :param dimension: Of an encoder, the length of a vector.
    :param weights: Digest of the weights, for an encoder whose digest is not known otherwise.
    :param digests: SHA-256 of the files by name.
    """

    pad: int
    limit: int
    dimension: int = 0
    weights: str = ""
    digests: dict[str, str] = field(default_factory=dict)


def converted(key: str, convert: Callable[[Path], Settings], cache: Path | None = None) -> tuple[Path, Settings]:
    """Return a converted model, converting it if it is not there or was damaged.

    :param key: What tells these weights from all others.
    :param convert: Writes the model and `tokenizer.json` into a folder.
    :param cache: By default the platform's cache folder.
    :return: The folder and its settings.
    :raises InputError: If the cache cannot be written.
    """
    place = _place(key, cache)
    try:
        return place, made_once(place, lambda: _read(place), lambda: _make(place, convert))
    except OSError as error:
        raise InputError(
            f"Cannot keep a converted model in {place}: {error.strerror or error}. "
            "Free 500 MB there, or set XDG_CACHE_HOME to a writable folder."
        ) from error


def is_converted(key: str, cache: Path | None = None) -> bool:
    """Tell whether a converted model is there; whether it is whole, `converted` finds.

    :param key: What tells these weights from all others.
    :param cache: By default the platform's cache folder.
    """
    return (_place(key, cache) / SETTINGS).is_file()


def _place(key: str, cache: Path | None) -> Path:
    return (cache or cache_folder()) / "converted" / sha256(f"{FORMAT} {key}".encode()).hexdigest()[:24]


def _make(place: Path, convert: Callable[[Path], Settings]) -> Settings:
    with beside(place) as folder:
        settings = convert(folder)
        settings.digests.update(digests_of(folder))
        (folder / SETTINGS).write_text(json.dumps(sealed(asdict(settings)), indent=2), encoding="utf-8")
    return settings


def _read(place: Path) -> Settings | None:
    """Read the settings of a conversion that is whole."""
    try:
        kept = json.loads((place / SETTINGS).read_bytes())
        # those of earlier versions have no seal
        if SEAL in kept and not is_whole(kept):
            return None
        settings = Settings(**{name: value for name, value in kept.items() if name != SEAL})
        whole = all(digest_of(place / name) == digest for name, digest in settings.digests.items())
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    numbers, texts = (settings.pad, settings.limit, settings.dimension), (settings.weights, *settings.digests)
    typed = all(type(one) is int for one in numbers) and all(type(one) is str for one in texts)
    return settings if typed and whole and {MODEL, TOKENIZER} <= set(settings.digests) else None
