"""Steps of password resets that tests share: the routes, and the ways to a code and to a token."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from functions.password_reset import app as reset_app
from tests.support.accounts import Reply, call, deliver, newest_code
from tests.support.credentials import NEW

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def reset_step(
    method: str,
    reset_id: str,
    name: str = "",
    body: object = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    resource = "/password-resets/{reset_id}" + (f"/{name}" if name else "")
    path = {"reset_id": reset_id}
    return call(reset_app, method, resource, path=path, body=body, headers=headers)


def complete(reset_id: str, token: str, password: str = NEW) -> Reply:
    return reset_step(
        "POST", reset_id, "complete", {"reset_token": token, "new_password": password}
    )


def mailed_reset(
    dynamodb: "DynamoDBClient", address: str, cookie: str | None = None
) -> tuple[str, str]:
    """Start a reset and mail its code; return its id and the code."""
    body = {"email": address}
    begun = call(reset_app, "POST", "/password-resets", body=body, cookie=cookie)
    deliver(dynamodb)
    return str(begun.json["reset_id"]), newest_code(address)


def proved_reset(
    dynamodb: "DynamoDBClient", address: str, cookie: str | None = None
) -> tuple[str, str]:
    """Start a reset and enter its code; return its id and the token."""
    reset_id, code = mailed_reset(dynamodb, address, cookie)
    proved = reset_step("POST", reset_id, "verify", {"code": code})
    return reset_id, str(proved.json["reset_token"])
