"""The local distribution asks the second origin of a group as CloudFront does."""

import asyncio
from typing import Any

import pytest
from ministack.services import cloudfront

from infra.local.ministack_patches.origin_groups import with_failover, with_groups
from tests.support.template import resources

CONFIG = resources("AWS::CloudFront::Distribution")["Distribution"]["Properties"][
    "DistributionConfig"
]
NAMES = ("site", "public", "missing")
ORIGINS = [{"Id": name, "DomainName": f"{name}.example", "S3OriginConfig": {}} for name in NAMES]


def stored() -> dict[str, Any]:
    """Return a distribution with our origin groups, as CloudFormation stores it."""
    given = {"Origins": ORIGINS, "OriginGroups": CONFIG["OriginGroups"]}
    element = cloudfront._distribution_config_xml(given)
    return {"config_xml": cloudfront.tostring(element, encoding="unicode")}


def ask(method: str, first: int | Exception, group: str = "public-or-page") -> list[str]:
    """Return which origins are asked, when the first one answers with a status or not at all."""
    asked: list[str] = []

    async def fetch(origin: dict[str, Any], *_: object) -> tuple[int, str, dict[str, Any], bytes]:
        asked.append(origin["id"])
        if origin["id"] != "missing" and isinstance(first, Exception):
            raise first
        return (404 if isinstance(first, Exception) else first), "", {}, b""

    parse = with_groups(cloudfront.parse_distribution_dataplane_config)
    origin = parse(stored())["origins"][group]

    async def answer() -> None:
        await with_failover(fetch)(origin, method, "/media/x/y", "", {}, b"")

    asyncio.run(answer())
    return asked


@pytest.mark.parametrize("status", [403, 404])
def test_what_a_bucket_lacks_is_asked_of_the_second_origin(status: int) -> None:
    assert ask("GET", status) == ask("HEAD", status) == ["public", "missing"]
    assert ask("GET", status, "site-or-page") == ["site", "missing"]


@pytest.mark.parametrize("status", [200, 206, 304, 416, 500, 503])
def test_any_other_answer_is_the_first_origins(status: int) -> None:
    assert ask("GET", status) == ["public"]


def test_a_bucket_that_does_not_answer_is_passed_over() -> None:
    assert ask("GET", cloudfront.OriginTimeout()) == ["public", "missing"]
    assert ask("GET", cloudfront.OriginUnreachable()) == ["public", "missing"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_what_writes_is_asked_once(method: str) -> None:
    assert ask(method, 404) == ["public"]


def test_an_origin_of_no_group_is_asked_alone() -> None:
    assert ask("GET", 404, "site") == ["site"]


def test_the_release_still_knows_no_group() -> None:
    parsed = cloudfront.parse_distribution_dataplane_config(stored())
    assert sorted(parsed["origins"]) == sorted(NAMES)
