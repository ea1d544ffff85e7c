"""Two changes of one account at the same moment: what may happen, and what must never stay.

In-process the second change happens as a whole before each write of the first, after what the first
has read. On Amazon's engine both happen in parallel.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol

from botocore.client import BaseClient

from functions.account import app as account_app
from functions.credentials import app as credentials_app
from functions.sessions import app as sessions_app
from tests.support.accounts import (
    PASSWORD,
    Reply,
    call,
    code_in,
    confirm,
    deliver,
    items,
    log_in,
    mails,
    open_account,
    read_account,
    register,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.credentials import (
    ADDRESS,
    NEW,
    NEW_ADDRESS,
    change_password,
    change_step,
    confirm_change,
    list_keys,
    make_key,
    notify,
    revoke_key,
    start_change,
    undo,
    undo_token,
)
from tests.support.invariants import assert_whole, memory
from tests.support.reset_steps import complete, mailed_reset, proved_reset, reset_step

WRITES = {"TransactWriteItems", "UpdateItem", "PutItem", "DeleteItem", "BatchWriteItem"}
OTHER = "Third-Otter-46-Maps"
Act = Callable[[], Reply]
Pair = tuple[str, str]


def is_chosen(place: int) -> bool:
    """Tell whether a pair is tried: a tenth of them, and all where RACES=all (``make fuzz``)."""
    return os.environ.get("RACES") == "all" or place % 10 == int(os.environ.get("RACES", "3"))


class AnyDesk(Protocol):
    """An account, and what may be done with it."""

    cloud: Cloud

    def acts(self) -> dict[str, Act]:
        """Return what may be done."""

    def check(self, pair: Pair, one: Reply, two: Reply) -> None:
        """Check what two acts must never leave."""


class Desk:
    """Jane's account in two browsers, with a key, a reset whose code was right, and a change."""

    def __init__(self, cloud: Cloud, clock: FakeClock) -> None:
        self.cloud, self.clock = cloud, clock
        self.cookie = open_account(cloud.dynamodb, ADDRESS).cookie
        self.other = log_in(ADDRESS).cookie
        self.key_id = str(make_key(self.cookie).json["key_id"])
        self.change = str(start_change(self.cookie).json["change_id"])
        self.registration = str(register(NEW_ADDRESS, OTHER).json["registration_id"])
        deliver(cloud.dynamodb)
        self.registration_code, self.code = self._codes_of_new_address()
        clock.forward(minutes=2)
        self.reset, self.reset_code = mailed_reset(cloud.dynamodb, ADDRESS)
        clock.forward(minutes=2)
        self.proved, self.reset_token = proved_reset(cloud.dynamodb, ADDRESS)
        listed = call(account_app, "GET", "/account/sessions", cookie=self.cookie).json["items"]
        self.other_id = next(one["session_id"] for one in listed if not one["current"])

    def _codes_of_new_address(self) -> tuple[str, str]:
        told = [mail for mail in mails() if mail["To"] == NEW_ADDRESS]
        by_kind = {
            "give" if "account this address" in str(mail) else "open": code_in(mail)
            for mail in told
        }
        return by_kind["open"], by_kind["give"]

    def acts(self) -> dict[str, Act]:
        wrong = f"{(int(self.code) + 1) % 1_000_000:06d}"
        return {
            "confirm": lambda: confirm_change(self.cookie, self.change, self.code),
            "wrong code": lambda: confirm_change(self.cookie, self.change, wrong),
            "resend": lambda: change_step("POST", self.change, "code", cookie=self.cookie),
            "another change": lambda: start_change(self.cookie, "third@example.org"),
            "password": lambda: change_password(self.cookie),
            "password elsewhere": lambda: change_password(self.other, new=OTHER),
            "reset verify": lambda: reset_step(
                "POST", self.reset, "verify", {"code": self.reset_code}
            ),
            "reset complete": lambda: complete(self.proved, self.reset_token, OTHER),
            "end a session": lambda: call(
                account_app,
                "DELETE",
                "/account/sessions/{session_id}",
                path={"session_id": self.other_id},
                cookie=self.cookie,
            ),
            "log out": lambda: call(
                sessions_app, "DELETE", "/sessions/current", cookie=self.cookie
            ),
            "log in": lambda: log_in(ADDRESS),
            "make a key": lambda: make_key(self.other),
            "revoke a key": lambda: revoke_key(self.other, self.key_id),
            "register": lambda: confirm(self.registration, self.registration_code),
            "delete": lambda: delete(self.other),
        }

    def check(self, pair: Pair, one: Reply, two: Reply) -> None:
        """Check what a pair of acts must never leave."""
        done = {name for name, reply in zip(pair, (one, two), strict=True) if reply.status < 400}
        stored = items(self.cloud.dynamodb, "account")
        addresses = [account["email"]["S"] for account in stored]
        assert len(set(addresses)) == len(addresses), pair
        if pair == ("confirm", "confirm"):
            assert sorted((one.status < 400, two.status < 400)) == [False, True]
        if pair[0] == pair[1] == "reset complete":
            assert sorted((one.status < 400, two.status < 400)) == [False, True]
        if "confirm" in done and "register" in pair:
            assert "register" not in done
            assert addresses == [NEW_ADDRESS]
        if (
            {"password", "password elsewhere"} & done
            or "reset complete" in done
            or "confirm" in done
        ):
            # Whatever came last, at most the browser that did it is signed in with a new token.
            assert [read_account(self.cookie).status, read_account(self.other).status] == [401, 401]
        if "reset complete" in done:
            keys = items(self.cloud.dynamodb, "access_key")
            epochs = {account["account_id"]["S"]: account["key_epoch"]["N"] for account in stored}
            alive = [
                key for key in keys if key["made_under"]["N"] == epochs[key["account_id"]["S"]]
            ]
            assert alive == [], pair


class ChangedDesk:
    """The account with its new address and the link that undoes the change, and a proved reset."""

    def __init__(self, desk: Desk) -> None:
        self.cloud = desk.cloud
        self.desk = desk
        self.cookie = confirm_change(desk.cookie, desk.change, desk.code).cookie
        notify(desk.cloud.dynamodb)
        self.token = undo_token()
        desk.clock.forward(minutes=2)
        self.proved, self.reset_token = proved_reset(desk.cloud.dynamodb, NEW_ADDRESS)
        self.key_id = list_keys(self.cookie).json["items"][0]["key_id"]

    def acts(self) -> dict[str, Act]:
        cookie = self.cookie
        return {
            "undo": lambda: undo(self.token),
            "password": lambda: change_password(cookie),
            "reset complete": lambda: complete(self.proved, self.reset_token, OTHER),
            "make a key": lambda: make_key(cookie),
            "revoke a key": lambda: revoke_key(cookie, self.key_id),
            "another change": lambda: start_change(cookie, "third@example.org"),
            "log in": lambda: log_in(NEW_ADDRESS),
            "log out": lambda: call(sessions_app, "DELETE", "/sessions/current", cookie=cookie),
            "register": lambda: confirm(self.desk.registration, self.desk.registration_code),
            "delete": lambda: delete(cookie),
        }

    def check(self, pair: Pair, one: Reply, two: Reply) -> None:
        """Check a pair whose first is the undo."""
        name = pair[1]
        done = [reply.status == 204 for reply in (one, two)]
        accounts = items(self.cloud.dynamodb, "account")
        if name == "delete" and one.status != 204:
            assert one.code in {"undo_over", "busy"}
            assert [held["email"]["S"] for held in accounts] in ([], [NEW_ADDRESS])
            return
        if name == "undo":
            assert sorted(done) == [False, True]
        elif one.status != 204:  # lost to the other: the link works still
            assert one.code in {"undo_over", "busy"}, name
            assert undo(self.token).status == 204, name
        assert read_account(self.cookie).status == 401
        [account] = [
            held for held in items(self.cloud.dynamodb, "account") if held["email"]["S"] == ADDRESS
        ]
        keys = items(self.cloud.dynamodb, "access_key")
        epoch = account["key_epoch"]["N"]
        assert [key for key in keys if key["made_under"]["N"] == epoch] == [], name
        for password in (PASSWORD, NEW, OTHER):
            assert log_in(ADDRESS, password).status != 201


def delete(cookie: str) -> Reply:
    body = {"current_password": PASSWORD}
    return call(credentials_app, "POST", "/account/deletion", cookie=cookie, body=body)


@contextmanager
def beside(act: Act, *, at: int) -> Iterator[tuple[list[str], list[Reply]]]:
    """Have an act happen as a whole before write number ``at`` of the block, in another browser."""
    make = BaseClient._make_api_call  # type: ignore[attr-defined]
    writes: list[str] = []
    replies: list[Reply] = []
    inside: list[bool] = []

    def step(client: BaseClient, operation: str, values: dict[str, Any]) -> Any:
        if operation in WRITES and not inside:
            writes.append(operation)
            if len(writes) - 1 == at:
                inside.append(True)
                with ThreadPoolExecutor(1) as pool:
                    replies.append(pool.submit(act).result())
                inside.clear()
        return make(client, operation, values)

    BaseClient._make_api_call = step  # type: ignore[attr-defined]
    try:
        yield writes, replies
    finally:
        BaseClient._make_api_call = make  # type: ignore[attr-defined]


def race(first: Act, second: Act, check: Callable[[Reply, Reply], None]) -> None:
    """Run two acts in every order that matters, and check what stays each time."""
    bring_back = memory()
    at, ended = 0, False
    while not ended:
        bring_back()
        with beside(second, at=at) as (writes, replies):
            reply = first()
        ended = not replies
        if ended:  # one after the other
            replies.append(second())
        assert reply.status < 500 or reply.code == "busy", reply.text
        assert replies[0].status < 500 or replies[0].code == "busy", replies[0].text
        assert_whole()
        check(reply, replies[0])
        assert len(writes) < 12
        at += 1
