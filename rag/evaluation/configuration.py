"""What is judged: an encoder, a way to rank, a reader and a caution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from index.errors import InputError
from rag.evaluation.options import ALL_RETRIEVERS, NO_READER
from rag.evaluation.record import Run
from rag.evaluation.saved import read_run
from rag.reading.calibration import Caution
from rag.retrieval.fusion import FITTED, FUSIONS, WINDOWED

_KEYS = ("retriever", "reader", "encoder", "caution")


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration to judge.

    :param name: What it is called in tables.
    :param retriever: A name of `rag.retrieval.fusion.FUSIONS`.
    :param reader: A reader's name or folder, `none` to judge the ranking alone, or None for the default.
    :param encoder: A sentence-transformers name or folder, or None for the default.
    """

    name: str
    retriever: str = FITTED
    reader: str | None = None
    encoder: str | None = None
    caution: Caution = Caution.NORMAL

    def __post_init__(self) -> None:
        """Check the retriever's name."""
        if self.retriever not in FUSIONS:
            raise InputError(f"No retriever is called {self.retriever!r}. Choose one of: {', '.join(FUSIONS)}.")
        if self.retriever == WINDOWED and self.reader != NO_READER:
            raise InputError(f"The retriever {WINDOWED!r} ranks only: add --reader {NO_READER}.")

    def changed(self, spec: str) -> Configuration:
        """Make another one of it.

        >>> Configuration("default").changed("retriever=bm25,caution=low").caution.value
        'low'

        :param spec: What differs, such as `retriever=bm25,reader=fast`.
        :return: The other one, named by what differs.
        :raises InputError: If a key or a value is not known.
        """
        changes: dict[str, str] = {}
        for part in spec.split(","):
            key, equals, value = (piece.strip() for piece in part.partition("="))
            if not equals or key not in _KEYS or not value:
                raise InputError(
                    f"Cannot compare with {spec!r}: {part!r} is none of {', '.join(f'{key}=…' for key in _KEYS)}. "
                    f"Give such a list, a saved run, or {ALL_RETRIEVERS!r}."
                )
            changes[key] = value
        return replace(
            self,
            name=spec,
            retriever=changes.get("retriever", self.retriever),
            reader=changes.get("reader", self.reader),
            encoder=changes.get("encoder", self.encoder),
            caution=_caution(changes["caution"]) if "caution" in changes else self.caution,
        )


def to_compare(specs: Sequence[str], main: Configuration) -> tuple[list[Configuration], list[Run]]:
    """Read what `--compare` was given.

    :param specs: Saved runs, lists of what differs, or `retrievers` for every way to rank.
    :param main: What they differ from.
    :return: The configurations to run, and the runs that were saved.
    :raises InputError: If one is neither.
    """
    configurations: list[Configuration] = []
    saved: list[Run] = []
    for spec in specs:
        if spec == ALL_RETRIEVERS:
            configurations += [main.changed(f"retriever={name}") for name in _ranking(main)]
        elif "=" in spec and not Path(spec).exists():
            configurations.append(main.changed(spec))
        else:
            saved.append(replace(read_run(Path(spec)), name=Path(spec).name))
    return configurations, saved


def _ranking(main: Configuration) -> list[str]:
    """Return the ways to rank that a configuration may be compared with."""
    return [name for name in FUSIONS if name != main.retriever and (name != WINDOWED or main.reader == NO_READER)]


def one_pass(configurations: Sequence[Configuration]) -> list[list[Configuration]]:
    """Group configurations that go through the questions once: rankings by the same encoder and vectors.

    :param configurations: In the order of the tables.
    :return: Groups, in the order of their first.
    """
    groups: dict[tuple[str, str | None, bool], list[Configuration]] = {}
    for one in configurations:
        windowed = one.retriever == WINDOWED
        key = (NO_READER, one.encoder, windowed) if one.reader == NO_READER else (one.name, None, False)
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _caution(value: str) -> Caution:
    try:
        return Caution(value)
    except ValueError as error:
        known = ", ".join(caution.value for caution in Caution)
        raise InputError(f"No caution is called {value!r}. Choose one of: {known}.") from error
