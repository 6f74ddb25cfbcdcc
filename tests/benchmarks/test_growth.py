"""What the growth of an index is measured on is what it is said to be."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from rag.language.words import stem
from tests.benchmarks.growth import Mixture, _articles, _words, build, count, draw, main, retrieve
from tests.conftest import ROOT

ONE = {
    "size": 400,
    **dict.fromkeys(["build_s", "save_s", "load_s", "count_s", "kept_s"], 1.0),
    **dict.fromkeys(["bytes", "resident_mb", "own_mb", "retrieve_mb"], 1.0),
    **{name: {"p50": 1.0, "p95": 2.0} for name in ("search_ms", "exact_ms", "retrieve_ms")},
    "recall@10": 0.98,
    "recall@100": 0.97,
}


def test_vectors_are_unit_and_in_clusters() -> None:
    """The nearest is near, the rest is far, and the same size gives the same vectors."""
    rows = Mixture(4000).draw(4000)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    similar = rows[:200] @ rows.T
    similar[np.arange(200), np.arange(200)] = -1
    assert 0.4 < np.median(similar.max(axis=1)) < 0.6
    assert abs(float(np.median(similar))) < 0.1
    assert np.array_equal(rows, Mixture(4000).draw(4000))


def test_the_sentences_of_made_articles_stand_in_them() -> None:
    """Forty a text, four a line, each from its first word to its full stop."""
    (article, sentences), _ = _articles(80)
    assert [s.paragraph for s in sentences] == [number // 4 for number in range(40)]
    texts = [article.text[s.start : s.end] for s in sentences]
    assert all(text.endswith(".") and len(text.split()) == 12 for text in texts)
    lines = [" ".join(texts[first : first + 4]) for first in range(0, 40, 4)]
    assert article.text == "\n".join(lines) + "\n"


def test_the_growth_is_drawn(tmp_path: Path) -> None:
    """A picture with every line's name."""
    draw([ONE, {**ONE, "size": 4000}], tmp_path / "growth.svg")
    text = (tmp_path / "growth.svg").read_text(encoding="utf-8")
    assert text.startswith("<?xml")
    lines = ("on disk", "search p95", "recall@100", "words and names counted", "the same at the next start")
    assert all(f"<!-- {name} -->" in text for name in lines)


def test_every_eighth_word_of_the_vocabulary_is_a_name() -> None:
    """As many are drawn, each is always written alike, and a small one is never one of them."""
    drawn = _words(np.random.default_rng(0), 8000)
    names = {word for word in drawn if word.istitle()}
    assert 0.11 < sum(word in names for word in drawn) / len(drawn) < 0.14
    assert not {name.lower() for name in names} & set(drawn)
    assert all(word.isalpha() for word in drawn)
    assert {stem(word.lower()) for word in drawn} == {word.lower() for word in drawn}


def test_the_second_count_is_read(tmp_path: Path) -> None:
    """An index that is big enough leaves its counts beside it, and finds them there."""
    build(10_000, tmp_path / "index")
    counted = count(tmp_path / "index")
    (entry,) = (tmp_path / "index.cache" / "counts").glob("*/digests.json")
    made = entry.stat().st_mtime_ns
    found = retrieve(tmp_path / "index")
    assert entry.stat().st_mtime_ns == made
    assert 0 < found["kept_s"] < counted["count_s"]


@pytest.mark.slow
def test_a_small_growth_is_measured(tmp_path: Path) -> None:
    """The command measures each size in processes of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.growth"]
    path = tmp_path / "growth.json"
    subprocess.run([*command, "--sizes", "400", "--json", str(path)], cwd=ROOT, check=True, capture_output=True)
    (one,) = json.loads(path.read_text(encoding="utf-8"))["results"]
    assert (one["size"], one["recall@10"], one["recall@100"]) == (400, 1, 1)
    # 384 dimensions of 4 bytes for each sentence and for each fourth of one
    assert 1920 < one["bytes_without_text"] < 1980
    assert min(one["count_s"], one["kept_s"]) > 0


def test_sizes_that_make_no_article_are_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the words of the command line, with what would do."""
    monkeypatch.setattr(sys, "argv", ["growth", "--sizes", "400,41"])
    with pytest.raises(SystemExit, match=r"^2$"):
        main()
    assert "--sizes 400,41: give multiples of 40" in capsys.readouterr().err
