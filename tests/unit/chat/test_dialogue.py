"""What the chat does when a person acts."""

from __future__ import annotations

import pytest

from index.article import Article
from index.build import build_index
from index.errors import InputError
from rag.answering.assistant import Assistant
from rag.chat.conversations import Conversations, Speaker
from rag.chat.dialogue import Dialogue, Message
from tests.conftest import WordEncoder, last_words


def test_a_question_that_no_page_can_show_is_refused_before_it_is_shown() -> None:
    """Half of a surrogate pair cannot be sent to a browser."""
    encoder = WordEncoder()
    assistant = Assistant(build_index([Article("Red apples grow in Kent.")], encoder), encoder, last_words(), 0.5)
    dialogue, shown = Dialogue(assistant, (), Conversations()), list[list[Message]]()
    with pytest.raises(InputError, match="half of a surrogate pair"):
        dialogue.ask(Speaker("a-long-random-id"), "Where \ud800?", "", "", shown.append)
    assert (shown, dialogue.conversations.of("a-long-random-id")) == ([], ())
