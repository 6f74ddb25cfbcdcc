"""The question that a program asks through MCP or Gradio's client: a few at once, and not too many in line."""

from __future__ import annotations

import asyncio
import json

from anyio.to_thread import run_sync

from index.errors import InputError
from rag.assistant import Assistant, check_question


class Tool:
    """Answers questions of programs. They wait in the event loop, where waiting takes no thread.

    :param assistant: Answers the questions.
    :param waiting: Questions that may wait; more are turned away.
    :param at_once: Questions that are answered at the same time.
    """

    def __init__(self, assistant: Assistant, waiting: int, at_once: int = 1) -> None:
        """Begin with nobody waiting."""
        self._assistant = assistant
        self._most = waiting + at_once
        self._standing = 0
        self._turn = asyncio.Semaphore(at_once)

    async def ask(self, question: str, article: str = "") -> str:
        """Answer a question.

        :param question: The question.
        :param article: Id of the only article to look in; all if empty.
        :return: The answer as JSON.
        :raises InputError: If it cannot be asked, or too many wait.
        """
        check_question(question)
        if self._standing >= self._most:
            raise InputError(f"{self._standing} questions wait already. Ask again in a moment.")
        self._standing += 1
        try:
            async with self._turn:
                answer = await run_sync(self._assistant.ask, question, (), article or None)
        finally:
            self._standing -= 1
        return json.dumps(answer.to_dict())
