"""Twenty at once, over HTTP: conditions in the table hold, not luck."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import requests

from infra.local.paths import Stack
from tests.local_stack.client import Client, Person

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NewPerson = Callable[[], Person]
AT_ONCE = 20


def _all_at_once(stack: Stack, path: str, bodies: list[dict[str, str]]) -> list[requests.Response]:
    """Send every body to one path at the same moment, each from a browser of its own."""
    start = threading.Barrier(len(bodies))

    def send(body: dict[str, str]) -> requests.Response:
        client = Client(stack)
        start.wait(timeout=30)
        return client.post(path, body)

    with ThreadPoolExecutor(len(bodies)) as threads:
        return list(threads.map(send, bodies))


def _answers(answers: list[requests.Response]) -> Counter[str]:
    return Counter(
        "account" if answer.status_code == 201 else str(answer.json()["code"]) for answer in answers
    )


def _accounts_of(address: str, stack: Stack, dynamodb: "DynamoDBClient") -> int:
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=stack.outputs["AccountsTable"],
        FilterExpression="sk = :account AND email = :email",
        ExpressionAttributeValues={":account": {"S": "ACCOUNT"}, ":email": {"S": address}},
    )
    return sum(page["Count"] for page in pages)


def test_wrong_guesses_at_once_get_five_tries_and_no_account(
    stack: Stack, new_person: NewPerson, dynamodb: "DynamoDBClient"
) -> None:
    person = new_person()
    flow = person.start()
    right = int(person.inbox.code())
    guesses = [{"code": f"{(right + step) % 10**6:06}"} for step in range(1, AT_ONCE + 1)]
    path = f"/api/registrations/{flow['registration_id']}/confirm"
    told = _answers(_all_at_once(stack, path, guesses))
    # The fifth wrong try is told that it was the last one.
    assert set(told) <= {"code_wrong", "code_spent"}
    assert 0 < told["code_wrong"] <= 5
    late = person.client.post(path, {"code": f"{right:06}"})
    assert late.json()["code"] == "code_spent"
    assert person.log_in().status_code == 401
    assert _accounts_of(person.email, stack, dynamodb) == 0


def test_right_codes_at_once_open_one_account_once(
    stack: Stack, new_person: NewPerson, dynamodb: "DynamoDBClient"
) -> None:
    person = new_person()
    flow = person.start()
    path = f"/api/registrations/{flow['registration_id']}/confirm"
    told = _answers(_all_at_once(stack, path, [{"code": person.inbox.code()}] * AT_ONCE))
    assert told["account"] == 1
    assert set(told) <= {"account", "registration_finished", "code_spent"}
    assert _accounts_of(person.email, stack, dynamodb) == 1
    assert person.log_in().status_code == 201


def test_of_two_people_with_one_address_the_one_with_the_code_gets_it(
    stack: Stack, new_person: NewPerson
) -> None:
    owner = new_person()
    stranger = replace(owner, client=Client(stack), password="Grey-Lantern-77!sails")
    stranger_flow = stranger.start()
    owner_flow = owner.start()
    assert stranger_flow["registration_id"] != owner_flow["registration_id"]
    mails = owner.inbox.wait_for(2)
    # One time in 1,512 both mails have the same reference; then a person tries both codes.
    own = [mail for mail in mails if f"{owner_flow['reference']}." in mail["text"]]
    codes = ["".join(mail["subject"].split()[:2]) for mail in own]
    path = f"/api/registrations/{owner_flow['registration_id']}/confirm"
    told = [owner.client.post(path, {"code": code}).status_code for code in codes]
    assert 201 in told
    assert owner.log_in(Client(stack)).status_code == 201
    assert stranger.log_in(Client(stack)).status_code == 401


def test_starts_at_once_with_one_key_are_one_flow_and_one_mail(
    stack: Stack, new_person: NewPerson
) -> None:
    person = new_person()
    body = {"email": person.email, "password": person.password}
    start = threading.Barrier(AT_ONCE)

    def send(_: int) -> requests.Response:
        client = Client(stack)
        start.wait(timeout=30)
        headers = {"Idempotency-Key": f"key-of-{person.email}"}
        return client.post("/api/registrations", body, headers=headers)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(send, range(AT_ONCE)))
    assert {answer.status_code for answer in answers} <= {202, 503}
    flows = {a.json()["registration_id"] for a in answers if a.status_code == 202}
    assert len(flows) == 1
    person.inbox.wait_for(1)
    other = new_person()
    other.start()
    other.inbox.wait_for(1)  # mails keep their order: a second one would be here by now
    assert len(person.inbox.mails()) == 1
