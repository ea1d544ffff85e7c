"""Decides how an account's owner reads and changes what is kept of it."""

import secrets
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.accounts.records import Consent, Download, Session
from newsreel.accounts.table.base import Items
from newsreel.accounts.table.keys import DOWNLOADS, SESSIONS, account_key, consent_key
from newsreel.aws.items import Value, from_item, to_item
from newsreel.aws.transactions import condition_failure, write_together
from newsreel.aws.transient_errors import RETRY_AFTER
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import QueryInputTypeDef, WriteRequestTypeDef

_DELETES_AT_ONCE = 25
_TRIES = 3


class ProfileItems(Items):
    """Profile, consents, and the lists of sessions and downloads."""

    __slots__ = ()

    def change_language(self, account_id: str, language: str) -> bool:
        """Store the account's language; False if the account is gone."""
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(account_key(account_id)),
                UpdateExpression="SET #language = :language",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#language": "language"},
                ExpressionAttributeValues=to_item({":language": language}),
            )
        except ClientError as error:
            condition_failure(error)
            return False
        return True

    def keep_consent(self, consent: Consent, *, repeats: bool = False) -> None:
        """Store a yes or no and what follows from it for the account, unless it only repeats it.

        Raises:
            ConditionFailed: the account is gone.
        """
        values: dict[str, object]
        if consent.subject == "terms":
            update, values = "SET terms_version = :value", {":value": consent.text_version}
        else:
            update, values = "SET newsletter = :value", {":value": consent.given}
            if not repeats:
                update += ", newsletter_at = :at"
                values[":at"] = consent.at
        chance = secrets.token_hex(4)
        key = consent_key(consent.account_id, consent.subject, consent.at, chance)
        write_together(
            self._client,
            [
                {
                    "Update": {
                        "TableName": self.name,
                        "Key": to_item(account_key(consent.account_id)),
                        "UpdateExpression": update,
                        "ConditionExpression": "attribute_exists(pk)",
                        "ExpressionAttributeValues": to_item(values),
                    }
                },
                {"Put": {"TableName": self.name, "Item": self._item(key, "consent", consent)}},
            ],
        )

    def list_sessions(self, account_id: str) -> list[Session]:
        """Return an account's sessions, expired ones that TTL has not taken yet included."""
        return [Session.read(values) for values in self._query(account_id, SESSIONS)]

    def end_sessions(self, account_id: str, beginning: str) -> None:
        """End the sessions of an account whose keys begin like this."""
        for values in self._query(account_id, f"{SESSIONS}{beginning}"):
            key = {"pk": values["pk"], "sk": values["sk"]}
            self._client.delete_item(TableName=self.name, Key=to_item(key))

    def list_downloads(
        self, account_id: str, *, after: str | None, most: int
    ) -> tuple[list[Download], str | None]:
        """Return some of an account's downloads, later days first, and where the rest begins.

        ``after`` is what the call before returned as that; None begins and None ends the list.
        """
        found = self._query(account_id, DOWNLOADS, newest=most + 1, after=after)
        page = found[:most]
        rest = str(page[-1]["sk"]).removeprefix(DOWNLOADS) if len(found) > most else None
        return [Download.read(values) for values in page], rest

    def erase_downloads(self, account_id: str) -> None:
        """Delete the whole download history of an account.

        Raises:
            Refusal: ``busy``, when the table left deletions undone three times in a row; asked
                again, it goes on where it stopped.
        """
        tries = _TRIES
        while found := self._query(account_id, DOWNLOADS, newest=_DELETES_AT_ONCE):
            requests: list[WriteRequestTypeDef] = [
                {"DeleteRequest": {"Key": to_item({"pk": item["pk"], "sk": item["sk"]})}}
                for item in found
            ]
            answer = self._client.batch_write_item(RequestItems={self.name: requests})
            tries = tries - 1 if answer.get("UnprocessedItems") else _TRIES
            if not tries:
                raise Refusal("busy", retry_after=RETRY_AFTER)

    def _query(
        self,
        account_id: str,
        prefix: str,
        *,
        newest: int | None = None,
        after: str | None = None,
    ) -> list[dict[str, Value]]:
        query: QueryInputTypeDef = {
            "TableName": self.name,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :prefix)",
            "ExpressionAttributeValues": to_item(
                {":pk": account_key(account_id)["pk"], ":prefix": prefix}
            ),
            "ConsistentRead": True,
            "ScanIndexForward": newest is None,
        }
        if newest is not None:
            query["Limit"] = newest
        if after is not None:
            pk = account_key(account_id)["pk"]
            query["ExclusiveStartKey"] = to_item({"pk": pk, "sk": f"{prefix}{after}"})
        found: list[dict[str, Value]] = []
        while True:
            # One answer holds 1 MB, which is fewer items than there may be.
            answer = self._client.query(**query)
            found += [from_item(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer or newest is not None:
                return found
            query["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
