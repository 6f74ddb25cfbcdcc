"""The tools that other programs call, through MCP or Gradio's client."""

from __future__ import annotations

import json
from functools import partial

from index.errors import InputError
from rag.answering.answerer import Answerer
from rag.api.admission import AdmissionQueue
from rag.api.routes.articles import LISTED, found_articles
from rag.api.routes.ask import TOGETHER
from rag.understanding.interpretation import LONGEST, check_question


async def ask_tool(assistant: Answerer, queue: AdmissionQueue, client: str, question: str, article: str = "") -> str:
    """Answer the question of a program.

    :param assistant: Answers the question.
    :param queue: Where it waits for its turn.
    :param client: Name of the client that asks.
    :param question: The question. It stands alone: nothing before it is remembered.
    :param article: Id of the only article to look in, or ids of some with commas between; all if empty.
    :return: The answer as JSON.
    :raises InputError: If the question is empty or too long, one of the two is no text, or no article has that id.
    :raises TooManyQuestionsError: If the client has asked too many questions.
    :raises ServerBusyError: If too many questions wait.
    """
    _check(str, question=question, article=article)
    check_question(question)
    answer = await queue.submit(client, partial(assistant.ask, question, (), _ids(article)))
    return json.dumps(answer.to_dict())


def list_tool(assistant: Answerer, words: str = "", offset: int = 0) -> str:
    """List articles for a program, or search their titles.

    :param assistant: Has the articles.
    :param words: Words of the title, or their beginnings; all articles if empty.
    :param offset: How many to leave out first.
    :return: JSON as `/api/articles` gives it.
    :raises InputError: If the words are too many or no text, or the offset is less than 0 or no whole number.
    """
    _check(str, words=words)
    _check(int, offset=offset)
    if len(words) > LONGEST:
        raise InputError(f"The words have {len(words)} characters; at most {LONGEST} are searched for.")
    if offset < 0:
        raise InputError(f"offset is {offset}. Give 0, or what `next` was.")
    return json.dumps(found_articles(assistant, words, LISTED, offset))


def _check(kind: type, **given: object) -> None:
    """Refuse what is of another kind: Gradio passes on whatever a program sends."""
    for name, value in given.items():
        if not isinstance(value, kind):
            raise InputError(f"{name} is no {'text' if kind is str else 'whole number'}. Correct it.")


def _ids(article: str) -> list[str] | None:
    ids = [name.strip() for name in article.split(",") if name.strip()]
    if len(ids) > TOGETHER:
        raise InputError(f"{len(ids)} articles are named; at most {TOGETHER} may be. Name fewer, or none to ask all.")
    return ids or None
