"""What sending a mail to a person depends on: tables, the keyed names of addresses, the sender."""

from typing import NamedTuple, Protocol, Self

from newsreel import clock
from newsreel.accounts import codes
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import Keyring, read_keyring
from newsreel.mail.ses_sender import MailSettings, SesSender
from newsreel.mail_table import suppression
from newsreel.mail_table.suppression import Suppression
from newsreel.mail_table.trail import Kind, Step
from newsreel.mail_table.who import all_of, who_of

NO_ACCOUNT = "none"
"""Stands for the account of an address that has none, so that every code mail has the same tags."""


def code_mail_id(flow_hash: str, issue: int) -> str:
    """Return what names a code mail in the trail: first the reference that people read out."""
    return f"{codes.reference(flow_hash, issue)}-{issue}-{flow_hash[:12]}"


class SendingSettings(MailSettings, Protocol):
    """The settings of a function that sends mail to people."""

    @property
    def mail_table(self) -> str:
        """Return the name of the mail table."""

    @property
    def trail_keys_secret(self) -> str:
        """Return the name of the secret that holds the keys of addresses' names."""


class MailDeps(NamedTuple):
    """The tables, the keys and the sender."""

    accounts: AccountsTable
    mail_table: str
    trail_keys: Keyring
    sender: SesSender

    @classmethod
    def of(cls, settings: SendingSettings, accounts: AccountsTable) -> Self:
        """Return them by a function's settings; keys and addresses are read once."""
        keys = read_keyring(settings.trail_keys_secret)
        return cls(accounts, settings.mail_table, keys, SesSender.of(settings))

    def who(self, address: EmailAddress) -> str:
        """Return the name of an address in the mail table."""
        return who_of(address.text, self.trail_keys)

    def suppression(self, address: EmailAddress, *, now: int) -> Suppression:
        """Return what an address is suppressed by, under any key of the ring."""
        return suppression.read(self.mail_table, all_of(address.text, self.trail_keys), now=now)

    def step(
        self,
        address: EmailAddress,
        kind: Kind,
        mail_id: str,
        step: str,
        *,
        about: str,
        account: str,
        now: int,
    ) -> Step:
        """Return a step that is taken now; ``account`` is "" where there is none."""
        sent = clock.rfc3339(now)
        return Step(self.who(address), kind, mail_id, step, sent, now, about=about, account=account)
