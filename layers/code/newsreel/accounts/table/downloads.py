"""Decides how an account's downloads are noted: once per link and day, not once per range."""

from collections.abc import Mapping

from botocore.exceptions import ClientError

from newsreel import clock
from newsreel.accounts.table.base import Items
from newsreel.accounts.table.keys import download_key
from newsreel.aws.items import to_item
from newsreel.aws.transactions import raise_unless_transient
from newsreel.policy import POLICY
from newsreel.refusals import Refusal

LIFE = POLICY.retention.downloads
"""Seconds for which a download is kept: it shows what a journalist works on."""


class DownloadItems(Items):
    """The downloads of accounts."""

    __slots__ = ()

    def note_download(
        self, account_id: str, link_id: str, facts: Mapping[str, str | None], *, now: int
    ) -> bool:
        """Note a download; False when this link was already used today.

        Raises:
            Refusal: ``busy``.
        """
        day = clock.rfc3339(now)[:10]
        item = {
            **download_key(account_id, day, link_id),
            **facts,
            "entity": "download",
            "downloaded_at": now,
            "ttl": now + LIFE,
        }
        try:
            self._client.put_item(
                TableName=self.name,
                Item=to_item(item),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                return False
            raise_unless_transient(error)
            raise Refusal("busy", retry_after=1) from None
        return True
