"""Decides how an account gets another address: not before a code proves it, and undoably.

The address before works until then, and stays reserved as long as the change can be undone. Work
and answers are the same whether or not the new address belongs to somebody; only the mail differs.
An account has one open change: another one replaces it, and a new password of any kind ends it.
"""

from dataclasses import dataclass, field, replace

from newsreel import clock
from newsreel.accounts import current_password, email_address, flow_ids, flows, own_browser
from newsreel.accounts.credential_records import EmailUndo
from newsreel.accounts.devices import Browser
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.flow_deps import FlowDeps
from newsreel.accounts.flow_requests import FlowRequest, StartedFlow
from newsreel.accounts.journal import JournalEntry
from newsreel.accounts.own_browser import OwnBrowser
from newsreel.accounts.records import Flow, Notice
from newsreel.accounts.session_auth import SessionKey
from newsreel.accounts.sessions import NewSession
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import email_reservations, email_undos, notices
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table import journal as journal_items
from newsreel.aws.transactions import ConditionFailed
from newsreel.budgets.requests import Owner
from newsreel.policy import POLICY
from newsreel.refusals import FieldError, Refusal


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """What a signed-in person asks for, in the browser of a session."""

    key: SessionKey
    browser: Browser
    address: EmailAddress
    """The address that the account has."""
    new_email: str
    password: str = field(repr=False)
    language: str


def start(deps: FlowDeps, asked: ChangeRequest, *, repeat_key: str | None, now: int) -> StartedFlow:
    """Store a change and have its code mailed to the new address; a repeat returns the same one.

    Raises:
        Refusal: ``fields_rejected`` for an invalid address or the account's own; as
            ``current_password.prove``; ``undo_open`` while the last change can be undone;
            ``too_many_requests``.
    """
    address = email_address.required(asked.new_email, name="new_email")
    if address == asked.address:
        raise Refusal("fields_rejected", errors=(FieldError("new_email", "same_email"),))
    body = f"{asked.key.account_id}\x1f{address.text}\x1f{asked.password}"
    earlier = flows.find_repeated(
        deps.table, deps.keyring, "email_change", body, repeat_key=repeat_key, now=now
    )
    if earlier is not None:
        return earlier
    own = current_password.prove(deps.table, asked.key, asked.browser, asked.password, now=now)
    with current_password.uncounted_if_refused(deps.table, own):
        _refuse_while_undoable(own.undo, now=now)
        opens_until = now + POLICY.code.flow_life
        is_long = deps.budgets.mail(Owner(address.text), opens_until=opens_until, now=now)
    flow_request = FlowRequest(
        "email_change",
        address,
        asked.language,
        body=body,
        is_long=is_long,
        account_id=own.account.account_id,
        account_epoch=own.account.epoch,
    )
    return _begin(deps, own, flow_request, repeat_key=repeat_key, now=now)


def _refuse_while_undoable(undo: EmailUndo | None, *, now: int) -> None:
    if undo is not None and now < undo.until:
        raise Refusal("undo_open", {"until": clock.rfc3339(undo.until)}, undo.until - now)


def _begin(
    deps: FlowDeps, own: OwnBrowser, flow_request: FlowRequest, *, repeat_key: str | None, now: int
) -> StartedFlow:
    table, account = deps.table, own.account
    event = JournalEntry.of(
        account.account_id, "email_change_started", now=now, browser=own.browser.name
    )
    replaced = account.email_change
    also = [current_password.uncount(table, own), journal_items.put(table, event)]
    if replaced:
        also.append(flow_items.forget_email_change(table, replaced))
    try:
        return flows.begin(
            table,
            deps.keyring,
            flow_request,
            repeat_key=repeat_key,
            now=now,
            also=lambda flow_hash: (
                account_items.begin_email_change(table, account, flow_hash),
                *also,
            ),
        )
    except ConditionFailed:
        # Another tab began a change, or everything ended; asking again tells which.
        raise Refusal("busy", retry_after=1) from None


def require_open(open_change: str, change_id: str) -> None:
    """Refuse what is not the one open change of an account, ``open_change``.

    Raises:
        Refusal: ``flow_over``.
    """
    if not open_change or flow_ids.flow_hash(change_id) != open_change:
        raise Refusal("flow_over")


def confirm(
    deps: FlowDeps, key: SessionKey, browser: Browser, change_id: str, typed: str, *, now: int
) -> NewSession:
    """Give the account the address whose code is right, and end every other session.

    Raises:
        Refusal: as ``flows.check_code``; ``flow_over`` if another account got the address
            meanwhile, or everything of this one ended; ``not_signed_in``.
    """
    flow = flows.check_code(
        deps.table, deps.keyring, deps.budgets, "email_change", change_id, typed, now=now
    )
    own = own_browser.find(deps.table, key, browser)
    before = own.account
    if (before.account_id, before.epoch) != (flow.account_id, flow.account_epoch):
        raise Refusal("flow_over")
    after = replace(before, email=flow.email, epoch=before.epoch + 1, email_change="")
    renewed = own_browser.renew(own, after, now=now)
    try:
        _write_change(deps, flow, own, renewed, now=now)
    except ConditionFailed:
        raise Refusal("flow_over") from None
    return renewed


def _write_change(
    deps: FlowDeps, flow: Flow, own: OwnBrowser, renewed: NewSession, *, now: int
) -> None:
    table, before = deps.table, own.account
    undo = EmailUndo(
        account_id=before.account_id,
        email=before.email,
        change=flow.flow_hash,
        key_id=deps.keyring.current,
        until=now + POLICY.code.undo_life,
    )
    notice = Notice.of(
        before.account_id, "email_changed", now=now, facts={"change": flow.flow_hash}
    )
    event = JournalEntry.of(before.account_id, "email_changed", now=now, browser=own.browser.name)
    table.write(
        flow_items.finish_email_change(table, flow),
        email_reservations.put_new(table, flow.email, before.account_id, now=now),
        account_items.change_email(table, before, renewed.account, now=now),
        email_reservations.hold(table, undo),
        email_undos.put_new(table, undo, now=now),
        *own_browser.entries(table, own, renewed, now=now),
        notices.put(table, notice),
        journal_items.put(table, event),
    )
