"""What is computed for a billion sentences is right: against theory, by hand, and as docs/scale.md shows it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import factorial
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import lognorm

from tests.benchmarks.capacity import Machines, Measured, of_page, of_reports, planned
from tests.benchmarks.fan_out import LogNormal, Seconds, simulate
from tests.benchmarks.scaling import PAGE, SIZES, bytes_told, draw, main, plans_told

SEARCH = LogNormal(0.02, 0.05)


def exponential(random: np.random.Generator, shape: tuple[int, ...]) -> Seconds:
    """Draw times with the mean 1."""
    return random.exponential(1, shape)


def erlang(cores: int, load: float) -> float:
    """Return the mean wait of M/M/c by Erlang's formula C, for services with the mean 1."""
    all_busy = load**cores / factorial(cores) * cores / (cores - load)
    waits = all_busy / (sum(load**n / factorial(n) for n in range(cores)) + all_busy)
    return waits / (cores - load)


@pytest.mark.parametrize(("cores", "use"), [(1, 0.6), (4, 0.7)])
def test_waits_are_those_of_erlang(cores: int, use: float) -> None:
    """Exponential services wait as in M/M/c, within 5 %; by lot, a tenth of the questions come to each replica."""
    load = 10 * cores * use
    found = simulate(exponential, shards=30, replicas=10, cores=cores, load=load, questions=20_000)
    assert found.waited.mean() == pytest.approx(erlang(cores, cores * use), rel=0.05)
    assert found.busy.mean() == pytest.approx(use, rel=0.02)


def test_waits_are_those_of_pollaczek_and_khinchine() -> None:
    """Log-normal services wait as in M/G/1, within 5 %."""
    spread = lognorm(np.log(SEARCH.p95 / SEARCH.p50) / 1.6449, scale=SEARCH.p50)
    load = 0.6 / SEARCH.mean
    found = simulate(SEARCH.draw, shards=30, replicas=10, cores=1, load=10 * load, questions=20_000)
    assert found.waited.mean() == pytest.approx(load * spread.moment(2) / 2 / (1 - 0.6), rel=0.05)


def test_the_slowest_of_many_shards_is_waited_for() -> None:
    """On idle servers a question takes what the greatest of as many draws does, within 3 %; hedged, of the lesser."""
    asked = partial(simulate, shards=50, replicas=2, cores=1, questions=2000)
    harmonic = sum(1 / n for n in range(1, 51))
    idle = asked(exponential, load=1e-4)
    assert idle.latency.mean() == pytest.approx(harmonic, rel=0.03)
    # the lesser of two with the mean 1 has the mean 1/2
    hedged = asked(exponential, load=1e-4, hedge=0)
    assert hedged.latency.mean() == pytest.approx(harmonic / 2, rel=0.03)
    assert hedged.busy.mean() == pytest.approx(2 * idle.busy.mean(), rel=0.03)
    spread = lognorm(np.log(SEARCH.p95 / SEARCH.p50) / 1.6449, scale=SEARCH.p50)
    found = np.quantile(asked(SEARCH.draw, load=1e-2).latency, [0.5, 0.95])
    assert found == pytest.approx(spread.ppf(np.array([0.5, 0.95]) ** (1 / 50)), rel=0.03)


def test_who_lacks_a_replica_does_its_work_with_the_others() -> None:
    """Of two replicas used to 40 % one is left, used to 80 %; what waits there waits as Erlang says, within 10 %."""
    found = simulate(exponential, shards=2, replicas=2, cores=4, load=3.2, questions=20_000, lost=True, seed=1)
    assert found.busy == pytest.approx([0.8, 0.4], rel=0.03)
    assert found.waited == pytest.approx([erlang(4, 3.2), erlang(4, 1.6)], rel=0.1)
    with pytest.raises(ValueError, match="1 replicas, one of them lost"):
        simulate(exponential, shards=2, replicas=1, cores=4, load=1, questions=10, lost=True)


def test_the_same_seed_gives_the_same() -> None:
    """And another gives others."""
    one, same, other = (
        simulate(SEARCH.draw, shards=3, replicas=2, cores=1, load=20, questions=200, hedge=0.05, seed=seed)
        for seed in (0, 0, 1)
    )
    assert np.array_equal(one.latency, same.latency)
    assert not np.array_equal(one.latency, other.latency)


def test_a_fit_has_the_quantiles_that_it_was_given() -> None:
    """And the mean of what it draws."""
    drawn = SEARCH.draw(np.random.default_rng(0), (200_000,))
    assert np.quantile(drawn, [0.5, 0.95]) == pytest.approx([0.02, 0.05], rel=0.01)
    assert drawn.mean() == pytest.approx(SEARCH.mean, rel=0.01)


def test_a_plan_is_worked_out_by_hand() -> None:
    """Shards by memory, then by time; replicas by load; hours and money."""
    # 4000 bytes a sentence on disk; words take 1 ms and 10 ms more for each million
    small = Measured(1_000_000, 200, (20, 20 * np.e), (11, 11), 100, 4_000)
    given = Machines(memory_gb=10, filled=0.8, cores=2, goal_ms=1000, load=25, encode_per_s=1000, workers=5)
    measured = [Measured(500_000, 100, (1, 1), (6, 6), 50, 2_000), small]
    plan = planned("postgres", measured, 10_000_000, given)
    # 40 GB in shards of 8 GB; two million sentences in each: 20 ms × ln 2,000,000 / ln 1,000,000, and 1 + 2 × 10 ms
    assert plan.shards == 5
    assert plan.words.p50 == pytest.approx(0.021)
    assert plan.near.p50 == pytest.approx(0.02 * 14.5087 / 13.8155, rel=1e-4)
    # 25 × (21 ms × exp(1 / 2 / 1.6449²) + 21 ms) = 1.16 cores of 2 × 0.6: one, and a spare one
    assert plan.replicas == 2
    assert plan.encode_h == pytest.approx(10_000_000 / 5000 / 3600)
    # a search in the graph takes 1.05 times as long, so does a part of it
    assert plan.put_h == pytest.approx(10_000_000 / 1000 / 3600 * 14.5087 / 13.8155, rel=1e-4)
    assert plan.money == 10 * (10 * 3 + 2 * 20)
    # a median of at most 32 ms leaves 1,080,000 sentences or so to a shard: 20.1 and 1 + 10.8
    assert planned("postgres", measured, 10_000_000, replace(given, goal_ms=32)).shards == 10
    # a shard is not made smaller than what was measured
    assert planned("postgres", measured, 10_000_000, replace(given, goal_ms=1)).shards == 10


def test_the_page_and_reports_are_read_alike() -> None:
    """A column of docs/scale.md is a report of `tests.benchmarks.stores`, of which other numbers are left alone."""
    page = of_page(PAGE.read_text(encoding="utf-8"))
    assert {*of_reports(page)} == {"faiss", "postgres", "milvus_lite"}
    report = {
        "sentences": 100_000,
        "machine": {},
        "postgres": {
            "put_per_s": 160,
            "nearest_ms": {"p50": 15, "p95": 34},
            "words_ms": {"p50": 13, "p95": 29},
            "fetch_ms": {"p50": 7.5, "p95": 8.3},
            "memory_mb": 8,
            "disk_mb": 478,
        },
    }
    text = (
        "| | folder, 10,000 | PostgreSQL, 100,000 |\n|---|---|---|\n| put, sentences a second | 11,400 | 160 |\n"
        "| 100 nearest sentences | 4.0, 8.1 | 15, 34 |\n| 100 with the rarest | 0.2, 8.3 | 13, 29 |\n"
        "| memory of the process that asks, MB | 43 | 8 |\n| disk, MB | 20 | 478 |\n"
    )
    assert of_reports(of_page(text))["postgres"] == of_reports([report])["postgres"]
    assert of_reports(of_page(text))["postgres"] == [Measured(100_000, 160, (15, 34), (13, 29), 8, 478)]
    assert of_reports(of_page(text))["faiss"][0].put_per_s == 11_400
    with pytest.raises(ValueError, match="postgres is there twice with 100000 sentences"):
        of_reports([report, report])


def test_the_page_shows_what_is_computed() -> None:
    """If not, paste what `python -m tests.benchmarks.scaling` prints into docs/scale.md, and look at its text."""
    page = PAGE.read_text(encoding="utf-8")
    measured = of_reports(of_page(page))
    lines = [*(bytes_told(*of) for of in measured.items()), *plans_told(measured, SIZES, Machines())]
    assert [line for line in lines if line not in page.splitlines()] == []


def test_shards_are_drawn(tmp_path: Path) -> None:
    """A picture with every line's name."""
    measured = of_reports(of_page(PAGE.read_text(encoding="utf-8")))["postgres"]
    draw(measured, Machines(), 20, 0, tmp_path / "shards.svg")
    text = (tmp_path / "shards.svg").read_text(encoding="utf-8")
    assert "<!-- half of the questions -->" in text
    assert "<!-- 99 of 100, the slow ones asked twice -->" in text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("--filled 1.5", "--filled 1.5: give a number above 0 and below 1"),
        ("--load 0", "--load 0.0: give a number above 0"),
        ("--spare -1", "--spare -1: give a number above -1"),
        ("--plot no.png --questions 0", "--plot no.png: this needs --questions"),
        ("--sizes 10,100000", "--sizes 10,100000: give numbers from 1000 on"),
        ("--measured no.json", "Give what `python -m tests.benchmarks.stores --json FILE` wrote"),
    ],
)
def test_what_cannot_be_is_refused(
    given: str, told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the value and what to give."""
    monkeypatch.setattr("sys.argv", ["scaling", *given.split()])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert told in capsys.readouterr().err
