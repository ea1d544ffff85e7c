"""The mail table as tests look at it."""

from typing import Any

from newsreel.aws import clients
from newsreel.aws.items import from_item
from newsreel.aws.keyring import read_keyring
from newsreel.mail_table.who import who_of


def mail_items(entity: str | None = None) -> list[dict[str, Any]]:
    """Return the mail table's items, of one entity or all, by their keys."""
    found = [from_item(item) for item in clients.dynamodb().scan(TableName="mail")["Items"]]
    wanted = [one for one in found if entity is None or one.get("entity") == entity]
    return sorted(wanted, key=lambda one: (str(one["pk"]), str(one["sk"])))


def name_of(address: str) -> str:
    """Return the name of an address in the mail table."""
    return who_of(address, read_keyring("newsreel/test/trail-keys"))


def trail_steps(address: str) -> list[str]:
    """Return what happened to mails to an address, in the order in which they left."""
    partition = f"TRAIL#{name_of(address)}"
    return [str(one["step"]) for one in mail_items("trail") if one["pk"] == partition]


def suppression_of(address: str) -> dict[str, Any] | None:
    """Return what an address is suppressed by."""
    partition = f"SUPPRESSED#{name_of(address)}"
    found = [one for one in mail_items("suppression") if one["pk"] == partition]
    return found[0] if found else None
