"""Decides how an address becomes an account: nothing exists before a code proves it.

The work is the same for every address. Many registrations may be pending for one address, each
with its own password; the first right code opens the account and the others are left as they are.
"""

import secrets
from dataclasses import dataclass, field

from newsreel.accounts import devices, email_address, flows, passwords, sessions
from newsreel.accounts.devices import Browser
from newsreel.accounts.flow_deps import Rules, accept_password
from newsreel.accounts.flows import Started, Wanted
from newsreel.accounts.records import Account, Notice
from newsreel.accounts.sessions import Opened
from newsreel.aws.transactions import ConditionFailed
from newsreel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asks for: an account for this address with this password."""

    email: str = field(repr=False)
    password: str = field(repr=False)
    language: str

    @property
    def text(self) -> str:
        """Return the wish as one text, to tell a repeated start from another one."""
        return f"{self.email}\x1f{self.password}\x1f{self.language}"


def check(rules: Rules, email: str, password: str, language: str) -> Wish:
    """Return a wish whose address and password can be used.

    Raises:
        Refusal: ``fields_rejected`` for the address, ``password_rejected`` with the broken rules.
    """
    address = email_address.required(email)
    accept_password(rules, password, address)
    return Wish(address, password, language)


def start(rules: Rules, wish: Wish, *, repeat_key: str | None, now: int) -> Started:
    """Store a registration and have its code mailed; a repeated start gives the same flow."""
    wanted = Wanted(
        "registration",
        wish.email,
        wish.language,
        body=wish.text,
        password_hash=passwords.hash_password(wish.password),
    )
    return flows.begin(rules.table, rules.keyring, wanted, repeat_key=repeat_key, now=now)


def confirm(rules: Rules, flow_id: str, typed: str, browser: Browser, *, now: int) -> Opened:
    """Open the account of a registration whose code is right, signed in.

    Raises:
        Refusal: as ``flows.check_code``; ``registration_finished`` if the address has an account.
    """
    flow = flows.check_code(rules.table, rules.keyring, "registration", flow_id, typed, now=now)
    account = Account(
        account_id=secrets.token_hex(16),
        email=flow.email,
        password_hash=flow.password_hash,
        language=flow.language,
        created_at=now,
    )
    opened = sessions.new_session(account, browser, keep=False, now=now)
    welcome = Notice(
        account_id=account.account_id,
        notice_id=secrets.token_hex(8),
        kind="welcome",
        requested_at=now,
    )
    try:
        rules.table.finish_registration(
            flow,
            account,
            opened.session,
            device=devices.key_of(account.account_id, browser.token),
            welcome=welcome,
        )
    except ConditionFailed:
        # Nobody is told which: the flow was finished a moment ago, or the address has an account.
        raise Refusal("registration_finished") from None
    return opened
