"""The command line: index, ask, verify, evaluate."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

import index
from index.article import Article
from index.errors import InputError
from index.folder import stored_articles
from index.weights import DEFAULT_ENCODER
from rag.assistant import check_question
from rag.calibration import Caution
from rag.evaluation import Asked, Judged, Report, evaluate, summarise
from rag.output import written
from rag.questions import read_json_lines, read_questions
from rag.render import answer_text, visible
from rag.terminal import (
    ArticleOption,
    CautionOption,
    EncoderOption,
    IndexOption,
    ReaderOption,
    counting,
    default_folder,
    encoding,
    errors,
    find_source,
    open_assistant,
    read_articles,
    run,
    stay_offline,
)
from rag.transcript import check_transcript

app = typer.Typer(
    name="pullquote",
    help="Answer questions about an article in the article's own words, each with its citation.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console()
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("index")
def index_command(
    paths: Annotated[list[Path], typer.Argument(help="UTF-8 text files.", metavar="PATH...")],
    folder: Annotated[
        Path | None, typer.Option("--index", help="Where to write the index. [default: the platform's cache folder]")
    ] = None,
    encoder: EncoderOption = None,
    urls: Annotated[
        list[str] | None,
        typer.Option("--url", help="Where the article is on the web; one for each PATH, in order.", metavar="URL"),
    ] = None,
) -> None:
    """Read articles and store them as a searchable index."""
    articles = dict(zip(paths, read_articles(paths, urls), strict=True))
    stay_offline(encoder)
    target = folder or default_folder()
    with encoding() as progress:
        built = index.build_index(
            list(articles.values()), index.SentenceTransformerEncoder(encoder or DEFAULT_ENCODER), progress
        )
    index.save_index(built, target, {article.digest: path for path, article in articles.items()})
    count = f"{len(built)} sentences of {len(built.articles)} article{'s' * (len(built.articles) != 1)}"
    errors.print(f"Indexed {count} in {target}", highlight=False, soft_wrap=True)
    option = f" --index {folder}" if folder else ""
    errors.print(f'Next: pullquote ask "What happened?"{option}', highlight=False, soft_wrap=True)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="1 to 500 characters.")] = None,
    article: ArticleOption = None,
    folder: IndexOption = None,
    batch: Annotated[Path | None, typer.Option(help="JSON lines with 'question': one answer a line, in order.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Write the JSON lines of --batch there, whole or not at all.")
    ] = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    caution: CautionOption = Caution.NORMAL,
    as_json: JsonOption = False,
) -> None:
    """Ask a question, or a file of questions, about an article."""
    if (question is None) == (batch is None):
        raise InputError('Give a question or --batch FILE, one of the two: pullquote ask "Who is …?"')
    if output and not batch:
        raise InputError(f"--output {output} needs --batch FILE; a single answer goes to the terminal.")
    questions = _batch(batch) if batch else [question or ""]
    for asked in questions:
        check_question(asked)
    assistant = open_assistant(article, folder, encoder, reader, caution)
    if batch:
        with written(output) as lines, counting("Asking", len(questions)) as advance:
            for asked in questions:
                lines.write(json.dumps(assistant.ask(asked).to_dict(), ensure_ascii=False) + "\n")
                advance()
        return
    answer = assistant.ask(questions[0])
    if as_json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False, indent=2))
    else:
        _out.print(answer_text(answer, assistant.index.articles))


@app.command()
def verify(
    answers: Annotated[Path, typer.Argument(help="Answers as JSON lines, made by `ask --batch` or `ask --json`.")],
    article: ArticleOption = None,
    folder: IndexOption = None,
) -> None:
    """Check every quotation and every offset of saved answers against the articles.

    Exit code 0 if all stand, 1 if one does not.
    """
    faults = list(check_transcript(answers, _articles(article, folder)))
    for fault in faults:
        _out.print(visible(fault), style="red", highlight=False, markup=False, soft_wrap=True)
    if faults:
        _out.print(f"{len(faults)} quotations do not stand in the articles.", style="bold red", highlight=False)
        raise typer.Exit(1)
    _out.print("Every quotation stands in the articles, at its offsets.", style="green")


@app.command("evaluate")
def evaluate_command(
    paths: Annotated[list[Path], typer.Argument(help="Question sets as JSON lines.", metavar="QUESTIONS...")],
    article: ArticleOption = None,
    folder: IndexOption = None,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
    caution: CautionOption = Caution.NORMAL,
    failures: Annotated[bool, typer.Option("--failures", help="List every answer that is not fully right.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Measure answers, citations and refusals on question sets."""
    questions = [question for path in paths for question in read_questions(path)]
    assistant = open_assistant(article, folder, encoder, reader, caution)
    with counting("Asking", len(questions)) as advance:
        judged = evaluate(assistant, questions, advance)
    groups = {how.value: [item for item in judged if item.asked is how] for how in Asked}
    reports = {name: summarise(group) for name, group in groups.items() if group}
    if as_json:
        print(json.dumps({name: asdict(report) for name, report in reports.items()}, indent=2))
    else:
        _out.print(_table(reports))
        if failures:
            _print_failures(judged)


def main() -> None:
    """Run the command line."""
    run(app)


def _articles(article: list[Path] | None, folder: Path | None) -> list[Article]:
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


def _table(reports: dict[str, Report]) -> Table:
    table = Table("measure", *reports, title="Evaluation")
    rows: list[tuple[str, Callable[[Report], str]]] = [
        ("questions, answerable / not", lambda r: f"{r.answerable} / {r.unanswerable}"),
        ("evidence@1", lambda r: _share(r.evidence)),
        ("F1", lambda r: _share(r.f1)),
        ("exact match", lambda r: _share(r.exact)),
        ("AUROC", lambda r: "–" if r.auroc is None else f"{r.auroc:.3f}"),
        ("answerable: answered", lambda r: _share(r.answered)),
        ("unanswerable: refused", lambda r: _share(r.refused)),
        ("verbatim", lambda r: _share(r.verbatim)),
        ("calibration error of the answers", lambda r: "–" if r.calibration is None else f"{r.calibration:.3f}"),
        (
            "risk: wrong among the surest ¼, ½, ¾, all",
            lambda r: ", ".join(_share(_risk(r, n / 4)) for n in range(1, 5)),
        ),
        ("area under risk-coverage", lambda r: "–" if r.risk_area is None else f"{r.risk_area:.3f}"),
        ("last word", lambda r: ", ".join(f"{name or 'no reader'} {share:.0%}" for name, share in r.read_by.items())),
        ("ask, median / p95", lambda r: f"{r.p50_ms:.0f} / {r.p95_ms:.0f} ms"),
    ]
    for name, cell in rows:
        table.add_row(name, *(cell(report) for report in reports.values()))
    return table


def _risk(report: Report, coverage: float) -> float | None:
    """Risk when at least this share of the answers is given, the surest first."""
    return next((risk for covered, risk in report.risk_coverage if covered >= coverage), None)


def _share(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _print_failures(judged: list[Judged]) -> None:
    for item in judged:
        answer, question = item.answer, item.question
        if question.answerable and (not item.evidence or item.f1 < 1):
            kind = "refused" if not answer.spans else f"F1 {item.f1:.2f}" if item.evidence else "wrong sentence"
            gold = question.answers[0] if question.answers else ""
            line = f"{question.id} {kind}: {question.text} → {answer.text} (gold: {gold})"
        elif not question.answerable and answer.spans:
            line = f"{question.id} not refused ({answer.confidence:.2f}): {question.text} → {answer.text}"
        else:
            continue
        _out.print(visible(line), highlight=False, markup=False, soft_wrap=True)


if __name__ == "__main__":
    main()
