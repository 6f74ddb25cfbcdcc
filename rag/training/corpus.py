"""From the data folder to a corpus: paragraphs with sentences, examples with neighbours, noise and twins."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise
from pathlib import Path
from random import Random

import numpy as np
import torch
from tokenizers import Tokenizer

from index.build import build_index
from index.encoder import Encoder
from index.openvino_encoder import open_encoder
from rag.retrieval.fusion import WEIGHTS, WeightedSum
from rag.retrieval.retriever import Retriever

from .everyday import MORE, Part, read_everyday, read_more
from .lexical import bm25_table, lexical_scores
from .noise import noisy
from .records import Corpus, Example, Paragraph, Span, sentence_bounds
from .templates import affirmations, descriptions, missing_facts, quotations
from .tokens import tokenise
from .twins import entities, opposed, swapped

NEIGHBOURS = 10
# sources whose questions only make sense beside their own text ('what does the author like?'):
# another text of the same source would often answer them, so it is no negative
SELF_CONTAINED = frozenset({"reddit", "amazon"})
_SENTENCES_PER_BLOCK = 8


@dataclass(frozen=True, slots=True)
class RawQuestion:
    """One line of the data files: a question, the text it was asked of and the annotated answers."""

    source: str
    article: str
    context: str
    question: str
    spans: tuple[Span, ...]


def read_questions(path: Path) -> list[RawQuestion]:
    """Read a gzipped JSON list of `{src, title?, context, question, answers: [{start, text}]}`."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = json.load(file)
    return [
        RawQuestion(
            source=_short(row["src"]),
            article=row.get("title") or row["src"],
            context=row["context"],
            question=row["question"].strip(),
            spans=_spans(row.get("answers", []), row["context"]),
        )
        for row in rows
        if not row.get("also_in_train")
    ]


def _short(source: str) -> str:
    return {
        "shifts_new_wiki": "wiki",
        "shifts_reddit": "reddit",
        "shifts_amazon_reviews": "amazon",
        "unansq_dev": "unansq",
        "timeqa_easy": "timeqa",
        "timeqa_hard": "timeqa",
        "timeqa_test": "timeqa",
        "nq_open_dev": "nq",
    }.get(source, source)


def _spans(answers: Iterable[dict[str, object]], context: str) -> tuple[Span, ...]:
    votes: Counter[tuple[int, int]] = Counter()
    for answer in answers:
        start, text = int(str(answer["start"])), str(answer["text"])
        lead = len(text) - len(text.lstrip())
        bare = text.strip()
        bare = bare.rstrip(".,;") or bare
        if bare and context[start + lead : start + lead + len(bare)] == bare:
            votes[start + lead, start + lead + len(bare)] += 1
    return tuple(Span(a, b, n) for (a, b), n in votes.items())


class CorpusBuilder:
    """Collects paragraphs and examples; one text is one paragraph, however many questions it has."""

    def __init__(self, seed: int) -> None:
        self.paragraphs: list[Paragraph] = []
        self.examples: list[Example] = []
        self._known: dict[str, int] = {}
        self.rng = Random(seed)  # noqa: S311 - draws training data, keeps no secret

    def paragraph(self, text: str, article: str, bounds: tuple[tuple[int, int], ...] | None = None) -> int:
        """Return the number of the paragraph with this text, adding it if it is new."""
        if text not in self._known:
            self._known[text] = len(self.paragraphs)
            self.paragraphs.append(Paragraph(text, bounds or sentence_bounds(text), article))
        return self._known[text]

    def add(self, rows: Sequence[RawQuestion]) -> None:
        """Add questions asked of a whole paragraph."""
        for row in rows:
            article = f"{row.source}:{row.article}"
            at = self.paragraph(row.context, article)
            self.examples.append(Example(row.question, at, row.spans, row.source))

    def add_sentences(self, rows: Sequence[RawQuestion], articles: dict[str, list[str]], region: bool) -> None:
        """Add questions asked of one sentence; sentences of an article are set side by side in blocks."""
        place: dict[tuple[str, str], tuple[int, int]] = {}
        for article, sentences in articles.items():
            for first in range(0, len(sentences), _SENTENCES_PER_BLOCK):
                block = sentences[first : first + _SENTENCES_PER_BLOCK]
                starts = np.cumsum([0] + [len(s) + 1 for s in block]).tolist()
                bounds = tuple((a, a + len(s)) for a, s in zip(starts, block, strict=False))
                at = self.paragraph(" ".join(block), article, bounds)
                place.update({(article, s): (at, a) for s, (a, _) in zip(block, bounds, strict=True)})
        for row in rows:
            at, shift = place[row.article, row.context]
            spans = tuple(Span(s.start + shift, s.end + shift, s.votes) for s in row.spans)
            if spans:
                self.examples.append(Example(row.question, at, spans, row.source, region=region))

    def add_rules(self) -> None:
        """Add questions made by rule from Wikipedia-like paragraphs."""
        for at, paragraph in enumerate(tuple(self.paragraphs)):
            if paragraph.article.split(":")[0] not in {"wiki", "squad2", "qed", "qamr"}:
                continue
            made = descriptions(paragraph.text, self.rng)
            self.rng.shuffle(made)
            picked = made[:2] + quotations(paragraph.text, self.rng)[:2]
            self.examples += [Example(m.question, at, m.spans, "rule") for m in picked]
            affirmed = affirmations(paragraph.text, paragraph.sentences)
            for made_one in self.rng.sample(affirmed, min(len(affirmed), 2)):
                # a contradiction proves as well as a confirmation
                opposite = opposed(made_one.question, paragraph, self.rng) if self.rng.random() < 0.5 else None
                self.examples.append(Example(opposite or made_one.question, at, made_one.spans, "yesno"))
            if self.rng.random() < 0.6:
                lacking = missing_facts(paragraph.text, self.rng)
                self.examples += [Example(m.question, at, m.spans, "missing") for m in lacking]

    def add_twins(self, share: float) -> None:
        """Add unanswerable twins of a share of the answerable questions."""
        names = [n for p in self.paragraphs[:3000] for n in entities(p.text)[:4]]
        sample = [self.rng.choice(names) for _ in range(400)] if names else []
        for example in tuple(self.examples):
            if (
                not example.spans
                or example.region
                or example.scores
                or example.kind == "rule"
                or self.rng.random() > share
            ):
                continue
            paragraph = self.paragraphs[example.paragraph]
            twin = swapped(example.question, paragraph, example.spans, sample, self.rng)
            if twin is None or self.rng.random() < 0.3:
                twin = opposed(example.question, paragraph, self.rng) or twin
            if twin is not None:
                self.examples.append(Example(twin, example.paragraph, (), "twin"))

    def add_everyday(self, folder: Path, encoder: Encoder) -> None:
        """Add everyday questions, each asked of its whole article."""
        for article, questions in chain(read_everyday(folder, Part.TRAIN), read_more(MORE, folder)):
            index = build_index([article], encoder)
            retriever = Retriever(index, encoder)
            bounds = tuple((stored.sentence.start, stored.sentence.end) for stored in index.sentences)
            at = self.paragraph(article.text, f"everyday:{article.id}", bounds)
            for one in questions:
                scores = WeightedSum(WEIGHTS).scores(retriever.signals(one.question))
                self.examples.append(Example(one.question, at, one.spans, one.kind, scores=tuple(scores.tolist())))

    def add_noise(self, variants: int) -> None:
        """Give every example noisy ways to put its question."""
        self.examples = [
            replace(e, variants=tuple(noisy(e.question, self.rng) for _ in range(variants))) for e in self.examples
        ]

    def add_neighbours(self, tokenizer: Tokenizer, vocabulary: int) -> None:
        """Give every example the passages nearest to its question that hold none of its answers."""
        groups: defaultdict[str, list[int]] = defaultdict(list)
        for i, example in enumerate(self.examples):
            # questions made by rule were checked against their own paragraph only
            if not example.scores and example.kind not in {"rule", "missing", "yesno"}:
                groups[_pool(self.paragraphs[example.paragraph].article)].append(i)
        for key in sorted(groups):
            members = groups[key]
            texts = [i for i, p in enumerate(self.paragraphs) if _pool(p.article) == key]
            if key.split(":")[0] in SELF_CONTAINED or len(texts) < 2:
                continue
            passages = tokenise(tokenizer, [self.paragraphs[t].text for t in texts])
            table = bm25_table([passages.ids[a:b] for a, b in pairwise(passages.bounds)], vocabulary)
            for first in range(0, len(members), 512):
                self._rank(members[first : first + 512], texts, table, tokenizer)

    def _rank(self, members: Sequence[int], texts: Sequence[int], table: torch.Tensor, tokenizer: Tokenizer) -> None:
        questions = tokenise(tokenizer, [self.examples[i].question for i in members])
        ids = [questions.ids[a:b] for a, b in pairwise(questions.bounds)]
        scores = lexical_scores(ids, table)
        for i, row in zip(members, scores, strict=True):
            example = self.examples[i]
            best = [texts[int(k)] for k in np.argsort(-row, kind="stable")[: NEIGHBOURS * 3]]
            chosen = [t for t in best if t != example.paragraph and not self._answers(example, t)]
            self.examples[i] = replace(example, neighbours=tuple(chosen[:NEIGHBOURS]))

    def _answers(self, example: Example, other: int) -> bool:
        own, text = self.paragraphs[example.paragraph].text, self.paragraphs[other].text.lower()
        if example.region:
            return False
        return any(own[s.start : s.end].lower() in text for s in example.spans)


def _pool(article: str) -> str:
    """Paragraphs are compared inside one pool: the article where the data names it, else the source."""
    return article if article.split(":")[0] in {"squad", "squad2", "qamr", "nqg"} else article.split(":")[0]


def build_corpus(
    data: Path, tokenizer: Tokenizer, vocabulary: int, seed: int, limit: int = 0, everyday: Path | None = None
) -> Corpus:
    """Read the data folder and make the training corpus; `limit` keeps that many lines of each file."""
    builder = CorpusBuilder(seed)
    train = read_questions(data / "train.json.gz")
    squad2 = read_questions(data / "sq2_train.json.gz")
    squad, nqg = (
        read_questions(path) if path.exists() else [] for path in (data / "squad1.json.gz", data / "nqg.json.gz")
    )
    if limit:
        train, squad2 = train[:: max(1, len(train) // limit)], squad2[:limit]
        squad, nqg = squad[:limit], nqg[:limit]
    builder.add([row for row in train if row.source != "qamr"])
    builder.add(squad2 + squad)
    for name in ("unansq_dev", "timeqa", "nq_oracle"):
        builder.add(read_questions(data / f"{name}.json.gz"))
    builder.add_sentences(*_by_article([row for row in train if row.source == "qamr"]), region=False)
    builder.add_sentences(*_by_order(nqg), region=True)
    builder.add_rules()
    builder.add_twins(share=0.45)
    if everyday:
        builder.add_everyday(everyday, open_encoder())
    builder.add_noise(variants=1)
    builder.add_neighbours(tokenizer, vocabulary)
    return Corpus(tuple(builder.paragraphs), tuple(builder.examples))


def _by_article(rows: Sequence[RawQuestion]) -> tuple[list[RawQuestion], dict[str, list[str]]]:
    """Order QAMR sentences as in their articles; a title is `corpus:site:article:paragraph:sentence`."""

    def place(title: str) -> tuple[str, tuple[int, ...]]:
        parts = title.split(":")
        return f"qamr:{parts[2]}", tuple(int("".join(filter(str.isdigit, p)) or 0) for p in parts[3:])

    seen = sorted({(*place(row.article), row.context) for row in rows})
    articles: defaultdict[str, list[str]] = defaultdict(list)
    for article, _, sentence in seen:
        if sentence not in articles[article]:
            articles[article].append(sentence)
    return [replace(row, article=place(row.article)[0]) for row in rows], dict(articles)


def _by_order(rows: Sequence[RawQuestion]) -> tuple[list[RawQuestion], dict[str, list[str]]]:
    """Set sentences that come without a title beside their neighbours in the file; the whole sentence is the region."""
    sentences = list(dict.fromkeys(row.context for row in rows))
    size = _SENTENCES_PER_BLOCK * 5
    home = {s: f"nqg:{i // size}" for i, s in enumerate(sentences)}
    articles: defaultdict[str, list[str]] = defaultdict(list)
    for sentence in sentences:
        articles[home[sentence]].append(sentence)
    whole = [replace(r, article=home[r.context], spans=(Span(0, len(r.context)),)) for r in rows]
    return whole, dict(articles)
