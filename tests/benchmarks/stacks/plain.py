"""Sentence-transformers alone, with nothing set but what is needed to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sentence_transformers import SentenceTransformer

from .worker import serve


class Plain:
    """Encodes."""

    def load_encoder(self, plan: Mapping[str, Any]) -> None:
        """Load the encoder."""
        self._model = SentenceTransformer(plan["encoder"], device="cpu")

    def encode(self, given: Mapping[str, Any]) -> int:
        """Encode all texts in one call, so that the library can sort them by length; return how many they are."""
        return len(self._model.encode(given["texts"], show_progress_bar=False))


if __name__ == "__main__":
    stack = Plain()
    serve({"load_encoder": stack.load_encoder, "encode": stack.encode})
