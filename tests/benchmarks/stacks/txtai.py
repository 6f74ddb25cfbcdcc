"""txtai: sentences in its FAISS index, the paragraphs of the best read by its pipeline for questions."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from txtai import Embeddings  # type: ignore[import-not-found]
from txtai.pipeline import Questions  # type: ignore[import-not-found]

from .worker import read_corpus, serve


class Txtai:
    """Asks and finds."""

    def load(self, plan: Mapping[str, Any]) -> int:
        """Load the index, or build and save it, and the models; return the number of sentences."""
        corpus = read_corpus(plan)
        self._sentences, self._paragraphs = corpus["sentences"], corpus["paragraphs"]
        self._paragraph_of = corpus["paragraph_of"]
        self._depth, self._most = plan["sentences"], plan["paragraphs"]
        self._embeddings = Embeddings(
            path=plan["encoder"], gpu=False, backend="faiss", faiss={"components": "IDMap,Flat"}
        )
        if Path(plan["index"]).is_dir():
            self._embeddings.load(plan["index"])
        else:
            self._embeddings.index(list(enumerate(self._sentences)))
            self._embeddings.save(plan["index"])
        self._questions = Questions(plan["reader"], gpu=False)
        return int(self._embeddings.count())

    def retrieve(self, question: str) -> list[str]:
        """Return the sentences found, best first."""
        return [self._sentences[row] for row in self._rows(question)]

    def ask(self, question: str) -> str:
        """Return the words found in the first paragraph that has any, or none."""
        numbers = list(dict.fromkeys(self._paragraph_of[row] for row in self._rows(question)))[: self._most]
        return next(filter(None, [self._read(question, self._paragraphs[number]) for number in numbers]), "")

    def _rows(self, question: str) -> list[int]:
        return [int(row) for row, _ in self._embeddings.search(question, self._depth)]

    def _read(self, question: str, paragraph: str) -> str:
        # One passage a call: the pipeline itself takes one after the other, and raises where the best span is the null.
        try:
            (words,) = self._questions([question], [paragraph])
        except TypeError:
            return ""
        return str(words or "")


if __name__ == "__main__":
    stack = Txtai()
    serve({"load": stack.load, "retrieve": stack.retrieve, "ask": stack.ask})
