"""The command line: index, list, update, check, ask, verify, evaluate, questions, and the pages chat and annotate."""

from __future__ import annotations

import dataclasses
import shlex
from contextlib import ExitStack, closing
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import index
from index.article import Article
from index.errors import InputError
from index.loading import stored_articles
from index.manifest import read_manifest
from index.revision import named_as_before
from index.store import SentenceIndex
from index.stores.opening import open_store
from index.weights import DEFAULT_ENCODER
from rag.answering.archive import Archive
from rag.answering.assistant import Assistant
from rag.chat.uploads import is_own
from rag.drafting.command import questions_command
from rag.evaluation.command import evaluate_command
from rag.evaluation.verification import check_transcript
from rag.files import written
from rag.language.words import tokenised
from rag.library.commands import check_command, list_command, put_into, remove_from, sources_of, update_command
from rag.question_sets.json_lines import read_json_lines
from rag.reading.calibration import Caution
from rag.rendering.console import answer_text
from rag.rendering.escaping import printable_json
from rag.terminal import (
    ArticleOption,
    CautionOption,
    EncoderOption,
    FetchOption,
    HintsOption,
    IndexOption,
    RayOption,
    ReaderOption,
    StoreOption,
    counting,
    default_folder,
    encoding,
    find_source,
    open_archive,
    open_assistant,
    read_articles,
    run,
    stay_offline,
    tell,
)
from rag.understanding.interpretation import check_question

app = typer.Typer(
    name="pullquote",
    help="Answer questions about an article in the article's own words, each with its citation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console()
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"pullquote {metadata.version('pullquote')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command("index")
def index_command(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Text, Markdown, PDF, DOCX, EPUB, HTML or e-mail files, - for standard input, or addresses with "
            "--allow-fetch; with --store, folders, too; with --remove, ids will do.",
            metavar="PATH...",
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Option("--index", help="Where to write the index.", show_default="the platform's cache folder"),
    ] = None,
    encoder: EncoderOption = None,
    urls: Annotated[
        list[str] | None,
        typer.Option("--url", help="Where the article is on the web; one for each PATH, in order.", metavar="URL"),
    ] = None,
    ids: Annotated[
        list[str] | None,
        typer.Option(
            "--id",
            help="The article's name in addresses and widgets; one for each PATH, in order.",
            metavar="ID",
            show_default="the one it has, or else made from its text",
        ),
    ] = None,
    add: Annotated[bool, typer.Option("--add", help="Add to the index that is there; only these are encoded.")] = False,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help="Put these, corrected, in the places of those with the same id, file or address."
        ),
    ] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove these from the index that is there.")] = False,
    fetch: FetchOption = False,
    store: StoreOption = None,
    ray: RayOption = None,
) -> None:
    """Read articles and store them as a searchable index, or change one: add to it, correct it, remove from it.

    A --store keeps what it has: articles are added, and one with an id that is there takes that one's place. What is in
    it already is not encoded again: an interrupted run is continued by the same command. Files that cannot be read are
    named and left out; then the exit code is 1.
    """
    steps = [name for name, wanted in (("--add", add), ("--replace", replace), ("--remove", remove)) if wanted]
    if len(steps) > 1:
        raise InputError(f"{' and '.join(steps)} are two steps: run the command once with each.")
    if store is not None:
        if folder or add or replace:
            raise InputError(
                "A --store takes no --index, --add or --replace: articles are added, and one with an id that is there "
                "takes that one's place (--id ID)."
            )
        if remove:
            remove_from(store, paths)
        else:
            _check_ids(len(paths), ids)
            sources = sources_of(paths, urls, ids, store, fetch=fetch, shared=ray is not None)
            put_into(store, sources, encoder, ray)
        return
    if ray is not None:
        raise InputError("--ray needs --store ADDRESS, where the articles are kept.")
    target = folder or default_folder()
    if remove:
        stored = index.remove_articles(target, paths)
    else:
        articles = dict(zip(paths, _named(read_articles(paths, urls, fetch), ids), strict=True))
        stored = _indexed(target, articles, encoder, *steps)
    count = f"{len(stored)} sentences of {len(stored.articles)} article{'s' * (len(stored.articles) != 1)}"
    tell(f"Indexed {count} in {target}")
    option = f" --index {shlex.quote(str(folder))}" if folder else ""
    tell(f'Next: pullquote ask "What happened?"{option}')


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="1 to 500 characters.")] = None,
    article: ArticleOption = None,
    folder: IndexOption = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="Id of an article to look in alone; may be repeated. `pullquote list` shows the ids."),
    ] = None,
    batch: Annotated[Path | None, typer.Option(help="JSON lines with 'question': one answer a line, in order.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write the JSON lines of --batch there, whole or not at all.")
    ] = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    caution: CautionOption = Caution.NORMAL,
    hints: HintsOption = True,
    fetch: FetchOption = False,
    as_json: JsonOption = False,
    store: StoreOption = None,
) -> None:
    """Ask a question, or a file of questions, about an article."""
    if (question is None) == (batch is None):
        raise InputError('Give a question or --batch FILE, one of the two: pullquote ask "Who is …?"')
    if output and not batch:
        raise InputError(f"--output {output} needs --batch FILE; a single answer goes to the terminal.")
    questions = _batch(batch) if batch else [question or ""]
    for asked in questions:
        check_question(asked)
    if store is not None and (article or folder):
        raise InputError("Give --store, --article or --index, one of the three.")
    with ExitStack() as opened:
        answers: Assistant | Archive
        if store is None:
            source = find_source(article, folder, fetch=fetch)
            answers = open_assistant(source, encoder, reader, caution, hints=hints)
        else:
            kept = opened.enter_context(closing(open_store(store, tokenised)))
            answers = open_archive(kept, encoder, reader, caution, hints=hints)
        if batch:
            with written(output) as lines, counting("Asking", len(questions)) as advance:
                for asked in questions:
                    lines.write(printable_json(answers.ask(asked, article=only).to_dict()) + "\n")
                    advance()
            return
        answer = answers.ask(questions[0], article=only)
    if as_json:
        print(printable_json(answer.to_dict(), indent=2))
    else:
        _out.print(answer_text(answer, answer.versions))


@app.command()
def verify(
    answers: Annotated[
        Path, typer.Argument(help="What `ask --batch` or `ask --json` wrote, or a saved conversation (.json, .md).")
    ],
    article: ArticleOption = None,
    folder: IndexOption = None,
) -> None:
    """Check saved answers against the articles: every quotation, that they say only what they quote, and the seal.

    Exit code 0 if all stand, 1 if one does not.
    """
    faults = list(check_transcript(answers, _articles(article, folder)))
    for fault in faults:
        tell(fault, "red", _out)
    if faults:
        tell(f"Not all stands in the articles; faults: {len(faults)}.", "bold red", _out)
        raise typer.Exit(1)
    tell("Every quotation stands in the articles, at its offsets, and nothing else was changed.", "green", _out)


app.command("evaluate")(evaluate_command)
app.command("questions")(questions_command)
app.command("list")(list_command)
app.command("update")(update_command)
app.command("check")(check_command)


def _hand_over(context: typer.Context) -> None:
    """Hand over to a page's own command: what is online knows nothing of pages, so it is looked up by its name."""
    name = str(context.info_name)
    (command,) = metadata.entry_points(group="pullquote.commands", name=name)
    page = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    page.command(name)(command.load())
    page(context.args, prog_name=context.command_path)


for _name, _help in {
    "chat": "Open a chat about articles in the browser, on this machine only.",
    "annotate": "Write questions about articles in the browser, by selecting the words that answer.",
}.items():
    app.command(
        _name,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
        add_help_option=False,
        short_help=_help,
    )(_hand_over)


def main() -> None:
    """Run the command line."""
    run(app)


def _check_ids(count: int, ids: list[str] | None) -> None:
    if ids and len(ids) != count:
        raise InputError(
            f"Articles: {count}, ids: {len(ids)}. Give --id once for each article, in their order, or not at all."
        )
    for name in ids or ():
        if is_own(name):
            raise InputError(
                f"The id {name} is one of those for documents that people bring to the chat. Give another."
            )
        if (ids or ()).count(name) > 1:
            raise InputError(f"The id {name} is given twice. Each article needs its own.")


def _named(articles: list[Article], ids: list[str] | None) -> list[Article]:
    _check_ids(len(articles), ids)
    return [dataclasses.replace(one, id=name) for one, name in zip(articles, ids, strict=True)] if ids else articles


def _indexed(target: Path, articles: dict[str, Article], encoder: str | None, step: str = "") -> SentenceIndex:
    name = encoder or (read_manifest(target).encoder if step else DEFAULT_ENCODER)
    stay_offline(name)
    with encoding() as progress:
        model = index.open_encoder(name)
        if step:
            change = index.replace_articles if step == "--replace" else index.add_articles
            return change(target, articles, model, progress)
        built = index.build_index(named_as_before(target, articles), model, progress)
    # standard input and the web are no files
    files = {article.digest: path for path, article in articles.items() if Path(path).is_file()}
    index.save_index(built, target, files)
    return built


def _articles(article: list[str] | None, folder: Path | None) -> list[Article]:
    source = find_source(article, folder)
    return source if isinstance(source, list) else stored_articles(source)


def _batch(path: Path) -> list[str]:
    questions = []
    for place, record in read_json_lines(path):
        question = record.get("question")
        if not isinstance(question, str):
            raise InputError(f"{place}: 'question' is {question!r}, not a text.")
        questions.append(question)
    if not questions:
        raise InputError(f"{path} holds no question. Give one JSON object a line, with 'question'.")
    return questions


if __name__ == "__main__":
    main()
