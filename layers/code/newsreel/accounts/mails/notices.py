"""Decides what becomes of a notice: sent once to the address its account has now, or dropped."""

from newsreel.accounts.mails.notice_mails import notice_mail
from newsreel.accounts.records import Notice
from newsreel.accounts.table import AccountsTable
from newsreel.mail.ses_sender import SesSender


def send_notice(table: AccountsTable, sender: SesSender, notice: Notice) -> str:
    """Send one notice and return ``sent`` or ``dropped``.

    Raises:
        botocore.exceptions.ClientError: SES or DynamoDB failed; the stream retries the record.
    """
    if not table.claim_notice(notice):
        return "dropped"
    account = table.read_account(notice.account_id)
    if account is None:
        table.close_notice(notice, state="dropped")
        return "dropped"
    letter = notice_mail(notice, language=account.language, identity=sender.identity)
    sender.send(letter, to=account.email)
    table.close_notice(notice, state="sent")
    return "sent"
