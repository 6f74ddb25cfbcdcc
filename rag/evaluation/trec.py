"""Rankings as trec_eval reads them: measured from the files of others, written for other programs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from index.encoder import Encoder
from index.errors import InputError
from index.store import SentenceIndex
from rag.evaluation.examiner import sentence_hits
from rag.evaluation.gold import gold_of, gold_sentences
from rag.evaluation.ranking import CUT, Level, grades_of, rank, ranking_values
from rag.evaluation.record import Asked, Outcome, Record, Run
from rag.files import written
from rag.question_sets.question import Fault, Question
from rag.question_sets.trec import qrels_lines, read_qrels, read_run, run_lines
from rag.retrieval.fusion import Fusion
from rag.retrieval.retriever import Retriever


def measured(qrels: Path, runs: Sequence[Path], *, strict: bool) -> tuple[list[Run], list[Fault]]:
    """Measure runs of any program.

    :param qrels: What is relevant, in TREC's format.
    :param runs: Rankings in TREC's format.
    :param strict: Whether the first bad line stops.
    :return: The runs, their documents counted as articles; a question that a run lacks counts 0, as trec_eval -c does.
    :raises InputError: If a file cannot be read or holds nothing.
    """
    judged, bad = read_qrels(qrels, strict)
    faults = list(bad)
    found = []
    for path in runs:
        ranked, more = read_run(path, strict)
        faults += more
        records = tuple(_record(query, grades, ranked.get(query, {})) for query, grades in judged.items())
        found.append(Run(path.name, {"qrels": str(qrels), "run": str(path)}, records))
    if not any(record.values for run in found for record in run.records):
        raise InputError(f"No question of {qrels} has a relevant document (a grade of 1 or more).")
    return found, faults


def write_trec(
    folder: Path,
    questions: Sequence[Question],
    index: SentenceIndex,
    encoder: Encoder,
    fusion: Fusion,
    tag: str,
    tick: Callable[[], None],
) -> list[Path]:
    """Write what is relevant and what was ranked, by sentences, paragraphs and articles.

    :param folder: Made if missing.
    :param questions: Asked one by one; a turn that needs its conversation is asked written out.
    :param index: The articles. A sentence is `<article>:<number>`, a paragraph `<article>:p<number>`.
    :param encoder: The encoder.
    :param fusion: What is ranked by.
    :param tag: Name of the run, its last column.
    :param tick: Called after each question.
    :return: The files: `sentence.qrels`, `sentence.run`, and the same for the other levels.
    :raises InputError: If they cannot be written or an id holds white space.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"Cannot write to {folder}: {error.strerror}. Give another folder.") from error
    articles = {article.id: article for article in index.articles}
    retriever = Retriever(index, encoder)
    paths = {(level, kind): folder / f"{level.name.lower()}.{kind}" for level in Level for kind in ("qrels", "run")}
    with ExitStack() as files:
        out = {key: files.enter_context(written(path)) for key, path in paths.items()}
        for question in questions:
            grades = grades_of(gold_sentences(gold_of(question, articles), index), question.relevant, index)
            found = sentence_hits(retriever, question.standalone or question.text)
            for level, right in grades.items():
                ranked = rank(level, found, index, fusion)
                scores = {_name(level, number, index): float(CUT - place) for place, number in enumerate(ranked)}
                judged = {question.id: {_name(level, number, index): grade for number, grade in right.items()}}
                out[level, "qrels"].writelines(f"{line}\n" for line in qrels_lines(judged))
                out[level, "run"].writelines(f"{line}\n" for line in run_lines({question.id: scores}, tag))
            tick()
    return list(paths.values())


def _record(query: str, grades: dict[str, int], scores: dict[str, float]) -> Record:
    # trec_eval's order: by score, a tie by the document's name, both descending
    ranked = sorted(scores, key=lambda name: (scores[name], name), reverse=True)
    numbers = {name: number for number, name in enumerate({**dict.fromkeys(ranked), **dict.fromkeys(grades)})}
    right = {numbers[name]: grade for name, grade in grades.items() if grade > 0}
    values = ranking_values({Level.ARTICLE: [numbers[name] for name in ranked]}, {Level.ARTICLE: right})
    return Record(query, query, Asked.SINGLE, True, Outcome.UNJUDGED, values=values)


def _name(level: Level, number: int, index: SentenceIndex) -> str:
    if level is Level.ARTICLE:
        return index.articles[number].id
    if level is Level.SENTENCE:
        stored = index.sentences[number]
        return f"{index.articles[stored.article].id}:{stored.number}"
    stored = index.sentences[bisect_left(index.sentences, number, key=lambda one: one.paragraph)]
    return f"{index.articles[stored.article].id}:p{stored.sentence.paragraph}"
