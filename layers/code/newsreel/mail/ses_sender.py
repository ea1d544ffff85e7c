"""Decides how a mail leaves: SES version 1 ``SendRawEmail``, which keeps every header."""

from dataclasses import dataclass
from typing import Protocol, Self

from newsreel.aws import clients
from newsreel.aws.addresses import read_addresses
from newsreel.mail.message import UNASKED, Mail, Manner, SenderIdentity, compose


class MailSettings(Protocol):
    """The settings of a function that sends mail."""

    @property
    def organisation(self) -> str:
        """Return who writes."""

    @property
    def mail_domain(self) -> str:
        """Return the domain that mail comes from."""

    @property
    def addresses_parameter(self) -> str:
        """Return the SSM parameter that holds the service's own addresses."""

    @property
    def configuration_set(self) -> str:
        """Return SES's configuration set; empty when the deployment has none."""


@dataclass(frozen=True, slots=True)
class SesSender:
    """Where mail goes out."""

    identity: SenderIdentity
    configuration_set: str
    """Empty when the deployment has none."""

    @classmethod
    def of(cls, settings: MailSettings) -> Self:
        """Return the outbox by a function's settings; the addresses are read once."""
        site_url = read_addresses(settings.addresses_parameter).site_url
        identity = SenderIdentity(settings.organisation, settings.mail_domain, site_url)
        return cls(identity, settings.configuration_set)

    def send(self, letter: Mail, *, to: str, manner: Manner = UNASKED) -> None:
        """Send a letter to a stored or proved address.

        Raises:
            botocore.exceptions.ClientError: SES refused it or was busy; the caller's event source
                tries again with backoff.
        """
        raw = compose(letter, to=to, identity=self.identity, manner=manner)
        source = f"{manner.desk}@{self.identity.mail_domain}"
        if self.configuration_set:
            clients.ses().send_raw_email(
                Source=source,
                Destinations=[to],
                RawMessage={"Data": raw},
                ConfigurationSetName=self.configuration_set,
            )
        else:
            clients.ses().send_raw_email(Source=source, Destinations=[to], RawMessage={"Data": raw})
