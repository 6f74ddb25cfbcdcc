"""Workers on a Ray cluster (Moritz et al., Ray: A Distributed Framework for Emerging AI Applications, 2018).

The work goes out as tasks, as many at a time as the cluster has room for, and a worker keeps the model that it made.
Unlike actors, tasks go to any machine that has room, so those of a machine that is gone need no room of their own.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from tempfile import TemporaryDirectory
from typing import Any

from index.errors import InputError
from index.openvino_model import PRECISION, THREADS, threads
from rag.workers.workers import Item, Result

LOCAL = "local"
_TRIES = 4
"""Times that an item is worked on whose worker ends or whose machine goes."""
_STORE = 500_000_000
"""Bytes of the memory in which a cluster of this machine keeps what is not fetched yet; more goes to the disk."""
_AHEAD = 3
"""Items for each worker that are sent out or wait to be fetched."""
_PATIENCE = 5.0
"""Seconds between two looks at a cluster that gives nothing, and that it may take to be reached."""
_MISSED = 3
"""Looks at which a cluster is not reached until it counts as gone. Ray itself ends the process after a minute."""
_ADDRESS = re.compile(r"(?P<host>[\w.-]+|\[[\da-fA-F:]+\]):(?P<port>\d{1,5})")
_SETTINGS = b"\0\0\0\4\0\0\0\0\0"
_GREETING = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _SETTINGS
"""How gRPC begins; the answer begins with a frame of settings, too (RFC 9113, 3.4)."""
_PASSED_ON = (PRECISION, "HF_HUB_OFFLINE", "HF_ENDPOINT", "OMP_WAIT_POLICY", "TOKENIZERS_PARALLELISM")
"""Environment variables that a worker has as this process has them."""
# read when Ray is imported
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
# it would print what it says of machines and workers on standard output; what concerns the user is raised
os.environ["RAY_DEDUP_LOGS_SKIP_REGEX"] = ".*"
# its C++ parts write to standard error
os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
# without a bound, Ray does anew without an end what needs more memory than there is
os.environ.setdefault("RAY_task_oom_retries", str(_TRIES - 1))

_made: dict[tuple[str, bool], Callable[[Any], Any]] = {}
"""In a worker: what it works with, by the key of the call of `map`, and whether on a card; only the latest is kept."""


class RayWorkers:
    """Workers on a cluster that this process is connected to: see `ray_workers`.

    :param address: The cluster's, as `HOST:PORT`.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._cores = threads() or 1

    def map(
        self,
        make: Callable[[], Callable[[Item], Result]],
        items: Iterable[Item],
        on_card: Callable[[], Callable[[Item], Result]] | None = None,
    ) -> Iterator[Result]:
        """See `Workers`. Where there is a use for graphics cards, and there are any, each is a worker's, and no others.

        :raises InputError: If the cluster is gone, has no worker, or a worker ends again and again over an item.
        """
        ray = _ray()
        with self._faults():
            # in a list, so that a worker fetches it when it needs it, and not for each item
            key, made = secrets.token_hex(8), {card: [ray.put(how)] for card, how in ((False, make), (True, on_card))}
        env = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {THREADS: str(self._cores)}
        remote = partial(ray.remote, num_cpus=self._cores, max_retries=_TRIES - 1, runtime_env={"env_vars": env})
        # else a worker would end after each item that it did with a card
        work = {False: remote()(_work), True: remote(num_gpus=1, max_calls=0)(_work)}

        def send(item: Item, card: bool) -> Any:
            return work[card].remote((key, card), made[card], item)

        coming = iter(items)
        sent: deque[tuple[Item, Any, bool]] = deque()
        while True:
            with self._faults():
                cards = self._cards() if on_card else 0
                room = max(0, _AHEAD * (cards or self._workers()) - len(sent))
                sent.extend((item, send(item, bool(cards)), bool(cards)) for item in islice(coming, room))
            if not sent:
                return
            item, result, card = sent.popleft()
            with self._faults(item):
                done = self._wait(result, partial(send, item, False) if card else None)
            yield done

    def _cards(self) -> int:
        """Return how many workers with a graphics card there is room for."""
        machines = ((self._of(node), int(node["Resources"].get("GPU", 0))) for node in _ray().nodes())
        return sum(min(workers, cards) for workers, cards in machines)

    def _workers(self) -> int:
        """Return how many workers there is room for."""
        workers = sum(self._of(node) for node in _ray().nodes())
        if not workers:
            raise InputError(
                f"The Ray cluster at {self._address} has no machine with enough cores: a worker needs {self._cores}. "
                f"Start it with more (ray start --num-cpus=N), or set {THREADS} to less."
            )
        return workers

    def _of(self, node: Mapping[str, Any]) -> int:
        """Return how many workers a machine has the cores for."""
        return int(node["Resources"].get("CPU", 0)) // self._cores if node["Alive"] else 0

    def _wait(self, result: Any, without_card: Callable[[], Any] | None) -> Any:
        """Wait for a result.

        :param without_card: Sends the item out to any worker; None if it was.
        """
        ray = _ray()
        missed = 0
        while not ray.wait([result], timeout=_PATIENCE)[0]:
            missed = 0 if _answers(self._address) else missed + 1
            if missed == _MISSED:
                raise self._gone()
            if without_card and not missed and not self._cards():
                # the machines that had them are lost
                ray.cancel(result)
                result, without_card = without_card(), None
        return ray.get(result)

    @contextmanager
    def _faults(self, item: object = None) -> Iterator[None]:
        """Say what is wrong with the cluster, or over which item workers end; raise again what the work raised."""
        exceptions = _ray().exceptions
        try:
            yield
        except exceptions.RayTaskError as error:
            if isinstance(error.cause, exceptions.RayError | ImportError):
                told = str(error.cause).partition("\n")[0]
                raise InputError(
                    f"A worker of the Ray cluster at {self._address} cannot do the work: {told}. Install the same "
                    "Pullquote, with what it needs, on each machine."
                ) from error
            # Ray puts the traceback of the worker into its words
            raise error.cause from error
        except exceptions.OutOfMemoryError as error:
            raise InputError(
                f"Workers ran out of memory {_TRIES} times over {item}. Give their machines more memory, or let there "
                f"be fewer ({THREADS}=4: four cores for each), and run the same again."
            ) from error
        except (exceptions.RayError, OSError) as error:
            if isinstance(error, OSError) or not _answers(self._address):
                raise self._gone() from error
            raise InputError(
                f"Workers ended {_TRIES} times over {item}: {type(error).__name__}. Leave that out, or look into the "
                "logs of Ray on their machines."
            ) from error

    def _gone(self) -> InputError:
        return InputError(
            f"The Ray cluster at {self._address} does not answer any more. What was stored or saved is kept: when the "
            "cluster is back, run the same again."
        )


@contextmanager
def ray_workers(address: str, cores: int | None = None) -> Iterator[RayWorkers]:
    """Connect to a cluster, or start one on this machine alone, and let go of it at the end.

    One that is started here listens at 127.0.0.1 only, and obeys only who has a token that nobody else is told: who
    reaches a cluster without one may run any program there.

    :param address: `local`, or `HOST:PORT` of a cluster that this machine belongs to.
    :param cores: Of this machine's, that a local cluster takes; by default all.
    :return: The workers.
    :raises InputError: If the address is none, nothing answers there, or it cannot be used.
    :raises ModuleNotFoundError: If Ray is not installed.
    """
    with ExitStack() as ending:
        if address == LOCAL:
            os.environ |= {
                # Ray's name for: at 127.0.0.1, as on a machine that belongs to no cluster
                "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
                "RAY_AUTH_MODE": "token",
                "RAY_AUTH_TOKEN": secrets.token_hex(32),
            }
            # where Ray has it, too: sockets are there, whose paths may have a hundred letters
            place = "/tmp" if os.path.isdir("/tmp") else None  # noqa: S108
            scratch = TemporaryDirectory(prefix="pullquote-ray-", dir=place, ignore_cleanup_errors=True)
            folder = ending.enter_context(scratch)
            _connect(
                LOCAL,
                num_cpus=cores,
                include_dashboard=False,
                object_store_memory=_STORE,
                _temp_dir=folder,
            )
        else:
            if not (match := _ADDRESS.fullmatch(address)) or int(match["port"]) > 65535:
                raise InputError(
                    f"--ray {address!r} is no cluster. Give local, or the HOST:PORT of `ray start --head`."
                )
            if not _answers(address):
                raise InputError(
                    f"No Ray cluster answers at {address}. Check that it runs there (ray start --head), and the "
                    "address."
                )
            _connect(address, address=address)
        ending.callback(_ray().shutdown)
        yield RayWorkers(_ray().get_runtime_context().gcs_address)


def _connect(place: str, **how: Any) -> None:
    ray = _ray()
    try:
        with _quiet():
            ray.init(log_to_driver=False, logging_level=logging.CRITICAL, **how)
    except (ray.exceptions.RayError, OSError, RuntimeError, ValueError) as error:
        told = " ".join(str(error).split())
        raise InputError(
            f"Ray at {place} cannot be used: {told[:300]}. This machine must be a part of the cluster (ray start "
            "--address), with the same Python and Ray; if the cluster wants a token, set RAY_AUTH_TOKEN."
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what is written to standard error: to say that it says less, Ray says more."""
    kept = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _ray() -> Any:
    # imported here: it reads the environment when it is
    import ray  # noqa: PLC0415

    return ray


def _work(key: tuple[str, bool], make: list[Any], item: Any) -> Any:
    """Work on an item, in a worker."""
    if key not in _made:
        _made.clear()
        _made[key] = _ray().get(make[0])()
    return _made[key](item)


def _answers(address: str) -> bool:
    """Tell whether something listens at an address that speaks gRPC, as a cluster does: Ray waits for it for ever."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _PATIENCE) as peer:
            if os.environ.get("RAY_USE_TLS") == "1":
                return True
            peer.sendall(_GREETING)
            return peer.recv(len(_SETTINGS), socket.MSG_WAITALL)[3:4] == _SETTINGS[3:4]
    except OSError:
        return False
