"""Open what is searched, without a reader. Apart, since it loads the model libraries."""

from __future__ import annotations

from pathlib import Path

from index.article import Article
from index.encoder import Encoder
from index.store import SentenceIndex
from rag.loading import load_searchable
from rag.terminal import encoding, stay_offline


def open_searchable(source: Path | list[Article], encoder: str | None) -> tuple[SentenceIndex, Encoder]:
    """Open an index and its encoder, without a reader, showing the progress of what takes time.

    :param source: An index folder or articles.
    :param encoder: Name or folder, or the default.
    :return: Both.
    :raises InputError: If one cannot be used.
    """
    stay_offline(encoder)
    with encoding() as progress:
        return load_searchable(source, encoder, progress)
