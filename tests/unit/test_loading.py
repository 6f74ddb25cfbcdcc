"""From Python: what cannot be loaded is told in a line, before any model is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from index.article import Article
from index.errors import InputError
from rag.answering.memory import Memory
from rag.loading import load_assistant

TEXT = Article("Red apples grow in Kent.")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"source": "no-story.txt"}, r"^No article at no-story\.txt\. Check the path, or give another file\.$"),
        ({"source": ["no-story.txt"]}, r"^No article at no-story\.txt\."),
        ({"source": Path("no-folder/")}, r"^No article at no-folder\."),
        ({"source": "."}, r"^Cannot read \.: Is a directory\. Give a readable file\.$"),
        ({"source": "a\0b"}, r"^No article at 'a\\x00b'\. Check the path"),
        ({"remembered": -1}, r"^remembered is -1\. Give how many answers to keep, or 0 for none\.$"),
        ({"caution": "mad"}, r"^No caution is called 'mad'\. Choose one of: none, low, normal, high\.$"),
    ],
)
def test_what_cannot_be_loaded_is_told(
    options: dict[str, Any], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do next."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("rag.loading.open_encoder", lambda _: pytest.fail("loads a model"))
    with pytest.raises(InputError, match=message):
        load_assistant(**{"source": TEXT, **options})


def test_a_number_of_answers_is_one() -> None:
    """An assistant may be put together by hand, too."""
    with pytest.raises(InputError, match="remembered is -1"):
        Memory(-1)
