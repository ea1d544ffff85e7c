"""Decides what follows when a mail could not be sent: it is closed, or it waits and is tried again.

A refusal of this one mail closes it. After anything else the mail is noted as waiting, whatever the
fault was, and the error is raised: the stream tries again, and after it the redrive.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

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


class MailRefusedError(Exception):
    """SES does not take this mail and never will; holds no text, for SES's quotes the address."""


class SendingFailedError(Exception):
    """SES does not take mail now; ``why`` is its class and ``code`` its own, never its text."""

    def __init__(self, why: RefusalClass, code: str) -> None:
        super().__init__(why)
        self.why = why
        # As botocore's errors hold it, for the log.
        self.response = {"Error": {"Code": code}}


class SendingStoppedError(SendingFailedError):
    """SES takes no mail until somebody acts or its day is over; an alarm counts this name."""


def send(deps: MailDeps, mail: Mail, *, to: str, tags: Mapping[str, str]) -> str:
    """Send a mail and return SES's id of it.

    Raises:
        MailRefusedError: SES does not take this mail.
        SendingFailedError: SES does not take mail now; ``SendingStoppedError`` if it is more than
            busy.
    """
    try:
        return deps.sender.send_patiently(mail, to=to, tags=tags)
    except (ClientError, BotoCoreError) as error:
        why = classify(error, own_domain=deps.sender.identity.mail_domain)
        if why == "this_mail":
            raise MailRefusedError from None
        response = getattr(error, "response", {})
        code = str(response.get("Error", {}).get("Code", type(error).__name__))
        raise (SendingFailedError if why == "busy" else SendingStoppedError)(why, code) from None


def close(deps: MailDeps, closed: "TransactWriteItemTypeDef", step: Step) -> None:
    """Close a request and keep that in the trail, both or neither."""
    write_together(deps.accounts.client, [closed, trail.put_new(deps.mail_table, step)])


def keep_waiting(
    deps: MailDeps,
    request: Mapping[str, str],
    error: Exception,
    *,
    asked_at: int,
    useful_until: int,
    now: int,
) -> None:
    """Note that a mail waits, and let newsletters wait if SES is busy or its day is used up.

    Never raises: the error itself is to be raised, and the stream tries again even without a note.
    """
    with suppress(ClientError, BotoCoreError, Refusal):
        waiting.note(deps.mail_table, request, asked_at=asked_at, useful_until=useful_until)
    if isinstance(error, SendingFailedError) and error.why in {"busy", "quota"}:
        with suppress(ClientError, BotoCoreError, Refusal):
            hold.put(deps.mail_table, "busy" if error.why == "busy" else "quota", now=now)
