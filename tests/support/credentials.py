"""Steps that tests of credentials share: new passwords, changes of address and their undoing."""

import re
from typing import TYPE_CHECKING, Any

from functions.credentials import app as credentials_app
from functions.notices import app as notices_app
from tests.support.accounts import PASSWORD, Reply, call, items, mails
from tests.support.events import stream_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ADDRESS, NEW_ADDRESS = "jane@example.org", "jane.doe@newsroom.example"
NEW = "Other-Otter-43-Maps"
WRONG = "Wrong-Otter-44-Maps"
CHANGES = "/account/email-changes"
KEYS, KEY = "/account/keys", "/account/keys/{key_id}"
UNDO = "/email-changes/undo/{token}"


def change_password(
    cookie: str | None, current: str = PASSWORD, new: str = NEW, **event: Any
) -> Reply:
    body = {"current_password": current, "new_password": new}
    return call(credentials_app, "PUT", "/account/password", cookie=cookie, body=body, **event)


def start_change(
    cookie: str | None, address: str = NEW_ADDRESS, password: str = PASSWORD, **event: Any
) -> Reply:
    body = {"new_email": address, "current_password": password}
    return call(credentials_app, "POST", CHANGES, cookie=cookie, body=body, **event)


def change_step(
    method: str, change_id: str, name: str = "", body: object = None, **event: Any
) -> Reply:
    resource = f"{CHANGES}/{{change_id}}" + (f"/{name}" if name else "")
    path = {"change_id": change_id}
    return call(credentials_app, method, resource, path=path, body=body, **event)


def confirm_change(cookie: str | None, change_id: str, code: str) -> Reply:
    return change_step("POST", change_id, "confirm", {"code": code}, cookie=cookie)


def undo(token: str, method: str = "POST", **event: Any) -> Reply:
    return call(credentials_app, method, UNDO, path={"token": token}, **event)


def notify(dynamodb: "DynamoDBClient") -> None:
    """Act as the stream: hand every requested notice to the function notices."""
    for image in items(dynamodb, "notice"):
        if image["state"]["S"] == "requested":
            notices_app.handler(stream_event(image), None)  # type: ignore[arg-type]


def mails_to(address: str) -> list[tuple[str, str]]:
    """Return subject and text of the mails to an address, oldest first."""
    found = []
    for mail in mails():
        if mail["To"] == address:
            part = mail.get_body(("plain",))
            assert part is not None
            found.append((str(mail["Subject"]), " ".join(part.get_content().split())))
    return found


def undo_token_in(text: str) -> str:
    match = re.search(r"/undo#([\w.-]+)", text)
    assert match is not None, "no undo link"
    return match[1]


def undo_token(address: str = ADDRESS) -> str:
    """Return the token of the newest undo link that an address was mailed."""
    return undo_token_in([text for _, text in mails_to(address) if "/undo#" in text][-1])


def make_key(
    cookie: str | None,
    scopes: tuple[str, ...] = ("catalogue", "download"),
    password: str = PASSWORD,
    name: str = "Playout server",
) -> Reply:
    body = {"name": name, "scopes": list(scopes), "current_password": password}
    return call(credentials_app, "POST", KEYS, cookie=cookie, body=body)


def list_keys(cookie: str | None, **event: Any) -> Reply:
    return call(credentials_app, "GET", KEYS, cookie=cookie, **event)


def revoke_key(cookie: str | None, key_id: str) -> Reply:
    return call(credentials_app, "DELETE", KEY, cookie=cookie, path={"key_id": key_id})


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
