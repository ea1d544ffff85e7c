"""Code issuance: sends every mail of a flow, from the accounts table's stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.mails.code_issuance import send_requested
from newsreel.accounts.mails.mail_deps import MailDeps
from newsreel.accounts.records import MailRequest
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import read_keyring
from newsreel.aws.stored_secrets import reads_of
from newsreel.lambda_runtime import metrics, streams
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
    numbers = {name: int(str(image[name])) for name in ("issue", "requested_at")}
    request = MailRequest.read({**image, **numbers})
    keyring = read_keyring(settings.flow_keys_secret)
    outcome = send_requested(MailDeps.of(settings, table), keyring, request, now=clock.epoch())
    metrics.count("CodesHandled")
    if outcome == "sent":
        metrics.count("CodesSent")
    return outcome


def handler(event: dict[str, object], _context: "LambdaContext") -> None:
    """Send the mail that each record asks for; a failure raises, so the stream tries again."""
    streams.handle(event, entity="mail_request", send=_send)
