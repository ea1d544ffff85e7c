"""Decides how an address becomes an account: nothing exists before a code proves it.

The work is the same for every address. Many registrations may be pending for one address, each
with its own password; the first right code opens the account and the others are left as they are.
"""

import secrets
from dataclasses import dataclass, field

from newsreel.accounts import emails, flows, passwords, sessions
from newsreel.accounts.passwords import Choice, Rule
from newsreel.accounts.records import Account, Flow
from newsreel.accounts.sessions import Opened
from newsreel.accounts.table import AccountsTable, MarkerExists
from newsreel.keyring import Keyring
from newsreel.policy import POLICY
from newsreel.refusals import FieldError, Refusal
from newsreel.transactions import ConditionFailed

SERVICE_NAME = "newsreel"


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


@dataclass(frozen=True, slots=True)
class Started:
    """A flow and the id that its browser keeps."""

    flow_id: str = field(repr=False)
    flow: Flow


@dataclass(frozen=True, slots=True)
class Rules:
    """What registering depends on besides the table."""

    table: AccountsTable
    keyring: Keyring
    choice: Choice
    organisation: str


def check(rules: Rules, email: str, password: str, language: str) -> Wish:
    """Return a wish whose address and password can be used.

    Raises:
        Refusal: ``fields_rejected`` for the address, ``password_rejected`` with the broken rules.
    """
    address = emails.required(email)
    context = (rules.organisation, SERVICE_NAME, address.partition("@")[0])
    broken = passwords.broken_rules(password, choice=rules.choice, context=context)
    if broken:
        raise Refusal("password_rejected", errors=_password_errors(broken))
    return Wish(address, password, language)


def start(rules: Rules, wish: Wish, *, repeat_key: str | None, now: int) -> Started:
    """Store a registration and have its code mailed; a repeated start gives the same flow."""
    password_hash = passwords.hash_password(wish.password)
    origin = flows.new_origin(rules.keyring, now=now, repeat_key=repeat_key, body=wish.text)
    flow = flows.first_issue(
        purpose="registration",
        flow_id=origin.flow_id,
        email=wish.email,
        language=wish.language,
        key_id=rules.keyring.current,
        now=now,
        password_hash=password_hash,
    )
    try:
        rules.table.start_flow(flow, origin.marker)
    except MarkerExists as repeat:
        flow_id = flows.repeated_id(
            rules.keyring, repeat_key=repeat_key or "", body=wish.text, nonce=repeat.nonce
        )
        return Started(flow_id, flows.find(rules.table, "registration", flow_id, now=now))
    return Started(origin.flow_id, flow)


def confirm(rules: Rules, flow_id: str, typed: str, *, now: int) -> Opened:
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
    opened = sessions.new_session(account, keep=False, now=now)
    try:
        rules.table.finish_registration(flow, account, opened.session)
    except ConditionFailed:
        # Nobody is told which: the flow was finished a moment ago, or the address has an account.
        raise Refusal("registration_finished") from None
    return opened


def _password_errors(broken: tuple[Rule, ...]) -> tuple[FieldError, ...]:
    policy = POLICY.password
    shown = {"minimum": policy.minimum_length, "maximum": policy.maximum_length}
    return tuple(FieldError("password", rule, "password", shown) for rule in broken)
