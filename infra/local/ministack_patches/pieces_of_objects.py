"""Sends a piece of an object without a copy of the whole piece for each client that reads it.

Who resumes a download asks for all from some byte on. MiniStack cuts that out first, so that
each slow reader of a sample file held 77 MB for as long as it read.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any, TypeAlias

from infra.local.web_server import PIECE

if TYPE_CHECKING:
    from ministack.core.responses import StreamingResponse

Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def sent_in_place(body: bytes, start: int, end: int) -> "StreamingResponse":
    """Return the bytes from `start` to before `end` as a body that is cut while it is sent."""
    from ministack.core.responses import StreamingResponse  # noqa: PLC0415 (starts threads)

    async def send_pieces(send: Send, _receive: object) -> None:
        for at in range(start, end, PIECE):
            piece = body[at : min(at + PIECE, end)]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    return StreamingResponse(send_pieces)
