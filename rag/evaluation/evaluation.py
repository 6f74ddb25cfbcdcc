"""From the options of `pullquote evaluate` to tables, files, a report and a verdict."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rich.console import Console

from index.article import Article
from index.encoder import Encoder
from index.errors import InputError
from index.store import SentenceIndex
from rag.answering.assistant import Assistant
from rag.evaluation.comparison import Difference, compare
from rag.evaluation.configuration import Configuration, one_pass, to_compare
from rag.evaluation.exam import Exam
from rag.evaluation.examiner import Examine, Examiner, Rank
from rag.evaluation.gate import bounds, lost, missed
from rag.evaluation.gold import unfounded
from rag.evaluation.options import NO_READER, Options
from rag.evaluation.record import Outcome, Run
from rag.evaluation.saved import read_run
from rag.evaluation.summary import summary
from rag.evaluation.table import certainty, failures, outcomes, slices, tables
from rag.evaluation.trec import measured, write_trec
from rag.evaluation.window import windowed
from rag.files import written
from rag.question_sets.question import Fault, Question
from rag.question_sets.reading import read_question_set
from rag.rendering.escaping import printable_json
from rag.retrieval.fusion import FITTED, FUSIONS, WINDOWED
from rag.terminal import counting, encoding, find_source, open_assistant, stay_offline, tell, working

_FAULTS_SHOWN = 20
_out = Console()


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked, and of what.

    :param source: Articles, or the folder of an index.
    """

    questions: tuple[Question, ...]
    source: Path | list[Article]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Runs, how the others differ from the first, and how the first differs from the baseline.

    :param articles: Those that were asked, by id.
    """

    runs: tuple[Run, ...]
    differences: tuple[Difference, ...]
    articles: dict[str, Article]
    against_baseline: tuple[Difference, ...] = ()


def carry_out(options: Options) -> bool:
    """Evaluate.

    :param options: What was asked for.
    :return: Whether every bound is kept and the baseline is not missed.
    :raises InputError: If an option cannot be used; bounds, files and names are read before a model is loaded.
    """
    asked = [*bounds(options.fail_under, least=True), *bounds(options.fail_over, least=False)]
    baseline = read_run(options.baseline) if options.baseline else None
    verdicts = _of_trec(options) if options.qrels or options.run else _of_questions(options)
    if baseline:
        kept = replace(baseline, name=str(options.baseline))
        verdicts = replace(verdicts, against_baseline=tuple(compare(kept, verdicts.runs[:1])))
    if options.report:
        # imported here: a plotting library takes a second to import
        from rag.evaluation.report.page import write_report  # noqa: PLC0415

        with written(options.report) as file:
            file.write(write_report(verdicts.runs, verdicts.differences, verdicts.articles))
        tell(f"Report: {options.report}")
    if options.as_json:
        found = summary(verdicts.runs, verdicts.differences, verdicts.against_baseline)
        _out.file.write(printable_json(found, indent=2) + "\n")
    else:
        _print(verdicts, options)
    faults = [*missed(verdicts.runs[0], asked), *lost(verdicts.against_baseline)]
    for fault in faults:
        tell(fault, "bold red")
    return not faults


def _of_trec(options: Options) -> Verdicts:
    if options.paths:
        raise InputError(f"Give question sets ({options.paths[0]}) or --qrels with --run, not both.")
    if not (options.qrels and options.run):
        raise InputError("--qrels and --run go together: pullquote evaluate --qrels FILE --run FILE")
    runs, faults = measured(options.qrels, options.run, strict=options.strict)
    _tell(faults)
    return Verdicts(tuple(runs), tuple(compare(runs[0], runs[1:])), {})


def _of_questions(options: Options) -> Verdicts:
    main = Configuration(_name(options), options.retriever, options.reader, options.encoder, options.caution)
    configurations, saved = to_compare(options.against, main)
    subject = _subject(options)
    exam = Exam(subject.questions, options.own_article, options.save)
    runs: dict[str, Run] = {}
    articles: dict[str, Article] = {}
    with working(options.ray) as workers:
        for group in one_pass([main, *configurations]):
            if group[0].reader == NO_READER:
                index, encoder = _searchable(subject, group[0])
                exam, articles = _founded(exam, index, options.strict)
                ranking = _ranking(group, index, encoder, options)
                with counting("Ranking", len(exam.questions)) as advance:
                    ranked = exam.rankings(group, index, main in group, advance, workers, ranking)
                runs |= {run.name: run for run in ranked}
            else:
                (one,) = group
                assistant = open_assistant(subject.source, one.encoder, one.reader, one.caution, FUSIONS[one.retriever])
                exam, articles = _founded(exam, assistant.index, options.strict)
                asking = _asking(one, assistant, options)
                with counting(f"Asking: {one.name}", len(exam.questions)) as advance:
                    runs[one.name] = exam.answers(one, assistant, one is main, advance, workers, asking)
    if options.trec:
        _write_trec(options.trec, exam, main, subject)
    in_order = (*(runs[one.name] for one in (main, *configurations)), *saved)
    return Verdicts(in_order, tuple(compare(in_order[0], in_order[1:])), articles)


def _asking(one: Configuration, assistant: Assistant, options: Options) -> Callable[[], Examine]:
    """Make what asks this assistant, or another one like it in each worker."""
    if options.ray is None:
        examiner = Examiner(assistant, FUSIONS[one.retriever], options.own_article)
        return lambda: examiner.examine
    # imported here, as below
    from index.openvino_encoder import open_encoder  # noqa: PLC0415
    from rag.evaluation.asking import Asking  # noqa: PLC0415

    opened = partial(open_encoder, assistant.encoder.name)
    reader = assistant.reader.name
    return Asking(assistant.index, opened, reader, one.caution, one.retriever, options.own_article)


def _ranking(
    group: Sequence[Configuration], index: SentenceIndex, encoder: Encoder, options: Options
) -> Callable[[], Rank]:
    """Make what ranks by all configurations of a group."""
    # imported here, as below
    from index.openvino_encoder import open_encoder  # noqa: PLC0415
    from rag.evaluation.asking import Ranking  # noqa: PLC0415

    fusions = {one.name: FUSIONS[one.retriever] for one in group}
    opened = (lambda: encoder) if options.ray is None else partial(open_encoder, encoder.name)
    return Ranking(index, opened, fusions, options.own_article)


def _searchable(subject: Subject, one: Configuration) -> tuple[SentenceIndex, Encoder]:
    # imported here: what other programs found is measured without the model libraries
    from rag.loading import load_searchable  # noqa: PLC0415

    stay_offline(one.encoder)
    with encoding() as progress:
        index, encoder = load_searchable(subject.source, one.encoder, progress)
    return windowed(index, encoder) if one.retriever == WINDOWED else index, encoder


def _name(options: Options) -> str:
    named = [options.retriever] if options.retriever != FITTED or options.reader == NO_READER else []
    named += [options.reader] if options.reader and options.reader != NO_READER else []
    return ", ".join(named) or "default"


def _subject(options: Options) -> Subject:
    if not options.paths:
        raise InputError("No question set. Give one: pullquote evaluate QUESTIONS.jsonl --article FILE")
    sets = [read_question_set(path, options.strict) for path in options.paths]
    _tell([fault for one in sets for fault in one.faults])
    brought = {article.id: article for one in sets for article in one.articles}
    if brought and (options.article or options.folder):
        raise InputError(f"A question set brings its own articles ({len(brought)}). Leave --article and --index out.")
    questions = tuple(question for one in sets for question in one.questions)
    ids: set[str] = set()
    for question in questions:
        if question.id in ids:
            raise InputError(f"{question.origin}: the id {question.id!r} is in two of the question sets. Rename one.")
        ids.add(question.id)
    known = sorted({field for question in questions for field in question.fields})
    for field in options.by:
        if field not in known:
            raise InputError(f"No question has the field {field!r}. Choose one of: {', '.join(known) or '–'}.")
    return Subject(questions, list(brought.values()) or find_source(list(options.article), options.folder))


def _tell(faults: Sequence[Fault]) -> None:
    for fault in faults[:_FAULTS_SHOWN]:
        tell(f"{fault.place}: {fault.reason}", "yellow")
    if faults:
        more = f" ({len(faults) - _FAULTS_SHOWN} more)" if len(faults) > _FAULTS_SHOWN else ""
        tell(f"Left out: {len(faults)}{more}. --strict stops at the first.", "yellow")


def _founded(exam: Exam, index: SentenceIndex, strict: bool) -> tuple[Exam, dict[str, Article]]:
    """Leave out what cannot be judged on these articles, a conversation as a whole, and tell; or refuse it."""
    articles = {article.id: article for article in index.articles}
    found = list(unfounded(exam.questions, articles))
    if found and strict:
        raise InputError(f"{found[0][1].place}: {found[0][1].reason}.")
    _tell([fault for _, fault in found])
    bad = {question.id for question, _ in found}
    talks = {question.conversation for question, _ in found if question.conversation}
    kept = tuple(one for one in exam.questions if one.id not in bad and one.conversation not in talks)
    if not kept:
        raise InputError(f"No question can be judged on these articles: {found[0][1].place}: {found[0][1].reason}.")
    return replace(exam, questions=kept), articles


def _write_trec(folder: Path, exam: Exam, main: Configuration, subject: Subject) -> None:
    index, encoder = _searchable(subject, main)
    with counting("Writing the rankings", len(exam.questions)) as advance:
        write_trec(folder, exam.questions, index, encoder, FUSIONS[main.retriever], main.retriever, advance)
    tell(f"Rankings: {folder}")


def _print(verdicts: Verdicts, options: Options) -> None:
    first = verdicts.runs[0]
    judged = any(record.outcome is not Outcome.UNJUDGED for run in verdicts.runs for record in run.records)
    for table in tables(verdicts.runs, verdicts.differences or verdicts.against_baseline):
        _out.print(table)
    notes = ["Value, 95 % interval (bootstrap). Shares in per cent, times in milliseconds."]
    if verdicts.differences or verdicts.against_baseline:
        other = first.name if verdicts.differences else options.baseline
        notes.append(f"Below: difference from {other}; p of a paired randomisation test, corrected (Holm); * p < 0.05.")
    for note in notes:
        tell(note, "dim", _out)
    if judged:
        _out.print(outcomes(verdicts.runs))
        _out.print(certainty(verdicts.runs))
    for field in options.by:
        _out.print(slices(first, field))
    if options.failures:
        for line in failures(first):
            tell(line, console=_out)
