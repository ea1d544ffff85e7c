"""Decides how a forgotten password is replaced: code, then token, then password; no step skipped.

``complete`` needs the token that only ``verify`` of the same flow gave. The work and the answers
are the same whether or not the address has an account; only the mail differs.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace

from newsreel.accounts import devices, email_address, flows
from newsreel.accounts.devices import Browser
from newsreel.accounts.flow_deps import Rules, accept_password
from newsreel.accounts.flows import FlowRequest, StartedFlow
from newsreel.accounts.passwords import hash_password
from newsreel.accounts.records import Flow, Notice
from newsreel.accounts.table import AccountsTable
from newsreel.aws.transactions import ConditionFailed
from newsreel.policy import POLICY
from newsreel.refusals import FieldError, Refusal

_TOKEN_BYTES = 32
_LONGEST_TOKEN = 64
SHORTEST_REPEAT_KEY = 16
"""Characters. Key and address together lead to the flow's id, and an address is no secret."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The token that completes a reset, and until when (seconds since 1970)."""

    reset_token: str = field(repr=False)
    expires_at: int


def start(
    rules: Rules, email: str, *, language: str, repeat_key: str | None, now: int
) -> StartedFlow:
    """Store a reset and have its code mailed; a repeated start gives the same flow.

    Raises:
        Refusal: ``fields_rejected`` for what is no address, and for a key that could be guessed.
    """
    address = email_address.required(email)
    if repeat_key is not None and len(repeat_key) < SHORTEST_REPEAT_KEY:
        raise Refusal("fields_rejected", errors=(FieldError("Idempotency-Key", "too_short"),))
    flow_request = FlowRequest("password_reset", address, language, body=address)
    return flows.begin(rules.table, rules.keyring, flow_request, repeat_key=repeat_key, now=now)


def verify(rules: Rules, flow_id: str, typed: str, browser: Browser, *, now: int) -> Proof:
    """Exchange a right code for a token that completes this reset within ten minutes.

    Raises:
        Refusal: as ``flows.check_code``; ``flow_over`` if another reset was completed meanwhile.
    """
    flow = flows.check_code(rules.table, rules.keyring, "password_reset", flow_id, typed, now=now)
    address_hash = email_address.hash_of(flow.email)
    account_id = rules.table.read_reservation(address_hash)
    account = rules.table.read_account(account_id) if account_id else None
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
    try:
        rules.table.prove_reset(
            proved,
            device=devices.device_hash(account.account_id, browser.token),
            # The browser's own ones too: whoever forgot a password has just typed many.
            failures_keys=(address_hash, devices.failures_hash(address_hash, browser.token)),
            now=now,
        )
    except ConditionFailed:
        raise Refusal("flow_over") from None
    return Proof(token, proved.token_until)


def complete(
    rules: Rules, flow_id: str, token: str, new_password: str, browser: Browser, *, now: int
) -> None:
    """Set the new password; every session of the account ends. A refused password costs nothing.

    Raises:
        Refusal: ``flow_over`` unless the token is this flow's, unused and alive;
            ``password_rejected``.
    """
    flow = _proved(rules.table, flow_id, token, now=now)
    accept_password(rules, new_password, flow.email, name="new_password")
    notice = Notice(
        account_id=flow.account_id,
        notice_id=secrets.token_hex(8),
        kind="password_changed",
        requested_at=now,
    )
    try:
        rules.table.complete_reset(
            flow,
            password_hash=hash_password(new_password),
            device=devices.device_hash(flow.account_id, browser.token),
            notice=notice,
            now=now,
        )
    except ConditionFailed:
        raise Refusal("flow_over") from None


def _proved(table: AccountsTable, flow_id: str, token: str, *, now: int) -> Flow:
    flow = flows.find(table, "password_reset", flow_id, now=now)
    given = _hash_of(token[:_LONGEST_TOKEN])
    # Compared before anything else is looked at, and in constant time; an empty hash never matches.
    right = hmac.compare_digest(given.encode(), flow.token_hash.encode())
    if not right or flow.state != "open" or flow.token_until <= now:
        raise Refusal("flow_over")
    return flow


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
