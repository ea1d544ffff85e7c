"""Decides how a forgotten password is replaced: code, then token, then password; no step skipped.

``complete`` needs the token that ``verify`` of the same flow returned. Work and answers are the
same whether or not the address has an account; only the mail differs.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace

from newsreel.accounts import devices, email_address, flows
from newsreel.accounts.devices import Browser
from newsreel.accounts.flow_deps import FlowDeps, accept_password
from newsreel.accounts.flows import FlowRequest, StartedFlow
from newsreel.accounts.passwords import hash_password
from newsreel.accounts.records import Flow, Notice
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import devices as device_items
from newsreel.accounts.table import email_reservations, log_in_failures, notices
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.transactions import ConditionFailed
from newsreel.policy import POLICY
from newsreel.refusals import FieldError, Refusal

_TOKEN_BYTES = 32
_LONGEST_TOKEN = 64
SHORTEST_REPEAT_KEY = 16
"""Characters. Key and address together lead to the flow's id, and an address is not secret."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The token that completes a reset, and its expiry (seconds since 1970)."""

    reset_token: str = field(repr=False)
    expires_at: int


def start(
    deps: FlowDeps, email: str, *, language: str, repeat_key: str | None, now: int
) -> StartedFlow:
    """Store a reset and have its code mailed; a repeated start returns the same flow.

    Raises:
        Refusal: ``fields_rejected`` for an invalid address, and for a key that could be guessed.
    """
    address = email_address.required(email)
    if repeat_key is not None and len(repeat_key) < SHORTEST_REPEAT_KEY:
        raise Refusal("fields_rejected", errors=(FieldError("Idempotency-Key", "too_short"),))
    flow_request = FlowRequest("password_reset", address, language, body=address.text)
    return flows.begin(deps.table, deps.keyring, flow_request, repeat_key=repeat_key, now=now)


def verify(deps: FlowDeps, flow_id: str, typed: str, browser: Browser, *, now: int) -> Proof:
    """Exchange a right code for a token that completes this reset within ten minutes.

    Raises:
        Refusal: as ``flows.check_code``; ``flow_over`` if another reset was completed meanwhile.
    """
    table = deps.table
    flow = flows.check_code(table, deps.keyring, "password_reset", flow_id, typed, now=now)
    account_id = email_reservations.read(table, flow.email.hash)
    account = account_items.read(table, account_id) if account_id else None
    if account is None or flow.started_at <= account.flows_void_until:
        raise Refusal("flow_over")
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    proved = replace(
        flow,
        token_hash=_hash_of(token),
        token_until=now + POLICY.code.reset_token_life,
        account_id=account.account_id,
        account_epoch=account.epoch,
    )
    device = devices.device_hash(account.account_id, browser.token)
    # The browser's own failures too: a person who forgot a password has just failed several times.
    own_failures = devices.failures_hash(flow.email.hash, browser.token)
    try:
        table.write(
            flow_items.store_reset_token(table, proved),
            log_in_failures.delete(table, flow.email.hash),
            log_in_failures.delete(table, own_failures),
            device_items.put(table, account.account_id, device, epoch=account.epoch, now=now),
        )
    except ConditionFailed:
        raise Refusal("flow_over") from None
    return Proof(token, proved.token_until)


def complete(
    deps: FlowDeps, flow_id: str, token: str, new_password: str, browser: Browser, *, now: int
) -> None:
    """Set the new password and end every session. A refused password does not use up the token.

    Raises:
        Refusal: ``flow_over`` unless the token is this flow's, unused and alive;
            ``password_rejected``.
    """
    table = deps.table
    flow = _proved(table, flow_id, token, now=now)
    accept_password(deps, new_password, flow.email, name="new_password")
    device = devices.device_hash(flow.account_id, browser.token)
    notice = Notice(
        account_id=flow.account_id,
        notice_id=secrets.token_hex(8),
        kind="password_changed",
        requested_at=now,
    )
    try:
        table.write(
            flow_items.finish_reset(table, flow, now=now),
            account_items.set_password(
                table,
                flow.account_id,
                password_hash=hash_password(new_password),
                epoch=flow.account_epoch,
                now=now,
            ),
            # This browser stays known; every other browser of the account becomes unknown.
            device_items.put(table, flow.account_id, device, epoch=flow.account_epoch + 1, now=now),
            notices.put(table, notice),
        )
    except ConditionFailed:
        raise Refusal("flow_over") from None


def _proved(table: AccountsTable, flow_id: str, token: str, *, now: int) -> Flow:
    flow = flows.find(table, "password_reset", flow_id, now=now)
    given = _hash_of(token[:_LONGEST_TOKEN])
    # Compare the token before any other check, in constant time; an empty hash never matches.
    right = hmac.compare_digest(given.encode(), flow.token_hash.encode())
    if not right or flow.state != "open" or flow.token_until <= now:
        raise Refusal("flow_over")
    return flow


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
