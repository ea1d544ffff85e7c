"""What a recovery has CloudFormation do: one resource taken out, put back, and nothing else."""

import copy
import io
from pathlib import Path
from typing import Any

import pytest

from tests.support.template import load
from tools.recover import templates
from tools.recover.__main__ import Recovery
from tools.recover.stacks import Change
from tools.recover.templates import NotRecoverableError

RESTORED = {
    "Ref": "restored",
    "Arn": "arn:aws:dynamodb:eu-central-1:111122223333:table/restored",
    "StreamArn": "arn:aws:dynamodb:eu-central-1:111122223333:table/restored/stream/1",
}
KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
TEMPLATE: dict[str, Any] = {
    "Parameters": {"Stage": {"Type": "String"}},
    "Resources": {
        "Accounts": {**KEPT, "Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": []}},
        "AccountsOther": {"Type": "AWS::SQS::Queue"},
        "Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Table": {"Ref": "Accounts"},
                "Other": {"Ref": "AccountsOther"},
                "Arn": {"Fn::GetAtt": ["Accounts", "Arn"]},
                "Stream": {"Fn::GetAtt": "Accounts.StreamArn"},
                "Index": {"Fn::Sub": "${Accounts.Arn}/index/${Stage} ${Accounts}"},
                "Long": {"Fn::Sub": ["${Accounts.Arn} ${One}", {"One": {"Ref": "Accounts"}}]},
            },
        },
    },
    "Outputs": {"Name": {"Value": {"Ref": "Accounts"}}},
}


@pytest.fixture
def by_name() -> Any:
    return templates.by_name_alone(TEMPLATE, "Accounts", RESTORED)


def test_what_referred_to_a_table_names_the_restored_one(by_name: Any) -> None:
    assert by_name["Resources"]["Function"]["Properties"] == {
        "Table": "restored",
        "Other": {"Ref": "AccountsOther"},
        "Arn": RESTORED["Arn"],
        "Stream": RESTORED["StreamArn"],
        "Index": {"Fn::Sub": f"{RESTORED['Arn']}/index/${{Stage}} restored"},
        "Long": {"Fn::Sub": [f"{RESTORED['Arn']} ${{One}}", {"One": "restored"}]},
    }
    assert by_name["Outputs"] == {"Name": {"Value": "restored"}}


def test_the_table_leaves_the_stack_and_nothing_else_does(by_name: Any) -> None:
    assert by_name["Resources"].keys() == TEMPLATE["Resources"].keys() - {"Accounts"}


def test_a_template_that_is_read_is_not_changed(by_name: Any) -> None:
    before = copy.deepcopy(TEMPLATE)
    templates.by_name_alone(TEMPLATE, "Accounts", RESTORED)
    assert before == TEMPLATE


def test_the_import_adds_the_table_and_changes_nothing_else(by_name: Any) -> None:
    again = templates.with_it_again(by_name, TEMPLATE, "Accounts")
    table = again["Resources"]["Accounts"]
    assert table == {**TEMPLATE["Resources"]["Accounts"], "DeletionPolicy": "Retain"}
    rest = {name: one for name, one in again["Resources"].items() if name != "Accounts"}
    assert {**again, "Resources": rest} == by_name


def test_the_import_is_told_type_logical_id_and_identifier() -> None:
    assert templates.to_import(TEMPLATE, {"Accounts": "restored"}) == [
        {
            "ResourceType": "AWS::DynamoDB::Table",
            "LogicalResourceId": "Accounts",
            "ResourceIdentifier": {"TableName": "restored"},
        }
    ]


@pytest.mark.parametrize(
    "names",
    [{"AccountsOther": "queue"}, {"Nothing": "name"}],
    ids=["deleted with its stack", "not there"],
)
def test_what_no_stack_leaves_is_not_brought_back(names: dict[str, str]) -> None:
    with pytest.raises(NotRecoverableError):
        templates.of_what_is_left(TEMPLATE, names)
    with pytest.raises(NotRecoverableError):
        templates.by_name_alone(TEMPLATE, next(iter(names)), RESTORED)


LEFT = {
    "AccountsTable": "newsreel-prod-AccountsTable-1",
    "CatalogueTable": "newsreel-prod-CatalogueTable-1",
    "MailTable": "newsreel-prod-MailTable-1",
    "MediaBucket": "newsreel-prod-media-111122223333-eu-central-1",
    "TrailKeys": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:TrailKeys-abcdef",
    "UnsubscribeKeys": "arn:aws:secretsmanager:eu-central-1:111122223333:secret:Keys-abcdef",
}


def test_a_stage_begins_again_with_what_outlived_it_and_refers_to_nothing_else() -> None:
    made = templates.of_what_is_left(load(), LEFT)
    assert made["Resources"].keys() == LEFT.keys()
    for one in made["Resources"].values():
        assert one["DeletionPolicy"].startswith("Retain")
        assert not {"Ref", "Fn::GetAtt", "Fn::Sub"} & set(_keys(one))
    assert made["Resources"]["MediaBucket"]["Properties"] == {"BucketName": LEFT["MediaBucket"]}


def test_keys_that_are_imported_are_not_made_anew_by_the_deployment_after() -> None:
    made = templates.of_what_is_left(load(), LEFT)
    for name in ("TrailKeys", "UnsubscribeKeys"):
        own, wanted = (one["Resources"][name]["Properties"] for one in (made, load()))
        assert own["GenerateSecretString"] == wanted["GenerateSecretString"]


def test_all_that_outlives_the_root_stack_can_be_brought_back_or_is_told_why_not() -> None:
    left = {
        name
        for name, one in load()["Resources"].items()
        if one.get("DeletionPolicy") == "RetainExceptOnCreate"
    }
    # The account's own, which the next stack finds set, and what MailIdentities=existing uses.
    assert left - LEFT.keys() == {"ApiGatewayAccount", "ApiGatewayRole", "MailIdentity"}


class OneStack:
    """Stands in for CloudFormation: one stack, and what was asked of it."""

    def __init__(self) -> None:
        self.deployed: Any = TEMPLATE
        self.asked: list[tuple[str, list[str]]] = []
        self.refused: set[str] = set()

    def template(self, stack: str) -> Any:
        return self.deployed

    def values_of(self, table: str) -> dict[str, str]:
        return {**RESTORED, "Arn": RESTORED["Arn"].replace("restored", table)}

    def give_settings(self, table: str, resource: Any) -> None:
        assert table == "restored"

    def propose(self, stack: str, kind: str, template: Any, imported: Any = ()) -> Change:
        if kind in self.refused:
            raise NotRecoverableError("not now")
        self.asked.append((kind, [one["LogicalResourceId"] for one in imported]))
        self.proposed = template
        return Change(stack, kind, [])

    def carry_out(self, change: Change, kind: str) -> None:
        self.deployed = self.proposed


@pytest.fixture
def one_stack() -> OneStack:
    return OneStack()


@pytest.fixture
def recovery(one_stack: OneStack, tmp_path: Path) -> Recovery:
    return Recovery(one_stack, asks=False, kept=tmp_path)  # type: ignore[arg-type]


def test_a_table_leaves_the_stack_and_comes_back_as_another_one(
    recovery: Recovery, one_stack: OneStack
) -> None:
    recovery.table("stack", "Accounts", "restored")
    assert one_stack.asked == [("UPDATE", []), ("IMPORT", ["Accounts"])]
    assert one_stack.deployed["Resources"]["Accounts"]["Type"] == "AWS::DynamoDB::Table"


def test_what_was_broken_off_between_both_steps_goes_on(
    recovery: Recovery, one_stack: OneStack
) -> None:
    one_stack.refused = {"IMPORT"}
    with pytest.raises(NotRecoverableError, match="not now"):
        recovery.table("stack", "Accounts", "restored")
    one_stack.refused = set()
    with pytest.raises(NotRecoverableError, match="another table than other"):
        recovery.table("stack", "Accounts", "other")
    recovery.table("stack", "Accounts", "restored")
    assert one_stack.asked == [("UPDATE", []), ("IMPORT", ["Accounts"])]


def test_a_table_that_the_stack_never_had_is_refused(recovery: Recovery) -> None:
    with pytest.raises(NotRecoverableError, match="no resource Nothing"):
        recovery.table("stack", "Nothing", "restored")


def test_without_a_yes_nothing_is_done(
    one_stack: OneStack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    asking = Recovery(one_stack, asks=True, kept=tmp_path)  # type: ignore[arg-type]
    with pytest.raises(NotRecoverableError, match="Nothing was changed"):
        asking.table("stack", "Accounts", "restored")
    assert one_stack.deployed is TEMPLATE


def _keys(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [*part, *(key for one in part.values() for key in _keys(one))]
    if isinstance(part, list):
        return [key for one in part for key in _keys(one)]
    return []
