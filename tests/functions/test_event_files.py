"""The event files beside the functions have AWS's shape, and their functions handle them.

`sam local invoke` and `sam remote invoke` take the same files. Sessions, link tokens and stored
items differ between accounts, so the tests fill those in.
"""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from newsreel.synthetic.registration import CanaryFailedError, OwnSite

from functions.downloads import app as downloads_app
from tests.support.accounts import PASSWORD, items, mails, open_account, register
from tests.support.cloud import Cloud, FakeClock
from tests.support.events import (
    ORIGIN_SECRET,
    api_event,
    s3_event,
    schedule_event,
    sqs_event,
    stream_event,
)
from tests.support.mail_items import mail_items
from tests.support.media_files import PREVIEW, make
from tests.support.newsletter_run import publish, subscribe
from tests.support.ses_events import Mailed, queue_event, transformed
from tests.support.ses_events import event as ses_event
from tests.support.template import ROOT, functions
from tests.support.uploads import (
    METADATA,
    Context,
    describe,
    drain,
    make_link,
    put,
    read,
    tick,
    upload,
)

ADDRESS = "jane@example.org"
FILES = sorted((ROOT / "functions").glob("*/events/*.json"))
ANSWERS = {
    "account/read-account": 200,
    "account/read-terms": 200,
    "catalogue/list-videos": 200,
    "catalogue/read-health": 200,
    "catalogue/read-video": 200,
    "credentials/change-password": 204,
    "downloads/create-link": 201,
    "downloads/follow-link": 302,
    "newsletter/one-click": 404,  # its token is an example and ends nothing
    "newsletter/subscribe": 204,
    "password_reset/start": 202,
    "registration/start": 202,
    "sessions/log-in": 201,
}
BOUNCED = "mail_feedback/bounced"
RECORDS = [
    "code_issuance/mail-requested",
    BOUNCED,
    "notices/notice-requested",
]
TO_INGEST = [f"ingest/{name}" for name in ("file-arrived", "folder-due", "slice")]
DUE, EVERYTHING = (f"ingest/{name}" for name in ("look-at-due", "look-at-everything"))
REDRIVE, CANARY = "mail_redrive/schedule", "canary/schedule"
CARE = "account_care/schedule"
HASH_STEP, HASHES_DUE = "hashes/step", "hashes/schedule"
MAKE, APPROVE, CARRY_ON = (
    f"newsletter_editions/{name}" for name in ("make", "approve", "carry-on")
)
WALK, SEND = "newsletter_walk/step", "newsletter_send/chunk"
INCOMING = [f"inbound_mail/{name}" for name in ("codes", "out-of-office", "unsubscribe")]
"""Their test is ``test_inbound_mail``: each needs the mail that it names."""
NEWSLETTER = [MAKE, APPROVE, CARRY_ON, WALK, SEND]


def name_of(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


def event_of(name: str) -> dict[str, Any]:
    folder, _, stem = name.partition("/")
    path = ROOT / "functions" / folder / "events" / f"{stem}.json"
    text = path.read_text(encoding="utf-8").replace("<current of OriginSecret>", ORIGIN_SECRET)
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def invoke(name: str, event: Mapping[str, object]) -> Any:
    folder = name.partition("/")[0]
    return importlib.import_module(f"functions.{folder}.app").handler(event, Context())


def with_header(event: dict[str, Any], name: str, value: str) -> dict[str, Any]:
    headers = {**event["headers"], name: value}
    many = {**event["multiValueHeaders"], name: [value]}
    return {**event, "headers": headers, "multiValueHeaders": many}


@pytest.mark.thorough
def test_an_edition_goes_out_by_the_events_of_the_files(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish(1)
    subscribe(0)
    invoke(MAKE, event_of(MAKE))
    invoke(APPROVE, event_of(APPROVE))
    assert invoke(WALK, event_of(WALK)) == {"batchItemFailures": []}
    before = len(mails())
    assert invoke(SEND, event_of(SEND)) == {"batchItemFailures": []}
    assert [mail["To"] for mail in mails()[before:]] == ["person0@example.org"]
    invoke(CARRY_ON, event_of(CARRY_ON))


@pytest.mark.parametrize("name", [MAKE, APPROVE, WALK, SEND])
def test_a_file_of_the_newsletter_has_every_field_that_the_tests_give(name: str) -> None:
    built = {
        MAKE: schedule_event("2026-02-12T07:00:00Z"),
        APPROVE: s3_event("bucket", "newsletter/2026-02-12-0700/approve"),
        WALK: sqs_event("walk", "{}"),
        SEND: sqs_event("send", "{}"),
    }
    assert shape(built[name]) <= shape(event_of(name))


def shape(value: object, path: str = "") -> set[str]:
    """Return the paths of every field; of a list, those of its first entry."""
    if isinstance(value, list):
        return shape(value[0], path) if value else {path}
    if not isinstance(value, Mapping) or path.endswith(("eaders", "Parameters", "NewImage")):
        return {path}
    return {path}.union(*(shape(inner, f"{path}.{key}") for key, inner in value.items()))


@pytest.fixture
def published(cloud: Cloud, fake_clock: FakeClock) -> None:
    """Publish the video that the files name."""
    put_folder()
    tick()


def put_folder() -> None:
    put("preview.mp4", make(PREVIEW))
    put("metadata.json", json.dumps(METADATA).encode())


def test_every_function_has_an_event_file_and_every_file_a_test() -> None:
    assert {path.parent.parent.name for path in FILES} == functions().keys()
    assert {name_of(path) for path in FILES} == {
        *ANSWERS,
        *RECORDS,
        *NEWSLETTER,
        *INCOMING,
        *TO_INGEST,
        DUE,
        EVERYTHING,
        REDRIVE,
        CARE,
        CANARY,
        HASH_STEP,
        HASHES_DUE,
    }


@pytest.mark.parametrize("name", ANSWERS)
def test_a_request_in_a_file_is_for_a_route_of_its_function(name: str) -> None:
    event = event_of(name)
    folder = name.partition("/")[0]
    assert (event["httpMethod"], event["resource"]) in functions()[folder].routes


@pytest.mark.parametrize("name", [*ANSWERS, *RECORDS, *TO_INGEST])
def test_a_file_has_every_field_that_the_tests_give_to_functions(name: str) -> None:
    event = event_of(name)
    if name in ANSWERS:
        built = api_event(event["httpMethod"], event["resource"])
    elif name == "ingest/file-arrived":
        (record,) = event["Records"]
        assert shape(s3_event("bucket", "incoming/a/b")) <= shape(json.loads(record["body"]))
        built = queue_event("{}")
    elif name == BOUNCED or name in TO_INGEST:
        built = queue_event("{}")
    else:
        built = stream_event(event["Records"][0]["dynamodb"]["NewImage"])
    assert shape(built) <= shape(event)


@pytest.mark.thorough
@pytest.mark.parametrize("name", ANSWERS)
def test_the_function_answers_the_request_in_its_file(
    name: str, published: None, cloud: Cloud
) -> None:
    event = event_of(name)
    signed_in = open_account(cloud.dynamodb, ADDRESS, PASSWORD)
    if "Cookie" in event["headers"]:
        event = with_header(event, "Cookie", signed_in.cookie)
    if name == "downloads/follow-link":
        downloads_app.signer.forget()
        url = make_link(signed_in.cookie).json["download_url"]
        token = url.partition("/downloads/")[2].partition("/")[0]
        event["pathParameters"]["token"] = token
        event["path"] = f"/downloads/{token}/preview.mp4"
    assert invoke(name, event)["statusCode"] == ANSWERS[name]


@pytest.mark.parametrize(
    "name", [name for name in ANSWERS if "Cookie" in event_of(name)["headers"]]
)
def test_the_session_in_a_file_is_an_example_and_opens_nothing(name: str, cloud: Cloud) -> None:
    assert invoke(name, event_of(name))["statusCode"] == 401


def test_the_mail_that_a_file_asks_for_is_sent(cloud: Cloud, fake_clock: FakeClock) -> None:
    event = event_of("code_issuance/mail-requested")
    image = event["Records"][0]["dynamodb"]["NewImage"]
    register(ADDRESS)
    [flow] = items(cloud.dynamodb, "flow")
    same_flow = {**flow, "pk": image["pk"], "flow_key": image["flow_key"]}
    for item in (same_flow, image):
        cloud.dynamodb.put_item(TableName="accounts", Item=item)
    invoke("code_issuance/mail-requested", event)
    assert [mail["To"] for mail in mails()] == [ADDRESS]


def test_the_notice_that_a_file_asks_for_is_sent(cloud: Cloud, fake_clock: FakeClock) -> None:
    event = event_of("notices/notice-requested")
    image = event["Records"][0]["dynamodb"]["NewImage"]
    open_account(cloud.dynamodb, ADDRESS)
    [account] = items(cloud.dynamodb, "account")
    same_account = {**account, "pk": image["pk"], "account_id": image["account_id"]}
    for item in (same_account, image):
        cloud.dynamodb.put_item(TableName="accounts", Item=item)
    before = len(mails())
    invoke("notices/notice-requested", event)
    subjects = [mail["Subject"] for mail in mails()[before:]]
    assert subjects == ["Your NATO Multimedia account is open"]


def test_the_bounce_in_a_file_is_kept_and_has_the_transformers_shape(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    event = event_of(BOUNCED)
    body = json.loads(event["Records"][0]["body"])
    assert list(body) == list(json.loads(transformed(ses_event("hard bounce", Mailed()))))
    assert invoke(BOUNCED, event) == {"batchItemFailures": []}
    assert [one["step"] for one in mail_items("trail")] == ["bounced"]


def test_the_schedule_in_a_file_finds_nothing_to_do(cloud: Cloud, fake_clock: FakeClock) -> None:
    assert invoke(REDRIVE, event_of(REDRIVE)) == {}
    assert invoke(CARE, event_of(CARE)) == {}


def test_the_trial_in_a_file_ends_where_nobody_answers(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_asked: object) -> None:
        raise CanaryFailedError("no answer")

    monkeypatch.setattr(OwnSite, "ask", silent)
    assert invoke(CANARY, event_of(CANARY)) == {"delivered": False}


def test_the_step_in_a_file_is_for_a_hash_that_nobody_wants(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    """Hash ids are digests of versions, which differ between accounts."""
    step = event_of(HASH_STEP)
    assert shape(sqs_event("hashes", "{}")) <= shape(step)
    assert invoke(HASH_STEP, step) == {"batchItemFailures": []}
    invoke(HASHES_DUE, event_of(HASHES_DUE))


@pytest.mark.thorough
@pytest.mark.parametrize("name", [*TO_INGEST, EVERYTHING])
def test_the_folder_that_a_file_is_about_is_published(
    name: str, cloud: Cloud, fake_clock: FakeClock
) -> None:
    put_folder()
    assert read().status == 404
    assert invoke(name, event_of(name)) in (None, {"batchItemFailures": []})
    drain()
    assert read().status == 200


@pytest.mark.thorough
def test_the_embargo_that_has_ended_is_found_by_the_file_of_each_minute(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    describe(publish_at="2026-02-14T02:05:00Z")
    upload("preview.mp4", make(PREVIEW))
    fake_clock.forward(minutes=1)
    invoke(DUE, event_of(DUE))
    drain()
    assert read().json["posters"] is not None
