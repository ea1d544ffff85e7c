"""Code issuance: sends every mail of a flow, from the accounts table's stream."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.mails.code_issuance import send_requested
from newsreel.accounts.records import MailRequest
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import read_keyring
from newsreel.lambda_runtime import streams
from newsreel.mail.ses_sender import SesSender
from newsreel.settings.code_issuance import Settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)


def _send(image: Mapping[str, object]) -> str:
    request = MailRequest.read({**image, "issue": int(str(image["issue"]))})
    keyring = read_keyring(settings.flow_keys_secret)
    return send_requested(table, keyring, SesSender.of(settings), request, now=clock.epoch())


def handler(event: dict[str, object], _context: "LambdaContext") -> None:
    """Send the mail that each record asks for; a failure raises, so the stream tries again."""
    streams.handle(event, entity="mail_request", send=_send)
