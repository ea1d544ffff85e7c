"""Steps that tests of feedback share: mailing a code, and letting SES tell what became of it."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.client import BaseClient

from functions.mail_feedback import app as feedback_app
from tests.support.accounts import deliver, register
from tests.support.cloud import Cloud
from tests.support.ses_events import Mailed, event, queue_event, transformed

ADDRESS = "jane@example.org"
TAGS: list[dict[str, str]] = []
"""Of every mail that SES took in this test, the oldest first; moto itself keeps none."""


def keep_tags(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the tags of each mail as SES gets them from now on, whichever code sends it."""
    TAGS.clear()
    call = BaseClient._make_api_call  # type: ignore[attr-defined]

    def make(client: BaseClient, operation: str, values: Mapping[str, Any]) -> Any:
        answer = call(client, operation, values)
        if operation == "SendRawEmail":
            TAGS.append({tag["Name"]: tag["Value"] for tag in values.get("Tags", ())})
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", make)


def mailed_code(cloud: Cloud, address: str = ADDRESS) -> str:
    """Start a registration and mail its code; return the flow's id."""
    flow_id = str(register(address).json["registration_id"])
    deliver(cloud.dynamodb)
    return flow_id


def mail_of(address: str = ADDRESS, *, tags: dict[str, str] | None = None, **more: str) -> Mailed:
    """Return a mail as SES knows it: the newest that it took, unless ``tags`` say another."""
    return Mailed(address=address, tags=tags or TAGS[-1], **more)


def tell(*names: str, mail: Mailed | None = None, missing: str = "") -> list[str]:
    """Let SES tell about a mail; return the ids of messages that are to come again."""
    mail = mail or mail_of()
    bodies = [transformed(event(name, mail, number), missing) for number, name in enumerate(names)]
    answer = feedback_app.handler(queue_event(*bodies), None)  # type: ignore[arg-type]
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]
