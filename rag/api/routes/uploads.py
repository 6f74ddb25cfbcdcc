"""Documents that people bring to their conversations, over HTTP.

Gradio's own routes for files stay closed: they write to disk, whoever sends, as much as comes.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from index.article import ID
from rag.api.admission import AdmissionQueue
from rag.api.middleware.limits import UPLOADS
from rag.api.problems import documented, json_only
from rag.api.reception import Reception, entry
from rag.chat.conversations import CONVERSATION_ID
from rag.chat.document_record import DocumentRecord
from rag.chat.uploads import Uploads

_LONGEST_NAME = 255
_GONE = "That document is not here, or no longer. Add it again."

Conversation = Annotated[
    str, Path(pattern=f"^{CONVERSATION_ID}$", description="Conversation id: a random secret that the client makes.")
]
Document = Annotated[str, Path(pattern=f"^{ID}$", description="The document's id.")]


class DocumentEntry(BaseModel):
    """A document of a conversation."""

    id: str = Field(pattern=f"^{ID}$", examples=["own_2acaabfb3eb7d239"])
    title: str = Field(description="Its first line; '�' stands for what is hidden in it.", examples=["A headline"])
    characters: int = Field(description="Code points of its text.", examples=[5120])


class DocumentLimits(BaseModel):
    """How much is taken."""

    megabytes: int = Field(description="Of a file.")
    characters: int = Field(description="Of a document's text.")
    documents: int = Field(description="Of a conversation.")
    addresses: bool = Field(description="Whether a document of the web may be named by its address.")


class DocumentList(BaseModel):
    """The documents of a conversation, and how much is taken."""

    documents: list[DocumentEntry]
    limits: DocumentLimits


class DocumentAddress(BaseModel):
    """Where a document is on the web."""

    model_config = ConfigDict(extra="forbid", strict=True)

    address: str = Field(min_length=1, max_length=2000, examples=["https://news.example/story"])


class DocumentQuestions(BaseModel):
    """Questions to begin with."""

    questions: list[str] = Field(examples=[["What is this about?", "Who is Ada Byron?"]])


_RECEIVED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A line of JSON for each step: `step` (`fetching`, `reading`, or `encoding` with `done` and "
        "`of`), then `document`, or `problem`: why it was not taken.",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    },
    **documented(
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    ),
}


def upload_routes(uploads: Uploads, queue: AdmissionQueue) -> APIRouter:
    """Make the routes below `/pullquote/uploads/`.

    :param uploads: What was brought.
    :param queue: Where a document waits like a question.
    :return: The routes.
    """
    router = APIRouter(prefix=UPLOADS.rstrip("/"), tags=["uploads"])
    reception = Reception(uploads, queue)

    @router.post("/{conversation}", response_class=StreamingResponse, responses=_RECEIVED)
    async def upload(
        request: Request,
        conversation: Conversation,
        name: Annotated[str, Query(max_length=_LONGEST_NAME, description="The file's name.")] = "",
    ) -> Response:
        """Bring a document to a conversation: the body is the file."""
        return await reception.receive(request, conversation, name)

    if uploads.fetches:

        @router.post(
            "/{conversation}/page/address",
            dependencies=[Depends(json_only)],
            response_class=StreamingResponse,
            responses=_RECEIVED | documented(HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        )
        async def fetch(request: Request, conversation: Conversation, given: DocumentAddress) -> Response:
            """Bring a document of the web to a conversation: only from public addresses."""
            return await reception.fetch(request, conversation, given.address)

    @router.get(
        "/{conversation}",
        response_model=DocumentList,
        responses=documented(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS),
    )
    def documents(conversation: Conversation, response: Response) -> dict[str, Any]:
        """List the documents of a conversation; there are none if nobody knows it."""
        response.headers["Cache-Control"] = "no-store"
        most = uploads.limits
        return {
            "documents": [entry(article) for article in uploads.articles(conversation)],
            "limits": {
                "megabytes": most.megabytes,
                "characters": most.characters,
                "documents": most.documents,
                "addresses": uploads.fetches,
            },
        }

    @router.delete(
        "/{conversation}/{article}",
        status_code=HTTPStatus.NO_CONTENT,
        responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS),
    )
    def delete(conversation: Conversation, article: Document) -> None:
        """Forget a document, and what was answered from it."""
        if not uploads.remove(conversation, article):
            raise HTTPException(HTTPStatus.NOT_FOUND, "That document is not here, or no longer. Nothing to delete.")

    @router.get(
        "/{conversation}/{article}/questions",
        response_model=DocumentQuestions,
        responses=documented(
            HTTPStatus.NOT_FOUND,
            HTTPStatus.UNPROCESSABLE_ENTITY,
            HTTPStatus.TOO_MANY_REQUESTS,
            HTTPStatus.SERVICE_UNAVAILABLE,
        ),
    )
    async def questions(
        request: Request,
        conversation: Conversation,
        article: Document,
        response: Response,
    ) -> dict[str, Any]:
        """Give questions to begin with about a document. The first time, that takes some seconds."""
        response.headers["Cache-Control"] = "no-store"
        chosen = await reception.questions(request, conversation, article)
        if not chosen:
            raise HTTPException(HTTPStatus.NOT_FOUND, _GONE)
        return {"questions": chosen}

    @router.post(
        "/{conversation}/page/left",  # an article may be called `left`
        status_code=HTTPStatus.NO_CONTENT,
        responses=documented(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS),
    )
    async def left(conversation: Conversation) -> None:
        """Tell that the page of a conversation is closed: its documents go, unless a reload takes them over."""
        uploads.leave(conversation)

    _add_records(router, uploads, reception)
    return router


def _add_records(router: APIRouter, uploads: Uploads, reception: Reception) -> None:
    """Add the routes by which a page keeps a document, and gives it back to a server that has lost it."""

    @router.get(
        "/{conversation}/{article}",
        response_model=DocumentRecord,
        responses=documented(HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.TOO_MANY_REQUESTS),
    )
    def record(conversation: Conversation, article: Document, response: Response) -> DocumentRecord:
        """Give a document, for its page to keep in memory until it is gone."""
        response.headers["Cache-Control"] = "no-store"
        found = uploads.document(conversation, article)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, _GONE)
        return DocumentRecord.of(found)

    @router.put(
        "/{conversation}/{article}",
        dependencies=[Depends(json_only)],
        response_class=StreamingResponse,
        responses=_RECEIVED | documented(HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        # read like a file: not before there is room for it
        openapi_extra={
            "requestBody": {
                "description": "The document as it was given. What is not it is a `problem`.",
                "required": True,
                "content": {"application/json": {"schema": {}}},
            }
        },
    )
    async def give_back(request: Request, conversation: Conversation, article: Document) -> Response:
        """Give a document back to a server that has lost it."""
        return await reception.receive_back(request, conversation, article)
