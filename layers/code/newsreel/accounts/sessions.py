"""Decides who may sign in, and opens the session; ``session_auth`` authenticates it later."""

import secrets
from dataclasses import dataclass, field

from newsreel.accounts import devices, passwords
from newsreel.accounts.devices import Browser
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.records import Account, LogInFailures, Notice, Session
from newsreel.accounts.session_auth import hash_token
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import devices as device_items
from newsreel.accounts.table import log_in_failures, notices
from newsreel.accounts.table import sessions as session_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.transactions import ConditionFailed
from newsreel.policy import DAY, POLICY
from newsreel.refusals import Refusal

_TOKEN_BYTES = 32
_RACES = 4
_NOBODY = "0" * 32
"""An account id that no account has: an unknown address causes the same reads as a known one."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A new session: its record, and the token that only the browser keeps."""

    account: Account
    session: Session
    token: str = field(repr=False)
    device_token: str = field(repr=False)

    @property
    def max_age(self) -> int | None:
        """Return the cookie's life in seconds; None for one that goes with the browser."""
        return POLICY.session.kept_absolute if self.session.keep else None


def create_session(account: Account, browser: Browser, *, keep: bool, now: int) -> NewSession:
    """Return a session for an account, not yet stored."""
    policy = POLICY.session
    secret = secrets.token_urlsafe(_TOKEN_BYTES)
    session = Session(
        account_id=account.account_id,
        session_hash=hash_token(secret),
        epoch=account.epoch,
        keep=keep,
        created_at=now,
        last_used_at=now,
        idle_until=now + (policy.kept_idle if keep else policy.idle),
        expires_at=now + (policy.kept_absolute if keep else policy.absolute),
        browser=browser.name,
    )
    return NewSession(account, session, f"{account.account_id}.{secret}", browser.token)


def log_in(
    table: AccountsTable,
    email: EmailAddress,
    password: str,
    browser: Browser,
    *,
    keep: bool,
    now: int,
) -> NewSession:
    """Open a session for an address and its password.

    Every address causes the same reads, writes and hash. The failure is counted before the password
    is compared, and removed if the password is right.

    Raises:
        Refusal: ``wrong_credentials``; ``too_many_requests`` while the address has to wait.
    """
    counters = (email.hash, devices.failures_hash(email.hash, browser.token))
    account, is_known = _count_attempt(table, email, counters, browser, now=now)
    if not passwords.matches(account.password_hash if account else None, password):
        raise Refusal("wrong_credentials")
    if account is None:
        raise Refusal("wrong_credentials")
    outdated = passwords.is_outdated(account.password_hash)
    new_session = create_session(account, browser, keep=keep, now=now)
    new_hash = passwords.hash_password(password) if outdated else None
    notice = None if is_known else _new_sign_in(account, browser, now=now)
    device = devices.device_hash(account.account_id, browser.token)
    entries = [
        account_items.note_log_in(table, account, new_hash=new_hash, notice=notice, now=now),
        session_items.put(table, new_session.session),
        device_items.put(table, account.account_id, device, epoch=account.epoch, now=now),
    ]
    # A known browser clears its own failures only. If it cleared those of strangers too, they could
    # tell that the account exists and was just used.
    entries += [
        log_in_failures.delete(table, counter)
        for counter in (counters[1:] if is_known else counters)
    ]
    if notice is not None:
        entries.append(notices.put(table, notice))
    try:
        table.write(*entries)
    except ConditionFailed:
        raise Refusal("wrong_credentials") from None
    return new_session


def _new_sign_in(account: Account, browser: Browser, *, now: int) -> Notice | None:
    if account.notices_on(now // DAY) >= POLICY.log_in.notices_a_day:
        return None
    return Notice(
        account_id=account.account_id,
        notice_id=secrets.token_hex(8),
        kind="new_sign_in",
        requested_at=now,
        facts={"device": browser.name} if browser.name else {},
    )


def _count_attempt(
    table: AccountsTable,
    email: EmailAddress,
    counters: tuple[str, str],
    browser: Browser,
    *,
    now: int,
) -> tuple[Account | None, bool]:
    for _ in range(_RACES):
        account_id, failures = log_in_failures.read_with_reservation(table, email.hash, counters)
        account_id = account_id or _NOBODY
        device = devices.device_hash(account_id, browser.token)
        account, is_known = account_items.read_with_device(table, account_id, device)
        # A browser that the account knows does not wait for the failures of others.
        index = 1 if is_known else 0
        after = count_failure(failures[index], now=now)
        if log_in_failures.count(table, counters[index], failures[index], after):
            return account, is_known
    raise Refusal("too_many_requests", retry_after=1)


def count_failure(before: LogInFailures, *, now: int) -> LogInFailures:
    """Return the failures with one more: 5 free, then waits of 2^(n-5) seconds up to 15 minutes.

    Raises:
        Refusal: ``too_many_requests``, while the wait lasts.
    """
    policy = POLICY.log_in
    if now < before.blocked_until:
        raise Refusal("too_many_requests", retry_after=before.blocked_until - now)
    failures = 1 if before.forget_at <= now else before.failures + 1
    beyond = failures - policy.free_failures
    wait = min(2 ** min(beyond, 30), policy.longest_wait) if beyond > 0 else 0
    return LogInFailures(
        failures=failures,
        blocked_until=now + wait,
        forget_at=now + wait + policy.forget_after,
    )
