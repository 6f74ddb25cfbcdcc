"""What was said is kept by conversation, and conversations never mix."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import perf_counter

import pytest

from rag.chat import conversations
from rag.chat.conversations import LONGEST, MOST, Conversations, Speaker
from tests.unit.understanding.test_follow_ups import _turn

ONE, OTHER = "page-number-one", "page-number-two"
SAID = (_turn("Who is Ada?", "a painter"),)


def test_pages_never_mix() -> None:
    """One page's turns are not another's, and a page that is not known has none."""
    kept = Conversations()
    kept.keep(Speaker(ONE), SAID)
    assert kept.of(ONE) == SAID
    assert kept.of(OTHER) == ()


def test_a_reload_takes_a_copy() -> None:
    """Both pages go on by themselves: so a duplicated tab does no harm."""
    kept = Conversations()
    kept.keep(Speaker(ONE), SAID)
    assert kept.resume(ONE, Speaker(OTHER)) == SAID
    kept.keep(Speaker(OTHER), (*SAID, *SAID))
    assert kept.of(ONE) == SAID
    assert kept.of(OTHER) == (*SAID, *SAID)
    assert kept.resume("page-of-a-stranger", Speaker("another-new-page")) == ()


def test_what_was_asked_early_is_not_lost() -> None:
    """What was kept for a session is found under the conversation id, even what is answered after the id came."""
    kept = Conversations()
    early = kept.key("", "the-session", perf_counter())
    kept.keep(Speaker(early), SAID)
    asked = perf_counter()
    kept.identify("the-session", ONE)
    assert kept.of(ONE) == kept.of(early) == SAID
    kept.keep(Speaker(early), (*SAID, *SAID))
    assert kept.of(ONE) == (*SAID, *SAID)
    assert kept.key("", "the-session", asked) == ONE
    kept.identify("another-session", "short")
    kept.identify("another-session", OTHER)
    assert kept.of(OTHER) == ()
    third = kept.key("", "third-session", perf_counter())
    kept.keep(Speaker(third), SAID)
    kept.identify("third-session", ONE)
    assert kept.of(ONE) == (*SAID, *SAID)


def test_a_session_opens_nothing() -> None:
    """It is no secret. Nobody who knows only that reads a conversation, writes into it, or takes it for another id."""
    kept = Conversations()
    early = kept.key("", "the-session", perf_counter())
    kept.keep(Speaker(early), SAID)
    assert kept.of("the-session") == ()
    assert kept.key(early, "my-own-session", perf_counter()) != early
    assert kept.resume("the-session", Speaker(OTHER)) == ()
    kept.identify("the-session", ONE)
    kept.identify("the-session", OTHER)
    assert (kept.of(ONE), kept.of(OTHER)) == (SAID, ())
    later = kept.key("", "the-session", perf_counter())
    assert kept.of(later) == ()
    kept.keep(Speaker(later), ())
    assert kept.of(ONE) == SAID
    assert kept.key("", "a session " + "x" * 60, perf_counter()) == ""


def test_memory_is_bounded() -> None:
    """The conversation untouched longest goes first, and of a long one the first turns."""
    kept = Conversations()
    kept.keep(Speaker(ONE), tuple(_turn(f"Question {number}?") for number in range(LONGEST + 1)))
    assert [turn.question for turn in kept.of(ONE)][:1] == ["Question 1?"]
    for number in range(MOST - 1):
        kept.keep(Speaker(f"some-other-page-{number}"), SAID)
    assert kept.of(ONE)[0].question == "Question 1?"
    kept.keep(Speaker("one-page-too-many"), SAID)
    assert kept.of("some-other-page-0") == ()
    assert kept.of(ONE)[0].question == "Question 1?"


def test_a_client_crowds_out_itself() -> None:
    """Whoever keeps the most loses first: what other clients keep stays, however much one of them asks for."""
    kept = Conversations()
    kept.keep(Speaker(ONE, "reader"), SAID)
    for number in range(2 * MOST):
        assert kept.resume(ONE, Speaker(f"some-other-page-{number}", "heavy")) == SAID
    assert kept.of(ONE) == SAID
    assert len(kept._kept) == MOST
    assert kept._counts == {"reader": 1, "heavy": MOST - 1}
    assert kept.of(f"some-other-page-{MOST}") == ()
    assert kept.of(f"some-other-page-{2 * MOST - 1}") == SAID
    kept.keep(Speaker(ONE, "heavy"), SAID)
    assert kept._counts == {"heavy": MOST}


def test_what_is_no_conversation_id_is_not_kept() -> None:
    """Too short, too long, or with other signs."""
    kept = Conversations()
    for page in ("", "short", "x" * 65, "../../etc/passwd", "page number one"):
        kept.keep(Speaker(page), SAID)
        assert kept.of(page) == ()


def test_one_question_of_a_page_at_a_time() -> None:
    """The second of a page waits for the first; another page's does not."""
    kept, order, begun = Conversations(), [], Event()

    def second(page: str) -> None:
        begun.set()
        with kept.locked(page):
            order.append(page)

    with ThreadPoolExecutor(2) as threads:
        with kept.locked(ONE):
            waiting = threads.submit(second, ONE)
            assert begun.wait(20)
            threads.submit(second, OTHER).result(20)
            order.append("first")
        waiting.result(20)
    assert order == [OTHER, "first", ONE]


def test_a_page_is_not_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that hangs keeps others waiting for a while only; they do not let the page go in its place."""
    monkeypatch.setattr(conversations, "_PATIENCE", 0.01)
    kept = Conversations()
    with kept.locked(ONE):
        with kept.locked(ONE):
            pass
        assert kept._locks[ONE].locked()
    assert ONE not in kept._locks
