"""Decides the course of every flow that proves an address: its codes, tries, waits and end.

A flow is a registration, a password reset or an e-mail change. The person's browser alone knows
the flow id (128 random bits); the table knows its SHA-256.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from newsreel.accounts import codes, flow_ids, typed_codes
from newsreel.accounts.codes import Purpose
from newsreel.accounts.flow_requests import FlowRequest, StartedFlow
from newsreel.accounts.records import Flow
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table import idempotency_markers, mail_requests
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.typed_codes import TypedCode
from newsreel.aws.keyring import Keyring
from newsreel.aws.transactions import ConditionFailed
from newsreel.budgets.requests import Owner, RequestBudgets
from newsreel.lambda_runtime import metrics
from newsreel.policy import POLICY
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_LONGEST_ID = 64
_RESEND_RACES = 3


def find_repeated(
    table: AccountsTable,
    keyring: Keyring,
    purpose: Purpose,
    body: str,
    *,
    repeat_key: str | None,
    now: int,
) -> StartedFlow | None:
    """Return the flow that an earlier start with the same key and body began: it counts once."""
    if repeat_key is None:
        return None
    message = flow_ids.message_of(repeat_key, body)
    nonce = idempotency_markers.read_nonce(
        table, flow_ids.marker_hash_of(keyring, message), now=now
    )
    if nonce is None:
        return None
    flow_id = flow_ids.repeatable_id(keyring, message, nonce)
    return StartedFlow(flow_id, find(table, purpose, flow_id, now=now))


def begin(
    table: AccountsTable,
    keyring: Keyring,
    flow_request: FlowRequest,
    *,
    repeat_key: str | None,
    now: int,
    also: "Callable[[str], Sequence[TransactWriteItemTypeDef]]" = lambda _flow_hash: (),
) -> StartedFlow:
    """Store a flow and have its first code mailed; a repeated start returns the same flow.

    ``repeat_key`` is the caller's Idempotency-Key; ``also`` returns what is written beside the
    flow, by the hash of its id.

    Raises:
        ConditionFailed: a condition of ``also`` did not hold.
    """
    new_id = flow_ids.new_flow_id(keyring, now=now, repeat_key=repeat_key, body=flow_request.body)
    flow = Flow(
        purpose=flow_request.purpose,
        flow_hash=flow_ids.flow_hash(new_id.flow_id),
        email=flow_request.email,
        language=flow_request.language,
        key_id=keyring.current,
        started_at=now,
        expires_at=now + POLICY.code.flow_life,
        issued_at=now,
        form="base32_10" if flow_request.is_long else "digits_6",
        tries_left=POLICY.code.long_tries if flow_request.is_long else POLICY.code.tries,
        known_browser=flow_request.known_browser,
        resend_after=now + POLICY.code.resend_waits[0],
        password_hash=flow_request.password_hash,
        account_id=flow_request.account_id,
        account_epoch=flow_request.account_epoch,
    )
    entries = [flow_items.put_new(table, flow), mail_requests.put_new(table, flow)]
    if new_id.marker is not None:
        entries.append(idempotency_markers.put_new(table, new_id.marker))
    try:
        table.write(*entries, *also(flow.flow_hash))
    except ConditionFailed as lost:
        # The marker is the third entry.
        earlier = lost.failed.get(2) if new_id.marker is not None else None
        if earlier is None:
            raise
        message = flow_ids.message_of(repeat_key or "", flow_request.body)
        flow_id = flow_ids.repeatable_id(keyring, message, str(earlier["nonce"]))
        return StartedFlow(flow_id, find(table, flow_request.purpose, flow_id, now=now))
    metrics.count("CodesRequested")
    return StartedFlow(new_id.flow_id, flow)


def find(table: AccountsTable, purpose: Purpose, flow_id: str, *, now: int) -> Flow:
    """Return an unfinished or finished flow.

    Raises:
        Refusal: ``flow_over``: unknown, vanished and expired flows look the same.
    """
    flow = None
    if len(flow_id) <= _LONGEST_ID:
        flow = flow_items.read(table, purpose, flow_ids.flow_hash(flow_id))
    if flow is None or flow.expires_at <= now:
        raise Refusal("flow_over")
    return flow


def send_new_code(
    table: AccountsTable, budgets: RequestBudgets, purpose: Purpose, flow_id: str, *, now: int
) -> Flow:
    """Issue the next code of a flow and have it mailed, which counts once.

    A six-digit flow never gets tries back; once spent, it gets one long code with its own tries, as
    it does when the budgets want long codes.

    Raises:
        Refusal: ``flow_over``, ``registration_finished``, ``too_many_requests``.
    """
    is_long: bool | None = None
    for _ in range(_RESEND_RACES):
        flow = find(table, purpose, flow_id, now=now)
        after = next_issue(flow, now=now)
        if is_long is None:
            is_long = budgets.mail(owner_of(flow), now=now)
        if is_long:
            after = with_long_code(after)
        try:
            table.write(
                flow_items.replace_issue(table, flow, after), mail_requests.put_new(table, after)
            )
        except ConditionFailed:
            continue  # another request issued a code or took a try: look again
        metrics.count("CodesRequested")
        return after
    raise Refusal("busy", retry_after=1)


def next_issue(flow: Flow, *, now: int) -> Flow:
    """Return the flow with its next code issued.

    Raises:
        Refusal: as ``send_new_code``.
    """
    if flow.state == "finished":
        raise _finished(flow)
    if flow.tries_left == 0 and flow.form == "base32_10":
        raise Refusal("flow_over")
    if now < flow.resend_after:
        raise Refusal("too_many_requests", {"limit": "resend"}, retry_after=flow.resend_after - now)
    waits = POLICY.code.resend_waits
    after = replace(
        flow,
        issue=flow.issue + 1,
        issued_at=now,
        previous_issued_at=flow.issued_at,
        resends=flow.resends + 1,
        resend_after=now + waits[min(flow.resends + 1, len(waits) - 1)],
        delivery="pending",
    )
    return with_long_code(after) if flow.tries_left == 0 else after


def with_long_code(flow: Flow) -> Flow:
    """Return a flow whose newest code is a long one; its first long code brings new tries."""
    if flow.form == "base32_10":
        return flow
    return replace(flow, form="base32_10", form_since=flow.issue, tries_left=POLICY.code.long_tries)


def owner_of(flow: Flow) -> Owner:
    """Return whose mails and wrong codes a flow's are counted with."""
    return Owner(flow.email.text, flow.known_browser)


def check_code(
    table: AccountsTable,
    keyring: Keyring,
    budgets: RequestBudgets,
    purpose: Purpose,
    flow_id: str,
    typed: str,
    *,
    now: int,
) -> Flow:
    """Count a try, for the flow and for its address, then compare; return the flow if it is right.

    What can be no code, or none of this flow's form, is refused without counting a try.

    Raises:
        Refusal: ``code_wrong`` with ``attempts_left``, ``code_spent``, ``code_expired``,
            ``registration_finished``, ``flow_over``, ``fields_rejected``.
    """
    entered = typed_codes.read(typed)
    if len(flow_id) > _LONGEST_ID:
        raise Refusal("flow_over")
    try:
        flow = flow_items.count_try(
            table,
            purpose,
            flow_ids.flow_hash(flow_id),
            form=entered.form,
            now=now,
            code_life=POLICY.code.life,
        )
    except ConditionFailed as refused:
        stored = refused.failed[0]
        raise _why_not(Flow.read(stored) if stored else None, entered, now=now) from None
    is_counted = flow.form == "digits_6" and budgets.guess(owner_of(flow), now=now)
    if flow.form == "digits_6" and not is_counted:
        flow = _with_last_try(table, flow)
    if is_right(keyring, flow, entered.code, now=now):
        if is_counted:
            budgets.was_right(owner_of(flow), now=now)
        return flow
    budgets.was_wrong(now=now)
    if flow.tries_left > 0:
        raise Refusal("code_wrong", {"attempts_left": flow.tries_left})
    raise Refusal("flow_over" if flow.form == "base32_10" else "code_spent")


def _with_last_try(table: AccountsTable, flow: Flow) -> Flow:
    """Return a flow after the one try that a code on its way keeps when its address has none left.

    Raises:
        Refusal: ``code_spent``, if that try was taken.
    """
    if not flow_items.take_last_try(table, flow):
        raise Refusal("code_spent")
    return replace(flow, tries_left=0)


def is_right(keyring: Keyring, flow: Flow, entered: str, *, now: int) -> bool:
    """Tell whether a code is that of one of the two newest issues, unused and not expired."""
    right = False
    for issue, issued_at in (
        (flow.issue, flow.issued_at),
        (flow.issue - 1, flow.previous_issued_at),
    ):
        oldest = max(flow.form_since, flow.verified_issue + 1)
        if issue < oldest or issued_at + POLICY.code.life <= now:
            continue
        code = codes.derive(
            keyring,
            key_id=flow.key_id,
            purpose=flow.purpose,
            flow_hash=flow.flow_hash,
            issue=issue,
            form=flow.form,
        )
        # No early return: both comparisons always run, so timing does not tell which one matched.
        right = codes.equal(entered, code) or right
    return right


def _why_not(flow: Flow | None, entered: TypedCode, *, now: int) -> Refusal:
    """Return the refusal for a try that could not be counted."""
    if flow is None or flow.expires_at <= now:
        return Refusal("flow_over")
    if flow.state == "finished":
        return _finished(flow)
    if flow.tries_left == 0:
        return Refusal("flow_over" if flow.form == "base32_10" else "code_spent")
    if flow.issued_at + POLICY.code.life <= now or flow.is_verified:
        return Refusal("code_expired")
    return typed_codes.no_code() if flow.form != entered.form else Refusal("busy", retry_after=1)


def _finished(flow: Flow) -> Refusal:
    """Return the refusal for a finished flow: registrations lead to log-in, others start again."""
    return Refusal("registration_finished" if flow.purpose == "registration" else "flow_over")
