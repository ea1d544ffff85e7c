"""Lets a distribution ask a second origin where the first one fails, as its origin group says.

MiniStack stores origin groups and takes a behaviour that names one for a mistake. CloudFront asks
the second origin for the same path when the first one answers a status that the group lists, or
not at all, and only for methods that read
(https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/high_availability_origin_failover.html).
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, TypeAlias
from xml.etree.ElementTree import Element

Origin: TypeAlias = dict[str, Any]
Fetch: TypeAlias = Callable[..., Awaitable[tuple[int, str, dict[str, Any], bytes]]]
Parse: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]

_FAILS_OVER = frozenset({"GET", "HEAD", "OPTIONS"})


def mend() -> None:
    """Put the mends in MiniStack's place."""
    from ministack.services import cloudfront  # noqa: PLC0415 (its import starts threads)

    cloudfront.parse_distribution_dataplane_config = with_groups(
        cloudfront.parse_distribution_dataplane_config
    )
    cloudfront._fetch_from_origin = with_failover(cloudfront._fetch_from_origin)  # noqa: SLF001


def with_groups(parse: Parse) -> Parse:
    """Return a reading of distributions in which a group is its first origin, with a second one."""
    from ministack.services import cloudfront  # noqa: PLC0415

    def parse_all(distribution: dict[str, Any]) -> dict[str, Any]:
        parsed = parse(distribution)
        config = cloudfront._dist_config_el(distribution)  # noqa: SLF001
        parsed["origins"] |= dict(_groups(config, parsed["origins"]))
        return parsed

    return parse_all


def _groups(config: Element, origins: Mapping[str, Origin]) -> Iterator[tuple[str, Origin]]:
    for group in config.iter():
        if _name(group) != "OriginGroup":
            continue
        [first, second] = _texts(group, "OriginId")
        statuses = frozenset(int(text) for text in _texts(group, "StatusCode"))
        [name] = [child.text or "" for child in group if _name(child) == "Id"]
        yield name, {**origins[first], "fails_over_to": origins[second], "fails_over_at": statuses}


def _texts(element: Element, name: str) -> list[str]:
    return [one.text or "" for one in element.iter() if _name(one) == name]


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def with_failover(fetch: Fetch) -> Fetch:
    """Return what asks an origin, and the second one of its group where the group says so."""
    from ministack.services import cloudfront  # noqa: PLC0415

    async def fetch_or_fail_over(origin: Origin, method: str, *asked: Any) -> Any:
        second = origin.get("fails_over_to") if method in _FAILS_OVER else None
        if second is None:
            return await fetch(origin, method, *asked)
        try:
            answer = await fetch(origin, method, *asked)
        except (cloudfront.OriginTimeout, cloudfront.OriginUnreachable):
            return await fetch(second, method, *asked)
        if answer[0] not in origin["fails_over_at"]:
            return answer
        return await fetch(second, method, *asked)

    return fetch_or_fail_over
