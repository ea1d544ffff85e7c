"""What is true of the accounts table at any moment, and of the mails once every request was tried.

The table is read past boto3, straight from moto: these checks run thousands of times.
"""

import copy
import hashlib
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.ses.models import ses_backends

from functions.code_issuance import app as code_issuance_app
from functions.notices import app as notices_app
from tests.support.accounts import code_in, mails
from tests.support.cloud import REGION
from tests.support.events import stream_event

_SENDERS = (("mail_request", code_issuance_app), ("notice", notices_app))


def stored() -> dict[str, list[dict[str, Any]]]:
    """Return the accounts table's items by entity, in DynamoDB's own JSON."""
    found = defaultdict(list)
    for item in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["accounts"].all_items():
        values = {name: value.to_regular_json() for name, value in item.attrs.items()}
        found[values["entity"]["S"]].append(values)
    return found


def memory() -> Callable[[], None]:
    """Remember accounts and mails as they are; what is returned brings them back."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    sender = ses_backends[DEFAULT_ACCOUNT_ID][REGION]
    kept, sent = copy.deepcopy(tables["accounts"].items), list(sender.sent_messages)

    def bring_back() -> None:
        # Looked up anew: a transaction that is cancelled puts another table into the place.
        tables["accounts"].items = copy.deepcopy(kept)
        sender.sent_messages[:] = sent

    return bring_back


def redrive() -> None:
    """Do what the stream and, in the end, the redrive do: every request that is open, once more."""
    for entity, app in _SENDERS:
        for image in sorted(stored()[entity], key=lambda one: int(one["requested_at"]["N"])):
            if image["state"]["S"] in {"requested", "sending"}:
                app.handler(stream_event({**image, "state": {"S": "requested"}}), None)


def assert_whole() -> None:
    """Hold the table to itself: no half-made account, nothing of one that is not there."""
    held = stored()
    accounts = {one["account_id"]["S"]: one for one in held["account"]}
    reserved = {one["pk"]["S"]: one["account_id"]["S"] for one in held["email_reservation"]}
    wanted = {
        f"EMAIL#{hashlib.sha256(one['email']['S'].encode()).hexdigest()}": account_id
        for account_id, one in accounts.items()
    }
    assert reserved == wanted
    for entity in ("session", "device", "notice", "consent", "download"):
        assert {one["pk"]["S"].removeprefix("ACCOUNT#") for one in held[entity]} <= accounts.keys()
    asked = defaultdict(set)
    for one in held["mail_request"]:
        asked[one["pk"]["S"]].add(int(one["issue"]["N"]))
    for flow in held["flow"]:
        assert asked[flow["pk"]["S"]] == set(range(1, int(flow["issue"]["N"]) + 1))
        assert ("password_hash" in flow) or flow["state"]["S"] == "finished"
    welcomed = [one["account_id"]["S"] for one in held["notice"] if one["kind"]["S"] == "welcome"]
    assert sorted(welcomed) == sorted(accounts)


def assert_every_mail_went_out() -> None:
    """Hold the outbox to its promise: sent, or of no more use, and one code for one mail."""
    redrive()
    held = stored()
    flows = {one["pk"]["S"]: one for one in held["flow"]}
    for one in held["mail_request"]:
        flow = flows[one["pk"]["S"]]
        is_newest = one["issue"] == flow["issue"] and flow["state"]["S"] == "open"
        assert one["state"]["S"] in ({"sent"} if is_newest else {"sent", "dropped"})
        if is_newest:
            # The page says so too.
            assert flow["delivery"]["S"] == "sent"
    assert {one["state"]["S"] for one in held["notice"]} <= {"sent"}
    codes = defaultdict(set)
    for mail in mails():
        if "is your verification code" in str(mail["Subject"]):
            text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            reference = text.partition("Reference")[2].split()[0]
            codes[str(mail["To"]), reference].add(code_in(mail))
    assert all(len(found) == 1 for found in codes.values())
