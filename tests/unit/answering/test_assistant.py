"""The contract: every word of an answer is the article's, at its offsets, in a cited sentence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.article import Article
from index.build import build_index
from index.errors import InputError
from rag.answer import UNSEALED, Answer, Passage, Place, Reason, Status, Turn
from rag.answering import edition
from rag.answering.assistant import Assistant
from rag.answering.edition import Retrieved
from rag.reading.calibration import Calibration
from rag.reading.reader import SpanProposal
from rag.reading.reading import CalibratedReader
from tests.conftest import HOSTILE, LastWordReader, WordEncoder, last_words
from tests.unit.index.test_folder import OtherEncoder

TEXT = Article(
    "🙂 Fruit report\n\nRed apples grow in Kent. They ripen late.\n\nGreen pears fall in Devon.\nComments are closed."
)
WORDS = st.sampled_from(
    ["red", "apples", "Kent", "pears.", "“fall”", "🙂", "é", "comments are closed.", "\n", *HOSTILE]
)


def _assistant(*articles: Article, threshold: float = 0.5, sure: float = 0.5) -> Assistant:
    encoder = WordEncoder()
    return Assistant(build_index(articles, encoder), encoder, last_words(), threshold, sure=sure)


class CountingEncoder(WordEncoder):
    """Notes what it encodes."""

    def __init__(self) -> None:
        super().__init__()
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Note the texts, and encode them."""
        self.encoded += texts
        return super().encode(texts)


def test_an_answer_has_its_span_and_its_citation() -> None:
    """Two words in common are over the threshold; an emoji before them counts two UTF-16 units."""
    answer = _assistant(TEXT).ask("Where do red apples grow?")
    assert (answer.status, answer.text) == (Status.ANSWERED, "Kent")
    assert [(s.article, s.start, s.end, s.text) for s in answer.spans] == [(TEXT.id, 35, 39, "Kent")]
    (cited,) = answer.citations
    assert (cited.number, cited.sentence, cited.start, cited.end) == (1, 1, 16, 40)
    assert (cited.start_utf16, cited.end_utf16) == (17, 41)
    assert (cited.quote, cited.prefix) == ("Red apples grow in Kent.", "🙂 Fruit report\n\n")
    assert cited.suffix == " They ripen late.\n\nGreen pears f"
    assert cited.article_sha256 == TEXT.digest
    assert cited.place == Place(paragraph=2)
    assert answer.confidence == pytest.approx(0.8176, abs=1e-3)
    assert answer.closest == ()


def test_what_the_article_does_not_say_is_refused() -> None:
    """A refusal cites nothing, and shows the closest sentences, boilerplate excepted."""
    answer = _assistant(TEXT).ask("How much do the pears cost?")
    assert (answer.status, answer.text, answer.spans, answer.citations) == (Status.NOT_IN_ARTICLE, "", (), ())
    assert answer.confidence == pytest.approx(0.3775, abs=1e-3)
    assert answer.closest[0].quote == "Green pears fall in Devon."
    assert [quoted.sentence for quoted in answer.closest if quoted.quote == "Comments are closed."] == []


def test_a_list_has_an_item_a_sentence() -> None:
    """Two sentences answer as surely, in other words: each is cited, the nearer first; a question for one gets one."""
    article = Article("Red apples grow in Kent. Hens lay eggs.\n\nGreen apples grow in Devon. Rotten apples fall.")
    answer = _assistant(article).ask("Which places do apples grow in?")
    assert answer.text == "Kent; Devon"
    assert [span.text for span in answer.spans] == ["Kent", "Devon"]
    assert [(cited.number, cited.quote) for cited in answer.citations] == [
        (1, "Red apples grow in Kent."),
        (2, "Green apples grow in Devon."),
    ]
    assert _assistant(article).ask("Which place do apples grow in?").text == "Kent"


def test_the_threshold_moves_the_line() -> None:
    """The same score is an answer for one and a refusal for another."""
    assert _assistant(TEXT, threshold=0.3).ask("How much do the pears cost?").text == "Devon"
    assert _assistant(TEXT, threshold=0.9).ask("Where do red apples grow?").status is Status.NOT_IN_ARTICLE


@pytest.mark.parametrize(
    ("sure", "status"), [(None, Status.UNSURE), (0.37, Status.ANSWERED), (0.38, Status.UNSURE), (0.0, Status.ANSWERED)]
)
def test_between_the_thresholds_an_answer_is_unsure(sure: float | None, status: Status) -> None:
    """At a confidence of 0.3775: all that a sure one has, under another name; unless told, even odds are sure."""
    encoder = WordEncoder()
    made = partial(Assistant, build_index([TEXT], encoder), encoder, last_words(), 0.3)
    assistant = made() if sure is None else made(sure=sure)
    answer = assistant.ask("How much do the pears cost?")
    assert (answer.status, answer.text, answer.given, answer.found_words) == (status, "Devon", True, True)
    assert [cited.quote for cited in answer.citations] == ["Green pears fall in Devon."]
    assert [span.text for span in answer.spans] == ["Devon"]
    assert answer.to_dict()["status"] == status.value
    assert assistant.ask("Where do red apples grow?").status is Status.ANSWERED
    assert assistant.ask("Who painted zebras?").status is Status.NOT_IN_ARTICLE


class DistractedReader(LastWordReader):
    """Is less sure where something was said before."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[SpanProposal]:
        """Propose as its parent does, with lower scores in a conversation."""
        return [replace(one, score=one.score - 2 * (" (" in question)) for one in super().read(question, passages)]


def test_a_question_that_may_be_complete_is_read_alone_too() -> None:
    """If it is sure of that, and not of what it means in its conversation; what points to that is not read alone."""
    encoder = WordEncoder()
    reader = CalibratedReader(DistractedReader(), Calibration(0.0, 1.0, 0.0))
    assistant = Assistant(build_index([TEXT], encoder), encoder, reader, 0.5, sure=0.6)
    before = [Turn("Where do green pears fall?", assistant.ask("Where do green pears fall?"))]
    *steps, answer = assistant.steps("Where do the apples grow?", before)
    assert [step.searched for step in steps if isinstance(step, Retrieved)] == [
        "Where do the apples grow? (Where do green pears fall? Devon)",
        "Where do the apples grow?",
    ]
    assert isinstance(answer, Answer)
    assert (answer.status, answer.text, answer.in_light_of) == (Status.ANSWERED, "Kent", "")
    pointing = assistant.ask("And where do the apples grow?", before)
    assert (pointing.status, pointing.in_light_of) == (Status.NOT_IN_ARTICLE, "Where do green pears fall?")
    strict = Assistant(build_index([TEXT], encoder), encoder, reader, 0.5, sure=0.9)
    assert strict.ask("Where do the apples grow?", before).in_light_of == "Where do green pears fall?"


def test_an_article_of_boilerplate_answers_nothing() -> None:
    """There is no passage, no span and no closest sentence."""
    answer = _assistant(Article("Comments are closed.")).ask("Are comments closed?")
    assert (answer.status, answer.confidence, answer.closest) == (Status.NOT_IN_ARTICLE, 0.0, ())


@given(st.lists(WORDS, min_size=1, max_size=40), st.lists(WORDS, min_size=1, max_size=6))
def test_invariants(words: list[str], asked: list[str]) -> None:
    """Every span and quotation is the article's text at its offsets; every span lies in a cited sentence."""
    question = " ".join(asked)
    texts = [" ".join(words), "Red apples."]
    articles = {article.id: article for article in map(Article, filter(str.strip, texts))}
    answer = _assistant(*articles.values(), threshold=0.2).ask(question)
    for span in answer.spans:
        assert articles[span.article].text[span.start : span.end] == span.text
        assert any(
            cited.article == span.article and cited.start <= span.start and span.end <= cited.end
            for cited in answer.citations
        )
    for quoted in (*answer.citations, *answer.closest):
        text = articles[quoted.article].text
        assert text[quoted.start : quoted.end] == quoted.quote
        units = text.encode("utf-16-le")
        assert units[2 * quoted.start_utf16 : 2 * quoted.end_utf16].decode("utf-16-le") == quoted.quote
        assert text[: quoted.start].endswith(quoted.prefix)
        assert text[quoted.end :].startswith(quoted.suffix)
    assert bool(answer.citations) == bool(answer.spans) == answer.given
    assert not answer.closest or answer.status is Status.NOT_IN_ARTICLE


def test_the_json_has_the_documented_keys_in_order() -> None:
    """The contract, byte for byte but for the timings."""
    record = _assistant(TEXT).ask("Where do red apples grow?").to_dict()
    assert list(record) == [
        "question", "understood_as", "in_light_of", "status", "text", "confidence", "spans", "citations", "closest",
        "reason", "competing", "read_by", "passages", "elsewhere", "timings_ms", "sha256",
    ]  # fmt: skip
    assert list(record["citations"][0]) == [
        "number", "article", "article_sha256", "sentence", "start", "end", "start_utf16", "end_utf16",
        "quote", "prefix", "suffix", "place", "title",
    ]  # fmt: skip
    assert list(record["timings_ms"]) == ["retrieve", "read", "total"]
    assert json.loads(json.dumps(record)) == record
    assert record["status"] == "answered"


def test_the_same_question_gives_the_same_answer() -> None:
    """But for the timings nothing differs between two askings."""
    assistant = _assistant(TEXT)
    first, second = (assistant.ask("Where do pears fall?").to_dict() for _ in range(2))
    assert {**first, "timings_ms": None} == {**second, "timings_ms": None}


@pytest.mark.parametrize(
    ("question", "reason", "competing"),
    [
        ("zzz qqq", Reason.NOTHING_NEAR, []),
        ("How ripe are red apples?", Reason.NOT_STATED, []),
        ("Do red apples or green pears grow or fall?", Reason.COMPETING, ["Kent", "Devon"]),
    ],
)
def test_a_refusal_says_why(question: str, reason: Reason, competing: list[str]) -> None:
    """Nothing near; near but not stated; two sentences with three words in common each."""
    answer = _assistant(TEXT, threshold=0.95).ask(question)
    assert (answer.status, answer.reason) == (Status.NOT_IN_ARTICLE, reason)
    assert [span.text for span in answer.competing] == competing
    for span, quoted in zip(answer.competing, answer.closest, strict=False):
        assert quoted.start <= span.start < span.end <= quoted.end
        assert TEXT.text[span.start : span.end] == span.text
    assert len({quoted.sentence for quoted in answer.closest}) == len(answer.closest)


def test_an_article_in_another_language_is_said_to_be_one() -> None:
    """Not that it does not say; beside it an English article is refused as ever."""
    german = Article("Der Rat hat am Dienstag beschlossen, die Brücke zu sperren. Der Steg am Bahnhof bleibt offen.")
    answer = _assistant(german, threshold=0.95).ask("Who closed the bridge?")
    assert (answer.status, answer.reason, answer.competing) == (Status.NOT_IN_ARTICLE, Reason.NOT_ENGLISH, ())
    assert answer.understood_as == "Who closed the bridge?"
    assert len(answer.closest) == 2
    both = _assistant(german, TEXT, threshold=0.95)
    assert both.ask("How ripe are red apples?").reason is Reason.NOT_STATED
    assert both.ask("How ripe are red apples?", article=german.id).reason is Reason.NOT_ENGLISH


def test_a_misspelt_word_is_understood() -> None:
    """The reader's vocabulary has no word with a 'q': 'aqples' is read as 'apples', and the answer says so."""

    class Pedant(LastWordReader):
        def token_ends(self, text: str) -> list[int]:
            return [*super().token_ends(text), *(len(text) for mark in text if mark == "q")]

    encoder = WordEncoder()
    reading = CalibratedReader(Pedant(), Calibration(0.0, 1.0, 0.0))
    answer = Assistant(build_index([TEXT], encoder), encoder, reading, 0.5).ask("Where do red aqples grow?")
    assert (answer.question, answer.understood_as) == ("Where do red aqples grow?", "Where do red apples grow?")
    assert answer.text == "Kent"


def test_the_steps_tell_what_is_read() -> None:
    """First the passages, then the answer."""
    found, answer = _assistant(TEXT).steps("Where do pears fall?")
    assert isinstance(found, Retrieved)
    assert isinstance(answer, Answer)
    assert "Green pears fall in Devon." in found.passages[0].text


def test_the_passages_read_are_told() -> None:
    """Where they are, how well they matched, and how sure the best words in each are."""
    answer = _assistant(TEXT).ask("Where do red apples grow?")
    (read,) = [read for read in answer.passages if "Red apples" in TEXT.text[read.start : read.end]]
    assert read.article == TEXT.id
    assert read.confidence == answer.confidence
    assert read.score == max(read.score for read in answer.passages)


def test_some_articles_may_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is that of an index of these alone, whatever their order; too many sentences are refused."""
    wales, ferry = Article("Red apples grow in Wales."), Article("The ferry sank in Hull.")
    assistant, alone = _assistant(TEXT, wales, ferry), _assistant(TEXT, ferry)
    for question in ("Where do red apples grow?", "Where did the ferry sink?"):
        answers = [assistant.ask(question, article=ids) for ids in ([TEXT.id, ferry.id], [ferry.id, TEXT.id])]
        expected = alone.ask(question)
        assert [replace(one, timings_ms=expected.timings_ms) for one in answers] == [expected] * 2
    assert assistant.alone([]) is assistant.alone([ferry.id, wales.id, TEXT.id]) is assistant.alone(None)
    with pytest.raises(InputError, match="No article has the id 'x'"):
        assistant.ask("Where?", article=[TEXT.id, "x"])
    monkeypatch.setattr(edition, "TOGETHER", 4)
    with pytest.raises(InputError, match=r"These 2 articles have 6 sentences together; .* at most 4 are searched"):
        assistant.ask("Where?", article=[TEXT.id, wales.id])


def test_an_index_takes_the_place_of_another_while_a_question_is_answered() -> None:
    """The question ends with the article that it began with; the next one, also if it was remembered, has the new."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(), 0.5, remembered=8)
    corrected = Article(TEXT.text.replace("Kent", "Wales"))
    steps = assistant.steps("Where do red apples grow?")
    next(steps)
    assistant.renew(build_index([corrected], encoder))
    (answer,) = steps
    assert isinstance(answer, Answer)
    assert (answer.text, answer.citations[0].article_sha256) == ("Kent", TEXT.digest)
    assert assistant.index.articles == (corrected,)
    assert assistant.ask("Where do red apples grow?").text == "Wales"
    with pytest.raises(ValueError, match="index made with 'other', questions encoded with 'words'"):
        assistant.renew(build_index([TEXT], OtherEncoder()))
    assert assistant.ask("Where do red apples grow?").text == "Wales"


def test_one_article_may_be_asked() -> None:
    """The other's answer is not seen, nor quoted; an id that no article has is refused."""
    other = Article("Red apples grow in Wales.")
    assistant = _assistant(TEXT, other)
    assert assistant.ask("Where do red apples grow?", article=TEXT.id).text == "Kent"
    assert assistant.ask("Where do red apples grow?", article=other.id).text == "Wales"
    assert assistant.ask("What is this article about?", article=other.id).text == "Red apples grow in Wales."
    with pytest.raises(InputError, match=r"No article has the id 'x'. Give one of: [0-9a-f]{16}, [0-9a-f]{16}"):
        assistant.ask("Where do red apples grow?", article="x")
    with pytest.raises(InputError, match=r"No article has the id 'y{80}'\. Give"):
        assistant.ask("Where do red apples grow?", article="y" * 60_000)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(WORDS, min_size=1, max_size=20), min_size=2, max_size=4),
    st.lists(st.lists(WORDS, min_size=1, max_size=6), min_size=1, max_size=3),
)
def test_neighbours_change_nothing(texts: list[list[str]], asked: list[list[str]]) -> None:
    """Whatever the articles and the conversation: asked of one of them, it answers as if there was no other."""
    articles = [Article(" ".join([*words, "Red apples"])) for words in texts]
    many = _assistant(*articles, threshold=0.2, sure=0.7)
    for article in articles:
        alone = _assistant(article, threshold=0.2, sure=0.7)
        turns: list[Turn] = []
        for words in asked:
            question = " ".join(words)
            of_many = many.ask(question, turns, article.id).to_dict()
            by_itself = alone.ask(question, turns)
            unsealed = dict.fromkeys(UNSEALED)
            assert {**of_many, **unsealed} == {**by_itself.to_dict(), **unsealed}
            turns.append(Turn(question, by_itself))


def test_what_was_cited_elsewhere_proves_nothing_here() -> None:
    """The other article's sentence has the words that are asked for, and is not quoted."""
    other = Article("At the ball were Ada and Cy.")
    assistant = _assistant(TEXT, other)
    turns = [Turn("Who was at the ball?", assistant.ask("Who was at the ball?", article=other.id))]
    assert assistant.ask("Was Cy there, too?", turns, other.id).citations[0].article == other.id
    assert assistant.ask("Was Cy there, too?", turns, TEXT.id).status is Status.NOT_IN_ARTICLE


@pytest.mark.parametrize("question", ["hello", "", " \n\t", "why " * 126, "thanks!", "👍"])
def test_what_is_no_question_gets_a_reply(question: str) -> None:
    """No citation, no refusal, nothing read."""
    answer = _assistant(TEXT).ask(question)
    assert (answer.status, answer.citations, answer.closest) == (Status.SMALL_TALK, (), ())
    assert answer.text.endswith((".", "!", "”"))


@pytest.mark.parametrize("literally", [False, True])
@pytest.mark.parametrize("question", ["\ud800", "Where do \udfff red apples grow?", "Hello \ud83d"])
def test_half_a_surrogate_pair_is_refused(question: str, *, literally: bool) -> None:
    """Before any model gets it; also where it was said before."""
    assistant = _assistant(TEXT)
    with pytest.raises(InputError, match=r"^The question holds '.*' at character \d+, which is half of a surrogate"):
        assistant.ask(question, literally=literally)
    answer = assistant.ask("Where do red apples grow?")
    with pytest.raises(InputError, match="half of a surrogate pair"):
        assistant.ask("And pears?", [Turn("?", replace(answer, understood_as=question))], literally=literally)


def test_an_article_is_added_while_a_question_is_answered() -> None:
    """Only it is encoded. The question under way ends as it began; what is known already changes nothing."""
    encoder = CountingEncoder()
    assistant = Assistant(build_index([TEXT], encoder), encoder, last_words(), 0.5, remembered=5)
    question = "Where do ripe plums grow?"
    steps = assistant.steps(question)
    next(steps)
    encoder.encoded.clear()
    story = assistant.add(Article("Ripe plums grow in Surrey. They keep well."))
    assert sorted(encoder.encoded) == [
        "Ripe plums grow in Surrey.", "Ripe plums grow in Surrey. They keep well.", "They keep well."
    ]  # fmt: skip
    (answer,) = steps
    assert isinstance(answer, Answer)
    assert answer.status is Status.NOT_IN_ARTICLE
    assert (assistant.ask(question).text, assistant.ask(question, article=story.id).text) == ("Surrey", "Surrey")
    assert assistant.ask("Where do red apples grow?").text == "Kent"
    before = assistant.index
    assert (assistant.add(story), assistant.add(TEXT)) == (story, TEXT)
    assert assistant.index is before


def test_a_file_is_added(tmp_path: Path) -> None:
    """As `read_article` reads it; where there is none, the assistant stays as it is."""
    path = tmp_path / "plums.md"
    path.write_text("# Plums\n\nRipe plums grow in *Surrey*.", encoding="utf-8")
    assistant = _assistant(TEXT)
    assert assistant.add(path).title == "Plums"
    assert assistant.ask("Where do ripe plums grow?").text == "Surrey"
    with pytest.raises(InputError, match=r"No article at .*gone\.txt"):
        assistant.add(tmp_path / "gone.txt")
    assert len(assistant.index.articles) == 2
