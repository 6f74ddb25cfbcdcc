"""A sealed record shows what was changed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.seal import is_whole, sealed

RECORD = sealed({"a": 1.0, "b": {"c": ["é", None, True]}})
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_what_is_written_again_stays_whole(record: dict[str, Any]) -> None:
    """With other spaces, in another order."""
    written = json.dumps(dict(reversed(sealed(record).items())), indent=3)
    assert is_whole(json.loads(written))


def test_a_number_may_be_written_in_another_way() -> None:
    """JavaScript writes 1.0 as 1."""
    assert is_whole({**RECORD, "a": 1})


@pytest.mark.parametrize(
    "changed",
    [
        {**RECORD, "a": 2},
        {**RECORD, "b": {"c": ["e", None, True]}},
        {**RECORD, "d": None},
        {key: value for key, value in RECORD.items() if key != "a"},
        {key: value for key, value in RECORD.items() if key != "sha256"},
        {**RECORD, "sha256": "0" * 64},
        {**RECORD, "sha256": None},
    ],
)
def test_what_was_changed_is_not_whole(changed: dict[str, Any]) -> None:
    """A value, a key, or the seal."""
    assert is_whole(RECORD)
    assert not is_whole(changed)
