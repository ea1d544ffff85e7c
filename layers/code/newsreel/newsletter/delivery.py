"""Decides how editions leave: from an address and a configuration set of their own, asked once."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, Self

from newsreel import clock
from newsreel.accounts.table.subscribers import Recipient, SubscribersTable
from newsreel.aws import clients
from newsreel.aws.addresses import read_addresses
from newsreel.aws.keyring import Keyring
from newsreel.mail.ses_sender import MailSettings, hand_over
from newsreel.mail_table import suppression, trail, who
from newsreel.mail_table.edition_records import Edition, EditionVideo
from newsreel.mail_table.editions import EditionsTable
from newsreel.mail_table.trail import Step
from newsreel.newsletter import tokens
from newsreel.newsletter.content import still_published
from newsreel.newsletter.mails import EditionMail, NewsletterIdentity, compose, with_banner, write
from newsreel.newsletter.plan import Quota
from newsreel.newsletter.refused import Refused
from newsreel.newsletter.states import Approval
from newsreel.policy import HOUR, POLICY
from newsreel.texts import messages

if TYPE_CHECKING:
    from newsreel.catalogue.table import CatalogueTable

_RULES = POLICY.newsletter


class NewsletterSettings(MailSettings, Protocol):
    """The settings of a function that sends editions."""

    @property
    def newsletter_domain(self) -> str:
        """Return the domain that editions come from."""


@dataclass(frozen=True, slots=True)
class NewsletterSender:
    """Where editions leave."""

    identity: NewsletterIdentity
    configuration_set: str
    """Empty when the deployment has none."""

    @classmethod
    def of(cls, settings: NewsletterSettings) -> Self:
        """Return the sender by a function's settings; the addresses are read once."""
        identity = NewsletterIdentity(
            settings.organisation,
            settings.newsletter_domain,
            settings.mail_domain,
            read_addresses(settings.addresses_secret).site_url,
        )
        return cls(identity, settings.configuration_set)

    def send(self, raw: bytes, *, to: str, tags: Mapping[str, str], which: str) -> None:
        """Hand one mail to SES, once; ``which`` names it in complaints.

        Raises:
            botocore.exceptions.ClientError: SES refused it.
        """
        hand_over(
            raw,
            source=self.identity.sender,
            to=to,
            tags={"kind": "newsletter", **tags},
            which=which,
            configuration_set=self.configuration_set,
        )

    def send_preview(self, edition: Edition, *, to: str, approval: Approval) -> None:
        """Send an edition in every language to the press office."""
        for language in messages.LANGUAGES:
            mail = write(edition, edition.videos, language, self.identity)
            shown = with_banner(mail, edition, approval, edition.recipients)
            raw = compose(shown, to=to, token=None, identity=self.identity)
            self.send(raw, to=to, tags={"edition": edition.edition_id}, which="preview")


@dataclass(frozen=True, slots=True)
class Mailing:
    """Writes an edition's mail to one person and sends it."""

    sender: NewsletterSender
    unsubscribe_keys: Keyring
    trail_keys: Keyring

    def deliver(self, edition: Edition, mail: EditionMail, recipient: Recipient) -> None:
        """Send an edition to one person.

        Raises:
            ValueError: no header can hold the address.
            botocore.exceptions.ClientError: SES refused it.
        """
        token = tokens.seal(recipient.account_id, self.unsubscribe_keys)
        identity = self.sender.identity
        raw = compose(mail, to=recipient.email, token=token, identity=identity)
        tags = {
            "who": who.who_of(recipient.email, self.trail_keys),
            "account": recipient.account_id,
            "edition": edition.edition_id,
        }
        self.sender.send(raw, to=recipient.email, tags=tags, which=edition.edition_id)


@dataclass(frozen=True, slots=True)
class Trail:
    """Where it is kept what became of an edition's mail to an address."""

    mail_table: str
    keys: Keyring

    def note(self, edition: Edition, recipient: Recipient, step: str) -> None:
        """Keep a step that is taken now."""
        now = clock.epoch()
        name = who.who_of(recipient.email, self.keys)
        sent = clock.rfc3339(now)
        account = recipient.account_id
        trail.keep(
            self.mail_table,
            Step(name, "newsletter", edition.edition_id, step, sent, now, account=account),
        )


@dataclass(frozen=True, slots=True)
class People:
    """To whom an edition goes, read from the tables."""

    subscribers: SubscribersTable
    mail_table: str
    trail_keys: Keyring

    def read(self, account_ids: Collection[str]) -> dict[str, Recipient]:
        """Return those who want the newsletter now."""
        return self.subscribers.read(account_ids)

    def suppressed(self, recipients: Collection[Recipient]) -> frozenset[str]:
        """Return the account ids of those whose addresses get no newsletter for now."""
        names = {one.account_id: who.all_of(one.email, self.trail_keys) for one in recipients}
        every = [name for some in names.values() for name in some]
        found = suppression.read_suppressed(self.mail_table, every, now=clock.epoch())
        return frozenset(account_id for account_id, some in names.items() if found & set(some))


@dataclass(frozen=True, slots=True)
class EditionDesk:
    """What an edition is and says, read from the tables."""

    editions: EditionsTable
    catalogue: "CatalogueTable"
    identity: NewsletterIdentity

    def read(self, edition_id: str) -> Edition | None:
        """Return an edition as it is now."""
        return self.editions.read(edition_id)

    def still_published(self, edition: Edition) -> Sequence[EditionVideo]:
        """Return those of its videos that the public may see now."""
        return still_published(self.catalogue, edition.videos, now=clock.epoch())

    def write(self, edition: Edition, videos: Sequence[EditionVideo], language: str) -> EditionMail:
        """Return an edition's words in a language."""
        return write(edition, videos, language, self.identity)

    def stop(self, edition: Edition, why: Refused | Literal["withdrawn"]) -> None:
        """Hold or cancel an edition; a change made meanwhile wins."""
        now = clock.epoch()
        if why == "withdrawn":
            self.editions.save(edition, state="cancelled", state_at=now, reason="withdrawn")
        elif why == "quota":
            until = now + HOUR
            self.editions.save(
                edition, state="held", state_at=now, reason="quota_spent", held_until=until
            )
        else:
            until = now + _RULES.stopped_wait
            self.editions.save(
                edition, state="held", state_at=now, reason="stopped", held_until=until
            )


def fits(edition: Edition, identity: NewsletterIdentity) -> bool:
    """Tell whether an edition's mails stay under the size at which mail programs cut them."""
    longest = "a" * 64 + "@" + "b" * 185 + ".org"
    token = "t" * 60
    return all(
        len(
            compose(
                write(edition, edition.videos, language, identity),
                to=longest,
                token=token,
                identity=identity,
            )
        )
        < _RULES.largest_mail
        for language in messages.LANGUAGES
    )


def read_quota() -> Quota:
    """Return what SES allows now."""
    answer = clients.ses().get_send_quota()
    return Quota(answer["Max24HourSend"], answer["MaxSendRate"], answer["SentLast24Hours"])


def run_name() -> str:
    """Return a name for one run of a worker."""
    return secrets.token_hex(8)
