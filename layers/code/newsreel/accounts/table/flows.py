"""Decides how flows and the mails they ask for are written: conditions are the only locks."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.accounts.codes import Purpose
from newsreel.accounts.email_address import hash_of
from newsreel.accounts.records import (
    Account,
    Flow,
    IdempotencyMarker,
    MailRequest,
    Notice,
    Session,
)
from newsreel.accounts.table.base import Items
from newsreel.accounts.table.keys import account_key, email_key, flow_key, mail_key, marker_key
from newsreel.aws.items import from_item, to_item
from newsreel.aws.transactions import ConditionFailed, condition_failure, write_together

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class MarkerExists(Exception):  # noqa: N818 - a repeat is an outcome, not an error
    """A start with the same Idempotency-Key and body happened; ``nonce`` leads to its flow."""

    def __init__(self, nonce: str) -> None:
        super().__init__("marker exists")
        self.nonce = nonce


class FlowItems(Items):
    """Flows, their mail requests and idempotency markers."""

    __slots__ = ()

    def start_flow(self, flow: Flow, marker: IdempotencyMarker | None) -> None:
        """Store a new flow and ask for its first mail.

        Raises:
            MarkerExists: the same start was made before.
        """
        fresh = "attribute_not_exists(pk)"
        entries = [
            self._put_flow(flow, fresh),
            self._put_mail_request(flow),
        ]
        if marker is not None:
            item = self._item(marker_key(marker.marker_key), "idempotency_marker", marker)
            item["ttl"] = {"N": str(marker.forget_at)}
            entries.append(
                {
                    "Put": {
                        "TableName": self.name,
                        "Item": item,
                        # TTL deletes late, so an old marker may still stand there.
                        "ConditionExpression": f"{fresh} OR forget_at <= :now",
                        "ExpressionAttributeValues": to_item({":now": marker.started_at}),
                        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
                    }
                }
            )
        try:
            write_together(self._client, entries)
        except ConditionFailed as lost:
            standing = lost.failed.get(2)
            if standing is None:
                raise
            raise MarkerExists(str(standing["nonce"])) from None

    def read_flow(self, purpose: Purpose, key: str) -> Flow | None:
        """Return a flow, or None."""
        values = self._get(flow_key(purpose, key))
        return Flow.read(values) if values else None

    def issue_again(self, before: Flow, after: Flow) -> bool:
        """Replace a flow by its next issue and ask for the mail; False if it changed meanwhile."""
        condition = "#state = :open AND issue = :issue AND resends = :resends AND #tries"
        condition += " = :zero" if before.tries_left == 0 else " > :zero"
        set_tries = after.form != before.form
        values = {
            ":open": "open",
            ":issue": before.issue,
            ":resends": before.resends,
            ":zero": 0,
            ":next": after.issue,
            ":issued": after.issued_at,
            ":previous": after.previous_issued_at,
            ":form": after.form,
            ":since": after.form_since,
            ":count": after.resends,
            ":after": after.resend_after,
            ":delivery": after.delivery,
        }
        if set_tries:
            values[":tries"] = after.tries_left
        update = (
            "SET issue = :next, issued_at = :issued, previous_issued_at = :previous, "
            "#form = :form, form_since = :since, resends = :count, resend_after = :after, "
            "delivery = :delivery" + (", #tries = :tries" if set_tries else "")
        )
        entry = {
            "Update": {
                "TableName": self.name,
                "Key": to_item(flow_key(before.purpose, before.flow_key)),
                "UpdateExpression": update,
                "ConditionExpression": condition,
                "ExpressionAttributeNames": {
                    "#state": "state",
                    "#tries": "tries_left",
                    "#form": "form",
                },
                "ExpressionAttributeValues": to_item(values),
            }
        }
        try:
            write_together(self._client, [entry, self._put_mail_request(after)])  # type: ignore[list-item]
        except ConditionFailed:
            return False
        return True

    def count_try(self, purpose: Purpose, key: str, *, now: int, code_life: int) -> Flow:
        """Take one try from an open flow whose newest code is valid, and return the flow.

        The condition is the lock: of any number of parallel guesses, only as many pass as there
        are tries.

        Raises:
            ConditionFailed: none may be taken; holds the flow as it stands, or None.
        """
        try:
            answer = self._client.update_item(
                TableName=self.name,
                Key=to_item(flow_key(purpose, key)),
                UpdateExpression="SET #tries = #tries - :one",
                ConditionExpression=(
                    "#state = :open AND #tries > :zero AND expires_at > :now"
                    " AND issued_at > :oldest"
                ),
                ExpressionAttributeNames={"#state": "state", "#tries": "tries_left"},
                ExpressionAttributeValues=to_item(
                    {
                        ":one": 1,
                        ":zero": 0,
                        ":open": "open",
                        ":now": now,
                        ":oldest": now - code_life,
                    }
                ),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            raise condition_failure(error) from None
        return Flow.read(from_item(answer["Attributes"]))

    def finish_registration(
        self, flow: Flow, account: Account, session: Session, *, device: str, welcome: Notice
    ) -> None:
        """Open the account: flow, reservation, account, session and notice, all or none.

        Raises:
            ConditionFailed: the flow was finished (0) or the address taken (1) in the meantime.
        """
        reservation = to_item(
            {
                **email_key(hash_of(account.email)),
                "entity": "email_reservation",
                "account_id": account.account_id,
            }
        )
        fresh = "attribute_not_exists(pk)"
        write_together(
            self._client,
            [
                {
                    "Update": {
                        "TableName": self.name,
                        "Key": to_item(flow_key(flow.purpose, flow.flow_key)),
                        # The hash moved to the account; a finished flow keeps none.
                        "UpdateExpression": "SET #state = :finished REMOVE password_hash",
                        "ConditionExpression": "#state = :open",
                        "ExpressionAttributeNames": {"#state": "state"},
                        "ExpressionAttributeValues": to_item(
                            {":open": "open", ":finished": "finished"}
                        ),
                    }
                },
                {
                    "Put": {
                        "TableName": self.name,
                        "Item": reservation,
                        "ConditionExpression": fresh,
                    }
                },
                {
                    "Put": {
                        "TableName": self.name,
                        "Item": self._item(account_key(account.account_id), "account", account),
                        "ConditionExpression": fresh,
                    }
                },
                {"Put": {"TableName": self.name, "Item": self._session_item(session)}},
                self._put_device(
                    account.account_id, device, epoch=account.epoch, now=session.created_at
                ),
                self._put_notice(welcome),
            ],
        )

    def _put_flow(self, flow: Flow, condition: str) -> "TransactWriteItemTypeDef":
        item = self._item(flow_key(flow.purpose, flow.flow_key), "flow", flow)
        item["ttl"] = {"N": str(flow.expires_at)}
        return {"Put": {"TableName": self.name, "Item": item, "ConditionExpression": condition}}

    def _put_mail_request(self, flow: Flow) -> "TransactWriteItemTypeDef":
        request = MailRequest(
            purpose=flow.purpose,
            flow_key=flow.flow_key,
            issue=flow.issue,
            requested_at=flow.issued_at,
        )
        key = mail_key(flow.purpose, flow.flow_key, flow.issue)
        item = self._item(key, "mail_request", request)
        item["ttl"] = {"N": str(flow.expires_at)}
        return {
            "Put": {
                "TableName": self.name,
                "Item": item,
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        }
