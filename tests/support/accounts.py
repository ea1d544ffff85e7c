"""Steps that account tests share: requests to the functions, and reading sent mails."""

import email
import email.policy
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from functions.account import app as account_app
from functions.code_issuance import app as code_issuance_app
from functions.registration import app as registration_app
from functions.sessions import app as sessions_app
from tests.support.events import api_event, stream_event

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PASSWORD = "Quiet-Otter-42-Maps"
REGISTRATIONS = "/registrations"
CODE = "/registrations/{registration_id}/code"
CONFIRM = "/registrations/{registration_id}/confirm"
FLOW = "/registrations/{registration_id}"


@dataclass(frozen=True)
class Reply:
    """A function's answer."""

    status: int
    headers: Mapping[str, list[str]]
    text: str

    @property
    def json(self) -> dict[str, Any]:
        # A page holds its refusal for programs, too.
        block = re.search(r'<script type="application/problem\+json">(.*?)</script>', self.text)
        loaded: dict[str, Any] = json.loads(block[1] if block else self.text)
        return loaded

    @property
    def code(self) -> str:
        return str(self.json["code"])

    @property
    def cookie(self) -> str:
        """The Cookie header that a browser would send next."""
        cookies = self.headers.get("Set-Cookie", [])
        return "; ".join(cookie.partition(";")[0] for cookie in cookies)


def call(app: Any, method: str, resource: str, **event: Any) -> Reply:
    answer = app.handler(api_event(method, resource, **event), None)
    return Reply(answer["statusCode"], answer["multiValueHeaders"], answer.get("body") or "")


def register(
    address: str, password: str = PASSWORD, *, headers: Mapping[str, str] | None = None
) -> Reply:
    body = {"email": address, "password": password}
    return call(registration_app, "POST", REGISTRATIONS, body=body, headers=headers)


def send_new_code(flow_id: str) -> Reply:
    return call(registration_app, "POST", CODE, path={"registration_id": flow_id})


def look(flow_id: str) -> Reply:
    return call(registration_app, "GET", FLOW, path={"registration_id": flow_id})


def confirm(flow_id: str, code: str) -> Reply:
    path = {"registration_id": flow_id}
    return call(registration_app, "POST", CONFIRM, path=path, body={"code": code})


def log_in(address: str, password: str = PASSWORD, **more: Any) -> Reply:
    body = {"email": address, "password": password, **more}
    return call(sessions_app, "POST", "/sessions", body=body)


def log_out(cookie: str) -> Reply:
    return call(sessions_app, "DELETE", "/sessions/current", cookie=cookie)


def read_account(cookie: str | None) -> Reply:
    return call(account_app, "GET", "/account", cookie=cookie)


def items(dynamodb: "DynamoDBClient", entity: str) -> list[dict[str, Any]]:
    """Return the accounts table's items of one kind, in DynamoDB's own JSON."""
    answer = dynamodb.scan(
        TableName="accounts",
        FilterExpression="entity = :entity",
        ExpressionAttributeValues={":entity": {"S": entity}},
    )
    return answer["Items"]


def deliver(dynamodb: "DynamoDBClient") -> None:
    """Act as the stream: hand every requested mail to code_issuance, oldest first."""
    requested = [
        image for image in items(dynamodb, "mail_request") if image["state"]["S"] == "requested"
    ]
    for image in sorted(requested, key=lambda image: image["requested_at"]["N"]):
        code_issuance_app.handler(stream_event(image), None)  # type: ignore[arg-type]


def sent_messages() -> list[str]:
    """Return every mail that SES accepted, oldest first, as it was sent."""
    sent = ses_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].sent_messages
    return [message.raw_data for message in sent]


@lru_cache(maxsize=1000)
def parse(raw: str) -> EmailMessage:
    """Return a mail as a client reads it; the same object for the same mail, not to be changed."""
    return email.message_from_string(raw, policy=email.policy.default)


def mails() -> list[EmailMessage]:
    """Return every mail that SES accepted, oldest first."""
    return [parse(raw) for raw in sent_messages()]


def code_in(message: EmailMessage) -> str:
    """Return the code of a mail's subject, without its spaces and dashes."""
    match = re.match(r"([0-9A-Z]{3,5}[ -][0-9A-Z]{3,5}) is your", str(message["Subject"]))
    assert match is not None, "a mail without a code"
    return re.sub(r"[ -]", "", match[1])


def newest_code(address: str) -> str:
    return code_in([message for message in mails() if message["To"] == address][-1])


def open_account(dynamodb: "DynamoDBClient", address: str, password: str = PASSWORD) -> Reply:
    """Register, confirm and return the answer with a signed-in account."""
    flow_id = register(address, password).json["registration_id"]
    deliver(dynamodb)
    reply = confirm(flow_id, newest_code(address))
    assert reply.status == 201
    return reply
