"""Decides which request each route is measured with: the usual one, on its longest path.

Every route of the API is listed here; `prepare` creates what its request needs (an account, a code,
a link) and returns the request. Nothing is measured here.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from newsreel import terms
from newsreel.accounts import undo_links
from newsreel.accounts.credential_records import EmailUndo
from newsreel.accounts.web.self_service_models import NewsletterText
from newsreel.aws import clients, keyring, stored_secrets
from newsreel.aws.items import from_item
from newsreel.newsletter import tokens
from newsreel.texts import messages

from tests.support.cloud import (  # first: it sets what functions read at import
    Cloud,
    FakeClock,
)

# isort: split

from functions.account import app as account
from functions.catalogue import app as catalogue
from functions.code_issuance import app as code_issuance
from functions.credentials import app as credentials
from functions.downloads import app as downloads
from functions.newsletter import app as newsletter
from functions.password_reset import app as password_reset
from functions.registration import app as registration
from functions.sessions import app as sessions
from tests.support import accounts, uploads
from tests.support.events import api_event, stream_event
from tests.support.template import ROOT
from tools.publish_website import build_release

_SAMPLE = ROOT / "tools" / "sample_media" / "content" / uploads.VIDEO
_PASSWORD = "Other-Otter-43-Maps"  # noqa: S105 - opens nothing
_VERSION = terms.VERSIONS[-1].version
# The service reads a browser's headers on every request, so they are part of the cost.
_BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept-Language": "en-GB,en;q=0.8,fr;q=0.5",
}


@dataclass(frozen=True)
class Prepared:
    """A request and its expected status."""

    app: Any
    event: dict[str, Any]
    status: int | None
    """None where nobody is answered."""

    def send(self) -> None:
        """Have the function answer the request.

        Raises:
            RuntimeError: the status is another one.
        """
        answer = self.app.handler(self.event, None)
        status = answer["statusCode"] if answer else None
        if status != self.status:
            raise RuntimeError(f"{self.event['resource']} answered {status}")


@dataclass
class World:
    """An AWS account with the sample video published in it; makes people on request."""

    cloud: Cloud
    fake_clock: FakeClock
    _people: int = field(default=0)
    _reader: str = field(default="")

    def __post_init__(self) -> None:
        texts = json.loads((_SAMPLE / "metadata.json").read_text(encoding="utf-8"))
        uploads.put("transcript.txt", (_SAMPLE / "transcript.txt").read_bytes())
        uploads.publish(**{**texts, "publish_at": None, "withdraw_at": None})
        release = build_release("NATO", "https://media.example.org").files
        for language in messages.LANGUAGES:
            for page in ("catalogue", "video"):
                shell = release[f"pages/{language}/{page}.html"]
                key = f"shells/{language}/{page}.html"
                clients.s3().put_object(Bucket=uploads.SITE, Key=key, Body=shell)

    def address(self) -> str:
        """Return an address that nobody has used."""
        self._people += 1
        return f"reporter-{self._people}@example.org"

    def person(self) -> tuple[str, str]:
        """Open an account and return its address and cookies."""
        address = self.address()
        cookie = accounts.open_account(self.cloud.dynamodb, address).cookie
        self.fake_clock.forward(minutes=1)
        return address, cookie

    def cookie(self) -> str:
        """Log the usual reader in again; used by every route that does not change the account."""
        if not self._reader:
            self._reader, _cookie = self.person()
        return accounts.log_in(self._reader).cookie

    def code(self, address: str) -> str:
        """Deliver the requested mail and return its code."""
        accounts.deliver(self.cloud.dynamodb)
        return accounts.newest_code(address)

    def forget(self) -> None:
        """Act as a new environment: drop everything that is read once."""
        stored_secrets.forget()
        downloads.signer.forget()
        catalogue.shells._kept.clear()  # noqa: SLF001


Prepare = Callable[[World], Prepared]


def ask(app: Any, method: str, resource: str, status: int = 200, **more: Any) -> Prepared:
    """Return a request as a browser sends it."""
    headers = {**_BROWSER, **more.pop("headers", {})}
    return Prepared(app, api_event(method, resource, headers=headers, **more), status)


def _register(world: World) -> Prepared:
    body = {"email": world.address(), "password": accounts.PASSWORD, "language": "en"}
    return ask(registration, "POST", accounts.REGISTRATIONS, 202, body=body)


def _flow(world: World) -> tuple[str, Mapping[str, str]]:
    address = world.address()
    return address, {"registration_id": accounts.register(address).json["registration_id"]}


def _mail_code(world: World) -> Prepared:
    """Return the stream's record of a registration, for the function that mails its code."""
    accounts.deliver(world.cloud.dynamodb)  # what others asked for
    accounts.register(world.address())
    (image,) = (
        one
        for one in accounts.items(world.cloud.dynamodb, "mail_request")
        if one["state"]["S"] == "requested"
    )
    return Prepared(code_issuance, stream_event(image), None)


def _register_again(world: World) -> Prepared:
    _address, path = _flow(world)
    world.fake_clock.forward(minutes=2)
    return ask(registration, "POST", accounts.CODE, 202, path=path)


def _confirm(world: World) -> Prepared:
    address, path = _flow(world)
    body = {"code": world.code(address)}
    return ask(registration, "POST", accounts.CONFIRM, 201, path=path, body=body)


def _look(world: World) -> Prepared:
    return ask(registration, "GET", accounts.FLOW, path=_flow(world)[1])


_RESETS = "/password-resets"
_RESET = f"{_RESETS}/{{reset_id}}"


def _reset(world: World) -> tuple[str, Mapping[str, str]]:
    address, _cookie = world.person()
    started = accounts.call(password_reset, "POST", _RESETS, body={"email": address})
    return address, {"reset_id": started.json["reset_id"]}


def _start_reset(world: World) -> Prepared:
    address, _cookie = world.person()
    return ask(password_reset, "POST", _RESETS, 202, body={"email": address})


def _reset_again(world: World) -> Prepared:
    _address, path = _reset(world)
    world.fake_clock.forward(minutes=2)
    return ask(password_reset, "POST", f"{_RESET}/code", 202, path=path)


def _verify(world: World) -> Prepared:
    address, path = _reset(world)
    body = {"code": world.code(address)}
    headers = {"Idempotency-Key": "0f8fad5b-d9cb-469f-a165-70867728950e"}
    return ask(password_reset, "POST", f"{_RESET}/verify", path=path, body=body, headers=headers)


def _complete(world: World) -> Prepared:
    address, path = _reset(world)
    body: dict[str, str] = {"code": world.code(address)}
    proved = accounts.call(password_reset, "POST", f"{_RESET}/verify", path=path, body=body)
    body = {"reset_token": proved.json["reset_token"], "new_password": _PASSWORD}
    return ask(password_reset, "POST", f"{_RESET}/complete", 204, path=path, body=body)


def _look_at_reset(world: World) -> Prepared:
    return ask(password_reset, "GET", _RESET, path=_reset(world)[1])


def _log_in(world: World) -> Prepared:
    address, _cookie = world.person()
    body = {"email": address, "password": accounts.PASSWORD, "keep": True}
    return ask(sessions, "POST", "/sessions", 201, body=body)


def _signed_in(
    app: Any, method: str, resource: str, status: int = 200, body: Mapping[str, str] | None = None
) -> Prepare:
    def prepare(world: World) -> Prepared:
        return ask(app, method, resource, status, cookie=world.cookie(), body=body)

    return prepare


_CHANGES = "/account/email-changes"
_CHANGE = f"{_CHANGES}/{{change_id}}"


def _change_password(world: World) -> Prepared:
    _, cookie = world.person()
    body = {"current_password": accounts.PASSWORD, "new_password": _PASSWORD}
    return ask(credentials, "PUT", "/account/password", 204, cookie=cookie, body=body)


def _start_change(world: World) -> Prepared:
    _, cookie = world.person()
    body = {"new_email": world.address(), "current_password": accounts.PASSWORD}
    return ask(credentials, "POST", _CHANGES, 202, cookie=cookie, body=body)


def _change(world: World) -> tuple[str, str, dict[str, str]]:
    """Start a change; return the new address, the cookie and the flow's path values."""
    _, cookie = world.person()
    address = world.address()
    body = {"new_email": address, "current_password": accounts.PASSWORD}
    begun = accounts.call(credentials, "POST", _CHANGES, cookie=cookie, body=body)
    return address, cookie, {"change_id": begun.json["change_id"]}


def _change_again(world: World) -> Prepared:
    _, cookie, path = _change(world)
    world.fake_clock.forward(minutes=2)
    return ask(credentials, "POST", f"{_CHANGE}/code", 202, path=path, cookie=cookie)


def _confirm_change(world: World) -> Prepared:
    address, cookie, path = _change(world)
    body = {"code": world.code(address)}
    return ask(credentials, "POST", f"{_CHANGE}/confirm", path=path, cookie=cookie, body=body)


def _look_at_change(world: World) -> Prepared:
    _, cookie, path = _change(world)
    return ask(credentials, "GET", _CHANGE, path=path, cookie=cookie)


_KEY = {"name": "Playout", "scopes": ["download"], "current_password": accounts.PASSWORD}


def _create_key(world: World) -> Prepared:
    _, cookie = world.person()
    return ask(credentials, "POST", "/account/keys", 201, cookie=cookie, body=_KEY)


def _with_key(method: str, resource: str, status: int) -> Prepare:
    def prepare(world: World) -> Prepared:
        _, cookie = world.person()
        made = accounts.call(credentials, "POST", "/account/keys", cookie=cookie, body=_KEY)
        path = {"key_id": made.json["key_id"]}
        return ask(credentials, method, resource, status, cookie=cookie, path=path)

    return prepare


def _undo(method: str, status: int) -> Prepare:
    def prepare(world: World) -> Prepared:
        _confirm_change(world).send()
        # The clock moves on with each person, so the newest change is the one that lasts longest.
        stored = accounts.items(world.cloud.dynamodb, "email_undo")
        newest = max((EmailUndo.read(from_item(one)) for one in stored), key=lambda one: one.until)
        ring = keyring.read_keyring(credentials.settings.flow_keys_secret)
        path = {"token": undo_links.token_of(ring, newest)}
        return ask(credentials, method, "/email-changes/undo/{token}", status, path=path)

    return prepare


def _delete_account(world: World) -> Prepared:
    _address, cookie = world.person()
    body = {"current_password": accounts.PASSWORD}
    return ask(credentials, "POST", "/account/deletion", 204, cookie=cookie, body=body)


def _end_session(world: World) -> Prepared:
    cookie = world.cookie()
    world.cookie()
    listed = accounts.call(account, "GET", "/account/sessions", cookie=cookie)
    other = next(session for session in listed.json["items"] if not session["current"])
    path = {"session_id": other["session_id"]}
    return ask(account, "DELETE", "/account/sessions/{session_id}", 204, path=path, cookie=cookie)


def _end_other_sessions(world: World) -> Prepared:
    """Request the end of several sessions, which go together."""
    address, cookie = world.person()
    for _ in range(2):
        accounts.log_in(address)
    return ask(account, "DELETE", "/account/sessions/others", 204, cookie=cookie)


def _downloaded(method: str, status: int) -> Prepare:
    def prepare(world: World) -> Prepared:
        cookie = world.cookie()
        uploads.follow(uploads.make_link(cookie).json["download_url"])
        return ask(account, method, "/account/downloads", status, cookie=cookie)

    return prepare


def _public(resource: str, path: Mapping[str, str] | None = None, status: int = 200) -> Prepare:
    return lambda _world: ask(catalogue, "GET", resource, status, path=path)


def _make_link(world: World) -> Prepared:
    _address, cookie = world.person()
    return ask(
        downloads,
        "POST",
        uploads.LINK,
        201,
        path=_VIDEO,
        body={"rendition": "preview-mp4", "terms_version": _VERSION},
        cookie=cookie,
    )


def _make_another_link(world: World) -> Prepared:
    """Request a link for somebody who accepted the terms earlier, the usual case."""
    cookie = world.cookie()
    uploads.make_link(cookie)
    body = {"rendition": "preview-mp4"}
    return ask(downloads, "POST", uploads.LINK, 201, path=_VIDEO, body=body, cookie=cookie)


def _follow(world: World) -> Prepared:
    url = uploads.make_link(world.cookie()).json["download_url"]
    token, _, name = url.partition("/downloads/")[2].partition("/")
    path = {"token": token, "file_name": name}
    return ask(downloads, "GET", uploads.FOLLOW, 302, path=path)


def _accept_terms(world: World) -> Prepared:
    _, cookie = world.person()
    return ask(account, "PUT", "/account/terms", 204, cookie=cookie, body={"version": _VERSION})


def _subscribe(world: World) -> Prepared:
    _, cookie = world.person()
    return ask(newsletter, "PUT", "/account/newsletter", 204, cookie=cookie, body=_SUBSCRIBE)


def _unsubscribe(world: World) -> Prepared:
    _, cookie = world.person()
    ask(newsletter, "PUT", "/account/newsletter", 204, cookie=cookie, body=_SUBSCRIBE).send()
    return ask(newsletter, "DELETE", "/account/newsletter", 204, cookie=cookie)


def _not_me(method: str) -> Prepare:
    def prepare(world: World) -> Prepared:
        world.person()
        text = accounts.mails()[-1].get_body(("plain",))
        token = str(text.get_content() if text else "").partition("/not-me#")[2].split()[0]
        body = {"mute": "day"} if method == "POST" else None
        return ask(newsletter, method, "/not-me/{token}", path={"token": token}, body=body)

    return prepare


def _one_click(method: str, status: int) -> Prepare:
    def prepare(world: World) -> Prepared:
        address, cookie = world.person()
        ask(newsletter, "PUT", "/account/newsletter", 204, cookie=cookie, body=_SUBSCRIBE).send()
        stored = accounts.items(world.cloud.dynamodb, "account")
        (account_id,) = (one["account_id"]["S"] for one in stored if one["email"]["S"] == address)
        ring = keyring.read_keyring(newsletter.settings.unsubscribe_keys_secret)
        path = {"token": tokens.seal(account_id, ring)}
        return ask(newsletter, method, "/newsletter/unsubscribe/{token}", status, path=path)

    return prepare


_VIDEO = {"video_id": uploads.VIDEO}
_SUBSCRIBE = {"text_version": get_args(NewsletterText)[-1], "language": "en"}

ROUTES: dict[str, Prepare] = {
    "POST /registrations": _register,
    "POST /registrations/{registration_id}/code": _register_again,
    "POST /registrations/{registration_id}/confirm": _confirm,
    "GET /registrations/{registration_id}": _look,
    "POST /password-resets": _start_reset,
    "POST /password-resets/{reset_id}/code": _reset_again,
    "POST /password-resets/{reset_id}/verify": _verify,
    "POST /password-resets/{reset_id}/complete": _complete,
    "GET /password-resets/{reset_id}": _look_at_reset,
    "POST /sessions": _log_in,
    "DELETE /sessions/current": _signed_in(sessions, "DELETE", "/sessions/current", 204),
    "GET /account": _signed_in(account, "GET", "/account"),
    "PATCH /account": _signed_in(account, "PATCH", "/account", body={"language": "en"}),
    "GET /account/sessions": _signed_in(account, "GET", "/account/sessions"),
    "DELETE /account/sessions/{session_id}": _end_session,
    "DELETE /account/sessions/others": _end_other_sessions,
    "PUT /account/password": _change_password,
    "POST /account/keys": _create_key,
    "GET /account/keys": _with_key("GET", "/account/keys", 200),
    "DELETE /account/keys/{key_id}": _with_key("DELETE", "/account/keys/{key_id}", 204),
    "POST /account/email-changes": _start_change,
    "POST /account/email-changes/{change_id}/code": _change_again,
    "POST /account/email-changes/{change_id}/confirm": _confirm_change,
    "GET /account/email-changes/{change_id}": _look_at_change,
    "GET /email-changes/undo/{token}": _undo("GET", 303),
    "POST /email-changes/undo/{token}": _undo("POST", 204),
    "GET /account/downloads": _downloaded("GET", 200),
    "DELETE /account/downloads": _downloaded("DELETE", 204),
    "GET /account/export": _signed_in(credentials, "GET", "/account/export"),
    "POST /account/deletion": _delete_account,
    "GET /account/journal": _signed_in(account, "GET", "/account/journal"),
    "GET /terms": lambda _world: ask(account, "GET", "/terms"),
    "PUT /account/terms": _accept_terms,
    "PUT /account/newsletter": _subscribe,
    "DELETE /account/newsletter": _unsubscribe,
    "POST /newsletter/unsubscribe/{token}": _one_click("POST", 200),
    "GET /newsletter/unsubscribe/{token}": _one_click("GET", 303),
    "GET /not-me/{token}": _not_me("GET"),
    "POST /not-me/{token}": _not_me("POST"),
    "GET /videos": _public("/videos"),
    "GET /videos/changes": _public("/videos/changes"),
    "GET /videos/{video_id}": _public("/videos/{video_id}", _VIDEO),
    "GET /videos/{video_id}/transcript": _public("/videos/{video_id}/transcript", _VIDEO),
    # The sample has no times, which captions need.
    "GET /videos/{video_id}/transcript.vtt": _public(
        "/videos/{video_id}/transcript.vtt", _VIDEO, 404
    ),
    "GET /videos/{video_id}/transcript.srt": _public(
        "/videos/{video_id}/transcript.srt", _VIDEO, 404
    ),
    "GET /videos/{video_id}/transcript.txt": _public("/videos/{video_id}/transcript.txt", _VIDEO),
    "GET /pages/videos/{video_id}": _public("/pages/videos/{video_id}", _VIDEO),
    "GET /pages/fr/videos/{video_id}": _public(
        "/pages/fr/videos/{video_id}", _VIDEO, 200 if "fr" in messages.LANGUAGES else 404
    ),
    "GET /pages/{page}": _public("/pages/{page}", {"page": "home"}),
    "GET /pages/fr/{page}": _public("/pages/fr/{page}", {"page": "home"}),
    "GET /config": _public("/config"),
    "GET /openapi.json": _public("/openapi.json"),
    "GET /health": _public("/health"),
    "POST /videos/{video_id}/downloads": _make_link,
    "GET /downloads/{token}/{file_name}": _follow,
}

BESIDE_DJANGO: dict[str, Prepare] = {
    "POST /sessions": _log_in,
    "POST /registrations": _register,
    "code mail": _mail_code,
    "POST /videos/{video_id}/downloads": _make_another_link,
    "GET /downloads/{token}/{file_name}": _follow,
}
