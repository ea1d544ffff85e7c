"""Decides which request each route is measured with: the usual one, on its longest path.

Every route of the API is listed here; `prepare` creates what its request needs (an account, a code,
a link) and returns the request. Nothing is measured here.
"""

from collections.abc import Mapping
from typing import get_args

from newsreel import terms
from newsreel.accounts.web.self_service_models import NewsletterText
from newsreel.aws import keyring
from newsreel.newsletter import tokens
from newsreel.texts import messages

from benchmarks import account_requests

# Before the functions: it sets what they read at import.
from benchmarks.world import Prepare, Prepared, World, ask, signed_in
from functions.account import app as account
from functions.catalogue import app as catalogue
from functions.code_issuance import app as code_issuance
from functions.credentials import app as credentials
from functions.downloads import app as downloads
from functions.newsletter import app as newsletter
from tests.support import accounts, uploads
from tests.support.events import stream_event

# With the world, which older commits have here: first_answer_recording.py runs in their trees too.
__all__ = ["BESIDE_DJANGO", "ROUTES", "World"]

_VERSION = terms.VERSIONS[-1].version


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


def _delete_account(world: World) -> Prepared:
    _address, cookie = world.person()
    body = {"current_password": accounts.PASSWORD}
    return ask(credentials, "POST", "/account/deletion", 204, cookie=cookie, body=body)


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
    **account_requests.ROUTES,
    "GET /account/downloads": _downloaded("GET", 200),
    "DELETE /account/downloads": _downloaded("DELETE", 204),
    "GET /account/export": signed_in(credentials, "GET", "/account/export"),
    "POST /account/deletion": _delete_account,
    "GET /account/journal": signed_in(account, "GET", "/account/journal"),
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
    "GET /pages/missing/{path+}": _public("/pages/missing/{path+}", {"path": "media/a/b"}, 404),
    "GET /config": _public("/config"),
    "GET /openapi.json": _public("/openapi.json"),
    "GET /health": _public("/health"),
    "POST /videos/{video_id}/downloads": _make_link,
    "GET /downloads/{token}/{file_name}": _follow,
}

BESIDE_DJANGO: dict[str, Prepare] = {
    "POST /sessions": ROUTES["POST /sessions"],
    "POST /registrations": ROUTES["POST /registrations"],
    "code mail": _mail_code,
    "POST /videos/{video_id}/downloads": _make_another_link,
    "GET /downloads/{token}/{file_name}": _follow,
}
