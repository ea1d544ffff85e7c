"""Decides how a forgotten password is replaced: code, then token, then password; no step skipped.

``complete`` needs the token that ``verify`` of the same flow returned. Work and answers are the
same whether or not the address has an account; only the mail differs.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field, replace

from newsreel.accounts import devices, email_address, flows
from newsreel.accounts.devices import Browser
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.flow_deps import FlowDeps, accept_password
from newsreel.accounts.flow_requests import FlowRequest, StartedFlow
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.passwords import hash_password
from newsreel.accounts.records import Flow, Notice
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import devices as device_items
from newsreel.accounts.table import email_reservations, log_in_failures, notices
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table import journal as journal_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import NOBODY
from newsreel.aws.keyring import Keyring
from newsreel.aws.transactions import ConditionFailed
from newsreel.budgets.requests import Owner
from newsreel.policy import POLICY
from newsreel.refusals import FieldError, Refusal

_TOKEN_BYTES = 32
_LONGEST_TOKEN = 64
SHORTEST_REPEAT_KEY = 16
"""Characters. Key and address together lead to the flow's id, and an address is not secret."""


@dataclass(frozen=True, slots=True)
class Proof:
    """The token that completes a reset, its expiry (seconds since 1970), and the browser's mark."""

    reset_token: str = field(repr=False)
    expires_at: int
    device_cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Secrets:
    """What a right code gives: the token, and a mark for a browser that is new to the account."""

    token: str = field(repr=False)
    device: str = field(repr=False)


def _derive(keyring: Keyring, flow: Flow, flow_id: str, repeat_key: str, typed: str) -> _Secrets:
    """Return the secrets of one request, the same for its repetition: nothing has to be stored.

    The flow's id is known to its browser alone, and the key to nobody.
    """
    key = keyring.derive("reset tokens", flow.key_id)
    message = f"{flow_id}\x1f{repeat_key}\x1f{typed}"
    token, device = (
        hmac.digest(key, f"{kind}\x1f{message}".encode(), hashlib.sha256)
        for kind in ("token", "device")
    )
    return _Secrets(base64.urlsafe_b64encode(token).decode().rstrip("="), device[:16].hex())


def start(
    deps: FlowDeps,
    email: str,
    browser: Browser,
    *,
    language: str,
    repeat_key: str | None,
    now: int,
) -> StartedFlow:
    """Store a reset and have its code mailed; a repeated start returns the same flow.

    Raises:
        Refusal: ``fields_rejected`` for an invalid address, and for a key that could be guessed;
            ``too_many_requests``.
    """
    address = email_address.required(email)
    if repeat_key is not None and len(repeat_key) < SHORTEST_REPEAT_KEY:
        raise Refusal("fields_rejected", errors=(FieldError("Idempotency-Key", "too_short"),))
    earlier = flows.find_repeated(
        deps.table, deps.keyring, "password_reset", address.text, repeat_key=repeat_key, now=now
    )
    if earlier is not None:
        return earlier
    known = _known_browser(deps.table, address, browser)
    opens_until = now + POLICY.code.flow_life
    flow_request = FlowRequest(
        "password_reset",
        address,
        language,
        body=address.text,
        known_browser=known,
        is_long=deps.budgets.mail(Owner(address.text, known), opens_until=opens_until, now=now),
    )
    return flows.begin(deps.table, deps.keyring, flow_request, repeat_key=repeat_key, now=now)


def _known_browser(table: AccountsTable, address: EmailAddress, browser: Browser) -> str:
    """Return the hash under which the address's account knows a browser; empty if it does not.

    A browser without a mark is not looked for; one with a mark causes the same reads for all.
    """
    if not browser.tokens:
        return ""
    account_id = email_reservations.read(table, address.hash) or NOBODY
    marks = [devices.device_hash(account_id, token) for token in browser.tokens]
    _account, known = account_items.read_with_devices(table, account_id, marks)
    return "" if known is None else marks[known]


def verify(
    deps: FlowDeps,
    flow_id: str,
    typed: str,
    browser: Browser,
    *,
    repeat_key: str | None,
    now: int,
) -> Proof:
    """Exchange a right code, once, for a token that completes this reset within ten minutes.

    A repetition with the same ``repeat_key`` (the Idempotency-Key) gets the same token, in that
    time: its first answer may have been lost.

    Raises:
        Refusal: as ``flows.check_code``; ``flow_over`` if another reset was completed meanwhile.
    """
    try:
        flow = flows.check_code(
            deps.table, deps.keyring, deps.budgets, "password_reset", flow_id, typed, now=now
        )
        if repeat_key is None:
            given = _Secrets(secrets.token_urlsafe(_TOKEN_BYTES), devices.new_token())
        else:
            given = _derive(deps.keyring, flow, flow_id, repeat_key, typed)
        return _prove(deps.table, flow, given, browser, now=now)
    except Refusal as refusal:
        # Looked for last, so that a first request makes no call for it.
        if repeat_key is None or refusal.code == "busy":
            raise
        flow = flows.find(deps.table, "password_reset", flow_id, now=now)
        given = _derive(deps.keyring, flow, flow_id, repeat_key, typed)
        if not _is_token_of(flow, given.token, now=now):
            raise
        return _proof(flow, given, browser)


def _prove(
    table: AccountsTable, flow: Flow, given: _Secrets, browser: Browser, *, now: int
) -> Proof:
    account_id = email_reservations.read(table, flow.email.hash)
    if account_id is None:
        raise Refusal("flow_over")
    marks = [devices.device_hash(account_id, token) for token in browser.tokens]
    account, known = account_items.read_with_devices(table, account_id, marks)
    if account is None or flow.started_at <= account.flows_void_until:
        raise Refusal("flow_over")
    proved = replace(
        flow,
        token_hash=_hash_of(given.token),
        token_until=now + POLICY.code.reset_token_life,
        account_id=account_id,
        account_epoch=account.epoch,
        device_hash=(
            devices.device_hash(account_id, given.device) if known is None else marks[known]
        ),
    )
    entries = [
        flow_items.store_reset_token(table, proved),
        device_items.put(table, account_id, proved.device_hash, epoch=account.epoch, now=now),
        journal_items.put(
            table,
            JournalEntry.of(account_id, "reset_code_entered", now=now, browser=browser.name),
        ),
    ]
    if known is not None:
        # A person who forgot a password has just failed several times. The count that strangers
        # share stays: by its end they could tell that the account exists.
        own_failures = devices.failures_hash(flow.email.hash, browser.tokens[known])
        entries.append(log_in_failures.delete(table, own_failures))
    try:
        table.write(*entries)
    except ConditionFailed:
        raise Refusal("code_expired") from None
    return _proof(proved, given, browser)


def _proof(flow: Flow, given: _Secrets, browser: Browser) -> Proof:
    """Return the proof, with the mark under which the account knows the browser from now on."""
    mark = next(
        (
            token
            for token in browser.tokens
            if devices.device_hash(flow.account_id, token) == flow.device_hash
        ),
        given.device,
    )
    return Proof(given.token, flow.token_until, browser.marked_by(mark))


def complete(deps: FlowDeps, flow_id: str, token: str, new_password: str, *, now: int) -> None:
    """Set the new password and end every session. A refused password does not use up the token.

    Raises:
        Refusal: ``flow_over`` unless the token is this flow's, unused and alive;
            ``password_rejected``.
    """
    table = deps.table
    flow = _proved(deps, flow_id, token, now=now)
    accept_password(deps, new_password, flow.email, name="new_password")
    notice = Notice.of(flow.account_id, "password_changed", now=now)
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
            # The browser that entered the code stays known; every other one becomes unknown.
            device_items.put(
                table, flow.account_id, flow.device_hash, epoch=flow.account_epoch + 1, now=now
            ),
            notices.put(table, notice),
            journal_items.put(table, JournalEntry.of(flow.account_id, "password_reset", now=now)),
        )
    except ConditionFailed:
        raise Refusal("flow_over") from None


def _proved(deps: FlowDeps, flow_id: str, token: str, *, now: int) -> Flow:
    flow = flows.find(deps.table, "password_reset", flow_id, now=now)
    if not _is_token_of(flow, token, now=now):
        deps.budgets.was_wrong(now=now)
        raise Refusal("flow_over")
    return flow


def _is_token_of(flow: Flow, token: str, *, now: int) -> bool:
    given = _hash_of(token[:_LONGEST_TOKEN])
    # Compare the token before any other check, in constant time; an empty hash never matches.
    right = hmac.compare_digest(given.encode(), flow.token_hash.encode())
    return right and flow.state == "open" and now < flow.token_until


def _hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
