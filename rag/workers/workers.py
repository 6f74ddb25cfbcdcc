"""The seam at which a cluster enters: the same work on many items, the results in their order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Workers(Protocol):
    """Do the same work on many items."""

    def map(
        self,
        make: Callable[[], Callable[[Item], Result]],
        items: Iterable[Item],
        on_card: Callable[[], Callable[[Item], Result]] | None = None,
    ) -> Iterator[Result]:
        """Work on items.

        :param make: Makes what does the work, models and all; each worker calls it once. It and the items may have to
            go to another machine, so they can be pickled. What it and the work raise is raised here.
        :param items: Taken as the work goes on.
        :param on_card: Makes what does the same work with a graphics card, for workers that are given one.
        :return: What the work gives for each, in the order of the items. An item may be worked on more than once.
        """


class ThisProcess:
    """Does the work here, one item after the other."""

    def map(
        self,
        make: Callable[[], Callable[[Item], Result]],
        items: Iterable[Item],
        on_card: Callable[[], Callable[[Item], Result]] | None = None,  # noqa: ARG002 - it computes on the processor
    ) -> Iterator[Result]:
        """See `Workers`; nothing is pickled."""
        yield from map(make(), items)
