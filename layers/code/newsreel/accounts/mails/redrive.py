"""Decides what becomes of mails that wait: asked for again while they are of use, else dropped.

It runs every five minutes, so when SES takes mail again, nobody has to act.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from newsreel.accounts.table import mail_state
from newsreel.accounts.table.base import AccountsTable
from newsreel.mail_table import waiting

Outcome: TypeAlias = Literal["asked_again", "dropped", "needed_no_more"]


@dataclass(slots=True)
class Redriven:
    """How many mails waited, how many came to what, and how long the oldest had waited."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    waiting: int = 0
    oldest: int = 0
    """In seconds; 0 if none waited."""


def redrive(accounts: AccountsTable, mail_table: str, *, now: int) -> Redriven:
    """Ask again for every mail that waits and return what came of it.

    May be broken off and run again at any time: a request leaves the list after it was written.
    """
    found = Redriven()
    for mail in waiting.read(mail_table):
        found.waiting += 1
        found.oldest = max(found.oldest, now - mail.asked_at)
        useful = now < mail.useful_until
        state: Literal["requested", "dropped"] = "requested" if useful else "dropped"
        changed = mail_state.ask_again(accounts, mail.request, state, now=now)
        waiting.take_off(mail_table, mail)
        if changed:
            found.outcomes["asked_again" if useful else "dropped"] += 1
        else:
            found.outcomes["needed_no_more"] += 1
    return found
