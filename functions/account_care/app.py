"""Account care: once a day, warns and deletes unused accounts and finishes deletions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.care import look_after_all
from newsreel.accounts.deletion import DeletionDeps
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import read_keyring
from newsreel.aws.stored_secrets import reads_of
from newsreel.lambda_runtime import gc_tuning, log
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    mail_table: str
    trail_keys_secret: str


settings = Settings.from_environment()
table = AccountsTable(settings.accounts_table)
read_ahead(*reads_of(settings.secrets))


def handler(_event: dict[str, object], _context: "LambdaContext") -> dict[str, int]:
    """Do what is due, and return how many accounts came to what."""
    gc_tuning.resume()
    keys = read_keyring(settings.trail_keys_secret)
    found = look_after_all(DeletionDeps(table, settings.mail_table, keys), now=clock.epoch())
    counted = {str(outcome): number for outcome, number in found.items()}
    log.logger.info("account care", extra=counted)
    return counted
