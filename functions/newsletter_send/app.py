"""Newsletter send: sends an edition to the accounts of each message, once to each, at its pace."""

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.table.subscribers import SubscribersTable
from newsreel.aws.keyring import read_keyring
from newsreel.aws.stored_secrets import reads_of
from newsreel.catalogue.table import CatalogueTable
from newsreel.lambda_runtime import log, queues
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.mail_table.editions import EditionsTable
from newsreel.mail_table.hold import is_held
from newsreel.mail_table.marks import MarksTable
from newsreel.newsletter.delivery import (
    EditionDesk,
    Mailing,
    NewsletterSender,
    People,
    Trail,
    run_name,
)
from newsreel.newsletter.send import Timing, Worker
from newsreel.newsletter.steps import Chunk, SqsQueue

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from newsreel.accounts.table.subscribers import Recipient
    from newsreel.mail_table.edition_records import Edition
    from newsreel.newsletter.mails import EditionMail


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    catalogue_table: str
    mail_table: str
    send_queue: str
    addresses_secret: str
    mail_domain: str
    newsletter_domain: str
    configuration_set: str
    trail_keys_secret: str
    unsubscribe_keys_secret: str
    newsletter_concurrency: int


settings = Settings.from_environment()
editions = EditionsTable(settings.mail_table)
catalogue = CatalogueTable(settings.catalogue_table)
read_ahead(*reads_of(settings.secrets))


def _worker(context: "LambdaContext") -> Worker:
    sender = NewsletterSender.of(settings)
    # Read before anything is claimed: a secret that cannot be read costs nobody a mail.
    trail_keys = read_keyring(settings.trail_keys_secret)
    unsubscribe_keys = read_keyring(settings.unsubscribe_keys_secret)
    return Worker(
        desk=EditionDesk(editions, catalogue, sender.identity),
        people=People(SubscribersTable(settings.accounts_table), settings.mail_table, trail_keys),
        marks=MarksTable(settings.mail_table),
        chunks=SqsQueue(settings.send_queue),
        is_held=lambda: is_held(settings.mail_table, now=clock.epoch()),
        deliver=Mailing(sender, unsubscribe_keys, trail_keys).deliver,
        note=Trail(settings.mail_table, trail_keys).note,
        timing=Timing(
            now=time.time,
            sleep=time.sleep,
            time_left=lambda: context.get_remaining_time_in_millis() / 1000,
        ),
        name=run_name(),
        workers=settings.newsletter_concurrency,
        domain=settings.newsletter_domain,
    )


def _send(body: str, context: "LambdaContext") -> str:
    worker = _worker(context)
    sent = 0

    def deliver(edition: "Edition", mail: "EditionMail", recipient: "Recipient") -> None:
        nonlocal sent
        worker.deliver(edition, mail, recipient)
        sent += 1

    try:
        return replace(worker, deliver=deliver).send(Chunk.read(body))
    finally:
        # An alarm reckons with it. Told of a chunk that is put back too: its mails have left.
        log.logger.info("newsletter mails", extra={"sent": sent})


def handler(event: dict[str, object], context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Send the chunk of each message, or put it back."""
    return queues.handle(event, what="newsletter chunk", run=lambda body: _send(body, context))
