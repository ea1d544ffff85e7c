"""Keys and addresses change while people work: no environment is started for it."""

import json
from typing import Any

import pytest
from newsreel.aws import clients, stored_secrets

from functions.sessions import app as sessions_app
from tests.support.accounts import (
    PASSWORD,
    call,
    confirm,
    deliver,
    mails,
    newest_code,
    open_account,
    register,
)
from tests.support.cloud import ENVIRONMENT, Cloud, FakeClock
from tests.support.uploads import follow, make_link, page, publish

ADDRESS = "reporter@example.org"
NEW_SITE = "https://press.example.org"


def store(variable: str, value: dict[str, str]) -> None:
    clients.secretsmanager().put_secret_value(
        SecretId=ENVIRONMENT[variable], SecretString=json.dumps(value)
    )


def stored(variable: str) -> dict[str, str]:
    found = clients.secretsmanager().get_secret_value(SecretId=ENVIRONMENT[variable])
    values: dict[str, str] = json.loads(found["SecretString"])
    return values


def wait(fake_clock: FakeClock) -> None:
    fake_clock.forward(seconds=stored_secrets.LONGEST_KEPT)


def from_elsewhere(origin: str) -> int:
    """Log in as a browser does that sends no fetch metadata."""
    headers = {"Origin": origin, "Cookie": "__Host-session=of-nobody"}
    body = {"email": ADDRESS, "password": PASSWORD}
    return call(sessions_app, "POST", "/sessions", headers=headers, body=body).status


def test_a_new_domain_is_known_everywhere_after_five_minutes(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    clients.s3().put_object(
        Bucket=ENVIRONMENT["SITE_BUCKET"],
        Key="shells/en/video.html",
        Body=b"<!-- newsreel:head -->",
    )
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    assert make_link(cookie).json["download_url"].startswith(cloud.site_url)
    assert from_elsewhere(NEW_SITE) == 403
    store("ADDRESSES_SECRET", {"site_url": NEW_SITE, "api_url": f"{NEW_SITE}/api"})
    wait(fake_clock)
    assert make_link(cookie).json["download_url"].startswith(f"{NEW_SITE}/api/")
    assert f'<link rel="canonical" href="{NEW_SITE}/' in page().text
    assert (from_elsewhere(NEW_SITE), from_elsewhere(cloud.site_url)) == (201, 403)
    register("another@example.org")
    deliver(cloud.dynamodb)
    assert NEW_SITE in str(mails()[-1])


def rotate(variable: str, fake_clock: FakeClock) -> None:
    """As docs/operations.md says it: a new key, then the current one, with a wait after each."""
    ring = stored(variable)
    store(variable, {**ring, "k2": "new" * 20})
    wait(fake_clock)
    store(variable, {**ring, "k2": "new" * 20, "current": "k2"})
    wait(fake_clock)


@pytest.mark.thorough
def test_a_code_and_a_link_outlive_a_rotation_and_new_ones_need_no_old_key(
    cloud: Cloud, fake_clock: FakeClock
) -> None:
    publish()
    cookie = open_account(cloud.dynamodb, ADDRESS).cookie
    old_link = make_link(cookie).json["download_url"]
    old_flow = register("old@example.org").json["registration_id"]
    deliver(cloud.dynamodb)
    rotate("LINK_KEYS_SECRET", fake_clock)
    rotate("FLOW_KEYS_SECRET", fake_clock)
    assert follow(old_link).status == 302
    assert confirm(old_flow, newest_code("old@example.org")).status == 201
    new_link = make_link(cookie).json["download_url"]
    new_flow = register("new@example.org").json["registration_id"]
    deliver(cloud.dynamodb)
    for variable in ("LINK_KEYS_SECRET", "FLOW_KEYS_SECRET"):
        store(variable, {"current": "k2", "k2": "new" * 20})
    wait(fake_clock)
    assert (follow(old_link).status, follow(new_link).status) == (410, 302)
    assert confirm(new_flow, newest_code("new@example.org")).status == 201


def test_a_secret_is_asked_for_once_in_five_minutes(cloud: Cloud, fake_clock: FakeClock) -> None:
    stored_secrets.forget()
    secret = ENVIRONMENT["ADDRESSES_SECRET"]
    stored_secrets.read_secret(secret)
    store("ADDRESSES_SECRET", {"site_url": NEW_SITE, "api_url": NEW_SITE})
    read: list[Any] = []
    for _ in range(2):
        fake_clock.forward(seconds=stored_secrets.LONGEST_KEPT - 1)
        read.append(NEW_SITE in stored_secrets.read_secret(secret))
    assert read == [False, True]
