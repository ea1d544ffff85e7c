"""Decides how accounts are kept in DynamoDB; the only module that calls the accounts table.

Every key is derived here. ``ttl`` (seconds) is garbage collection; each expiry is also a condition
where it matters. Hashes are SHA-256 in hex unless said otherwise.

==================  =======================  ==========================  =========================
entity              pk                       sk                          lives
==================  =======================  ==========================  =========================
Account             ACCOUNT#<account id>     ACCOUNT                     until deleted
Session             ACCOUNT#<account id>     SESSION#<hash of token>     idle and absolute limits
E-mail reservation  EMAIL#<hash of address>  EMAIL                       as long as its account
Flow                REGISTRATION#<hash of    REGISTRATION                24 hours
                    flow id> (one prefix
                    per purpose)
Mail request        as its flow              MAIL#<issue, 6 digits>      24 hours
Log-in failures     LOGIN#<hash of address>  LOGIN                       a day after the last one
Idempotency marker  IDEMPOTENCY#<HMAC>       IDEMPOTENCY                 10 minutes
==================  =======================  ==========================  =========================

====================================  ==========================================================
access pattern                        how
====================================  ==========================================================
start a flow                          TransactWriteItems: flow, mail request, marker (if a key)
issue another code                    GetItem flow; TransactWriteItems: flow, mail request
look at a flow                        GetItem flow
count one try                         UpdateItem flow, conditional
finish a registration                 TransactWriteItems: flow, reservation, account, session
log in                                BatchGetItem reservation and failures; GetItem account;
                                      UpdateItem failures; TransactWriteItems: session, failures,
                                      account's epoch checked
recognise a session                   BatchGetItem account and session; at most hourly UpdateItem
log out                               DeleteItem session
send a mail of a flow                 GetItem flow; UpdateItem mail request; GetItem reservation;
                                      (SES); TransactWriteItems: mail request, flow's delivery
====================================  ==========================================================
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel import clients
from newsreel.accounts.codes import Purpose
from newsreel.accounts.emails import key_of as hash_of
from newsreel.accounts.records import (
    Account,
    Delivery,
    Flow,
    IdempotencyMarker,
    LogInFailures,
    MailRequest,
    Record,
    Session,
)
from newsreel.items import Item, Value, from_item, to_item
from newsreel.refusals import Refusal
from newsreel.transactions import ConditionFailed, condition_failure, write_together

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_BATCH_TRIES = 3


def account_key(account_id: str) -> dict[str, str]:
    """Return the key of an account."""
    return {"pk": f"ACCOUNT#{account_id}", "sk": "ACCOUNT"}


def session_key(account_id: str, token_hash: str) -> dict[str, str]:
    """Return the key of a session."""
    return {"pk": f"ACCOUNT#{account_id}", "sk": f"SESSION#{token_hash}"}


def email_key(address_hash: str) -> dict[str, str]:
    """Return the key of an address's reservation."""
    return {"pk": f"EMAIL#{address_hash}", "sk": "EMAIL"}


def flow_key(purpose: Purpose, key: str) -> dict[str, str]:
    """Return the key of a flow."""
    return {"pk": f"{purpose.upper()}#{key}", "sk": purpose.upper()}


def mail_key(purpose: Purpose, key: str, issue: int) -> dict[str, str]:
    """Return the key of one mail request of a flow."""
    return {"pk": f"{purpose.upper()}#{key}", "sk": f"MAIL#{issue:06d}"}


def log_in_key(address_hash: str) -> dict[str, str]:
    """Return the key of an address's failed log-ins."""
    return {"pk": f"LOGIN#{address_hash}", "sk": "LOGIN"}


def marker_key(key: str) -> dict[str, str]:
    """Return the key of an idempotency marker."""
    return {"pk": f"IDEMPOTENCY#{key}", "sk": "IDEMPOTENCY"}


class MarkerExists(Exception):  # noqa: N818 - a repeat is an outcome, not an error
    """A start with the same Idempotency-Key and body happened; ``nonce`` leads to its flow."""

    def __init__(self, nonce: str) -> None:
        super().__init__("marker exists")
        self.nonce = nonce


@dataclass(frozen=True, slots=True)
class AccountsTable:
    """The accounts table under its name. Every method but reads raises ``Refusal('busy')``."""

    name: str

    @property
    def _client(self) -> "DynamoDBClient":
        return clients.dynamodb()

    # Flows

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

    def finish_registration(self, flow: Flow, account: Account, session: Session) -> None:
        """Open the account: flow, reservation, account and first session, all or none.

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
            ],
        )

    # Mails of flows

    def claim_mail(self, purpose: Purpose, key: str, issue: int) -> bool:
        """Mark a mail request as being sent; False if it was sent or dropped before."""
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(mail_key(purpose, key, issue)),
                UpdateExpression="SET #state = :sending",
                ConditionExpression="#state IN (:requested, :sending)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues=to_item(
                    {":sending": "sending", ":requested": "requested"}
                ),
            )
        except ClientError as error:
            condition_failure(error)
            return False
        return True

    def close_mail(self, request: MailRequest, *, state: str, delivery: Delivery | None) -> None:
        """Mark a mail request as sent or dropped, and tell the flow unless a newer mail is out."""
        names = {"#state": "state"}
        mail = {
            "TableName": self.name,
            "Key": to_item(mail_key(request.purpose, request.flow_key, request.issue)),
            "UpdateExpression": "SET #state = :state",
            "ExpressionAttributeNames": names,
            "ExpressionAttributeValues": to_item({":state": state}),
        }
        self._client.update_item(**mail)  # type: ignore[arg-type]
        if delivery is None:
            return
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(flow_key(request.purpose, request.flow_key)),
                UpdateExpression="SET delivery = :delivery",
                ConditionExpression="issue = :issue AND delivery = :pending",
                ExpressionAttributeValues=to_item(
                    {":delivery": delivery, ":issue": request.issue, ":pending": "pending"}
                ),
            )
        except ClientError as error:
            condition_failure(error)

    def read_reservation(self, address_hash: str) -> str | None:
        """Return the account id that an address belongs to, or None."""
        values = self._get(email_key(address_hash))
        return str(values["account_id"]) if values else None

    # Accounts and sessions

    def read_log_in(self, address_hash: str) -> tuple[str | None, LogInFailures]:
        """Return the account id of an address, if any, and its failed log-ins."""
        email, log_in = email_key(address_hash), log_in_key(address_hash)
        found = self.read_batch([email, log_in])
        reservation = found.get((email["pk"], email["sk"]))
        failures = found.get((log_in["pk"], log_in["sk"]))
        return (
            str(reservation["account_id"]) if reservation else None,
            LogInFailures.read(failures) if failures else LogInFailures(),
        )

    def read_account(self, account_id: str) -> Account | None:
        """Return an account, or None."""
        values = self._get(account_key(account_id))
        return Account.read(values) if values else None

    def count_log_in(self, address_hash: str, before: LogInFailures, after: LogInFailures) -> bool:
        """Store a failure before the password is compared; False if another came in between."""
        try:
            self._client.update_item(
                TableName=self.name,
                Key=to_item(log_in_key(address_hash)),
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

    def open_session(self, account: Account, session: Session, *, new_hash: str | None) -> None:
        """Store a session, forget the address's failures, and keep a renewed password hash.

        Raises:
            ConditionFailed: the account's epoch changed (a reset came first) or it is gone.
        """
        update = "SET last_log_in_at = :now" + (", password_hash = :hash" if new_hash else "")
        values: dict[str, object] = {":now": session.created_at, ":epoch": account.epoch}
        if new_hash:
            values[":hash"] = new_hash
        write_together(
            self._client,
            [
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
                {
                    "Delete": {
                        "TableName": self.name,
                        "Key": to_item(log_in_key(hash_of(account.email))),
                    }
                },
            ],
        )

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

    # Reading

    def read_batch(self, keys: list[dict[str, str]]) -> Mapping[tuple[str, str], dict[str, Value]]:
        """Read items together, consistently; what is not there is left out."""
        found: dict[tuple[str, str], dict[str, Value]] = {}
        wanted: list[Item] = [to_item(key) for key in keys]
        for _ in range(_BATCH_TRIES):
            answer = self._client.batch_get_item(
                RequestItems={self.name: {"Keys": wanted, "ConsistentRead": True}}
            )
            for item in answer["Responses"].get(self.name, []):
                values = from_item(item)
                found[(str(values["pk"]), str(values["sk"]))] = values
            left = answer.get("UnprocessedKeys", {}).get(self.name)
            if not left:
                return found
            wanted = list(left["Keys"])
        raise Refusal("busy", retry_after=1)

    def _get(self, key: dict[str, str]) -> dict[str, Value] | None:
        answer = self._client.get_item(TableName=self.name, Key=to_item(key), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    # Items

    def _item(self, key: dict[str, str], entity: str, record: Record) -> Item:
        return to_item({**key, "entity": entity, **record.attributes()})

    def _session_item(self, session: Session) -> Item:
        key = session_key(session.account_id, session.session_key)
        return {
            **self._item(key, "session", session),
            "ttl": {"N": str(min(session.idle_until, session.expires_at))},
        }

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
