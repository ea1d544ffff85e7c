"""No function has a right that no test uses, except those with a reason here."""

from tests.support.needs import Call, queue, table
from tests.support.request_record import Request, recorded_requests
from tests.support.template import functions
from tests.support.used_rights import LAMBDAS_OWN, Right, used

ADDRESSES = "compared with the Origin of a browser that sends no Sec-Fetch-Site"
ONE_PATH = "a flow is of one of three kinds, and the same lines handle each"
SETS = "the tests' SES knows no configuration sets"
EITHER = "a suppression that nothing is left of is deleted, and any other is written again"
BUSY = "newsletters wait when SES is too busy for a code or a notice"

REASONS = {
    ADDRESSES: {
        f"{folder} OwnAddresses"
        for folder in ("registration", "password_reset", "sessions", "account", "credentials")
    },
    "the address of the site, which every mail names": {"newsletter_send OwnAddresses"},
    ONE_PATH: {
        "newsletter VoidFlow EMAIL_CHANGE#*",
        "mail_feedback TellFlows PASSWORD_RESET#*",
        "mail_feedback WhoseFlow PASSWORD_RESET#*",
        "mail_feedback WhoseFlow EMAIL_CHANGE#*",
        "mail_redrive AskAgain PASSWORD_RESET#*",
        "mail_redrive AskAgain EMAIL_CHANGE#*",
        "inbound_mail ReadFlows PASSWORD_RESET#*",
        "inbound_mail ReadFlows EMAIL_CHANGE#*",
        "inbound_mail IssueCodes PASSWORD_RESET#*",
        "inbound_mail IssueCodes EMAIL_CHANGE#*",
    },
    SETS: {
        "code_issuance SendAsCodes",
        "notices SendAsCodes",
        "newsletter_editions SendAsNewsletter",
        "newsletter_send SendAsNewsletter",
        "inbound_mail SendAsHelp",
    },
    EITHER: {
        "account_care Suppress SUPPRESSED#*",
        "account_care EraseMails SUPPRESSED#*",
        "inbound_mail LiftSuppression SUPPRESSED#*",
    },
    BUSY: {"code_issuance HoldNewsletters HOLD", "notices HoldNewsletters HOLD"},
    "derives the link that undoes a change of address": {"notices DeriveCodes"},
    "a mail that SES did not take is marked as not sent": {"newsletter_send Marks EDITION#*"},
    "without it, S3 answers 403 for what is gone": {"hashes ListMedia"},
    "hashes of more pieces than an item holds": {"hashes HashesOfPieces"},
}
"""Rights that no recorded request uses, by what they are for: function, statement and keys."""


def name_of(right: Right) -> str:
    return f"{right.folder} {right.sid} {right.key}".strip()


def test_every_right_is_used_by_a_test_or_has_a_reason() -> None:
    counted = used(recorded_requests())
    reasons = {name for names in REASONS.values() for name in names}
    never = [right for right, times in counted.items() if not times]
    assert [right for right in never if name_of(right) not in reasons] == []
    assert reasons <= {name_of(right) for right in counted}


def test_statements_that_lambda_uses_by_itself_are_there() -> None:
    found = {one["Sid"] for function in functions().values() for one in function.statements}
    assert LAMBDAS_OWN.keys() <= found


def test_a_right_is_used_by_what_is_about_it_and_by_nothing_else() -> None:
    def times(folder: str, action: str, key: str) -> set[str]:
        call = Call(folder, f"dynamodb:{action}", table("accounts"), (key,))
        asked = [Request(folder, action, (call,))]
        return {right.key for right, counted in used(asked).items() if counted}

    assert times("registration", "UpdateItem", "REGISTRATION#x") == {"REGISTRATION#*"}
    # ForAllValues names accounts there too, as neighbours in a transaction.
    assert times("registration", "UpdateItem", "ACCOUNT#x") == set()
    assert times("registration", "PutItem", "ACCOUNT#x") == {"ACCOUNT#*"}
    assert times("sessions", "PutItem", "REGISTRATION#x") == set()


def test_a_queue_is_used_by_its_own_name_alone() -> None:
    call = Call("hashes", "sqs:SendMessage", queue("https://sqs/1/hashes"))
    counted = used([Request("hashes", "SendMessage", (call,))])
    assert [right.sid for right, times in counted.items() if times] == ["NextStep"]
