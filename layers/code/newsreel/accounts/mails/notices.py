"""Decides what becomes of a notice: sent once to the address its account has now, or dropped."""

from newsreel.accounts.mails.notice_mails import notice_mail
from newsreel.accounts.records import Notice
from newsreel.accounts.table import accounts as account_items
from newsreel.accounts.table import notices as notice_items
from newsreel.accounts.table.base import AccountsTable
from newsreel.mail.ses_sender import SesSender


def send_notice(table: AccountsTable, sender: SesSender, notice: Notice) -> str:
    """Send one notice and return ``sent`` or ``dropped``.

    Raises:
        botocore.exceptions.ClientError: SES or DynamoDB failed; the stream retries the record.
    """
    if not notice_items.claim(table, notice):
        return "dropped"
    account = account_items.read(table, notice.account_id)
    if account is None:
        notice_items.close(table, notice, "dropped")
        return "dropped"
    mail = notice_mail(notice, language=account.language, identity=sender.identity)
    sender.send(mail, to=account.email.text)
    notice_items.close(table, notice, "sent")
    return "sent"
