"""Decides how the requests of registration, reset, log-in and the account are prepared."""

from collections.abc import Mapping

from newsreel.accounts import undo_links
from newsreel.accounts.credential_records import EmailUndo
from newsreel.aws import keyring
from newsreel.aws.items import from_item

# Before the functions: it sets what they read at import.
from benchmarks.world import Prepare, Prepared, World, ask, signed_in
from functions.account import app as account
from functions.credentials import app as credentials
from functions.password_reset import app as password_reset
from functions.registration import app as registration
from functions.sessions import app as sessions
from tests.support import accounts

_PASSWORD = "Other-Otter-43-Maps"  # noqa: S105 - opens nothing


def _register(world: World) -> Prepared:
    body = {"email": world.address(), "password": accounts.PASSWORD, "language": "en"}
    return ask(registration, "POST", accounts.REGISTRATIONS, 202, body=body)


def _flow(world: World) -> tuple[str, Mapping[str, str]]:
    address = world.address()
    return address, {"registration_id": accounts.register(address).json["registration_id"]}


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
    "DELETE /sessions/current": signed_in(sessions, "DELETE", "/sessions/current", 204),
    "GET /account": signed_in(account, "GET", "/account"),
    "PATCH /account": signed_in(account, "PATCH", "/account", body={"language": "en"}),
    "GET /account/sessions": signed_in(account, "GET", "/account/sessions"),
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
}
