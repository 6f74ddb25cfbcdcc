"""Questions are asked of an assistant or a retriever, turn by turn, and judged."""

from __future__ import annotations

from dataclasses import replace

import pytest

from index.article import Article
from index.build import build_index
from rag.answering.assistant import Assistant
from rag.evaluation.examiner import Examiner, RankingExaminer, sentence_hits, units
from rag.evaluation.ranking import Level
from rag.evaluation.record import Asked, Outcome
from rag.evaluation.window import windowed
from rag.question_sets.question import Place, Question
from rag.retrieval.alone import Alone
from rag.retrieval.fusion import DEFAULT, FUSIONS
from rag.retrieval.retriever import Retriever
from tests.conftest import WordEncoder, last_words

TEXT = Article("Ada Byron met Cy Dee in Kent. Cy Dee was fond of red apples. Bo Fay was fond of pears.")
OTHER = Article("Red apples grow in Devon. Nobody there was fond of pears.")
ASKED = (
    Question("a", "Who was fond of pears?", True, ("pears",), ("Bo Fay was fond of pears.",), ()),
    Question("b", "Where did Ada Byron meet Cy Dee?", True, ("Kent",), ("in Kent",), (), "c"),
    Question("d", "What was he fond of?", True, ("apples",), ("red apples",), (), "c", "What was Cy Dee fond of?"),
    Question("e", "Who was fond of pears?", True, ("pears",), ("Bo Fay",), (), "f"),
)


@pytest.fixture(scope="module")
def examiner() -> Examiner:
    """Asks an assistant of one article."""
    encoder = WordEncoder()
    return Examiner(Assistant(build_index([TEXT], encoder), encoder, last_words(2), 0.5), DEFAULT)


def test_turns_are_grouped() -> None:
    """A single question is a unit, a conversation is one."""
    assert [[question.id for question in unit] for unit in units(ASKED)] == [["a"], ["b", "d"], ["e"]]


def test_conversations_are_asked_turn_by_turn(examiner: Examiner) -> None:
    """A follow-up is asked after the others and, written out, alone; a turn that needs nothing is asked both ways."""
    records = [record for unit in units(ASKED) for record in examiner.examine(unit)]
    assert [(record.id, record.asked) for record in records] == [
        ("a", Asked.SINGLE),
        ("b", Asked.TURN),
        ("b", Asked.TURN_ALONE),
        ("d", Asked.FOLLOW_UP),
        ("d", Asked.WRITTEN_OUT),
        ("e", Asked.TURN),
        ("e", Asked.TURN_ALONE),
    ]
    assert [record.understood_as for record in records[3:5]] == ["What was he fond of?", "What was Cy Dee fond of?"]
    assert [record.question for record in records[3:5]] == ["What was he fond of?", "What was Cy Dee fond of?"]
    assert [record.outcome for record in records] == [Outcome.RIGHT] * 7


def test_the_ranking_is_measured_with_the_answer(examiner: Examiner) -> None:
    """The sentence that proves it is ranked first; with one article there is nothing to rank among articles."""
    (record,) = examiner.examine(ASKED[:1])
    assert (record.values["recall@1"], record.values["mrr"], record.values["paragraph.recall@1"]) == (1.0, 1.0, 1.0)
    assert not any(name.startswith("article.") for name in record.values)


def test_a_question_may_be_asked_of_its_own_article_only() -> None:
    """Asked of all, the other article's sentence may be found; asked of its own, it cannot."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([OTHER, TEXT], encoder), encoder, last_words(2), 0.0)
    question = Question(
        "a", "Nobody there was fond?", True, ("pears",), (), (), places=(Place(TEXT.id, 80, 85),), article=TEXT.id
    )
    (everywhere,) = Examiner(assistant, DEFAULT).examine((question,))
    (at_home,) = Examiner(assistant, DEFAULT, own_article=True).examine((question,))
    assert [place.article for place in everywhere.citations] == [OTHER.id]
    assert [place.article for place in at_home.citations] == [TEXT.id]
    assert everywhere.values["article.recall@1"] == 0.0


def test_where_a_set_tells_no_evidence_the_sentence_is_it(examiner: Examiner) -> None:
    """A place alone, as SQuAD gives it: citing its whole sentence is exact."""
    place = Place(TEXT.id, 80, 85)
    (record,) = examiner.examine((Question("a", "Who was fond of pears?", True, ("pears",), (), (), places=(place,)),))
    assert (record.values["citation_precision"], record.values["citation_recall"]) == (1.0, 1.0)


def test_rankings_are_judged_in_several_ways_at_once() -> None:
    """By vectors of sentences, or by words of paragraphs, which a paragraph's sentences share."""
    encoder = WordEncoder()
    index = build_index([OTHER, TEXT], encoder)
    ways = {name: FUSIONS[name] for name in ("dense", "bm25-paragraph")}
    examiner = RankingExaminer(Retriever(index, encoder), ways)
    records = examiner.examine(replace(ASKED[0], text="Bo Fay was fond of what?"))
    assert list(records) == ["dense", "bm25-paragraph"]
    assert records["dense"].values["recall@1"] == 1.0
    # all three sentences of the paragraph tie, and the one that is asked for is the last of them
    assert (records["bm25-paragraph"].values["recall@1"], records["bm25-paragraph"].values["recall@3"]) == (0.0, 1.0)
    assert records["bm25-paragraph"].values["paragraph.recall@1"] == 1.0
    assert {record.outcome for record in records.values()} == {Outcome.UNJUDGED}


def test_a_ranking_may_be_of_the_own_article_only() -> None:
    """As if there was no other: a rank among its sentences, no rank among articles; a question of none is of all."""
    encoder = WordEncoder()
    index = build_index([OTHER, TEXT], encoder)
    ways = {"x": DEFAULT}
    question = replace(ASKED[0], text="Nobody there was fond?", article=TEXT.id)
    own = RankingExaminer(Retriever(index, encoder), ways, Alone(index, lambda only: Retriever(only, encoder)))
    by_itself = RankingExaminer(Retriever(build_index([TEXT], encoder), encoder), ways)
    assert own.examine(question) == by_itself.examine(question)
    assert "article.mrr" in own.examine(replace(question, article=""))["x"].values


def test_a_turn_is_ranked_written_out() -> None:
    """A retriever knows no conversation."""
    encoder = WordEncoder()
    index = build_index([TEXT], encoder)
    record = RankingExaminer(Retriever(index, encoder), {"x": DEFAULT}).examine(ASKED[2])["x"]
    assert (record.question, record.values["recall@1"]) == ("What was Cy Dee fond of?", 1.0)


def test_every_sentence_of_a_small_index_is_a_candidate() -> None:
    """Also where neither vector nor word speaks for it."""
    encoder = WordEncoder()
    index = build_index([OTHER, TEXT], encoder)
    retriever = Retriever(index, encoder)
    assert sentence_hits(retriever, "Kent").rows == (0, 1, 2, 3, 4)
    assert Level.SENTENCE + "mrr" == "mrr"


def test_a_window_lends_its_words() -> None:
    """The vector of a sentence with its neighbours, within the article: the first has one neighbour, the middle two."""
    encoder = WordEncoder()
    index = build_index([TEXT, OTHER], encoder)
    around = windowed(index, encoder)
    assert around.sentences == index.sentences
    expected = encoder.encode([TEXT.text[:59], TEXT.text, TEXT.text[30:]])
    assert around.vectors([0, 1, 2]) == pytest.approx(expected)
