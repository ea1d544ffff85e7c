"""Mail feedback: takes what SES tells about our mails from its queue."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.mails.feedback_effects import FeedbackDeps, follow
from newsreel.accounts.table.base import AccountsTable
from newsreel.lambda_runtime import gauges, queues
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.mail.feedback import parse

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    mail_table: str


settings = Settings.from_environment()
deps = FeedbackDeps(AccountsTable(settings.accounts_table), settings.mail_table)


def _follow(body: str) -> str:
    told = parse(body)
    outcome = follow(deps, told, now=clock.epoch())
    if outcome == "delivered" and told.tags.get("kind") == "code":
        gauges.measure("CodesDelivered", 1)
    return outcome


def handler(event: dict[str, object], _context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Take each event; one that fails alone comes again."""
    return queues.handle(event, what="mail feedback", run=_follow)
