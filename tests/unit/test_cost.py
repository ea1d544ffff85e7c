"""docs/cost.md is what the script writes, from prices that have a date and a source."""

from datetime import date

import pytest

from tests.support.template import ROOT, load, resources
from tools.cost import standing, usage
from tools.cost.__main__ import cost, prices, text


def test_the_document_is_as_it_would_be_written_now() -> None:
    written = (ROOT / "docs/cost.md").read_text(encoding="utf-8")
    assert written == text(), "run `python -m tools.cost`"


@pytest.mark.parametrize("name", prices())
def test_a_price_says_who_saw_it_where_and_when_or_that_nobody_did(name: str) -> None:
    one = prices()[name]
    assert one.price > 0
    assert one.of
    assert one.source.startswith("https://aws.amazon.com/")
    if one.where == "not looked up":
        assert (one.seen, one.on) == ("", "")
    else:
        assert one.where in {"region", "elsewhere"}
        assert one.seen
        assert date.fromisoformat(one.on)


def test_a_price_that_nothing_uses_is_not_kept() -> None:
    scenarios = [
        usage.idle_month(),
        usage.registration(),
        usage.page_view(),
        usage.download(2e9),
        usage.masters(1),
        usage.newsletter_mail(),
    ]
    named = {name for one in scenarios for name in one}
    assert named | {"infrequent_gb", "instant_gb"} == prices().keys()


@pytest.mark.parametrize(("size", "dollars"), [(2e9, 0.18), (1e9, 0.09)])
def test_a_download_costs_its_bytes(size: float, dollars: float) -> None:
    assert cost(usage.download(size), prices()) == pytest.approx(dollars, rel=0.01)


def test_what_stands_is_counted_in_the_templates() -> None:
    acl = load(ROOT / "infra/edge.yaml")["Resources"]["WebAcl"]["Properties"]
    found = standing.month()
    assert found["web_acl_rule"] == len(acl["Rules"])
    assert found["secret"] == len(resources("AWS::SecretsManager::Secret"))
    alarms = [
        alarm["Properties"]
        for path in sorted((ROOT / "infra").glob("*.yaml"))
        for alarm in resources("AWS::CloudWatch::Alarm", path).values()
    ]
    assert found["alarm_metric"] > len(alarms)
    assert (found["web_acl"], found["composite_alarm"], found["dashboard"]) == (1, 1, 1)


def test_schedules_run_as_often_as_they_say() -> None:
    # Twice each minute, twice each five minutes, each hour, and three times that they name.
    days, hours = 30, 30 * 24
    assert standing.scheduled_runs() == 2 * hours * 60 + 2 * hours * 12 + hours + 3 * days
