"""docs/cost.md is what the script writes, from prices that have a date and a source."""

from datetime import date

import pytest

from tests.support.template import ROOT
from tools.cost import usage
from tools.cost.__main__ import cost, prices, text


def test_the_document_is_as_it_would_be_written_now() -> None:
    written = (ROOT / "docs/cost.md").read_text(encoding="utf-8")
    assert written == text(), "run `python -m tools.cost`"


def test_each_price_has_a_page_and_all_have_a_day() -> None:
    day, by = prices()
    assert date.fromisoformat(day)
    for name, one in by.items():
        assert one.price > 0, name
        assert one.source.startswith("https://aws.amazon.com/"), name
        assert one.of, name


def test_a_price_that_nothing_uses_is_not_kept() -> None:
    _, by = prices()
    scenarios = [
        usage.idle_month(),
        usage.registration(),
        usage.page_view(),
        usage.download(2e9),
        usage.masters(1),
        usage.newsletter_mail(),
    ]
    named = {name for one in scenarios for name in one}
    assert named | {"infrequent_gb", "instant_gb"} == by.keys()


@pytest.mark.parametrize(("size", "dollars"), [(2e9, 0.18), (1e9, 0.09)])
def test_a_download_costs_its_bytes(size: float, dollars: float) -> None:
    _, by = prices()
    assert cost(usage.download(size), by) == pytest.approx(dollars, rel=0.01)
