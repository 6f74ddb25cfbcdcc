"""A record of JSON that shows whether it was changed since it was written.

The seal is a digest of the record's values, not of its bytes: it stays true when a program writes the same values
with other spaces, or 1.0 as 1. Whoever changes a record on purpose can seal it again; it tells accidents.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from hashlib import sha256
from typing import Any

SEAL = "sha256"


def sealed(record: Mapping[str, Any], but: Collection[str] = ()) -> dict[str, Any]:
    """Return a record with its seal, under the key `sha256`.

    >>> is_whole(sealed({"a": 1})), is_whole({**sealed({"a": 1}), "a": 2})
    (True, False)

    :param record: Values that JSON can write, by texts.
    :param but: Keys that the seal does not cover.
    """
    return {**record, SEAL: _digest(record, but)}


def is_whole(record: Mapping[str, Any], but: Collection[str] = ()) -> bool:
    """Tell whether a record is what was sealed.

    :param record: As it was read. One without a seal is not whole, nor one that is nested too deeply to be written.
    :param but: Keys that the seal does not cover.
    """
    try:
        return bool(record.get(SEAL) == _digest(record, but))
    except RecursionError:
        return False


def _digest(record: Mapping[str, Any], but: Collection[str]) -> str:
    covered = {key: value for key, value in record.items() if key != SEAL and key not in but}
    plain = json.loads(json.dumps(covered), parse_int=float)
    return sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
