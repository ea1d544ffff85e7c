"""Decides what is told of the mails to an address: every step of each, and what holds mail back."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from newsreel.aws.items import Value, from_item, to_item
from newsreel.aws.keyring import Keyring
from newsreel.mail_table.keys import hold_key, suppression_key, trail_partition
from newsreel.mail_table.suppression import Suppression
from newsreel.mail_table.who import all_of

from tools.newsreel_admin.deployment import Deployment

_ORDER = ("sent", "delayed", "delivered")
"""What comes first when several steps of a mail have one time; anything else comes last."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of one mail, in the words of the trail."""

    sent: str
    mail: str
    step: str
    detail: str
    at: int
    mail_id: str
    reference: str
    """What people name the mail by: what a code mail shows, an edition's id."""
    ses_id: str


@dataclass(frozen=True, slots=True)
class Told:
    """All that is known of the mails to an address."""

    steps: tuple[Step, ...]
    suppression: Suppression | None
    hold_until: int
    hold_reason: str


def read(deployment: Deployment, address: str) -> Told:
    """Read what is kept of a canonical address, under every key of the ring."""
    table = deployment.outputs["MailTable"]
    names = all_of(address, read_ring(deployment))
    items = [item for name in names for item in _trail(deployment, table, name)]
    suppressed = [_get(deployment, table, suppression_key(name)) for name in names]
    found = next((one for one in suppressed if one), None)
    held = _get(deployment, table, hold_key()) or {}
    return Told(
        _by_mail(_step(item) for item in items),
        Suppression.read(found) if found else None,
        int(str(held.get("until", 0))),
        str(held.get("reason", "")),
    )


def _by_mail(steps: Iterable[Step]) -> tuple[Step, ...]:
    """Return the steps mail by mail, the oldest first, and each mail's in their order."""
    found = list(steps)
    began: dict[str, int] = {}
    for one in found:
        began[one.mail_id] = min(one.at, began.get(one.mail_id, one.at))

    def place(one: Step) -> tuple[int, str, int, int]:
        # Several may be told in one second.
        rank = _ORDER.index(one.step) if one.step in _ORDER else len(_ORDER)
        return began[one.mail_id], one.mail_id, one.at, rank

    return tuple(sorted(found, key=place))


def read_ring(deployment: Deployment) -> Keyring:
    """Return the ring that addresses are named with."""
    secret = deployment.outputs["TrailKeys"]
    text = deployment.secretsmanager.get_secret_value(SecretId=secret)["SecretString"]
    values: dict[str, str] = json.loads(text)
    current = values.pop("current")
    return Keyring(current, {key_id: value.encode() for key_id, value in values.items()})


def _trail(deployment: Deployment, table: str, name: str) -> Iterable[dict[str, Value]]:
    pages = deployment.dynamodb.get_paginator("query").paginate(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=to_item({":pk": trail_partition(name)}),
        ConsistentRead=True,
    )
    for page in pages:
        yield from (from_item(item) for item in page["Items"])


def _get(deployment: Deployment, table: str, key: dict[str, str]) -> dict[str, Value] | None:
    answer = deployment.dynamodb.get_item(TableName=table, Key=to_item(key), ConsistentRead=True)
    return from_item(answer["Item"]) if "Item" in answer else None


def _step(item: dict[str, Value]) -> Step:
    status = int(str(item.get("status_class", 0)))
    mail_id = str(item["mail_id"])
    words = [str(item.get("subtype", "")), f"{status}.x.x" if status else ""]
    return Step(
        sent=str(item["sent"]),
        mail=(str(item.get("about", "")) or str(item["kind"])).replace("_", " "),
        step=str(item["step"]).replace("_", " "),
        detail=" ".join(word for word in words if word),
        at=int(str(item["at"])),
        mail_id=mail_id,
        reference=mail_id if item["kind"] == "newsletter" else mail_id.partition("-")[0],
        ses_id=str(item.get("ses_id", "")).partition("@")[0],
    )
