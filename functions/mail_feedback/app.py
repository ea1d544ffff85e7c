"""Mail feedback: takes what SES tells about our mails from its queue."""

from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.mails.feedback_effects import FeedbackDeps, follow
from newsreel.accounts.table.base import AccountsTable
from newsreel.lambda_runtime import queues
from newsreel.mail.feedback import parse
from newsreel.settings.mail_feedback import Settings

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

settings = Settings.from_environment()
deps = FeedbackDeps(AccountsTable(settings.accounts_table), settings.mail_table)


def _follow(body: str) -> str:
    return follow(deps, parse(body), now=clock.epoch())


def handler(event: dict[str, object], _context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Take each event; one that fails alone comes again."""
    return queues.handle(event, what="mail feedback", run=_follow)
