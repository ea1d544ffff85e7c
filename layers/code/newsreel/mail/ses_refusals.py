"""Classifies what SES answers to ``SendRawEmail``: wait, wait until tomorrow, stop, or this mail.

By code and, for ``MessageRejected`` and ``Throttling``, by the sentence, which names things that no
code tells apart (SES API reference; developer guide, "Errors related to the sending quotas").
Unknown codes are ``busy``. The sentence quotes addresses, so it is never logged.
"""

from typing import Literal, TypeAlias

from botocore.exceptions import ClientError

RefusalClass: TypeAlias = Literal["busy", "quota", "stopped", "this_mail"]

_STOPPED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AccountSendingPausedException",
        "ConfigurationSetDoesNotExist",
        "ConfigurationSetDoesNotExistException",
        "ConfigurationSetSendingPausedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "MailFromDomainNotVerifiedException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)


def classify(error: ClientError, *, own_domain: str = "") -> RefusalClass:
    """Return the class of a refusal; ``own_domain`` tells our unverified address from theirs."""
    detail = error.response.get("Error", {})
    code, sentence = detail.get("Code", ""), detail.get("Message", "").lower()
    if code == "Throttling" and "daily message quota" in sentence:
        return "quota"
    if code == "MessageRejected":
        about_us = bool(own_domain) and own_domain.lower() in sentence
        return "stopped" if "sending paused" in sentence or about_us else "this_mail"
    if code == "InvalidParameterValue":
        return "this_mail"
    return "stopped" if code in _STOPPED else "busy"
