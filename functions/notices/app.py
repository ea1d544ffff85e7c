"""Notices: sends every transactional mail outside a flow, from the accounts table's stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.mails.mail_deps import MailDeps
from newsreel.accounts.mails.notices import send_notice
from newsreel.accounts.records import Notice
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import read_keyring
from newsreel.aws.stored_secrets import reads_of
from newsreel.lambda_runtime import streams
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    mail_table: str
    flow_keys_secret: str
    trail_keys_secret: str
    addresses_secret: str
    mail_domain: str
    configuration_set: str


settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)
read_ahead(*reads_of(settings.secrets))


def _send(image: Mapping[str, object]) -> str:
    notice = Notice.read({**image, "requested_at": int(str(image["requested_at"]))})
    return send_notice(
        MailDeps.of(settings, table),
        lambda: read_keyring(settings.flow_keys_secret),
        notice,
        now=clock.epoch(),
    )


def handler(event: dict[str, object], _context: "LambdaContext") -> None:
    """Send the notice that each record asks for; a failure raises, so the stream tries again."""
    streams.handle(event, entity="notice", send=_send)
