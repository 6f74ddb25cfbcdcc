"""The command that does harm sees what it should see: its stores read back, and what is lost or raw is counted."""

from __future__ import annotations

import random
import time
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from index.errors import InputError
from tests.chaos.__main__ import table
from tests.chaos.child import LOST, QUIET, RAW, REFUSED, WHOLE, Tally
from tests.chaos.stores import BY_NAME, STORES, LostError, Store
from tests.chaos.trials import Bounds, crowd, damage, full_disk, kills

MADE_ANEW = ("index in the cache", "counts in the cache", "starters in the cache", "conversion")


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.name)
def test_a_store_reads_back_what_it_wrote(store: Store, tmp_path: Path) -> None:
    """And misses a step that it never wrote, unless it is a cache, which makes it anew."""
    store.read(tmp_path, [])
    for number in (0, 1):
        store.write(tmp_path, number)
    store.read(tmp_path, [0, 1])
    if store.name in MADE_ANEW:
        store.read(tmp_path, [0, 1, 99])
        return
    with pytest.raises((LostError, InputError)):
        store.read(tmp_path, [0, 1, 99])


@pytest.mark.parametrize(
    ("codes", "good", "row"),
    [
        ([WHOLE, WHOLE, REFUSED], True, ["3", "2", "1", "0", "0", "a note"]),
        ([WHOLE, LOST], False, ["2", "1", "0", "1", "0", "said 4"]),
        ([RAW], False, ["1", "0", "0", "0", "1", "said 1"]),
        ([-11, WHOLE], False, ["2", "1", "0", "0", "1", "said -11"]),
        ([None], False, ["1", "0", "0", "0", "1", "said None"]),
    ],
)
def test_what_is_lost_or_raw_is_told(codes: list[int | None], good: bool, row: list[str]) -> None:
    """A signal is raw, too; the table says what was seen last."""
    tally = Tally("[/kill]", "index", note="a note")
    for code in codes:
        tally.add(code, f"said {code}")
    assert tally.good is good
    console = Console(width=120, file=StringIO(), record=True)
    console.print(table([tally]))
    (line,) = (line for line in console.export_text().splitlines() if "index" in line)
    assert [cell.strip() for cell in line.split("│")[1:-1]] == ["[/kill]", "index", *row]


@pytest.mark.parametrize("trial", [kills, damage, full_disk, crowd])
def test_each_harm_is_done(tmp_path: Path, trial: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """To a real file, in processes of their own: nothing is lost and nothing raw."""
    monkeypatch.setenv(*QUIET)
    folder = tmp_path / "data"
    folder.mkdir()
    assert callable(trial)
    tally = trial(BY_NAME["annotation"], folder, Bounds(time.monotonic(), 1), random.Random(0))  # noqa: S311
    assert tally.good, tally.told
    assert tally.outcomes.total() >= 1
