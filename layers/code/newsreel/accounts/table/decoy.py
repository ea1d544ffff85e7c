"""Spends on an account that does not exist what it costs to read one, so that time tells nothing.

An answer of DynamoDB that holds an account takes the client and us about 100 µs more than an empty
one. Where a stranger chooses the address, the same work is done on an answer that we make up.
"""

import json
from functools import cache
from typing import TYPE_CHECKING

from botocore.parsers import ResponseParser, create_parser

from newsreel.accounts.email_address import EmailAddress
from newsreel.accounts.records import Account
from newsreel.accounts.table.keys import NOBODY, account_pk, email_reservation_pk
from newsreel.aws.items import from_item, to_item

if TYPE_CHECKING:
    from newsreel.accounts.table.base import AccountsTable

_TABLE = "accounts"
_AS_LONG_AS_A_HASH = "x" * 97


def read_nobody(table: "AccountsTable") -> None:
    """Parse and read a reservation and an account that nobody has."""
    parser, answer = _made_up()
    shape = table.client.meta.service_model.operation_model("BatchGetItem").output_shape
    if shape is None:  # never: the operation has an answer
        return
    parsed = parser.parse({"status_code": 200, "headers": {}, "body": answer}, shape)
    _reservation, account = (from_item(item) for item in parsed["Responses"][_TABLE])
    Account.read(account)


@cache
def _made_up() -> tuple[ResponseParser, bytes]:
    address = EmailAddress("nobody.at.all@example.org")
    account = Account(
        account_id=NOBODY,
        email=address,
        password_hash=_AS_LONG_AS_A_HASH,
        language="en",
        created_at=1_771_034_640,
        session_list={"0" * 64: [1, 1_771_639_440]},
    )
    reservation = email_reservation_pk(address.hash)
    items = [
        to_item({**reservation, "entity": "email_reservation", "account_id": NOBODY}),
        to_item({**account_pk(NOBODY), "entity": "account", **account.attributes()}),
    ]
    answer = {"Responses": {_TABLE: items}, "UnprocessedKeys": {}}
    return create_parser("json"), json.dumps(answer).encode()
