"""The README's code runs, and answers what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.test_readme import README


@pytest.mark.slow
@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, re.DOTALL))
def test_python_blocks_can_be_pasted(code: str, tmp_path: Path) -> None:
    """Into an interpreter that was started anywhere, line by line; the example's answer and refusal come out."""
    done = subprocess.run(
        [sys.executable, "-i", "-q"], input=code, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "Error" not in done.stderr
    answer, citations, refusal = done.stdout.splitlines()
    assert re.fullmatch(r"answered 12 million pounds 0\.\d+", answer)
    assert "Mayor Ann Byron said that it had cost 12 million pounds." in citations
    assert refusal == "not_in_article"
