"""Mail requests: the mails of a flow that are to be sent; the stream takes them from here."""

from typing import TYPE_CHECKING

from newsreel.accounts.records import Flow, MailRequest, MailState
from newsreel.accounts.table import mail_state
from newsreel.accounts.table.base import AccountsTable
from newsreel.accounts.table.keys import mail_request_pk

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


def put_new(table: AccountsTable, flow: Flow) -> "TransactWriteItemTypeDef":
    """Return the entry that asks for the mail of a flow's newest code."""
    request = MailRequest(
        purpose=flow.purpose,
        flow_hash=flow.flow_hash,
        issue=flow.issue,
        requested_at=flow.issued_at,
    )
    pk = mail_request_pk(flow.purpose, flow.flow_hash, flow.issue)
    return table.put_new(pk, "mail_request", request, ttl=flow.expires_at)


def claim(table: AccountsTable, request: MailRequest) -> bool:
    """Mark a mail request as being sent; False if it was sent or dropped before."""
    return mail_state.claim(table, _pk(request))


def close(table: AccountsTable, request: MailRequest, state: MailState) -> None:
    """Mark a mail request as sent or dropped."""
    mail_state.close(table, _pk(request), state)


def _pk(request: MailRequest) -> dict[str, str]:
    return mail_request_pk(request.purpose, request.flow_hash, request.issue)
