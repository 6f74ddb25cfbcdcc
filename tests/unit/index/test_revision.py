"""Articles come and go without a rebuild, and what is left is what a build of them gives."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index import vectors as rule
from index.article import Article, read_article
from index.build import build_index, extend_index
from index.errors import InputError
from index.folder import save_index
from index.loading import load_index, stored_articles
from index.manifest import MANIFEST, read_manifest
from index.revision import add_articles, named_as_before, remove_articles, replace_articles
from index.store import SentenceIndex
from tests.conftest import WordEncoder
from tests.unit.index.test_folder import OtherEncoder

APPLES, PEARS, PLUMS = (Article(f"{text}\n\nThey ripen late.") for text in ("Red apples.", "Green pears.", "Plums."))
TEXTS = st.lists(
    st.text("ab cd. \n", min_size=2, max_size=60).filter(lambda text: any(map(str.isalpha, text))),
    min_size=2,
    max_size=6,
    unique=True,
)


class CountingEncoder(WordEncoder):
    """Remembers what it encodes."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode, and remember."""
        self.seen += texts
        return super().encode(texts)


def _same(one: SentenceIndex, other: SentenceIndex) -> None:
    vector = WordEncoder().encode(["ab cd red pears late"])[0]
    every = range(len(one))
    assert one.articles == other.articles
    assert one.sentences == other.sentences
    assert np.array_equal(one.similarities(vector, every), other.similarities(vector, every))
    assert one.search(vector, 5) == other.search(vector, 5)
    for article in range(len(one.articles)):
        assert one.rows_of(article) == other.rows_of(article)
        assert one.only(article).search(vector, 5) == other.only(article).search(vector, 5)


@given(TEXTS, st.data())
def test_adding_and_removing_is_building(texts: list[str], data: st.DataObject) -> None:
    """In whatever steps articles came, and whichever went, the index is the one built of those that stay."""
    encoder = WordEncoder()
    articles = [Article(text) for text in texts]
    first = data.draw(st.integers(1, len(articles)))
    gone = data.draw(st.sets(st.integers(0, len(articles) - 1), max_size=len(articles) - 1))
    extended = extend_index(build_index(articles[:first], encoder), articles, encoder)
    _same(extended, build_index(articles, encoder))
    left = [article for place, article in enumerate(articles) if place not in gone]
    _same(extended.without(gone), build_index(left, encoder))


def test_adding_and_removing_is_building_where_cells_propose(monkeypatch: pytest.MonkeyPatch) -> None:
    """With as many sentences as have cells, the best that a search finds are still those of a new build."""
    monkeypatch.setattr(rule, "EXACT", 600)
    words = [chr(97 + number % 26) * (2 + number // 26) for number in range(300)]
    random = np.random.default_rng(3)
    articles = [
        Article(" ".join(" ".join(random.choice(words, 4)).capitalize() + "." for _ in range(60))) for _ in range(20)
    ]
    encoder = WordEncoder()
    revised = extend_index(build_index(articles[:15], encoder), articles, encoder).without({2, 17})
    built = build_index([article for place, article in enumerate(articles) if place not in {2, 17}], encoder)
    assert revised.sentence_vectors.cells is not None
    assert built.sentence_vectors.cells is not None
    assert revised.sentences == built.sentences
    for row in range(0, len(built), 40):
        vector = encoder.encode([built.text(row)])[0]
        assert revised.search(vector, 1)[0][1] == pytest.approx(built.search(vector, 1)[0][1], abs=1e-6)
        assert revised.similarities(vector, [row]).tolist() == built.similarities(vector, [row]).tolist()


def test_only_new_articles_are_encoded() -> None:
    """What is there, given again, costs nothing."""
    encoder = CountingEncoder()
    index = build_index([APPLES], encoder)
    encoder.seen.clear()
    assert extend_index(index, [APPLES], encoder) is index
    assert encoder.seen == []
    assert extend_index(index, [PEARS, APPLES], encoder).articles == (APPLES, PEARS)
    assert sorted(encoder.seen) == ["Green pears.", "They ripen late."]


def test_an_index_of_another_encoder_or_with_the_same_article_is_not_joined() -> None:
    """Vectors of two models do not compare, and an article has one place."""
    index = build_index([APPLES], WordEncoder())
    with pytest.raises(ValueError, match=r"name='words'.*name='other'.* 0 articles in common"):
        index.joined(build_index([PEARS], OtherEncoder()))
    with pytest.raises(ValueError, match=f"with 1 articles in common.*{APPLES.id}"):
        index.joined(build_index([PEARS, APPLES], WordEncoder()))
    with pytest.raises(ValueError, match="no article is left"):
        index.without({0})


@pytest.fixture
def folder(tmp_path: Path, encoder: WordEncoder) -> Path:
    """An index of two articles, each read from a file that stands beside it."""
    files = {tmp_path / "apples.txt": APPLES, tmp_path / "pears.txt": PEARS}
    for path, article in files.items():
        path.write_bytes(article.text.encode())
    save_index(
        build_index([APPLES, PEARS], encoder),
        tmp_path / "index",
        {article.digest: path for path, article in files.items()},
    )
    return tmp_path / "index"


def test_an_article_is_added_to_a_folder(folder: Path) -> None:
    """It is stored with its source, the others keep theirs, and nothing of them is encoded or written again."""
    path = folder.parent / "plums.txt"
    path.write_bytes(PLUMS.text.encode())
    written = {file.name: file.stat().st_mtime_ns for file in folder.glob("article-*")}
    encoder = CountingEncoder()
    stored = add_articles(folder, {path: PLUMS}, encoder)
    assert "Red apples." not in encoder.seen
    _same(stored, build_index([APPLES, PEARS, PLUMS], WordEncoder()))
    _same(load_index(folder, WordEncoder()), stored)
    sources = [article.source for article in read_manifest(folder).articles]
    assert sources == [str(folder.parent / name) for name in ("apples.txt", "pears.txt", "plums.txt")]
    assert {name: (folder / name).stat().st_mtime_ns for name in written} == written


def test_a_changed_file_takes_the_place_of_what_it_was(folder: Path, encoder: WordEncoder) -> None:
    """What the refusal says to run leads out of it."""
    path = folder.parent / "apples.txt"
    path.write_text("Red apples rot.", encoding="utf-8")
    with pytest.raises(InputError, match="has changed since it was indexed") as caught:
        load_index(folder, encoder)
    words = shlex.split(str(caught.value).split("Run: ")[1])
    assert words == ["pullquote", "index", "--add", str(path), "--index", str(folder)]
    add_articles(folder, {path: read_article(path)}, encoder)
    _same(load_index(folder, encoder), build_index([PEARS, Article("Red apples rot.")], encoder))


def test_two_files_that_change_places_stay(folder: Path, encoder: WordEncoder) -> None:
    """Each text is still there, under its other name."""
    apples, pears = folder.parent / "apples.txt", folder.parent / "pears.txt"
    apples.write_bytes(PEARS.text.encode())
    pears.write_bytes(APPLES.text.encode())
    add_articles(folder, {apples: PEARS, pears: APPLES}, encoder)
    assert load_index(folder, encoder).articles == (APPLES, PEARS)
    assert [article.source for article in read_manifest(folder).articles] == [str(pears), str(apples)]


@pytest.mark.parametrize("name", ["id", "file"])
def test_an_article_is_removed_from_a_folder(folder: Path, encoder: WordEncoder, name: str) -> None:
    """By its id, or by its file even if that is gone; its own file in the folder goes too."""
    path = folder.parent / "apples.txt"
    path.unlink()
    _same(remove_articles(folder, [APPLES.id if name == "id" else str(path)]), build_index([PEARS], encoder))
    _same(load_index(folder, encoder), build_index([PEARS], encoder))
    assert [file.read_bytes() for file in folder.glob("article-*")] == [PEARS.text.encode()]


def test_what_is_not_there_is_not_removed(folder: Path) -> None:
    """The message names it and what there is; the folder stays as it was."""
    before = (folder / MANIFEST).read_bytes()
    with pytest.raises(InputError, match=rf"holds no article '\[red\]x'.*an id: {APPLES.id}, {PEARS.id}\."):
        remove_articles(folder, [APPLES.id, "[red]x"])
    with pytest.raises(InputError, match=r"would leave no article in .*index\. Delete the folder instead"):
        remove_articles(folder, [APPLES.id, str(folder.parent / "pears.txt")])
    with pytest.raises(InputError, match=r"No index in .*none.*Build one"):
        remove_articles(folder.parent / "none", [APPLES.id])
    assert not (folder.parent / "none").exists()
    assert (folder / MANIFEST).read_bytes() == before
    with pytest.raises(InputError, match=r"made with the encoder 'words' .*not with 'other'"):
        add_articles(folder, {}, OtherEncoder())


def test_two_who_add_at_once_both_do(folder: Path, encoder: WordEncoder) -> None:
    """From reading to writing there is one writer."""
    texts = {folder.parent / f"{number}.txt": Article(f"Figs number {number}.") for number in range(6)}
    with ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda pair: add_articles(folder, {pair[0]: pair[1]}, encoder), texts.items()))
    stored = load_index(folder, encoder)
    assert stored.articles[:2] == (APPLES, PEARS)
    assert {article.digest for article in stored.articles[2:]} == {article.digest for article in texts.values()}


def test_a_correction_keeps_the_id_and_the_address(folder: Path, encoder: WordEncoder) -> None:
    """By its file, by its address, by a given id; whatever names the article goes on finding it."""
    path, url = folder.parent / "apples.txt", "https://example.com/apples"
    remove_articles(folder, [APPLES.id])
    add_articles(folder, {path: Article(APPLES.text, url)}, encoder)
    (folder.parent / "elsewhere.txt").touch()
    corrections = [
        (add_articles, {path: Article("Red apples rot.")}),
        (replace_articles, {path: Article("Red apples fall.")}),
        (replace_articles, {folder.parent / "elsewhere.txt": Article("Red apples dry.", url)}),
        (replace_articles, {folder.parent / "elsewhere.txt": Article("Red apples cook.", id=APPLES.id)}),
    ]
    for change, given_articles in corrections:
        (corrected,) = given_articles.values()
        change(folder, given_articles, encoder)
        loaded = load_index(folder, encoder, unchanged=False)
        assert [(one.text, one.id, one.url) for one in loaded.articles] == [
            (PEARS.text, PEARS.id, None),
            (corrected.text, APPLES.id, url),
        ]
        assert (loaded.place_of(APPLES.id), loaded.place_of(corrected.digest[:16])) == (1, 1)
    assert read_manifest(folder).articles[1].source == str(folder.parent / "elsewhere.txt")
    _same(load_index(folder, encoder, unchanged=False), build_index([PEARS, corrected], encoder))


def test_all_articles_may_be_corrected_at_once(folder: Path, encoder: WordEncoder) -> None:
    """Then nothing of the index before is left, but the ids."""
    paths = [folder.parent / "apples.txt", folder.parent / "pears.txt"]
    replace_articles(folder, {path: Article(f"New {path.stem}.") for path in paths}, encoder)
    assert [one.id for one in stored_articles(folder)] == [APPLES.id, PEARS.id]


def test_what_corrects_nothing_is_refused(folder: Path, encoder: WordEncoder) -> None:
    """The message names it and the next step; the folder stays as it was."""
    before = (folder / MANIFEST).read_bytes()
    path, new = folder.parent / "plums.txt", Article("Plums.", id="plums")
    for change, article, message in [
        (replace_articles, PLUMS, r"holds no article that was read from .*plums\.txt, or has its address\. .*--add"),
        (replace_articles, new, r"holds no article with the id plums\. Add it: pullquote index --add"),
        (add_articles, Article("Plums.", id=PEARS.id), rf"another article with the id {PEARS.id}\. .*--replace"),
        (replace_articles, Article(PEARS.text, id=APPLES.id), rf"is in .* already, with the id {PEARS.id}\. Remove"),
    ]:
        with pytest.raises(InputError, match=message):
            change(folder, {path: article}, encoder)
    assert (folder / MANIFEST).read_bytes() == before


def test_an_index_built_anew_keeps_the_ids(folder: Path, tmp_path: Path) -> None:
    """By text, file and address; what was given an id keeps that, and no id is given twice."""
    apples, given_one = Article("Red apples rot."), Article("Plums.", id="plums")
    articles = {tmp_path / "apples.txt": apples, tmp_path / "p.txt": PEARS, tmp_path / "plums.txt": given_one}
    assert [one.id for one in named_as_before(folder, articles)] == [APPLES.id, PEARS.id, "plums"]
    assert named_as_before(tmp_path / "none", articles) == list(articles.values())
    again = {"apples.txt": Article(APPLES.text), str(tmp_path / "apples.txt"): apples}
    assert [one.id for one in named_as_before(folder, again)] == [APPLES.id, apples.id]


def test_removed_and_added_at_once(folder: Path, encoder: WordEncoder) -> None:
    """One step on the disk, whoever reads meanwhile."""
    stored = add_articles(folder, {"plums.txt": PLUMS}, encoder, gone=[APPLES.id])
    _same(stored, build_index([PEARS, PLUMS], encoder))
    _same(load_index(folder, encoder), stored)


def test_standard_input_and_the_web_are_no_files(tmp_path: Path) -> None:
    """So no file of that name counts as the source later."""
    save_index(build_index([APPLES], WordEncoder()), tmp_path)
    add_articles(tmp_path, {"-": PEARS, "https://example.org/a": PLUMS}, WordEncoder())
    assert [one.source for one in read_manifest(tmp_path).articles] == [None, None, None]
