"""Pullquote itself, as any program would use it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from index import Article, build_index
from rag import load_assistant
from rag.loading import load_searchable

from .worker import read_corpus, serve


class Pullquote:
    """Asks, finds and encodes."""

    def load(self, plan: Mapping[str, Any]) -> int:
        """Load the index from the cache, or build it, and the models; return the number of sentences."""
        articles = [Article(text) for text in read_corpus(plan)["articles"]]
        self._assistant = load_assistant(articles, reader=plan["reader"])
        return len(self._assistant.index)

    def retrieve(self, question: str) -> list[str]:
        """Return the sentences found, best first."""
        return [self._assistant.index.text(hit.row) for hit in self._assistant.retriever.hits(question)]

    def ask(self, question: str) -> str:
        """Return the answer's words."""
        return self._assistant.ask(question).text

    def load_encoder(self, plan: Mapping[str, Any]) -> None:
        """Load the encoder that articles are indexed with."""
        _, self._encoder = load_searchable([Article(text) for text in read_corpus(plan)["articles"]])

    def encode(self, given: Mapping[str, Any]) -> int:
        """Index an article, cutting it into sentences and filling the index included; return how many it has."""
        return len(build_index([Article(given["article"])], self._encoder))


if __name__ == "__main__":
    stack = Pullquote()
    serve(
        {
            "load": stack.load,
            "retrieve": stack.retrieve,
            "ask": stack.ask,
            "load_encoder": stack.load_encoder,
            "encode": stack.encode,
        }
    )
