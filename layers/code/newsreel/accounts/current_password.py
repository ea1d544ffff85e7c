"""Decides whether a signed-in person knows the password, which sensitive changes ask for again.

Wrong ones count like failed log-ins, before comparing, and each session has a count of its own: who
has taken a session over guesses as slowly as at the log-in, and makes nobody else wait.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel.accounts import devices, passwords
from newsreel.accounts.devices import Browser
from newsreel.accounts.log_in_waits import count_failure
from newsreel.accounts.records import Account, Session
from newsreel.accounts.session_auth import SessionKey
from newsreel.accounts.table import log_in_failures, signed_in
from newsreel.accounts.table.base import AccountsTable
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

_RACES = 4


@dataclass(frozen=True, slots=True)
class Proved:
    """A person whose password was right, in the browser of a session."""

    account: Account
    session: Session
    browser: Browser
    device_token: str
    """The mark by which the account knows the browser; a new one if it does not."""
    counter: str

    def uncount(self, table: AccountsTable) -> "TransactWriteItemTypeDef":
        """Return the entry that forgets the wrong passwords of the session."""
        return log_in_failures.delete(table, self.counter)

    def device_hash(self) -> str:
        """Return the hash of the browser within the account."""
        return devices.device_hash(self.account.account_id, self.device_token)


def prove(
    table: AccountsTable, key: SessionKey, browser: Browser, password: str, *, now: int
) -> Proved:
    """Count a try, compare the password, and return whose it is; the change then uncounts it.

    Raises:
        Refusal: ``wrong_password``; ``too_many_requests`` while the session has to wait;
            ``not_signed_in`` if it has just ended.
    """
    counter = devices.failures_hash(key.account_id, key.session_hash)
    marks = [devices.device_hash(key.account_id, token) for token in browser.tokens]
    for _ in range(_RACES):
        found = signed_in.read(table, key.account_id, key.session_hash, counter, marks)
        if found is None:
            raise Refusal("not_signed_in")
        after = count_failure(found.failures, now=now, limit="passwords")
        if log_in_failures.count(table, counter, found.failures, after):
            break
    else:
        raise Refusal("too_many_requests", {"limit": "passwords"}, retry_after=1)
    # An account whose address was taken back has no password until it is reset.
    if not passwords.matches(found.account.password_hash or None, password):
        raise Refusal("wrong_password")
    known = None if found.known is None else browser.tokens[found.known]
    return Proved(found.account, found.session, browser, known or devices.new_token(), counter)
