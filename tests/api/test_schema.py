"""The API does what /openapi.json says it does, whatever is sent."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from rag.api.settings import ApiSettings
from rag.chat.uploads import UploadLimits
from tests.application import application


def test_the_description_holds() -> None:
    """No server error, no reply that is not described, and nothing accepted that the description forbids."""
    # two seconds that only the process which runs this test has to spend
    import schemathesis  # noqa: PLC0415
    from schemathesis.core.result import Ok  # noqa: PLC0415

    app = application(ApiSettings(per_minute=1_000_000, at_once=1, uploads=UploadLimits()))
    found = schemathesis.openapi.from_asgi("/openapi.json", app).get_all_operations()
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert {operation.label for operation in operations} >= {"POST /api/ask", "GET /api/articles"}
    for operation in operations:

        @given(case=operation.as_strategy())
        @settings(max_examples=20, deadline=None)
        def holds(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate()

        holds()
