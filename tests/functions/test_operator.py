"""The operator's command: what it does to an account, what it never sees, and what it leaves."""

import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner
from newsreel.aws import clients

from functions.account import app as account_app
from tests.support.accounts import (
    Reply,
    call,
    items,
    log_in,
    look,
    mails,
    open_account,
    read_account,
    register,
)
from tests.support.cloud import Cloud, FakeClock
from tests.support.credentials import NEW
from tests.support.invariants import redrive
from tests.support.mail_items import suppression_of
from tests.support.reset_steps import complete, proved_reset
from tests.support.stacks import ROOT, load
from tools.newsreel_admin import __main__ as admin
from tools.newsreel_admin.deployment import Deployment

ADDRESS = "jane@example.org"
Run = Callable[..., str]


@pytest.fixture
def run(cloud: Cloud, fake_clock: FakeClock, monkeypatch: pytest.MonkeyPatch) -> Run:
    outputs = {
        "AccountsTable": "accounts",
        "MailTable": "mail",
        "TrailKeys": "newsreel/test/trail-keys",
    }
    deployment = Deployment(outputs, clients.dynamodb(), clients.secretsmanager())
    monkeypatch.setattr(Deployment, "local", lambda: deployment)
    monkeypatch.setattr("tools.newsreel_admin.operations.time.time", fake_clock.epoch)

    def invoke(*words: str, fails: bool = False) -> str:
        result = CliRunner().invoke(admin.main, list(words))
        assert bool(result.exit_code) is fails, result.output
        return result.output

    return invoke


@pytest.fixture
def jane(run: Run, cloud: Cloud, fake_clock: FakeClock) -> Reply:
    reply = open_account(cloud.dynamodb, ADDRESS)
    redrive()
    fake_clock.forward(minutes=1)
    return reply


def journal(cookie: str) -> list[tuple[str, str]]:
    events = call(account_app, "GET", "/account/journal", cookie=cookie).json["items"]
    return [(event["kind"], event["actor"]) for event in events]


def test_show_tells_how_an_account_stands_and_is_in_its_journal(run: Run, jane: Reply) -> None:
    told = run("show", "Jane@Example.org")
    assert jane.json["account"]["account_id"] in told
    assert "1 sessions" in told
    assert journal(jane.cookie)[0] == ("looked_at", "operator")


def test_no_secret_is_shown(run: Run, cloud: Cloud, jane: Reply) -> None:
    [account] = items(cloud.dynamodb, "account")
    told = run("show", ADDRESS)
    assert account["password_hash"]["S"] not in told
    assert "argon2" not in told


def test_end_sessions_logs_out_everywhere_and_the_password_still_works(
    run: Run, jane: Reply
) -> None:
    run("end-sessions", ADDRESS)
    assert read_account(jane.cookie).status == 401
    # Events of one second have no order.
    assert ("sessions_ended", "operator") in journal(log_in(ADDRESS).cookie)


@pytest.mark.thorough
def test_a_started_reset_makes_the_password_worthless_until_its_owner_resets_it(
    run: Run, cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    run("start-reset", ADDRESS)
    redrive()
    assert str(mails()[-1]["Subject"]) == "Please choose a new password"
    assert read_account(jane.cookie).status == 401
    assert log_in(ADDRESS).code == "wrong_credentials"
    assert "worthless since" in run("show", ADDRESS)
    fake_clock.forward(minutes=1)
    assert complete(*proved_reset(cloud.dynamodb, ADDRESS)).status == 204
    assert log_in(ADDRESS, NEW).status == 201


@pytest.mark.thorough
def test_a_suppressed_address_gets_no_mail_until_it_is_released(
    run: Run, cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    fake_clock.forward(days=1)
    run("suppress", ADDRESS)
    sent = len(mails())
    flow_id = register(ADDRESS).json["registration_id"]
    log_in(ADDRESS)
    redrive()
    assert (look(flow_id).json["delivery"], len(mails())) == ("withheld", sent)
    assert "holds all mail to it back" in run("why", ADDRESS)
    run("release", ADDRESS)
    assert suppression_of(ADDRESS) is None
    kinds = [kind for kind, _ in journal(log_in(ADDRESS).cookie)]
    assert {"suppressed", "released"} <= set(kinds)


def test_an_address_without_an_account_can_be_suppressed_too(run: Run) -> None:
    run("suppress", "nobody@example.org")
    assert suppression_of("nobody@example.org") is not None


def test_the_role_of_the_press_office_is_given_and_taken(
    run: Run, cloud: Cloud, jane: Reply, fake_clock: FakeClock
) -> None:
    run("grant", ADDRESS)
    assert "press_office" in run("show", ADDRESS)
    fake_clock.forward(seconds=1)
    run("take", ADDRESS)
    [account] = items(cloud.dynamodb, "account")
    assert account["role"] == {"S": ""}
    kinds = [kind for kind, _ in journal(jane.cookie)]
    assert {"role_granted", "role_taken"} <= set(kinds)


def test_delete_asks_and_then_leaves_nothing(run: Run, cloud: Cloud, jane: Reply) -> None:
    run("delete", ADDRESS, fails=True)
    assert read_account(jane.cookie).status == 200
    run("delete", ADDRESS, "--yes")
    redrive()
    assert items(cloud.dynamodb, "account") == []
    assert str(mails()[-1]["Subject"]) == "Your account is deleted"


@pytest.mark.parametrize("command", ["show", "end-sessions", "start-reset", "grant", "delete"])
def test_an_address_without_an_account_is_said_to_have_none(run: Run, command: str) -> None:
    assert "No account has this address." in run(command, "nobody@example.org", fails=True)
    assert "no address" in run(command, "nobody", fails=True)


def test_the_operators_policy_reads_and_writes_no_password_and_no_key_of_codes() -> None:
    policy = load(ROOT / "infra" / "account_care.yaml")["Resources"]["OperatorPolicy"]
    statements = policy["Properties"]["PolicyDocument"]["Statement"]
    text = json.dumps(statements)
    assert "FlowKeys" not in text
    for statement in statements:
        actions = statement["Action"]
        of_accounts = "AccountsTable" in json.dumps(statement["Resource"])
        # Those two are for reservations of addresses, which hold no password.
        if of_accounts and actions not in ("dynamodb:GetItem", "dynamodb:DeleteItem"):
            denied = statement["Condition"]["ForAllValues:StringNotEquals"]
            assert "password_hash" in denied["dynamodb:Attributes"]


def test_the_operators_policy_makes_no_way_into_an_account() -> None:
    policy = load(ROOT / "infra" / "account_care.yaml")["Resources"]["OperatorPolicy"]
    writes = {"dynamodb:PutItem", "dynamodb:UpdateItem"}
    written = []
    for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
        if "AccountsTable" in json.dumps(statement["Resource"]) and writes & {*statement["Action"]}:
            condition = statement["Condition"]
            # ForAllValues names the other items of its transaction as well (decision 37).
            written += condition["ForAnyValue:StringLike"]["dynamodb:LeadingKeys"]
            denied = set(condition["ForAllValues:StringNotEquals"]["dynamodb:Attributes"])
            # What every session and every access key has, and nothing that is written otherwise.
            assert {"session_key", "made_under"} <= denied
    # No reservation: it says which account an address resets the password of.
    assert written == ["ACCOUNT#*"]
