"""Decides which mail a flow's request becomes: the one place where a code is derived to be sent.

The same steps for every address. A retried record derives the same code again, so a doubtful send
is harmless; a request that was sent or whose flow has ended is not sent again.
"""

from newsreel.accounts import codes
from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.mails.code_mails import account_exists_mail, code_mail, no_account_mail
from newsreel.accounts.records import Flow, MailRequest
from newsreel.accounts.table import email_reservations, mail_requests
from newsreel.accounts.table import flows as flow_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.aws.keyring import Keyring
from newsreel.mail.message import Mail, SenderIdentity
from newsreel.mail.ses_sender import SesSender
from newsreel.policy import POLICY

_NO_ADDRESS = EmailAddress("").hash
"""Looked up where a flow has vanished, so that every request makes the same calls."""


def send_requested(
    table: AccountsTable, keyring: Keyring, sender: SesSender, request: MailRequest, *, now: int
) -> str:
    """Send the mail of one request and return what became of it: ``sent`` or ``dropped``.

    Raises:
        botocore.exceptions.ClientError: SES or DynamoDB failed; the stream retries the record.
    """
    if not mail_requests.claim(table, request):
        return "dropped"
    flow = flow_items.read(table, request.purpose, request.flow_hash)
    account_id = email_reservations.read(table, flow.email.hash if flow else _NO_ADDRESS)
    if flow is None or not _is_useful(flow, request, now=now):
        mail_requests.close(table, request, "dropped")
        return "dropped"
    mail = _mail(flow, request, keyring, sender.identity, known=account_id is not None)
    sender.send(mail, to=flow.email.text)
    # In this order: a request that is closed is not looked at again, so a failure after it would
    # leave the page at "pending" for good.
    flow_items.set_delivery(table, request, "sent")
    mail_requests.close(table, request, "sent")
    return "sent"


def _is_useful(flow: Flow, request: MailRequest, *, now: int) -> bool:
    """Tell whether a mail is still of use: its code is the newest and could be entered."""
    return (
        flow.state == "open"
        and flow.issue == request.issue
        and now < min(flow.issued_at + POLICY.code.life, flow.expires_at)
    )


def _mail(
    flow: Flow, request: MailRequest, keyring: Keyring, identity: SenderIdentity, *, known: bool
) -> Mail:
    code = codes.derive(
        keyring,
        key_id=flow.key_id,
        purpose=flow.purpose,
        flow_hash=flow.flow_hash,
        issue=request.issue,
        form=flow.form,
    )
    if flow.purpose == "registration" and known:
        return account_exists_mail(flow, identity)
    if flow.purpose == "password_reset" and not known:
        return no_account_mail(flow, identity)
    return code_mail(flow, code, identity)
