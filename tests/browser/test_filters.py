"""The catalogue's filters: they stand in the address, show in one line, and are cleared there."""

from playwright.sync_api import expect

from tests.browser.person import DOORSTEP, Open, say
from tests.browser.test_accessibility import faults


def test_a_topic_leads_to_its_videos_and_one_line_leads_back(enter: Open) -> None:
    person = enter("phone")
    person.go(f"/videos/{DOORSTEP}")
    person.page.get_by_role("link", name="Ukraine", exact=True).click()
    line = person.page.get_by_role("navigation", name=say("shell.filters"))
    expect(line).to_contain_text("Ukraine")
    rows = person.page.locator(".row h3 a")
    expect(rows.first).to_be_visible()
    expect(rows.filter(has_text="winter exercise")).to_have_count(0)
    person.photograph("38-filtered")
    assert faults(person, "38-filtered") == []
    topic = say("catalogue.topic")
    line.get_by_role("link", name=say("catalogue.remove", name=topic, value="Ukraine")).click()
    expect(rows.filter(has_text="winter exercise")).to_have_count(1)
    expect(line).to_be_hidden()


def test_a_filter_that_finds_nothing_or_makes_no_sense_says_so(enter: Open) -> None:
    person = enter()
    for query in ("?topic=The+moon", "?from=yesterday"):
        person.go(f"/{query}")
        person.see(say("catalogue.no_match"))
        all_videos = person.page.get_by_role("link", name=say("catalogue.all"), exact=True)
        expect(all_videos).to_be_visible()
        expect(person.page.get_by_role("button", name=say("wait.try_again"))).to_have_count(0)
    assert faults(person, "38-nothing-found") == []
