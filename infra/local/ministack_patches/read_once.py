"""Lets MiniStack read once what it reads at every request: policies, distributions, the date.

A request to the API is four to eight requests to MiniStack, and each read the policies of its
caller twice as JSON, the distribution as XML, and wrote the second of the day anew: a tenth of what
the local AWS did. What was read is kept by its text, so that a change is seen at once.
"""

import time
from collections.abc import Callable, Mapping
from email.utils import formatdate
from functools import lru_cache
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

_POLICIES = 512
_DISTRIBUTIONS = 16


def mend() -> None:
    """Put the mends in MiniStack's place."""
    from ministack import app  # noqa: PLC0415 (its import starts threads)
    from ministack.core import iam_evaluator  # noqa: PLC0415
    from ministack.services import cloudfront  # noqa: PLC0415

    iam_evaluator.parse_policy_document = by_text(iam_evaluator.parse_policy_document)
    cloudfront.parse_distribution_dataplane_config = by_configuration(
        cloudfront.parse_distribution_dataplane_config
    )
    app.formatdate = date_of_the_second


def by_text(parse: Callable[[Any], list[Any]]) -> Callable[[Any], list[Any]]:
    """Return a reading of policies that reads each text once."""

    @lru_cache(_POLICIES)
    def parse_text(text: str) -> list[Any]:
        return parse(text)

    def parse_once(policy: str | Json) -> list[Any]:
        # A new list for each caller: some add to what they got.
        return [*parse_text(policy)] if isinstance(policy, str) else parse(policy)

    return parse_once


def by_configuration(parse: Callable[[Json], Json]) -> Callable[[Json], Json]:
    """Return a reading of distributions that reads each configuration once."""

    @lru_cache(_DISTRIBUTIONS)
    def parse_text(configuration: str | bytes | None) -> Json:
        return parse({"config_xml": configuration})

    def parse_once(distribution: Mapping[str, Any]) -> Json:
        return {**parse_text(distribution.get("config_xml"))}

    return parse_once


def date_of_the_second(*, usegmt: bool) -> str:
    """Return now as `formatdate` writes it for a header `Date`."""
    return _written(int(time.time()), usegmt)


@lru_cache(1)
def _written(second: int, usegmt: bool) -> str:  # noqa: FBT001 (formatdate's own)
    return formatdate(second, usegmt=usegmt)
