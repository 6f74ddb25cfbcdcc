"""A real cluster of two nodes: what it puts into a store and reports is what one process does, whatever goes wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import Any, TextIO

import pytest

from index.stores.opening import open_store
from rag.language.words import tokenised
from tests.conftest import QUESTIONS, ROOT, SEED
from tests.postgres import started as postgres
from tests.ray.cluster import Cluster, started
from tests.ray.processes import family, listening, reading, wait_until_gone
from tests.unit.index.test_stores import same

FILES = 40
WAITED_FOR = ("one", "two")
"""Articles in pipes: who reads one waits until it is written."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Two nodes with a core each."""
    with started() as cluster:
        yield cluster


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of articles, one of them twice, and two files that are none."""
    folder = tmp_path_factory.mktemp("articles")
    for number in range(FILES):
        lines = (f"Bridge {number} was opened in {year}. It cost {year * number} pounds." for year in range(1900, 1912))
        (folder / f"{number:02}.txt").write_text(f"Bridge {number}\n\n" + " ".join(lines), encoding="utf-8")
    (folder / "twin.txt").write_bytes((folder / "07.txt").read_bytes())
    (folder / "empty.txt").write_bytes(b"")
    (folder / "damaged.pdf").write_bytes(b"%PDF-1.7\nnone")
    return folder


@pytest.fixture(scope="module")
def expected(files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one process puts into a folder."""
    folder = tmp_path_factory.mktemp("expected")
    for name in WAITED_FOR:
        (folder / name).write_text(_text(name), encoding="utf-8")
    store = folder / "store"
    done = _run({}, "index", folder / "one", files, folder / "two", "--store", store)
    assert done.returncode == 1, done.stderr
    assert done.stderr.splitlines()[-3:] == _told(stored=FILES + 2, sentences=_sentences())
    return store


def test_a_node_is_lost_and_the_store_is_gone_for_a_while(
    cluster: Cluster, files: Path, expected: Path, tmp_path: Path
) -> None:
    """While both nodes work: each article is there once, as one process puts it; and again there is nothing to do."""
    pipes = [tmp_path / name for name in WAITED_FOR]
    for pipe in pipes:
        os.mkfifo(pipe)
    with postgres() as server, ThreadPoolExecutor(2) as threads:
        store = server.address()
        command: list[str | Path] = ["index", pipes[0], files, pipes[1], "--store", store, "--ray", cluster.address]
        process = _start(cluster.environment, *command)
        # they are open when a worker reads each
        opened = list(threads.map(_opened, pipes))
        server.stop()
        cluster.lose_node()
        server.start()
        list(threads.map(_written, pipes, opened))
        out, told = process.communicate(timeout=240)
        assert (process.returncode, out) == (1, ""), told
        lines = told.splitlines()
        assert lines[-3:] == _told(stored=FILES + 2, sentences=_sentences())
        assert [Path(line.split()[0]).name for line in lines[:-3]] == ["damaged.pdf", "empty.txt"]
        _same(store, str(expected))
        cluster.add_node()
        again = _run(cluster.environment, "index", files, "--store", store, "--ray", cluster.address)
    assert again.returncode == 1
    assert again.stderr.splitlines()[-3:] == [
        f"Stored 0 sentences of 0 articles; the store holds {FILES + 2} articles",
        f"In the store already: {FILES + 1} articles",
        "Left out, as they could not be read: 2 files",
    ]


def test_an_evaluation_says_the_same(cluster: Cluster, tmp_path: Path) -> None:
    """All but the times: of answers and of rankings, where a part was saved before, too."""
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        "".join(QUESTIONS.read_text(encoding="utf-8").splitlines(keepends=True)[:12]), encoding="utf-8"
    )
    for options in (["--reader", "fast"], ["--reader", "none", "--compare", "retriever=bm25"]):
        told: list[object] = []
        saved: list[list[str]] = []
        for turn, shared in enumerate(([], ["--ray", cluster.address])):
            run = tmp_path / f"{options[1]}{turn}.jsonl"
            command: list[str | Path] = ["evaluate", questions, "--article", SEED, "--save", run, "--json"]
            if shared:
                run.write_text("".join(saved[0][:5]), encoding="utf-8")
            done = _run(cluster.environment, *command, *options, *shared)
            assert done.returncode == 0, done.stderr
            told.append(_untimed(json.loads(done.stdout)))
            saved.append(run.read_text(encoding="utf-8").splitlines(keepends=True))
        assert told[0] == told[1]
        assert len(saved[0]) == 13
        assert [_untimed(json.loads(line)) for line in saved[0]] == [_untimed(json.loads(line)) for line in saved[1]]


def test_the_only_graphics_card_is_lost(files: Path, expected: Path, tmp_path: Path) -> None:
    """Its worker does all until then, the other node the rest. It is only counted, so processors compute."""
    pipes = [tmp_path / name for name in WAITED_FOR]
    for pipe in pipes:
        os.mkfifo(pipe)
    store = str(tmp_path / "store")
    with started(cards=1) as cluster:
        said = _run(cluster.environment, cluster.address, module="tests.ray.cards")
        assert said.returncode == 0, said.stderr
        on_card, plain = json.loads(said.stdout)
        assert len(on_card) == len(plain) == 8
        # one worker, though there is room for two
        assert {(made, *cards) for made, cards, _ in on_card} == {("on card", "0")}
        assert len({process for _, _, process in on_card}) == 1
        assert {(made, *cards) for made, cards, _ in plain} == {("plain",)}
        process = _start(
            cluster.environment, "index", pipes[0], files, pipes[1], "--store", store, "--ray", cluster.address
        )
        opened = _opened(pipes[0])
        (first,) = reading(pipes[0], cluster.processes())
        cluster.lose_node()
        # what is written before the other node reads may be lost with the first
        while not reading(pipes[0], cluster.processes()) - {first}:
            sleep(0.1)
        with opened:
            opened.write(_text("one"))
        _written(pipes[1], _opened(pipes[1]))
        out, told = process.communicate(timeout=240)
    assert (process.returncode, out) == (1, ""), told
    assert told.splitlines()[-3:] == _told(stored=FILES + 2, sentences=_sentences())
    _same(store, str(expected))


def test_a_worker_that_runs_out_of_memory(files: Path, tmp_path: Path) -> None:
    """Ray ends it again and again; that is said in a line, with the file."""
    with started(RAY_memory_usage_threshold="0.01", RAY_memory_monitor_refresh_ms="50") as cluster:
        done = _run(cluster.environment, "index", files, "--store", tmp_path / "store", "--ray", cluster.address)
    assert done.returncode == 2
    assert done.stdout == ""
    told = done.stderr.splitlines()[-1]
    assert told.startswith(f"pullquote: Workers ran out of memory 4 times over {files / '00.txt'} or one of 15 more")


def test_a_cluster_that_ends(files: Path, tmp_path: Path) -> None:
    """Its address is told, and the same command goes on with another one."""
    pipe = tmp_path / "one"
    os.mkfifo(pipe)
    store = tmp_path / "store"
    with started() as cluster:
        process = _start(cluster.environment, "index", files, pipe, "--store", store, "--ray", cluster.address)
        with _opened(pipe):
            cluster.end()
            out, told = process.communicate(timeout=120)
    assert (process.returncode, out) == (2, "")
    assert told.splitlines()[-1] == (
        f"pullquote: The Ray cluster at {cluster.address} does not answer any more. What was stored or saved is kept: "
        "when the cluster is back, run the same again."
    )
    done = _run({}, "index", files, "--store", store)
    assert f"the store holds {FILES} articles" in done.stderr


def test_local_listens_at_this_machine_only_and_leaves_nothing(files: Path, tmp_path: Path) -> None:
    """No other machine reaches it, whether it ends or is killed."""
    pipe = tmp_path / "one"
    os.mkfifo(pipe)
    for killed in (False, True):
        before = _scratch()
        process = _start({}, "index", pipe, files, "--store", tmp_path / "store", "--ray", "local")
        with _opened(pipe) as file:
            pids = family(process.pid)
            addresses = listening(pids)
            assert len(pids) > 4
            assert addresses == {"0100007F", "0000000000000000FFFF00000100007F"}
            if not killed:
                _refused(pids, tmp_path)
            if killed:
                process.kill()
            else:
                file.write(_text("one"))
        process.communicate(timeout=120)
        wait_until_gone(pids)
        left = _scratch() - before
        assert (process.returncode, len(left)) == ((-9, 1) if killed else (1, 0))
        for folder in left:
            shutil.rmtree(folder)


def _refused(pids: set[int], folder: Path) -> None:
    """Try to use the cluster of some processes without its token."""
    told = "".join(Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8") for pid in pids)
    (address,) = set(re.findall(r"--gcs-address=(127\.0\.0\.1:\d+)", told))
    other = {"RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0", "RAY_AUTH_MODE": "disabled"}
    done = _run(other, "index", SEED, "--store", folder / "other", "--ray", address)
    assert done.returncode == 2
    assert done.stderr.startswith("pullquote: Ray at 127.0.0.1:")
    assert "if the cluster wants a token, set RAY_AUTH_TOKEN" in done.stderr
    assert not (folder / "other").exists()


def _scratch() -> set[Path]:
    """Return the folders of clusters that run on this machine alone, or were killed."""
    return set(Path("/tmp").glob("pullquote-ray-*"))  # noqa: S108


def _text(name: str) -> str:
    return f"The article {name}\n\nThe treaty was signed in {name}. Nobody was there."


def _opened(pipe: Path) -> TextIO:
    """Open a pipe, when somebody reads it."""
    return pipe.open("w", encoding="utf-8")


def _written(pipe: Path, file: TextIO) -> None:
    """Write an article into a pipe; anew, if who read it is gone."""
    try:
        with file:
            file.write(_text(pipe.name))
    except BrokenPipeError:
        _written(pipe, _opened(pipe))


def _sentences() -> int:
    return FILES * 25 + 2 * 3


def _told(stored: int, sentences: int) -> list[str]:
    return [
        f"Stored {sentences} sentences of {stored} articles; the store holds {stored} articles",
        "Left out, as an article has the same text: 1 file",
        "Left out, as they could not be read: 2 files",
    ]


def _same(address: str, expected: str) -> None:
    """Compare all that two stores hold, to the bit."""
    with closing(open_store(address, tokenised)) as store, closing(open_store(expected, tokenised)) as other:
        ids = [one.id for one in other.listed(limit=1000)]
        assert [one.id for one in store.listed(limit=1000)] == ids
        assert store.counts() == other.counts()
        same(store.fetch(ids), other.fetch(ids))


def _untimed(told: Any) -> Any:
    """Leave out what takes time, and the name of the file."""
    if isinstance(told, dict):
        return {key: _untimed(value) for key, value in told.items() if not key.startswith(("timings", "total", "re"))}
    return [_untimed(one) for one in told] if isinstance(told, list) else told


def _start(environment: dict[str, str], *arguments: str | Path, module: str = "rag.cli") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "200", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _run(
    environment: dict[str, str], *arguments: str | Path, module: str = "rag.cli"
) -> subprocess.CompletedProcess[str]:
    process = _start(environment, *arguments, module=module)
    out, told = process.communicate(timeout=240)
    return subprocess.CompletedProcess(process.args, process.returncode, out, told)
