"""Code issuance: sends every mail of a flow, from the accounts table's stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.mails.code_issuance import send_requested
from newsreel.accounts.records import MailRequest
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import read_keyring
from newsreel.lambda_runtime import streams
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.mail.ses_sender import SesSender

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    flow_keys_secret: str
    addresses_parameter: str
    mail_domain: str
    configuration_set: str


settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)


def _send(image: Mapping[str, object]) -> str:
    request = MailRequest.read({**image, "issue": int(str(image["issue"]))})
    keyring = read_keyring(settings.flow_keys_secret)
    return send_requested(table, keyring, SesSender.of(settings), request, now=clock.epoch())


def handler(event: dict[str, object], _context: "LambdaContext") -> None:
    """Send the mail that each record asks for; a failure raises, so the stream tries again."""
    streams.handle(event, entity="mail_request", send=_send)
