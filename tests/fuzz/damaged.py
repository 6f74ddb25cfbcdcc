"""Files that were right once, and values of JSON that were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

_CHANGES = st.tuples(
    st.floats(0, 1), st.sampled_from(["drop", "insert", "replace", "repeat", "cut"]), st.binary(max_size=6)
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(
        ["", "\ud800", "\u202e", "[/x]", "../../etc/passwd", "a\0b", 10**40, -1, 2**63, "9" * 400, 1e308]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@st.composite
def bytes_of(draw: st.DrawFn, *right: bytes) -> bytes:
    """Bytes of one of these files, changed here and there; sometimes any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200))
    data = draw(st.sampled_from(right))
    for part, change, more in draw(st.lists(_CHANGES, max_size=4)):
        place = int(part * len(data))
        if change == "cut":
            data = data[:place]
        elif change == "repeat":
            data = data[:place] + data[place : place + 20] * 2 + data[place + 20 :]
        else:
            data = data[:place] + (more if change != "drop" else b"") + data[place + (change != "insert") :]
    return data


@st.composite
def json_of(draw: st.DrawFn, right: Any) -> Any:
    """The same value of JSON, a few values in it changed, taken out or put in elsewhere."""
    value = json.loads(json.dumps(right))
    for _ in range(draw(st.integers(0, 3))):
        places = list(_places(value))
        if not places:
            return draw(VALUES)
        inner, key = draw(st.sampled_from(places))
        change = draw(st.sampled_from(["change", "change", "remove", "copy"]))
        if change == "change":
            inner[key] = draw(VALUES)
        elif change == "remove":
            del inner[key]
        else:
            inner[key] = json.loads(json.dumps(draw(st.sampled_from(places))[0]))
    return value


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict | list):
        for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
            yield value, key
            yield from _places(inner)
