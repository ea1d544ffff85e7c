"""Decides what "This was not me" does: it voids the flow and mutes code mails to the address.

Only the button does it, for mail scanners open links. The mute is a fact about the mailbox: nothing
differs by whether it has an account, and a browser that the account knows is not held back.
"""

from typing import Literal, NamedTuple, TypeAlias

from newsreel.accounts import not_me_tokens
from newsreel.accounts.codes import Purpose
from newsreel.accounts.not_me_tokens import NotMe
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import Keyring
from newsreel.mail_table import held_back, suppression
from newsreel.policy import POLICY
from newsreel.refusals import Refusal

Mute: TypeAlias = Literal["day", "month", "off"]
"""For how long code mails are held back; ``off`` takes it back."""


class NotMeDeps(NamedTuple):
    """The two tables, and the ring that links are sealed and addresses are named with."""

    accounts: AccountsTable
    mail_table: str
    trail_keys: Keyring


class MuteState(NamedTuple):
    """What a link leads to, and until when its address is muted; 0 if it is not."""

    purpose: Purpose | None
    muted_until: int


def look(deps: NotMeDeps, token: str, *, now: int) -> MuteState:
    """Return how the address of a link stands, and change nothing.

    Raises:
        Refusal: ``no_such_mail``.
    """
    mail = _mail_of(deps, token, now=now)
    found = suppression.read_many(deps.mail_table, [mail.who]).get(mail.who, suppression.NONE)
    return MuteState(mail.purpose, found.muted_until if found.is_muted(now=now) else 0)


def press(deps: NotMeDeps, token: str, mute: Mute, *, now: int) -> MuteState:
    """Void the flow of a link and mute its address, or end the mute; a repetition changes nothing.

    The flow stays void when the mute is taken back.

    Raises:
        Refusal: ``no_such_mail``; ``busy``.
    """
    mail = _mail_of(deps, token, now=now)
    if mute == "off":
        held_back.mute(deps.mail_table, mail.who, until=0, now=now)
        return MuteState(mail.purpose, 0)
    if mail.purpose is not None:
        flow_items.void(deps.accounts, mail.purpose, mail.flow_hash, now=now)
    policy = POLICY.not_me
    until = now + (policy.long_mute if mute == "month" else policy.mute)
    held_back.mute(deps.mail_table, mail.who, until=until, now=now)
    return MuteState(mail.purpose, until)


def _mail_of(deps: NotMeDeps, token: str, *, now: int) -> NotMe:
    mail = not_me_tokens.unseal(token, deps.trail_keys, now=now)
    if mail is None:
        raise Refusal("no_such_mail")
    return mail
