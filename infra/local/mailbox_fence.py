"""Keeps other sites' pages out of the mailbox, whose pages send mails and start programs.

They may neither write nor look: a picture in a foreign page would have every mail rendered.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

from infra.local import browser_marks

_PLACE = "/mailbox"
_ELSEWHERE = "Only the mailbox's own pages may do that. Open /mailbox yourself, by its address.\n"


@web.middleware
async def own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what other pages ask of the mailbox, and let none show what it answers."""
    # The route's own pattern: how the path is spelled in the request does not matter.
    resource = request.match_info.route.resource
    if resource is None or not resource.canonical.startswith(_PLACE):
        return await handler(request)
    refuse_others(request)
    answer = await handler(request)
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


def refuse_others(request: web.Request) -> None:
    """Answer 403 unless the mailbox's own page asks, or a tool, or a person who typed it."""
    headers = browser_marks.told_by(request.headers)
    own = {f"http://{host}" for host in [browser_marks.own_host(headers)] if host}
    if browser_marks.is_foreign(headers, own):
        raise web.HTTPForbidden(text=_ELSEWHERE)
