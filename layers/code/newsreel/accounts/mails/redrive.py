"""Decides what becomes of mails that wait: asked for again while they are of use, else dropped.

It runs every five minutes, so when SES takes mail again, nobody has to act.
"""

from collections import Counter
from typing import Literal, TypeAlias

from newsreel.accounts.table import mail_state
from newsreel.accounts.table.base import AccountsTable
from newsreel.mail_table import waiting

Outcome: TypeAlias = Literal["asked_again", "dropped", "needed_no_more"]


def redrive(accounts: AccountsTable, mail_table: str, *, now: int) -> Counter[Outcome]:
    """Ask again for every mail that waits and return how many came to what.

    May be broken off and run again at any time: a request leaves the list after it was written.
    """
    counted: Counter[Outcome] = Counter()
    for mail in waiting.read(mail_table):
        useful = now < mail.useful_until
        state: Literal["requested", "dropped"] = "requested" if useful else "dropped"
        changed = mail_state.ask_again(accounts, mail.request, state, now=now)
        waiting.take_off(mail_table, mail)
        if changed:
            counted["asked_again" if useful else "dropped"] += 1
        else:
            counted["needed_no_more"] += 1
    return counted
