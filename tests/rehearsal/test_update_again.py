"""After the way back the update can be made again, and docs/recovery.md brings back what was lost.

A restore on the local AWS holds what the table holds now, whatever time was asked for.
"""

import secrets
import time
from typing import Any

import pytest
import requests
from newsreel.version import VERSION

from infra.local import deployment
from infra.local.paths import STACK_NAME
from tests.local_stack.client import Person
from tests.rehearsal.people import People, download, make_link
from tests.rehearsal.world import World
from tools.recover.__main__ import Recovery, read
from tools.recover.stacks import Stacks

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
_WITHIN = 90.0


@pytest.fixture(scope="session")
def again(world: World, gone_back: People) -> People:
    """This version over the release before, a second time."""
    world.deploy(deployment.THIS)
    return gone_back


@pytest.fixture(scope="session")
def recovery(world: World) -> Recovery:
    """What `python -m tools.recover --yes` does."""
    return Recovery(Stacks(world.session, world.ports.aws_url), asks=False)


@pytest.fixture(scope="session")
def restored(world: World, again: People, recovery: Recovery) -> str:
    """The name of a restored accounts table, which the stack has taken in."""
    dynamodb = world.client("dynamodb")
    name = f"accounts-{secrets.token_hex(4)}"
    dynamodb.restore_table_to_point_in_time(
        SourceTableName=world.stack.outputs["AccountsTable"],
        TargetTableName=name,
        UseLatestRestorableTime=True,
    )
    dynamodb.get_waiter("table_exists").wait(TableName=name)
    recovery.table(STACK_NAME, "AccountsTable", name)
    world.deploy(deployment.THIS)
    return name


def log_in(person: Person) -> None:
    body = {"email": person.email, "password": person.password}
    answer = person.client.post("/api/sessions", body)
    assert answer.status_code == 201, answer.text


def test_the_update_can_be_made_again(again: People, world: World) -> None:
    told = requests.get(f"{world.stack.api_url}/health", timeout=30).json()
    assert told["version"] == VERSION
    assert again.newcomer is not None
    assert again.newcomer.client.get("/api/account").status_code == 200
    assert download(again.newer_link)


# ---------------------------------------------------------------- an object that was lost


def test_a_file_that_was_deleted_comes_back_from_its_older_version(
    again: People, world: World
) -> None:
    s3, bucket, folder = world.client("s3"), world.stack.media_bucket, again.published
    key = f"incoming/{folder.video_id}/a.mp4"
    s3.delete_object(Bucket=bucket, Key=key)
    gone = folder.video(lambda answer: not answer.ok or not answer.json()["renditions"])
    assert not gone.ok or gone.json()["renditions"] == []
    refused = requests.get(again.newer_link, timeout=30)
    assert (refused.status_code, refused.json()["reason"]) == (410, "withdrawn")
    versions = s3.list_object_versions(Bucket=bucket, Prefix=key)["Versions"]
    source = {"Bucket": bucket, "Key": key, "VersionId": versions[0]["VersionId"]}
    s3.copy_object(Bucket=bucket, Key=key, CopySource=source)
    back = folder.video(lambda answer: answer.ok and bool(answer.json()["renditions"]))
    assert back.json()["renditions"][0]["file_name"] == "a.mp4"
    assert download(again.newer_link)


# ---------------------------------------------------------------- a table of before


def test_the_stack_holds_the_restored_table(restored: str, world: World) -> None:
    assert world.resources_now()["AccountsTable"] == ("AWS::DynamoDB::Table", restored)
    assert world.stack.outputs["AccountsTable"] == restored


def test_the_table_of_before_is_left_as_it_was(restored: str, world: World) -> None:
    tables = world.client("dynamodb").list_tables()["TableNames"]
    assert len([name for name in tables if "AccountsTable" in name]) >= 1


def test_a_restored_table_has_what_a_restore_leaves_out(restored: str, world: World) -> None:
    dynamodb = world.client("dynamodb")
    table = dynamodb.describe_table(TableName=restored)["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    ttl = dynamodb.describe_time_to_live(TableName=restored)["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "ttl")
    backups = dynamodb.describe_continuous_backups(TableName=restored)
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_people_of_the_restored_table_log_in_and_new_ones_get_mail(
    restored: str, again: People, world: World
) -> None:
    assert again.newcomer is not None
    log_in(again.newcomer)
    Person.new(world.stack).register()


# ---------------------------------------------------------------- a stage that was deleted


@pytest.fixture(scope="session")
def made_again(world: World, restored: str, again: People, recovery: Recovery) -> People:
    """The stage, deleted and made again of what it left, as docs/recovery.md says."""
    outputs, stacks = world.stack.outputs, world.client("cloudformation")
    stacks.delete_stack(StackName=STACK_NAME)
    last = time.monotonic() + _WITHIN
    while _exists(stacks) and time.monotonic() < last:
        time.sleep(0.5)
    left = {name: outputs[name] for name in ("CatalogueTable", "MailTable", "MediaBucket")}
    template = read(deployment.THIS.build / "template.yaml")
    recovery.stage(STACK_NAME, template, {"AccountsTable": restored, **left})
    world.deploy(deployment.THIS)
    return again


def _exists(stacks: Any) -> bool:
    return any(
        one["StackName"] == STACK_NAME and one["StackStatus"] != "DELETE_COMPLETE"
        for one in stacks.describe_stacks()["Stacks"]
    )


def test_a_stage_that_is_made_again_has_the_tables_and_files_of_before(
    made_again: People, restored: str, world: World
) -> None:
    assert world.stack.outputs["AccountsTable"] == restored
    assert world.resources_now()["MediaBucket"][1] == world.stack.media_bucket
    answer = made_again.published.video(lambda one: one.ok)
    assert answer.status_code == 200


def test_people_of_before_log_in_and_download_from_it(made_again: People) -> None:
    assert made_again.newcomer is not None
    log_in(made_again.newcomer)
    assert download(make_link(made_again.newcomer, made_again.published))


def test_somebody_registers_at_it(made_again: People, world: World) -> None:
    Person.new(world.stack).register()
