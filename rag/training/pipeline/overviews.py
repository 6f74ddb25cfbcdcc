"""Measure overviews against people's summaries: `python -m rag.training.pipeline.overviews --everyday DIR`.

The folder is that of `rag.training.everyday`, with `summaries.json`: a list of summaries by the name of the article.
Measured is ROUGE recall (Lin 2004): the share of a summary's words (1) and pairs of words (2) that are found again, the
mean over an article's summaries, then over the articles. An overview is compared with three leads, each at equal
length: whatever is longer, the overview or the lead, is cut to the words of the other.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from index.article import read_article
from index.build import build_index
from index.hidden import label
from index.openvino_encoder import open_encoder
from index.store import SentenceIndex
from index.weights import DEFAULT_ENCODER
from rag.answering.overview import is_body, overview

_WORD = re.compile(r"[a-z0-9]+")


def rouge(text: Sequence[str], summary: Sequence[str], length: int) -> float:
    """Return ROUGE recall.

    >>> rouge("the old bridge is shut".split(), "the bridge is shut".split(), 2)  # two of the three pairs
    0.6666666666666666

    :param text: Words of a text.
    :param summary: Words of a person's summary.
    :param length: Words of an n-gram, 1 or 2.
    :return: From 0 to 1.
    """
    found, wanted = _grams(text, length), _grams(summary, length)
    return (found & wanted).total() / max(wanted.total(), 1)


def leads(index: SentenceIndex) -> dict[str, list[str]]:
    """Return the words of what an overview of an article is compared with.

    :param index: The article.
    :return: `printed`: all that stands behind the headline; `body`: the same without headings, authors and dates;
        `three sentences`: the first three of these.
    """
    rows = [row for row in range(len(index)) if row or label(index.text(row)) != index.articles[0].title]
    body = [row for row in rows if is_body(index, row)] or rows
    texts = {"printed": rows, "body": body, "three sentences": body[:3]}
    return {name: words(" ".join(index.text(row) for row in of)) for name, of in texts.items()}


def words(text: str) -> list[str]:
    """Return a text's words, lower case."""
    return _WORD.findall(text.lower())


def compared(index: SentenceIndex, summaries: Sequence[str]) -> dict[str, float]:
    """Compare the overview of an article with its leads.

    :param index: The article.
    :param summaries: People's summaries of it.
    :return: The words of the overview; by lead and n-gram the recall of overview and lead, from 0 to 1.
    """
    given = words(" ".join(index.text(row) for row in overview(index)))
    values: dict[str, float] = {"words": len(given)}
    for name, lead in leads(index).items():
        length = min(len(given), len(lead))
        for grams in (1, 2):
            for what, text in (("overview", given), ("lead", lead)):
                found = [rouge(text[:length], words(summary), grams) for summary in summaries]
                values[f"{name} rouge-{grams} {what}"] = float(np.mean(found))
    return values


def _grams(text: Sequence[str], length: int) -> Counter[tuple[str, ...]]:
    return Counter(pairwise(text)) if length == 2 else Counter((word,) for word in text)


def _mean(values: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: round(float(np.mean([one[name] for one in values])), 4) for name in values[0]}


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.pipeline.overviews", description=__doc__)
    parser.add_argument("--everyday", type=Path, required=True, help="folder of articles, summaries, train and dev")
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    options = parser.parse_args()
    encoder = open_encoder(options.encoder)
    summaries = json.loads((options.everyday / "summaries.json").read_text(encoding="utf-8"))
    result = {}
    for part in ("train", "dev"):
        names = [name for name in summaries if (options.everyday / part / f"{name}.jsonl").is_file()]
        found = [
            compared(
                build_index([read_article(options.everyday / "articles" / f"{name}.txt")], encoder), summaries[name]
            )
            for name in names
        ]
        result[part] = {"articles": len(found), **_mean(found)}
    print(json.dumps(result, indent=2))  # noqa: T201 - this is what the command is for


if __name__ == "__main__":
    main()
