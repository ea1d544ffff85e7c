"""Rules that always hold for the accounts table, and for mails once every request was tried.

The checks read the table directly from moto, without boto3: they run thousands of times.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.ses.models import ses_backends
from newsreel.accounts.codes import reference

from functions.code_issuance import app as code_issuance_app
from functions.notices import app as notices_app
from tests.support.accounts import code_in, mails
from tests.support.cloud import REGION
from tests.support.events import stream_event
from tests.support.quick_tables import attributes, copy_items

_SENDERS = (("mail_request", code_issuance_app), ("notice", notices_app))


def stored() -> dict[str, list[dict[str, Any]]]:
    """Return the accounts table's items by entity, in DynamoDB's own JSON."""
    items = defaultdict(list)
    for item in dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["accounts"].all_items():
        values = attributes(item)
        items[values["entity"]["S"]].append(values)
    return items


def memory() -> Callable[[], None]:
    """Remember the current accounts, mail table and mails; the returned function restores them."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables
    sender = ses_backends[DEFAULT_ACCOUNT_ID][REGION]
    kept = {name: copy_items(tables[name].items) for name in ("accounts", "mail")}
    sent = list(sender.sent_messages)

    def bring_back() -> None:
        # Look the tables up again: a cancelled transaction replaces the object.
        for name, items in kept.items():
            tables[name].items = copy_items(items)
        sender.sent_messages[:] = sent

    return bring_back


def redrive() -> None:
    """Act as the stream and, in the end, the redrive: handle every open request once more."""
    for entity, app in _SENDERS:
        for image in sorted(stored()[entity], key=lambda image: int(image["requested_at"]["N"])):
            if image["state"]["S"] in {"requested", "sending"}:
                app.handler(stream_event({**image, "state": {"S": "requested"}}), None)


def assert_whole() -> None:
    """Check the table's consistency: no incomplete account, no item without its account."""
    held = stored()
    accounts = {item["account_id"]["S"]: item for item in held["account"]}
    reservations = held["email_reservation"]
    reserved = {
        item["pk"]["S"]: item["account_id"]["S"] for item in reservations if "account_id" in item
    }
    expected = {
        f"EMAIL#{hashlib.sha256(item['email']['S'].encode()).hexdigest()}": account_id
        for account_id, item in accounts.items()
    }
    assert reserved == expected
    # An address is held for an account exactly as long as the change can be undone.
    undoable = {item["account_id"]["S"]: item["change"]["S"] for item in held["email_undo"]}
    assert undoable.keys() <= accounts.keys()
    assert undoable == {
        item["held_for"]["S"]: item["change"]["S"] for item in reservations if "held_for" in item
    }
    # The last notice of a deleted account goes once it was sent.
    held["notice"] = [one for one in held["notice"] if one["kind"]["S"] != "account_deleted"]
    closing = {item["account_id"]["S"] for item in held["closing"]}
    for entity in ("session", "device", "notice", "consent", "download", "journal"):
        # What was written beside a deletion goes when the schedule looks at it once more.
        assert {
            item["pk"]["S"].removeprefix("ACCOUNT#") for item in held[entity]
        } <= accounts.keys() | closing
    going = {name for name, item in accounts.items() if item["closing_at"]["N"] != "0"}
    assert going == closing & accounts.keys()
    requested_issues = defaultdict(set)
    for item in held["mail_request"]:
        requested_issues[item["pk"]["S"]].add(int(item["issue"]["N"]))
    for flow in held["flow"]:
        assert requested_issues[flow["pk"]["S"]] == set(range(1, int(flow["issue"]["N"]) + 1))
        assert ("password_hash" in flow) or flow["state"]["S"] != "open"
    welcomed = [
        item["account_id"]["S"] for item in held["notice"] if item["kind"]["S"] == "welcome"
    ]
    assert sorted(set(welcomed) | going) == sorted(accounts)


def assert_every_mail_went_out() -> None:
    """Check the outbox: each mail sent or no longer useful, and one code per mail."""
    redrive()
    held = stored()
    flows = {item["pk"]["S"]: item for item in held["flow"]}
    for item in held["mail_request"]:
        flow = flows.get(item["pk"]["S"])
        if flow is None:  # a change of address that another one replaced
            assert item["state"]["S"] in {"sent", "dropped"}
            continue
        is_newest = item["issue"] == flow["issue"] and flow["state"]["S"] == "open"
        assert item["state"]["S"] in ({"sent"} if is_newest else {"sent", "dropped"})
        if is_newest:
            # The page shows the state too.
            assert flow["delivery"]["S"] == "sent"
    # A notice of a change that was undone before it left is of no use any more.
    assert {item["state"]["S"] for item in held["notice"]} <= {"sent", "dropped"}
    told = [item for item in held["notice"] if item["state"]["S"] == "dropped"]
    assert {item["kind"]["S"] for item in told} <= {"email_changed"}
    # Two flows of an address may have the same reference: one time in 1,512.
    requests = Counter(
        reference(item["flow_key"]["S"], int(item["issue"]["N"])) for item in held["mail_request"]
    )
    codes = defaultdict(set)
    for mail in mails():
        if "is your verification code" in str(mail["Subject"]):
            text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
            named = text.partition("Reference")[2].split()[0].rstrip(".")
            codes[str(mail["To"]), named].add(code_in(mail))
    assert all(len(mailed) <= requests[named] for (_, named), mailed in codes.items())
