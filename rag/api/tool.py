"""The tool that other programs call, through MCP or Gradio's client."""

from __future__ import annotations

import json
from functools import partial

from rag.answering.assistant import Assistant
from rag.api.admission import AdmissionQueue
from rag.understanding.interpretation import check_question


async def ask_tool(assistant: Assistant, queue: AdmissionQueue, client: str, question: str, article: str = "") -> str:
    """Answer the question of a program.

    :param assistant: Answers the question.
    :param queue: Where it waits for its turn.
    :param client: Name of the client that asks.
    :param question: The question. It stands alone: nothing before it is remembered.
    :param article: Id of the only article to look in; all if empty.
    :return: The answer as JSON.
    :raises InputError: If the question is empty, too long or no text, or no article has that id.
    :raises TooManyQuestionsError: If the client has asked too many questions.
    :raises ServerBusyError: If too many questions wait.
    """
    check_question(question)
    answer = await queue.submit(client, partial(assistant.ask, question, (), article or None))
    return json.dumps(answer.to_dict())
