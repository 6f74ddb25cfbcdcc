"""The command `pullquote evaluate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rag.evaluation.options import ALL_RETRIEVERS, NO_READER, Options
from rag.reading.calibration import Caution
from rag.retrieval.fusion import FITTED, FUSIONS
from rag.terminal import ArticleOption, CautionOption, EncoderOption, IndexOption, RayOption, needs


def evaluate_command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Question sets: JSON lines, SQuAD JSON, CSV or TSV, a BEIR folder; .gz is read, too.",
            metavar="QUESTIONS...",
        ),
    ] = None,
    article: ArticleOption = None,
    folder: IndexOption = None,
    encoder: EncoderOption = None,
    reader: Annotated[
        str | None,
        typer.Option(help=f"accurate, fast, a model's folder or hub name; {NO_READER}: judge the ranking alone."),
    ] = None,
    retriever: Annotated[str, typer.Option(help=f"How sentences are ranked: {', '.join(FUSIONS)}.")] = FITTED,
    caution: CautionOption = Caution.NORMAL,
    own_article: Annotated[
        bool, typer.Option("--own-article", help="Ask each question only of the article that it belongs to.")
    ] = False,
    against: Annotated[
        list[str] | None,
        typer.Option(
            "--compare",
            help=f"What to compare with: 'reader=fast,retriever=dense', a saved run, or {ALL_RETRIEVERS!r} for every "
            "way to rank. May be repeated.",
            metavar="WHAT",
        ),
    ] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Show the measures by a field of the questions. May be repeated.")
    ] = None,
    failures: Annotated[bool, typer.Option("--failures", help="List every answer that is not fully right.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    report: Annotated[Path | None, typer.Option(help="Write one HTML page with plots and every failure.")] = None,
    save: Annotated[
        Path | None, typer.Option(help="Save the verdicts as they come; run again to go on where it was cut short.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at the first line that cannot be used.")] = False,
    fail_under: Annotated[
        str | None, typer.Option(help="Exit 1 if a measure is less: evidence@1=0.9,recall@5=0.97", metavar="BOUNDS")
    ] = None,
    fail_over: Annotated[
        str | None, typer.Option(help="Exit 1 if a measure is more: total_p95=2000,calibration=0.1", metavar="BOUNDS")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="A saved run: exit 1 if a measure is significantly worse.", metavar="RUN")
    ] = None,
    qrels: Annotated[Path | None, typer.Option(help="Judge --run by this TREC file, instead of questions.")] = None,
    run: Annotated[list[Path] | None, typer.Option(help="A TREC run of any program. May be repeated.")] = None,
    trec: Annotated[Path | None, typer.Option(help="Write the rankings there as TREC files.", metavar="DIR")] = None,
    ray: RayOption = None,
) -> None:
    """Measure answers, citations, refusals and rankings on question sets, without a language model as the judge.

    Exit code 0, or 1 if a bound or the baseline is missed.
    """
    with needs("evaluate"):
        # imported here: statistics take a second to import, which other commands need not wait for
        from rag.evaluation.evaluation import carry_out  # noqa: PLC0415

        passed = carry_out(
            Options(
                paths=tuple(paths or ()),
                article=tuple(article or ()),
                folder=folder,
                encoder=encoder,
                reader=reader,
                retriever=retriever,
                caution=caution,
                own_article=own_article,
                against=tuple(against or ()),
                by=tuple(by or ()),
                failures=failures,
                as_json=as_json,
                report=report,
                save=save,
                strict=strict,
                fail_under=fail_under,
                fail_over=fail_over,
                baseline=baseline,
                qrels=qrels,
                run=tuple(run or ()),
                trec=trec,
                ray=ray,
            )
        )
    if not passed:
        raise typer.Exit(1)
