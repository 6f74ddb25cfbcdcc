"""What the chat does when a person acts."""

from __future__ import annotations

from html import unescape

import pytest

from index.article import Article
from index.build import build_index
from index.errors import InputError
from rag.answering.assistant import Assistant
from rag.chat.conversations import Conversations, Speaker
from rag.chat.dialogue import EVERYTHING, MINE, Dialogue, Message
from rag.chat.uploads import IDLE, LEFT, UploadLimits, Uploads
from tests.conftest import WordEncoder, last_words


def test_a_question_that_no_page_can_show_is_refused_before_it_is_shown() -> None:
    """Half of a surrogate pair cannot be sent to a browser."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([Article("Red apples grow in Kent.")], encoder), encoder, last_words(), 0.5)
    dialogue, shown = Dialogue(assistant, (), Conversations()), list[list[Message]]()
    with pytest.raises(InputError, match="half of a surrogate pair"):
        dialogue.ask(Speaker("a-long-random-id"), "Where \ud800?", "", "", shown.append)
    assert (shown, dialogue.conversations.of("a-long-random-id")) == ([], ())


def test_an_earlier_answer_leads_to_the_article_as_it_was() -> None:
    """Its citation names the version, so that a page that shows another one loads it, with a note that it is earlier.

    Only a conversation that quotes it may have it; and an article that was removed is still there for its answer.
    """
    encoder = WordEncoder()
    before = Article("<b>Red</b> apples grow in Kent.", id="apples")
    after = Article("Look. Red apples grow in Wales.", id="apples")
    assistant = Assistant(build_index([before], encoder), encoder, last_words(4), 0.5)
    dialogue, speaker = Dialogue(assistant, (), Conversations()), Speaker("a-long-random-id")
    for article in (after, Article("Pears.")):
        dialogue.ask(speaker, "Where do red apples grow?", "apples", "", lambda _: None)
        assistant.renew(build_index([article], encoder))
    shown = dialogue.obey(speaker, "resume a-long-random-id 1").messages
    assert shown is not None
    for message, version, words in ((shown[1], before, "Kent"), (shown[3], after, "Wales")):
        assert f'href="#cite-{version.version}-' in message["content"]
        assert f">{words}</strong>" in message["content"]
        pane = dialogue.obey(speaker, f"open {version.version} 2").pane
        assert pane is not None
        assert f'id="s-{version.version}-0"' in pane
        assert '<p class="pq-warning" role="note">This is the article as it was when it was quoted.' in pane
        assert pane.endswith('\n<div id="pq-pane-2"></div>')
        assert "<b>" not in pane
        assert dialogue.obey(Speaker("another-random-id"), f"open {version.version} 2").pane is None
    pears = dialogue.pane("")
    assert pears is not None
    assert "as it was" not in pears


def test_the_number_of_a_question_stays_true_in_a_long_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows no more than is kept: else an edit, or "Ask as typed", would be of the question below it."""
    for most in ("conversations.LONGEST", "dialogue.MOST_TURNS"):
        monkeypatch.setattr(f"rag.chat.{most}", 3)
    encoder = WordEncoder()
    assistant = Assistant(build_index([Article("Red apples grow in Kent.")], encoder), encoder, last_words(), 0.5)
    dialogue, speaker = Dialogue(assistant, (), Conversations()), Speaker("a-long-random-id")
    shown: list[list[Message]] = []

    def questions() -> list[str]:
        return [unescape(message["content"]) for message in shown[-1] if message["role"] == "user"]

    for fruit in ("apples", "pears", "plums", "figs"):
        dialogue.ask(speaker, f"Where do {fruit} grow?", "", "", shown.append)
    assert questions() == [turn.question for turn in dialogue.conversations.of(speaker.key)]
    plums = questions().index("Where do plums grow?")
    dialogue.ask(speaker, "Where do red apples grow?", "", str(plums), shown.append)
    assert questions() == ["Where do pears grow?", "Where do red apples grow?"]


def test_what_goes_while_an_answer_is_read_stays_gone() -> None:
    """A document whose time is over just then takes with it what was answered from it."""
    encoder, conversations, now = WordEncoder(), Conversations(), [0.0]
    assistant = Assistant(build_index([Article("Red apples grow in Kent.")], encoder), encoder, last_words(), 0.5)
    uploads = Uploads(assistant, conversations, UploadLimits(), lambda: now[0])
    dialogue, speaker = Dialogue(assistant, (), conversations, None, uploads), Speaker("a-long-random-id")

    def end(_: list[Message]) -> None:
        now[0] += 2 * IDLE
        uploads.expire()

    uploads.take(speaker.key, "", b"Plums\n\nRipe plums grow in Surrey.", "plums.txt")
    dialogue.ask(speaker, "Where do ripe plums grow?", MINE, "", lambda _: None)
    dialogue.ask(speaker, "Where do red apples grow?", "", "", end)
    assert [turn.answer.text for turn in conversations.of(speaker.key)] == ["Kent"]


def test_documents_of_a_chat_that_is_put_aside_wait_only_for_its_undo() -> None:
    """If the page is closed before that, they go as those of any page that was left."""
    encoder, conversations, now = WordEncoder(), Conversations(), [0.0]
    assistant = Assistant(build_index([Article("Red apples grow in Kent.")], encoder), encoder, last_words(), 0.5)
    uploads = Uploads(assistant, conversations, UploadLimits(), lambda: now[0])
    dialogue, speaker = Dialogue(assistant, (), conversations, None, uploads), Speaker("a-long-random-id")
    document = uploads.take(speaker.key, "", b"Plums\n\nRipe plums grow in Surrey.", "plums.txt")
    dialogue.ask(speaker, "Where do red apples grow?", "", "", lambda _: None)
    said = dialogue.messages(conversations.of(speaker.key))
    for number in (1, 2):
        # the page asks again if it does not know whether it was heard
        assert dialogue.obey(speaker, f"new another-random-id {number}").messages == []
    assert uploads.articles(speaker.key) == ()
    for number in (3, 4):
        assert dialogue.obey(speaker, f"undo another-random-id {number}").messages == said
    assert uploads.articles(speaker.key) == (document,)
    dialogue.obey(speaker, "new another-random-id 5")
    now[0] += LEFT + 1
    dialogue.obey(speaker, "undo another-random-id 6")
    assert uploads.articles(speaker.key) == ()


def test_a_question_goes_to_the_library_and_to_ones_own_documents() -> None:
    """The more probable answer of the two is given, below its title; what a document answers goes with it."""
    encoder, conversations = WordEncoder(), Conversations()
    assistant = Assistant(build_index([Article("Red apples grow in Kent.")], encoder), encoder, last_words(), 0.5)
    uploads = Uploads(assistant, conversations, UploadLimits())
    dialogue, speaker = Dialogue(assistant, (), conversations, None, uploads), Speaker("a-long-random-id")
    shown: list[list[Message]] = []

    def ask(question: str) -> str:
        return dialogue.ask(speaker, question, EVERYTHING, "", shown.append).text

    with pytest.raises(InputError, match="Your document is no longer here"):
        ask("Where do red apples grow?")
    with pytest.raises(InputError, match="What you ask about is no longer here"):
        dialogue.ask(speaker, "Where do red apples grow?", "gone,gone_too", "", shown.append)
    document = uploads.take(speaker.key, "", b"Plums\n\nRipe plums grow in Surrey.", "plums.txt")
    texts = [ask(question) for question in ("Where do red apples grow?", "Where do ripe plums grow?", "Who sang?")]
    assert texts == ["Kent", "Surrey", ""]
    assert '>[1]</span><span class="pq-from"> Red apples grow in Kent.<' in unescape(shown[-1][1]["content"])
    assert '>[1]</span><span class="pq-from"> Plums<' in unescape(shown[-1][3]["content"])
    spent = conversations.of(speaker.key)[0].answer.timings_ms
    assert 0 < spent.retrieve <= spent.total
    assert ask("Hello!") != ""
    ticked = f"gone,{assistant.index.articles[0].id}"
    assert dialogue.ask(speaker, "Where do red apples grow?", ticked, "3", shown.append).text == "Kent"
    uploads.remove(speaker.key, document.id)
    left = [turn.question for turn in conversations.of(speaker.key)]
    assert left == ["Where do red apples grow?", "Where do red apples grow?"]
