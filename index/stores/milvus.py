"""Articles in Milvus: its vectors and its BM25 search, in a local file, on a server or on a cluster.

Milvus has no transactions. So each write puts its articles as new editions, with keys of their own, and then names them
all at once in the collection of articles; an edition that is not named there is not seen. Beforehand it notes which
editions come and which go. Whoever writes next deletes those that a broken write noted and that no article has. On a
server, that certain editions came stays noted for a day, as another write that was under way may have taken their place
without knowing of them.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from itertools import islice
from secrets import token_hex
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.article import is_id
from index.errors import InputError
from index.store import EncoderMark, SentenceIndex
from index.stores.milvus_collections import (
    ARTICLES,
    COLLECTIONS,
    MARK,
    SENTENCES,
    TEXTS,
    UNUSED,
    Edition,
    coded,
    indexes_of,
    joined,
    pieces_of,
    row_of,
    schema_of,
)
from index.stores.milvus_connection import MOST_FOUND, Connection, Row, values
from index.stores.packed import Packed, unpack
from index.stores.store import (
    Counts,
    Listed,
    Match,
    MissingError,
    Tokeniser,
    check_mark,
    check_page,
    check_search,
    clash,
    names_of,
)
from index.titles import beginnings, title_words
from index.vectors import flat, vectors

_FORMAT = 1
_PIECES, _ROWS, _NAMED = 200, 2_000, 5_000
"""Pieces, sentences and articles that are written at once: about 12 MB each; Milvus takes 64."""
_LISTED = ("title", "version", "sentences")
_NOTED = 600
"""Editions in a note."""
_ABANDONED = 86_400
"""Seconds after which a write counts as broken; one that takes half as long gives up."""
_TRIES = 10
"""Times that articles are read of which one is replaced meanwhile."""
_PROPOSED = 200
"""Sentences that HNSW looks at, at least; it looks at twice as many as are wanted."""
_KNOWN = 100_000
"""Writes that are remembered as finished."""

_local_writing = RLock()


class MilvusStore:
    """A Milvus database as a store (see `index.stores.store.Store`). Several threads may use it.

    On a server, HNSW (Malkov and Yashunin 2018) proposes sentences. In a local file all are compared, so that none is
    missed; only one process may have it open. A search finds `MOST_FOUND` sentences at most.

    :param address: `FILE.db`, which the first `put` makes, or `http://HOST:PORT/DATABASE`.
    :param words: Gives the words of sentences and questions.
    :raises InputError: If nothing answers there.
    """

    def __init__(self, address: str, words: Tokeniser) -> None:
        self._connection = Connection(address)
        self.address = self._connection.name
        self._words = words
        self._mark: EncoderMark | None = None
        self._finished: set[str] = set()
        """Writes that were seen to be finished: a search that begins later sees all that they wrote."""
        self._writing = _local_writing if self._connection.local else nullcontext()

    @property
    def mark(self) -> EncoderMark | None:
        """See `Store`."""
        if self._mark is None:
            self._mark = self._stored_mark()
        return self._mark

    def put(self, index: SentenceIndex) -> None:
        """See `Store`; of a `put` of more than `_NAMED` articles, others see `_NAMED` at a time."""
        with self._writing:
            self._prepare(index.mark)
            if refused := self._refused(index):
                raise refused
            self._sweep()
            write, begun = token_hex(8), int(time.time())
            editions = [f"{one.id}:{write}" for one in index.articles]
            pieces = [pieces_of(index, place) for place in range(len(editions))]
            coming = [
                Edition(edition, len(index.rows_of(place)), len(pieces[place]))
                for place, edition in enumerate(editions)
            ]
            comes = self._note(f"~{write}_comes", begun, coming)
            texts = (
                {"key": f"{edition}:{number}", "edition": edition, "piece": piece, "unused": UNUSED}
                for edition, of in zip(editions, pieces, strict=True)
                for number, piece in enumerate(of)
            )
            self._connection.insert(TEXTS, texts, _PIECES)
            self._connection.insert(SENTENCES, self._sentences(index, editions), _ROWS)
            if time.time() - begun > _ABANDONED / 2:
                raise InputError(f"{self.address}: this took half a day. Put fewer articles at a time.")
            before = self._rows(index.places, ["edition", "version", "title", "searched", "sentences", "pieces"])
            goes = self._note(f"~{write}_goes", begun, map(Edition.of, before.values()))
            named = [
                row_of(
                    one.id,
                    **asdict(edition),
                    version=one.version,
                    title=one.title,
                    searched=coded(title_words(one.title)),
                )
                for one, edition in zip(index.articles, coming, strict=True)
            ]
            for first in range(0, len(named), _NAMED):
                self._connection.upsert(ARTICLES, named[first : first + _NAMED])
            # of two who put the same text at once, at least the later one sees the other's here
            if refused := self._refused(index):
                self._take_back(index.places, frozenset(editions), before)
            self._settle(comes + goes, done=comes + goes if self._connection.local else goes)
            if refused:
                raise refused

    def optimise(self) -> None:
        """See `Store`; Milvus does it by itself."""

    def remove(self, ids: Collection[str]) -> int:
        """See `Store`."""
        with self._writing:
            self._mark = self._stored_mark()
            if self._mark is None:
                return 0
            self._sweep()
            there = self._editions(ids)
            notes = self._note(f"~{token_hex(8)}_goes", int(time.time()), there.values())
            self._connection.delete(ARTICLES, "id", list(there))
            self._settle(notes, done=notes)
            return len(there)

    def nearest(self, vector: NDArray[np.float32], k: int, only: Collection[str] | None = None) -> list[Match]:
        """See `Store`; in a local file it finds all. HNSW found 98 of the 100 nearest of 100,000 made-up sentences."""
        check_search(k, vector, self.mark)
        return self._found(vector, "vector", k, only)

    def common_words(self, question: str, k: int, only: Collection[str] | None = None) -> list[Match]:
        """See `Store`; BM25 (k1 1.5, b 0.75), each word of a sentence counted once."""
        check_search(k)
        words = joined(self._words([question])[0])
        return self._found(words, "counted", k, only) if words else []

    def listed(self, after: str = "", limit: int = 100, words: str = "") -> list[Listed]:
        """See `Store`."""
        check_page(after, limit)
        return list(map(_listed, islice(self._titled(words, _LISTED, limit, f'id > "{after}"'), limit)))

    def named(self, ids: Collection[str], versions: Collection[str] = ()) -> list[Listed]:
        """See `Store`."""
        if self.mark is None:
            return []
        found = self._rows(ids, _LISTED) | self._rows(versions, _LISTED, by="version")
        return [_listed(found[name]) for name in sorted(found)]

    def fetch(self, ids: Sequence[str]) -> SentenceIndex:
        """See `Store`."""
        names = list(dict.fromkeys(ids))
        if not names:
            raise ValueError("no id is given")
        mark = self.mark
        if mark is None:
            raise MissingError(self.address, names[0])
        for _ in range(_TRIES):
            rows = self._rows(names, ["edition", "version", "pieces"])
            for name in names:
                if name not in rows:
                    raise MissingError(self.address, name)
            read = self._read([rows[name] for name in names], mark)
            if read:
                return read
            # it was replaced meanwhile, and what was being read is gone
        raise InputError(
            f"{self.address} has lost a part of {names[0]!r}, or of an article asked for with it. Put them there again."
        )

    def counts(self, words: str = "") -> Counts:
        """See `Store`; all articles are looked at."""
        sentences = [row["sentences"] for row in self._titled(words, ["sentences"])]
        return Counts(len(sentences), sum(sentences))

    def close(self) -> None:
        """See `Store`."""
        self._connection.close()

    def _titled(self, words: str, fields: Sequence[str], page: int = MOST_FOUND, *where: str) -> Iterator[Row]:
        """Give the rows of articles whose titles hold all words, or begin of a word each, by id."""
        if self.mark is not None:
            titles = (f'searched like "%{coded(word)}%"' for word in beginnings(words))
            yield from self._connection.rows(
                ARTICLES, "id", " and ".join([*where, "sentences > 0", *titles]), fields, page
            )

    def _prepare(self, mark: EncoderMark) -> None:
        """Make the collections, if they are not there."""
        self._connection.open()
        # it may have been dropped since
        self._mark = self._stored_mark()
        if self._mark is None:
            for collection in COLLECTIONS:
                if not self._connection.has(collection):
                    schema = schema_of(collection, mark.dimension)
                    self._connection.make(collection, schema, indexes_of(collection, exact=self._connection.local))
                self._connection.load(collection)
            told = json.dumps({"format": _FORMAT, **asdict(mark)})
            self._connection.upsert(ARTICLES, [row_of(MARK, note=told)])
        check_mark(self.address, self.mark, mark)

    def _stored_mark(self) -> EncoderMark | None:
        """Read the mark.

        :raises InputError: If there is none, but sentences: then a part of the database is lost.
        """
        if not self._connection.found():
            return None
        note = self._mark_note()
        if note is None and self._connection.has(SENTENCES):
            self._connection.load(SENTENCES)
            # the mark comes before them: looked for again, as both may have come meanwhile
            if any(self._connection.rows(SENTENCES, "key", 'key >= ""', [], 1)) and not (note := self._mark_note()):
                raise self._connection.damaged("it holds sentences of articles that are lost")
        if note is None:
            return None
        told = json.loads(note)
        if told.pop("format") != _FORMAT:
            raise InputError(
                f"What {self.address} holds was written by another version of Pullquote. Give another "
                "database, and index the articles anew."
            )
        return EncoderMark(**told)

    def _mark_note(self) -> str | None:
        if not self._connection.has(ARTICLES):
            return None
        for collection in COLLECTIONS:
            self._connection.load(collection)
        return next((str(row["note"]) for row in self._connection.get(ARTICLES, "id", [MARK], ["note"])), None)

    def _refused(self, index: SentenceIndex) -> InputError | None:
        """Return the error for what cannot stand beside what stays, if there is such: see `SentenceIndex`."""
        names = names_of(index.articles)
        return clash(self.address, index.articles, self.named(names, names))

    def _take_back(self, ids: Iterable[str], editions: Collection[str], before: Mapping[str, Row]) -> None:
        """Let editions count no more, but those that were there before; where there are newer ones, these stay."""
        undone = {name: one.edition for name, one in self._editions(ids).items() if one.edition in editions}
        self._connection.upsert(ARTICLES, [{**row_of(name), **before[name]} for name in undone if name in before])
        self._connection.delete(ARTICLES, "edition", [undone[name] for name in undone if name not in before])

    def _sentences(self, index: SentenceIndex, editions: Sequence[str]) -> Iterator[Row]:
        for place, edition in enumerate(editions):
            rows = [row for row in index.rows_of(place) if not index.sentences[row].sentence.boilerplate]
            words = self._words([index.text(row) for row in rows])
            for row, vector, of in zip(rows, index.vectors(rows), words, strict=True):
                number = index.sentences[row].number
                yield {
                    "key": f"{edition}:{number}",
                    "edition": edition,
                    "article": index.articles[place].id,
                    "number": number,
                    "vector": vector,
                    "words": joined(of),
                }

    def _found(self, asked: Any, field: str, k: int, only: Collection[str] | None) -> list[Match]:
        """Search until as many as are wanted belong to the editions that count."""
        names = None if only is None else _ids(only)
        if self.mark is None or names == []:
            return []
        depth = min(k, MOST_FOUND)
        while True:
            hits = self._connection.search(
                SENTENCES,
                data=[asked],
                anns_field=field,
                limit=depth,
                filter="" if names is None else f"article in {values(names)}",
                search_params={"params": {"ef": max(_PROPOSED, 2 * depth)} if field == "vector" else {}},
                output_fields=["article", "number", "edition"],
            )
            current = self._editions({hit["entity"]["article"] for hit in hits})
            writes = {one.edition.partition(":")[2] for one in current.values()}
            kept: dict[tuple[str, int], float] = {}
            for hit in hits:
                row = hit["entity"]
                if row["article"] in current and current[row["article"]].edition == row["edition"]:
                    # the BM25 of Milvus Lite comes as a distance, below 0
                    score = hit["distance"] if field == "vector" else abs(hit["distance"])
                    kept.setdefault((row["article"], row["number"]), score)
            if not writes <= self._finished:
                # one may have ended during the search, which then saw a part of it
                self._finished = writes | (self._finished if len(self._finished) < _KNOWN else set())
            elif len(kept) >= k or len(hits) < depth or depth == MOST_FOUND:
                return [Match(*where, score) for where, score in islice(kept.items(), k)]
            else:
                depth = min(4 * depth, MOST_FOUND)

    def _read(self, rows: Sequence[Row], mark: EncoderMark) -> SentenceIndex | None:
        """Read editions; None if a part of one is not there."""
        keys = [f"{row['edition']}:{number}" for row in rows for number in range(row["pieces"])]
        found = {
            row["key"]: row["piece"] for row in self._connection.get(TEXTS, "key", keys, ["key", "piece"], _PIECES)
        }
        if len(found) < len(keys):
            return None
        pieces = iter(keys)
        several = [
            self._unpacked("".join(found[next(pieces)] for _ in range(row["pieces"])), row, mark.dimension)
            for row in rows
        ]
        keys = [
            f"{row['edition']}:{number}"
            for row, one in zip(rows, several, strict=True)
            for number, sentence in enumerate(one.sentences)
            if not sentence.boilerplate
        ]
        stored = {row["key"]: row["vector"] for row in self._connection.get(SENTENCES, "key", keys, ["key", "vector"])}
        if len(stored) < len(keys):
            return None
        every = np.array([stored[key] for key in keys], dtype=np.float32).reshape(len(keys), mark.dimension)
        ends = np.cumsum([sum(not sentence.boilerplate for sentence in one.sentences) for one in several])
        return SentenceIndex(
            [one.article for one in several],
            [one.sentences for one in several],
            vectors(
                np.concatenate([one.vectors(of) for one, of in zip(several, np.split(every, ends[:-1]), strict=True)])
            ),
            flat(*(one.paragraphs for one in several)),
            mark,
        )

    def _unpacked(self, text: str, row: Row, dimension: int) -> Packed:
        try:
            packed = unpack(base64.b64decode(text), dimension)
            if (packed.article.id, packed.article.version) == (row["id"], row["version"]):
                return packed
            wrong = f"is {packed.article.version}, not {row['version']}"
        except ValueError as error:
            wrong = str(error)
        raise InputError(f"{self.address}: what it holds of {row['id']!r} {wrong}. Put the article there again.")

    def _editions(self, ids: Iterable[str]) -> dict[str, Edition]:
        """Return the edition that counts of each article that is there."""
        rows = self._rows(ids, ["edition", "sentences", "pieces"])
        return {name: Edition.of(row) for name, row in rows.items()}

    def _rows(self, names: Iterable[str], fields: Sequence[str], by: str = "id") -> dict[str, Row]:
        return {row["id"]: row for row in self._connection.get(ARTICLES, by, _ids(names), ["id", *fields])}

    def _note(self, name: str, begun: int, editions: Iterable[Edition]) -> list[Row]:
        several = [f"{one.edition}:{one.sentences}:{one.pieces}" for one in editions]
        notes = [
            row_of(f"{name}_{first}", begun=begun, note=" ".join(several[first : first + _NOTED]))
            for first in range(0, len(several), _NOTED)
        ]
        self._connection.insert(ARTICLES, notes, _PIECES)
        return notes

    def _sweep(self) -> None:
        """Delete what broken writes have left; in a local database no other write can be under way."""
        ended = int(time.time()) - (0 if self._connection.local else _ABANDONED)
        notes = list(self._connection.rows(ARTICLES, "id", f"begun > 0 and begun <= {ended}", ["note"]))
        self._settle(notes, done=notes)

    def _settle(self, notes: Sequence[Row], done: Sequence[Row]) -> None:
        """Delete those of the noted editions that do not count, then the notes that are done with."""
        if not notes:
            return
        noted = [Edition.read(told) for note in notes for told in note["note"].split()]
        current = set(self._editions(one.article for one in noted).values())
        gone = [one for one in noted if one not in current]
        # by key: to look for them by another field is to look at all
        self._connection.delete(SENTENCES, "key", [key for one in gone for key in one.keys(one.sentences)])
        self._connection.delete(TEXTS, "key", [key for one in gone for key in one.keys(one.pieces)])
        self._connection.delete(ARTICLES, "id", [note["id"] for note in done])
        if self._connection.lite:
            self._connection.flush(*COLLECTIONS)


def _listed(row: Row) -> Listed:
    return Listed(row["id"], *(row[field] for field in _LISTED))


def _ids(names: Iterable[str]) -> list[str]:
    """Return those that can be an article's id, each once."""
    return [name for name in dict.fromkeys(names) if is_id(name)]
