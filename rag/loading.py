"""From an article on disk to an assistant that can be asked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.article import Article, read_article
from index.build import Progress, build_index
from index.encoder import Encoder
from index.errors import InputError as InputError  # a public name of rag, too
from index.folder import save_index
from index.landmarks import Landmarks
from index.loading import load_index
from index.manifest import FORMAT, MANIFEST, read_manifest
from index.openvino_encoder import open_encoder
from index.paragraphs import is_wrapped
from index.store import SentenceIndex
from index.stores.store import Store
from index.weights import DEFAULT_ENCODER, cache_folder
from rag.answering.memory import check_remembered
from rag.reading.calibration import Caution
from rag.reading.shipped import load_reader
from rag.retrieval.fusion import DEFAULT, Fusion

if TYPE_CHECKING:
    from rag.answering.archive import Archive
    from rag.answering.assistant import Assistant

File = str | Path
Source = File | Article | Sequence[File | Article]


def load_assistant(
    source: Source,
    *,
    encoder: str | None = None,
    reader: str | None = None,
    caution: Caution = Caution.NORMAL,
    fusion: Fusion = DEFAULT,
    remembered: int = 0,
    hints: bool = True,
    progress: Progress | None = None,
) -> Assistant:
    """Build or load the index of some articles, load the models, and put them together.

    A built index is kept in the platform's cache folder, under a name made of the articles' and the
    encoder's digests and the articles' addresses, so that the next start finds it. What is counted of a big index is
    kept there, too (`rag.answering.counts`).

    :param source: An index folder, a file, an article, or several files and articles.
    :param encoder: Model name or folder; by default the one that the index was made with, else
        the one that is shipped.
    :param reader: `accurate`, `fast`, a folder or a hub name; by default the accurate one, or the fast one if the model
        of the other cannot be had (`rag.reading.shipped.obtained`).
    :param caution: How sure to be before answering.
    :param fusion: Ranks the sentences.
    :param remembered: Answers that are kept, to be given again at once.
    :param hints: Whether an answer from some articles tells of another one that answers better.
    :param progress: Called while sentences are encoded.
    :return: The assistant.
    :raises InputError: If a file, an index or a model cannot be used; the message says what to do.
    """
    _check_caution(caution)
    check_remembered(remembered)
    index, model = load_searchable(source, encoder, progress)
    return put_together(index, model, reader, caution, fusion, remembered, hints=hints)


def put_together(
    index: SentenceIndex,
    encoder: Encoder,
    reader: str | None,
    caution: Caution = Caution.NORMAL,
    fusion: Fusion = DEFAULT,
    remembered: int = 0,
    *,
    hints: bool = True,
) -> Assistant:
    """Load a reader, and put it together with an index and its encoder; see `load_assistant`."""
    read_by = load_reader(reader)
    threshold, sure = read_by.calibration.threshold(Caution(caution)), read_by.calibration.sure(Caution(caution))
    # imported only here: that takes as long as compiling a model, which goes on meanwhile
    from rag.answering.assistant import Assistant  # noqa: PLC0415

    return Assistant(index, encoder, read_by, threshold, fusion, remembered, cache_folder(), sure, hints=hints)


def load_archive(
    store: Store,
    *,
    encoder: str | None = None,
    reader: str | None = None,
    caution: Caution = Caution.NORMAL,
    hints: bool = True,
) -> Archive:
    """Load the models for the articles of a store, and put them together.

    :param store: The articles. It stays open.
    :param encoder: Model name or folder; by default the one that the store was made with.
    :param reader: As for `load_assistant`.
    :param caution: How sure to be before answering.
    :param hints: Whether an answer from some articles tells of another one that answers better.
    :return: What answers.
    :raises InputError: If the store or a model cannot be used; the message says what to do.
    """
    _check_caution(caution)
    model = open_encoder(encoder or encoder_of(store))
    read_by = load_reader(reader)
    threshold, sure = read_by.calibration.threshold(Caution(caution)), read_by.calibration.sure(Caution(caution))
    # imported only here, as above
    from rag.answering.archive import Archive  # noqa: PLC0415

    return Archive(store, model, read_by, threshold, sure, hints=hints)


def encoder_of(store: Store) -> str:
    """Return the name of the encoder that a store was made with.

    :raises InputError: If it holds no article.
    """
    kept = store.mark
    if kept is None:
        raise InputError("The store holds no article. Put some into it: pullquote index FILE --store ADDRESS")
    return kept.name


def _check_caution(caution: Caution) -> None:
    if caution not in list(Caution):
        raise InputError(f"No caution is called {caution!r}. Choose one of: {', '.join(Caution)}.")


def load_searchable(
    source: Source, encoder: str | None = None, progress: Progress | None = None
) -> tuple[SentenceIndex, Encoder]:
    """Build or load the index of some articles, and the encoder for it.

    :param source: An index folder, a file, an article, or several files and articles.
    :param encoder: Model name or folder; by default the one that the index was made with, else
        the one that is shipped.
    :param progress: Called while sentences are encoded.
    :return: Both.
    :raises InputError: If a file, an index or a model cannot be used; the message says what to do.
    """
    if isinstance(source, File) and ((folder := Path(source)) / MANIFEST).is_file():
        model = open_encoder(encoder or read_manifest(folder).encoder)
        return load_index(folder, model), model
    given: Sequence[File | Article] = [source] if isinstance(source, File | Article) else source
    articles = [item if isinstance(item, Article) else read_article(item) for item in given]
    model = open_encoder(encoder or DEFAULT_ENCODER)
    return cached_index(articles, model, progress), model


def cached_index(articles: Sequence[Article], encoder: Encoder, progress: Progress | None = None) -> SentenceIndex:
    """Load the index of some articles from the cache, or build it and keep it there.

    :param articles: The articles.
    :param encoder: The encoder.
    :param progress: Called while sentences are encoded.
    :return: The index.
    :raises InputError: If no article is given or the cache cannot be written.
    """
    names = [_named(article) for article in articles]
    key = hashlib.sha256("\n".join([str(FORMAT), encoder.digest, *names]).encode()).hexdigest()
    folder = cache_folder() / "articles" / key[:24]
    if (folder / MANIFEST).is_file():
        try:
            return load_index(folder, encoder)
        except InputError:
            # A damaged cache is no concern of the person who asks: it is built anew.
            pass
    index = build_index(articles, encoder, progress)
    save_index(index, folder)
    return index


def _named(article: Article) -> str:
    """Name all that an index keeps of an article; of a text that has only lines, it is the name it always had."""
    name = article.id if article.id != article.version else ""
    # the same text may come from documents with other pages
    document = (article.landmarks, article.document_sha256)
    read = "" if document == (Landmarks(), None) else repr(document)
    # once, its lines were taken for paragraphs
    wrapped = "wrapped" if is_wrapped(article.text) else ""
    return " ".join(filter(None, (article.digest, article.url, name, read, wrapped)))
