"""Files of a model from a hub on this machine: whole, gone on with, or cleanly refused."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from pathlib import Path
from time import perf_counter

import pytest

from index.hub import PATIENCE
from tests.hub import COMMIT, Hub, run_with, serving

PIECE = 10 << 20
"""Bytes that the library keeps at a time; of a piece that breaks off nothing is kept."""
_CODE = """
from index.errors import InputError
from index.hub import from_hub
try:
    print(from_hub("owner/model", "{commit}", {names}))
except InputError as error:
    print("refused:", error)
"""


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    """A small file, and a large one, which the library receives in three pieces of 10 MiB."""
    folder = tmp_path / "upstream"
    folder.mkdir()
    (folder / "config.json").write_bytes(b"{}")
    (folder / "model.safetensors").write_bytes(os.urandom(3 * PIECE))
    return {path.name: path for path in folder.iterdir()}


def _fetched(address: str, home: Path, names: Mapping[str, Path], **environment: str) -> str:
    done = run_with(address, home, _CODE.format(commit=COMMIT, names=sorted(names)), **environment)
    assert done.stderr in ("", f"Downloading owner/model from {address.removeprefix('http://')}, once.\n")
    return done.stdout.strip()


def _same(folder: str, files: Mapping[str, Path]) -> bool:
    return all((Path(folder) / name).read_bytes() == path.read_bytes() for name, path in files.items())


def test_files_are_fetched_once(files: dict[str, Path], tmp_path: Path) -> None:
    """What lies elsewhere too; the second time nothing is asked, not even with the hub away."""
    hub = Hub(files)
    with serving(hub) as address:
        folder = _fetched(address, tmp_path / "home", files)
        assert _same(folder, files)
        first = list(hub.asked)
        assert _fetched(address, tmp_path / "home", files) == folder
        assert hub.asked == first
    assert {request.split()[1] for request in first} == {
        *(f"/owner/model/resolve/{COMMIT}/{name}" for name in files),
        "/elsewhere/model.safetensors",
    }
    assert _fetched(address, tmp_path / "home", files, HF_HUB_OFFLINE="1") == folder


def test_a_download_that_breaks_off_goes_on(files: dict[str, Path], tmp_path: Path) -> None:
    """From the last whole piece, twice."""
    hub = Hub(files, stops={"model.safetensors": [PIECE + 1_000, PIECE + 1_000]})
    with serving(hub) as address:
        assert _same(_fetched(address, tmp_path, files), files)
    assert [request.split()[2:] for request in hub.asked if request.startswith("GET /elsewhere")] == [
        [],
        [f"bytes={PIECE}-"],
        [f"bytes={2 * PIECE}-"],
    ]


def test_a_download_that_always_breaks_off_leaves_nothing(files: dict[str, Path], tmp_path: Path) -> None:
    """It is given up, no piece of it is taken for the whole, and the next time it is fetched."""
    hub = Hub(files, stops={"model.safetensors": [0] * 20})
    with serving(hub) as address:
        said = _fetched(address, tmp_path / "home", files)
        assert said.startswith(f"refused: the download from {address.removeprefix('http://')} stopped (")
        home = tmp_path / "home"
        assert not [*home.rglob("*.safetensors"), *home.rglob("*.incomplete")]
        hub.stops.clear()
        assert _same(_fetched(address, home, files), files)


@pytest.mark.parametrize("status", [HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE])
def test_a_hub_that_refuses(files: dict[str, Path], tmp_path: Path, status: HTTPStatus) -> None:
    """Its status is told, and it is asked once."""
    hub = Hub(files, status=status)
    with serving(hub) as address:
        said = _fetched(address, tmp_path, files)
    assert said == f"refused: {address.removeprefix('http://')} answers with status {status.value}"
    assert len(hub.asked) == 1


def test_a_page_in_place_of_the_hub(files: dict[str, Path], tmp_path: Path) -> None:
    """A hotel's network answers everything with its own page, which is no model."""
    with serving(Hub(files, plain=True)) as address:
        assert _fetched(address, tmp_path, files).startswith("refused: the download from 127.0.0.1:")


def test_offline_nothing_is_asked(files: dict[str, Path], tmp_path: Path) -> None:
    """`HF_HUB_OFFLINE` is kept to."""
    hub = Hub(files)
    with serving(hub) as address:
        said = _fetched(address, tmp_path, files, HF_HUB_OFFLINE="1")
    assert said == f"refused: HF_HUB_OFFLINE forbids asking {address.removeprefix('http://')}"
    assert hub.asked == []


@pytest.fixture(params=["closed", "silent"])
def unanswered(request: pytest.FixtureRequest) -> Iterator[str]:
    """An address where nobody listens, or where somebody does and says nothing."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        if request.param == "silent":
            listener.listen()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def test_no_network_is_told_in_seconds(files: dict[str, Path], tmp_path: Path, unanswered: str) -> None:
    """Asked once, with a bound."""
    began = perf_counter()
    assert _fetched(f"http://{unanswered}", tmp_path, files) == f"refused: {unanswered} does not answer"
    assert perf_counter() - began < PATIENCE + 30
