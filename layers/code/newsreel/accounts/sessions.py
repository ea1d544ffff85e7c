"""Decides who may sign in, and opens the session; ``session_auth`` authenticates it later."""

import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from newsreel.accounts import devices, passwords
from newsreel.accounts.devices import Browser
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.log_in_waits import count_failure
from newsreel.accounts.records import Account, LogInFailures, Notice, Session
from newsreel.accounts.session_auth import SessionKey, hash_token
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import devices as device_items
from newsreel.accounts.table import journal as journal_items
from newsreel.accounts.table import log_in_failures, notices, uses
from newsreel.accounts.table import sessions as session_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import NOBODY
from newsreel.accounts.table.session_list import ListChange
from newsreel.aws.transactions import ConditionFailed
from newsreel.budgets.requests import RequestBudgets
from newsreel.policy import DAY, POLICY
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_TOKEN_BYTES = 32
_RACES = 4
_FIRST = 0
"""The place of the count among a log-in's writes."""


@dataclass(frozen=True, slots=True)
class NewSession:
    """A new session: its record, and the cookies' values that only the browser keeps."""

    account: Account
    session: Session
    token: str = field(repr=False)
    device_cookie: str = field(repr=False)

    @property
    def max_age(self) -> int | None:
        """Return the cookie's life in seconds; None for one that goes with the browser."""
        return POLICY.session.kept_absolute if self.session.keep else None


def create_session(
    account: Account, browser: Browser, device_token: str, *, keep: bool, now: int
) -> NewSession:
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
        country=browser.country,
    )
    token = f"{account.account_id}.{secret}"
    return NewSession(account, session, token, browser.marked_by(device_token))


def first_in_list(session: Session) -> dict[str, list[int]]:
    """Return the list of sessions of an account that is opened with this one."""
    return {session.session_hash: [1, session.expires_at]}


def log_in(
    table: AccountsTable,
    budgets: RequestBudgets,
    email: EmailAddress,
    password: str,
    browser: Browser,
    *,
    keep: bool,
    replaced: SessionKey | None,
    now: int,
) -> NewSession:
    """Open a session for an address and its password, and end the one that the browser had.

    Every address causes the same reads, writes and hash. The failure is counted before the password
    is compared, and taken back with the session's write if the password is right.

    Raises:
        Refusal: ``wrong_credentials``; ``too_many_requests`` while the address or the network has
            to wait. A browser that the account knows waits for no others' failures.
    """
    attempt = _count_attempt(table, email, browser, now=now)
    is_stranger = attempt.device_token is None
    if is_stranger:
        _count_network(table, budgets, attempt, now=now)
    account = attempt.account
    # A password that the operator made worthless takes as long, and never matches.
    stored = account.password_hash if account and not account.reset_required_at else None
    if not passwords.matches(stored, password):
        raise Refusal("wrong_credentials")
    if account is None:
        raise Refusal("wrong_credentials")
    outdated = passwords.is_outdated(account.password_hash)
    new_hash = passwords.hash_password(password) if outdated else None
    log_in_of = _LogIn(table, attempt, browser, new_hash, replaced, keep=keep, now=now)
    new_session = log_in_of.open(account)
    if is_stranger:
        budgets.log_in_was_right(now=now)
    return new_session


class _Attempt(NamedTuple):
    """A log-in that was counted as a failure until its password is compared."""

    account: Account | None
    device_token: str | None
    """The mark by which the account knows the browser, if it does."""
    counter: str
    before: LogInFailures
    after: LogInFailures


@dataclass(frozen=True, slots=True)
class _LogIn:
    """A log-in whose password was right."""

    table: AccountsTable
    attempt: _Attempt
    browser: Browser
    new_hash: str | None
    replaced: SessionKey | None
    keep: bool = field(kw_only=True)
    now: int = field(kw_only=True)

    def open(self, account: Account) -> NewSession:
        """Store the session; log-ins at the same moment may have to make room for each other."""
        epoch = account.epoch
        uncount = self._ways_to_uncount()
        for _ in range(_RACES):
            try:
                return self._try(account, uncount[0])
            except ConditionFailed as lost:
                if _FIRST in lost.failed and len(uncount) > 1:
                    uncount = uncount[1:]
                latest = account_items.read(self.table, account.account_id)
                if latest is None or latest.epoch != epoch:
                    break
                account = latest
        else:
            raise Refusal("busy", retry_after=1)
        raise Refusal("wrong_credentials")

    def _ways_to_uncount(self) -> "list[list[TransactWriteItemTypeDef]]":
        """Return what a right password does to the count, and then what if that was lost."""
        attempt = self.attempt
        # Only a known browser has a count of its own to clear. That of strangers stays: they could
        # tell by its end that the account exists and was just used.
        if attempt.device_token is not None:
            return [[log_in_failures.delete(self.table, attempt.counter)]]
        undo = log_in_failures.take_back(self.table, attempt.counter, attempt.before, attempt.after)
        return [[undo], [log_in_failures.take_one_off(self.table, attempt.counter)], []]

    def _try(self, account: Account, uncount: "Sequence[TransactWriteItemTypeDef]") -> NewSession:
        token = self.attempt.device_token or devices.new_token()
        new_session = create_session(account, self.browser, token, keep=self.keep, now=self.now)
        change = _make_room(account, new_session.session, self.replaced, now=self.now)
        is_known = self.attempt.device_token is not None
        notice = None if is_known else _new_sign_in(account, self.browser, now=self.now)
        device = devices.device_hash(account.account_id, token)
        entries = [
            *uncount,
            account_items.note_log_in(
                self.table,
                account,
                new_hash=self.new_hash,
                notice=notice,
                change=change,
                now=self.now,
            ),
            session_items.put(self.table, new_session.session),
            device_items.put(
                self.table, account.account_id, device, epoch=account.epoch, now=self.now
            ),
            *(session_items.delete(self.table, *ended) for ended in self._ended(account, change)),
            uses.put(self.table, account.account_id, new_session.session.expires_at),
            journal_items.put(
                self.table,
                JournalEntry.of(
                    account.account_id, "logged_in", now=self.now, browser=self.browser.name
                ),
            ),
        ]
        if notice is not None:
            entries.append(notices.put(self.table, notice))
        self.table.write(*entries)
        return new_session

    def _ended(self, account: Account, change: ListChange) -> set[tuple[str, str]]:
        """Return the account and the key of each session that ends."""
        ended = {(account.account_id, one) for one in change.gone}
        if self.replaced is not None:
            ended.add((self.replaced.account_id, self.replaced.session_hash))
        return ended


def _make_room(
    account: Account, session: Session, replaced: SessionKey | None, *, now: int
) -> ListChange:
    """Return how a session enters its account's list: what has ended goes, then the oldest."""
    listed = account.session_list or {}
    ended = {key for key, (_, until) in listed.items() if until <= now}
    if replaced is not None and replaced.session_hash in listed:
        ended.add(replaced.session_hash)
    alive = sorted((number, key) for key, (number, _) in listed.items() if key not in ended)
    too_many = max(0, len(alive) + 1 - POLICY.session.most)
    return ListChange(
        added=session,
        number=max((number for number, _ in listed.values()), default=0) + 1,
        gone=(*sorted(ended), *(key for _, key in alive[:too_many])),
        exists=account.session_list is not None,
        most=POLICY.session.most,
    )


def _new_sign_in(account: Account, browser: Browser, *, now: int) -> Notice | None:
    if account.notices_on(now // DAY) >= POLICY.log_in.notices_a_day:
        return None
    return Notice.of(
        account.account_id,
        "new_sign_in",
        now=now,
        facts={"device": browser.name} if browser.name else {},
    )


def _count_network(
    table: AccountsTable, budgets: RequestBudgets, attempt: _Attempt, *, now: int
) -> None:
    """Count the try for its network; what the network may not try is no failure of the address."""
    try:
        budgets.log_in(now=now)
    except Refusal:
        with suppress(ConditionFailed):  # others were counted since, and theirs stay
            table.write(
                log_in_failures.take_back(table, attempt.counter, attempt.before, attempt.after)
            )
        raise


def _count_attempt(
    table: AccountsTable, email: EmailAddress, browser: Browser, *, now: int
) -> _Attempt:
    own = [devices.failures_hash(email.hash, token) for token in browser.tokens]
    counters = [email.hash, *own]
    for _ in range(_RACES):
        account_id, failures = log_in_failures.read_with_reservation(table, email.hash, counters)
        account_id = account_id or NOBODY
        marks = [devices.device_hash(account_id, token) for token in browser.tokens]
        account, known = account_items.read_with_devices(table, account_id, marks)
        # A browser that the account knows does not wait for the failures of others.
        index = 0 if known is None else known + 1
        token = None if known is None else browser.tokens[known]
        after = count_failure(failures[index], now=now)
        if log_in_failures.count(table, counters[index], failures[index], after):
            return _Attempt(account, token, counters[index], failures[index], after)
    raise Refusal("too_many_requests", {"limit": "log_ins"}, retry_after=1)
