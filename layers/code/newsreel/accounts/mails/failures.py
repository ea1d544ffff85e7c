"""Decides what follows when a mail could not be sent: it is closed, or it waits and is tried again.

A refusal of this one mail closes it. After anything else the mail is noted as waiting, whatever the
fault was, and the error is raised: the stream tries again, and after it the redrive.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Literal

from botocore.exceptions import BotoCoreError, ClientError

from newsreel.accounts.mails.mail_deps import MailDeps
from newsreel.aws.transactions import write_together
from newsreel.mail.message import Mail
from newsreel.mail.ses_refusals import RefusalClass, classify
from newsreel.mail_table import hold, trail, waiting
from newsreel.mail_table.trail import Step
from newsreel.refusals import Refusal

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class SendingFailedError(Exception):
    """SES does not take mail now; ``why`` is its class and ``code`` its own, never its text."""

    def __init__(self, why: RefusalClass, code: str) -> None:
        super().__init__(why)
        self.why = why
        # As botocore's errors hold it, for the log.
        self.response = {"Error": {"Code": code}}


class SendingStoppedError(SendingFailedError):
    """SES takes no mail until somebody acts or its day is over; an alarm counts this name."""


def send(
    deps: MailDeps, mail: Mail, *, to: str, tags: Mapping[str, str]
) -> Literal["sent", "refused"]:
    """Send a mail and return whether SES took it; one that it refused it never will take.

    Raises:
        SendingFailedError: SES does not take mail now; ``SendingStoppedError`` if it is more than
            busy.
    """
    try:
        deps.sender.send_patiently(mail, to=to, tags=tags)
    except (ClientError, BotoCoreError) as error:
        why = classify(error, own_domain=deps.sender.identity.mail_domain)
        if why == "this_mail":
            return "refused"
        response = getattr(error, "response", {})
        code = str(response.get("Error", {}).get("Code", type(error).__name__))
        raise (SendingFailedError if why == "busy" else SendingStoppedError)(why, code) from None
    return "sent"


def close(deps: MailDeps, closed: "TransactWriteItemTypeDef", step: Step) -> None:
    """Close a request and keep that in the trail, both or neither."""
    write_together(deps.accounts.client, [closed, trail.put_new(deps.mail_table, step)])


@contextmanager
def kept_waiting(
    deps: MailDeps, request: Mapping[str, str], *, asked_at: int, useful_until: int, now: int
) -> Iterator[None]:
    """Note that a mail waits if sending it fails, whatever the fault is, and raise that again.

    Newsletters wait too if SES is busy or its day is used up. The stream tries again even without a
    note, so a note that cannot be written hides nothing.
    """
    try:
        yield
    except Exception as error:
        with _if_possible():
            waiting.note(deps.mail_table, request, asked_at=asked_at, useful_until=useful_until)
        if isinstance(error, SendingFailedError) and error.why in {"busy", "quota"}:
            with _if_possible():
                hold.put(deps.mail_table, "busy" if error.why == "busy" else "quota", now=now)
        raise


@contextmanager
def told_if_stopped(tell: Callable[[], None]) -> Iterator[None]:
    """Tell it, if possible, when SES takes no mail at all, and raise that again."""
    try:
        yield
    except SendingStoppedError:
        with _if_possible():
            tell()
        raise


def _if_possible() -> suppress:
    return suppress(ClientError, BotoCoreError, Refusal)
