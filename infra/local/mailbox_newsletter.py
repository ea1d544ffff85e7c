"""Lets a person be the press office in the local mailbox: see, approve, pause, resume, cancel.

It puts the same files into the media bucket as a press office on AWS, and shows the reports that
the function writes there: it decides nothing itself.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from pathlib import Path
from string import Template

from aiohttp import web
from botocore.exceptions import BotoCoreError, ClientError

from infra.local import newsletter
from infra.local.mailbox_fence import refuse_others
from infra.local.newsletter import Report
from infra.local.paths import Stack

_PAGE = Path(__file__).parent / "mailbox_page" / "newsletter.html"
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
# As a mail is shown in the mailbox: it may style itself and show the website's own pictures.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; "
    "sandbox allow-popups allow-popups-to-escape-sandbox"
)
_SHOWN = 8
_LOOKS, _BETWEEN_LOOKS = 60, 0.25
_LANGUAGES = {"en": "English", "fr": "Français"}
_WAITS_FOR = {
    "draft": "its preview",
    "review": "approval",
    "approved": "a look at the quota",
    "sending": "its last mail",
    "paused": "you to resume it",
    "held": "SES, and is tried again by itself",
}
_DEEDS = {
    "approve": "Approve and send",
    "pause": "Pause",
    "resume": "Resume",
    "cancel": "Cancel for good",
}
_NOT_YET = "The local stack is not deployed yet. Try again in a minute.\n"


@dataclass(frozen=True, slots=True)
class Office:
    """The routes of the page; ``find_stack`` raises FileNotFoundError while there is none."""

    find_stack: Callable[[], Stack] = Stack.read

    def routes(self) -> list[web.RouteDef]:
        """Return them."""
        edition = r"/mailbox/newsletter/{edition:\d{4}-\d{2}-\d{2}-\d{4}}"
        return [
            web.get("/mailbox/newsletter", self.show),
            web.get("/mailbox/newsletter.json", self.tell_tag),
            web.get(edition + r".{language:[a-z]{2}}.html", self.show_mail),
            web.post("/mailbox/newsletter", self.make),
            web.post(edition, self.obey),
        ]

    async def show(self, _request: web.Request) -> web.Response:
        """Show the newest editions."""
        reports = await self._reports()
        text = Template(_PAGE.read_text(encoding="utf-8")).substitute(
            tag=_tag(reports),
            editions="".join(map(_edition, reports)) or '<p class="none">No edition yet.</p>',
        )
        return _answer(text, _POLICY)

    async def tell_tag(self, _request: web.Request) -> web.Response:
        """Tell what changes whenever the page would look different."""
        tag = _tag(await self._reports())
        return web.json_response({"tag": tag}, headers={"Cache-Control": "no-store"})

    async def show_mail(self, request: web.Request) -> web.Response:
        """Show an edition's mail in a language, for its sandboxed frame."""
        edition, language = request.match_info["edition"], request.match_info["language"]
        for report in await self._reports():
            if report["edition"] == edition and language in report["preview"]:
                return _answer(str(report["preview"][language]["html"]), _MAIL_POLICY)
        raise web.HTTPNotFound(text="There is no such edition.\n")

    async def make(self, request: web.Request) -> web.Response:
        """Have an edition made of all that is published."""
        refuse_others(request)
        await self._act(newsletter.invoke)
        raise web.HTTPSeeOther("/mailbox/newsletter")

    async def obey(self, request: web.Request) -> web.Response:
        """Put the press office's file and wait until the function has followed it."""
        refuse_others(request)
        edition = request.match_info["edition"]
        name = (await request.post()).get("order")
        if name not in newsletter.ORDERS:
            raise web.HTTPBadRequest(text="There is no such order.\n")
        before = _tag(await self._reports())
        await self._act(lambda stack: newsletter.upload(stack, edition, str(name)))
        for _ in range(_LOOKS):
            if _tag(await self._reports()) != before:
                break
            await asyncio.sleep(_BETWEEN_LOOKS)
        raise web.HTTPSeeOther(f"/mailbox/newsletter#edition-{edition}")

    async def _reports(self) -> list[Report]:
        found: list[Report] = []

        def read(stack: Stack) -> None:
            found.extend(newsletter.reports(stack, _SHOWN))

        await self._act(read)
        return found

    async def _act(self, what: Callable[[Stack], None]) -> None:
        try:
            await asyncio.to_thread(what, self.find_stack())
        except FileNotFoundError:
            raise web.HTTPServiceUnavailable(text=_NOT_YET) from None
        except (BotoCoreError, ClientError):
            raise web.HTTPBadGateway(text="The local AWS does not answer.\n") from None


def _tag(reports: Sequence[Report]) -> str:
    told = json.dumps(reports, sort_keys=True).encode()
    return hashlib.sha256(told).hexdigest()[:16]


def _edition(report: Report) -> str:
    edition, state = escape(str(report["edition"])), str(report["state"])
    facts = "".join(
        f"<div><dt>{name}</dt><dd>{escape(value)}</dd></div>" for name, value in _facts(report)
    )
    mails = "".join(
        f'<article lang="{language}"><h3>{escape(str(mail["subject"]))}</h3>'
        f'<iframe title="{edition}, {_LANGUAGES.get(language, language)}" loading="lazy"'
        ' sandbox="allow-popups allow-popups-to-escape-sandbox"'
        f' src="/mailbox/newsletter/{edition}.{language}.html"></iframe>'
        f'<details><summary lang="en">Text</summary><pre>{escape(str(mail["text"]))}</pre>'
        "</details></article>"
        for language, mail in report["preview"].items()
    )
    is_over = state in {"sent", "cancelled"}
    shown = "" if is_over else " open"
    return (
        f'<section id="edition-{edition}"><h2>Edition {edition}: <span>{escape(state)}</span></h2>'
        f'<dl class="envelope">{facts}</dl>{_orders(report)}'
        f'<details class="mails"{shown}><summary>The mail</summary><div class="pair">{mails}</div>'
        "</details></section>"
    )


def _facts(report: Report) -> list[tuple[str, str]]:
    """Return what a person wants to know of an edition, in order."""
    state, counted = str(report["state"]), len(report["videos"])
    waits = f"for {_WAITS_FOR[state]}" if state in _WAITS_FOR else ""
    if state == "review" and report["approve_by"]:
        waits += f" until {_moment(report['approve_by'])}"
    videos = f"{counted} shown, {report['more']} more counted" if report["more"] else str(counted)
    became = ", ".join(f"{count} {name}" for name, count in (report["mails"] or {}).items())
    facts = [
        ("Since", _moment(report["since"])),
        ("Waits", waits),
        ("Because", str((report["reason"] or {}).get("en") or "")),
        ("Videos", videos),
        ("Subscribers", str(report["recipients"])),
        ("Mails", became.replace("_", " ")),
    ]
    return [(name, value) for name, value in facts if value]


def _moment(text: object) -> str:
    return f"{datetime.fromisoformat(str(text)):%-d %B %Y, %H:%M} UTC"


def _orders(report: Report) -> str:
    allowed = {str(path).rpartition("/")[2]: str(path) for path in report["commands"]}
    buttons = "".join(
        f'<button name="order" value="{name}" title="puts {escape(allowed[name])}">{deed}</button>'
        for name, deed in _DEEDS.items()
        if name in allowed
    )
    action = f"/mailbox/newsletter/{escape(str(report['edition']))}"
    return f'<form method="post" action="{action}">{buttons}</form>' if buttons else ""


def _answer(text: str, policy: str) -> web.Response:
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    return web.Response(text=text, content_type="text/html", charset="utf-8", headers=headers)
