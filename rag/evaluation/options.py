"""What `pullquote evaluate` can be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from rag.reading.calibration import Caution
from rag.retrieval.fusion import FITTED

NO_READER = "none"
ALL_RETRIEVERS = "retrievers"


@dataclass(frozen=True, slots=True)
class Options:
    """What `pullquote evaluate` was asked for; the command's help tells of each."""

    paths: tuple[Path, ...] = ()
    article: tuple[str, ...] = ()
    folder: Path | None = None
    encoder: str | None = None
    reader: str | None = None
    retriever: str = FITTED
    caution: Caution = Caution.NORMAL
    own_article: bool = False
    against: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    failures: bool = False
    as_json: bool = False
    report: Path | None = None
    save: Path | None = None
    strict: bool = False
    fail_under: str | None = None
    fail_over: str | None = None
    baseline: Path | None = None
    qrels: Path | None = None
    run: tuple[Path, ...] = ()
    trec: Path | None = None
    ray: str | None = None
