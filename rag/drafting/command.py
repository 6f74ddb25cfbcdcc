"""The command `pullquote questions`: a question set to begin with, made of the article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from index.errors import InputError
from rag.drafting.draft import Draft
from rag.drafting.drafting import Drafted, asked, pairs
from rag.drafting.source import Source
from rag.drafting.templates import drafts, every_draft
from rag.files import written
from rag.question_sets.jsonl import check_output, question_line
from rag.terminal import EncoderOption, ReaderOption, counting, encoding, open_assistant, read_articles, tell


def questions_command(
    paths: Annotated[list[str], typer.Argument(help="Files of articles.", metavar="ARTICLE...")],
    output: Annotated[Path, typer.Option(help="Where to write the questions, as JSON lines.")],
    limit: Annotated[int, typer.Option(min=1, help="Questions to write at most.")] = 40,
    everything: Annotated[
        bool, typer.Option("--all", help="Write those too that the assistant does not answer as drafted.")
    ] = False,
    encoder: EncoderOption = None,
    reader: ReaderOption = None,
) -> None:
    """Draft questions about articles, with their answers, for a person to look through.

    A machine makes them, by rule, each answerable one with an unanswerable twin where it can. A model that learnt from
    readers chooses those that read best, unless the reader is the fast one. Only those are written that the assistant
    answers as drafted, so the assistant looks better on them than it is: look them through with
    `pullquote annotate`, add your own, and use --all where you want to measure.
    """
    check_output(output)
    articles = read_articles(paths)
    # imported here: the model libraries take a second to import, which `--help` need not wait for
    from rag.reading.shipped import FAST  # noqa: PLC0415

    judged = reader != FAST
    sources = [Source.of(article, judged=judged) for article in articles]
    best = _best(sources) if judged else list(map(drafts, sources))
    if not any(best):
        raise InputError(
            f"{paths[0]} has no sentence that a good question can be made of. "
            f"Write them yourself: pullquote annotate {paths[0]} --output {output}"
        )
    made = pairs(sources, best)
    assistant = open_assistant(articles, encoder, reader)
    with counting("Asking", len(made)) as advance:
        drafted = asked(made, assistant, limit, everything, advance)
    with written(output) as file:
        file.writelines(f"{question_line(question)}\n" for question in drafted.questions)
    _report(drafted, output, " ".join(paths))


def _best(sources: Sequence[Source]) -> list[list[Draft]]:
    """Draft what reads well: chosen by a model that needs the accurate reader's trunk; without it, by rule."""
    # imported here: the model libraries take a second to import, which `--help` need not wait for
    from rag.drafting.judge import chosen, load_judge  # noqa: PLC0415

    every = list(map(every_draft, sources))
    if not any(every):
        return every
    try:
        with encoding():
            judge = load_judge()
    except InputError as error:
        tell(f"No draft is judged, so more of them read badly: {error}")
        return [drafts(replace(source, judged=False)) for source in sources]
    with counting("Judging", sum(len(draft.golds) for made in every for draft in made)) as advance:
        found = [chosen(made, judge.chances(made, advance)) for made in every]
    tell(f"{sum(map(len, found))} of {sum(map(len, every))} drafts read well.")
    return found


def _report(drafted: Drafted, output: Path, articles: str) -> None:
    twins = sum("twin_of" in question.fields for question in drafted.questions)
    kept = len(drafted.questions)
    disagree = sum(question.fields["checked"] == "disagrees" for question in drafted.questions)
    lines = [
        f"Made by a machine: {kept} questions in {output}, {twins} of them unanswerable; {drafted.asked} were asked.",
        *([f"The assistant does not agree with {disagree} of them."] if disagree else []),
        *(f"Dropped, {reason}: {count}" for reason, count in drafted.dropped.most_common()),
        f"Next, keep or drop each: pullquote annotate {articles} --output {output}",
    ]
    for line in lines:
        tell(line)
