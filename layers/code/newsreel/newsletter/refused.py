"""Decides what a failed ``SendRawEmail`` means for an edition: for this mail, for all, or unknown.

Only a mail that SES certainly did not take may be sent again. An answer that was lost, or an error
of SES's own, leaves the mail in doubt.
"""

from typing import Literal, TypeAlias

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, whose name hides Python's
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
)

from newsreel.mail.ses_refusals import classify

Refused: TypeAlias = Literal["busy", "quota", "stopped", "this_mail", "in_doubt"]

_FIRST_SERVER_ERROR = 500
_NEVER_ARRIVED = (ConnectTimeoutError, EndpointConnectionError)
_NO_ANSWER = (ConnectionError, HTTPClientError, IncompleteReadError)
# What Python's email package raises for an address that no header can hold.
_NO_MAIL = (ValueError, IndexError)


def judge(error: Exception, *, own_domain: str) -> Refused:
    """Return what a failure means; ``own_domain`` is the one that editions come from.

    A fault of ours stops the edition: to call it this mail's own would strike out everybody.
    """
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= _FIRST_SERVER_ERROR:
            return "in_doubt"
        return classify(error, own_domain=own_domain)
    if isinstance(error, _NEVER_ARRIVED):
        return "busy"
    if isinstance(error, _NO_ANSWER):
        return "in_doubt"
    lost = isinstance(error, _NO_MAIL) and not isinstance(error, BotoCoreError)
    return "this_mail" if lost else "stopped"
