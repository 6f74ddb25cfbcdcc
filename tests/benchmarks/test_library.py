"""What a library is measured on is what it is said to be."""

from __future__ import annotations

from pathlib import Path

from index.loading import load_index
from rag.retrieval.retriever import Retriever
from tests.benchmarks.library import WordVectors, build, update


def test_articles_are_made_stored_and_corrected(tmp_path: Path) -> None:
    """Of mixed size, each sentence found again by its own words; a correction keeps the id and adds a sentence."""
    encoder, folder = WordVectors(), tmp_path / "index"
    made = build(12, folder)
    before = load_index(folder, encoder)
    sizes = [len(before.rows_of(place)) for place in range(12)]
    assert made["sentences"] == sum(sizes) == len(before)
    assert min(sizes) >= 3
    assert max(sizes) <= 100
    assert len(set(sizes)) > 6
    retriever = Retriever(before, encoder)
    best = [retriever.hits(before.text(row))[0].row for row in (0, 20, 90)]
    assert best == [0, 20, 90]
    update(folder)
    after = load_index(folder, encoder)
    assert len(after) == len(before) + 1
    assert after.articles[-1].id == before.articles[7].id
    assert after.articles[-1].text == f"{before.articles[7].text} Corrected."
