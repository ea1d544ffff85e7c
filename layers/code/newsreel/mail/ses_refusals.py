"""Decides what SES means when it does not take a mail: wait, wait until tomorrow, stop, this mail.

By code, and by the sentence where one code says two things: ``Throttling`` is the rate or the daily
quota, ``MessageRejected`` is this mail or the whole account. Sources: SES API reference,
SendRawEmail and "Common errors"; SES developer guide, "Errors related to the sending quotas".

The sentences quote addresses, so neither they nor the errors are logged or kept.
"""

from typing import Literal, TypeAlias

from botocore.exceptions import (
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

RefusalClass: TypeAlias = Literal["busy", "quota", "stopped", "this_mail"]

_FIRST_SERVER_ERROR = 500
_THROTTLED = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException"})
# Nothing leaves until a person acts: sending is paused, or our side is not set up.
_STOPPED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AccountSendingPaused",
        "AccountSendingPausedException",
        "AccountSuspendedException",
        "ConfigurationSetDoesNotExist",
        "ConfigurationSetDoesNotExistException",
        "ConfigurationSetSendingPaused",
        "ConfigurationSetSendingPausedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "MailFromDomainNotVerified",
        "MailFromDomainNotVerifiedException",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "SendingPausedException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_THIS_MAIL = frozenset(
    {"InvalidParameterValue", "InvalidParameterCombination", "InvalidParameter", "ValidationError"}
)


def classify(error: BaseException, *, own_domain: str = "") -> RefusalClass:
    """Return the class of a failed ``SendRawEmail``; what is not known counts as ``busy``.

    ``own_domain`` tells our own unverified domain, which stops every mail, from an addressee that
    is not verified in the sandbox.
    """
    if isinstance(error, ClientError):
        return _classify_answer(error, own_domain)
    if isinstance(error, ParamValidationError):
        return "this_mail"
    no_credentials = isinstance(error, NoCredentialsError | PartialCredentialsError)
    return "stopped" if no_credentials else "busy"


def _classify_answer(error: ClientError, own_domain: str) -> RefusalClass:
    detail = error.response.get("Error", {})
    code, sentence = str(detail.get("Code", "")), str(detail.get("Message", "")).lower()
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    found: RefusalClass = "busy"
    if status >= _FIRST_SERVER_ERROR:
        found = "busy"
    elif code in _THROTTLED:
        found = "quota" if "daily" in sentence else "busy"
    elif code == "MessageRejected":
        found = "stopped" if _stops_everything(sentence, own_domain) else "this_mail"
    elif code in _THIS_MAIL:
        found = "this_mail"
    elif code in _STOPPED:
        found = "stopped"
    return found


def _stops_everything(sentence: str, own_domain: str) -> bool:
    """Tell whether a rejected mail is rejected for what we are: paused, or not verified."""
    if "sending paused" in sentence or "sending is paused" in sentence:
        return True
    if not own_domain or "not verified" not in sentence:
        return False
    # The sentence lists identities; ours is the domain itself or an address in it.
    named = [word.strip(" .,;<>\"'") for word in sentence.split()]
    return any(word.rpartition("@")[2] == own_domain.lower() for word in named)
