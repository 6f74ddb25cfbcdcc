"""Which drafts read well: a model that learnt from readers who judged thousands of them.

Question, title and sentence are read together, as by a cross-encoder (Nogueira and Cho 2019, arXiv 1901.04085); what
readers were asked, and how well it tells, is in `models/judge/README.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import resources
from itertools import zip_longest
from pathlib import Path

import numpy as np

import rag.reading.reference as torch_readers
from index.conversion import MODEL, TOKENIZER, Settings, converted
from index.model import Model
from index.mpnet import mpnet_folder
from index.openvino_model import OpenVinoModel
from index.tokens import batches, padded, read_tokenizer
from index.weights import MPNET_SHA256, cache_folder, require
from rag.drafting.draft import Draft, Gold, Template

GOOD = 0.7
"""Chance from which a draft is written."""
_FAIR = 0.4
_KINDS, _EACH = 8, 6
"""Of a kind that is missing, the best draft with a chance of `_FAIR` is written, too, until there are eight kinds; but
one beside six good ones at most, for readers find only half of these good."""
MOST = 160
"""Tokens that are read; what exceeds them is the end of a long sentence."""
_TOGETHER = 2048
"""Tokens of drafts that are read at once, filling included."""
_LEAST = 96
"""The fewest that are run, as in `rag.reading.transformer`."""
_ADAPTER = Path(str(resources.files("rag"))) / "drafting" / "models" / "judge" / "adapter.safetensors"
_ADAPTER_SHA256 = "79601f5edaec2324ff630c896bb1e939b6e3cc76bde603f5e96c7c60fbc8d5f6"


class Judge:
    """Tells how likely a reader finds a draft natural and complete.

    :param model: Gives two numbers for each token; the first of the first token is the judgement.
    :param tokenizer: Its `tokenizer.json`.
    :param settings: What there is to know of the model.
    """

    def __init__(self, model: Model, tokenizer: Path, settings: Settings) -> None:
        self._model = model
        self._tokenizer = read_tokenizer(tokenizer)
        self._pad = settings.pad

    def chances(self, drafts: Sequence[Draft], done: Callable[[], None] = lambda: None) -> list[float]:
        """Judge drafts.

        :param drafts: Questions with an answer.
        :param done: Called after each place that answers one.
        :return: For each, the probability, from 0 to 1, that a reader finds it natural and complete with that one of
            its answers which reads worst.
        """
        places = [place for place, draft in enumerate(drafts) for _ in draft.golds]
        read = self._tokenizer.encode_batch([shown(draft, gold) for draft in drafts for gold in draft.golds])
        ids, types = [one.ids[:MOST] for one in read], [one.type_ids[:MOST] for one in read]
        logits = np.full(len(drafts), np.inf)
        for rows in batches([len(one) for one in ids], _TOGETHER):
            batch = padded([ids[row] for row in rows], [types[row] for row in rows], self._pad, _LEAST)
            np.minimum.at(logits, [places[row] for row in rows], self._model.run(batch)[:, 0, 0])
            for _ in rows:
                done()
        chances: list[float] = (1 / (1 + np.exp(-logits))).tolist()
        return chances


def chosen(drafts: Sequence[Draft], chances: Sequence[float]) -> list[Draft]:
    """Choose the drafts that read well: the kinds take turns, of each the best comes first.

    :param drafts: Drafts of one article.
    :param chances: The judge's, from 0 to 1.
    :return: Those with a chance of `GOOD`, and a few others of kinds that are missing.
    """
    ranked = sorted(zip(chances, drafts, strict=True), key=lambda judged: -judged[0])
    kinds: dict[Template, list[Draft]] = {}
    for chance, draft in ranked:
        if chance >= GOOD:
            kinds.setdefault(draft.template, []).append(draft)
    left = min(_KINDS - len(kinds), sum(map(len, kinds.values())) // _EACH)
    for chance, draft in ranked:
        if left > 0 and chance >= _FAIR and draft.template not in kinds:
            kinds[draft.template] = [draft]
            left -= 1
    return [draft for turn in zip_longest(*kinds.values()) for draft in turn if draft]


def shown(draft: Draft, gold: Gold) -> tuple[str, str]:
    """Write a draft as the model reads it: the question, and the sentence with the answer in brackets.

    :param draft: The draft.
    :param gold: One of the places that answer it.
    """
    text = draft.article.text
    sentence, start, end = text[gold.first : gold.last], gold.start - gold.first, gold.end - gold.first
    return draft.question, marked(draft.article.title, sentence, start, end)


def marked(title: str, sentence: str, start: int, end: int) -> str:
    """Put the title before a sentence, and its answer in brackets.

    >>> marked("Kent", "Ann sold the mill.", 9, 17)
    'Kent: Ann sold [ the mill ] .'

    :param title: The article's.
    :param sentence: The sentence.
    :param start: First code point of the answer.
    :param end: One past its last.
    """
    told = f"{title}: {sentence[:start]} [ {sentence[start:end]} ] {sentence[end:]}"
    return " ".join(told.split())


def load_judge(cache: Path | None = None) -> Judge:
    """Load the model, converting it on the first use.

    :param cache: Where models are unpacked and converted; by default the platform's cache folder.
    :raises InputError: If there is no trunk, or a shipped file is not the one expected.
    """
    require(_ADAPTER, _ADAPTER_SHA256, "Reinstall Pullquote.")
    models = cache or cache_folder()
    key = f"judge {MPNET_SHA256} {_ADAPTER_SHA256}"
    folder, settings = converted(
        key, lambda folder: torch_readers.TorchReader(mpnet_folder(models), "judge", _ADAPTER).convert(folder), models
    )
    return Judge(OpenVinoModel(folder / MODEL), folder / TOKENIZER, settings)
