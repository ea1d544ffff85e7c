"""What breaks first is reckoned with the templates' own numbers, and the document says so."""

from datetime import timedelta

import pytest

from tests.support.template import ROOT, load, resources
from tools.summit import limits, scenarios
from tools.summit.__main__ import text
from tools.summit.limits import NEW_ACCOUNT, QUOTAS, REDIRECT, Bucket
from tools.summit.scenarios import Line

SETTINGS = resources("AWS::Serverless::Api")["Api"]["Properties"]["MethodSettings"]


def lines(rush: str, *given: float) -> dict[str, Line]:
    return {line.what: line for line in getattr(scenarios, rush)(*given)}


def test_the_document_is_as_it_would_be_written_now() -> None:
    written = (ROOT / "docs/summit.md").read_text(encoding="utf-8")
    assert written == text(), "run `python -m tools.summit`"


@pytest.mark.parametrize(
    ("bucket", "requests", "seconds", "refused"),
    [
        (Bucket(10, 10), 600, 60, 0.0),
        (Bucket(10, 10), 1200, 60, 0.5),
        # Within a second only the burst helps; later the rate does.
        (Bucket(10, 100), 100, 1, 0.0),
        (Bucket(10, 100), 200, 1, 0.5),
        (Bucket(50, 200), 10_000, 60, 1 - 3150 / 10_000),
    ],
)
def test_a_bucket_refuses_what_neither_burst_nor_rate_holds(
    bucket: Bucket, requests: float, seconds: int, refused: float
) -> None:
    assert bucket.refused(requests, seconds) == pytest.approx(refused)


def test_the_throttles_are_those_of_the_stage() -> None:
    wanted = {
        one["ResourcePath"].replace("~1", "/").strip("*/"): Bucket(
            one["ThrottlingRateLimit"], one["ThrottlingBurstLimit"]
        )
        for one in SETTINGS
    }
    assert limits.buckets() == wanted


def test_the_web_acls_numbers_are_those_of_its_template() -> None:
    edge = ROOT / "infra/edge.yaml"
    parameters = load(edge)["Parameters"]
    rules = resources("AWS::WAFv2::WebACL", edge)["WebAcl"]["Properties"]["Rules"]
    files = {one["Name"]: one["Statement"] for one in rules}["files"]
    assert limits.web_acl() == {
        "all": parameters["RequestsPerNetwork"]["Default"],
        "account": parameters["AccountRequestsPerNetwork"]["Default"],
        "files": files["RateBasedStatement"]["Limit"],
    }


def test_ingest_runs_as_often_as_its_template_lets_it() -> None:
    function = resources("AWS::Serverless::Function", ROOT / "infra/ingest.yaml")["IngestFunction"]
    most = [
        event["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        for event in function["Properties"]["Events"].values()
        if "ScalingConfig" in event["Properties"]
    ]
    assert most == [limits.ingest_at_once()]


def test_ten_thousand_who_log_in_and_download_within_a_minute_are_let_through() -> None:
    rush = lines("downloads")
    for what in (
        "log-in",
        "link",
        "redirect",
        "reads of one video's item",
        "writes of a new table, at most",
        "functions at once",
    ):
        assert not rush[what].breaks, what


def test_a_new_account_breaks_first_and_is_told_so() -> None:
    first = scenarios.first_to_break(scenarios.downloads())
    assert first is not None
    assert first.what == "functions at once, new account"
    assert first.fits == NEW_ACCOUNT


def test_the_redirects_throttle_is_what_one_videos_partition_can_be_read() -> None:
    rate = limits.buckets()[REDIRECT].rate
    assert rate * scenarios.REDIRECT_READ_UNITS == QUOTAS["partition"].default
    everybody = lines("downloads", 1.0)
    assert everybody["redirect"].refused == pytest.approx(
        1 - everybody["redirect"].fits / everybody["redirect"].comes, abs=1e-3
    )
    assert not everybody["reads of one video's item"].breaks


def test_most_people_may_use_aria2() -> None:
    share = scenarios.most_aria2()
    assert share > 0.5
    assert lines("downloads", share)["redirect"].refused == 0
    assert lines("downloads", share + 0.05)["redirect"].refused > 0


@pytest.mark.parametrize("rush", ["views", "videos"])
def test_many_readers_and_many_videos_break_nothing(rush: str) -> None:
    assert [line.what for line in lines(rush).values() if line.breaks] == []


def test_views_come_as_often_as_five_million_in_an_hour() -> None:
    each = scenarios.VIEWS / timedelta(hours=1).total_seconds()
    assert lines("views")["requests at the edge"].comes == pytest.approx(
        each * scenarios.FILES_OF_A_VIEW
    )


def test_an_attacker_shuts_registration_first() -> None:
    first = scenarios.first_to_break(scenarios.attack())
    assert first is not None
    assert first.what == "registrations, everybody's"
    assert first.refused > 0.99


def test_every_quota_that_can_be_raised_says_to_what() -> None:
    for one in QUOTAS.values():
        assert one.raise_to == "-" or float(one.raise_to.replace(",", "")) > one.default


def test_codes_wait_for_sess_rate_and_no_longer_than_the_stream_keeps_them() -> None:
    once, twice = lines("registrations").values()
    sends = QUOTAS["ses_rate"].default
    assert once.comes == pytest.approx((20 - sends) * 600 / sends)
    assert not once.breaks
    assert twice.breaks
    function = resources("AWS::Serverless::Function", ROOT / "infra/mail_functions.yaml")
    stream = function["CodeIssuanceFunction"]["Properties"]["Events"]["MailRequested"]["Properties"]
    assert once.fits == stream["MaximumRecordAgeInSeconds"]
