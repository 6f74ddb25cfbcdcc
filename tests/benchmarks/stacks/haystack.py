"""Haystack: a pipeline of its own components, sentences in FAISS, the paragraphs of the best read by its reader."""

# No postponed annotations: Haystack connects components by what their annotations are.

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from haystack import Document, Pipeline, component  # type: ignore[import-not-found]
from haystack_integrations.components.embedders.sentence_transformers import (  # type: ignore[import-not-found]
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)
from haystack_integrations.components.readers.transformers import (  # type: ignore[import-not-found]
    TransformersExtractiveReader,
)
from haystack_integrations.components.retrievers.faiss import (  # type: ignore[import-not-found]
    FAISSEmbeddingRetriever,
)
from haystack_integrations.document_stores.faiss import FAISSDocumentStore  # type: ignore[import-not-found]

from .worker import read_corpus, serve

_DIMENSION = 384


@component
class Paragraphs:
    """Turns the sentences found into the first distinct paragraphs that hold them."""

    def __init__(self, texts: list[str], most: int) -> None:
        self._texts = texts
        self._most = most

    @component.output_types(documents=list[Document])  # type: ignore[untyped-decorator]
    def run(self, documents: list[Document]) -> dict[str, Any]:
        """Return at most so many paragraphs, the one with the best sentence first."""
        numbers = list(dict.fromkeys(document.meta["paragraph"] for document in documents))
        return {"documents": [Document(content=self._texts[number]) for number in numbers[: self._most]]}


class Haystack:
    """Asks and finds."""

    def load(self, plan: Mapping[str, Any]) -> int:
        """Load the index, or build and save it, and the models; return the number of sentences."""
        corpus = read_corpus(plan)
        store = self._store(plan, corpus)
        self._embedder = SentenceTransformersTextEmbedder(
            model=plan["encoder"], progress_bar=False, normalize_embeddings=True
        )
        self._embedder.warm_up()
        self._retriever = FAISSEmbeddingRetriever(document_store=store, top_k=plan["sentences"])
        reader = TransformersExtractiveReader(model=plan["reader"])
        reader.warm_up()
        self._pipeline = Pipeline()
        self._pipeline.add_component("embedder", self._embedder)
        self._pipeline.add_component("retriever", self._retriever)
        self._pipeline.add_component("paragraphs", Paragraphs(corpus["paragraphs"], plan["paragraphs"]))
        self._pipeline.add_component("reader", reader)
        self._pipeline.connect("embedder.embedding", "retriever.query_embedding")
        self._pipeline.connect("retriever.documents", "paragraphs.documents")
        self._pipeline.connect("paragraphs.documents", "reader.documents")
        return int(store.count_documents())

    def retrieve(self, question: str) -> list[str]:
        """Return the sentences found, best first: the two components called without the pipeline's own cost."""
        embedding = self._embedder.run(text=question)["embedding"]
        return [found.content for found in self._retriever.run(query_embedding=embedding)["documents"]]

    def ask(self, question: str) -> str:
        """Return the best answer's words, or none."""
        done = self._pipeline.run({"embedder": {"text": question}, "reader": {"query": question}})
        answers = done["reader"]["answers"]
        return str(answers[0].data or "") if answers else ""

    def _store(self, plan: Mapping[str, Any], corpus: Mapping[str, list[Any]]) -> Any:
        place = Path(plan["index"])
        if place.with_suffix(".faiss").is_file():
            return FAISSDocumentStore(index_path=str(place), embedding_dim=_DIMENSION)
        embedder = SentenceTransformersDocumentEmbedder(
            model=plan["encoder"], progress_bar=False, normalize_embeddings=True
        )
        embedder.warm_up()
        pairs = enumerate(zip(corpus["sentences"], corpus["paragraph_of"], strict=True))
        documents = [Document(id=str(row), content=text, meta={"paragraph": of}) for row, (text, of) in pairs]
        store = FAISSDocumentStore(embedding_dim=_DIMENSION)
        store.write_documents(embedder.run(documents)["documents"])
        place.parent.mkdir(parents=True, exist_ok=True)
        store.save(place)
        return store


if __name__ == "__main__":
    stack = Haystack()
    serve({"load": stack.load, "retrieve": stack.retrieve, "ask": stack.ask})
