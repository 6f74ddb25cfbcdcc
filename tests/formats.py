"""Whether an article gives the same answers in each format: `python -m tests.formats ARTICLE.txt QUESTIONS.jsonl`.

pandoc, LibreOffice and Chromium make the documents (`apt-get install pandoc libreoffice-writer chromium`). Each
question is asked of each of them, and what differs from the answers about the text is listed.
"""

from __future__ import annotations

import argparse
import html
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from index.article import Article, read_article
from index.build import build_index
from index.openvino_encoder import open_encoder
from rag.answering.assistant import Assistant
from rag.question_sets.reading import read_question_set
from rag.reading.calibration import Caution
from rag.reading.shipped import load_reader

WIDTH = 72


def made(text: Path, folder: Path) -> Iterator[Path]:
    """Make a document of each kind of an article.

    :param text: The article: a title, and a line for each paragraph.
    :param folder: Where they are written.
    :return: The documents, as each is made.
    """
    title, *paragraphs = [line.strip() for line in text.read_text(encoding="utf-8").splitlines() if line.strip()]
    page = folder / "page.html"
    body = "\n".join(f"<p>{html.escape(one)}</p>" for one in paragraphs)
    page.write_text(
        f"<!DOCTYPE html>\n<html lang='en'><meta charset='utf-8'><title>{html.escape(title)}</title>\n"
        f"<body><h1>{html.escape(title)}</h1>\n{body}\n</body></html>\n",
        encoding="utf-8",
    )
    yield page
    wrapped = folder / "wrapped.txt"
    fill = textwrap.TextWrapper(WIDTH, break_long_words=False, break_on_hyphens=False).fill
    wrapped.write_text("\n\n".join(map(fill, [title, *paragraphs])) + "\n", encoding="utf-8")
    yield wrapped
    for name in ("pandoc.md", "pandoc.html", "pandoc.docx", "pandoc.epub", "pandoc.odt"):
        # straight quotes stay straight, and curly ones curly
        to = ["--to", "markdown-smart"] if name.endswith(".md") else []
        _run("pandoc", "--standalone", str(page), *to, "--output", str(folder / name))
        if not name.endswith(".odt"):
            yield folder / name
    for kind in ("docx", "pdf"):
        office = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", kind]
        _run(*office, "--outdir", str(folder / "office"), str(folder / "pandoc.odt"))
        yield Path(shutil.move(folder / "office" / f"pandoc.{kind}", folder / f"writer.{kind}"))
    _run("chromium", "--headless", "--no-sandbox", f"--print-to-pdf={folder / 'print.pdf'}", page.as_uri())
    yield folder / "print.pdf"


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=180)


def compared(text: Path, questions: Path, reader: str, caution: Caution) -> Iterator[str]:
    """Ask all questions of all documents.

    :param text: The article.
    :param questions: A question set about it.
    :param reader: Name of the reader.
    :param caution: How sure to be before answering.
    :return: A line for each document, and one for each question that it answers otherwise than the text.
    """
    encoder, model = open_encoder(), load_reader(reader)
    asked = [one.standalone or one.text for one in read_question_set(questions).questions]

    def answers(article: Article) -> list[str]:
        threshold, sure = model.calibration.threshold(caution), model.calibration.sure(caution)
        assistant = Assistant(build_index([article], encoder), encoder, model, threshold, sure=sure)
        return [_said(assistant, question) for question in asked]

    right = answers(read_article(text))
    with TemporaryDirectory() as folder:
        for document in made(text, Path(folder)):
            found = answers(read_article(document))
            same = sum(one == other for one, other in zip(right, found, strict=True))
            yield f"{document.name}: {same} of {len(asked)} answers are the same"
            for question, one, other in zip(asked, right, found, strict=True):
                if one != other:
                    yield f"    {question!r}: {one!r} became {other!r}"


def _said(assistant: Assistant, question: str) -> str:
    answer = assistant.ask(question)
    return f"{answer.status.value}: {' '.join(answer.text.split())}"


def main() -> None:
    """Run the program."""
    parser = argparse.ArgumentParser(prog="python -m tests.formats", description=__doc__)
    parser.add_argument("article", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--reader", default="fast")
    parser.add_argument("--caution", type=Caution, default=Caution.NORMAL, choices=list(Caution))
    options = parser.parse_args()
    for line in compared(options.article, options.questions, options.reader, options.caution):
        print(line, flush=True)  # noqa: T201  # the result


if __name__ == "__main__":
    main()
