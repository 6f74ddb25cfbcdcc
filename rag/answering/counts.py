"""What is counted of an index's texts before the first question: words for BM25, names, spelling.

It changes only when an article does. Of a million sentences it takes a minute and a half, so from `LEAST` sentences on
it is kept in a folder whose name is made of all that it depends on:

    sentences/, paragraphs/    what bm25s writes: arrays, which are mapped, and JSON
    names.json, spelling.json
    digests.json               SHA-256 of the others by name

The folder appears whole or not at all (`index.kept`). Where it cannot be kept, it is counted at each start.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from index.kept import beside, digests_of, made_once
from index.store import SentenceIndex
from rag.language.names import Names
from rag.language.spelling import Spelling
from rag.language.words import TOKENS
from rag.retrieval.lexical import WordIndex, Words, count_words

FORMAT = 2
"""Goes up when names or spelling are counted in another way, or kept in another."""
LEAST = 10_000
"""Sentences that are counted in about a second. What is kept of them is 4 MB and read in a fifth of it."""
MOST = 4
"""Indexes whose counts are kept: a million sentences take 200 MB, and each article that comes makes another index."""
_SENTENCES, _PARAGRAPHS = "sentences", "paragraphs"
_NAMES, _SPELLING, _DIGESTS = "names.json", "spelling.json", "digests.json"


@dataclass(frozen=True, slots=True)
class Counts:
    """All that is counted of an index."""

    words: Words
    names: Names
    spelling: Spelling


def count(index: SentenceIndex) -> Counts:
    """Count all.

    :param index: The index.
    """
    texts = [article.text for article in index.articles]
    return Counts(count_words(index), Names(texts), Spelling(texts))


def kept_counts(index: SentenceIndex, cache: Path, least: int = LEAST) -> Counts:
    """Return the counts of an index: read if they were kept and are whole, else counted and kept.

    :param index: The index.
    :param cache: The cache folder. If it cannot be written, nothing is kept.
    :param least: An index of fewer sentences is counted and not kept.
    :return: The counts, the same to the bit whether kept or not.
    """
    if len(index) < least:
        return count(index)
    place = cache / "counts" / _key(index)[:24]
    try:
        return made_once(place, lambda: _read(place, index), lambda: _made(place, index))
    except OSError:
        # who asks wants an answer, not a cache
        return count(index)


def _key(index: SentenceIndex) -> str:
    """Return a digest of all that the counts depend on: the articles, where their sentences are cut, and how."""
    digest = sha256(f"{FORMAT} {TOKENS}\n".encode())
    digest.update("\n".join(article.digest for article in index.articles).encode())
    places = ((row.article, row.sentence.start, row.sentence.end, row.paragraph) for row in index.sentences)
    numbers = np.fromiter((number for place in places for number in place), np.int64, 4 * len(index))
    digest.update(numbers.tobytes())
    return digest.hexdigest()


def _made(place: Path, index: SentenceIndex) -> Counts:
    counts = count(index)
    with suppress(OSError):
        _keep(counts, place)
    return counts


def _keep(counts: Counts, place: Path) -> None:
    with beside(place) as folder:
        counts.words.sentences.save(folder / _SENTENCES)
        counts.words.paragraphs.save(folder / _PARAGRAPHS)
        counts.names.save(folder / _NAMES)
        counts.spelling.save(folder / _SPELLING)
        (folder / _DIGESTS).write_text(json.dumps(digests_of(folder), indent=2), encoding="utf-8")
    entries = [path for path in place.parent.iterdir() if path.is_dir() and not path.name.startswith(".")]
    for unused in sorted(entries, key=lambda path: path.stat().st_mtime, reverse=True)[MOST:]:
        shutil.rmtree(unused)


def _read(place: Path, index: SentenceIndex) -> Counts | None:
    """Read counts that are whole."""
    try:
        digests = digests_of(place)
        digests.pop(_DIGESTS, None)
        if json.loads((place / _DIGESTS).read_bytes()) != digests:
            return None
        words = Words(
            WordIndex.load(place / _SENTENCES, len(index)),
            WordIndex.load(place / _PARAGRAPHS, index.paragraph_vectors.ntotal),
        )
        counts = Counts(words, Names.load(place / _NAMES), Spelling.load(place / _SPELLING))
    except (OSError, ValueError, KeyError):
        return None
    with suppress(OSError):
        # the time of the last use, by which the oldest goes
        os.utime(place)
    return counts
