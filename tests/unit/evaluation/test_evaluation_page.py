"""docs/evaluation.md and the workflow beside it are true: options, measures and formats exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import typer
import yaml
from typer.core import TyperGroup

from index.article import Article
from rag.cli import app
from rag.evaluation.gate import bounds
from rag.evaluation.gold import unfounded
from rag.evaluation.measures import BY_NAME
from rag.question_sets.reading import read_question_set
from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "evaluation.md").read_text(encoding="utf-8")
WORKFLOW = (ROOT / "docs" / "evaluate.yml").read_text(encoding="utf-8")
ARTICLE = Article("Red apples grow in Kent. Pears grow in Devon. Both grow in Kent and Devon.")


def test_options_exist() -> None:
    """Every option that the page or the workflow gives to `evaluate` is one of its own, and each of them is told."""
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    known = {name for option in group.commands["evaluate"].params for name in option.opts}
    told = set(re.findall(r"--[a-z][a-z-]+", PAGE + WORKFLOW)) - {"--output", "--evaluation"}
    assert told <= known
    assert {name for name in known if name.startswith("--")} - told == {
        "--encoder", "--retriever", "--caution"
    }  # fmt: skip


def test_measures_exist() -> None:
    """Each name of the table is a measure, and every measure that is not one of a series stands in it."""
    table = PAGE[PAGE.index("| name | what it is |") : PAGE.index("Every value of two")]
    names = {
        name.replace("@k", "@5").replace(".…", ".mrr")
        for row in table.strip().splitlines()[2:]
        for name in re.findall(r"`([^`]+)`", row.split("|")[1])
    }
    assert names <= set(BY_NAME)
    plain = {name for name in BY_NAME if "." not in name and not re.search(r"_p\d+$|@\d+$", name)}
    assert plain <= names


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_examples_are_read(tmp_path: Path, ending: str) -> None:
    """Without a fault, and what they say stands in an article of that kind."""
    (example,) = re.findall(rf"```{ending}\n(.*?)```", PAGE, re.DOTALL)
    path = tmp_path / f"q.{ending}"
    path.write_text(example, encoding="utf-8")
    read = read_question_set(path, strict=True)
    assert [question.text for question in read.questions][:2] == ["Where do apples grow?", "Who eats them?"]
    assert [question.answerable for question in read.questions][:2] == [True, False]
    assert list(unfounded(read.questions, {ARTICLE.id: ARTICLE})) == []


def test_bounds_in_the_examples_are_bounds() -> None:
    """Of the page and of the workflow."""
    under = re.findall(r"--fail-under (\S+)", PAGE + WORKFLOW)
    over = re.findall(r"--fail-over (\S+)", PAGE + WORKFLOW)
    assert [bound.measure for spec in under for bound in bounds(spec, least=True)] == [
        "evidence@1", "recall@5", "evidence@1", "recall@5", "refused"
    ]  # fmt: skip
    assert [bound.value for spec in over for bound in bounds(spec, least=False)] == [5000]


def test_the_workflow_is_one(tmp_path: Path) -> None:
    """YAML with steps, and a script that bash can read."""
    steps = yaml.safe_load(WORKFLOW)["jobs"]["evaluate"]["steps"]
    (script,) = [step["run"] for step in steps if "pullquote evaluate" in step.get("run", "")]
    path = tmp_path / "step.sh"
    path.write_text(script, encoding="utf-8")
    assert subprocess.run(["bash", "-n", path], check=False).returncode == 0
