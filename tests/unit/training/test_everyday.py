"""Questions to train on, as they stand in their files."""

from __future__ import annotations

import gzip
import json
from itertools import chain
from pathlib import Path

from rag.training.everyday import MORE, Part, read_everyday, read_more
from rag.training.records import Span

TEXT = "A ferry\n\nThe ferry takes 35 minutes. It is free for children."


def test_more_questions_are_of_their_articles(tmp_path: Path) -> None:
    """Of a text in the file, or one in the folder; the best answer has three votes, another one."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "ferry.txt").write_text(TEXT, encoding="utf-8")
    known = {"question": "how long", "answers": ["35 minutes", "35"], "evidence": ["The ferry takes 35 minutes."]}
    unknown = {"question": "Who steers it?", "answers": [], "evidence": []}
    file = tmp_path / "more.jsonl.gz"
    lines = [
        {"article": "ferry", "questions": [known, unknown]},
        {"article": "boat", "text": TEXT, "questions": [known]},
    ]
    with gzip.open(file, "wt", encoding="utf-8") as written:
        written.writelines(json.dumps(line) + "\n" for line in lines)
    read = [(article.text, questions) for article, questions in read_more(file, tmp_path)]
    at = TEXT.index("35")
    spans = (Span(at, at + 10, 3), Span(at, at + 2, 1))
    assert [text for text, _ in read] == [TEXT, TEXT]
    assert [[(one.question, one.spans) for one in questions] for _, questions in read] == [
        [("how long", spans), ("Who steers it?", ())],
        [("how long", spans)],
    ]


def test_held_back_articles_are_not_trained_on(tmp_path: Path) -> None:
    """Every eighth, by name."""
    for folder in ("articles", "train"):
        (tmp_path / folder).mkdir()
    for number in range(10):
        (tmp_path / "articles" / f"{number}.txt").write_text(f"Number {number}.", encoding="utf-8")
        line = {"question": "Which?", "answers": [str(number)], "evidence": [f"Number {number}."]}
        (tmp_path / "train" / f"{number}.jsonl").write_text(json.dumps(line), encoding="utf-8")
    read = {
        part: [article.text[7] for article, _ in read_everyday(tmp_path, part)] for part in (Part.TRAIN, Part.HELD_BACK)
    }
    assert read == {Part.TRAIN: [*list("1234567"), "9"], Part.HELD_BACK: ["0", "8"]}


def test_the_file_of_more_questions_is_whole() -> None:
    """Evidence stands in its text once and holds an answer; no question is asked of an article twice."""
    with gzip.open(MORE, "rt", encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    assert len(lines) == len({line["article"] for line in lines}) == 562
    assert sum(len(line["questions"]) for line in lines) == 46_657
    for line in lines:
        turns = [one.get("turns", [one]) for one in line["questions"]]
        asked = [first["question"].lower() for first, *_ in turns]
        assert len(asked) == len(set(asked)), line["article"]
        for one in chain.from_iterable(turns):
            assert all(any(answer in stretch for stretch in one["evidence"]) for answer in one["answers"])
            assert all("text" not in line or line["text"].count(stretch) == 1 for stretch in one["evidence"])
