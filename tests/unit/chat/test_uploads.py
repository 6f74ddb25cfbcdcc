"""Documents of conversations: private, bounded, and gone when their time is over."""

from __future__ import annotations

import re

import pytest

from index.article import Article
from index.build import build_index
from index.errors import InputError
from rag.answer import Answer, Status, Turn
from rag.answering.assistant import Assistant
from rag.answering.edition import Edition
from rag.chat import uploads
from rag.chat.conversations import Conversations, Speaker
from rag.chat.starters import ABOUT
from rag.chat.uploads import IDLE, LEFT, FullError, UploadLimits, Uploads, shown_name
from tests.conftest import WordEncoder, last_words

ADA, BOB = "the-id-of-ada", "the-id-of-bob"
PLUMS = b"Plums\n\nRipe plums grow in Surrey."
PLUMS_ID = f"own_{Article(PLUMS.decode()).version}"
CHERRIES = b"Cherries\n\nSweet cherries grow in Essex."
MET = (
    b"Minutes\n\nPresident Ann Byron left Kent because the sea had risen. Minister Cy Dee moved to Deal. "
    b"The old mill was opened in 1820."
)
WHERE = "Where do ripe plums grow?"


class Clock:
    """Tells the seconds that a test says."""

    now = 1000.0

    def __call__(self) -> float:
        """Tell them."""
        return self.now


def kept(limits: UploadLimits | None = None, clock: Clock | None = None) -> tuple[Uploads, Conversations]:
    """Documents over fakes, and the conversations that they belong to."""
    encoder, conversations = WordEncoder(), Conversations()
    assistant = Assistant(build_index([Article("Red apples grow in Kent.")], encoder), encoder, last_words(), 0.5)
    return Uploads(assistant, conversations, limits or UploadLimits(), clock or Clock()), conversations


def asked(brought: Uploads, key: str, question: str, article: str | None = None) -> Answer:
    """Ask a conversation's documents."""
    edition = brought.of(key)
    assert edition
    *_, answer = edition.steps(question, (), article)
    assert isinstance(answer, Answer)
    return answer


def test_a_document_answers_in_its_conversation_alone() -> None:
    """One, or all of them together; the articles of the server, and another conversation, know nothing of it."""
    brought, _ = kept()
    assert brought.take(ADA, "ada", PLUMS, "plums.txt").id == PLUMS_ID
    assert brought.take(ADA, "ada", PLUMS, "again.txt").id == PLUMS_ID
    cherries = brought.take(ADA, "ada", CHERRIES, "cherries.txt")
    assert [article.title for article in brought.articles(ADA)] == ["Plums", "Cherries"]
    answer = asked(brought, ADA, WHERE)
    assert (answer.text, answer.citations[0].article) == ("Surrey", PLUMS_ID)
    alone = asked(brought, ADA, "Where do sweet cherries grow?", cherries.id)
    assert (alone.text, [version.id for version in alone.versions]) == ("Essex", [cherries.id])
    assert (brought.of(BOB), brought.articles(BOB)) == (None, ())


def test_what_was_answered_goes_with_the_document() -> None:
    """Deleted, what quotes it goes, and what quotes another article stays; the last one leaves nothing behind."""
    brought, conversations = kept()
    brought.take(ADA, "ada", PLUMS, "plums.txt")
    cherries = brought.take(ADA, "ada", CHERRIES, "cherries.txt")
    about = {WHERE: PLUMS_ID, "Where do sweet cherries grow?": cherries.id}
    answers = [asked(brought, ADA, question, article) for question, article in about.items()]
    assert [answer.status for answer in answers] == [Status.ANSWERED] * 2
    conversations.keep(Speaker(ADA, "ada"), tuple(Turn(answer.question, answer) for answer in answers))
    assert not brought.remove(ADA, "own_0123456789abcdef")
    assert not brought.remove(BOB, PLUMS_ID)
    assert brought.remove(ADA, PLUMS_ID)
    assert [turn.answer.text for turn in conversations.of(ADA)] == ["Essex"]
    assert [article.title for article in brought.articles(ADA)] == ["Cherries"]
    assert brought.remove(ADA, cherries.id)
    assert (brought.of(ADA), conversations.of(ADA)) == (None, ())


def test_documents_are_gone_after_their_time() -> None:
    """An hour after the last use; two minutes after the page was left, unless a reload has taken them over."""
    clock = Clock()
    brought, conversations = kept(clock=clock)
    brought.take(ADA, "ada", PLUMS, "plums.txt")
    clock.now += IDLE - 1
    assert brought.of(ADA)
    clock.now += IDLE - 1
    brought.leave(ADA)
    brought.share(ADA, Speaker("the-id-after-reload", "ada"))
    clock.now += LEFT + 1
    assert (brought.of(ADA), brought.articles(ADA)) == (None, ())
    assert [article.title for article in brought.articles("the-id-after-reload")] == ["Plums"]
    answer = asked(brought, "the-id-after-reload", WHERE)
    conversations.keep(Speaker("the-id-after-reload", "ada"), (Turn(WHERE, answer),))
    brought.expire()
    assert conversations.of("the-id-after-reload")
    clock.now += IDLE + 1
    brought.expire()
    assert conversations.of("the-id-after-reload") == ()
    brought.share(ADA, Speaker(BOB, "bob"))
    assert brought.articles(BOB) == ()


def test_questions_to_begin_with_go_with_the_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that it surely answers, chosen once, known to its conversation alone, and to what goes on with it."""
    clock = Clock()
    brought, _ = kept(clock=clock)
    met = brought.take(ADA, "ada", MET, "met.txt").id
    plums = brought.take(ADA, "ada", PLUMS, "plums.txt").id
    expected = (
        ABOUT,
        "Why did President Ann Byron leave Kent?",
        "When was the old mill opened?",
        "Where did Minister Cy Dee move?",
    )
    assert (brought.questions(ADA, met), brought.questions(ADA, plums)) == (expected, (ABOUT, WHERE))
    assert (brought.questions(BOB, met), brought.questions(ADA, "own_0123456789abcdef")) == ((), ())
    brought.share(ADA, Speaker("the-id-after-reload", "ada"))
    brought.take(ADA, "ada", CHERRIES, "cherries.txt")
    monkeypatch.setattr(uploads, "possible_questions", lambda _: pytest.fail("they were chosen again"))
    assert [brought.questions(key, met) for key in (ADA, "the-id-after-reload")] == [expected] * 2
    assert brought.remove(ADA, met)
    assert brought.questions(ADA, met) == ()
    clock.now += IDLE + 1
    assert brought.questions("the-id-after-reload", met) == ()


def test_no_question_is_asked_of_a_document_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is deleted while they are chosen."""
    brought, _ = kept()
    met = brought.take(ADA, "ada", MET, "met.txt").id

    asked: list[str] = []

    def asks(edition: Edition, question: str) -> Answer:
        asked.append(question)
        brought.remove(ADA, met)
        *_, answer = edition.steps(question)
        assert isinstance(answer, Answer)
        return answer

    monkeypatch.setattr(uploads, "_asked", asks)
    assert (brought.questions(ADA, met), asked) == ((), [ABOUT])


def test_a_document_comes_from_the_web() -> None:
    """With the address that was led to; of so many bytes at most. What is no address is never asked for."""
    asked: list[tuple[str, int]] = []

    def get(address: str, most: int) -> tuple[bytes, str]:
        asked.append((address, most))
        return PLUMS, "https://plums.example/final"

    encoder = WordEncoder()
    assistant = Assistant(build_index([Article("Red apples grow in Kent.")], encoder), encoder, last_words(), 0.5)
    brought = Uploads(assistant, Conversations(), UploadLimits(megabytes=3), get=get)
    document = brought.fetch(ADA, "ada", "https://plums.example/a")
    assert (document.id, document.url, brought.fetches) == (PLUMS_ID, "https://plums.example/final", True)
    assert [article.title for article in brought.articles(ADA)] == ["Plums"]
    for address in ("file:///etc/passwd", "plums.example", "https://a b"):
        with pytest.raises(InputError, match=f"^{re.escape(address)} is no web address. Give one that begins with"):
            brought.fetch(ADA, "ada", address)
    assert asked == [("https://plums.example/a", 3_000_000)]
    with pytest.raises(InputError, match="is no web address"):
        kept()[0].fetch(ADA, "ada", "https://plums.example/a")


def test_a_cleared_conversation_has_no_documents() -> None:
    """Others keep theirs."""
    brought, _ = kept()
    for key in (ADA, BOB):
        brought.take(key, key, PLUMS, "plums.txt")
    brought.drop(ADA)
    assert (brought.articles(ADA), len(brought.articles(BOB))) == ((), 1)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"documents": 1}, "A conversation has at most 1 documents. Delete one first."),
        ({"per_client": 15_000}, "Your documents have at most 15,000 characters together. Delete one first, or close"),
        ({"in_all": 15_000}, "The documents of all people here have at most 15,000 characters together. Try again"),
    ],
)
def test_there_is_room_for_so_many(limits: dict[str, int], said: str) -> None:
    """A short document counts as 10,000 characters. What is refused leaves what is there; deleting makes room."""
    brought, _ = kept(UploadLimits(**limits))
    brought.take(ADA, "ada", PLUMS, "plums.txt")
    with pytest.raises(FullError, match=f"^{re.escape(said)}"):
        brought.take(ADA, "ada", CHERRIES, "cherries.txt")
    assert [article.title for article in brought.articles(ADA)] == ["Plums"]
    brought.remove(ADA, PLUMS_ID)
    assert brought.take(ADA, "ada", CHERRIES, "cherries.txt").title == "Cherries"


def test_each_client_has_its_room() -> None:
    """Pages that share their documents, as after a reload, count once; another client's do not count."""
    brought, _ = kept(UploadLimits(per_client=25_000))
    brought.take(ADA, "ada", PLUMS, "plums.txt")
    for number in range(5):
        brought.share(ADA, Speaker(f"a-page-of-ada-{number}", "ada"))
    brought.take(BOB, "bob", PLUMS, "plums.txt")
    brought.take("another-page-of-ada", "ada", CHERRIES, "cherries.txt")
    with pytest.raises(FullError, match=r"^Your documents have at most 25,000 characters"):
        brought.take("a-third-page-of-ada", "ada", CHERRIES, "cherries.txt")


def test_big_documents_are_refused_before_they_are_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    """By their characters, and by their sentences, each of which costs a vector."""
    monkeypatch.setattr(uploads, "build_index", lambda *_: pytest.fail("it was encoded"))
    brought, _ = kept(UploadLimits(characters=1000))
    with pytest.raises(InputError, match=r"^long\.txt has 1,005 characters; at most 1,000 are read\. Give it"):
        brought.take(ADA, "ada", b"word " * 201, "long.txt")
    with pytest.raises(InputError, match=r"^The text has more than 20 sentences or lines\. Give a part of it"):
        brought.take(ADA, "ada", b"word\n" * 21, "")


def test_limits_are_checked() -> None:
    """None is less than 1."""
    with pytest.raises(InputError, match="limit of uploads 'in_all' must be at least 1, not 0"):
        UploadLimits(in_all=0)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("report.pdf", "report.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\report.pdf", "report.pdf"),
        ("\x1b[31mred\u202efdp.exe\n", "�[31mred�fdp.exe�"),
        ("/", "The text"),
        ("", "The text"),
        ("x" * 300 + ".docx", "x" * 70 + "….docx"),
        ("y" * 300, "y" * 80 + "…"),
        ("раураl.pdf", "раураl.pdf"),
    ],
)
def test_names_are_shown_without_their_traps(name: str, shown: str) -> None:
    """No path, no control character, no change of direction, and a line at most. A homoglyph is a letter."""
    assert shown_name(name) == shown
