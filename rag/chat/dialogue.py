"""A conversation as the chat shows it: messages that grow while an answer is looked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answer import Answer, Turn
from rag.answering.assistant import Assistant
from rag.chat.conversations import Conversations
from rag.chat.starters import Starter, following
from rag.rendering.bubble import bubble
from rag.rendering.escaping import escaped
from rag.rendering.markdown import article_markdown, contents_markdown

_STEP = '<span class="pq-step">'

Message = dict[str, str]


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Writes conversations as messages, and keeps what was said. A page is known by its word.

    :param assistant: Answers the questions.
    :param pool: Questions to go on with.
    :param conversations: What was said.
    """

    assistant: Assistant
    pool: Sequence[Starter]
    conversations: Conversations

    def answered(
        self,
        question: str,
        before: tuple[Turn, ...],
        after: tuple[Turn, ...],
        article: str,
        page: str,
        *,
        literally: bool = False,
    ) -> Iterator[list[Message]]:
        """Answer a question in its place in a conversation, and keep what was said.

        :param question: The question.
        :param before: What was said before it.
        :param after: What comes after it.
        :param article: Id of the only article to look in; all if empty.
        :param page: The page's word.
        :param literally: Search for what is typed.
        :return: The conversation with what is known of the answer so far, growing as the work goes on.
        """
        earlier, later = self.messages(before), self.messages(after, len(before) + 1)
        asked = _asked(question)
        yield [*earlier, asked, _reply(f"{_STEP}Searching the article …</span>"), *later]
        for found in self.assistant.steps(question, before, article or None, literally=literally):
            if isinstance(found, Answer):
                turns = (*before, Turn(question, found), *after)
                self.conversations.keep(page, turns)
                yield self.messages(turns)
            else:
                count = sum(len(passage.sentences) for passage in found.passages)
                step = _reply(f"{_STEP}Reading the {count} nearest sentences …</span>")
                yield [*earlier, asked, step, *later]

    def messages(self, turns: Sequence[Turn], first: int = 0) -> list[Message]:
        """Write what was said; the last answer offers questions to go on with.

        :param turns: What was said.
        :param first: Number of its first turn in the whole conversation.
        :return: The messages.
        """
        messages: list[Message] = []
        for number, turn in enumerate(turns, start=first):
            last = turn is turns[-1] and turn.answer.given
            suggestions = following(self.pool, turns) if last else ()
            text = bubble(turn.answer, self.assistant.index.articles, number, suggestions)
            messages += [_asked(turn.question), _reply(text)]
        return messages

    def pane(self, article: str) -> str | None:
        """Write an article for the pane beside the conversation.

        :param article: Its id; without one it is the only article, or the list of them.
        :return: Markdown; None if no article has that id.
        """
        index = self.assistant.index
        if not article and len(index.articles) > 1:
            return contents_markdown(index.articles)
        for number, one in enumerate(index.articles):
            if article in ("", one.id):
                return article_markdown(one, [index.sentences[row].sentence for row in index.rows_of(number)])
        return None


def _asked(question: str) -> Message:
    return {"role": "user", "content": escaped(" ".join(question.split())) or "…"}


def _reply(content: str) -> Message:
    return {"role": "assistant", "content": content}
