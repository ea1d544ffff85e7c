"""Inbound mail: does what the mails that SES received ask for."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.email_address import canonicalise
from newsreel.accounts.mails.incoming import Desk, follow
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import read_keyring
from newsreel.aws.stored_secrets import reads_of
from newsreel.lambda_runtime import log, queues
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.mail.inbound import Rules, decide
from newsreel.mail.inbound_store import read_headers
from newsreel.mail.received import read_notification
from newsreel.mail.ses_sender import SesSender
from newsreel.newsletter.tokens import unseal

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    mail_table: str
    addresses_secret: str
    mail_domain: str
    newsletter_domain: str
    configuration_set: str
    trail_keys_secret: str
    unsubscribe_keys_secret: str


settings = Settings.from_environment()
accounts = AccountsTable(settings.accounts_table)
read_ahead(*reads_of(settings.secrets))


def _take(body: str) -> str:
    mail = read_notification(body)
    if mail is None:
        return "other_notification"
    log.identify(received_mail=mail.message_id)  # SES's id, which names the stored object
    headers = read_headers(mail)
    if headers is None:
        return "headers_too_large"
    rules = Rules(
        domains=frozenset(filter(None, (settings.mail_domain, settings.newsletter_domain))),
        canonicalise=canonicalise,
        unseal=partial(unseal, keyring=read_keyring(settings.unsubscribe_keys_secret)),
    )
    desk = Desk(
        accounts,
        settings.mail_table,
        read_keyring(settings.trail_keys_secret),
        SesSender.of(settings),
    )
    return follow(desk, mail.message_id, decide(mail, headers, rules), now=clock.epoch())


def handler(event: dict[str, object], _context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Take each mail of the queue by itself; one that failed comes again."""
    return queues.handle(event, what="incoming mail", run=_take)
