"""Decides how an operator looks after accounts: `python -m tools.newsreel_admin why <address>`.

The address is never stored: it is turned into its keyed name, as the service itself does it.
"""

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import click
from rich import box
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "code"))

from newsreel.policy import DAY, POLICY

from tools.aws_refusals import told_in_words
from tools.newsreel_admin import delivery, operations
from tools.newsreel_admin.delivery import Told
from tools.newsreel_admin.deployment import Deployment


@click.group(help="Look after the accounts of a deployment of Newsreel.")
def main() -> None:
    """Hold the commands."""


for command in operations.commands():
    main.add_command(command)


@main.command()
@click.argument("address")
@click.option("--stack", metavar="NAME", help="The stack to ask; without it, the local one.")
def why(address: str, stack: str | None) -> None:
    """Tell what happened to every mail to ADDRESS in the last two weeks."""
    canonical = operations.parse(address)
    deployment = Deployment.named(stack) if stack else Deployment.local()
    _show(Console(), delivery.read(deployment, canonical.text), now=int(time.time()))


def _show(console: Console, told: Told, *, now: int) -> None:
    if not told.steps:
        days = POLICY.retention.trail // DAY
        console.print(f"No mail went to this address in {days} days, or none was asked for.")
    else:
        console.print(_steps(told))
    for line in _sentences(told, now=now):
        console.print(line, markup=False)


def _steps(told: Told) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for name in ("When (UTC)", "Mail", "Ref.", "Step", "Detail"):
        table.add_column(name, no_wrap=True)
    table.add_column("SES id", overflow="ellipsis")
    mail_id = ""
    for step in told.steps:
        # An empty line between mails, and the name of each once.
        is_new = step.mail_id != mail_id
        if is_new and mail_id:
            table.add_row()
        mail_id = step.mail_id
        named = (step.mail, step.reference) if is_new else ("", "")
        table.add_row(_utc(step.at), *named, step.step, step.detail, step.ses_id)
    return table


def _sentences(told: Told, *, now: int) -> list[str]:
    """Return what holds mail back at this moment, one sentence each."""
    lines = []
    one = told.suppression
    if one and one.held_at:
        return [f"The operator holds all mail to it back, since {_utc(one.held_at)}."]
    if one and one.is_muted(now=now):
        until = _utc(one.muted_until)
        lines.append(f"Its owner muted codes that others ask for, until {until}.")
    if one and one.blocks_codes(now=now):
        lines.append(f"No code goes to it for now: it bounced {one.bounces} time(s).")
    if one and one.blocks_notices:
        lines.append(f"No notice goes to it, because of a {one.reason}.")
    if one and one.blocks_newsletter(now=now):
        until = f"until {_utc(one.until)}" if one.until else "until it is lifted"
        lines.append(f"No newsletter goes to it {until}, because of a {one.reason}.")
    if now < told.hold_until:
        lines.append(f"Newsletters wait until {_utc(told.hold_until)}: SES is {told.hold_reason}.")
    return lines or ["Nothing holds mail to it back."]


def _utc(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"


if __name__ == "__main__":
    with told_in_words():
        main()
