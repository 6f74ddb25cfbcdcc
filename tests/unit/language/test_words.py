"""Words that compare: accents, case and quotation marks dropped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.language.words import folded


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Guaidó’s “ÉLAN”", 'guaido\'s "elan"'), ('It\'s "PLAIN"\n', 'it\'s "plain"\n'), ("ﬁ ½ Ⅳ", "fi 1⁄2 iv"), ("", "")],
)
def test_folding(text: str, plain: str) -> None:
    """By hand."""
    assert folded(text) == plain


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_folded_as_any_text_is(text: str) -> None:
    """The short way for ASCII gives what the long way gives, which a curly mark at the end brings about."""
    assert folded(text) == folded(text + "’")[:-1]
