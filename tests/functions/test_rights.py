"""What a function does to a table is held to its policy: a right that is taken away is missed.

Each route runs once, as in its scenario, and its calls are recorded. Without a statement that lets
a function use a table some call is refused, unless another one allows the same.
"""

import copy
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from types import SimpleNamespace
from typing import Any

import pytest
from argon2 import PasswordHasher
from newsreel import clock
from newsreel.accounts import passwords

from tests.functions.test_export import ADDRESS, export
from tests.support import permissions
from tests.support.accounts import open_account
from tests.support.cloud import ENVIRONMENT, Cloud, FakeClock, empty_account
from tests.support.every_scenario import EVERY_SCENARIO
from tests.support.invariants import memory
from tests.support.permissions import Call, Seen, needed
from tests.support.scenarios import publish
from tests.support.template import functions

pytestmark = pytest.mark.thorough

TABLES = ("AccountsTable", "MailTable")


def of_every_scenario(cloud: Cloud, fake_clock: FakeClock) -> list[Seen]:
    publish()
    bring_back = memory()
    with permissions.recorded() as calls:
        for kind in EVERY_SCENARIO:
            bring_back()
            kind(cloud, fake_clock).act()
        bring_back()
        export(open_account(cloud.dynamodb, ADDRESS).cookie)  # to its last part
    return [one for one in calls if one[1] == "dynamodb"]


@pytest.fixture(scope="module")
def calls() -> Iterator[list[Seen]]:
    fake_clock = FakeClock()
    with pytest.MonkeyPatch.context() as patched, empty_account() as cloud:
        patched.setattr(clock, "now", lambda: fake_clock.time)
        quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patched.setattr(passwords, "_hasher", quick)
        yield of_every_scenario(cloud, fake_clock)


def of_tables(folder: str) -> list[dict[str, Any]]:
    """Return the statements that let a function use the accounts or the mail table."""
    return [
        one
        for one in functions()[folder].statements
        if any(table in str(one["Resource"]) for table in TABLES)
    ]


def without(
    folder: str, changed: Sequence[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have a function deployed with these statements for its tables."""
    deployed = functions()

    kept = [one for one in deployed[folder].statements if one not in of_tables(folder)]
    fewer = SimpleNamespace(statements=[*kept, *changed])
    monkeypatch.setattr(permissions, "functions", lambda: {**deployed, folder: fewer})


def test_every_function_that_uses_a_table_misses_each_right_that_it_needs(
    calls: list[Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert permissions.refused(calls, ENVIRONMENT) == []
    for folder in sorted({one[0] for one in calls} & functions().keys()):
        own = [one for one in calls if one[0] == folder]
        for place, statement in enumerate(of_tables(folder)):
            rest = [one for at, one in enumerate(of_tables(folder)) if at != place]
            without(folder, rest, monkeypatch)
            assert_told(folder, statement, own)


def assert_told(folder: str, statement: dict[str, Any], own: list[Seen]) -> None:
    """A call that only this statement allowed is refused now; one that others allow is not."""
    known = permissions._known(ENVIRONMENT)
    allowed = [
        one for seen in own for one in needed(*seen) if permissions._allows(statement, one, known)
    ]
    refused = permissions.refused(own, ENVIRONMENT)
    assert set(refused) <= set(allowed), folder
    others = permissions.functions()[folder].statements
    assert refused or all(
        any(permissions._allows(one, call, known) for one in others) for call in allowed
    ), (folder, statement["Sid"])


def actions(calls: list[Seen], folder: str, table: str) -> set[Call]:
    at = permissions.table(table)
    found = (one for seen in calls if seen[0] == folder for one in needed(*seen))
    return {one for one in found if one.resource.startswith(at)}


def test_each_statement_of_credentials_on_the_mail_table_is_needed_and_missed(
    calls: list[Seen], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The export reads trail, suppression, counts and editions; a deletion erases the first two."""
    used = actions(calls, "credentials", "mail")
    prefixes = {key.partition("#")[0] for one in used for key in one.keys}
    assert prefixes == {"TRAIL", "SUPPRESSED", "BUDGET", "EDITION"}
    statements = of_tables("credentials")
    missed = {}
    for place, statement in enumerate(statements):
        if "MailTable" in str(statement["Resource"]):
            without(
                "credentials",
                [one for at, one in enumerate(statements) if at != place],
                monkeypatch,
            )
            missed[statement["Sid"]] = permissions.refused(calls, ENVIRONMENT)
    assert {"ExportMails", "EraseMails"} <= missed.keys()
    assert [sid for sid, calls_refused in missed.items() if not calls_refused] == []


@pytest.mark.parametrize("key", ["TRAIL#*", "SUPPRESSED#*", "BUDGET#*", "EDITION#*"])
def test_a_key_that_credentials_may_not_read_in_the_mail_table_is_missed(
    calls: list[Seen], monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    changed = copy.deepcopy(of_tables("credentials"))
    for statement in changed:
        condition = statement.get("Condition", {}).get("ForAllValues:StringLike", {})
        keys = condition.get("dynamodb:LeadingKeys", [])
        if "MailTable" in str(statement["Resource"]) and key in keys:
            condition["dynamodb:LeadingKeys"] = [one for one in keys if one != key]
    without("credentials", changed, monkeypatch)
    refused = permissions.refused(calls, ENVIRONMENT)
    assert any(fnmatchcase(one, key) for call in refused for one in call.keys)
