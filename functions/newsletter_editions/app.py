"""Newsletter editions: makes them by schedule, obeys the press office, looks after them."""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from newsreel import clock
from newsreel.accounts.table.subscribers import SubscribersTable
from newsreel.aws.stored_secrets import reads_of
from newsreel.catalogue.table import CatalogueTable
from newsreel.lambda_runtime import gc_tuning, log
from newsreel.lambda_runtime.error_log import RecordFailedError, describe_error
from newsreel.lambda_runtime.init_reads import read_ahead
from newsreel.lambda_runtime.settings import CommonSettings
from newsreel.mail_table.edition_records import Edition
from newsreel.mail_table.editions import EditionsTable
from newsreel.mail_table.marks import MarksTable
from newsreel.newsletter.content import list_period, read_videos
from newsreel.newsletter.delivery import NewsletterSender, fits, read_quota
from newsreel.newsletter.events import Order, read_orders
from newsreel.newsletter.press_office import PressOffice
from newsreel.newsletter.report import write_report
from newsreel.newsletter.states import approval_of
from newsreel.newsletter.steps import SqsQueue

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(CommonSettings):
    """The function's own variables in ``template.yaml``, in lower case."""

    accounts_table: str
    catalogue_table: str
    mail_table: str
    media_bucket: str
    walk_queue: str
    addresses_secret: str
    mail_domain: str
    newsletter_domain: str
    configuration_set: str
    newsletter_approval: str
    newsletter_rate: int
    press_office_email: str


settings = Settings.from_environment()
catalogue = CatalogueTable(settings.catalogue_table)
read_ahead(*reads_of(settings.secrets))


def _office() -> PressOffice:
    approval = approval_of(settings.newsletter_approval)
    sender = NewsletterSender.of(settings)

    def preview(edition: Edition) -> None:
        if settings.press_office_email:
            sender.send_preview(edition, to=settings.press_office_email, approval=approval)

    return PressOffice(
        editions=EditionsTable(settings.mail_table),
        list_period=partial(list_period, catalogue),
        read_videos=partial(read_videos, catalogue),
        fits=partial(fits, identity=sender.identity),
        count_subscribers=SubscribersTable(settings.accounts_table).count_all,
        read_counts=MarksTable(settings.mail_table).read_counts,
        quota=read_quota,
        send_previews=preview,
        write_report=partial(write_report, bucket=settings.media_bucket, identity=sender.identity),
        steps=SqsQueue(settings.walk_queue),
        approval=approval,
        wanted_rate=settings.newsletter_rate,
    )


def _do(office: PressOffice, order: Order) -> None:
    now = clock.epoch()
    if order.task == "make":
        office.make(order.edition_id, order.since, now=now)
    elif order.command is not None:
        office.obey(order.edition_id, order.command, now=now)
    else:
        office.carry_on_all(now=now)


def handler(event: dict[str, object], _context: "LambdaContext") -> None:
    """Do what the schedule, the clock or an object of the press office asks for.

    Raises:
        RecordFailedError: it could not be done now; Lambda tries again.
    """
    gc_tuning.resume()
    if not settings.newsletter_domain:
        return  # a deployment that sends no mail
    try:
        office = _office()
        for order in read_orders(event):
            _do(office, order)
    except Exception as error:  # noqa: BLE001 - SES quotes the press office's address
        log.logger.error("newsletter edition failed", extra=describe_error(error))
        raise RecordFailedError from None
