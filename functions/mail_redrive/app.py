"""Mail redrive: every five minutes, asks again for mails that could not be sent."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.mails.redrive import redrive
from newsreel.accounts.table.base import AccountsTable
from newsreel.lambda_runtime import gc_tuning, log
from newsreel.lambda_runtime.settings import CommonSettings

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
    counted = {str(outcome): number for outcome, number in found.items()}
    log.logger.info("mail redrive", extra=counted)
    return counted
