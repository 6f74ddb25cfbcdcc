"""Try random examples in every property test for a time: `python -m tests.fuzz [--seconds 300] [PATH...]`.

The engine is hypothesis: what is fuzzed is Python and knows its formats, so values of the right shape with a few wrong
parts go deeper than bytes that a coverage tool (atheris) has to grow into JSON first; what it finds it makes small, and
the small case is written into the test as an `@example`, where it stays. So there is one set of properties, which
`make test` tries with the same examples each time, and this command with new ones, in rounds, in another order each.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Rounds:
    """A pytest plugin: all tests, again and again, in another order and with other examples each time.

    :param seconds: About how long; each test is done once at least.
    :param examples: Of each property in a round; a test that sets its own number keeps it.
    """

    def __init__(self, seconds: float, examples: int) -> None:
        self._seconds = seconds
        self._examples = examples

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self) -> None:
        """Let hypothesis draw other examples each time."""
        # imported here: pytest wants to see it first
        from hypothesis import settings  # noqa: PLC0415

        fuzz = settings(settings.get_profile("ci"), derandomize=False, max_examples=self._examples)
        settings.register_profile("fuzz", fuzz)

    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Do the rounds; the one in which something fails is the last."""
        unread = session.testsfailed
        if unread or session.config.option.collectonly:
            return None
        until = time.monotonic() + self._seconds
        for number in count():
            random.shuffle(session.items)
            for item in session.items:
                if number and time.monotonic() > until:
                    return True
                session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
            if session.testsfailed:
                break
        return True


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command; exit code 1 if a property does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="about how long in all")
    parser.add_argument("--examples", type=int, default=200, help="of each property in a round")
    parser.add_argument("-k", default="", metavar="EXPRESSION", help="only these tests, as pytest chooses them")
    parser.add_argument("paths", nargs="*", default=[str(ROOT / "tests")], help="where tests are looked for")
    options = parser.parse_args(arguments)
    chosen = ["-m", "hypothesis and not slow", "-k", options.k, *options.paths]
    quiet = ["--hypothesis-profile=fuzz", "--timeout=0", "-q", "-p", "no:cacheprovider"]
    rounds = Rounds(options.seconds, options.examples)
    sys.exit(int(pytest.main([f"--rootdir={ROOT}", *quiet, *chosen], plugins=[rounds])))


if __name__ == "__main__":
    main()
