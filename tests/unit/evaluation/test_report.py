"""The report: what it says, what it marks, and that no text of others becomes a part of the page."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.article import Article
from index.hidden import visible
from rag.evaluation.comparison import Difference
from rag.evaluation.record import Asked, Outcome, Record, Run
from rag.evaluation.report.excerpt import WHOLE, Mark, Piece, excerpt
from rag.evaluation.report.page import write_report
from rag.question_sets.question import Place
from tests.conftest import HOSTILE

FRUIT = Article("Red apples grow in Kent.\n\nGreen pears grow in Devon.")
PLAIN = "plain"


def place(words: str, article: Article = FRUIT) -> Place:
    """Where words stand first."""
    start = article.text.index(words)
    return Place(article.id, start, start + len(words))


MISSED = Record(
    id="q1",
    question="Where do pears grow?",
    asked=Asked.SINGLE,
    answerable=True,
    outcome=Outcome.READER_MISS,
    article=FRUIT.id,
    fields={"type": "where"},
    answers=("Devon", "in Devon"),
    gold=(place("Devon"),),
    status="answered",
    text="Kent",
    understood_as="Where do green pears grow?",
    confidence=0.61,
    spans=(place("Kent"),),
    citations=(place("Red apples grow in Kent."),),
    read_by="fast",
    timings_ms={"retrieve": 2.0, "total": 40.0},
    values={"evidence@1": 0.0, "f1": 0.0, "recall@1": 0.0, "recall@5": 1.0},
)
RIGHT = replace(
    MISSED,
    id="q2",
    question="Where do apples grow?",
    outcome=Outcome.RIGHT,
    fields={"type": "place"},
    answers=("Kent",),
    gold=(place("Kent"),),
    confidence=0.9,
    understood_as="Where do apples grow?",
    values={"evidence@1": 1.0, "f1": 1.0, "recall@1": 1.0, "recall@5": 1.0},
)
WORDY = replace(
    RIGHT, id="q3", question="Which county?", understood_as="Which county?", values={**RIGHT.values, "f1": 0.5}
)
REFUSED = replace(
    RIGHT,
    id="q4",
    question="Where do plums grow?",
    answerable=False,
    outcome=Outcome.RIGHT_REFUSAL,
    answers=(),
    gold=(),
    status="not_in_article",
    text="",
    confidence=0.2,
    spans=(),
    citations=(),
    values={"refused": 1.0},
)
RUN = Run("accurate", {"encoder": "MiniLM", "when": "2026-01-02"}, (MISSED, RIGHT, WORDY, REFUSED))


class Shown(HTMLParser):
    """What a page holds: elements, and text by the element that it stands in.

    :param elements: Each kind of element with the names of its attributes.
    :param links: What any attribute that makes a request names.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[tuple[str, tuple[str, ...]]] = set()
        self.links: set[str] = set()
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.add((tag, tuple(name for name, _ in attrs)))
        self.links.update(value or "" for name, value in attrs if name in ("href", "src", "xlink:href"))
        self._open.append(f"{tag}.{dict(attrs).get('class') or ''}")

    def handle_endtag(self, tag: str) -> None:
        """Go back to the element around it."""
        while self._open and not self._open.pop().startswith(f"{tag}."):
            pass

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        if self._open:
            self.texts.append((self._open[-1], data))

    def within(self, element: str) -> list[str]:
        """Texts that stand directly in elements of a kind, such as 'mark.gold'."""
        return [text for where, text in self.texts if where == element]


def words(page: str) -> str:
    """The page's text on one line, every space the same."""
    return " ".join(" ".join(text for where, text in Shown(page).texts if where != "style.").split())


def report(*runs: Run) -> str:
    """The report of runs over the fruit."""
    return write_report(runs or (RUN,), (), {FRUIT.id: FRUIT})


def test_it_says_what_was_measured() -> None:
    """Name, settings, how many questions, the main measures."""
    text = words(report())
    assert "accurate 4 questions: 3 with an answer, 1 without." in text
    assert "encoder MiniLM when 2026-01-02" in text
    assert "Right sentence first 66.7 %" in text
    assert "Found in five sentences 100.0 %" in text
    assert "Median time 40 ms" in text


def test_it_tells_how_surely_it_answers() -> None:
    """Counts by kind of question; a failure that was unsure is told to be."""
    text = words(report(replace(RUN, records=(replace(MISSED, status="unsure"), RIGHT, WORDY, REFUSED))))
    assert "Questions Answered surely Unsure Refused answerable 3 2 (2 right) 1 (0 right) 0 unanswerable 1" in text
    assert "given unsure Kent gold Devon" in text
    assert "Balance of both 83.3 %" in text


def test_a_failure_is_shown_with_its_article() -> None:
    """What was asked, given and right; and where each stands."""
    page = report()
    text = words(page)
    assert "Reader miss: 1 The answer was read, and something else was given. Where do pears grow?" in text
    assert "given Kent gold Devon , or in Devon" in text
    assert "Asked as single questions Understood as Where do green pears grow? Confidence 0.61 Reader fast" in text
    assert "Right, in other words: 1 Show them" in text
    assert page.count('class="failure"') == 2
    assert text.count("Understood as") == 1
    assert "Where do apples grow?" not in text
    assert "Where do plums grow?" not in text


def test_the_marks_are_at_the_right_characters() -> None:
    """Gold, given and cited each around their own words, split where they overlap."""
    shown = Shown(report(replace(RUN, records=(MISSED,))))
    assert shown.within("mark.gold") == ["the gold", "Devon"]
    assert shown.within("mark.given cited") == ["Kent"]
    assert shown.within("mark.cited") == ["the sentence cited", "Red apples grow in ", "."]
    assert shown.within("span.tag") == ["cited", "given", "gold"]


def test_overlapping_stretches_are_split_at_every_border() -> None:
    """A piece has all its marks, and says which begin in it."""
    article = Article("abcdefgh")
    cut = excerpt(
        article,
        {
            Mark.GOLD: (Place(article.id, 1, 4), Place("elsewhere", 0, 8)),
            Mark.GIVEN: (Place(article.id, 3, 6), Place(article.id, 5, 5), Place(article.id, 7, 99)),
        },
    )
    gold, given_ = Mark.GOLD, Mark.GIVEN
    (line,) = cut.lines
    assert line.pieces == (
        Piece("a"),
        Piece("bc", (gold,), (gold,)),
        Piece("d", (gold, given_), (given_,)),
        Piece("ef", (given_,)),
        Piece("g"),
        Piece("h", (given_,), (given_,)),
    )


def test_of_a_long_article_the_lines_around_a_mark_are_shown() -> None:
    """One either side, and it says where something is left out."""
    lines = [f"Line {number} " + "x" * 90 for number in range(200)]
    article = Article("\n\n".join(lines))
    cut = excerpt(article, {Mark.GOLD: (place("Line 7 ", article), place("Line 199", article))})
    assert ["".join(piece.text for piece in line.pieces) for line in cut.lines] == [
        lines[number] for number in (6, 7, 8, 198, 199)
    ]
    assert [line.after_gap for line in cut.lines] == [True, False, False, True, False]
    assert not cut.open_end
    assert excerpt(article, {}).lines == ()


@given(
    st.text(st.sampled_from("ab \n\r🙂"), max_size=60),
    st.lists(st.tuples(st.sampled_from(Mark), st.integers(-5, 70), st.integers(-5, 70)), max_size=8),
    st.integers(0, 1),
)
def test_pieces_put_together_are_the_text(body: str, marks: list[tuple[Mark, int, int]], long: int) -> None:
    """And every character has exactly the marks of the stretches over it."""
    article = Article(f"{body}x" + long * ("\n" + "y" * WHOLE))
    named = {mark: [Place(article.id, low, high) for name, low, high in marks if name is mark] for mark in Mark}
    at = 0
    for line in excerpt(article, named).lines:
        for piece in line.pieces:
            at = article.text.index(piece.text, at)
            for offset in range(at, at + len(piece.text)):
                over = tuple(m for m in Mark if any(one.start <= offset < one.end for one in named[m]))
                assert piece.marks == over or set(piece.text) == {"y"}
            at += len(piece.text)
    if not long:
        kept = "".join(piece.text for line in excerpt(article, named).lines for piece in line.pieces)
        assert "".join(kept.split()) == "".join(article.text.split())


def hostile(text: str) -> tuple[Run, Article]:
    """A run in which every text of others holds a text."""
    article = Article(f"Kent.\n{text}")
    everywhere = Place(article.id, 0, len(article.text))
    record = replace(
        MISSED,
        id=text,
        question=text,
        article=article.id,
        fields={text: text, f"{text} ": text},
        answers=(text,),
        gold=(everywhere,),
        spans=(everywhere,),
        citations=(everywhere,),
        status=text or "answered",
        text=text,
        understood_as=f"{text}!",
        read_by=text,
    )
    other = replace(record, id=f"{text}2", outcome=Outcome.WRONG_ANSWER, answerable=False, fields={text: f"{text}2"})
    return Run(text, {text: text}, (record, other)), article


def page_of(text: str) -> str:
    """The report of two hostile runs."""
    run, article = hostile(text)
    difference = Difference("f1", text, text, 0.1, 0.01, 0.01)
    return write_report((run, run), (difference,), {article.id: article})


ALLOWED = Shown(page_of(PLAIN)).elements


@settings(max_examples=10, deadline=None)
@given(st.text(st.sampled_from("<>&\"'/=-!`$ aon\u202e\x00\x1b🙂") | st.characters(), min_size=1, max_size=50))
@example("'\"--></style></title></svg><script>{{ 7 * 7 }}")
def test_no_text_of_others_becomes_a_part_of_the_page(text: str) -> None:
    """It makes no element, no attribute and no address, and is shown as it is, or by '�' where nothing would be."""
    shown = Shown(page_of(text))
    assert shown.elements <= ALLOWED
    assert {link for link in shown.links if not link.startswith("#")} == {"data:,"}
    seen = "".join(mark if mark in "\t\n\r" else visible(mark) for mark in text)
    assert seen in shown.within("bdi.")
    assert f"{seen}!" in shown.within("dd.")


def test_hostile_texts_are_shown_literally() -> None:
    """Those that the chat is tested with too, all on one page: to draw its plots takes longest."""
    text = " ".join(HOSTILE)
    shown = Shown(page_of(text))
    assert shown.elements <= ALLOWED
    assert text in shown.within("mark.gold given cited")


def test_what_is_hidden_in_texts_is_shown() -> None:
    """What turns the direction, or has no width, in a question, an answer, a run's name or an article."""
    run, article = hostile("re\u202egpj.exe \u200b\u3164\tis\u00ad")
    page = write_report([run], (), {article.id: article})
    assert re.search("[\u202e\u200b\u3164]", page) is None
    assert page.count("re�gpj.exe ��\tis\u00ad") > 5


def test_half_a_surrogate_pair_does_not_stop_it() -> None:
    """JSON can hold one, a file cannot."""
    page = report(replace(RUN, name="a\ud800", records=(replace(MISSED, question="b\udfff"),)))
    assert "<title>Evaluation of a?</title>" in page
    assert b"<bdi>b?</bdi>" in page.encode()


def test_it_needs_nothing_but_itself() -> None:
    """No script, no address but its own, and a policy that says so."""
    page = report(RUN, RUN)
    shown = Shown(page)
    assert not {tag for tag, _ in shown.elements} & {"script", "iframe", "img", "object", "embed", "base", "form"}
    assert {link for link in shown.links if not link.startswith("#")} == {"data:,"}
    assert "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"" in page
    assert not re.search(r"@import|@font-face|url\((?!#)", page)


def test_plots_have_ids_of_their_own_and_tell_their_numbers() -> None:
    """No id twice, no id missing; a title, a text that tells all, and no colour but the page's."""
    page = report()
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert sorted(set(ids)) == sorted(ids)
    assert set(re.findall(r'(?:url\(|href="|aria-labelledby="|aria-describedby=")#?([\w-]+)', page)) <= {*ids, "data"}
    svgs = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
    assert [re.search(r"<title[^>]*>([^<]+)", svg)[1] for svg in svgs] == [  # type: ignore[index]
        "Questions that the article answers",
        "Questions that it does not answer",
        "Risk and coverage",
        "Reliability",
        "Recall of the sentence",
        "Time for a question",
    ]
    assert all('role="img"' in svg for svg in svgs)
    assert "right: accurate 2 (67%); retrieval miss: accurate 0 (0%); reader miss: accurate 1 (33%)" in svgs[0]
    assert "90 to 100 %: mean confidence 90.0%, right 100.0%, answers 2" in svgs[3]
    assert not re.search(r"#[0-9a-f]{6}\b", "".join(svgs))
    assert "DejaVu" not in page


def test_runs_stand_side_by_side() -> None:
    """With the difference, and in words whether it is more than chance."""
    other = replace(RUN, name="fast", records=(MISSED, replace(WORDY, id="q2"), REFUSED))
    found = [
        Difference("evidence@1", "fast", "accurate", -0.167, 0.01, 0.031),
        Difference("f1", "fast", "accurate", 0.02, 0.4, 0.8),
    ]
    text = words(write_report((RUN, other), found, {}))
    assert "2 runs are compared." in text
    assert "−16.7 points, p = 0.031 significant" in text
    assert "+2.0 points, p = 0.800" in text
    assert text.count("significant") == len(("in the note", "at the first"))
    assert "its difference to that of accurate" in text
    assert "right: accurate 2 (67%), fast 1 (50%)" in text


def test_ways_of_asking_and_fields_have_their_tables() -> None:
    """Each way by itself; a field with a few values, its means over the questions that have them."""
    turn = replace(RIGHT, id="t", asked=Asked.FOLLOW_UP)
    alone = replace(RIGHT, id="t", asked=Asked.WRITTEN_OUT)
    text = words(report(replace(RUN, records=(*RUN.records, turn, alone))))
    assert "5 questions: 4 with an answer, 1 without." in text
    assert "Questions as readers ask them Measure accurate 5 questions" in text
    assert "Single questions Show them" in text
    assert "Follow-ups that need the conversation Show them" in text
    assert "The same written out, asked alone Show them" in text
    assert "By type type Questions Right sentence F1 Recall at 5 Refused" in text
    assert "place 4 100.0 % 83.3 % 100.0 % 100.0 %" in text
    assert "where 1 0.0 % 0.0 % 100.0 % –" in text


def test_a_ranking_has_no_answers() -> None:
    """Only what it found is shown; nothing failed that was not tried."""
    ranked = replace(
        MISSED, outcome=Outcome.UNJUDGED, status="", text="", spans=(), citations=(), values={"recall@5": 1.0}
    )
    page = report(replace(RUN, records=(ranked,)))
    assert re.findall(r"<figure id=\"([\w-]+)\"", page) == ["figure-recall-sentence", "figure-time"]
    assert "The failures Nothing." in words(page)


def test_no_question_is_no_error() -> None:
    """It says that there is nothing."""
    assert "0 questions: 0 with an answer, 0 without." in words(report(replace(RUN, records=())))


def test_the_same_numbers_make_the_same_page() -> None:
    """Byte for byte."""
    page = report()
    assert page == report()
    assert page.startswith("<!doctype html>\n")


def test_it_stays_small_whatever_comes_in() -> None:
    """What finds no room with its article is shown without, and what finds none at all is counted."""
    article = Article("\n".join("& " * 900 for _ in range(6)))
    wordy = replace(
        MISSED,
        question="&" * 9_000,
        article=article.id,
        text="<" * 9_000,
        answers=("'" * 9_000,) * 50,
        fields={f"{number}" * 500: "&" * 9_000 for number in range(100)},
        gold=tuple(Place(article.id, n, n + 1) for n in range(0, 9_000, 2)),
        spans=(),
        citations=(),
    )
    records = tuple(
        replace(wordy, id=f"{number}" * 300, outcome=(Outcome.READER_MISS, Outcome.RETRIEVAL_MISS)[number % 10 == 0])
        for number in range(5_000)
    )
    run = Run("n" * 500_000, {f"{number}" * 300: "&" * 9_000 for number in range(1_000)}, records)
    page = write_report([run] * 9, (), {article.id: article})
    assert len(page.encode()) <= 1_810_000
    without = page.count('class="failure"') - page.count('class="article"')
    assert page.count('class="article"') > 5
    assert without > 10
    assert "3 more are not shown." in page
    shown = page[page.index("<h3>Reader miss") :].count('class="failure"')
    assert f"and {4_500 - shown:,} more, in the saved run" in page


def test_a_few_failures_all_keep_their_article() -> None:
    """A hundred of a short article's fit."""
    run = replace(RUN, records=tuple(replace(MISSED, id=str(number)) for number in range(100)))
    page = report(run)
    assert page.count('class="article"') == page.count('class="failure"') == 100
