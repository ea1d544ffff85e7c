"""Decides how a mail leaves: SES version 1 ``SendRawEmail``, which keeps every header."""

import secrets
from collections.abc import Mapping
from time import monotonic, sleep
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

from botocore.exceptions import BotoCoreError, ClientError

from newsreel.aws import clients
from newsreel.aws.addresses import read_addresses
from newsreel.mail.message import UNASKED, Mail, Manner, SenderIdentity, compose
from newsreel.mail.ses_refusals import classify

if TYPE_CHECKING:
    from mypy_boto3_ses.type_defs import SendRawEmailRequestTypeDef

_WAITS = (1, 2, 4, 8)
"""Seconds, each shortened by chance to half of it at most."""
_LAST_TRY_BEGINS = 16
"""Seconds after the first. A silent SES costs 10 more, and the function has 30."""


class MailSettings(Protocol):
    """The settings of a function that sends mail."""

    @property
    def organisation(self) -> str:
        """Return who writes."""

    @property
    def mail_domain(self) -> str:
        """Return the domain that mail comes from."""

    @property
    def addresses_secret(self) -> str:
        """Return the SSM parameter that holds the service's own addresses."""

    @property
    def configuration_set(self) -> str:
        """Return SES's configuration set; empty when the deployment has none."""


class SesSender(NamedTuple):
    """Where mail goes out."""

    identity: SenderIdentity
    configuration_set: str
    """Empty when the deployment has none."""

    @classmethod
    def of(cls, settings: MailSettings) -> Self:
        """Return the outbox by a function's settings; the addresses are read once."""
        own = read_addresses(settings.addresses_secret)
        identity = SenderIdentity(
            settings.organisation, settings.mail_domain, own.site_url, own.contact_email
        )
        return cls(identity, settings.configuration_set)

    def send(
        self, letter: Mail, *, to: str, tags: Mapping[str, str], manner: Manner = UNASKED
    ) -> str:
        """Send a letter to a stored or proved address and return SES's id of it.

        Raises:
            botocore.exceptions.ClientError: SES did not take it (``mail.ses_refusals``).
        """
        return hand_over(
            compose(letter, to=to, identity=self.identity, manner=manner),
            source=f"{manner.desk}@{self.identity.mail_domain}",
            to=to,
            tags=tags,
            which=letter.kind,
            configuration_set=self.configuration_set,
        )

    def send_patiently(self, letter: Mail, *, to: str, tags: Mapping[str, str]) -> str:
        """Send as ``send``, and wait and try again while SES is busy: 15 seconds in all.

        A person waits for this mail, and the event source's next try comes later.

        Raises:
            botocore.exceptions.ClientError, BotoCoreError: as ``send``; it is busy still.
        """
        began = monotonic()
        for longest in _WAITS:
            wait = longest * (0.5 + secrets.randbelow(500) / 1000)
            try:
                return self.send(letter, to=to, tags=tags)
            except (ClientError, BotoCoreError) as error:
                is_busy = classify(error, own_domain=self.identity.mail_domain) == "busy"
                if not is_busy or monotonic() - began + wait > _LAST_TRY_BEGINS:
                    raise
            sleep(wait)
        return self.send(letter, to=to, tags=tags)


def hand_over(
    raw: bytes,
    *,
    source: str,
    to: str,
    tags: Mapping[str, str],
    which: str,
    configuration_set: str,
) -> str:
    """Hand one mail to SES, once, and return SES's id of it.

    ``tags`` (letters, digits, ``_`` and ``-``) come back with every event about the mail. They are
    no header: the addressee does not get them. SES makes its header ``Feedback-ID`` of two more, by
    which Google's Postmaster Tools count complaints: the tag ``kind``, and ``which`` mail of that
    kind it is. The header itself belongs to SES, which replaces what a mail brings.

    Raises:
        botocore.exceptions.ClientError: SES did not take it (``mail.ses_refusals``).
    """
    tagged = {**tags, "ses:feedback-id-a": tags["kind"], "ses:feedback-id-b": which}
    request: SendRawEmailRequestTypeDef = {
        "Source": source,
        "Destinations": [to],
        "RawMessage": {"Data": raw},
        "Tags": [{"Name": name, "Value": value} for name, value in tagged.items()],
    }
    if configuration_set:
        request["ConfigurationSetName"] = configuration_set
    return clients.ses().send_raw_email(**request)["MessageId"]
