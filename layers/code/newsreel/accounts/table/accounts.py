"""Decides how accounts, log-ins and sessions are read and written."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.accounts.records import Account, LogInFailures, Notice, Session
from newsreel.accounts.table.base import Items
from newsreel.accounts.table.keys import (
    account_key,
    device_key,
    email_key,
    log_in_key,
    session_key,
)
from newsreel.aws.items import to_item
from newsreel.aws.transactions import condition_failure, write_together

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class AccountItems(Items):
    """Accounts, the reservation of their addresses, failed log-ins, sessions."""

    __slots__ = ()

    def read_reservation(self, address_hash: str) -> str | None:
        """Return the account id that an address belongs to, or None."""
        values = self._get(email_key(address_hash))
        return str(values["account_id"]) if values else None

    def read_log_in(
        self, address_hash: str, failures_keys: tuple[str, str]
    ) -> tuple[str | None, tuple[LogInFailures, LogInFailures]]:
        """Return the account id of an address, if any, and the failures under two keys.

        The first key counts everybody's failures with the address, the second one browser's.
        """
        email = email_key(address_hash)
        counters = [log_in_key(key) for key in failures_keys]
        found = self.read_batch([email, *counters])
        reservation = found.get((email["pk"], email["sk"]))
        stored = [found.get((key["pk"], key["sk"])) for key in counters]
        shared, own = (LogInFailures.read(item) if item else LogInFailures() for item in stored)
        return str(reservation["account_id"]) if reservation else None, (shared, own)

    def read_account_and_device(self, account_id: str, device: str) -> tuple[Account | None, bool]:
        """Return an account, or None, and whether it has seen a browser under its epoch."""
        account, seen = account_key(account_id), device_key(account_id, device)
        found = self.read_batch([account, seen])
        values = found.get((account["pk"], account["sk"]))
        if values is None:
            return None, False
        known = Account.read(values)
        marked = found.get((seen["pk"], seen["sk"]), {})
        return known, marked.get("epoch") == known.epoch

    def read_account(self, account_id: str) -> Account | None:
        """Return an account, or None."""
        values = self._get(account_key(account_id))
        return Account.read(values) if values else None

    def count_log_in(self, failures_key: str, before: LogInFailures, after: LogInFailures) -> bool:
        """Store a failure before the password is compared; False if another came in between."""
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(log_in_key(failures_key)),
                UpdateExpression=(
                    "SET failures = :failures, blocked_until = :until, forget_at = :forget,"
                    " #ttl = :forget, entity = :entity"
                ),
                ConditionExpression=(
                    "attribute_not_exists(pk)"
                    " OR (failures = :seen AND blocked_until = :seen_until"
                    " AND forget_at = :seen_forget)"
                ),
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues=to_item(
                    {
                        ":failures": after.failures,
                        ":until": after.blocked_until,
                        ":forget": after.forget_at,
                        ":entity": "log_in_failures",
                        ":seen": before.failures,
                        ":seen_until": before.blocked_until,
                        ":seen_forget": before.forget_at,
                    }
                ),
            )
        except ClientError as error:
            condition_failure(error)
            return False
        return True

    def open_session(
        self,
        account: Account,
        session: Session,
        *,
        device: str,
        failures_keys: tuple[str, ...],
        new_hash: str | None,
        notice: Notice | None,
    ) -> None:
        """Store a session and its browser, forget the failures, keep a renewed password hash.

        Raises:
            ConditionFailed: the account's epoch changed (a reset came first) or it is gone.
        """
        update = "SET last_log_in_at = :now"
        values: dict[str, object] = {":now": session.created_at, ":epoch": account.epoch}
        if new_hash:
            update += ", password_hash = :hash"
            values[":hash"] = new_hash
        if notice is not None:
            # Only ever added to: log-ins in parallel count each other, the first of a day too.
            goes_on = account.notices_day == notice.day
            update += (
                ", notices_day = :day, notices_before = :before,"
                " notices_told = if_not_exists(notices_told, :none) + :one"
            )
            before = account.notices_before if goes_on else account.notices_told
            values |= {":day": notice.day, ":before": before, ":none": 0, ":one": 1}
        entries: list[TransactWriteItemTypeDef] = [
            {
                "Update": {
                    "TableName": self.name,
                    "Key": to_item(account_key(account.account_id)),
                    "UpdateExpression": update,
                    "ConditionExpression": "epoch = :epoch",
                    "ExpressionAttributeValues": to_item(values),
                }
            },
            {"Put": {"TableName": self.name, "Item": self._session_item(session)}},
            self._put_device(
                account.account_id, device, epoch=account.epoch, now=session.created_at
            ),
        ]
        entries += [
            {"Delete": {"TableName": self.name, "Key": to_item(log_in_key(key))}}
            for key in failures_keys
        ]
        if notice is not None:
            entries.append(self._put_notice(notice))
        write_together(self._client, entries)

    def read_session(self, account_id: str, token_hash: str) -> tuple[Account, Session] | None:
        """Return a session and its account, read together, or None."""
        account, session = account_key(account_id), session_key(account_id, token_hash)
        found = self.read_batch([account, session])
        account_values = found.get((account["pk"], account["sk"]))
        session_values = found.get((session["pk"], session["sk"]))
        if account_values is None or session_values is None:
            return None
        return Account.read(account_values), Session.read(session_values)

    def touch_session(self, session: Session) -> None:
        """Store a session's last use, unless it was ended meanwhile."""
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(session_key(session.account_id, session.session_key)),
                UpdateExpression="SET last_used_at = :used, idle_until = :idle, #ttl = :idle",
                ConditionExpression="attribute_exists(pk)",
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues=to_item(
                    {":used": session.last_used_at, ":idle": session.idle_until}
                ),
            )
        except ClientError as error:
            condition_failure(error)

    def delete_session(self, account_id: str, token_hash: str) -> None:
        """End a session; ending it twice is no error."""
        self._client.delete_item(
            TableName=self.name, Key=to_item(session_key(account_id, token_hash))
        )
