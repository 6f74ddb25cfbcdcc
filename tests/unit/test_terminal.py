"""What the commands say of a caution, and of an article in another language."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

import pytest
import typer
from rich.console import Console

from index.errors import InputError
from rag.reading.calibration import Calibration, Caution, OperatingPoint
from rag.reading.reading import CalibratedReader
from rag.terminal import CRASHED, _prices, counting, read_articles, run, tell
from tests.conftest import ROOT, LastWordReader

NORMAL = OperatingPoint(0.2, 0.5, 0.814, 0.6, 0.7, 0.85)
POINTS = {
    Caution.NONE: OperatingPoint(0.0, 0.5, 0.9, 0.0, 0.7, 0.85),
    Caution.LOW: OperatingPoint(0.1, 0.5, 0.88, 0.25),
    Caution.NORMAL: NORMAL,
    Caution.HIGH: OperatingPoint(0.6, 0.6, 0.6, 0.9, 0.6, 0.9),
}
SAID_OF_NORMAL = (
    "Caution normal: of 100 questions with an answer, 81 are answered with the right sentence, 70 of them surely; "
    "of 100 without one, 60 are refused and 25 more are marked as unsure."
)


def _reader(points: Mapping[Caution, OperatingPoint] | None) -> CalibratedReader:
    return CalibratedReader(LastWordReader(), Calibration(0.0, 1.0, 0.0, points=points))


@pytest.mark.parametrize(
    ("caution", "said"),
    [
        (
            Caution.NONE,
            "of 100 questions with an answer, 90 are answered with the right sentence, 70 of them surely; "
            "of 100 without one, 0 are refused and 85 more are marked as unsure.",
        ),
        (
            Caution.LOW,
            "of 100 questions with an answer, 88 are answered with the right sentence; of 100 without one, 25 are "
            "refused.",
        ),
        (
            Caution.HIGH,
            "of 100 questions with an answer, 60 are answered with the right sentence, 60 of them surely; "
            "of 100 without one, 90 are refused and 0 more are marked as unsure.",
        ),
    ],
)
def test_a_caution_tells_how_often_it_is_right(caution: Caution, said: str) -> None:
    """For both kinds of questions, with the normal one to compare; what nobody measured is left out."""
    assert _prices(_reader(POINTS), caution) == [f"Caution {caution}: {said}", SAID_OF_NORMAL]


def test_what_nobody_measured_is_not_told() -> None:
    """A reader that was not calibrated has no rates."""
    assert _prices(_reader(None), Caution.LOW) == [
        "Caution low: this reader is not calibrated, so nobody has measured what that costs."
    ]


def test_an_article_in_another_language_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its file, eight of them one by one; all articles are read, and nothing is said of an English one."""
    english = tmp_path / "english.txt"
    english.write_text("Red apples grow in Kent, and nobody knows why.", encoding="utf-8")
    german = [tmp_path / f"{number}.txt" for number in range(10)]
    for number, path in enumerate(german):
        path.write_text(f"Der Rat hat am {number}. Mai beschlossen, die Brücke zu sperren.", encoding="utf-8")
    assert len(read_articles([english, *german], None)) == 11
    said = capsys.readouterr().err.splitlines()
    assert said[0] == (
        f"{german[0]}: Pullquote reads English; this article looks like German: its answers will be poor."
    )
    assert len(said) == 9
    assert said[8] == "2 more articles look like another language than English."


def test_nothing_in_a_name_is_markup_or_moves_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    """Rich would fail at a tag that closes nothing, and make a link of another."""
    tell("In x/[/x] [link=https://example.com]y[/link] \x1b]8;;z\x9b31m\n")
    assert capsys.readouterr().err == "In x/[/x] [link=https://example.com]y[/link] �]8;;z�31m�\n"


def test_a_bar_takes_any_label(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A configuration may have any name."""
    monkeypatch.setattr("rag.terminal.errors", Console(stderr=True, force_terminal=True, width=80))
    with counting("Asking: [/x]\x1b[5m", 2) as advance:
        advance()
    told = capsys.readouterr().err
    assert "Asking: [/x]�[5m" in told
    assert "\x1b[5m" not in told


def test_a_fault_of_our_own_has_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    """1 says that a check was not passed, and 2 that the input cannot be used."""
    app = typer.Typer(pretty_exceptions_enable=False)

    @app.command()
    def fail() -> None:
        raise KeyError("\x1b[31m[/x]")

    with patch.object(sys, "argv", ["fail"]), pytest.raises(SystemExit) as ended:
        run(app)
    told = capsys.readouterr().err.splitlines()
    assert (ended.value.code, CRASHED) == (70, 70)
    assert told[0] == "Traceback (most recent call last):"
    assert told[-2:] == [
        "KeyError: '\\x1b[31m[/x]'",
        "pullquote: this is a fault of Pullquote's own, and no finding. Report it with the lines above.",
    ]


def test_an_article_may_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of any kind, told by its content; an empty one is named."""
    data = (ROOT / "tests" / "data" / "documents" / "article.docx").read_bytes()
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(data)))
    (article,) = read_articles(["-"], ["https://example.org/a"])
    assert (article.title, article.url) == ("New bridge opens in Riverton after eleven years", "https://example.org/a")
    with pytest.raises(InputError, match=r"^Standard input is empty \(0 bytes"):
        read_articles(["-"])


def test_nothing_is_fetched_that_is_not_asked_for() -> None:
    """And nothing that is private, then either; the line names the option."""
    address = "http://127.0.0.1:9/story"
    with pytest.raises(InputError, match=rf"^{address} is on the web\. .* --allow-fetch; or save the page"):
        read_articles([address])
    with pytest.raises(InputError, match=rf"^{address} leads to '127\.0\.0\.1', which is on this machine"):
        read_articles([address], fetch=True)
