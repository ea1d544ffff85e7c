"""Newsletter walk: turns subscribers into chunks, one page of one shard for each message."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.table.subscribers import SubscribersTable
from newsreel.lambda_runtime import queues
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.mail_table.editions import EditionsTable
from newsreel.newsletter.steps import SqsQueue, WalkStep
from newsreel.newsletter.walk import Walker

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    mail_table: str
    walk_queue: str
    send_queue: str
    newsletter_concurrency: int


settings = Settings.from_environment()
walker = Walker(
    editions=EditionsTable(settings.mail_table),
    subscribers=SubscribersTable(settings.accounts_table),
    steps=SqsQueue(settings.walk_queue),
    chunks=SqsQueue(settings.send_queue),
    workers=settings.newsletter_concurrency,
)


def handler(event: dict[str, object], _context: "LambdaContext") -> dict[str, list[dict[str, str]]]:
    """Walk the page that each message asks for."""
    return queues.handle(
        event,
        what="newsletter walk",
        run=lambda body: walker.walk(WalkStep.read(body), now=clock.epoch()),
    )
