"""Everything that is held of a person is in the export, or the data model says why not.

The table in ``docs/data-model.md`` names every entity. It is compared with the tables' own lists,
with the keys, with the export of an account that has something of each, and with what is left
after its deletion.
"""

import hashlib
import json
import re
from typing import Any

import pytest
from newsreel import clock
from newsreel.accounts import devices
from newsreel.accounts import table as accounts_table
from newsreel.accounts.table import keys as account_keys
from newsreel.accounts.table.subscribers import shard_of
from newsreel.aws.items import from_item
from newsreel.mail_table import held_back, marks
from newsreel.mail_table import keys as mail_keys

from functions.newsletter import app as newsletter_app
from tests.functions.test_export import export
from tests.support import uploads
from tests.support.accounts import call, deliver, log_in, newest_code, open_account, register
from tests.support.cloud import Cloud, FakeClock
from tests.support.credential_races import delete
from tests.support.credentials import (
    ADDRESS,
    NEW_ADDRESS,
    change_password,
    confirm_change,
    make_key,
    notify,
    start_change,
)
from tests.support.invariants import redrive
from tests.support.mail_items import name_of
from tests.support.reset_steps import mailed_reset
from tests.support.scenarios import publish
from tests.support.template import ROOT

_ROW = re.compile(r"^\| ([A-Z][^|]*) \| (yes|no) \| ([^|]+) \|([^|]*)\|$", re.MULTILINE)
WRONG = "Wrong-Otter-44-Maps"


def rows() -> dict[str, tuple[str, str, str]]:
    """Return each entity of the table: whether it is exported, what stays of it, and why."""
    text = (ROOT / "docs" / "data-model.md").read_text(encoding="utf-8")
    part = text.partition("## What is held of a person")[2].partition("\n## ")[0]
    return {row[0]: (row[1], row[2], row[3].strip()) for row in _ROW.findall(part)}


def named(entity: str) -> str:
    """Return an entity as its items name it."""
    return {"Mark": "edition", "Chunk's counts": "edition_chunk"}.get(
        entity, re.sub(r"\W", "_", entity.replace("E-mail", "email").lower())
    )


def entities(docstring: str | None) -> set[str]:
    """Return the first column of the first table of a docstring."""
    lines = iter((docstring or "").splitlines())
    assert any(line.startswith("entity") for line in lines)
    next(lines)
    found: set[str] = set()
    for line in lines:
        if line.startswith("="):
            return found
        if not line.startswith(" "):
            found.add(line[:18].strip())
    raise AssertionError("a table without an end")


def test_the_data_model_names_every_entity_and_says_why_what_is_left_is() -> None:
    known = entities(accounts_table.__doc__) | entities(mail_keys.__doc__)
    assert rows().keys() == known
    for entity, (exported, left, why) in rows().items():
        assert why or (exported, left) == ("yes", "erased"), entity


def test_every_key_belongs_to_an_entity_that_is_named() -> None:
    """A new entity begins with a key; without its row in the data model this fails."""
    shapes = {
        re.sub(r"_(pk|key)$", "", name)
        for module in (account_keys, mail_keys)
        for name in vars(module)
        if name.endswith(("_pk", "_key")) and not name.startswith("_")
    }
    also = {"newest": "newest_edition", "chunk": "edition_chunk", "mark": "edition"}
    also |= {"seen": "seen_mail", "waiting": "waiting_mail"}
    assert {also.get(shape, shape) for shape in shapes} == {named(entity) for entity in rows()}


class Life:
    """Jane, who has had her address changed, and of whom something of each kind is held."""

    def __init__(self, cloud: Cloud, fake_clock: FakeClock) -> None:
        self.cloud, self.clock = cloud, fake_clock
        publish()
        reply = open_account(cloud.dynamodb, ADDRESS)
        self.owner = str(reply.json["account"]["account_id"])
        redrive()
        change_id = start_change(reply.cookie).json["change_id"]
        deliver(cloud.dynamodb)
        changed = confirm_change(reply.cookie, change_id, newest_code(NEW_ADDRESS))
        assert changed.status == 200
        notify(cloud.dynamodb)
        self.cookie = changed.cookie
        self.act()
        of_hers = [str(one["sk"]) for one in self.items() if one["pk"] == f"ACCOUNT#{self.owner}"]
        self.marks = {self.owner, ADDRESS, NEW_ADDRESS}
        for address in (ADDRESS, NEW_ADDRESS):
            self.marks |= {name_of(address), hashlib.sha256(address.encode()).hexdigest()}
        # The browsers that the account knows, and the wrong passwords of its sessions.
        hashes = [re.findall(r"^(DEVICE|SESSION)#(.+)", one) for one in of_hers]
        for [(kind, found)] in filter(None, hashes):
            counter = devices.failures_hash(self.owner, found)
            self.marks.add(found[:32] if kind == "DEVICE" else counter)

    def act(self) -> None:
        body = {"text_version": "2026-01", "language": "en"}
        call(newsletter_app, "PUT", "/account/newsletter", body=body, cookie=self.cookie)
        uploads.follow(uploads.make_link(self.cookie).json["download_url"])
        make_key(self.cookie)
        log_in(NEW_ADDRESS, WRONG)
        change_password(self.cookie, current=WRONG)
        self.clock.forward(minutes=2)
        # Flows of the address: her own in a known browser, a stranger's, another account's.
        mailed_reset(self.cloud.dynamodb, NEW_ADDRESS, self.cookie)
        register(NEW_ADDRESS)
        mallory = open_account(self.cloud.dynamodb, "mallory@example.org")
        self.stranger = str(mallory.json["account"]["account_id"])
        assert start_change(mallory.cookie, NEW_ADDRESS).status == 202
        deliver(self.cloud.dynamodb)
        redrive()
        now = clock.epoch()
        held_back.mute("mail", name_of(NEW_ADDRESS), until=now + 86_400, now=now)
        table = marks.MarksTable("mail")
        table.claim("2026-02-13", shard_of(self.owner), self.owner, worker="w", now=now)

    def items(self) -> list[dict[str, Any]]:
        """Return every item of every table, with its kind."""
        found = []
        for table in ("accounts", "mail", "catalogue"):
            for stored in self.cloud.dynamodb.scan(TableName=table)["Items"]:
                item = from_item(stored)
                is_mark = str(item["sk"]).startswith("ACCOUNT#")
                found.append({"entity": "edition" if is_mark else "", **item, "table": table})
        return found

    def hers(self) -> list[dict[str, Any]]:
        return [
            one
            for one in self.items()
            if any(mark in json.dumps(one, default=str) for mark in self.marks)
        ]


@pytest.fixture
def life(cloud: Cloud, fake_clock: FakeClock) -> Life:
    return Life(cloud, fake_clock)


PLACES = {"pk", "sk", "ttl", "work", "entity", "table"}
OF_ANOTHER = {"account_id", "account_epoch"}


@pytest.mark.thorough
def test_each_item_that_holds_something_of_a_person_is_exported_as_the_data_model_says(
    life: Life,
) -> None:
    exported = export(life.cookie)
    listed = {named(entity): row[0] for entity, row in rows().items()}
    seen = set()
    for item in life.hers():
        kind = str(item["entity"])
        seen.add(kind)
        assert item["table"] != "catalogue", item
        if listed[kind] == "no":
            continue
        if kind == "flow" and item["state"] != "open":
            continue  # on no list
        others = OF_ANOTHER if life.stranger == item.get("account_id") else set()
        names = item.keys() - PLACES - others
        assert [
            one
            for one in exported
            if one["kind"] == kind
            and names <= one["values"].keys() | set(one["left_out"])
            and all(
                one["values"][name] == item[name]
                for name in names - {left.partition(".")[0] for left in one["left_out"]}
            )
        ], item
    # Nothing is called exported of which this person has nothing to show for it.
    assert {kind for kind, is_in in listed.items() if is_in == "yes"} <= seen | {
        one["kind"] for one in exported
    }


@pytest.mark.thorough
def test_an_export_names_no_other_account_and_no_secret(life: Life) -> None:
    text = json.dumps(export(life.cookie))
    assert life.stranger not in text
    assert "argon2" not in text
    assert re.findall(r".{30}[0-9a-f]{64}", text) == []


@pytest.mark.thorough
def test_what_a_deletion_leaves_is_what_the_data_model_says(life: Life) -> None:
    assert delete(life.cookie).status == 204
    redrive()
    listed = {named(entity): row[1] for entity, row in rows().items()}
    left = {str(one["entity"]): one for one in life.hers()}
    # What Mallory asked for is in his account, by the hash of his own flow.
    assert [kind for kind in left if listed[kind] == "erased"] == []
    assert {"flow", "suppression", "budget", "edition"} <= left.keys()
    now = clock.epoch()
    days = {"24 hours": 1, "1 day": 1, "30 days": 30, "92 days": 184}
    for kind, item in left.items():
        if listed[kind] in days:
            assert int(item.get("ttl", 1e12)) <= now + days[listed[kind]] * 86_400, item
    trails = [one for one in life.hers() if one["entity"] == "trail"]
    assert {one["about"] for one in trails} <= {"account_deleted"}
