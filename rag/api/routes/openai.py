"""The chat completions of OpenAI's API, so that its clients can ask.

Nothing is generated: the content is the answer's words and the sentences that prove them. The answers in the history
that a client sends are not trusted: its earlier questions are asked again, and only if the last one refers to them.
Each of them counts as a question, unless its answer is still remembered.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from functools import partial
from http import HTTPStatus
from time import time
from typing import Any, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from rag.answer import Answer, Turn
from rag.answering.answerer import Answerer
from rag.api.admission import AdmissionQueue
from rag.api.problems import COMPLETIONS, OF_QUESTIONS, documented, json_only, openai_error
from rag.api.routes.articles import MOST
from rag.rendering.openai import blocks, url_citations
from rag.understanding.interpretation import TURNS

MODEL = "pullquote"
"""Asks about all articles; `pullquote/ID` about one."""
_REMEMBERED = 128
"""Answers kept, so that a growing conversation is not asked again from its beginning each time."""
_READ = ConfigDict(extra="ignore", strict=True)
"""Types are checked, but unknown fields are allowed: OpenAI's clients send some that only a generator needs."""
_NO_TOKENS = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}

_COMPLETION = {"type": "object", "required": ["id", "object", "created", "model", "choices", "usage"]}
_CHUNKS = {"type": "object", "required": ["data"], "properties": {"data": {"type": "string"}}}
_EXAMPLE = {
    "id": "chatcmpl-0f9c1c5e-5b0e-4b57-9c4e-1a8f6f2f7a10",
    "object": "chat.completion",
    "created": 1795561972,
    "model": MODEL,
    "choices": [
        {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": "Kent\n\n> Red apples grow in Kent. [1]",
                "refusal": None,
                "annotations": [
                    {
                        "type": "url_citation",
                        "url_citation": {
                            "start_index": 8,
                            "end_index": 36,
                            "title": "Red apples grow in Kent.",
                            "url": "https://example.org/a#:~:text=Red%20apples%20grow%20in%20Kent.",
                        },
                    }
                ],
                "pullquote": {"status": "answered", "text": "Kent"},
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
    ],
    "usage": _NO_TOKENS,
}


class TextPart(BaseModel):
    """A part of a message."""

    model_config = _READ

    type: Literal["text"]
    text: str


class Message(BaseModel):
    """A message; only those of the user are read."""

    model_config = _READ

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[TextPart] | None = None

    @property
    def text(self) -> str:
        """The words of the message."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content)
        return self.content or ""


class StreamOptions(BaseModel):
    """What comes at the end of a stream."""

    model_config = _READ

    include_usage: bool | None = None


class CompletionRequest(BaseModel):
    """A conversation whose last question is to be answered. Parameters for generating text are ignored."""

    model_config = _READ

    model: str = Field(description=f"{MODEL}, or {MODEL}/ID for one article only.", examples=[MODEL])
    messages: list[Message] = Field(min_length=1, examples=[[{"role": "user", "content": "Where do red apples grow?"}]])
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = None


class Model(BaseModel):
    """What can be asked."""

    id: str = Field(examples=[MODEL])
    object: Literal["model"] = "model"
    created: int
    owned_by: Literal["pullquote"] = "pullquote"


class ModelList(BaseModel):
    """All that can be asked."""

    object: Literal["list"] = "list"
    data: list[Model]


_Asked = tuple[str | None, tuple[str, ...]]
"""The id of the only article to look in, and the questions of a conversation up to the one that is answered."""


class _Remembered:
    """The answers given last about the articles as they are.

    :param assistant: Answers about them.
    """

    def __init__(self, assistant: Answerer) -> None:
        self._assistant = assistant
        self._state = assistant.state
        self._answers: OrderedDict[_Asked, Answer] = OrderedDict()

    def get(self, key: _Asked) -> Answer | None:
        """Return an answer; None if it is not there, or the articles have changed."""
        return self._answers.get(key) if self._state is self._assistant.state else None

    def keep(self, key: _Asked, answer: Answer, state: object) -> None:
        """Keep an answer, unless the articles that were asked about have changed meanwhile."""
        now = self._assistant.state
        if self._state is not now:
            self._state = now
            self._answers.clear()
        if state is self._state:
            self._answers[key] = answer
            self._answers.move_to_end(key)
        if len(self._answers) > _REMEMBERED:
            self._answers.popitem(last=False)


def completion_routes(assistant: Answerer, queue: AdmissionQueue) -> APIRouter:
    """Make the routes `/v1/models` and `/v1/chat/completions`.

    :param assistant: Answers the questions.
    :param queue: Where they wait.
    :return: The routes.
    """
    router = APIRouter(tags=["OpenAI"])
    began = int(time())
    remembered = _Remembered(assistant)

    def once(key: _Asked, turns: tuple[Turn, ...]) -> Answer:
        return remembered.get(key) or assistant.ask(key[1][-1], turns, key[0])

    async def answered(request: Request, article: str | None, messages: Sequence[Message]) -> Answer:
        """Answer the last question, after those that it may refer to. Whatever costs an answer waits for its turn."""
        state = assistant.state
        questions = await run_in_threadpool(_questions, assistant, article, messages)
        turns: tuple[Turn, ...] = ()
        begun = False
        for number, question in enumerate(questions, start=1):
            key = (article, questions[:number])
            answer = remembered.get(key)
            if answer is None or number == len(questions):
                answer = await queue.answer(request, partial(once, key, turns), begun=begun)
                begun = True
            remembered.keep(key, answer, state)
            turns = (*turns, Turn(question, answer))
        return turns[-1].answer

    @router.get("/v1/models", response_model=ModelList)
    async def list_models() -> ModelList:
        """List what can be asked: all articles together, and each by itself; the first thousand are listed."""
        listing = await run_in_threadpool(assistant.listed, limit=MOST)
        names = [MODEL, *(f"{MODEL}/{article.id}" for article in listing.entries)]
        return ModelList(data=[Model(id=name, created=began) for name in names])

    @router.post(
        COMPLETIONS,
        dependencies=[Depends(json_only)],
        response_class=JSONResponse,
        responses={
            200: {
                "description": "OpenAI's chat.completion, or with `stream` its chunks as server-sent events. The "
                "message has the citations as `annotations` and the answer of /api/ask as `pullquote`. Content that "
                "may be wrong begins by saying so, and the `status` is `unsure`.",
                "content": {
                    "application/json": {"schema": _COMPLETION, "example": _EXAMPLE},
                    "text/event-stream": {"schema": _CHUNKS},
                },
            },
            **documented(
                *OF_QUESTIONS,
                openai=True,
            ),
        },
    )
    async def complete(request: Request, asked: CompletionRequest) -> Response:
        """Answer the last question of a conversation, in the form of OpenAI's API."""
        name, _, article = asked.model.partition("/")
        here = asked.model == MODEL or (name == MODEL and await run_in_threadpool(_is_here, assistant, article))
        if not here:
            message = f"There is no such model. Ask {MODEL}, or one that /v1/models lists."
            return openai_error(HTTPStatus.NOT_FOUND, message, "model", "model_not_found")
        answer = await answered(request, article or None, asked.messages)
        versions = {version.id: version for version in answer.versions}
        pieces = blocks(answer)
        told: dict[str, Any] = {
            "annotations": url_citations(
                answer, pieces, versions, lambda article: str(request.url_for("article", article_id=article))
            ),
            "pullquote": answer.to_dict(),
        }
        head = {"id": f"chatcmpl-{request.state.request_id}", "created": int(time()), "model": asked.model}
        if asked.stream:
            usage = asked.stream_options is not None and asked.stream_options.include_usage is True
            return StreamingResponse(
                _events(head, pieces, told, usage=usage),
                media_type="text/event-stream",
                headers={"Cache-Control": "no-store"},
            )
        body = _whole(head, pieces, told)
        return JSONResponse(body, headers={"Cache-Control": "no-store"})

    return router


def _is_here(assistant: Answerer, article: str) -> bool:
    return assistant.holding([article]) is not None


def _whole(head: dict[str, Any], pieces: Sequence[str], told: dict[str, Any]) -> dict[str, Any]:
    """Write an answer that is not streamed."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": "".join(pieces), "refusal": None, **told},
        "logprobs": None,
        "finish_reason": "stop",
    }
    return {**head, "object": "chat.completion", "choices": [choice], "usage": _NO_TOKENS}


def _questions(assistant: Answerer, article: str | None, messages: Sequence[Message]) -> tuple[str, ...]:
    """The last question, and before it those that it may refer to. None at all, or one too long, is small talk."""
    *earlier, last = [message.text for message in messages if message.role == "user"] or [""]
    return (*(earlier[-TURNS:] if assistant.leans(last, article) else ()), last)


def _events(head: dict[str, Any], pieces: Sequence[str], told: dict[str, Any], *, usage: bool) -> Iterator[str]:
    deltas: list[dict[str, Any]] = [
        {"role": "assistant", "content": ""},
        *({"content": piece} for piece in pieces),
        told,
        {},
    ]
    for number, delta in enumerate(deltas, start=1):
        finished = "stop" if number == len(deltas) else None
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finished}
        yield _event({**head, "object": "chat.completion.chunk", "choices": [choice]})
    if usage:
        yield _event({**head, "object": "chat.completion.chunk", "choices": [], "usage": _NO_TOKENS})
    yield "data: [DONE]\n\n"


def _event(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk)}\n\n"
