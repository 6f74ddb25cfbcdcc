"""The store that needs no server: an index folder, searched by FAISS in this process.

A change is written as `index/folder.py` writes an index, whole, under the folder's lock; each call looks whether
another process has written, and then reads the folder anew.
"""

from __future__ import annotations

import os
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.errors import InputError
from index.folder import check_folder, empty_folder, save_index, writing
from index.loading import load_index
from index.manifest import MANIFEST, Manifest, read_manifest
from index.store import EncoderMark, SentenceIndex
from index.stores.store import (
    Counts,
    Listed,
    Match,
    MissingError,
    Tokeniser,
    check_mark,
    check_names,
    check_page,
    check_search,
)
from index.titles import beginnings, title_words


@dataclass(frozen=True)
class _Held:
    """What a folder held when it was read.

    :param words: Gives the words of its sentences.
    """

    index: SentenceIndex
    manifest: Manifest
    words: Tokeniser

    @cached_property
    def body(self) -> NDArray[np.bool_]:
        """Tell of each row whether it is the article's, and no boilerplate."""
        return np.array([not row.sentence.boilerplate for row in self.index.sentences])

    @cached_property
    def _ranking(self) -> bm25s.BM25 | None:
        words = self.words([self.index.text(row) for row in range(len(self.index))])
        counted = [list(set(of)) if body else [] for of, body in zip(words, self.body, strict=True)]
        if not any(counted):
            return None
        ranking = bm25s.BM25(k1=1.5, b=0.75)
        ranking.index(counted, show_progress=False)
        return ranking

    def word_scores(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Compare a question's words with the sentences.

        :return: float32 (sentences,): 0 where no word is common.
        """
        ranking = self._ranking
        known = [word for word in dict.fromkeys(words) if ranking and word in ranking.vocab_dict]
        if ranking is None or not known:
            return np.zeros(len(self.index), dtype=np.float32)
        return np.asarray(ranking.get_scores(known), dtype=np.float32)

    def rows(self, only: Iterable[str]) -> list[int]:
        """Return the rows of chosen articles' sentences."""
        places = self.index.places
        return [row for name in dict.fromkeys(only) if name in places for row in self.index.rows_of(places[name])]

    def titled(self, words: str) -> list[int]:
        """Return the places of the articles whose titles hold all words, or begin of a word each."""
        wanted = beginnings(words)
        titles = (title_words(one.title) if wanted else "" for one in self.index.articles)
        return [place for place, title in enumerate(titles) if all(begin in title for begin in wanted)]

    def listed(self, place: int) -> Listed:
        """Tell of an article, by its place in the index."""
        one = self.index.articles[place]
        return Listed(one.id, one.title, one.version, len(self.index.rows_of(place)))

    def best(self, rows: NDArray[np.int64], scores: NDArray[np.floating], k: int) -> list[Match]:
        """Name the k best sentences of several, best first; those with equal scores by article and number.

        :param rows: Their rows.
        :param scores: Their scores.
        """
        if len(rows) > k:
            good = scores >= np.partition(scores, -k)[-k]
            rows, scores = rows[good], scores[good]
        stored = [(self.index.sentences[row], score) for row, score in zip(rows, scores, strict=True)]
        matches = [Match(self.index.articles[one.article].id, one.number, float(score)) for one, score in stored]
        return sorted(matches, key=lambda one: (-one.score, one.article, one.number))[:k]


class FaissStore:
    """An index folder as a store (see `index.stores.store.Store`). Several threads may use it.

    :param folder: The folder; it is made by the first `put`.
    :param words: Gives the words of sentences and questions.
    :raises InputError: If it holds something else.
    """

    def __init__(self, folder: Path, words: Tokeniser) -> None:
        self.address = str(folder)
        self._folder = folder
        self._words = words
        self._lock = Lock()
        self._stamp: tuple[int, ...] | None = None
        self._held: _Held | None = None
        try:
            if folder.exists():
                check_folder(folder)
        except OSError as error:
            raise self._unreadable(error) from error

    @property
    def mark(self) -> EncoderMark | None:
        """See `Store`."""
        held = self._current()
        return held.index.mark if held else None

    def put(self, index: SentenceIndex) -> None:
        """See `Store`."""
        # without the lock: who reads need not wait for other processes that write
        with writing(self._folder):
            held = self._current()
            if held is None:
                self._save(index)
                return
            check_mark(self.address, held.index.mark, index.mark)
            check_names(self, index.articles)
            stays = [place for place, one in enumerate(held.index.articles) if one.id not in index.places]
            gone = set(range(len(held.index.articles))).difference(stays)
            after = held.index.without(gone).joined(index) if stays else index
            self._save(after, held.manifest.sources)

    def optimise(self) -> None:
        """See `Store`; what it needs is made anew with each change."""

    def remove(self, ids: Collection[str]) -> int:
        """See `Store`."""
        if self._current() is None:
            return 0
        with writing(self._folder):
            held = self._current()
            gone = {held.index.places[name] for name in ids if name in held.index.places} if held else set()
            if held and len(gone) == len(held.index.articles):
                empty_folder(self._folder)
            elif held and gone:
                self._save(held.index.without(gone), held.manifest.sources)
            return len(gone)

    def nearest(self, vector: NDArray[np.float32], k: int, only: Collection[str] | None = None) -> list[Match]:
        """See `Store`."""
        held = self._current()
        check_search(k, vector, held.index.mark if held else None)
        if held is None:
            return []
        if only is not None:
            rows = np.asarray([row for row in held.rows(only) if held.body[row]], dtype=np.int64)
            scores = held.index.vectors(rows.tolist()) @ vector if len(rows) else np.zeros(0, dtype=np.float32)
            return held.best(rows, scores, k)
        # boilerplate is rare, and so are equal scores: hardly ever is it searched for a second time
        depth = k + 1
        while True:
            found = [(row, score) for row, score in held.index.search(vector, depth) if held.body[row]]
            # one that is worse than all that are wanted is seen, so no equal one is missed
            if depth >= len(held.index) or (len(found) > k and found[-1][1] < found[k - 1][1]):
                return held.best(np.array([row for row, _ in found]), np.array([score for _, score in found]), k)
            depth = max(4 * depth, 100)

    def common_words(self, question: str, k: int, only: Collection[str] | None = None) -> list[Match]:
        """See `Store`; BM25 (Lucene's, k1 1.5, b 0.75), each word of a sentence counted once."""
        check_search(k)
        held = self._current()
        if held is None:
            return []
        scores = held.word_scores(self._words([question])[0])
        if only is not None:
            inside = np.zeros(len(scores), dtype=bool)
            inside[held.rows(only)] = True
            scores = np.where(inside, scores, 0)
        rows = np.flatnonzero(scores)
        return held.best(rows, scores[rows], k)

    def listed(self, after: str = "", limit: int = 100, words: str = "") -> list[Listed]:
        """See `Store`."""
        check_page(after, limit)
        held = self._current()
        if held is None:
            return []
        names = sorted(held.index.articles[place].id for place in held.titled(words))
        behind = names[bisect_right(names, after) :]
        return [held.listed(held.index.places[name]) for name in behind[:limit]]

    def named(self, ids: Collection[str], versions: Collection[str] = ()) -> list[Listed]:
        """See `Store`."""
        held = self._current()
        if held is None:
            return []
        by_id, by_version = set(ids), set(versions)
        places = {held.index.place_of(name) for name in by_id | by_version}
        listed = [held.listed(place) for place in places if place is not None]
        found = [one for one in listed if one.id in by_id or one.version in by_version]
        return sorted(found, key=lambda one: one.id)

    def fetch(self, ids: Sequence[str]) -> SentenceIndex:
        """See `Store`."""
        held = self._current()
        for name in ids:
            if held is None or name not in held.index.places:
                raise MissingError(self.address, name)
        if held is None:
            raise ValueError("no id is given")
        return held.index.only(*(held.index.places[name] for name in dict.fromkeys(ids)))

    def counts(self, words: str = "") -> Counts:
        """See `Store`."""
        held = self._current()
        places = held.titled(words) if held else []
        return Counts(len(places), sum(len(held.index.rows_of(place)) for place in places) if held else 0)

    def close(self) -> None:
        """See `Store`."""
        with self._lock:
            self._stamp = self._held = None

    def _current(self) -> _Held | None:
        """Return what the folder holds now."""
        with self._lock:
            stamp = self._stamped()
            if stamp != self._stamp:
                self._held = self._read() if stamp else None
                self._stamp = stamp
            return self._held

    def _save(self, index: SentenceIndex, sources: Mapping[str, Path] | None = None) -> None:
        """Write an index, and keep it: the folder is locked, so nobody can have written another since."""
        manifest = save_index(index, self._folder, sources)
        with self._lock:
            self._stamp, self._held = self._stamped(), _Held(index, manifest, self._words)

    def _stamped(self) -> tuple[int, ...] | None:
        """Tell of the manifest which one it is: each is a file of its own."""
        try:
            told = os.stat(self._folder / MANIFEST)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(error) from error
        return told.st_ino, told.st_mtime_ns, told.st_size

    def _unreadable(self, error: OSError) -> InputError:
        return InputError(f"Cannot read {self._folder}: {error.strerror}. Give a folder that can be read.")

    def _read(self) -> _Held | None:
        try:
            manifest = read_manifest(self._folder)
            mark = EncoderMark(manifest.encoder, manifest.encoder_sha256, manifest.dimension)
            return _Held(load_index(self._folder, mark, unchanged=False), manifest, self._words)
        except InputError:
            if self._stamped() is None:
                # all was removed meanwhile
                return None
            raise
