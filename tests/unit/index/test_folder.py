"""The index on disk: whole, old or new, and refused with a reason."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest

from index import loading
from index import vectors as rule
from index.article import Article
from index.build import build_index
from index.errors import InputError
from index.folder import save_index
from index.kept import digest_of
from index.loading import load_index, stored_articles
from index.manifest import MANIFEST, read_manifest
from index.seal import sealed
from rag.loading import cached_index
from tests.conftest import ROOT, WordEncoder

ADDRESS = "https://example.com/a?b=1&c=é"
OLD = Article("Red apples grow.\nGreen pears fall.")
NEW = Article("Blue plums rot. They rot slowly.\r\nGrey figs — “figs” — dry.")


@pytest.fixture
def saved(tmp_path: Path, encoder: WordEncoder) -> Path:
    """A folder with an index of the old article, read from a file."""
    source = tmp_path / "old.txt"
    source.write_bytes(OLD.text.encode())
    folder = tmp_path / "index"
    save_index(build_index([OLD], encoder), folder, {OLD.digest: source})
    return folder


def test_what_is_saved_is_loaded(tmp_path: Path, encoder: WordEncoder) -> None:
    """Articles, sentences, flags and vectors come back equal."""
    index = build_index([NEW, OLD, Article("Comments are closed.")], encoder)
    save_index(index, tmp_path / "a" / "b")
    loaded = load_index(tmp_path / "a" / "b", encoder)
    assert loaded.articles == index.articles
    assert loaded.sentences == index.sentences
    rows = list(range(len(index)))
    vector = encoder.encode(["blue figs fall"])[0]
    assert np.array_equal(loaded.similarities(vector, rows), index.similarities(vector, rows))
    assert stored_articles(tmp_path / "a" / "b") == list(index.articles)


def test_the_manifest_is_readable(saved: Path) -> None:
    """It names the format, the encoder, the article's title and source, and every file's digest."""
    manifest = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))
    assert (manifest["format"], manifest["encoder"], manifest["dimension"]) == (1, "words", 256)
    assert manifest["articles"][0]["title"] == "Red apples grow."
    assert manifest["articles"][0]["source"] == str(saved.parent / "old.txt")
    assert manifest["articles"][0]["file"]["sha256"] == OLD.digest


def test_addresses_are_kept(tmp_path: Path, encoder: WordEncoder) -> None:
    """The manifest names the address of each article, and both ways of reading give it back."""
    save_index(build_index([Article(OLD.text, url=ADDRESS), NEW], encoder), tmp_path)
    assert [article.url for article in read_manifest(tmp_path).articles] == [ADDRESS, None]
    assert [article.url for article in load_index(tmp_path, encoder).articles] == [ADDRESS, None]
    assert [article.url for article in stored_articles(tmp_path)] == [ADDRESS, None]


def test_a_manifest_without_addresses_is_read(saved: Path, encoder: WordEncoder) -> None:
    """Folders of this format that were written before articles had an address load as they did."""
    manifest = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))
    _edit(
        saved, articles=[{key: value for key, value in entry.items() if key != "url"} for entry in manifest["articles"]]
    )
    assert load_index(saved, encoder).articles == (OLD,)
    assert [article.url for article in stored_articles(saved)] == [None]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "", 5, ["https://example.com"]])
def test_a_manifest_with_another_address_is_refused(saved: Path, encoder: WordEncoder, url: object) -> None:
    """A manifest is a file like any other: what it calls an address is checked too."""
    manifest = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))
    _edit(saved, articles=[{**manifest["articles"][0], "url": url}])
    with pytest.raises(InputError, match=r"is no web address|manifest\.json is damaged"):
        load_index(saved, encoder)


def test_the_command_to_run_again_has_the_addresses(tmp_path: Path, encoder: WordEncoder) -> None:
    """What the message says to run gives the same index, and is safe in a shell."""
    both = [Article(OLD.text, url=ADDRESS), Article(NEW.text, url="http://x/;'$(id)'")]
    save_index(build_index(both, encoder), tmp_path)
    with pytest.raises(InputError, match="pullquote index ARTICLE") as caught:
        load_index(tmp_path, OtherEncoder())
    words = shlex.split(str(caught.value).split("or run: ")[1])
    assert words == [
        *("pullquote", "index", "ARTICLE", "ARTICLE", "--url", ADDRESS, "--url", "http://x/;'$(id)'"),
        *("--index", str(tmp_path)),
    ]
    save_index(build_index([both[0], NEW], encoder), tmp_path)
    with pytest.raises(InputError, match=rf"pullquote index ARTICLE ARTICLE --index {tmp_path}$"):
        load_index(tmp_path, OtherEncoder())


def test_the_cache_keeps_each_address_apart(
    tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same text with another address is another entry; without one its name is what it always was."""
    monkeypatch.setattr("rag.loading.cache_folder", lambda: tmp_path)
    for url in (None, ADDRESS, "http://x", None, ADDRESS):
        assert cached_index([Article(OLD.text, url=url)], encoder).articles[0].url == url
    key = hashlib.sha256(f"1\n{encoder.digest}\n{OLD.digest}".encode()).hexdigest()
    names = {path.name for path in (tmp_path / "articles").iterdir()}
    assert key[:24] in names
    assert len(names) == 3


def test_a_new_index_removes_the_old_files(saved: Path, encoder: WordEncoder) -> None:
    """After a save the folder holds the files of one index."""
    manifest = save_index(build_index([NEW], encoder), saved)
    expected = {manifest.sentences.name, manifest.sentence_vectors.name, manifest.paragraph_vectors.name}
    expected |= {manifest.articles[0].file.name, MANIFEST, ".lock"}
    assert {path.name for path in saved.iterdir()} == expected


@pytest.mark.parametrize("step", range(10))
def test_a_crash_at_any_step_leaves_old_or_new(
    saved: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The write stops before or after each of its five renames; what loads is one whole index."""
    calls = iter(range(100))
    replace = os.replace

    def failing(source: Path, target: Path) -> None:
        number = next(calls)
        if number == step // 2 and step % 2 == 0:
            raise KeyboardInterrupt
        replace(source, target)
        if number == step // 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(KeyboardInterrupt):
        save_index(build_index([NEW], encoder), saved)
    monkeypatch.undo()
    assert load_index(saved, encoder).articles == ((NEW,) if step == 9 else (OLD,))
    save_index(build_index([NEW], encoder), saved)
    assert load_index(saved, encoder).articles == (NEW,)


_WRITER = """
import sys
from pathlib import Path
from index.article import Article
from index.build import build_index
from index.folder import save_index
from tests.conftest import WordEncoder
texts = ["Red apples grow.", "Blue plums rot. " * 400]
indexes = [build_index([Article(text)], WordEncoder()) for text in texts]
print("ready", flush=True)
while True:
    for index in indexes:
        save_index(index, Path(sys.argv[1]))
"""


def test_a_killed_writer_leaves_a_whole_index(tmp_path: Path, encoder: WordEncoder) -> None:
    """SIGKILL in the middle of writing, at five moments."""
    folder = tmp_path / "index"
    for attempt in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout
            assert writer.stdout.readline() == "ready\n"
            while not (folder / MANIFEST).exists():
                time.sleep(0.001)
            time.sleep(0.007 * attempt)
            writer.send_signal(signal.SIGKILL)
        assert load_index(folder, encoder).articles[0].title[:4] in {"Red ", "Blue"}


class WritingEncoder(WordEncoder):
    """Has another process write into the folder, at the moment when a reader knows the manifest and no file yet."""

    def __init__(self, folder: Path, texts: list[Article]) -> None:
        self._folder = folder
        self._texts = texts

    @property
    def digest(self) -> str:  # type: ignore[override]  # a property that writes
        """Write the next text, and tell the digest."""
        if self._texts:
            save_index(build_index([self._texts.pop(0)], WordEncoder()), self._folder)
        return WordEncoder.digest


def test_a_reader_takes_what_a_writer_has_put_in_the_place(saved: Path) -> None:
    """The files that the reader was about to read are gone; it reads the manifest again."""
    assert load_index(saved, WritingEncoder(saved, [NEW])).articles == (NEW,)
    assert load_index(saved, WritingEncoder(saved, [OLD, NEW, OLD])).articles == (OLD,)


def test_an_index_that_never_settles_is_told(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many times."""
    monkeypatch.setattr("index.loading._TRIES", 3)
    with pytest.raises(InputError, match=r"The index in .* changes all the time\. Try again when nobody writes it"):
        load_index(saved, WritingEncoder(saved, [NEW, OLD, NEW]))


def test_no_link_in_a_folder_is_written_through(saved: Path, encoder: WordEncoder, tmp_path: Path) -> None:
    """A folder from elsewhere may hold one that leads to a file of the user's."""
    own = tmp_path / "own"
    own.write_text("mine", encoding="utf-8")
    for name in (f"article-{NEW.id}.txt", "sentences.faiss", "paragraphs.faiss", MANIFEST):
        (saved / f"{name}.part").symlink_to(own)
    save_index(build_index([NEW], encoder), saved)
    assert own.read_text(encoding="utf-8") == "mine"
    assert load_index(saved, encoder).articles == (NEW,)


@pytest.mark.parametrize("kind", ["article", "sentences", "paragraphs", "manifest"])
@pytest.mark.parametrize("other", ["folder", "pipe", "device"])
def test_a_file_that_is_none_is_named(saved: Path, encoder: WordEncoder, kind: str, other: str) -> None:
    """A folder in its place; or what never ends, in a folder from elsewhere."""
    path = next(saved.glob(f"{kind}*"))
    path.unlink()
    match other:
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
        case _:
            path.symlink_to("/dev/zero")
    with pytest.raises(InputError, match=rf"{path.name} is (no file\. Run: |damaged \(it is no file\)\. Build)"):
        load_index(saved, encoder)


class OtherEncoder(WordEncoder):
    """Another model."""

    name = "other"
    digest = "1" * 64


def test_another_encoder_is_refused(saved: Path) -> None:
    """The message names both and the command."""
    with pytest.raises(
        InputError,
        match=r"made with the encoder 'words' .*not with 'other'.*--encoder words.*pullquote index \S*old\.txt",
    ):
        load_index(saved, OtherEncoder())


def test_a_changed_article_is_refused(saved: Path, encoder: WordEncoder) -> None:
    """The source on disk no longer has the digest; a source that is gone is no fault."""
    source = saved.parent / "old.txt"
    source.write_text("Red apples grew.", encoding="utf-8")
    with pytest.raises(InputError, match=r"old\.txt has changed since it was indexed\. Run: pullquote index"):
        load_index(saved, encoder)
    source.unlink()
    assert load_index(saved, encoder).articles == (OLD,)


def test_another_format_is_refused(saved: Path, encoder: WordEncoder) -> None:
    """The message names both versions."""
    _edit(saved, format=99)
    with pytest.raises(InputError, match=r"has format 99; this version of Pullquote reads format 1"):
        load_index(saved, encoder)


@pytest.mark.parametrize("kind", ["article", "sentences", "paragraphs"])
@pytest.mark.parametrize("damage", ["cut", "flip", "gone"])
def test_a_damaged_file_is_named(saved: Path, encoder: WordEncoder, kind: str, damage: str) -> None:
    """A file cut short, a flipped bit and a missing file are each refused by name."""
    path = next(saved.glob(f"{kind}-*"))
    data = bytearray(path.read_bytes())
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    else:
        data[len(data) // 2] ^= 1
        path.write_bytes(data)
    with pytest.raises(InputError, match=rf"{path.name} is (damaged|missing).*Run: pullquote index"):
        load_index(saved, encoder)


@pytest.mark.parametrize("kind", ["article-*", "sentences-*.json", "sentences-*.faiss", "paragraphs-*"])
def test_a_file_that_is_swapped_when_it_was_looked_at_is_named(
    saved: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """What was read is checked, and not what stood in its place before."""
    (swapped,) = saved.glob(kind)

    def looked_at(path: Path) -> str:
        found = digest_of(path)
        if path == swapped:
            path.write_bytes(path.read_bytes() + b" ")
        return found

    monkeypatch.setattr(loading, "digest_of", looked_at)
    with pytest.raises(InputError, match=rf"{swapped.name} is damaged: SHA-256 "):
        load_index(saved, encoder, unchanged=False)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": 1}', "\x00"])
def test_a_damaged_manifest_is_refused(saved: Path, text: str) -> None:
    """A manifest that is no manifest says so."""
    (saved / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"manifest\.json is damaged .*pullquote index ARTICLE"):
        read_manifest(saved)


def test_no_index_is_refused(tmp_path: Path) -> None:
    """An empty folder holds no index."""
    with pytest.raises(InputError, match=r"No index in .*Build one: pullquote index ARTICLE"):
        read_manifest(tmp_path)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, encoder: WordEncoder) -> None:
    """Files of others are neither mixed with an index nor removed."""
    (tmp_path / "thesis.doc").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"holds other files \('thesis\.doc', …\) and no index"):
        save_index(build_index([OLD], encoder), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_an_unwritable_place_is_named(tmp_path: Path, encoder: WordEncoder) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(InputError, match=r"Cannot write the index to .*file: .*Give a writable folder"):
        save_index(build_index([OLD], encoder), tmp_path / "file")


def test_an_index_can_be_moved(saved: Path, encoder: WordEncoder) -> None:
    """Nothing in the folder depends on where it stands."""
    moved = saved.parent / "moved"
    shutil.move(saved, moved)
    assert load_index(moved, encoder).articles == (OLD,)


def test_what_proposes_sentences_is_stored(
    tmp_path: Path, encoder: WordEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where sentences are many, the folder holds cells too, and they are checked like every file."""
    monkeypatch.setattr(rule, "EXACT", 300)
    many = Article("\n".join(f"Fig {number} of {number % 7} fell on day {number % 31}." for number in range(400)))
    index = build_index([many, OLD], encoder)
    manifest = save_index(index, tmp_path)
    loaded = load_index(tmp_path, encoder)
    assert loaded.sentence_vectors.cells is not None
    for row in (3, 200, 401):
        vector = encoder.encode([index.text(row)])[0]
        assert loaded.search(vector, 3) == index.search(vector, 3)
        assert loaded.only(1).search(vector, 9) == index.only(1).search(vector, 9)
    assert manifest.cells is not None
    path = tmp_path / manifest.cells.name
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(InputError, match=rf"{path.name} is damaged"):
        load_index(tmp_path, encoder)
    save_index(build_index([OLD], encoder), tmp_path)
    assert not path.exists()
    assert load_index(tmp_path, encoder).sentence_vectors.cells is None


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_folder_may_have_any_name(tmp_path: Path, encoder: WordEncoder) -> None:
    """Names of folders need not be UTF-8."""
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    save_index(build_index([OLD], encoder), folder)
    assert load_index(folder, encoder).articles == (OLD,)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are Unicode")
def test_a_file_may_have_any_name(tmp_path: Path, encoder: WordEncoder) -> None:
    """Likewise; it is found again by its name."""
    source = tmp_path / os.fsdecode(b"caf\xe9\x1b[31m.txt")
    source.write_text(OLD.text, encoding="utf-8", newline="")
    save_index(build_index([OLD], encoder), tmp_path / "index", {OLD.digest: source})
    assert read_manifest(tmp_path / "index").sources == {OLD.digest: source}
    assert "caf\\udce9" in (tmp_path / "index" / MANIFEST).read_text(encoding="utf-8")
    assert load_index(tmp_path / "index", encoder).articles == (OLD,)


def test_an_article_that_is_no_text_is_refused(saved: Path, encoder: WordEncoder) -> None:
    """Of a hand-made index; its digest is right."""
    digest = hashlib.sha256(b"caf\xe9").hexdigest()
    name = f"article-{digest[:16]}.txt"
    (saved / name).write_bytes(b"caf\xe9")
    articles = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))["articles"]
    _edit(saved, articles=[{**articles[0], "file": {"name": name, "sha256": digest}}])
    with pytest.raises(InputError, match=rf"{name} is not UTF-8 text\. Run: pullquote index"):
        load_index(saved, encoder, unchanged=False)
    with pytest.raises(InputError, match=rf"{name} is not UTF-8 text\. Run: pullquote index"):
        stored_articles(saved)


def test_a_command_names_few_articles(tmp_path: Path, encoder: WordEncoder) -> None:
    """A message about an index of many files stays a line, and a name with a space stays a name."""
    articles = [Article(f"Fig {number} fell.") for number in range(9)]
    save_index(build_index(articles, encoder), tmp_path, {articles[0].digest: tmp_path / "a b.txt"})
    with pytest.raises(InputError, match=rf"run: pullquote index ARTICLE\.\.\. --index {tmp_path}$"):
        load_index(tmp_path, OtherEncoder())
    save_index(build_index(articles[:2], encoder), tmp_path, {articles[0].digest: tmp_path / "a b.txt"})
    with pytest.raises(InputError, match=rf"run: pullquote index '{tmp_path}/a b\.txt' ARTICLE --index {tmp_path}$"):
        load_index(tmp_path, OtherEncoder())


HUGE = 10**30
OF_ARTICLE = "article-{:016x}.txt"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"format": True}, "has format True;"),
        ({"format": "1"}, "has format '1'"),
        ({"format": HUGE}, f"has format {HUGE};"),
        ({"encoder": None}, "its 'encoder' is no text"),
        ({"encoder": ["words"]}, "its 'encoder' is no text"),
        ({"encoder_sha256": 0}, "its 'encoder_sha256' is no text"),
        ({"encoder_sha256": "words"}, "its 'encoder_sha256' is 'words'"),
        ({"dimension": "256"}, "its 'dimension' is '256'"),
        ({"dimension": True}, "its 'dimension' is True"),
        ({"dimension": 256.0}, "its 'dimension' is 256.0"),
        ({"dimension": 0}, "its 'dimension' is 0"),
        ({"dimension": -256}, "its 'dimension' is -256"),
        ({"dimension": HUGE}, f"its 'dimension' is {HUGE}"),
        ({"articles": {}}, "it names no article"),
        ({"articles": []}, "it names no article"),
        ({"articles": ["a"]}, "an article is no object"),
        ({"articles": [{}]}, "its 'title' is no text"),
        ({"sentences": None}, "its 'sentences' is no file"),
        ({"sentences": {"name": "sentences.json"}}, "its 'sha256' is no text"),
        ({"sentence_vectors": {"name": "../../etc/passwd", "sha256": 64 * "0"}}, "is the file '../../etc/passwd'"),
        (
            {"sentence_vectors": {"name": OF_ARTICLE.format(0), "sha256": 64 * "0"}},
            "its 'sentence_vectors' is the file 'article-",
        ),
        (
            {"paragraph_vectors": {"name": f"paragraphs-{16 * 'a'}.faiss", "sha256": 64 * "0"}},
            "its 'paragraph_vectors' is the file",
        ),
        ({"paragraph_vectors": [1]}, "its 'paragraph_vectors' is no file"),
        ({"cells": 0}, "its 'cells' is no file"),
        ({"cells": {"name": {}, "sha256": []}}, "its 'name' is no text"),
    ],
)
def test_a_hand_made_manifest_is_refused(
    saved: Path, encoder: WordEncoder, changes: dict[str, Any], wrong: str
) -> None:
    """Wrong types, missing, negative and huge, also where it is sealed, and for each way to read it."""
    _edit(saved, **changes)
    for read in (read_manifest, stored_articles, lambda folder: load_index(folder, encoder)):
        with pytest.raises(InputError) as caught:
            read(saved)
        assert wrong in str(caught.value)
        assert "pullquote index ARTICLE" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": 5}, "its 'title' is no text"),
        ({"source": 5}, "its 'source' is no text"),
        ({"url": {}}, "its 'url' is no text"),
        ({"file": "article.txt"}, "its 'file' is no file"),
    ],
)
def test_a_hand_made_article_is_refused(saved: Path, changes: dict[str, Any], wrong: str) -> None:
    """Likewise; and one that is named twice."""
    articles = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))["articles"]
    _edit(saved, articles=[{**articles[0], **changes}])
    with pytest.raises(InputError, match=wrong):
        read_manifest(saved)
    _edit(saved, articles=articles * 2)
    with pytest.raises(InputError, match="it names an article twice"):
        read_manifest(saved)


@pytest.mark.parametrize("source", ["a\0b", "x" * 300, "/proc/self/mem/x", "/dev/zero", "."])
def test_a_source_that_cannot_be_read_is_as_good_as_gone(saved: Path, encoder: WordEncoder, source: str) -> None:
    """What was made of it is there."""
    articles = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))["articles"]
    _edit(saved, articles=[{**articles[0], "source": source}])
    assert load_index(saved, encoder).articles == (OLD,)


def test_a_changed_manifest_is_refused(saved: Path) -> None:
    """An address that one bit has changed would lead somewhere else; those without a seal are read as ever."""
    path = saved / MANIFEST
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, "encoder": "wards"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"manifest\.json is damaged \(it was changed since it was written\)"):
        read_manifest(saved)
    del record["sha256"]
    path.write_text(json.dumps(record), encoding="utf-8")
    assert read_manifest(saved).encoder == "words"


def test_an_index_of_an_earlier_version_has_its_ids(saved: Path, encoder: WordEncoder) -> None:
    """Those made from the texts; one that nobody may give is refused."""
    articles = json.loads((saved / MANIFEST).read_text(encoding="utf-8"))["articles"]
    _edit(saved, articles=[{key: value for key, value in articles[0].items() if key != "id"}])
    assert [one.id for one in load_index(saved, encoder).articles] == [OLD.digest[:16]]
    _edit(saved, articles=[{**articles[0], "id": "old_one"}])
    assert load_index(saved, encoder).place_of("old_one") == load_index(saved, encoder).place_of(OLD.version) == 0
    _edit(saved, articles=[{**articles[0], "id": "../x"}])
    with pytest.raises(InputError, match=r"an article's 'id' is '\.\./x'"):
        read_manifest(saved)


ROWS = [[0, 0, 16, 0, False], [0, 17, 34, 1, False]]
"""Those of the old article."""


@pytest.mark.parametrize(
    "rows",
    [
        [],
        {},
        "rows",
        [[0, 0, 16, 0]],
        [[0, 0, 16, 0, None]],
        [[0, 0, 16, 0, {}], ROWS[1]],
        [[0, 0, HUGE, 0, False], ROWS[1]],
        [ROWS[0]],
        [ROWS[0], ROWS[1], ROWS[1]],
        ROWS[::-1],
        [[-1, *row[1:]] for row in ROWS],
        [[1, *row[1:]] for row in ROWS],
        [ROWS[0], [1, *ROWS[1][1:]]],
        [[0, -3, 16, 0, False], ROWS[1]],
        [[0, 9, 9, 0, False], ROWS[1]],
        [ROWS[0], [0, 17, 35, 1, False]],
        [ROWS[0], [0, 15, 34, 1, False]],
        [ROWS[0], [0, 17, 34, 2, False]],
        [ROWS[0], [0, 17, 34, -1, False]],
        [[0, 0, 16, 1, False], ROWS[1]],
    ],
)
def test_hand_made_sentences_are_refused(saved: Path, encoder: WordEncoder, rows: object) -> None:
    """Those that the article does not have, though the manifest has their digest."""
    assert json.loads(next(saved.glob("sentences-*.json")).read_bytes()) == ROWS
    _put(saved, "sentences", json.dumps(rows).encode(), "json", kind="sentences")
    with pytest.raises(InputError, match=r"holds no sentences|sentences that its articles do not have|not belong tog"):
        load_index(saved, encoder)


def test_hand_made_vectors_are_refused(saved: Path, encoder: WordEncoder) -> None:
    """None at all, of another kind, of another length, too many."""
    flat = faiss.IndexFlatIP(256)
    flat.add(np.ones((3, 256), dtype=np.float32))
    others = (flat, faiss.IndexFlatIP(8), faiss.IndexFlatL2(256))
    wrong = [b"", b"null", b"IxFI" + 60 * b"\xff", *map(_serialized, others)]
    for data in wrong:
        _put(saved, "sentence_vectors", data, "faiss", kind="sentences")
        with pytest.raises(InputError, match=r"holds no vectors\. Run|not belong together\. Run"):
            load_index(saved, encoder)
    save_index(build_index([OLD], encoder), saved)
    for data in (*wrong, b"IwPQ"):
        _put(saved, "cells", data, "faiss", kind="cells")
        with pytest.raises(InputError, match=r"holds no cells\. Run"):
            load_index(saved, encoder)


def _serialized(vectors: faiss.Index) -> bytes:
    data: bytes = faiss.serialize_index(vectors).tobytes()
    return data


def _put(folder: Path, key: str, data: bytes, ending: str, kind: str) -> None:
    """Put a file into the folder that the manifest names as it should be named."""
    digest = hashlib.sha256(data).hexdigest()
    name = f"{kind}-{digest[:16]}.{ending}"
    (folder / name).write_bytes(data)
    _edit(folder, **{key: {"name": name, "sha256": digest}})


def _edit(folder: Path, **changes: Any) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest.pop("sha256")
    (folder / MANIFEST).write_text(json.dumps(sealed({**manifest, **changes})), encoding="utf-8")
