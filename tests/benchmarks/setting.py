"""What all benchmarks share: articles, questions, models, and who takes part."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.article import Article
from index.errors import InputError
from index.kept import digest_of
from index.sentences import split
from index.weights import DEFAULT_ENCODER, adapters_of
from tests.benchmarks.process import Stack
from tests.conftest import ROOT

PEERS = ("haystack", "txtai")
READERS = {"accurate": "mpnet", "fast": "minilm"}
"""What Pullquote reads with, and the model of the same trunk that a peer is given."""
SENTENCES, PARAGRAPHS = 30, 5
"""A peer finds so many sentences and reads the first so many distinct paragraphs that hold them."""
_ADAPTERS = {
    "encoder": adapters_of(DEFAULT_ENCODER)[0],
    "mpnet": ROOT / "rag" / "reading" / "models" / "accurate" / "adapter.safetensors",
    "minilm": ROOT / "rag" / "reading" / "models" / "fast" / "adapter.safetensors",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """What is asked about what, and by whom.

    :param articles: At least one.
    :param questions: What is asked, in order.
    :param models: Folder made by `python -m tests.benchmarks.peers`.
    :param peers: The peers' virtual environment, made by the same.
    :param chosen: The peers that take part.
    :param work: Folder for indexes and logs.
    :param seconds: How long one benchmark may take, its starting left out.
    """

    articles: Sequence[Article]
    questions: Sequence[str]
    models: Path
    peers: Path
    work: Path
    chosen: Sequence[str] = PEERS
    seconds: float = 120.0
    corpus: Path = field(init=False)

    def __post_init__(self) -> None:
        """Write what is asked about, for all stacks to read."""
        text = json.dumps(corpus(self.articles))
        place = self.work / f"corpus-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        object.__setattr__(self, "corpus", place.resolve())

    @property
    def peer_python(self) -> Path:
        """The interpreter of the peers' environment.

        :raises InputError: If there is none.
        """
        python = self.peers.absolute() / "bin" / "python"
        if not python.exists():
            raise InputError(f"No peers in {self.peers}. Run: python -m tests.benchmarks.peers --peers {self.peers}")
        return python

    def stacks(self, names: Sequence[str] | None = None) -> list[Stack]:
        """Return Pullquote and the chosen peers, each once with every reader.

        :param names: Of the peers that can take part; by default all that were chosen.
        """
        ours = [Stack("pullquote", reader, Path(sys.executable)) for reader in READERS]
        peers = [name for name in self.chosen if names is None or name in names]
        return ours + [Stack(name, reader, self.peer_python) for name in peers for reader in READERS.values()]

    def plan(self, stack: Stack) -> dict[str, object]:
        """Return what a stack is to load.

        :raises InputError: If a model is missing.
        """
        models = model_folders(self.models)
        missing = [folder for folder in models.values() if not folder.is_dir()]
        if missing and stack.name != "pullquote":
            raise InputError(f"No model in {missing[0]}. Run: python -m tests.benchmarks.peers --models {self.models}")
        return {
            "corpus": str(self.corpus),
            "index": str(self.corpus.with_name(f"{self.corpus.stem}-{models['encoder'].name}-{stack.name}")),
            "encoder": str(models["encoder"]),
            "reader": str(models.get(stack.reader, stack.reader)),
            "sentences": SENTENCES,
            "paragraphs": PARAGRAPHS,
        }

    def over(self, began: float) -> bool:
        """Tell whether a benchmark that began then has taken its time.

        :param began: By `time.perf_counter`.
        """
        return time.perf_counter() - began > self.seconds


def model_folders(root: Path) -> Mapping[str, Path]:
    """Return where each merged model is kept, by its name: another adapter is another folder.

    :param root: The folder of them all.
    """
    return {name: root.absolute() / f"{name}-{digest_of(adapter)[:12]}" for name, adapter in _ADAPTERS.items()}


def adapters() -> Mapping[str, Path]:
    """Return the adapter that is merged into each model."""
    return _ADAPTERS


def corpus(articles: Sequence[Article]) -> dict[str, list[str] | list[int]]:
    """Cut articles as Pullquote does, boilerplate left out, so that all stacks search the same sentences.

    :param articles: The articles.
    :return: Texts of `articles`, `sentences` and `paragraphs`, and in `paragraph_of` each sentence's paragraph.
    """
    sentences: list[str] = []
    paragraph_of: list[int] = []
    bounds: dict[tuple[int, int], tuple[int, int]] = {}
    for place, article in enumerate(articles):
        for sentence in split(article):
            if not sentence.boilerplate:
                start, _ = bounds.setdefault((place, sentence.paragraph), (sentence.start, sentence.end))
                bounds[place, sentence.paragraph] = (start, sentence.end)
                sentences.append(article.text[sentence.start : sentence.end])
                paragraph_of.append(len(bounds) - 1)
    return {
        "articles": [article.text for article in articles],
        "sentences": sentences,
        "paragraphs": [articles[place].text[start:end] for (place, _), (start, end) in bounds.items()],
        "paragraph_of": paragraph_of,
    }
