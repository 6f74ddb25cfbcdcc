"""The API does what /openapi.json says it does, whatever is sent."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import settings

from rag.api.settings import ApiSettings
from rag.chat.uploads import UploadLimits
from tests.application import application

schema = schemathesis.openapi.from_asgi(
    "/openapi.json", application(ApiSettings(per_minute=1_000_000, at_once=1, uploads=UploadLimits()))
)


@schema.parametrize()
@settings(max_examples=30, deadline=None)
def test_the_description_holds(case: schemathesis.Case[Any]) -> None:
    """No server error, no reply that is not described, and nothing accepted that the description forbids."""
    case.call_and_validate()
