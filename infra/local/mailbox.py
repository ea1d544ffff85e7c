"""Serves the local mailbox: a page for people, the same mails as JSON for tests."""

from pathlib import Path

from aiohttp import web

from infra.local import mail_previews
from infra.local.mail_events import MailEvents
from infra.local.mail_sink import MailSink

_PAGE = Path(__file__).parent / "mailbox_page"
_FILES = {
    "mailbox.css": "text/css",
    "mailbox.js": "text/javascript",
    "newsletter.js": "text/javascript",
}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
# A mail may style itself and show the website's own pictures: no script, no form, no own origin.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_LINKS_OPEN_OUTSIDE = '<base target="_blank">'


class Mailbox:
    """The routes under `/mailbox`."""

    def __init__(self, sink: MailSink) -> None:
        self._sink = sink
        self._events = MailEvents()
        self._previews: list[mail_previews.Preview] = []

    def routes(self) -> list[web.RouteDef]:
        """Return all routes of the mailbox."""
        return [
            web.get("/mailbox", self.show_page),
            web.get("/mailbox/", self.show_page),
            web.get("/mailbox/messages.json", self.list_mails),
            web.get(r"/mailbox/messages/{number:\d{1,9}}.html", self.show_html),
            web.get("/mailbox/previews", self.show_previews),
            web.get(
                r"/mailbox/previews/{name:[a-z_-]+}.{language:[a-z]{2}}.html", self.show_preview
            ),
            web.get("/mailbox/{file}", self.show_file),
        ]

    async def show_page(self, _request: web.Request) -> web.Response:
        """Show the mailbox to a person."""
        text = (_PAGE / "mailbox.html").read_text(encoding="utf-8")
        return _answer(text, "text/html", _PAGE_POLICY)

    async def show_file(self, request: web.Request) -> web.Response:
        """Give the page its style and its script."""
        name = request.match_info["file"]
        if name not in _FILES:
            raise web.HTTPNotFound(text="There is no such page in the mailbox.")
        return _answer((_PAGE / name).read_text(encoding="utf-8"), _FILES[name], _PAGE_POLICY)

    async def list_mails(self, request: web.Request) -> web.Response:
        """List all mails, or those `?to=` one address, newest first; 304 while nothing has changed.

        `became` of each is what SES told of it, in order.
        """
        tag = f'"{id(self._sink)}-{self._sink.arrived}-{self._events.look()}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=headers)
        mails = self._sink.newest_first(to=request.query.get("to"))
        shown = [
            {**mail, "became": self._events.of(mail["headers"].get("Message-ID", ""))}
            for mail in mails
        ]
        return web.json_response(shown, headers=headers)

    async def show_html(self, request: web.Request) -> web.Response:
        """Show the HTML part of one mail, for the sandboxed frame."""
        mail = self._sink.mail(int(request.match_info["number"]))
        if mail is None:
            raise web.HTTPNotFound(text="There is no such mail.")
        return _answer(_LINKS_OPEN_OUTSIDE + mail["html"], "text/html", _MAIL_POLICY)

    async def show_previews(self, _request: web.Request) -> web.Response:
        """Show every mail that the service can send, as the code writes it now."""
        try:
            self._previews = await mail_previews.read_all()
        except RuntimeError as error:
            return web.Response(status=500, text=str(error))
        return _answer(mail_previews.page(self._previews), "text/html", _PAGE_POLICY)

    async def show_preview(self, request: web.Request) -> web.Response:
        """Show the HTML part of one of them as it was last written, for its sandboxed frame."""
        wanted = (request.match_info["name"], request.match_info["language"])
        for preview in self._previews:
            if (preview.name, preview.language) == wanted:
                return _answer(_LINKS_OPEN_OUTSIDE + preview.html, "text/html", _MAIL_POLICY)
        raise web.HTTPNotFound(text="There is no such mail.")


def _answer(text: str, content_type: str, policy: str) -> web.Response:
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(text=text, content_type=content_type, charset="utf-8", headers=headers)
