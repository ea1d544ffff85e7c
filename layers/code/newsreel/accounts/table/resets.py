"""Decides how a password reset is proved and completed, each in one write."""

from typing import TYPE_CHECKING

from newsreel.accounts.records import Flow, Notice
from newsreel.accounts.table.base import Items
from newsreel.accounts.table.keys import account_key, flow_key, log_in_key
from newsreel.aws.items import to_item
from newsreel.aws.transactions import write_together

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class ResetItems(Items):
    """Password resets beyond what every flow does."""

    __slots__ = ()

    def prove_reset(
        self, flow: Flow, *, device: str, failures_keys: tuple[str, ...], now: int
    ) -> None:
        """Store the token's hash on a flow whose code was right; its browser is known from now on.

        The failed log-ins under ``failures_keys`` are forgotten.

        Raises:
            ConditionFailed: the flow was finished in the meantime.
        """
        forgotten: list[TransactWriteItemTypeDef] = [
            {"Delete": {"TableName": self.name, "Key": to_item(log_in_key(key))}}
            for key in failures_keys
        ]
        write_together(
            self._client,
            [
                {
                    "Update": {
                        "TableName": self.name,
                        "Key": to_item(flow_key(flow.purpose, flow.flow_key)),
                        "UpdateExpression": (
                            "SET token_hash = :hash, token_until = :until,"
                            " account_id = :account, account_epoch = :epoch"
                        ),
                        "ConditionExpression": "#state = :open",
                        "ExpressionAttributeNames": {"#state": "state"},
                        "ExpressionAttributeValues": to_item(
                            {
                                ":hash": flow.token_hash,
                                ":until": flow.token_until,
                                ":account": flow.account_id,
                                ":epoch": flow.account_epoch,
                                ":open": "open",
                            }
                        ),
                    }
                },
                *forgotten,
                self._put_device(flow.account_id, device, epoch=flow.account_epoch, now=now),
            ],
        )

    def complete_reset(
        self, flow: Flow, *, password_hash: str, device: str, notice: Notice, now: int
    ) -> None:
        """Set the password, end every session and reset of the account, ask for the notice.

        Of all browsers that the account knew, only the one that completes the reset stays known.

        Raises:
            ConditionFailed: the token was used, replaced or overtaken by another reset.
        """
        write_together(
            self._client,
            [
                {
                    "Update": {
                        "TableName": self.name,
                        "Key": to_item(flow_key(flow.purpose, flow.flow_key)),
                        "UpdateExpression": "SET #state = :finished REMOVE token_hash",
                        "ConditionExpression": (
                            "#state = :open AND token_hash = :hash AND token_until > :now"
                        ),
                        "ExpressionAttributeNames": {"#state": "state"},
                        "ExpressionAttributeValues": to_item(
                            {
                                ":open": "open",
                                ":finished": "finished",
                                ":hash": flow.token_hash,
                                ":now": now,
                            }
                        ),
                    }
                },
                {
                    "Update": {
                        "TableName": self.name,
                        "Key": to_item(account_key(flow.account_id)),
                        "UpdateExpression": (
                            "SET password_hash = :new, epoch = epoch + :one,"
                            " flows_void_until = :now"
                        ),
                        "ConditionExpression": "epoch = :epoch",
                        "ExpressionAttributeValues": to_item(
                            {
                                ":new": password_hash,
                                ":one": 1,
                                ":now": now,
                                ":epoch": flow.account_epoch,
                            }
                        ),
                    }
                },
                self._put_device(flow.account_id, device, epoch=flow.account_epoch + 1, now=now),
                self._put_notice(notice),
            ],
        )
