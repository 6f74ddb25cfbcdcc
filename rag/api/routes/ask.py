"""Questions over HTTP."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag
from starlette.concurrency import run_in_threadpool

from rag.answer import Answer, Turn
from rag.answering.answerer import Answerer
from rag.api.admission import AdmissionQueue
from rag.api.allowance import client_of
from rag.api.middleware.limits import ASK
from rag.api.problems import OF_QUESTIONS, documented, json_only
from rag.api.routes.articles import ARTICLE_ID, unknown_article
from rag.chat.conversations import CONVERSATION_ID, Conversations, Speaker
from rag.understanding.interpretation import LONGEST

_ANSWER = {
    "question": "Where do red apples grow?",
    "understood_as": "Where do red apples grow?",
    "status": "answered",
    "text": "Kent",
    "confidence": 0.93,
    "spans": [{"article": "2acaabfb3eb7d239", "start": 19, "end": 23, "text": "Kent"}],
    "citations": [
        {
            "number": 1,
            "article": "2acaabfb3eb7d239",
            "article_sha256": "2acaabfb3eb7d239" + 48 * "0",
            "sentence": 0,
            "start": 0,
            "end": 24,
            "start_utf16": 0,
            "end_utf16": 24,
            "quote": "Red apples grow in Kent.",
            "prefix": "",
            "suffix": " Green pears fall in Devon.",
            "place": {"page": None, "heading": None, "paragraph": 1},
        }
    ],
    "closest": [],
    "reason": None,
    "competing": [],
    "read_by": "fast",
    "passages": [{"article": "2acaabfb3eb7d239", "start": 0, "end": 51, "score": 0.71, "confidence": 0.93}],
    "elsewhere": None,
    "timings_ms": {"retrieve": 8.2, "read": 61.0, "total": 69.2},
}


_Id = Annotated[str, Field(pattern=ARTICLE_ID)]
TOGETHER = 50
"""Articles that may be chosen for a question."""
_Ids = Annotated[list[_Id], Field(min_length=1, max_length=TOGETHER)]
_Chosen = Annotated[
    Annotated[_Id, Tag("id")] | Annotated[_Ids, Tag("ids")],
    # so that of what is wrong only the one is told that was meant
    Discriminator(lambda given: "ids" if isinstance(given, list) else "id"),
]


class Question(BaseModel):
    """A question about the articles."""

    model_config = ConfigDict(extra="forbid", strict=True)

    question: str = Field(min_length=1, max_length=LONGEST, examples=["Where do red apples grow?"])
    article: _Chosen | None = Field(
        default=None, description="Id of the only article to look in, or a list of ids; all articles by default."
    )
    conversation: Annotated[str, Field(pattern=f"^{CONVERSATION_ID}$")] | None = Field(
        default=None,
        description="Conversation id: a random secret that the client makes. What was asked under it is remembered, so "
        "that a question may refer to it ('And when?'). Whoever knows the id may read the conversation.",
    )
    literally: bool = Field(
        default=False, description="Search for what is typed: no conversation, no correction, no courtesy left out."
    )


def ask_routes(assistant: Answerer, conversations: Conversations, queue: AdmissionQueue) -> APIRouter:
    """Make the route `/api/ask`.

    :param assistant: Answers the questions.
    :param conversations: What was said.
    :param queue: Where questions wait.
    :return: The route.
    """
    router = APIRouter(tags=["questions"])

    @router.post(
        ASK,
        dependencies=[Depends(json_only)],
        response_model=Answer,
        responses={
            200: {
                "description": "The answer, small talk included. The words of one whose `status` is `unsure` may be "
                "wrong: show them as doubtful, with their sentence. Behind these keys stands `sha256`, which seals all "
                "but the times and `elsewhere`: `pullquote verify` finds a change. `elsewhere` is null, or an article "
                "that was not asked and answers clearly better: its id, its title and the confidence. `missing` is "
                "there only if two questions were asked at once and one has no answer: that one.",
                "content": {"application/json": {"example": _ANSWER}},
            },
            **documented(
                *OF_QUESTIONS,
            ),
        },
    )
    async def ask(request: Request, asked: Question) -> JSONResponse:
        """Answer a question in the articles' own words, each quoted with its place."""
        chosen = [asked.article] if isinstance(asked.article, str) else asked.article or []
        here = await run_in_threadpool(assistant.holding, chosen) if chosen else None
        if chosen and (here is None or any(here.place_of(name) is None for name in chosen)):
            raise unknown_article()

        def work() -> Answer:
            if not asked.conversation:
                return assistant.ask(asked.question, (), asked.article, literally=asked.literally)
            # so that the second of two questions that come at the same time sees what was said to the first
            with conversations.locked(asked.conversation):
                turns = conversations.of(asked.conversation)
                answer = assistant.ask(asked.question, turns, asked.article, literally=asked.literally)
                speaker = Speaker(asked.conversation, client_of(request.client))
                conversations.keep(speaker, (*turns, Turn(asked.question, answer)))
            return answer

        answer = await queue.answer(request, work)
        return JSONResponse(answer.to_dict(), headers={"Cache-Control": "no-store"})

    return router
