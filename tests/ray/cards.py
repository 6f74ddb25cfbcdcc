"""`python -m tests.ray.cards ADDRESS`: let workers of a cluster say who they are, as JSON."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from functools import partial

from rag.workers.cluster import ray_workers

_ITEMS = 8


def said(made: str) -> Callable[[int], tuple[str, list[str], int]]:
    """Make what says how it was made, which cards it was given, and its process."""
    # imported here: it reads the environment when it is
    import ray  # noqa: PLC0415

    return lambda _: (made, [str(one) for one in ray.get_gpu_ids()], os.getpid())


def main() -> None:
    """Ask with a use for cards, and without."""
    plain, on_card = partial(said, "plain"), partial(said, "on card")
    with ray_workers(sys.argv[1]) as workers:
        told = [list(workers.map(plain, range(_ITEMS), how)) for how in (on_card, None)]
    print(json.dumps(told))  # noqa: T201


if __name__ == "__main__":
    main()
