"""The command that tries random examples: in rounds, until the time is up or something fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

PROPERTY = """
import os
from hypothesis import given, strategies as st

@given(st.integers(0, 2**40))
def test_a_property(number):
    with open({told!r}, "a") as file:
        file.write(f"{{number}}\\n")
    assert {holds}

def test_no_property():
    assert not "tried"
"""


@pytest.mark.parametrize(("holds", "code"), [("True", 0), ("number % 7 != 3 or number < 100", 1)])
def test_rounds(tmp_path: Path, holds: str, code: int) -> None:
    """Of properties only, with other numbers each time; what fails is shown small, and ends it."""
    told = tmp_path / "told"
    (tmp_path / "test_it.py").write_text(PROPERTY.format(told=str(told), holds=holds), encoding="utf-8")
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", "2", "--examples", "50", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "test_no_property" in done.stdout) == (code, False), done.stdout
    numbers = told.read_text(encoding="utf-8").split()
    if code:
        assert "FAILED test_it.py::test_a_property" in done.stdout
        assert "@reproduce_failure" in done.stdout
    else:
        assert len(numbers) >= 100
        assert len(set(numbers)) > 60
