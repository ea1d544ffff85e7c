"""Lighthouse finds nothing to improve in what does not depend on how busy the machine is."""

import os
from collections.abc import Mapping

import pytest

from benchmarks import lighthouse
from benchmarks.lighthouse import FORMS, PAGES, STEADY, WANTED, Look
from infra.local.chromium import NoChromiumError
from infra.local.node import NotFetchedError
from tests.browser.person import Site


@pytest.fixture(scope="module")
def looks(site: Site) -> Mapping[tuple[str, str], Look]:
    try:
        looks = lighthouse.look(site.url, STEADY)
    except (NoChromiumError, NotFetchedError) as missing:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(missing))
    return {(one.page, one.form): one for one in looks}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_what_lighthouse_asks(
    looks: Mapping[tuple[str, str], Look], page: str, form: str
) -> None:
    look = looks[page, form]
    assert set(look.scores) == set(STEADY)
    assert {group: score for group, score in look.scores.items() if score < WANTED} == {}, (
        look.missed
    )
