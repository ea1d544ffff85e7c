"""What SES answers is classified by code, and by the sentence where one code says two things."""

import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)
from newsreel.mail.ses_refusals import classify

OWN = "mail.example.org"
NOT_VERIFIED = (
    "Email address is not verified. The following identities failed the check in region "
    "EU-CENTRAL-1: "
)


def answered(code: str, sentence: str = "", status: int = 400) -> ClientError:
    response = {
        "Error": {"Code": code, "Message": sentence},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "SendRawEmail")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (answered("Throttling", "Maximum sending rate exceeded."), "busy"),
        (answered("Throttling", "Rate exceeded"), "busy"),
        (answered("ServiceUnavailable", status=503), "busy"),
        (answered("InternalFailure", status=500), "busy"),
        (answered("MessageRejected", "anything", status=500), "busy"),
        (answered("RequestTimeout"), "busy"),
        (answered("RequestExpired"), "busy"),
        (answered("SomethingNew", "of next year"), "busy"),
        (EndpointConnectionError(endpoint_url="https://email"), "busy"),
        (ReadTimeoutError(endpoint_url="https://email"), "busy"),
        (answered("Throttling", "Daily message quota exceeded."), "quota"),
        (answered("AccountSendingPausedException"), "stopped"),
        (answered("ConfigurationSetSendingPausedException"), "stopped"),
        (answered("MessageRejected", "Sending paused for this account. For more"), "stopped"),
        (answered("MessageRejected", f"{NOT_VERIFIED}NATO <codes@{OWN}>"), "stopped"),
        (answered("MessageRejected", f"{NOT_VERIFIED}jane@example.org, codes@{OWN}"), "stopped"),
        (answered("MessageRejected", f"{NOT_VERIFIED}{OWN}."), "stopped"),
        (answered("ConfigurationSetDoesNotExist"), "stopped"),
        (answered("MailFromDomainNotVerifiedException"), "stopped"),
        (answered("AccessDenied", status=403), "stopped"),
        (answered("ExpiredToken", status=403), "stopped"),
        (answered("InvalidClientTokenId", status=403), "stopped"),
        (answered("SignatureDoesNotMatch", status=403), "stopped"),
        (NoCredentialsError(), "stopped"),
        (answered("MessageRejected", f"{NOT_VERIFIED}jane@example.org"), "this_mail"),
        (answered("MessageRejected", f"{NOT_VERIFIED}jane@not{OWN}"), "this_mail"),
        (answered("MessageRejected", f"{NOT_VERIFIED}{OWN}@example.org"), "this_mail"),
        (
            answered("MessageRejected", "Message length is more than 10485760 bytes long"),
            "this_mail",
        ),
        (answered("InvalidParameterValue", "Local address contains control"), "this_mail"),
        (ParamValidationError(report="Unknown parameter"), "this_mail"),
    ],
)
def test_each_answer_has_its_class(error: Exception, expected: str) -> None:
    assert classify(error, own_domain=OWN) == expected


def test_without_a_domain_of_ours_nobody_is_us() -> None:
    assert classify(answered("MessageRejected", f"{NOT_VERIFIED}codes@{OWN}")) == "this_mail"
