"""Measure drafted questions: `python -m rag.training.pipeline.drafts --everyday DIR`.

The folder is that of `rag.training.everyday`; what stands before the first `_` of an article's name is its genre, but
`wiki_*` are single paragraphs and left out. Counted is what is drafted of an article, by `--reader` also what of it the
assistant answers as drafted, both for 1,200 words, and the kinds of questions; by `--judge` of those that the judge
chooses, as the command `pullquote questions` does. How they read a person has to tell: `--draw 100` prints so many at
random, with their answers, to be judged one by one.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import mean, median

from index.article import Article, read_article
from rag.drafting.checking import check
from rag.drafting.draft import Draft
from rag.drafting.judge import Judge, chosen, load_judge
from rag.drafting.source import Source
from rag.drafting.templates import drafts, every_draft
from rag.loading import load_assistant

_WORDS = 1200
"""Of an article, as long as its counts are told for."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is drafted of an article.

    :param genre: Its genre.
    :param drafted: Questions for 1,200 words.
    :param kinds: Kinds of questions among them.
    :param kept: Questions for 1,200 words that the assistant answers as drafted; None if it was not asked.
    """

    genre: str
    drafted: float
    kinds: int
    kept: float | None = None


def counted(genre: str, article: Article, drafted: Sequence[Draft], reader: str | None = None) -> Counted:
    """Count what is drafted of an article.

    >>> counted("news", Article("Mayor Ann Lee built the mill."), []).drafted
    0.0

    :param genre: Its genre.
    :param article: The article.
    :param drafted: Its drafts.
    :param reader: The reader that answers them, as `load_assistant` takes it; None if they are not asked.
    """
    share = _WORDS / max(len(article.text.split()), 1)
    kept = None
    if reader:
        assistant = load_assistant(article, reader=reader)
        kept = share * sum(check(draft, assistant).agrees for draft in drafted)
    return Counted(genre, share * len(drafted), len({draft.template for draft in drafted}), kept)


def summed(found: Iterable[Counted]) -> dict[str, dict[str, float]]:
    """Sum up by genre, and over all.

    :param found: The articles.
    :return: By genre, and under `all`: articles, mean and median of the questions for 1,200 words, of those kept if
        they were asked, and the mean of the kinds.
    """
    genres: dict[str, list[Counted]] = defaultdict(list)
    for one in found:
        genres[one.genre].append(one)
        genres["all"].append(one)
    return {
        genre: _summed(ones) for genre, ones in sorted(genres.items(), key=lambda item: (item[0] == "all", item[0]))
    }


def articles(folder: Path, part: str) -> Iterator[tuple[str, Article]]:
    """Read the articles of a part, each with its name.

    :param folder: The folder of everyday questions.
    :param part: `train` or `dev`.
    """
    for path in sorted((folder / part).glob("*.jsonl")):
        if not path.stem.startswith("wiki_"):
            yield path.stem, read_article(folder / "articles" / f"{path.stem}.txt")


def _chosen(judge: Judge, source: Source) -> list[Draft]:
    every = every_draft(source)
    return chosen(every, judge.chances(every))


def _summed(ones: Sequence[Counted]) -> dict[str, float]:
    kept = [one.kept for one in ones if one.kept is not None]
    drafted = [one.drafted for one in ones]
    told = {"articles": len(ones), "drafted": mean(drafted), "median": median(drafted)}
    told |= {"kinds": mean(one.kinds for one in ones)}
    told |= {"kept": mean(kept), "kept, median": median(kept)} if kept else {}
    return {name: round(value, 1) for name, value in told.items()}


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m rag.training.pipeline.drafts", description=__doc__)
    parser.add_argument("--everyday", type=Path, required=True, help="folder of articles, train and dev")
    parser.add_argument("--part", choices=("train", "dev"), default="dev")
    parser.add_argument("--genres", default="", help="such as interview,speech; all by default")
    parser.add_argument("--judge", action="store_true", help="only those that the judge chooses")
    parser.add_argument("--reader", help="ask the drafts, too: accurate, fast or a folder")
    parser.add_argument("--draw", type=int, default=0, help="print so many drafts at random, to be judged")
    parser.add_argument("--seed", type=int, default=0, help="of the draw")
    options = parser.parse_args()
    wanted = set(filter(None, options.genres.split(",")))
    named = [(name.partition("_")[0], name, article) for name, article in articles(options.everyday, options.part)]
    choose = partial(_chosen, load_judge()) if options.judge else drafts
    made = [
        (genre, name, article, choose(Source.of(article, judged=options.judge)))
        for genre, name, article in named
        if not wanted or genre in wanted
    ]
    result = summed(counted(genre, article, drafted, options.reader) for genre, _, article, drafted in made)
    print(json.dumps(result, indent=2))  # noqa: T201 - this is what the command is for
    every = [(name, draft) for _, name, _, drafted in made for draft in drafted]
    # a seed makes a draw that can be made again; no secret hangs on it
    drawn = random.Random(options.seed).sample(every, min(options.draw, len(every)))  # noqa: S311
    for number, (name, draft) in enumerate(drawn, start=1):
        text = draft.article.text
        answers = " / ".join(" ".join(text[gold.start : gold.end].split()) for gold in draft.golds)
        print(f"{number}. [{name}, {draft.template}] {draft.question} — {answers}")  # noqa: T201


if __name__ == "__main__":
    main()
