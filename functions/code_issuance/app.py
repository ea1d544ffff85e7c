"""Code issuance: sends every mail of a flow, from the accounts table's stream."""

from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.data_classes import DynamoDBStreamEvent
from newsreel import clock
from newsreel.accounts.issuance import send_requested
from newsreel.accounts.records import MailRequest
from newsreel.accounts.table import AccountsTable
from newsreel.addresses import read_addresses
from newsreel.faults import RecordFailedError, facts
from newsreel.keyring import read_keyring
from newsreel.mail.message import House
from newsreel.mail.outbox import Outbox
from newsreel.settings import CodeIssuanceSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = CodeIssuanceSettings.from_environment()
table = AccountsTable(settings.accounts_table)
logger = Logger()


def _outbox() -> Outbox:
    site_url = read_addresses(settings.addresses_parameter).site_url
    house = House(settings.organisation, settings.mail_domain, site_url)
    return Outbox(house, settings.configuration_set)


def handler(event: dict[str, object], _context: "LambdaContext") -> None:
    """Send the mail that each record asks for; a failure raises, so the stream tries again."""
    for record in DynamoDBStreamEvent(event).records:
        image = record.dynamodb.new_image if record.dynamodb else {}
        if image.get("entity") != "mail_request" or image.get("state") != "requested":
            continue
        request = MailRequest.read({**image, "issue": int(image["issue"])})
        try:
            keyring = read_keyring(settings.flow_keys_secret)
            outcome = send_requested(table, keyring, _outbox(), request, now=clock.epoch())
        except Exception as error:  # noqa: BLE001 - whatever it is, its text must not leave
            # The runtime prints the text of what is raised here, and SES quotes addresses in it.
            logger.error("mail not sent", extra=facts(error))  # noqa: TRY400
            raise RecordFailedError from None
        logger.info("mail of a flow", extra={"purpose": request.purpose, "outcome": outcome})
