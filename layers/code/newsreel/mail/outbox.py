"""Decides how a mail leaves: SES version 1 ``SendRawEmail``, which keeps every header."""

from dataclasses import dataclass

from newsreel import clients
from newsreel.mail.message import House, Letter, compose


@dataclass(frozen=True, slots=True)
class Outbox:
    """Where mail goes out."""

    house: House
    configuration_set: str
    """Empty when the deployment has none."""

    def send(self, letter: Letter, *, to: str) -> None:
        """Send a letter to a stored address.

        Raises:
            botocore.exceptions.ClientError: SES refused it or was busy; the caller's event source
                tries again with backoff.
        """
        raw = compose(letter, to=to, house=self.house)
        source = f"codes@{self.house.mail_domain}"
        if self.configuration_set:
            clients.ses().send_raw_email(
                Source=source,
                Destinations=[to],
                RawMessage={"Data": raw},
                ConfigurationSetName=self.configuration_set,
            )
        else:
            clients.ses().send_raw_email(Source=source, Destinations=[to], RawMessage={"Data": raw})
