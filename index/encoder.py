"""The seam at which an embedding model enters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Encoder(Protocol):
    """Anything that maps texts, and questions about them, to unit vectors whose inner product is a similarity."""

    @property
    def name(self) -> str:
        """What the encoder is called in manifests and messages."""

    @property
    def digest(self) -> str:
        """A digest of the weights: two encoders with equal digests give equal vectors."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Encode texts.

        :param texts: n texts.
        :return: float32 array of shape (n, dimension), each row of length 1.
        """

    def encode_questions(self, questions: Sequence[str]) -> NDArray[np.float32]:
        """Encode questions, to be compared with the vectors of texts: as `encode`, where one model serves both."""
