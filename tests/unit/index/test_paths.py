"""Paths may be plain text wherever a file or a folder is named."""

from __future__ import annotations

from pathlib import Path

import index
from tests.conftest import WordEncoder


def test_paths_as_text(tmp_path: Path, encoder: WordEncoder) -> None:
    """From two files to an index, to one more, to one less: all as with `Path`."""
    names = [str(tmp_path / f"{kind}.txt") for kind in ("apples", "pears", "plums")]
    for name in names:
        Path(name).write_text(f"{Path(name).stem} ripen late.", encoding="utf-8")
    articles = {name: index.read_article(name) for name in names}
    folder = str(tmp_path / "index")
    first, second, third = articles
    built = index.build_index([articles[first], articles[second]], encoder)
    manifest = index.save_index(built, folder, {articles[first].digest: first})
    assert manifest.sources == {articles[first].digest: Path(first).resolve()}
    assert index.load_index(folder, encoder).articles == (articles[first], articles[second])
    assert index.add_articles(folder, {third: articles[third]}, encoder).articles == tuple(articles.values())
    assert index.remove_articles(folder, [third]).articles == (articles[first], articles[second])
