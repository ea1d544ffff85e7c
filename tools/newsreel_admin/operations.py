"""Decides which acts on an account the operator has commands for; none shows or chooses a secret.

`python -m tools.newsreel_admin show jane@example.org`. Each use is in the account's journal.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeAlias

import click
from newsreel.accounts import operator
from newsreel.accounts.deletion import DeletionDeps
from newsreel.accounts.email_address import EmailAddress, EmailError
from newsreel.accounts.operator import AccountState
from newsreel.accounts.records import Account
from newsreel.accounts.table.base import AccountsTable
from newsreel.refusals import Refusal

from tools.newsreel_admin.delivery import read_ring
from tools.newsreel_admin.deployment import Deployment

_Act: TypeAlias = Callable[[DeletionDeps, Account, int], None]
_KINDS = {
    "session": "sessions, some perhaps ended",
    "device": "known browsers",
    "access_key": "access keys",
    "consent": "consents",
    "download": "downloads",
    "notice": "notices of two weeks",
    "journal": "events in the journal",
}


def commands() -> list[click.Command]:
    """Return the commands on an account."""
    return [
        _command("show", "Tell how the account of ADDRESS stands.", _show),
        _command("end-sessions", "Log the account of ADDRESS out everywhere.", _end_sessions),
        _command(
            "start-reset",
            "Make the password of ADDRESS worthless and ask its owner by mail to reset it.",
            _start_reset,
        ),
        _command(
            "grant",
            "Give ADDRESS the role of the press office, which nothing asks for yet.",
            _grant,
        ),
        _command("take", "Take the role of the press office from ADDRESS.", _take),
        _command("delete", "Delete the account of ADDRESS for good.", _delete, asks=True),
        _mail_command("suppress", "Hold all mail to ADDRESS back until it is released.", held=True),
        _mail_command("release", "Lift whatever holds mail to ADDRESS back.", held=False),
    ]


def parse(address: str) -> EmailAddress:
    """Return an address as it was typed in its canonical form.

    Raises:
        click.BadParameter: it is none.
    """
    try:
        return EmailAddress.parse(address)
    except EmailError as error:
        raise click.BadParameter(f"this is no address: {error}") from None


def _command(name: str, words: str, act: _Act, *, asks: bool = False) -> click.Command:
    def run(address: str, stack: str | None, *, yes: bool = True) -> None:
        canonical, deps = parse(address), _deps(stack)
        account = operator.find(deps, canonical)
        if account is None:
            raise click.ClickException("No account has this address.")
        if not yes:
            click.confirm("Delete the account and all that is kept of it?", abort=True)
        _attempt(lambda: act(deps, account, int(time.time())))

    return _with_parameters(name, words, run, asks=asks)


def _mail_command(name: str, words: str, *, held: bool) -> click.Command:
    def run(address: str, stack: str | None) -> None:
        canonical, deps = parse(address), _deps(stack)
        _attempt(lambda: operator.hold(deps, canonical, held=held, now=int(time.time())))
        click.echo("No mail goes to it." if held else "Nothing holds mail to it back.")

    return _with_parameters(name, words, run)


def _with_parameters(
    name: str, words: str, run: Callable[..., None], *, asks: bool = False
) -> click.Command:
    parameters: list[click.Parameter] = [
        click.Argument(["address"]),
        click.Option(
            ["--stack"], metavar="NAME", help="The stack to ask; without it, the local one."
        ),
    ]
    if asks:
        parameters.append(click.Option(["--yes"], is_flag=True, help="Do not ask."))
    return click.Command(name, callback=run, params=parameters, help=words)


def _deps(stack: str | None) -> DeletionDeps:
    deployment = Deployment.named(stack) if stack else Deployment.local()
    deployment.become_default()
    outputs = deployment.outputs
    table = AccountsTable(outputs["AccountsTable"])
    return DeletionDeps(table, outputs["MailTable"], read_ring(deployment))


def _attempt(act: Callable[[], None]) -> None:
    try:
        act()
    except Refusal as refusal:
        raise click.ClickException(
            f"Not done ({refusal.code}): the account changed meanwhile. Try again."
        ) from None


def _show(deps: DeletionDeps, account: Account, now: int) -> None:
    for line in _lines(operator.show(deps, account, now=now)):
        click.echo(line)


def _lines(state: AccountState) -> list[str]:
    account = state.account
    lines = [
        f"Account       {account.account_id}",
        f"Opened        {_utc(account.created_at)}",
        f"Language      {account.language}",
        f"Newsletter    {'yes' if account.newsletter else 'no'}",
        f"Terms         {account.terms_version or 'none accepted'}",
        f"Role          {account.role or 'none'}",
    ]
    if account.reset_required_at:
        lines.append(f"Password      worthless since {_utc(account.reset_required_at)}")
    if account.closing_at:
        lines.append(f"Deletion      begun {_utc(account.closing_at)}")
    counted = [
        f"{state.kinds[kind]} {words}" for kind, words in _KINDS.items() if kind in state.kinds
    ]
    return [*lines, f"Kept          {', '.join(counted)}"]


def _end_sessions(deps: DeletionDeps, account: Account, now: int) -> None:
    operator.end_sessions(deps, account, now=now)
    click.echo("Logged out everywhere; the password still works.")


def _start_reset(deps: DeletionDeps, account: Account, now: int) -> None:
    operator.start_reset(deps, account, now=now)
    click.echo("Logged out everywhere; a mail asks the owner to choose a new password.")


def _grant(deps: DeletionDeps, account: Account, now: int) -> None:
    operator.set_role(deps, account, operator.PRESS_OFFICE, now=now)
    click.echo("Has the role of the press office. No page and no route asks for it yet:")
    click.echo("uploads and receipts need the stack's PressOfficePolicy.")


def _take(deps: DeletionDeps, account: Account, now: int) -> None:
    operator.set_role(deps, account, "", now=now)
    click.echo("Has no role.")


def _delete(deps: DeletionDeps, account: Account, now: int) -> None:
    operator.delete(deps, account, now=now)
    click.echo("Deleted; a last mail tells the owner.")


def _utc(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
