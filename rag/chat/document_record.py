"""A reader's document as its page keeps it, to give it back to a server that has lost it.

Nothing of it is believed because it was here before: it is taken as if the reader brought it now. The seal and the id
only tell that it is the document that is meant, and all of it. Whoever makes one up has made a document of their own,
which only their conversation sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, FailFast, Field, ValidationError

from index.article import Article
from index.errors import InputError
from index.landmarks import Landmarks
from index.seal import is_whole, sealed
from rag.chat.uploads import LEAST, own_id

_OTHER = "What came is not the document that was here. Add it again."
_DIGEST = Field(pattern="^[0-9a-f]{64}$")

# an error for each of millions of wrong marks would take a gigabyte
Marks = Annotated[list[Annotated[int, Field(ge=0)]], FailFast()]


class DocumentRecord(BaseModel):
    """A document of a conversation, with all that is shown of it."""

    model_config = ConfigDict(extra="forbid", strict=True)

    text: str
    url: str | None = Field(description="Where it can be read on the web.")
    pages: Marks = Field(description="The first code point of each page, as far as it has pages.")
    headings: Marks = Field(description="The first code point of each heading.")
    document_sha256: Annotated[str, _DIGEST] | None = Field(description="Digest of the file, if it was no plain text.")
    sha256: Annotated[str, _DIGEST] = Field(description="Seal over all of this.")

    @classmethod
    def of(cls, article: Article) -> DocumentRecord:
        """Write down a document.

        :param article: The document.
        """
        return cls.model_validate(
            sealed(
                {
                    "text": article.text,
                    "url": article.url,
                    "pages": list(article.landmarks.pages),
                    "headings": list(article.landmarks.headings),
                    "document_sha256": article.document_sha256,
                }
            )
        )

    @classmethod
    def read(cls, data: bytes, wanted: str) -> Article:
        """Make a document of what a page gives back.

        :param data: The record in JSON, as it came.
        :param wanted: Id of the document that it must be.
        :return: The document.
        :raises InputError: If it is no record, not that of the document, or was altered; or as `Article`.
        """
        try:
            told = cls.model_validate_json(data)
        except ValidationError as error:
            raise InputError(_OTHER) from error
        if _crowded(told.pages, told.text) or _crowded(told.headings, told.text) or not is_whole(told.model_dump()):
            raise InputError(_OTHER)
        landmarks = Landmarks(tuple(told.pages), tuple(told.headings))
        article = Article(told.text, told.url, landmarks=landmarks, document_sha256=told.document_sha256)
        if own_id(article) != wanted:
            raise InputError(_OTHER)
        return article


def _crowded(marks: Sequence[int], text: str) -> bool:
    """Whether marks take more memory than the limits count for the text."""
    return len(marks) > max(len(text), LEAST)
