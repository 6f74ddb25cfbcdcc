"""What the commands share: options, progress bars, and the way from options to an assistant."""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import zip_longest
from pathlib import Path
from types import TracebackType
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.text import Text

from index.article import MOST_BYTES_OF_DOCUMENT, Article, article_of, is_web_address, read_article
from index.errors import InputError
from index.hidden import visible
from index.manifest import MANIFEST, read_manifest
from index.stores.store import Store
from index.weights import CARRIED, DEFAULT_ENCODER, MPNET_FOR_QUESTIONS, cache_folder
from rag.answering.archive import Archive
from rag.answering.assistant import Assistant
from rag.reading.calibration import Caution, OperatingPoint
from rag.reading.reading import CalibratedReader
from rag.rendering.wording import language_warning
from rag.retrieval.fusion import DEFAULT, Fusion
from rag.workers.workers import ThisProcess, Workers

errors = Console(stderr=True)
STANDARD_INPUT = "-"
CRASHED = 70
"""Exit code after a fault of Pullquote's own (`EX_SOFTWARE` of sysexits.h): 1 says that a check was not passed."""
_WARNED = 8
"""Articles that are not in English and are named one by one."""

ArticleOption = Annotated[
    list[str] | None,
    typer.Option("--article", help="A file to ask about, or - for standard input; may be repeated.", metavar="FILE"),
]
FetchOption = Annotated[
    bool,
    typer.Option(
        "--allow-fetch",
        help="Get an article that is given by its address from the web; in a chat with --uploads, readers may too.",
    ),
]
IndexOption = Annotated[Path | None, typer.Option("--index", help="A folder made by `pullquote index`.")]
StoreOption = Annotated[
    str | None,
    typer.Option(
        "--store",
        help="Where articles are kept: a folder, postgresql://USER@HOST/DATABASE, or Milvus (a file that ends with "
        ".db, or http://HOST:PORT).",
        metavar="ADDRESS",
    ),
]
RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray",
        help="Share the work out with Ray: local, which takes all cores of this machine, or the HOST:PORT of a cluster "
        "that this machine belongs to.",
        metavar="ADDRESS",
    ),
]
EncoderOption = Annotated[
    str | None, typer.Option(help="Sentence-transformers folder or hub name.", show_default=DEFAULT_ENCODER)
]
ReaderOption = Annotated[
    str | None,
    typer.Option(
        help="accurate, fast, or a question-answering model's folder or hub name.",
        show_default="accurate; fast if that one has no model",
    ),
]
HintsOption = Annotated[
    bool,
    typer.Option(help="Where only some articles are asked, tell of another one that answers clearly better."),
]
CautionOption = Annotated[
    Caution, typer.Option(help="How sure to be before answering. How often it is right is printed for any but normal.")
]


def run(app: typer.Typer) -> None:
    """Run a command line; bad input is one line on standard error and exit code 2, and a fault of our own is 70.

    :param app: The command line.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    # A spinning OpenMP thread slows every other process of the machine, and gains nothing here.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    # What the libraries have to say of a model that is not there, our own message says in one line.
    for variable in ("HF_HUB_VERBOSITY", "TRANSFORMERS_VERBOSITY"):
        os.environ.setdefault(variable, "critical")
    logging.getLogger("sentence_transformers").setLevel(logging.CRITICAL)
    with ExitStack() as ending:
        ending.push(_end_crashed)
        try:
            app()
        except InputError as error:
            tell(f"pullquote: {error}", "red")
            sys.exit(2)


def _end_crashed(kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
    if isinstance(error, Exception):
        for line in "".join(traceback.format_exception(kind, error, error.__traceback__)).splitlines():
            tell(line)
        tell("pullquote: this is a fault of Pullquote's own, and no finding. Report it with the lines above.", "red")
        sys.exit(CRASHED)


def tell(text: str, style: str = "", console: Console = errors) -> None:
    """Print a line, whatever names and texts of others are in it: nothing in it is markup, nothing moves the cursor.

    :param text: The line.
    :param style: How it is shown, by rich's names.
    :param console: Where to; by default standard error.
    """
    console.print(Text(visible(text), style), soft_wrap=True)


def default_folder() -> Path:
    """Return the folder that `index` writes and `ask` reads when none is given."""
    return cache_folder() / "index"


def stay_offline(*models: str | None) -> None:
    """Switch the model libraries' networking off, unless a model is named that is not on this machine.

    :param models: The encoder and the reader asked for; nothing stands for the default.
    """
    # its trunk may have to be downloaded
    shipped = {None, *CARRIED, "accurate", "fast"} - {MPNET_FOR_QUESTIONS}
    if all(model in shipped or Path(str(model)).exists() for model in models):
        os.environ["HF_HUB_OFFLINE"] = "1"


def open_assistant(
    source: Path | list[Article],
    encoder: str | None,
    reader: str | None,
    caution: Caution = Caution.NORMAL,
    fusion: Fusion = DEFAULT,
    remembered: int = 0,
    *,
    hints: bool = False,
) -> Assistant:
    """Go from the options to an assistant, showing the progress of what takes time.

    :param source: An index folder or articles, see `find_source`.
    :param encoder: Name or folder, or the default.
    :param reader: Name or folder, or the default.
    :param caution: How sure to be before answering; what any but the normal costs is printed.
    :param fusion: Ranks the sentences.
    :param remembered: Answers that are kept, to be given again at once.
    :param hints: Whether an answer from some articles tells of another one that answers better.
    :return: The assistant.
    :raises InputError: If an option cannot be used.
    """
    # imported here: the model libraries take a second to import, which `--help` need not wait for
    from rag.loading import load_assistant  # noqa: PLC0415
    from rag.reading.shipped import obtained  # noqa: PLC0415

    # before our own progress bar, since a download shows one, and before the network is switched off
    reader = obtained(reader)
    stay_offline(encoder, reader)
    with encoding() as progress:
        assistant = load_assistant(
            source,
            encoder=encoder,
            reader=reader,
            caution=caution,
            fusion=fusion,
            remembered=remembered,
            hints=hints,
            progress=progress,
        )
    _tell_prices(assistant.reader, caution)
    return assistant


def open_archive(
    store: Store,
    encoder: str | None,
    reader: str | None,
    caution: Caution = Caution.NORMAL,
    *,
    hints: bool = False,
    asked: Store | None = None,
) -> Archive:
    """Go from a store and the options to what answers from it, likewise.

    :param store: The articles. It stays open.
    :param asked: The same store, as it is asked later; by default as it is.
    :raises InputError: If the store or an option cannot be used.
    """
    # imported here, as above
    from rag.loading import encoder_of, load_archive  # noqa: PLC0415
    from rag.reading.shipped import obtained  # noqa: PLC0415

    # a wrong address is told before anything is downloaded
    encoder = encoder or encoder_of(store)
    reader = obtained(reader)
    stay_offline(encoder, reader)
    with encoding():
        archive = load_archive(asked or store, encoder=encoder, reader=reader, caution=caution, hints=hints)
    _tell_prices(archive.reader, caution)
    return archive


def _tell_prices(reader: CalibratedReader, caution: Caution) -> None:
    if caution is not Caution.NORMAL:
        for line in _prices(reader, caution):
            tell(line)


def _prices(reader: CalibratedReader, caution: Caution) -> list[str]:
    """Say what a caution costs, and below it the normal one."""
    points = reader.calibration.points
    if points is None:
        return [f"Caution {caution}: this reader is not calibrated, so nobody has measured what that costs."]
    return [f"Caution {each}: {_rates(points[each])}" for each in (caution, Caution.NORMAL)]


def _rates(point: OperatingPoint) -> str:
    """Say how often an operating point is right, for questions with and without an answer."""
    answered = f"of 100 questions with an answer, {100 * point.answered:.0f} are answered with the right sentence"
    refused = f"of 100 without one, {100 * point.refused:.0f} are refused"
    if point.sure_answered is not None and point.sure_refused is not None:
        answered += f", {100 * point.sure_answered:.0f} of them surely"
        refused += f" and {100 * (point.sure_refused - point.refused):.0f} more are marked as unsure"
    return f"{answered}; {refused}."


def find_source(
    article: Sequence[str | Path] | None, folder: Path | None, urls: list[str] | None = None, fetch: bool = False
) -> Path | list[Article]:
    """Decide what to ask about, before any model is loaded.

    :param article: Files of articles, or what else `read_articles` takes.
    :param folder: An index folder.
    :param urls: Where the files are on the web, in their order.
    :param fetch: Whether an address may be got from the web.
    :return: The articles, or the index folder.
    :raises InputError: If both are given, neither exists, or a file cannot be read.
    """
    if article and folder:
        raise InputError(f"Give --article or --index, not both ({article[0]} and {folder}).")
    if article:
        return read_articles(article, urls, fetch)
    if urls:
        raise InputError(f"--url {urls[0]} needs the article's file. An index has its addresses: pullquote index --url")
    if folder or (default_folder() / MANIFEST).is_file():
        read_manifest(folder or default_folder())
        return folder or default_folder()
    raise InputError("No article to ask. Add --article FILE, or index one first: pullquote index FILE")


def read_articles(paths: Sequence[str | Path], urls: list[str] | None = None, fetch: bool = False) -> list[Article]:
    """Read articles; of those that are not in English a warning is printed.

    :param paths: Files, `-` for standard input, and addresses on the web.
    :param urls: Where each is on the web, in their order, or nothing.
    :param fetch: Whether an address may be got from there.
    :return: The articles, in their order.
    :raises InputError: If a file cannot be read or the addresses are not one for each.
    """
    check_addresses(paths, urls)
    articles = [article_named(str(path), url, fetch) for path, url in zip_longest(paths, urls or ())]
    foreign = [(path, warning) for path, one in zip(paths, articles, strict=True) if (warning := language_warning(one))]
    for path, warning in foreign[:_WARNED]:
        tell(f"{path}: {warning}", "yellow")
    if len(foreign) > _WARNED:
        tell(f"{len(foreign) - _WARNED} more articles look like another language than English.", "yellow")
    return articles


def check_addresses(paths: Sequence[str | Path], urls: list[str] | None) -> None:
    """Look whether addresses were given for all articles or for none.

    :raises InputError: If not.
    """
    if urls and len(urls) != len(paths):
        raise InputError(
            f"Articles: {len(paths)}, addresses: {len(urls)}. "
            "Give --url once for each article, in their order, or not at all."
        )


def is_read_here(name: str) -> bool:
    """Tell whether an article is no file, so that only this process can read it."""
    return name == STANDARD_INPUT or is_web_address(name)


def article_named(name: str, url: str | None, fetch: bool) -> Article:
    """Read an article.

    :param name: A file, `-` for standard input, or an address on the web.
    :param url: Where it is on the web.
    :param fetch: Whether an address may be got from there.
    :raises InputError: If it cannot be read.
    """
    if name == STANDARD_INPUT:
        return article_of(sys.stdin.buffer.read(MOST_BYTES_OF_DOCUMENT + 1), "Standard input", url)
    if not is_web_address(name):
        return read_article(name, url)
    if not fetch:
        raise InputError(
            f"{name} is on the web. The commands index, ask and chat get it with --allow-fetch; or save the page and "
            "give its file."
        )
    # imported here: few need it, and it takes a while
    from index.fetching import fetch_article  # noqa: PLC0415

    return fetch_article(name, url)


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Say how to install a package of an extra that is missing.

    :param extra: Name of the extra whose packages are imported inside.
    :raises InputError: If one of them is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = str(error.name).partition(".")[0]
        raise InputError(f"This needs {missing}. Run: pip install 'pullquote[{extra}]'") from error


@contextmanager
def working(ray: str | None) -> Iterator[Workers]:
    """Give who does the work: this process, or a Ray cluster.

    :param ray: `local` or an address, see `rag.workers.cluster.ray_workers`; None for this process.
    :raises InputError: If the cluster cannot be used, or Ray is not installed.
    """
    if ray is None:
        yield ThisProcess()
        return
    with ExitStack() as ending:
        with needs("ray"):
            # imported here, as it belongs to an extra
            from rag.workers.cluster import ray_workers  # noqa: PLC0415

            workers = ending.enter_context(ray_workers(ray))
        yield workers


@contextmanager
def encoding() -> Iterator[Callable[[int, int], None]]:
    """Show a bar that waits for the models, then counts encoded texts.

    :return: To be called with the texts encoded so far and the texts in all.
    """
    with _bar() as bar:
        task = bar.add_task("Loading the models (converted on first use)", total=None)
        yield lambda done, total: bar.update(task, description="Encoding", completed=done, total=total)


@contextmanager
def counting(label: str, total: int) -> Iterator[Callable[[], None]]:
    """Show a bar that counts.

    :param label: What is counted.
    :param total: How many there are.
    :return: To be called after each.
    """
    with _bar() as bar:
        task = bar.add_task(visible(label), total=total)
        yield lambda: bar.advance(task)


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    )
