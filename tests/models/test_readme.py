"""The README's code runs, and answers what it says."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.unit.test_readme import README


@pytest.mark.slow
@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_python_blocks_run(code: str) -> None:
    """As they stand, from the project's folder; the example's answer and refusal come out."""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    first, second, *_, last = done.stdout.splitlines()
    assert first.startswith("answered 19")
    assert second.startswith("[1] A day before the announcement")
    assert last == "not_in_article"
