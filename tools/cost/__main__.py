"""Writes docs/cost.md from counted calls, sizes and prices: `python -m tools.cost`."""

import argparse
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "code"))

from tools.cost import standing, usage
from tools.cost.usage import Usage
from tools.summit.limits import buckets, web_acl

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "cost.md"
_PRICES = Path(__file__).with_name("prices.toml")
_TEXT = Path(__file__).with_name("document.md")
_TERABYTE = 1000
"""In gigabytes, as AWS counts them for storage."""
_HOUR = 3600
_OLD_MAIL = 1e-4
"""What a mail costs accounts that sent before SES had plans."""
_GB_AN_HOUR = 10e9 / 8 * 3600 / 1e9
"""What a line of 10 Gbit a second takes in an hour."""


Where: TypeAlias = Literal["region", "elsewhere", "not looked up"]
_TOLD: dict[Where, str] = {
    "region": "holds here",
    "elsewhere": "of another region, or of none that is named",
    "not looked up": "not looked up",
}


@dataclass(frozen=True, slots=True)
class Price:
    """What one of a thing costs, in US dollars."""

    price: float
    of: str
    source: str
    """The page to compare the price with."""
    seen: str
    """Who wrote it down."""
    on: str
    """The day on which that was."""
    where: Where


def prices() -> dict[str, Price]:
    """Return the prices by name."""
    read = tomllib.loads(_PRICES.read_text(encoding="utf-8"))
    return {name: _price(one, read["seen"]) for name, one in read["prices"].items()}


def _price(one: dict[str, Any], seen: dict[str, dict[str, str]]) -> Price:
    page = (
        "dynamodb/pricing/on-demand" if one["source"] == "dynamodb" else f"{one['source']}/pricing"
    )
    where: Where = one["where"]
    if where == "not looked up":
        who, day = "", ""
    else:
        who, day = seen[one["seen"]]["text"], seen[one["seen"]]["on"]
    source = f"https://aws.amazon.com/{page}/"
    return Price(float(one["price"]), str(one["of"]), source, who, day, where)


def _evidence(by: dict[str, Price]) -> Iterator[str]:
    """Yield a row for each who wrote prices down, with what they wrote."""
    for seen in dict.fromkeys((one.seen, one.on, one.where) for one in by.values()):
        who, day, where = seen
        of = [one for one in by.values() if (one.seen, one.on, one.where) == seen]
        things = "; ".join(f"{one.of} {_unit(one.price)}" for one in of)
        yield f"| {things} | {_TOLD[where]} | {day or '-'} | {who or '-'} |"


def _unit(price: float) -> str:
    """Return a price that is read at a glance: of a million, if of one there were only zeros."""
    return f"{price * 1e6:g} a million" if price < 1e-3 else f"{price:g}"  # noqa: PLR2004


def cost(used: Usage, by: dict[str, Price]) -> float:
    """Return what some usage costs."""
    return sum(by[name].price * number for name, number in used.items())


def _money(dollars: float) -> str:
    return f"{dollars:,.2f}" if dollars < 100 else f"{dollars:,.0f}"  # noqa: PLR2004


def _scenarios() -> list[tuple[str, Usage]]:
    return [
        ("a month in which nobody comes", usage.idle_month()),
        ("1,000 registrations", usage.times(usage.registration(), 1e3)),
        ("1,000,000 first views of a page", usage.times(usage.page_view(), 1e6)),
        ("1,000 downloads of 2 GB", usage.times(usage.download(2e9), 1e3)),
        ("1 TB of new masters, in the first month", usage.masters(1)),
        ("1,000,000 mails of the newsletter", usage.times(usage.newsletter_mail(), 1e6)),
    ]


def _largest(used: Usage, by: dict[str, Price]) -> str:
    """Return the parts that are at least a hundredth of the whole, three at most."""
    whole = cost(used, by)
    parts = sorted(((by[name].price * number, name) for name, number in used.items()), reverse=True)
    return "; ".join(
        f"{by[name].of}: {_money(part)}" for part, name in parts[:3] if part >= whole / 100
    )


def _attacks() -> list[tuple[str, Usage, str]]:
    start = usage.request("POST /registrations", usage.HASHING) + usage.mail()
    log_in = usage.request("POST /sessions", usage.HASHING)
    static = usage.used(edge_request=1, web_acl_request=1, edge_gb=50_000 / usage.GB)
    files = web_acl()["files"]
    rates = {path: bucket.rate for path, bucket in buckets().items()}
    return [
        (
            f"registrations of made-up addresses, {rates['registrations']} a second",
            usage.times(start, rates["registrations"] * _HOUR),
            "the stage's throttle; before it, 300 an hour for each network; after it, SES's quota",
        ),
        (
            f"log-ins, {rates['sessions']} a second",
            usage.times(log_in, rates["sessions"] * _HOUR),
            "the stage's throttle; before it, the web ACL and 300 an hour for each network",
        ),
        (
            f"any other route, {rates['']} a second",
            usage.times(usage.request("GET /videos"), rates[""] * _HOUR),
            "the stage's throttle; before it, the web ACL's limit for each address",
        ),
        (
            f"files of the website, by 1,000 addresses, each {files:,} in 5 minutes",
            usage.times(static, 1000 * files * 12),
            "the web ACL's limit, which that is: lower it; Shield Standard holds back floods",
        ),
        (
            "one file downloaded again and again, over a line of 10 Gbit/s",
            usage.used(out_gb=_GB_AN_HOUR, s3_get=_HOUR),
            "nothing by itself; `DownloadsSurge` tells somebody within the hour, the budget later",
        ),
    ]


def text() -> str:
    """Return the document."""
    by = prices()
    kept = standing.month()
    held = sum(one.where == "region" for one in by.values())
    new, middle, old = (
        by[name].price * _TERABYTE for name in ("standard_gb", "infrequent_gb", "instant_gb")
    )
    scenarios = [
        f"| {what} | {_money(cost(used, by))} | {_largest(used, by)} |"
        for what, used in _scenarios()
    ]
    attacks = [f"| {what} | {_money(cost(used, by))} | {stop} |" for what, used, stop in _attacks()]
    return _TEXT.read_text(encoding="utf-8").format(
        held=held,
        prices=len(by),
        evidence="\n".join(_evidence(by)),
        rules=kept["web_acl_rule"],
        alarm_metrics=kept["alarm_metric"],
        metrics=kept["metric"],
        old_mail=_money(by["mail"].price * 1e6 - _OLD_MAIL * 1e6),
        scenarios="\n".join(scenarios),
        attacks="\n".join(attacks),
        standard=_money(new),
        infrequent=_money(middle),
        instant=_money(old),
        # Of twelve terabytes one is new, two were looked at within the quarter, nine are old.
        tiered=_money(new + 2 * middle + 9 * old),
        untiered=_money(12 * new),
    )


def main() -> int:
    """Write the document."""
    argparse.ArgumentParser(prog="python -m tools.cost", description=__doc__).parse_args()
    DOCUMENT.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
