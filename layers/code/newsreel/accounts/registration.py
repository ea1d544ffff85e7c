"""Decides how an address becomes an account: nothing is created before a code proves the address.

The work is the same for every address. Many registrations may be pending for one address, each with
its own password; the first right code opens the account and leaves the others unchanged.
"""

import secrets
from dataclasses import dataclass, field, replace

from newsreel.accounts import devices, email_address, flows, passwords, sessions
from newsreel.accounts.devices import Browser
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.flow_deps import FlowDeps, accept_password
from newsreel.accounts.flow_requests import FlowRequest, StartedFlow
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.records import Account, Notice
from newsreel.accounts.session_auth import SessionKey
from newsreel.accounts.sessions import NewSession
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import devices as device_items
from newsreel.accounts.table import email_reservations, notices, uses
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table import journal as journal_items
from newsreel.accounts.table import sessions as session_items
from newsreel.aws.transactions import ConditionFailed
from newsreel.budgets.requests import Owner
from newsreel.policy import POLICY
from newsreel.refusals import Refusal


@dataclass(frozen=True, slots=True)
class RegistrationRequest:
    """What a person asks for: an account for this address with this password."""

    email: EmailAddress
    password: str = field(repr=False)
    language: str

    @property
    def text(self) -> str:
        """Return the request as one text, to distinguish a repeated start from a new one."""
        return f"{self.email.text}\x1f{self.password}\x1f{self.language}"


def check(deps: FlowDeps, email: str, password: str, language: str) -> RegistrationRequest:
    """Validate address and password and return the request.

    Raises:
        Refusal: ``fields_rejected`` for the address, ``password_rejected`` with the broken rules.
    """
    address = email_address.required(email)
    accept_password(deps, password, address)
    return RegistrationRequest(address, password, language)


def start(
    deps: FlowDeps, registration_request: RegistrationRequest, *, repeat_key: str | None, now: int
) -> StartedFlow:
    """Store a registration and have its code mailed; a repeated start returns the same flow.

    Raises:
        Refusal: ``too_many_requests``, before the password is hashed.
    """
    address, body = registration_request.email, registration_request.text
    earlier = flows.find_repeated(
        deps.table, deps.keyring, "registration", body, repeat_key=repeat_key, now=now
    )
    if earlier is not None:
        return earlier
    opens_until = now + POLICY.code.flow_life
    flow_request = FlowRequest(
        "registration",
        address,
        registration_request.language,
        body=body,
        is_long=deps.budgets.mail(Owner(address.text), opens_until=opens_until, now=now),
        password_hash=passwords.hash_password(registration_request.password),
    )
    return flows.begin(deps.table, deps.keyring, flow_request, repeat_key=repeat_key, now=now)


def confirm(
    deps: FlowDeps,
    flow_id: str,
    typed: str,
    browser: Browser,
    *,
    replaced: SessionKey | None,
    now: int,
) -> NewSession:
    """Open the account of a registration whose code is right, and sign the person in.

    The session that the browser had, ``replaced``, ends.

    Raises:
        Refusal: as ``flows.check_code``; ``registration_finished`` if the address has an account.
    """
    table = deps.table
    flow = flows.check_code(
        table, deps.keyring, deps.budgets, "registration", flow_id, typed, now=now
    )
    account = Account(
        account_id=secrets.token_hex(16),
        email=flow.email,
        password_hash=flow.password_hash,
        language=flow.language,
        created_at=now,
    )
    token = devices.new_token()
    device = devices.device_hash(account.account_id, token)
    new_session = sessions.create_session(account, browser, token, keep=False, now=now)
    account = replace(account, session_list=sessions.first_in_list(new_session.session))
    ended = () if replaced is None else (replaced,)
    welcome = Notice.of(account.account_id, "welcome", now=now)
    event = JournalEntry.of(account.account_id, "registered", now=now, browser=browser.name)
    try:
        table.write(
            flow_items.finish_registration(table, flow, account.account_id),
            email_reservations.put_new(table, account.email, account.account_id, now=now),
            account_items.put_new(table, account),
            session_items.put(table, new_session.session),
            device_items.put(table, account.account_id, device, epoch=account.epoch, now=now),
            notices.put(table, welcome),
            journal_items.put(table, event),
            uses.put(table, account.account_id, new_session.session.expires_at),
            *(session_items.delete(table, one.account_id, one.session_hash) for one in ended),
        )
    except ConditionFailed:
        # One refusal for two cases: the flow has just been finished, or the address has an account.
        raise Refusal("registration_finished") from None
    return new_session
