"""Mail redrive: every five minutes, asks again for mails that could not be sent, and measures."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from newsreel import clock
from newsreel.accounts.mails.redrive import redrive
from newsreel.accounts.table.base import AccountsTable
from newsreel.lambda_runtime import gauges, gc_tuning, log
from newsreel.lambda_runtime.error_log import describe_error
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.mail import ses_quota

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    mail_table: str


settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)


def handler(_event: dict[str, object], _context: "LambdaContext") -> dict[str, int]:
    """Ask again, and return how many mails came to what."""
    gc_tuning.resume()
    found = redrive(table, settings.mail_table, now=clock.epoch())
    gauges.measure("WaitingMails", found.waiting)
    gauges.measure("OldestWaitingMail", found.oldest)
    _measure_quota()
    counted = {str(outcome): number for outcome, number in found.outcomes.items()}
    log.logger.info("mail redrive", extra=counted)
    return counted


def _measure_quota() -> None:
    try:
        used = ses_quota.used()
    except (BotoCoreError, ClientError) as error:
        # Mails were asked for again all the same; the next run measures.
        log.logger.warning("mail quota not read", extra=describe_error(error))
        return
    gauges.measure("MailQuotaUsed", used)
