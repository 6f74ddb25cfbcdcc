"""What is put right once Gradio's blocks are mounted: of each, Gradio does otherwise where it serves by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import Mount

from rag.api.fallback import Fallback
from rag.api.middleware.events import Expected
from rag.api.middleware.log import unexpected
from rag.api.middleware.opening import Beginning, Opening
from rag.api.problems import answer_problems
from rag.api.sessions import SessionMemory
from rag.locale import Locale

_POLL = 0.05
"""Seconds between two looks into Gradio's queue. Its own, a thousandth, takes 5 % of a core when nobody asks."""
_NEVER = 3600.0
"""Seconds between two looks for progress, of which there is none."""
_CONVERSATION = "pq-conversation"
_TEXTS = frozenset({"textbox", "button"})


def finish(
    app: FastAPI,
    blocks: Any,
    idle: timedelta,
    choose: Callable[[str], Locale],
    beginning: Callable[[Locale], Beginning],
) -> None:
    """Finish the mounting of blocks at `/`.

    :param app: The application, the blocks mounted last.
    :param blocks: Gradio's blocks.
    :param idle: For how long a session is kept that is not used.
    :param choose: Chooses the language of a page by the header Accept-Language.
    :param beginning: Writes what the page needs first, in a language.
    """
    # else Gradio, which sets this only where it serves by itself, opens any path that an event names
    blocks.has_launched = True
    blocks._queue.sleep_when_free = _POLL
    blocks._queue.progress_update_sleep_when_free = _NEVER
    # Gradio calls this every second
    blocks.state_holder.delete_all_expired_state = SessionMemory(blocks, idle)
    app.state.events = {number: _expected(event) for number, event in blocks.fns.items()}
    *others, mount = app.router.routes
    if not isinstance(mount, Mount) or not isinstance(mount.app, FastAPI):
        raise TypeError(f"{mount!r} is no mounted application")
    app.router.routes[-1] = Fallback(mount, others)
    answer_problems(mount.app)
    # inside of Gradio's own, which would write the traceback
    mount.app.add_middleware(ExceptionMiddleware, handlers={Exception: unexpected})
    mount.app.add_middleware(Opening, choose=choose, beginning=beginning)


def _expected(event: Any) -> Expected:
    texts = all(part.get_block_name() in _TEXTS for part in event.inputs)
    ids = [part.elem_id for part in event.inputs]
    return Expected(len(ids), texts, ids.index(_CONVERSATION) if _CONVERSATION in ids else None)
