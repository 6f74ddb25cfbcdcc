"""A store is filled with files: what is there is not encoded again, nothing is lost, nothing is there twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.article import Article, read_article
from index.build import build_index
from index.errors import InputError
from index.store import together
from index.stores.faiss_store import FaissStore
from index.stores.store import Counts
from rag.language.words import tokenised
from rag.library.filling import Batch, Encoded, Encoding, Filled, Kept, Outcome, Refused, Source, batches, fill, held_by
from rag.workers.workers import Item, Result, ThisProcess
from tests.conftest import WordEncoder
from tests.unit.index.test_stores import same


class Listener(WordEncoder):
    """Remembers what it encodes."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return float32 (n, 256), unit rows."""
        self.texts += texts
        return super().encode(texts)


class Ending:
    """Workers that are gone after a batch."""

    def map(
        self,
        make: Callable[[], Callable[[Item], Result]],
        items: Iterable[Item],
        on_card: Callable[[], Callable[[Item], Result]] | None = None,
    ) -> Iterator[Result]:
        """Give the result of the first item."""
        assert on_card is None
        yield make()(next(iter(items)))
        raise InputError("gone")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FaissStore]:
    """An empty folder."""
    with closing(FaissStore(tmp_path / "store", tokenised)) as store:
        yield store


@pytest.fixture
def files(tmp_path: Path) -> list[Source]:
    """Forty articles."""
    made = []
    for number in range(40):
        path = tmp_path / f"{number:02}.txt"
        path.write_text(f"Bridge {number}. It has {number} arches.\n\nIt is open.", encoding="utf-8")
        made.append(Source(str(path)))
    return made


def _fill(
    store: FaissStore, sources: list[Source], encoder: WordEncoder, workers: object = None, part: int = 10
) -> tuple[Filled, list[Outcome]]:
    told: list[Outcome] = []
    encoding = Encoding(lambda: encoder, held_by(store, sources))
    who = workers if isinstance(workers, Ending) else ThisProcess()
    return fill(store, sources, who, encoding, told.append, part), told


def test_who_has_a_graphics_card_opens_the_encoder_on_it(store: FaissStore) -> None:
    """If there is a way to; else the work has no use for cards."""
    other = Listener()
    encoding = Encoding(WordEncoder, held_by(store, []))
    assert encoding.on_card() is None
    on_card = replace(encoding, open_on_card=lambda: other).on_card()
    assert on_card
    assert on_card.open_encoder() is other


def test_an_interrupted_filling_is_continued(store: FaissStore, files: list[Source]) -> None:
    """By the same again: what was stored is not encoded again, and in the end all is there as if built at once."""
    encoder = Listener()
    with pytest.raises(InputError, match=r"^gone$"):
        _fill(store, files, encoder, Ending())
    assert store.counts() == Counts(16, 48)
    encoder.texts.clear()
    filled, told = _fill(store, files, encoder)
    assert (filled.articles, filled.sentences, filled.kept) == (24, 72, 16)
    assert [type(one) for one in told] == [Kept] * 16 + [Encoded] * 24
    assert not any(f"It has {number} arches." in encoder.texts for number in range(16))
    articles = [read_article(source.name) for source in files]
    same(store.fetch([one.id for one in articles]), build_index(articles, WordEncoder()))
    encoder.texts.clear()
    assert _fill(store, files, encoder)[0] == Filled(kept=40)
    assert encoder.texts == []


def test_what_cannot_be_read_is_named_and_the_rest_is_stored(
    store: FaissStore, files: list[Source], tmp_path: Path
) -> None:
    """Of several files with one text the first counts; another language is told."""
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "german.txt").write_text("Der Rat der Stadt hat die Brücke am Dienstag gesperrt.", encoding="utf-8")
    names = ["none.txt", "empty.txt", "german.txt"]
    sources = [*(Source(str(tmp_path / name)) for name in names), files[3], replace(files[3], id="twin"), files[4]]
    filled, told = _fill(store, sources, WordEncoder())
    assert filled == Filled(articles=3, sentences=7, twins=1, refused=2)
    none, empty, german, *_ = told
    assert none == Refused(sources[0].name, f"No article at {sources[0].name}. Check the path, or give another file.")
    assert isinstance(empty, Refused)
    assert f"{sources[1].name} is empty" in empty.reason
    assert isinstance(german, Encoded)
    assert "looks like German" in german.warning
    assert {one.title for one in store.listed()} >= {"Bridge 3. It has 3 arches.", "Bridge 4. It has 4 arches."}


def test_an_id_or_an_address_that_is_given_counts(store: FaissStore, files: list[Source]) -> None:
    """The same text with the same id is there already; with a given address it is stored again, as that may be new."""
    named = replace(files[0], id="bridge")
    assert _fill(store, [named], WordEncoder())[0].articles == 1
    assert _fill(store, [named], WordEncoder())[0] == Filled(kept=1)
    # under another id it is there, too
    assert _fill(store, [files[0]], WordEncoder())[0] == Filled(kept=1)
    with pytest.raises(InputError, match=r"holds the text of other already.*with the id bridge"):
        _fill(store, [replace(named, id="other")], WordEncoder())
    assert _fill(store, [replace(named, url="https://example.com/b")], WordEncoder())[0].articles == 1
    (kept,) = store.fetch(["bridge"]).articles
    assert kept.url == "https://example.com/b"
    corrected = Source("-", id="bridge", article=Article("Bridge 0 is closed."))
    assert _fill(store, [corrected], WordEncoder())[0].articles == 1
    assert store.counts() == Counts(1, 1)


def test_a_correction_stays(store: FaissStore, files: list[Source]) -> None:
    """Of a text that was corrected under the id made of it, too, when its file is stored with others again."""
    assert _fill(store, files[:2], WordEncoder())[0].articles == 2
    made = files[0].read().id
    assert _fill(store, [replace(files[3], id=made)], WordEncoder())[0].articles == 1
    assert _fill(store, files[:3], WordEncoder())[0] == Filled(articles=1, sentences=3, kept=2)
    assert store.fetch([made]).articles[0].text == files[3].read().text


def test_batches_are_small_and_keep_the_order(tmp_path: Path) -> None:
    """Sixteen files, or fewer bigger ones; what is not there is of no size."""
    sizes = [300_000, 90_000, 90_000, 90_000, *[10] * 20]
    sources = [Source(str(tmp_path / "none"))]
    for number, size in enumerate(sizes):
        path = tmp_path / str(number)
        path.write_bytes(b"a" * size)
        sources.append(Source(str(path)))
    shared = list(batches(sources))
    assert [len(batch.sources) for batch in shared] == [1, 1, 2, 16, 5]
    assert [source for batch in shared for source in batch.sources] == sources
    assert str(Batch(tuple(sources[:3]))) == f"{sources[0].name} or one of 2 more after it"
    assert str(shared[1]) == sources[1].name


def test_indexes_together_are_what_building_all_gives(files: list[Source]) -> None:
    """To the bit."""
    articles = [read_article(source.name) for source in files[:5]]
    parts = [build_index(part, WordEncoder()) for part in (articles[:2], articles[2:3], articles[3:])]
    same(together(parts), build_index(articles, WordEncoder()))
