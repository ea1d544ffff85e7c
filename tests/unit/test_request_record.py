"""What counts as a request that the record has: the same one, or one of fewer items at once."""

from dataclasses import replace

import pytest

from tests.support import request_record
from tests.support.needs import Call
from tests.support.request_record import Request

KNOWN = Call(
    "credentials",
    "dynamodb:BatchGetItem",
    "arn:aws:dynamodb:eu-central-1:123456789012:table/accounts",
    keys=("EMAIL_CHANGE#x", "PASSWORD_RESET#x", "REGISTRATION#x"),
    attributes=("pk", "sk"),
    select="ALL_ATTRIBUTES",
)


@pytest.fixture(autouse=True)
def _record(monkeypatch: pytest.MonkeyPatch) -> None:
    known = [Request("credentials", "BatchGetItem", (KNOWN,))]
    monkeypatch.setattr(request_record, "recorded_requests", lambda: known)
    monkeypatch.setattr(request_record, "_permissions", request_record._permissions.__wrapped__)


def is_recorded(call: Call) -> bool:
    return not request_record.unrecorded([Request(call.folder, "BatchGetItem", (call,))])


@pytest.mark.parametrize("left_out", range(len(KNOWN.keys)))
def test_a_read_of_fewer_items_at_once_needs_no_further_line(left_out: int) -> None:
    fewer = [key for place, key in enumerate(KNOWN.keys) if place != left_out]
    assert is_recorded(replace(KNOWN, keys=tuple(fewer)))


@pytest.mark.parametrize(
    "other",
    [
        replace(KNOWN, keys=(*KNOWN.keys, "ACCOUNT#x")),
        replace(KNOWN, keys=("ACCOUNT#x",)),
        replace(KNOWN, keys=()),
        replace(KNOWN, folder="account"),
        replace(KNOWN, action="dynamodb:GetItem"),
        replace(KNOWN, select=""),
    ],
)
def test_another_permission_does(other: Call) -> None:
    assert not is_recorded(other)
