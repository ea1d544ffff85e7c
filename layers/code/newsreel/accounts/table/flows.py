"""Flows: attempts to prove an address; conditions on the flow's item are the only locks.

An open flow is on its address's list of pending ones in the index ``work`` (``pending_flows``); the
write that finishes it takes it off.
"""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from newsreel.accounts.codes import Format, Purpose
from newsreel.accounts.records import Delivery, Flow, MailRequest
from newsreel.accounts.table import pending_flows
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import flow_pk
from newsreel.aws.items import from_item, to_item
from newsreel.aws.transactions import condition_failure

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


_UNUSED = "(attribute_not_exists(verified_issue) OR verified_issue < issue)"
"""The condition under which no right code was entered since the newest one was issued."""


def put_new(table: AccountsTable, flow: Flow) -> "TransactWriteItemTypeDef":
    """Return the entry that stores a new flow, on the list of its address."""
    entry = table.put_new(_pk(flow), "flow", flow, ttl=flow.expires_at)
    listed = pending_flows.place(flow.email.hash, flow.started_at)
    entry["Put"]["Item"] = {**entry["Put"]["Item"], **to_item(listed)}
    return entry


def read(table: AccountsTable, purpose: Purpose, flow_hash: str) -> Flow | None:
    """Return a flow, or None."""
    values = table.get(flow_pk(purpose, flow_hash))
    return Flow.read(values) if values else None


def replace_issue(table: AccountsTable, before: Flow, after: Flow) -> "TransactWriteItemTypeDef":
    """Return the entry that replaces a flow by its next issue, lost if it changed meanwhile."""
    condition = "#state = :open AND issue = :issue AND resends = :resends AND #tries"
    condition += " = :zero" if before.tries_left == 0 else " > :zero"
    update = (
        "SET issue = :next, issued_at = :issued, previous_issued_at = :previous, "
        "#form = :form, form_since = :since, resends = :count, resend_after = :after, "
        "delivery = :delivery"
    )
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
    if after.form != before.form:
        update += ", #tries = :tries"
        values[":tries"] = after.tries_left
    names = {"#state": "state", "#tries": "tries_left", "#form": "form"}
    return table.update(_pk(before), update, values, condition=condition, names=names)


def count_try(
    table: AccountsTable,
    purpose: Purpose,
    flow_hash: str,
    *,
    form: Format,
    now: int,
    code_life: int,
) -> Flow:
    """Take one try from an open flow whose newest code is valid and unused, and return the flow.

    A code of another form than the flow's is no try.

    The condition is the lock: of any number of parallel guesses, only as many pass as there
    are tries.

    Raises:
        ConditionFailed: none may be taken; holds the flow as stored, or None.
    """
    try:
        answer = table.client.update_item(
            TableName=table.name,
            Key=to_item(flow_pk(purpose, flow_hash)),
            UpdateExpression="SET #tries = #tries - :one",
            ConditionExpression=(
                "#state = :open AND #tries > :zero AND expires_at > :now AND issued_at > :oldest"
                f" AND #form = :form AND {_UNUSED}"
            ),
            ExpressionAttributeNames={
                "#state": "state",
                "#tries": "tries_left",
                "#form": "form",
            },
            ExpressionAttributeValues=to_item(
                {
                    ":one": 1,
                    ":zero": 0,
                    ":open": "open",
                    ":now": now,
                    ":oldest": now - code_life,
                    ":form": form,
                }
            ),
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except ClientError as error:
        raise condition_failure(error) from None
    return Flow.read(from_item(answer["Attributes"]))


def take_last_try(table: AccountsTable, flow: Flow) -> bool:
    """Take the one try that a flow has when its address has none left; False if it was taken.

    No other is left afterwards.
    """
    try:
        table.client.update_item(
            TableName=table.name,
            Key=to_item(_pk(flow)),
            UpdateExpression="SET took_last_try = :true, #tries = :zero",
            ConditionExpression="attribute_exists(pk) AND took_last_try <> :true",
            ExpressionAttributeNames={"#tries": "tries_left"},
            ExpressionAttributeValues=to_item({":true": True, ":zero": 0}),
        )
    except ClientError as error:
        condition_failure(error)
        return False
    return True


def read_account_id(table: AccountsTable, purpose: Purpose, flow_hash: str) -> str:
    """Return the account that a flow led to, or "" if it led to none yet.

    Names what it reads: the role that hears of mails may read nothing else of a flow.
    """
    pk = flow_pk(purpose, flow_hash)
    values = table.get_together(pk, names=("pk", "sk", "account_id")).get((pk["pk"], pk["sk"]))
    return str(values.get("account_id", "")) if values else ""


def finish_registration(
    table: AccountsTable, flow: Flow, account_id: str
) -> "TransactWriteItemTypeDef":
    """Return the entry that finishes a registration, lost if it was finished before."""
    return table.update(
        _pk(flow),
        # The hash moved to the account; a finished flow keeps none.
        "SET #state = :finished, account_id = :account"
        f" REMOVE password_hash, {pending_flows.OFF_THE_LIST}",
        {":open": "open", ":finished": "finished", ":account": account_id},
        condition="#state = :open",
        names={"#state": "state", **pending_flows.NAMES},
    )


def finish_email_change(table: AccountsTable, flow: Flow) -> "TransactWriteItemTypeDef":
    """Return the entry that finishes a change of address, lost if it was finished before."""
    return table.update(
        _pk(flow),
        f"SET #state = :finished REMOVE {pending_flows.OFF_THE_LIST}",
        {":open": "open", ":finished": "finished"},
        condition="#state = :open",
        names={"#state": "state", **pending_flows.NAMES},
    )


def forget_email_change(table: AccountsTable, flow_hash: str) -> "TransactWriteItemTypeDef":
    """Return the entry that deletes a change of address that another one replaces."""
    return table.delete(flow_pk("email_change", flow_hash))


def store_reset_token(table: AccountsTable, flow: Flow) -> "TransactWriteItemTypeDef":
    """Return the entry that stores the hash of the token that completes a reset.

    It is lost if a code was right already, so that each is right once.
    """
    return table.update(
        _pk(flow),
        "SET token_hash = :hash, token_until = :until, account_id = :account,"
        " account_epoch = :epoch, device_hash = :device, verified_issue = issue",
        {
            ":device": flow.device_hash,
            ":hash": flow.token_hash,
            ":until": flow.token_until,
            ":account": flow.account_id,
            ":epoch": flow.account_epoch,
            ":open": "open",
        },
        condition=f"#state = :open AND {_UNUSED}",
        names={"#state": "state"},
    )


def finish_reset(table: AccountsTable, flow: Flow, *, now: int) -> "TransactWriteItemTypeDef":
    """Return the entry that finishes a reset, lost if its token was used, replaced or is over."""
    return table.update(
        _pk(flow),
        f"SET #state = :finished REMOVE token_hash, {pending_flows.OFF_THE_LIST}",
        {":open": "open", ":finished": "finished", ":hash": flow.token_hash, ":now": now},
        condition="#state = :open AND token_hash = :hash AND token_until > :now",
        names={"#state": "state", **pending_flows.NAMES},
    )


def void(table: AccountsTable, purpose: Purpose, flow_hash: str, *, now: int) -> None:
    """End an open flow at once, also for a code that was right already; one that is gone is fine.

    It is over as if its time had come, so that its browser sees what it would see then.
    """
    try:
        table.client.update_item(
            TableName=table.name,
            Key=to_item(flow_pk(purpose, flow_hash)),
            UpdateExpression=(
                "SET #state = :voided, expires_at = :now REMOVE token_hash, password_hash, "
                + pending_flows.OFF_THE_LIST
            ),
            ConditionExpression="#state = :open",
            ExpressionAttributeNames={"#state": "state", **pending_flows.NAMES},
            ExpressionAttributeValues=to_item({":voided": "voided", ":open": "open", ":now": now}),
        )
    except ClientError as error:
        condition_failure(error)


_WEAKER: dict[Delivery, tuple[Delivery, ...]] = {
    "sent": ("pending", "delayed"),
    "withheld": ("pending", "delayed"),
    "delayed": ("pending", "sent"),
    "delivered": ("pending", "sent", "delayed"),
    "bounced": ("pending", "sent", "delayed", "delivered"),
}
"""What each word about a mail may replace. Events come twice, late and in any order, so the
strongest stays: pending, sent, delayed, delivered, bounced. Only our own ``sent`` ends a delay,
because only we know that a mail that SES did not take has left after all."""


def set_delivery(table: AccountsTable, request: MailRequest, delivery: Delivery) -> None:
    """Say what became of a flow's mail, unless a newer one is out or more is known."""
    weaker = {f":weaker{number}": word for number, word in enumerate(_WEAKER[delivery])}
    try:
        table.client.update_item(
            TableName=table.name,
            Key=to_item(flow_pk(request.purpose, request.flow_hash)),
            UpdateExpression="SET delivery = :delivery",
            ConditionExpression=f"issue = :issue AND delivery IN ({', '.join(weaker)})",
            ExpressionAttributeValues=to_item(
                {":delivery": delivery, ":issue": request.issue, **weaker}
            ),
        )
    except ClientError as error:
        condition_failure(error)


def _pk(flow: Flow) -> dict[str, str]:
    return flow_pk(flow.purpose, flow.flow_hash)
