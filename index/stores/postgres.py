"""A store in PostgreSQL with pgvector: all of it in the schema `pullquote` of a database, which others may use, too.

Up to `EXACT` sentences a search compares all of them. Beyond, an HNSW graph proposes sentences (Malkov and Yashunin
2018), which may miss some; where only some articles are asked and these have few sentences, all of theirs are compared.
Words are ranked by BM25 (Lucene's, k1 1.5, b 0.75), each word of a sentence counted once. Where all are compared, equal
scores are ordered by article and number. `FaissStore` does both likewise.

What may hold anything is stored as bytes, since a text of PostgreSQL holds no zero. Each `put`, each `remove` and each
search is one transaction.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from threading import RLock
from time import monotonic
from typing import Any, LiteralString, TypeVar
from urllib.parse import quote, urlencode

import numpy as np
import psycopg
from numpy.typing import NDArray
from pgvector import Vector
from pgvector.psycopg import register_vector
from psycopg import Connection, IsolationLevel, errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from index.article import Article, is_id
from index.errors import InputError
from index.hidden import visible
from index.landmarks import Landmarks
from index.sentences import Sentence
from index.store import EncoderMark, SentenceIndex
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

_LOG = logging.getLogger("pullquote")
EXACT = 10_000
"""Sentences that are all compared."""
_DEEPEST = 500
"""Sentences searched for from which on all are compared: the graph is made for few."""
_LONGEST_WORD = 2046
"""Bytes of a word that PostgreSQL compares; longer ones are left out."""
_MOST_DIMENSIONS = 2000
"""Of a vector in a graph of pgvector."""
SCHEMA = 1
"""Goes up when the tables change."""
_LOST = 30
"""Seconds that a lost connection is tried anew."""
_CONNECTING: dict[str, str | int] = {
    "connect_timeout": 5,
    # of a server that is gone without a word the connection ends after 20 seconds
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
    "application_name": "pullquote",
}
_PORTS = re.compile(r"[0-9,]*")
_HOST = re.compile(r"[\w.-]+", re.ASCII)
"""What stands before the database in an address; of all else, such as a socket, it is told behind it."""
_SECRET = re.compile("password|secret|scram")
# compiling a query takes longer than any of these
_SETTINGS = """
SET LOCAL statement_timeout = '60s';
SET LOCAL jit = off;
SET LOCAL hnsw.ef_search = 1000;
SET LOCAL hnsw.iterative_scan = relaxed_order;
"""
_EXTENSION = (0, 8)
"""The first version of pgvector that goes on searching where a filter leaves out what it found."""
_VERSION = "SELECT extversion FROM pg_extension WHERE extname = 'vector'"
_FLOATS = np.dtype("<f4")
_LOCK = 0x70756C6C71756F74
"""Held by who makes the tables: 'pullquot'."""
_NAMING = _LOCK + 1
"""Held from the look at the names of others until the articles are there."""
# with `fastupdate`, each search for words would read what was put last row by row
_TABLES = """
CREATE SCHEMA IF NOT EXISTS pullquote;
CREATE TABLE pullquote.store (
    schema integer NOT NULL,
    encoder text NOT NULL,
    encoder_sha256 text NOT NULL,
    dimension integer NOT NULL
);
CREATE TABLE pullquote.articles (
    key bigint GENERATED ALWAYS AS IDENTITY,
    id text COLLATE "C" PRIMARY KEY,
    version text COLLATE "C" NOT NULL,
    title text NOT NULL,
    folded_title text NOT NULL,
    url text,
    text bytea NOT NULL,
    pages integer[] NOT NULL,
    headings integer[] NOT NULL,
    document_sha256 text,
    sentences integer NOT NULL,
    words integer NOT NULL,
    paragraph_vectors bytea NOT NULL,
    UNIQUE (key) INCLUDE (sentences, words)
);
CREATE INDEX ON pullquote.articles (version);
CREATE TABLE pullquote.sentences (
    article bigint NOT NULL REFERENCES pullquote.articles (key) ON DELETE CASCADE,
    number integer NOT NULL,
    first integer NOT NULL,
    beyond integer NOT NULL,
    paragraph integer NOT NULL,
    boilerplate boolean NOT NULL,
    words tsvector NOT NULL,
    vector vector({dimension}) NOT NULL,
    PRIMARY KEY (article, number)
);
CREATE INDEX ON pullquote.sentences USING gin (words) WITH (fastupdate = off);
"""
_GRAPH = """
CREATE INDEX graph ON pullquote.sentences USING hnsw (vector vector_ip_ops) WHERE NOT boilerplate
"""
# `to_regclass` may still say what was so before a lock was waited for
_HAS_TABLES = "SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'pullquote' AND tablename = 'store')"
_HAS_GRAPH = "SELECT EXISTS (SELECT FROM pg_indexes WHERE schemaname = 'pullquote' AND indexname = 'graph')"
_PUT_ARTICLE = """
INSERT INTO pullquote.articles (id, version, title, folded_title, url, text, pages, headings, document_sha256,
    sentences, words, paragraph_vectors)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, title = excluded.title, folded_title = excluded.folded_title, url = excluded.url,
    text = excluded.text, pages = excluded.pages, headings = excluded.headings,
    document_sha256 = excluded.document_sha256, sentences = excluded.sentences, words = excluded.words,
    paragraph_vectors = excluded.paragraph_vectors
RETURNING key
"""
_PUT_SENTENCE = """
INSERT INTO pullquote.sentences VALUES (%s, %s, %s, %s, %s, %s, array_to_tsvector(%s::text[]), %s)
"""
_NAMED = """
SELECT id, title, version, sentences FROM pullquote.articles WHERE id = ANY(%s) OR version = ANY(%s) ORDER BY id
"""
_NEAREST = """
SELECT id, number, -distance FROM (
    SELECT article, number, vector <#> %(vector)s AS distance FROM pullquote.sentences
    WHERE NOT boilerplate {inside} ORDER BY {distance} FETCH FIRST (%(k)s) ROWS WITH TIES
) AS found JOIN pullquote.articles ON key = article ORDER BY distance, id, number LIMIT %(k)s
"""
_COMMON = """
WITH whole AS (
    SELECT sum(sentences)::float8 AS size, sum(words)::float8 / sum(sentences) AS mean FROM pullquote.articles
), asked AS MATERIALIZED (
    SELECT quote_literal(word)::tsquery AS query FROM unnest(%(words)s::text[]) AS word
), weighed AS MATERIALIZED (
    SELECT query, ln(1 + (size - holding + 0.5) / (holding + 0.5)) AS rarity FROM asked, whole,
    LATERAL (SELECT count(*) AS holding FROM pullquote.sentences WHERE words @@ query) AS counted
), found AS (
    SELECT article, number, sum(rarity / (1 + 1.5 * (0.25 + length(words) / mean * 0.75)))::real AS score
    FROM weighed JOIN pullquote.sentences ON words @@ query {inside}, whole
    GROUP BY article, number ORDER BY score DESC FETCH FIRST (%(k)s) ROWS WITH TIES
)
SELECT id, number, score FROM found JOIN pullquote.articles ON key = article ORDER BY score DESC, id, number LIMIT %(k)s
"""
_LIST = """
SELECT id, title, version, sentences FROM pullquote.articles
WHERE id > %s AND NOT EXISTS (SELECT FROM unnest(%s::text[]) AS word WHERE strpos(folded_title, word) = 0)
ORDER BY id LIMIT %s
"""
_COUNT = """
SELECT count(*), coalesce(sum(sentences), 0) FROM pullquote.articles
WHERE NOT EXISTS (SELECT FROM unnest(%s::text[]) AS word WHERE strpos(folded_title, word) = 0)
"""
_FETCH = """
SELECT key, id, url, text, pages, headings, document_sha256, paragraph_vectors FROM pullquote.articles
WHERE id = ANY(%s)
"""
_FETCH_SENTENCES = """
SELECT article, first, beyond, paragraph, boilerplate, vector_send(vector) FROM pullquote.sentences
WHERE article = ANY(%s) ORDER BY article, number
"""

Result = TypeVar("Result")
Row = tuple[Any, ...]


class _UnreachableError(InputError):
    """There is no connection, or none any more."""


class PostgresStore:
    """A database as a store (see `index.stores.store.Store`). Several threads may use it, one at a time.

    :param address: `postgresql://user@host:port/database`, or what else libpq takes. The first `put` makes the tables.
    :param words: Gives the words of sentences and questions.
    :raises InputError: If there is no connection, no pgvector, or what is there is of another version of Pullquote.
    """

    def __init__(self, address: str, words: Tokeniser) -> None:
        self._address, self.address = _read_address(address)
        self._words = words
        self._lock = RLock()
        self._mark: EncoderMark | None = None
        self._failed = -math.inf
        self._failure = ""
        self._connection: Connection | None = self._connected()
        try:
            self._read(self._kept_mark)
        except InputError:
            self.close()
            raise

    @property
    def mark(self) -> EncoderMark | None:
        """See `Store`."""
        return self._read(self._kept_mark)

    def put(self, index: SentenceIndex) -> None:
        """See `Store`."""
        order = sorted(range(len(index.articles)), key=lambda place: index.articles[place].id)
        words = self._words_of(index)
        articles = [_article_row(index, place, words) for place in order]
        names = names_of(index.articles)

        def write(connection: Connection) -> None:
            check_mark(self.address, self._made(connection, index.mark), index.mark)
            with connection.cursor() as cursor:
                # in the order of ids, so that of two that put the same articles one waits for the other
                cursor.executemany(_PUT_ARTICLE, articles, returning=True)
                keys = [result.fetchone() for result in cursor.results()]
                of = {place: key[0] for place, key in zip(order, keys, strict=True) if key}
                cursor.execute("DELETE FROM pullquote.sentences WHERE article = ANY(%s)", [list(of.values())])
                cursor.executemany(_PUT_SENTENCE, _sentence_rows(index, of, words))
                # the last lock that is taken, so that nobody waits for one who waits; who had it before is seen
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NAMING])
                refused = clash(self.address, index.articles, _listed(cursor.execute(_NAMED, [names, names])))
            if refused:
                raise refused

        self._write(write)

    def optimise(self) -> None:
        """See `Store`; makes the graph, to which each `put` adds from then on."""
        if self.mark and self.mark.dimension <= _MOST_DIMENSIONS:
            try:
                self._run(self._made_graph, IsolationLevel.READ_COMMITTED)
            except InputError as error:
                # the articles are there; the next who calls it tries again
                _LOG.warning("The articles are stored, but searching many is slow without the graph: %s", error)

    def remove(self, ids: Collection[str]) -> int:
        """See `Store`."""
        known = [one for one in ids if is_id(one)]

        def write(connection: Connection) -> int:
            if self._kept_mark(connection) is None:
                return 0
            rows = "SELECT key FROM pullquote.articles WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
            keys = [key for (key,) in connection.execute(rows, [known])]
            return connection.execute("DELETE FROM pullquote.articles WHERE key = ANY(%s)", [keys]).rowcount

        return self._write(write)

    def nearest(self, vector: NDArray[np.float32], k: int, only: Collection[str] | None = None) -> list[Match]:
        """See `Store`."""

        def read(connection: Connection) -> list[Match]:
            mark = self._kept_mark(connection)
            check_search(k, vector, mark)
            if mark is None:
                return []
            keys, few = self._chosen(connection, only)
            # with the sum, which no index has, all are compared
            distance = sql.SQL("(vector <#> %(vector)s) + 0" if few or k > _DEEPEST else "vector <#> %(vector)s")
            query = sql.SQL(_NEAREST).format(inside=_inside(keys), distance=distance)
            return _matches(connection.execute(query, {"vector": Vector(vector), "only": keys, "k": k}))

        return self._read(read)

    def common_words(self, question: str, k: int, only: Collection[str] | None = None) -> list[Match]:
        """See `Store`; BM25, as the module tells."""
        check_search(k)
        words = _short(self._words([question])[0])

        def read(connection: Connection) -> list[Match]:
            if self._kept_mark(connection) is None or not words:
                return []
            keys, _ = self._chosen(connection, only)
            query = sql.SQL(_COMMON).format(inside=_inside(keys))
            return _matches(connection.execute(query, {"words": words, "only": keys, "k": k}))

        return self._read(read)

    def listed(self, after: str = "", limit: int = 100, words: str = "") -> list[Listed]:
        """See `Store`."""
        check_page(after, limit)
        return self._listed(_LIST, [after, beginnings(words), limit])

    def named(self, ids: Collection[str], versions: Collection[str] = ()) -> list[Listed]:
        """See `Store`."""
        return self._listed(_NAMED, [list(filter(is_id, names)) for names in (ids, versions)])

    def fetch(self, ids: Sequence[str]) -> SentenceIndex:
        """See `Store`."""
        if not ids:
            raise ValueError("no id is given")

        def read(connection: Connection) -> SentenceIndex:
            mark = self._kept_mark(connection)
            if mark is None:
                raise MissingError(self.address, ids[0])
            known = [one for one in ids if is_id(one)]
            found = {row[1]: row for row in connection.execute(_FETCH, [known], binary=True)}
            for name in ids:
                if name not in found:
                    raise MissingError(self.address, name)
            rows = [found[name] for name in dict.fromkeys(ids)]
            of: dict[int, list[Row]] = {row[0]: [] for row in rows}
            for key, *sentence in connection.execute(_FETCH_SENTENCES, [list(of)], binary=True):
                of[key].append(tuple(sentence))
            return _index(rows, of, mark)

        return self._read(read)

    def counts(self, words: str = "") -> Counts:
        """See `Store`."""

        def read(connection: Connection) -> Counts:
            if self._kept_mark(connection) is None:
                return Counts(0, 0)
            return Counts(*(connection.execute(_COUNT, [beginnings(words)]).fetchone() or ()))

        return self._read(read)

    def close(self) -> None:
        """See `Store`."""
        with self._lock:
            if self._connection:
                self._connection.close()

    def _listed(self, query: LiteralString, given: Sequence[object]) -> list[Listed]:
        def read(connection: Connection) -> list[Listed]:
            return [] if self._kept_mark(connection) is None else _listed(connection.execute(query, given))

        return self._read(read)

    def _chosen(self, connection: Connection, only: Collection[str] | None) -> tuple[list[int] | None, bool]:
        """Find the keys of chosen articles, and tell whether all of their sentences, or all in all, are compared."""
        if only is None:
            most = "SELECT count(*) FROM (SELECT FROM pullquote.sentences LIMIT %s) AS few"
            return None, _value(connection, most, EXACT + 1) <= EXACT
        chosen = "SELECT key, sentences FROM pullquote.articles WHERE id = ANY(%s)"
        found = connection.execute(chosen, [[one for one in only if is_id(one)]]).fetchall()
        return [key for key, _ in found], sum(size for _, size in found) <= EXACT

    def _words_of(self, index: SentenceIndex) -> list[list[str]]:
        """Return the words of each sentence, each once; of boilerplate there are none."""
        words = self._words([index.text(row) for row in range(len(index))])
        return [
            [] if stored.sentence.boilerplate else _short(of) for stored, of in zip(index.sentences, words, strict=True)
        ]

    def _kept_mark(self, connection: Connection) -> EncoderMark | None:
        """Read what the tables were made for; None if there are none yet."""
        if self._mark is None and _value(connection, _HAS_TABLES):
            row = connection.execute("SELECT schema, encoder, encoder_sha256, dimension FROM pullquote.store")
            schema, *mark = row.fetchone() or (None,)
            if schema != SCHEMA:
                raise InputError(
                    f"{self.address} holds articles in the form {schema}; this version of Pullquote reads the form "
                    f"{SCHEMA}. Use the version that wrote them, or put the articles into a new database."
                )
            # there may have been no pgvector when the connection was made
            register_vector(connection)
            self._mark = EncoderMark(*mark)
        return self._mark

    def _made(self, connection: Connection, mark: EncoderMark) -> EncoderMark:
        """Make the tables, unless they are there."""
        kept = self._kept_mark(connection)
        if kept is None:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            kept = self._kept_mark(connection)
        if kept is None:
            self._make_extension(connection)
            tables = sql.SQL(_TABLES).format(dimension=sql.Literal(mark.dimension))
            connection.execute(tables)
            # in the row, where it is read in one go
            connection.execute("ALTER TABLE pullquote.sentences ALTER COLUMN vector SET STORAGE plain")
            row = [SCHEMA, mark.name, mark.digest, mark.dimension]
            connection.execute("INSERT INTO pullquote.store VALUES (%s, %s, %s, %s)", row)
        return kept or mark

    def _made_graph(self, connection: Connection) -> None:
        """Make the graph, if there are more sentences than are all compared.

        Of sentences that are there it is made far sooner than of those that come one by one, and few need none.
        """
        _, few = self._chosen(connection, None)
        if few or _value(connection, _HAS_GRAPH):
            return
        # who has the lock makes it
        if _value(connection, "SELECT pg_try_advisory_xact_lock(%s)", _LOCK) and not _value(connection, _HAS_GRAPH):
            # it waits for others who put, and takes its time where many were put at once
            connection.execute("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '60s'")
            connection.execute(_GRAPH)

    def _read(self, work: Callable[[Connection], Result]) -> Result:
        return self._run(work, IsolationLevel.REPEATABLE_READ)

    def _write(self, work: Callable[[Connection], Result]) -> Result:
        def anew(connection: Connection) -> Result:
            # all may have been dropped, and made for another encoder, since it was read
            self._mark = None
            return work(connection)

        return self._run(anew, IsolationLevel.READ_COMMITTED)

    def _run(self, work: Callable[[Connection], Result], isolation: IsolationLevel) -> Result:
        """Do work in a transaction; anew, if the connection is lost: what was not committed is undone."""
        tries = Retrying(
            retry=retry_if_exception_type(_UnreachableError),
            wait=wait_random_exponential(multiplier=0.2, max=3),
            stop=stop_after_delay(_LOST),
            reraise=True,
        )
        done: Result = tries(self._run_once, work, isolation)
        return done

    def _run_once(self, work: Callable[[Connection], Result], isolation: IsolationLevel) -> Result:
        # not held between the tries: threads that wait for a server wait at the same time
        came = monotonic()
        with self._lock:
            if self._failed > came:
                # to connect took another thread long, and it would take each of them as long, one after the other
                raise _UnreachableError(self._failure)
            return self._done(work, isolation)

    def _done(self, work: Callable[[Connection], Result], isolation: IsolationLevel) -> Result:
        if self._connection is None or self._connection.closed:
            try:
                self._connection = self._connected()
            except _UnreachableError as error:
                self._failed, self._failure = monotonic(), str(error)
                raise
        connection = self._connection
        try:
            connection.isolation_level = isolation
            with connection.transaction():
                connection.execute(_SETTINGS)
                return work(connection)
        except psycopg.Error as error:
            if _is_lost(connection, error):
                connection.close()
                raise _UnreachableError(
                    f"The connection to {self.address} was lost: {_said(error)}. Check that the server runs."
                ) from error
            raise InputError(f"{self.address} refuses: {_said(error)}. {_advice(error)}") from error

    def _connected(self) -> Connection:
        try:
            connection = psycopg.connect(self._address, autocommit=True)
        except psycopg.OperationalError as error:
            raise _UnreachableError(
                f"Cannot connect to {self.address}: {_said(error)}. Check that the server runs, and the address, the "
                "name and the password."
            ) from error
        except psycopg.Error as error:
            # a value of the address is none
            raise InputError(f"Cannot connect to {self.address}: {_said(error)}. Check the address.") from error
        try:
            self._check_encoding(connection)
            self._check_extension(connection)
        except psycopg.Error as error:
            connection.close()
            raise InputError(f"{self.address} refuses: {_said(error)}. {_advice(error)}") from error
        except InputError:
            connection.close()
            raise
        return connection

    def _check_encoding(self, connection: Connection) -> None:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise InputError(
                f"{self.address} has the encoding {encoding}, which cannot hold every letter. Make a database of its "
                "own: createdb --encoding UTF8 --template template0 NAME"
            )

    def _check_extension(self, connection: Connection) -> None:
        version = _value(connection, _VERSION)
        if version is None:
            if not _value(connection, "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')"):
                raise self._without_pgvector("the server does not know it")
        elif tuple(int(part) for part in str(version).split(".")[:2]) < _EXTENSION:
            raise InputError(
                f"{self.address} has pgvector {version}; at least 0.8 is needed. Install it on the server, then let a "
                "superuser run in this database: ALTER EXTENSION vector UPDATE"
            )
        else:
            register_vector(connection)

    def _make_extension(self, connection: Connection) -> None:
        if _value(connection, _VERSION) is None:
            try:
                connection.execute("CREATE EXTENSION vector")
            except psycopg.Error as error:
                if _is_lost(connection, error):
                    raise
                raise self._without_pgvector(_said(error)) from error
            self._check_extension(connection)

    def _without_pgvector(self, why: str) -> InputError:
        return InputError(
            f"{self.address} has no pgvector: {why}. Install it on the server (Debian: apt-get install "
            "postgresql-17-pgvector), then let a superuser run in this database: CREATE EXTENSION vector"
        )


def _inside(keys: Sequence[int] | None) -> sql.SQL:
    """Return the condition for chosen articles: none where there is nothing to leave out, so that each has its plan."""
    return sql.SQL("" if keys is None else "AND article = ANY(%(only)s::bigint[])")


def _value(connection: Connection, query: LiteralString, *given: object) -> Any:
    """Return the value that a query is asked for."""
    (value,) = connection.execute(query, given).fetchone() or (None,)
    return value


def _read_address(address: str) -> tuple[str, str]:
    """Return what libpq connects to, and what may be shown of it: without a password."""
    wrong = InputError(
        "The address of the store is none of PostgreSQL. Give one like postgresql://user@host:5432/database, with %40 "
        "for an @ within a name or a password and %2F for a /"
    )
    try:
        given = conninfo_to_dict(address)
    except psycopg.ProgrammingError as error:
        raise wrong from error
    host, port, database = (str(given.get(part) or "") for part in ("host", "port", "dbname"))
    if "@" in host + port + database or not _PORTS.fullmatch(port):
        # libpq took a part of the password for one of them
        raise wrong
    # where the address says otherwise, that counts
    others = {name: value for name, value in _CONNECTING.items() if name not in given}
    return make_conninfo(address, **others, client_encoding="utf8"), _without_secrets(given)


def _without_secrets(given: Mapping[str, Any]) -> str:
    """Write an address that leads to the same database, for whom the password is elsewhere, as in `~/.pgpass`."""
    told = {name: str(value) for name, value in given.items() if not _SECRET.search(name)}
    user, database = (quote(told.pop(name, ""), safe="") for name in ("user", "dbname"))
    place = ""
    if _HOST.fullmatch(told.get("host", "")):
        place, port = told.pop("host"), told.pop("port", "")
        place += port and f":{port}"
    # libpq takes a plus sign for one, not for a space
    others = urlencode(told, safe="/,:", quote_via=quote)
    return f"postgresql://{user and user + '@'}{place}/{database}{others and '?' + others}"


def _said(error: psycopg.Error) -> str:
    """Return what the server or libpq says, on a line."""
    return visible(" ".join(str(error).split())).rstrip(".")


def _advice(error: psycopg.Error) -> str:
    """Return what to do when the server refuses."""
    if isinstance(error, errors.InsufficientPrivilege):
        return "Let the owner of the schema pullquote or of the database do it, or grant the right to this user."
    if isinstance(error, errors.ReadOnlySqlTransaction):
        return "Give the address of the server that may be written to."
    if isinstance(error, errors.QueryCanceled | errors.LockNotAvailable | errors.DeadlockDetected):
        return "Do the same again when the server has less to do."
    return "Check the schema pullquote of this database, or give a new database."


def _short(words: Sequence[str]) -> list[str]:
    """Return words that can be compared, each once."""
    return [word for word in dict.fromkeys(words) if len(word.encode()) <= _LONGEST_WORD]


def _article_row(index: SentenceIndex, place: int, words: Sequence[Sequence[str]]) -> Row:
    article, rows = index.articles[place], index.rows_of(place)
    return (
        article.id,
        article.version,
        article.title,
        title_words(article.title),
        article.url,
        article.text.encode(),
        list(article.landmarks.pages),
        list(article.landmarks.headings),
        article.document_sha256,
        len(rows),
        sum(len(words[row]) for row in rows),
        index.paragraphs_of(place).astype(_FLOATS).tobytes(),
    )


def _sentence_rows(index: SentenceIndex, keys: dict[int, int], words: Sequence[Sequence[str]]) -> Iterator[Row]:
    for place, key in keys.items():
        rows = index.rows_of(place)
        for row, vector in zip(rows, index.vectors(rows), strict=True):
            stored = index.sentences[row]
            one = stored.sentence
            place_of = (key, stored.number, one.start, one.end, one.paragraph, one.boilerplate)
            yield (*place_of, list(words[row]), Vector(vector))


def _index(articles: Sequence[Row], sentences: dict[int, list[Row]], mark: EncoderMark) -> SentenceIndex:
    """Put together what was fetched."""
    read = [
        Article(
            bytes(text).decode(),
            url,
            id=name,
            landmarks=Landmarks(tuple(pages), tuple(headings)),
            document_sha256=document,
        )
        for _, name, url, text, pages, headings, document, _ in articles
    ]
    stored = [sentences[key] for key, *_ in articles]
    paragraphs = [np.frombuffer(row[-1], dtype=_FLOATS).reshape(-1, mark.dimension) for row in articles]
    return SentenceIndex(
        read,
        [[Sentence(*row[:-1]) for row in of] for of in stored],
        vectors(_received(b"".join(row[-1] for of in stored for row in of), mark.dimension)),
        flat(*(of.astype(np.float32) for of in paragraphs)),
        mark,
    )


def _received(sent: bytes, dimension: int) -> NDArray[np.float32]:
    """Read what pgvector sends of vectors: of each its dimension, two bytes that are kept free, and its numbers."""
    rows = np.frombuffer(sent, dtype=[("head", "V4"), ("numbers", ">f4", dimension)])
    received: NDArray[np.float32] = rows["numbers"].astype(np.float32)
    return received


def _listed(rows: Iterable[Row]) -> list[Listed]:
    return [Listed(*row) for row in rows]


def _matches(rows: Iterable[Row]) -> list[Match]:
    return [Match(*row) for row in rows]


def _is_lost(connection: Connection, error: psycopg.Error) -> bool:
    """Tell whether the server is gone, or about to go, and not only what was asked is refused."""
    return connection.closed or isinstance(error, errors.AdminShutdown | errors.CrashShutdown | errors.CannotConnectNow)
