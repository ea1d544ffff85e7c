"""Test data in this process: an account, a session, flows, a video and a link."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher
from newsreel.accounts import passwords
from werkzeug.test import Client

from tests.support import uploads
from tests.support.accounts import PASSWORD, deliver, newest_code, open_account, register
from tests.support.cloud import empty_account
from tests.support.credentials import NEW_ADDRESS, start_change
from tests.support.fuzzing import World
from tests.support.gateway import STAGE, InProcess, gateway
from tests.support.invariants import memory
from tests.support.scenarios import ADDRESS, TERMS, publish, verify

OTHER = "joe@example.org"


@contextmanager
def a_world() -> Iterator[World]:
    """Make the data; passwords are hashed with little memory."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patched, empty_account() as cloud:
        patched.setattr(passwords, "_hasher", quick)
        publish()
        cookie = open_account(cloud.dynamodb, ADDRESS).cookie
        url = uploads.make_link(cookie).json["download_url"]
        token, _, file_name = url.partition("/downloads/")[2].partition("/")
        reset = _start_reset()
        deliver(cloud.dynamodb)
        reset_token = verify(reset).json["reset_token"]
        registration = register(OTHER).json["registration_id"]
        deliver(cloud.dynamodb)
        known = {
            "registration_id": registration,
            "reset_id": reset,
            "video_id": uploads.VIDEO,
            "token": token,
            "file_name": file_name,
            "page": "home",
            "email": ADDRESS,
            "password": PASSWORD,
            "code": newest_code(OTHER),
            "reset_token": reset_token,
            "rendition": "preview-mp4",
            "terms_version": TERMS,
            "version": TERMS,
            "text_version": "2026-01",
        }
        change = start_change(cookie).json["change_id"]
        known |= {"change_id": change, "new_email": NEW_ADDRESS, "current_password": PASSWORD}
        bring_back = memory()
        yield World(InProcess(), lambda: cookie, known, lambda _status: bring_back())


def _start_reset() -> str:
    client = Client(gateway, use_cookies=False)
    reply = client.post(f"{STAGE}/password-resets", json={"email": ADDRESS})
    return str(json.loads(reply.text)["reset_id"])
