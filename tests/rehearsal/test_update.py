"""Sessions, flows, links and items survive an update over the release before, and the way back."""

import time

import pytest
import requests
from newsreel.version import VERSION

from infra.local import deployment
from infra.local.paths import STACK_NAME
from tests.local_stack.client import Client, Inbox, Person
from tests.rehearsal.people import (
    EMBARGO,
    NEWSLETTER,
    People,
    confirm,
    download,
    make_link,
    start_reset,
)
from tests.rehearsal.world import World
from tests.support import media_files
from tests.support.upgrades import resources_of
from tools import after_update

# What is started in the background is ended by its id, not waited for.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
CONTENT = media_files.make(media_files.PREVIEW)
REQUESTS_OF_THE_PAGES = (
    "/api/config",
    "/api/terms",
    "/api/videos?limit=20",
    "/api/account",
    "/api/account/sessions",
    "/api/account/downloads",
)
"""What scripts read; tests/unit/test_api_of_the_release.py compares the whole API."""
NEW_PASSWORD = "Green-Lantern-17!rows"


# ---------------------------------------------------------------- before


def test_there_is_something_to_rehearse(world: World) -> None:
    before, this = resources_of(world.before.root), resources_of(deployment.THIS.root)
    assert before != this, f"nothing in the templates differs from {world.release}"


def test_the_release_before_is_another_version(world: World) -> None:
    assert world.release.version != VERSION


def test_the_release_before_works(used: People) -> None:
    assert used.member.client.get("/api/account").json()["newsletter"] is True
    assert download(used.link) == CONTENT


# ---------------------------------------------------------------- this version over it


def test_this_version_answers(updated: People, world: World) -> None:
    assert requests.get(f"{world.stack.api_url}/health", timeout=30).json()["version"] == VERSION


def test_tables_buckets_and_mail_domains_are_those_of_before(updated: People, world: World) -> None:
    assert len(world.outliving()) >= 6
    now = world.resources_now()
    assert {name: now.get(name) for name in world.outliving()} == world.outliving()


def test_no_key_of_codes_or_links_is_made_again(updated: People, world: World) -> None:
    kept = {name: one for name, one in world.keys.items() if "OriginSecret" not in name}
    now = world.keys_now()
    assert len(kept) >= 2
    assert {name: now.get(name) for name in kept} == kept


def test_the_mail_domain_is_still_one_of_ses(updated: People, world: World) -> None:
    assert "newsreel.test" in world.verified_domains()


def test_nobody_gets_a_mail_again(updated: People, world: World) -> None:
    # The new function reads a day of the stream again. Who registers now comes after all of it.
    Person.new(world.stack).register()
    for person in (updated.member, updated.registering):
        assert len(person.inbox.mails()) == updated.mails[person.email]


def test_a_session_of_before_opens_the_account(updated: People) -> None:
    answer = updated.member.client.get("/api/account")
    assert answer.status_code == 200
    assert answer.json()["email"] == updated.member.email


@pytest.mark.parametrize("path", REQUESTS_OF_THE_PAGES)
def test_pages_of_before_that_are_still_open_get_answers(updated: People, path: str) -> None:
    answer = updated.member.client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text


def test_changes_that_pages_of_before_ask_for_are_made(updated: People) -> None:
    client = updated.resetting.client
    changed = client.send("PATCH", "/api/account", json={"language": "fr"})
    assert changed.status_code == 200, changed.text
    for method, body in (("PUT", NEWSLETTER), ("DELETE", None)):
        answer = client.send(method, "/api/account/newsletter", json=body)
        assert answer.ok, answer.text
    assert client.get("/api/account").json()["language"] == "fr"
    assert make_link(updated.resetting, updated.published)


def test_scripts_of_before_are_still_there(updated: People, world: World) -> None:
    s3, bucket = world.client("s3"), world.stack.outputs["SiteBucket"]
    listed = s3.list_objects_v2(Bucket=bucket, Prefix="assets/")["Contents"]
    scripts = [one["Key"] for one in listed if one["Key"].endswith("scripts/account.js")]
    assert len(scripts) == 2
    for key in scripts:
        assert requests.get(f"{world.stack.site_url}/{key}", timeout=30).status_code == 200


def test_a_code_that_was_mailed_before_opens_an_account(updated: People) -> None:
    answer = confirm(updated.registering, updated.flow, updated.code)
    assert answer.status_code == 201, answer.text


def test_a_link_that_was_made_before_leads_to_the_file(updated: People) -> None:
    assert download(updated.link) == CONTENT


def test_somebody_who_was_not_here_registers(updated: People, world: World) -> None:
    updated.newcomer = Person.new(world.stack)
    assert updated.newcomer.register()["email"] == updated.newcomer.email


def test_a_folder_that_was_waiting_is_published_once_it_is_whole(updated: People) -> None:
    updated.waiting.put_metadata()
    answer = updated.waiting.video(lambda one: one.ok and bool(one.json()["renditions"]))
    assert answer.status_code == 200, answer.text


def test_who_wanted_the_newsletter_before_gets_it_once_the_command_was_given(
    updated: People, world: World
) -> None:
    assert updated.member.client.get("/api/account").json()["newsletter"] is True
    assert world.subscribers() == 0
    assert after_update.make_good(STACK_NAME, world.session, world.ports.aws_url) == 1
    assert world.subscribers() == 1
    assert after_update.make_good(STACK_NAME, world.session, world.ports.aws_url) == 0


def test_a_folder_under_embargo_of_before_is_due_when_it_ends(
    updated: People, world: World
) -> None:
    after_update.make_good(STACK_NAME, world.session, world.ports.aws_url)
    # Work on a folder puts it there for minutes; its embargo is what lasts.
    assert world.is_due(updated.embargoed.video_id, after=time.time() + EMBARGO.total_seconds() / 2)


def test_a_reset_that_was_begun_before_is_finished(updated: People) -> None:
    client: Client = updated.reset["client"]
    path = f"/api/password-resets/{updated.reset['reset_id']}"
    verified = client.post(f"{path}/verify", {"code": updated.reset_code})
    assert verified.status_code == 200, verified.text
    body = {"reset_token": verified.json()["reset_token"], "new_password": NEW_PASSWORD}
    completed = client.post(f"{path}/complete", body)
    assert completed.ok, completed.text
    body = {"email": updated.resetting.email, "password": NEW_PASSWORD}
    assert Client(client.stack).post("/api/sessions", body).status_code == 201


@pytest.mark.parametrize("path", ["/", "/fr/", "/account", "/help"])
def test_the_new_pages_are_there(updated: People, world: World, path: str) -> None:
    answer = requests.get(world.stack.site_url + path, timeout=30)
    assert answer.status_code == 200
    assert "/assets/" in answer.text


# ---------------------------------------------------------------- and back


def test_the_release_before_answers_again(gone_back: People, world: World) -> None:
    told = requests.get(f"{world.stack.api_url}/health", timeout=30).json()
    assert told.get("version") in {None, world.release.version}


def test_tables_buckets_and_domains_of_both_versions_stay(gone_back: People, world: World) -> None:
    tables = world.client("dynamodb").list_tables()["TableNames"]
    buckets = [one["Name"] for one in world.client("s3").list_buckets()["Buckets"]]
    left = {*tables, *buckets, *world.verified_domains()}
    # Of nested stacks the local AWS deletes all, whatever their templates say.
    kept = {physical for name, (_, physical) in world.outliving().items() if "/" not in name}
    assert len(kept) >= 5
    assert kept <= left


def test_keys_of_both_versions_stay(gone_back: People, world: World) -> None:
    ended = ("OriginSecret", "/addresses")
    kept = {name: one for name, one in world.keys.items() if not any(e in name for e in ended)}
    now = world.keys_now()
    assert {name: now.get(name) for name in kept} == kept


def test_nobody_gets_a_mail_again_by_going_back(gone_back: People, world: World) -> None:
    Person.new(world.stack).register()
    for address, count in gone_back.mails.items():
        assert len(Inbox(world.stack, address).mails()) == count


def test_members_of_both_versions_are_still_logged_in(gone_back: People) -> None:
    for person in (gone_back.member, gone_back.newcomer):
        assert person is not None
        answer = person.client.get("/api/account")
        assert answer.status_code == 200, answer.text
        assert answer.json()["email"] == person.email


def test_somebody_who_registered_with_the_newer_version_logs_in(gone_back: People) -> None:
    assert gone_back.newcomer is not None
    answer = gone_back.newcomer.log_in(Client(gone_back.newcomer.client.stack))
    assert answer.status_code == 201, answer.text


def test_a_code_of_the_newer_version_opens_an_account(gone_back: People) -> None:
    assert gone_back.newer_flow is not None
    answer = confirm(*gone_back.newer_flow)
    assert answer.status_code == 201, answer.text


def test_links_of_both_versions_lead_to_the_file(gone_back: People) -> None:
    assert download(gone_back.link) == CONTENT
    assert download(gone_back.newer_link) == CONTENT


def test_what_the_newer_version_published_is_shown(gone_back: People) -> None:
    answer = gone_back.waiting.video(lambda one: one.ok)
    assert answer.json()["title"] == "A test of the local stack"


def test_people_register_and_reset_again(gone_back: People, world: World) -> None:
    person = Person.new(world.stack)
    person.register()
    start_reset(person)
    assert len(person.inbox.wait_for(2)) >= 2


@pytest.mark.parametrize("path", ["/", "/fr/", "/account"])
def test_the_pages_of_before_are_back(gone_back: People, world: World, path: str) -> None:
    answer = requests.get(world.stack.site_url + path, timeout=30)
    assert answer.status_code == 200
