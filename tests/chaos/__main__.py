"""Do harm to all that Pullquote writes, and see what is left: `python -m tests.chaos [--seconds 300] [--rounds 400]`.

Writers are killed at random moments, every file is cut and has bits flipped, the disk is full, two write while one
reads, and a server's cache is deleted while it answers. Whatever was acknowledged must be there, and nothing may be
raised but an `InputError`. Exit code 1 if something was lost or raised raw.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tests.chaos.child import LOST, QUIET, RAW, REFUSED, WHOLE, Tally
from tests.chaos.stores import BY_NAME, STORES, Store
from tests.chaos.trials import Bounds, crowd, damage, full_disk, kills

Trial = Callable[[Store, Path, Bounds, random.Random], Tally]
TRIALS: dict[str, tuple[Trial, float, Sequence[str]]] = {
    "kill": (kills, 0.35, [store.name for store in STORES]),
    "damage": (damage, 0.3, [store.name for store in STORES]),
    "disk": (full_disk, 0.15, [store.name for store in STORES]),
    "crowd": (crowd, 0.1, ["index", "index that grows", "counts in the cache", "conversion", "feedback", "annotation"]),
}
"""The trials, with their share of the time and what they are done to."""
_SERVER = "server"


def trials(seconds: float, rounds: int, kinds: Sequence[str], seed: int) -> Iterator[Tally]:
    """Do the trials.

    :param seconds: About how long in all; each is done once at least.
    :param rounds: Of one trial on one store, at most.
    :param kinds: Which.
    :param seed: Of what is done by chance; when a kill comes depends on the machine, too.
    """
    for kind in kinds:
        if kind == _SERVER:
            # imported here: it takes a browser's driver, which the others do without
            from tests.chaos.serving import without_cache  # noqa: PLC0415

            yield without_cache(time.monotonic() + 0.1 * seconds)
            continue
        trial, share, names = TRIALS[kind]
        for name in names:
            with tempfile.TemporaryDirectory() as root:
                folder = Path(root) / "data"
                folder.mkdir()
                until = time.monotonic() + share * seconds / len(names)
                yield trial(BY_NAME[name], folder, Bounds(until, rounds), random.Random(f"{seed} {kind} {name}"))  # noqa: S311


def table(tallies: Sequence[Tally]) -> Table:
    """Show what came of the trials."""
    shown = Table(title="Chaos", title_justify="left")
    for head in ("harm", "done to", "trials", "whole", "refused", "lost", "raw"):
        shown.add_column(head, justify="left" if head in ("harm", "done to") else "right")
    shown.add_column("")
    for tally in tallies:
        counts = [tally.outcomes[code] for code in (WHOLE, REFUSED, LOST, RAW)]
        note = Text(tally.note if tally.good else tally.told, style="dim" if tally.good else "bold red")
        shown.add_row(Text(tally.kind), tally.store, *map(str, (sum(counts), *counts)), note)
    return shown


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=300, help="about how long in all")
    parser.add_argument("--rounds", type=int, default=400, help="of one harm done to one thing, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", choices=[*TRIALS, _SERVER], action="append", help="may be repeated")
    options = parser.parse_args(arguments)
    os.environ.update([QUIET])
    console, done = Console(width=None if sys.stdout.isatty() else 150), list[Tally]()
    for tally in trials(options.seconds, options.rounds, options.only or [*TRIALS, _SERVER], options.seed):
        done.append(tally)
        console.print(f"{tally.kind}: {tally.store}, {tally.outcomes.total()} trials", highlight=False)
    console.print(table(done))
    sys.exit(not all(tally.good for tally in done))


if __name__ == "__main__":
    main()
