"""Downloads: noted once per link and day, not once per range; erasable by the account's owner."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel import clock
from newsreel.accounts.records import Download
from newsreel.accounts.table.base import ABSENT, AccountsTable
from newsreel.accounts.table.keys import DOWNLOADS, account_partition, download_pk
from newsreel.aws.items import to_item
from newsreel.aws.transactions import raise_unless_transient
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.policy import POLICY
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import WriteRequestTypeDef

LIFE = POLICY.retention.downloads
"""Seconds for which a download is kept: it shows what a journalist works on."""
_DELETES_AT_ONCE = 25
_TRIES = 3


def note(
    table: AccountsTable,
    account_id: str,
    link_id: str,
    attributes: Mapping[str, str | None],
    *,
    now: int,
) -> bool:
    """Note a download; False when this link was already used today.

    Raises:
        Refusal: ``busy``.
    """
    item = {
        **download_pk(account_id, clock.rfc3339(now)[:10], link_id),
        **attributes,
        "entity": "download",
        "downloaded_at": now,
        "ttl": now + LIFE,
    }
    try:
        table.client.put_item(TableName=table.name, Item=to_item(item), ConditionExpression=ABSENT)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
            return False
        raise_unless_transient(error)
        raise Refusal("busy", retry_after=1) from None
    return True


def list_page(
    table: AccountsTable, account_id: str, *, after: str | None, most: int
) -> tuple[list[Download], str | None]:
    """Return some of an account's downloads, later days first, and where the rest begins.

    ``after`` is what the call before returned as that; None begins and None ends the list.
    """
    items = table.query(account_partition(account_id), DOWNLOADS, newest=most + 1, after=after)
    page = items[:most]
    rest = str(page[-1]["sk"]).removeprefix(DOWNLOADS) if len(items) > most else None
    return [Download.read(values) for values in page], rest


def erase(table: AccountsTable, account_id: str) -> None:
    """Delete the whole download history of an account.

    Raises:
        Refusal: ``busy``, when the table left deletions undone three times in a row; the next
            call continues where this one stopped.
    """
    partition, tries = account_partition(account_id), _TRIES
    while items := table.query(partition, DOWNLOADS, newest=_DELETES_AT_ONCE):
        requests: list[WriteRequestTypeDef] = [
            {"DeleteRequest": {"Key": to_item({"pk": item["pk"], "sk": item["sk"]})}}
            for item in items
        ]
        answer = table.client.batch_write_item(RequestItems={table.name: requests})
        tries = tries - 1 if answer.get("UnprocessedItems") else _TRIES
        if not tries:
            raise Refusal("busy", retry_after=RETRY_AFTER)
