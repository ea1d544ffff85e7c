"""Decides which mail a flow's request becomes: the one place where a code is derived to be sent.

The same steps for every address. A retried record derives the same code again, so a doubtful send
is harmless; a request that was sent or whose flow has ended is not sent again.
"""

from newsreel.accounts import codes, email_address
from newsreel.accounts.mails.code_mails import account_exists_mail, code_mail, no_account_mail
from newsreel.accounts.records import Flow, MailRequest
from newsreel.accounts.table import AccountsTable
from newsreel.aws.keyring import Keyring
from newsreel.mail.message import Mail, SenderIdentity
from newsreel.mail.ses_sender import SesSender
from newsreel.policy import POLICY


def send_requested(
    table: AccountsTable, keyring: Keyring, sender: SesSender, request: MailRequest, *, now: int
) -> str:
    """Send the mail of one request and return what became of it: ``sent`` or ``dropped``.

    Raises:
        botocore.exceptions.ClientError: SES or DynamoDB failed; the stream retries the record.
    """
    if not table.claim_mail(request.purpose, request.flow_key, request.issue):
        return "dropped"
    flow = table.read_flow(request.purpose, request.flow_key)
    account_id = table.read_reservation(email_address.hash_of(flow.email) if flow else "")
    if flow is None or not _is_wanted(flow, request, now=now):
        table.close_mail(request, state="dropped", delivery=None)
        return "dropped"
    letter = _mail(flow, request, keyring, sender.identity, known=account_id is not None)
    sender.send(letter, to=flow.email)
    table.close_mail(request, state="sent", delivery="sent")
    return "sent"


def _is_wanted(flow: Flow, request: MailRequest, *, now: int) -> bool:
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
        flow_key=flow.flow_key,
        issue=request.issue,
        form=flow.form,
    )
    if flow.purpose == "registration" and known:
        return account_exists_mail(flow, identity)
    if flow.purpose == "password_reset" and not known:
        return no_account_mail(flow, identity)
    return code_mail(flow, code, identity)
