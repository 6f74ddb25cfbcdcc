"""Pages on their way out, written into when they are complete."""

from __future__ import annotations

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send


def complete_pages(send: Send, completed: Callable[[MutableHeaders, bytes], bytes]) -> Send:
    """Hold a page back until all of it is there; whatever is no HTML streams through.

    :param send: Sends on.
    :param completed: Writes into a page, and into its headers; its length is set here. It is called in a thread, for
        it may ask a store.
    :return: What the application behind sends to.
    """
    held: Message | None = None
    page = b""

    async def send_completed(message: Message) -> None:
        nonlocal held, page
        if message["type"] == "http.response.start":
            if MutableHeaders(scope=message).get("content-type", "").startswith("text/html"):
                held = message
                return
        elif held is not None and message["type"] == "http.response.body":
            page += message.get("body", b"")
            if message.get("more_body"):
                return
            headers = MutableHeaders(scope=held)
            whole = await run_in_threadpool(completed, headers, page)
            headers["Content-Length"] = str(len(whole))
            await send(held)
            held, message = None, {"type": "http.response.body", "body": whole}
        await send(message)

    return send_completed
