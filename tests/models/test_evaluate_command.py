"""`pullquote evaluate`: what it measures, says and saves."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from index.openvino_model import OpenVinoModel
from rag.evaluation.saved import read_run
from rag.question_sets.json_lines import read_json_lines
from tests.command import Done, pullquote
from tests.conftest import QUESTIONS, ROOT, SEED

LINES = 5
"""Of a saved run, before it is killed."""
THIRD = [record for _, record in read_json_lines(QUESTIONS)][::3]
"""Of the public set, conversations among them."""
RECORDS = sum(2 * len(record["turns"]) if "turns" in record else 1 for record in THIRD)
"""Of its run: each turn of a conversation is asked in it and by itself."""


def _evaluate(*arguments: str | Path, cwd: Path = ROOT) -> Done:
    return pullquote("evaluate", *arguments, cwd=cwd, COLUMNS="120")


def _measures(done: Done, run: int = 0) -> dict[str, Any]:
    assert done.returncode == 0, done.stderr
    measures: dict[str, Any] = next(iter(json.loads(done.stdout)["runs"][run]["measures"].values()))
    return measures


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with good and bad files."""
    (tmp_path / "a.txt").write_text("Red apples grow in Kent.\n\nGreen pears fall in Devon.", encoding="utf-8")
    (tmp_path / "q.csv").write_text(
        "question,answers,evidence,kind\n"
        "Where do apples grow?,Kent,apples grow in Kent,fruit\n"
        ",Kent,apples grow in Kent,fruit\n"
        "Where do plums grow?,Wales,plums grow in Wales,fruit\n"
        "Where do pears fall?,Devon,pears fall in Devon,other\n",
        encoding="utf-8",
    )
    (tmp_path / "broken.jsonl").write_text('{"question": "Where?"}\n{"question"\n', encoding="utf-8")
    (tmp_path / "squad.json").write_text(
        json.dumps(
            {
                "data": [
                    {
                        "title": "Fruit",
                        "paragraphs": [_paragraph("Red apples grow in Kent. They ripen late.", "apples", "Kent")],
                    },
                    {
                        "title": "More fruit",
                        "paragraphs": [_paragraph("Green pears fall in Devon. They are sweet.", "pears", "Devon")],
                    },
                ]
            }
        ),
        encoding="utf-8",
    )
    (tmp_path / "fruit.qrels").write_text("q1 0 d1 1\nq1 0 d2 1\nq2 0 d3 1\nq2 0 d4\n", encoding="utf-8")
    (tmp_path / "good.run").write_text(
        "q1 Q0 d1 1 9 good\nq1 Q0 d9 2 8 good\nq1 Q0 d2 3 7 good\nq2 Q0 d3 1 1 good\n", encoding="utf-8"
    )
    (tmp_path / "poor.run").write_text("q1 Q0 d9 1 9 poor\nq1 Q0 d1 2 8 poor\n", encoding="utf-8")
    return tmp_path


def _paragraph(context: str, fruit: str, answer: str) -> dict[str, Any]:
    return {
        "context": context,
        "qas": [
            {
                "id": fruit,
                "question": f"Where do {fruit} come from?",
                "answers": [{"text": answer, "answer_start": context.index(answer)}],
            },
            {"id": f"no-{fruit}", "question": f"Who eats {fruit}?", "answers": [], "is_impossible": True},
        ],
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "No question set. Give one: pullquote evaluate QUESTIONS.jsonl --article FILE"),
        (["q.txt", "--article", "a.txt"], "q.txt"),
        (
            ["q.csv", "--article", "a.txt", "--retriever", "magic"],
            "No retriever is called 'magic'. Choose one of: f",
        ),
        (
            ["q.csv", "--article", "a.txt", "--compare", "size=2"],
            "'size=2' is none of retriever=…, reader=…",
        ),
        (["q.csv", "--article", "a.txt", "--compare", "old.jsonl"], "Cannot read old.jsonl: No such file or directory"),
        (["q.csv", "--article", "a.txt", "--compare", "caution=none,reader="], "'reader=' is none of"),
        (
            ["q.csv", "--article", "a.txt", "--compare", "caution=mad"],
            "No caution is called 'mad'. Choose one",
        ),
        (
            ["q.csv", "--article", "a.txt", "--fail-under", "f2=1"],
            "no measure is called 'f2'. Choose one of",
        ),
        (["q.csv", "--article", "a.txt", "--baseline", "a.txt"], "a.txt is no saved run"),
        (["q.csv", "--article", "a.txt", "--strict"], "q.csv:3"),
        (["q.csv", "q.csv", "--article", "a.txt"], "is in two of the question sets. Rename one."),
        (
            ["squad.json", "--article", "a.txt"],
            "A question set brings its own articles (2). Leave --article",
        ),
        (["squad.json", "--by", "colour"], "No question has the field 'colour'. Choose one of: title."),
        (["--qrels", "fruit.qrels"], "--qrels and --run go together"),
        (["q.csv", "--qrels", "fruit.qrels", "--run", "good.run"], "Give question sets (q.csv) or --qrels with --run"),
        (["--qrels", "fruit.qrels", "--run", "good.run", "--strict"], "fruit.qrels:4"),
        (["--qrels", "none.qrels", "--run", "good.run"], "Cannot read none.qrels: No such file or directory"),
    ],
    ids=lambda value: " ".join(value)[:50] if isinstance(value, list) else "",
)
def test_bad_input_is_told_before_a_model_is_loaded(
    files: Path, arguments: list[str], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line names the value and the next step; exit code 2; nothing is written."""
    before = sorted(path.name for path in files.iterdir())
    monkeypatch.delattr(OpenVinoModel, "__init__")  # a model that is loaded all the same is an error
    done = _evaluate(*arguments, cwd=files)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert done.stderr.splitlines()[-1].startswith("pullquote: ")
    assert sorted(path.name for path in files.iterdir()) == before


def test_strict_refuses_what_no_article_proves(files: Path) -> None:
    """Without it, such a question is left out."""
    (files / "plums.csv").write_text(
        "question,answers,evidence\nWhere do apples grow?,Kent,apples grow in Kent\n"
        "Where do plums grow?,Wales,plums grow in Wales\n",
        encoding="utf-8",
    )
    arguments = ["plums.csv", "--article", "a.txt", "--reader", "none"]
    refused = _evaluate(*arguments, "--strict", cwd=files)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "plums.csv:3: no answer stands inside its evidence in the articles asked" in refused.stderr
    told = _evaluate(*arguments, cwd=files)
    assert (told.returncode, "Left out: 1. --strict stops at the first." in told.stderr) == (0, True)


def test_runs_of_other_programs_are_measured(files: Path) -> None:
    """Worked by hand: the good one finds d1 and d2 at 1 and 3, and d3 at 1; the poor one d1 at 2, and lacks q2."""
    arguments = ["--qrels", "fruit.qrels", "--run", "good.run", "--run", "poor.run", "--json"]
    done = _evaluate(*arguments, cwd=files)
    good, poor = _measures(done), _measures(done, 1)
    assert good["article.map"]["value"] == pytest.approx(((1 + 2 / 3) / 2 + 1) / 2)
    assert (good["article.recall@1"]["value"], good["article.recall@3"]["value"]) == (0.75, 1.0)
    assert (poor["article.mrr"]["value"], poor["article.mrr"]["count"]) == (0.25, 2)
    assert "fruit.qrels:4" in done.stderr
    assert "Left out: 1." in done.stderr
    (difference,) = [one for one in json.loads(done.stdout)["differences"] if one["measure"] == "article.recall@1"]
    assert (difference["run"], difference["baseline"], difference["difference"]) == ("poor.run", "good.run", -0.75)


def test_a_bound_that_is_missed_fails_the_job(files: Path) -> None:
    """Exit code 1, and which bound it was; a bound that is kept says nothing."""
    trec = ["--qrels", "fruit.qrels", "--run", "poor.run"]
    missed = _evaluate(*trec, "--fail-under", "article.mrr=0.3,article.hit@3=0.5", cwd=files)
    assert missed.returncode == 1
    assert missed.stderr.splitlines()[-1] == "article.mrr is 0.25, less than 0.3."
    assert _evaluate(*trec, "--fail-under", "article.mrr=0.25", cwd=files).returncode == 0


@pytest.mark.slow
def test_a_table_of_questions_about_an_article(files: Path) -> None:
    """What cannot be used is told with its line, and what does not stand in the article, too; the rest is measured."""
    done = _evaluate("q.csv", "--article", "a.txt", "--reader", "fast", "--json", "--report", "r.html", cwd=files)
    measures = _measures(done)
    assert (measures["evidence@1"]["value"], measures["evidence@1"]["count"]) == (1.0, 2)
    assert (measures["verbatim"]["value"], measures["f1"]["value"]) == (1.0, 1.0)
    assert "q.csv:3" in done.stderr
    assert "q.csv:4: no answer stands inside its evidence in the articles asked: 'plums grow in Wales'" in done.stderr
    run = json.loads(done.stdout)["runs"][0]
    assert (run["outcomes"], run["read_by"]) == ({"right": 2}, {"fast": 2})
    assert [risk for _, risk in run["risk_coverage"]] == [0.0, 0.0]
    assert set(run["slices"]["kind"]) == {"fruit", "other"}
    page = (files / "r.html").read_text(encoding="utf-8")
    assert "Where do apples grow?" not in page.split("<h2")[0]
    assert page.startswith("<!doctype html>")


@pytest.mark.slow
def test_squad_brings_its_own_articles(files: Path) -> None:
    """Asked of both, each question is answered from its own; slices by title; the table names every group."""
    done = _evaluate("squad.json", "--reader", "fast", "--by", "title", "--failures", cwd=files)
    assert done.returncode == 0
    for title in ("Answers", "Abstention", "Retrieval: sentences", "Retrieval: articles", "Where it fails"):
        assert title in done.stdout
    assert "By title" in done.stdout
    assert "More fruit" in done.stdout
    assert "│ questions             │                4 │" in done.stdout


@pytest.mark.slow
def test_rankings_written_for_trec_measure_the_same(files: Path) -> None:
    """Out as qrels and runs and in again: every measure of every level is equal."""
    done = _evaluate("squad.json", "--reader", "none", "--trec", "out", "--json", cwd=files)
    measures = _measures(done)
    for level, prefix in (("sentence", ""), ("paragraph", "paragraph."), ("article", "article.")):
        back = _measures(_evaluate("--qrels", f"out/{level}.qrels", "--run", f"out/{level}.run", "--json", cwd=files))
        for name in ("recall@1", "recall@3", "hit@1", "mrr", "ndcg@10", "map"):
            assert back[f"article.{name}"]["value"] == pytest.approx(measures[prefix + name]["value"]), (level, name)


@pytest.mark.slow
def test_every_way_to_rank_in_one_command(files: Path) -> None:
    """One table, the shipped way first; each of the others says how it differs."""
    done = _evaluate("squad.json", "--reader", "none", "--compare", "retrievers", "--json", cwd=files)
    runs = json.loads(done.stdout)["runs"]
    assert [run["name"] for run in runs][:6] == [
        "fitted",
        "retriever=dense",
        "retriever=dense-paragraph",
        "retriever=dense-window",
        "retriever=dense+paragraph",
        "retriever=bm25",
    ]
    assert {run["measures"]["single questions"]["recall@5"]["value"] for run in runs} == {1.0}


@pytest.mark.slow
def test_a_run_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    """Killed in the middle, started again: what is there is kept byte for byte, and the whole set is judged once."""
    questions, saved = tmp_path / "questions.jsonl", tmp_path / "run.jsonl"
    questions.write_text("".join(json.dumps(record) + "\n" for record in THIRD), encoding="utf-8")
    arguments: list[str | Path] = [questions, "--article", SEED, "--reader", "fast", "--save", saved, "--json"]
    command = [sys.executable, "-m", "rag.cli", "evaluate", *map(str, arguments)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as first:
        for _ in range(6_000):
            if saved.exists() and saved.read_bytes().count(b"\n") > LINES:
                break
            time.sleep(0.02)
        first.send_signal(signal.SIGKILL)
    assert first.returncode == -signal.SIGKILL
    there = saved.read_bytes()
    whole = there[: there.rindex(b"\n") + 1]
    assert LINES < whole.count(b"\n") < RECORDS
    done = _evaluate(*arguments)
    assert _measures(done)["verbatim"]["value"] == 1.0
    assert saved.read_bytes().startswith(whole)
    records = read_run(saved).records
    assert len({(record.id, record.asked) for record in records}) == len(records) == RECORDS
    again = _evaluate(*arguments, "--baseline", saved)
    assert json.loads(again.stdout)["runs"] == json.loads(done.stdout)["runs"]
    assert {one["difference"] for one in json.loads(again.stdout)["against_baseline"]} == {0.0}
    other = _evaluate(questions, "--article", SEED, "--reader", "fast", "--save", saved, "--caution", "none")
    assert other.returncode == 2
    assert "holds another run: its caution is 'normal', now it is 'none'" in other.stderr
