"""What asks, made anew in each worker: of it only what makes it goes to another machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from index.encoder import Encoder
from index.errors import InputError
from index.store import EncoderMark, SentenceIndex
from rag.evaluation.examiner import Examine, Examiner, Rank, RankingExaminer
from rag.loading import put_together
from rag.reading.calibration import Caution
from rag.retrieval.alone import Alone
from rag.retrieval.fusion import FUSIONS, Fusion
from rag.retrieval.retriever import Retriever


@dataclass(frozen=True, slots=True)
class Asking:
    """Makes what asks an assistant.

    :param open_encoder: Opens the encoder that the index was made with.
    :param reader: Name of the reader.
    :param retriever: A name of `rag.retrieval.fusion.FUSIONS`.
    :param own_article: Whether a question is asked only of the article that it belongs to.
    """

    index: SentenceIndex
    open_encoder: Callable[[], Encoder]
    reader: str
    caution: Caution
    retriever: str
    own_article: bool

    def __call__(self) -> Examine:
        """Load the models.

        :raises InputError: If a model is not there, or the encoder is another one.
        """
        fusion = FUSIONS[self.retriever]
        encoder = _checked(self.open_encoder(), self.index)
        assistant = put_together(self.index, encoder, self.reader, self.caution, fusion, hints=False)
        return Examiner(assistant, fusion, self.own_article).examine


@dataclass(frozen=True, slots=True)
class Ranking:
    """Makes what ranks.

    :param open_encoder: Opens the encoder that the index was made with.
    :param fusions: Ways to rank, by the name of the configuration.
    :param own_article: Whether a question is asked only of the article that it belongs to.
    """

    index: SentenceIndex
    open_encoder: Callable[[], Encoder]
    fusions: Mapping[str, Fusion]
    own_article: bool

    def __call__(self) -> Rank:
        """Load the encoder.

        :raises InputError: If it is not there, or is another one.
        """
        encoder = _checked(self.open_encoder(), self.index)
        alone = Alone(self.index, lambda only: Retriever(only, encoder)) if self.own_article else None
        return RankingExaminer(Retriever(self.index, encoder), self.fusions, alone).examine


def _checked(encoder: Encoder, index: SentenceIndex) -> Encoder:
    if EncoderMark(encoder.name, encoder.digest, encoder.dimension) != index.mark:
        raise InputError(
            f"A worker has other weights of the encoder {encoder.name!r} ({encoder.digest[:12]}, not "
            f"{index.encoder_digest[:12]}). Install the same version of Pullquote and of the model on each machine."
        )
    return encoder
