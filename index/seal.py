"""A record of JSON that shows whether it was changed since it was written.

The seal is a digest of the record's values, not of its bytes: it stays true when a program writes the same values
with other spaces, or 1.0 as 1. Whoever changes a record on purpose can seal it again; it tells accidents.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SEAL = "sha256"


def sealed(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with its seal, under the key `sha256`.

    >>> is_whole(sealed({"a": 1})), is_whole({**sealed({"a": 1}), "a": 2})
    (True, False)

    :param record: Values that JSON can write, by texts.
    """
    return {**record, SEAL: _digest(record)}


def is_whole(record: Mapping[str, Any]) -> bool:
    """Tell whether a record is what was sealed.

    :param record: As it was read. One without a seal is not whole.
    """
    return bool(record.get(SEAL) == _digest({key: value for key, value in record.items() if key != SEAL}))


def _digest(record: Mapping[str, Any]) -> str:
    plain = json.loads(json.dumps(record), parse_int=float)
    return sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()
