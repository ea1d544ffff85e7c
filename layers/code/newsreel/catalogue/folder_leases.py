"""Decides who may work on a folder: one at a time, under a lease that ends by itself.

The lease stands in the folder's own item, beside its state (``newsreel.catalogue.table``):

=============== ===============================================================================
attribute       holds
=============== ===============================================================================
``lease``       a random word of the invocation that works on the folder; absent if nobody does
``lease_until`` when the lease ends, in seconds since 1970, whatever became of its holder
``patience``    seconds by which the next try after a broken one waits longer; 0 after a good one
``looks``       how often each file was looked at without an end, by a digest of key and ETag
``due``, ``due_at`` the index ``due``: when the folder is to be looked at again
=============== ===============================================================================

A lease puts the folder into the index for when the lease ends. So a folder whose holder was killed
is looked at again, a little later each time. A holder that could say that it failed changes nothing
of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from botocore.exceptions import ClientError

from newsreel.aws import clients
from newsreel.aws.items import from_item, to_item
from newsreel.aws.transactions import condition_failure
from newsreel.catalogue import due, keys
from newsreel.catalogue.due import DueItem

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import UpdateItemInputTypeDef

_PATIENCE = 900
"""Seconds by which each broken try makes the next one wait longer."""


class FolderBusyError(Exception):
    """Somebody else holds the folder's lease."""


@dataclass(frozen=True, slots=True)
class FolderLeases:
    """The leases in the catalogue's table of this name."""

    name: str

    @property
    def _client(self) -> "DynamoDBClient":
        return clients.dynamodb()

    def take(self, video_id: str, owner: str, *, now: int, until: int) -> Mapping[str, int]:
        """Take the lease of a folder, and return its ``looks``.

        Raises:
            FolderBusyError: somebody else has it.
        """
        values = {
            ":owner": owner,
            ":now": now,
            ":until": until,
            ":due": due.FOLDER,
            ":none": 0,
            ":more": _PATIENCE,
            ":empty": {},
        }
        try:
            answer = self._client.update_item(
                TableName=self.name,
                Key=to_item(keys.folder_pk(video_id)),
                UpdateExpression=(
                    "SET lease = :owner, lease_until = :until, due = :due, "
                    "due_at = if_not_exists(patience, :none) + :until, "
                    "patience = if_not_exists(patience, :none) + :more, "
                    "looks = if_not_exists(looks, :empty)"
                ),
                ConditionExpression=(
                    # Ours already: a try of the SDK took it, and its answer was lost.
                    "attribute_not_exists(lease_until) OR lease_until <= :now OR lease = :owner"
                ),
                ExpressionAttributeValues=to_item(values),
                # Not only what was updated: it may leave out what has the same value as before.
                ReturnValues="ALL_NEW",
            )
        except ClientError as error:
            condition_failure(error)
            raise FolderBusyError from None
        return cast("dict[str, int]", from_item(answer["Attributes"])["looks"])

    def begin_look(self, video_id: str, owner: str, look: str, ended: str | None) -> None:
        """Count a look before it begins; the one before it has ended, and no longer counts.

        Raises:
            FolderBusyError: the lease is no longer ours.
        """
        expression = "SET looks.#look = if_not_exists(looks.#look, :none) + :one"
        names = {"#look": look}
        if ended is not None:
            expression += " REMOVE looks.#ended"
            names["#ended"] = ended
        self._change(video_id, owner, expression, names, {":none": 0, ":one": 1})

    def give_back(
        self, video_id: str, owner: str, *, ended: str | None, due_at: int | None, settled: bool
    ) -> None:
        """Give the lease back; ``due_at`` counts if the folder was settled.

        Raises:
            FolderBusyError: the lease is no longer ours.
        """
        removed = ["lease", "lease_until"]
        expression = ""
        names: dict[str, str] = {}
        values: dict[str, object] = {}
        if ended is not None:
            removed.append("looks.#ended")
            names["#ended"] = ended
        if settled:
            removed.append("patience")
            if due_at is None:
                removed += ["due", "due_at"]
            else:
                expression = "SET due_at = :due_at "
                values[":due_at"] = due_at
        self._change(video_id, owner, f"{expression}REMOVE {', '.join(removed)}", names, values)

    def forget(self, video_id: str, owner: str) -> None:
        """Remove the item of a folder that holds nothing, and of which nothing was ever written."""
        try:
            self._client.delete_item(
                TableName=self.name,
                Key=to_item(keys.folder_pk(video_id)),
                ConditionExpression="lease = :owner AND attribute_not_exists(revision)",
                ExpressionAttributeValues=to_item({":owner": owner}),
            )
        except ClientError as error:
            condition_failure(error)
            raise FolderBusyError from None

    def list_due(self, *, now: int, limit: int) -> list[DueItem]:
        """Return folders that are due, those that wait longest first."""
        return due.list_due(self._client, self.name, due.FOLDER, now=now, limit=limit)

    def put_off(self, item: DueItem, *, due_at: int) -> bool:
        """Move a due folder to a later time; return False if it was moved or settled meanwhile."""
        return due.put_off(self._client, self.name, item, due_at)

    def _change(
        self,
        video_id: str,
        owner: str,
        expression: str,
        names: Mapping[str, str],
        values: Mapping[str, object],
    ) -> None:
        request: UpdateItemInputTypeDef = {
            "TableName": self.name,
            "Key": to_item(keys.folder_pk(video_id)),
            "UpdateExpression": expression,
            "ConditionExpression": "lease = :owner",
            "ExpressionAttributeValues": to_item({":owner": owner, **values}),
        }
        if names:
            request["ExpressionAttributeNames"] = names
        try:
            self._client.update_item(**request)
        except ClientError as error:
            condition_failure(error)
            raise FolderBusyError from None
