"""Pages and programs of the release before go on with this version's API."""

import copy
import json
from typing import Any

import pytest

from infra.local.paths import PROJECT
from tests.support import release_before
from tests.support.api_changes import Descriptions

_DOCUMENT = "layers/code/newsreel/openapi.json"
THIS = json.loads((PROJECT / _DOCUMENT).read_text(encoding="utf-8"))
TRANSCRIPT = "GET /videos/{video_id}/transcript"
# What the changelog of this version tells programs to do otherwise; no page of before does it. HEAD
# of a download is a route for any method now, of which the document says GET.
TOLD = [
    f"{TRANSCRIPT}: no application/x-subrip",
    f"{TRANSCRIPT}: no text/plain",
    f"{TRANSCRIPT}: no text/vtt",
    "HEAD /downloads/{token}/{file_name}: no such route",
]


@pytest.fixture(scope="module")
def before() -> Any:
    return json.loads((release_before.unpacked().root / _DOCUMENT).read_text(encoding="utf-8"))


def test_nothing_is_taken_away_but_what_the_changelog_tells(before: Any) -> None:
    assert Descriptions(before, THIS).breaks() == sorted(TOLD)
    assert "`?format=` of transcripts is refused" in (PROJECT / "CHANGELOG.md").read_text()


@pytest.fixture
def other() -> Any:
    return copy.deepcopy(THIS)


def breaks(other: Any) -> list[str]:
    return Descriptions(THIS, other).breaks()


def account_of(other: Any) -> Any:
    answer = other["paths"]["/account"]["get"]["responses"]["200"]
    name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    return other["components"]["schemas"][name]


def test_the_same_api_takes_nothing_away(other: Any) -> None:
    assert breaks(other) == []


def test_a_route_that_is_gone_is_found(other: Any) -> None:
    del other["paths"]["/account"]["get"]
    assert breaks(other) == ["GET /account: no such route"]


def test_a_field_that_is_gone_or_may_be_missing_is_found(other: Any) -> None:
    account = account_of(other)
    del account["properties"]["email"]
    account["required"].remove("language")
    found = breaks(other)
    assert "GET /account: no email" in found
    assert "GET /account: language may be missing" in found


def test_a_field_of_another_type_is_found(other: Any) -> None:
    account_of(other)["properties"]["email"] = {"type": "integer"}
    assert "GET /account: email: another type" in breaks(other)


def test_a_field_that_is_asked_for_or_taken_no_more_is_found(other: Any) -> None:
    name = other["paths"]["/sessions"]["post"]["requestBody"]["content"]["application/json"]
    schema = other["components"]["schemas"][name["schema"]["$ref"].rpartition("/")[2]]
    schema["required"].append("second_factor")
    del schema["properties"]["email"]
    assert breaks(other) == [
        "POST /sessions: asks for second_factor",
        "POST /sessions: takes no email",
    ]
