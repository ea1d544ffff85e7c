"""Each alarm goes off when its metrics say so, and is called off when they do not any more.

What metrics say is recorded here, a value for each period; ``None`` is a period without any.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import pytest
from newsreel.lambda_runtime.gauges import Measured
from newsreel.lambda_runtime.metrics import Counted

from tests.support.alarm_evaluator import Period, composite_state, metrics_of, state_of
from tests.support.template import ROOT, functions, resources

FILES = [ROOT / "infra/alarms.yaml", ROOT / "infra/edge_alarms.yaml"]
ALARMS = {
    name: alarm["Properties"]
    for path in FILES
    for name, alarm in resources("AWS::CloudWatch::Alarm", path).items()
}
COMPOSITES = resources("AWS::CloudWatch::CompositeAlarm", FILES[0])
EVERY = {**ALARMS, **{name: one["Properties"] for name, one in COMPOSITES.items()}}
RUNBOOK = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
FILTERED = {
    one["Properties"]["MetricTransformations"][0]["MetricName"]
    for one in resources("AWS::Logs::MetricFilter", FILES[0]).values()
}
PAGES = {"PeopleCannotRegister", "FaultsAnswered", "SiteFails"}


@dataclass(frozen=True)
class Recorded:
    """What an alarm's metrics say, by their names, in the periods of three times."""

    good: Mapping[str, Sequence[Period]]
    nearly: Mapping[str, Sequence[Period]]
    """Not enough yet."""
    bad: Mapping[str, Sequence[Period]]
    quota: float = 0


def of(metric: str, good: Period, nearly: Period, bad: Period, periods: int = 1) -> Recorded:
    """Record the same for some periods."""
    return Recorded(
        {metric: [good] * periods}, {metric: [nearly] * periods}, {metric: [bad] * periods}
    )


def waiting_messages() -> Recorded:
    return of("ApproximateNumberOfMessagesVisible", 0, 0, 1)


def oldest_message(seconds: int) -> Recorded:
    return of("ApproximateAgeOfOldestMessage", 1, seconds, seconds + 1)


RUNS = {
    "codes": "code_issuance",
    "notices": "notices",
    "feedback": "mail_feedback",
    "redrive": "mail_redrive",
    "ingest": "ingest",
    "care": "account_care",
    "editions": "newsletter_editions",
    "walk": "newsletter_walk",
    "sending": "newsletter_send",
    "inbound": "inbound_mail",
}
"""Functions that nobody waits for, by the names of their metrics."""
RECORDED = {
    **dict.fromkeys(
        (
            "MailsNotSent",
            "NoticesNotSent",
            "EditionsNotSteered",
            "SubscribersNotWalked",
            "EditionNotSent",
            "FoldersNotTakenIn",
            "HashesNotComputed",
            "MailsNotTaken",
            "FeedbackNotTaken",
            "RedriveFailed",
            "AccountCareFailed",
        ),
        waiting_messages(),
    ),
    "FeedbackNotHandedOver": of("FailedInvocations", 0, 0, 1),
    "FeedbackWaits": oldest_message(300),
    "MailsWait": oldest_message(300),
    "FoldersWait": oldest_message(1800),
    "MailsHeldBack": of("OldestWaitingMail", [0, 0, 0], [0, 300, 900], [300, 600, 901]),
    "CodesAreLate": Recorded(
        {"IteratorAge": [200, 300]}, {"IteratorAge": [300, 90_000]}, {"IteratorAge": [61_000] * 2}
    ),
    "CodesNotHandled": Recorded(
        {"CodesRequested": [[1, 1], 1, 1], "CodesHandled": [[1, 1], 1, 1]},
        # The last codes of a period are handled in the next one.
        {"CodesRequested": [1, None, 1], "CodesHandled": [None, 1, 1]},
        {"CodesRequested": [4, 3, 5], "CodesHandled": [None, None, None]},
    ),
    "TrialRegistrationFails": of("CanaryDelivered", 1, 1, 0),
    "FaultsAnswered": Recorded(
        {"5XXError": [[0] * 200] * 5},
        {"5XXError": [[0] * 200, [0] * 98 + [1] * 2, [0] * 98 + [1] * 2, [0] * 200, [0] * 200]},
        {"5XXError": [[0] * 98 + [1] * 2] * 5},
    ),
    "AnswersAreSlow": Recorded(
        {"Latency": [[200] * 99 + [9000]] * 5},
        {"Latency": [[200] * 98 + [9000] * 2] * 2 + [[200] * 100] * 3},
        {"Latency": [[200] * 98 + [9000] * 2] * 5},
    ),
    "LogInsRefused": of("Refusals", [1] * 20, [1] * 300, [1] * 301),
    "FunctionsThrottled": Recorded(
        {"Throttles": [0] * 5}, {"Throttles": [0, 4, 0, 4, 0]}, {"Throttles": [1] * 5}
    ),
    "ConcurrencyNearLimit": Recorded(
        {"used": [20] * 3}, {"used": [800] * 3}, {"used": [801, 950, 1000]}, quota=1000
    ),
    "RunsNearTheirEnd": Recorded(
        dict.fromkeys(RUNS, [2000] * 3),
        {**dict.fromkeys(RUNS, [None] * 3), "ingest": [720_000, 720_000, 720_000]},
        {**dict.fromkeys(RUNS, [None] * 3), "codes": [24_001] * 3},
    ),
    "DatabaseThrottles": Recorded(
        dict.fromkeys("abcdef", [None] * 5),
        {**dict.fromkeys("abcdef", [None] * 5), "a": [10] * 5},
        {**dict.fromkeys("abcdef", [None] * 5), "a": [6] * 5, "f": [6] * 5},
    ),
    "MailQuotaNearEnd": of("MailQuotaUsed", 3, 80, 80.1),
    "MuchIsDownloaded": of("BytesDownloaded", [2e9] * 100, [2e9] * 2500, [2e9] * 2501),
    "DownloadsSurge": of("BytesDownloaded", [2e9] * 100, [2e9] * 500, [2e9] * 501),
    "SendingStopped": of("SendingStopped", 0, 0, 1),
    "UnknownRoots": of("UnknownRoots", 0, 0, 1),
    "Virus": of("Virus", 0, 0, 1),
    "MailBlocked": of("Blocked", [0] * 50, [1] * 10, [1] * 11),
    "ContentRefused": of("ContentRefused", [0] * 50, [1] * 10, [1] * 11),
    "HardBounces": Recorded(
        {"MailsSent": [100], "HardBounces": [0]},
        {"MailsSent": [99], "HardBounces": [99]},
        {"MailsSent": [100], "HardBounces": [4]},
    ),
    "Complaints": Recorded(
        {"MailsSent": [100], "Complaints": [0]},
        {"MailsSent": [1000], "Complaints": [1]},
        {"MailsSent": [999], "Complaints": [1]},
    ),
    "BounceReputation": of("Reputation.BounceRate", 0.001, 0.03, 0.031),
    "ComplaintReputation": of("Reputation.ComplaintRate", 0.0001, 0.001, 0.0011),
    "SiteFails": Recorded(
        {"5xxErrorRate": [0.1] * 5}, {"5xxErrorRate": [9, 0, 9, 0, 5]}, {"5xxErrorRate": [5.1] * 5}
    ),
}
BREACHING = {"MailsHeldBack", "TrialRegistrationFails"}
"""Their metrics are written whatever happens, so silence is the failure itself."""


def silence(recorded: Mapping[str, Sequence[Period]]) -> dict[str, list[Period]]:
    return {name: [None] * len(values) for name, values in recorded.items()}


def then(*times: Mapping[str, Sequence[Period]]) -> dict[str, list[Period]]:
    return {name: [one for time in times for one in time[name]] for name in times[0]}


def test_every_alarm_is_driven() -> None:
    assert RECORDED.keys() == ALARMS.keys()


@pytest.mark.parametrize("name", RECORDED)
def test_an_alarm_goes_off_and_is_called_off(name: str) -> None:
    alarm, recorded = ALARMS[name], RECORDED[name]
    course = [
        (recorded.good, "OK"),
        (recorded.nearly, "OK"),
        (recorded.bad, "ALARM"),
        (recorded.good, "OK"),
    ]
    for place, (_, state) in enumerate(course, 1):
        told = then(*(time for time, _ in course[:place]))
        assert state_of(alarm, told, quota=recorded.quota) == state, place


@pytest.mark.parametrize("name", RECORDED)
def test_silence_is_an_alarm_only_where_something_must_be_said(name: str) -> None:
    alarm, recorded = ALARMS[name], RECORDED[name]
    nothing = silence(recorded.bad)
    state = "ALARM" if name in BREACHING else "OK"
    assert state_of(alarm, then(nothing, nothing, nothing), quota=recorded.quota) == state


@pytest.mark.parametrize("name", sorted(set(RECORDED) - BREACHING))
def test_an_alarm_ends_when_its_metrics_fall_silent(name: str) -> None:
    alarm, recorded = ALARMS[name], RECORDED[name]
    nothing = silence(recorded.bad)
    told = then(recorded.bad, nothing, nothing, nothing)
    assert state_of(alarm, told, quota=recorded.quota) == "OK"


@pytest.mark.parametrize("run", RUNS)
def test_a_run_is_near_its_end_at_four_fifths_of_its_timeout(run: str) -> None:
    timeout = functions()[RUNS[run]].properties["Timeout"]
    others = dict.fromkeys(RUNS, [None] * 3)
    alarm, most = ALARMS["RunsNearTheirEnd"], 800 * timeout
    assert state_of(alarm, {**others, run: [most] * 3}) == "OK"
    assert state_of(alarm, {**others, run: [most + 1] * 3}) == "ALARM"


def test_every_function_is_watched_for_its_end() -> None:
    # Behind the API it is AnswersAreSlow. Hashes end by the clock, the canary fails by its alarm.
    unseen = {name for name, one in functions().items() if not one.routes} - {*RUNS.values()}
    assert unseen == {"hashes", "canary"}
    metrics = ALARMS["RunsNearTheirEnd"]["Metrics"]
    assert sum("MetricStat" in one for one in metrics) <= 10  # CloudWatch's limit
    named = re.findall(r"\$\{ApiName\}-(\w+)", str(metrics))
    assert sorted(named) == sorted(RUNS.values())


def rules() -> list[str]:
    (composite,) = COMPOSITES.values()
    _, with_canary, without = composite["Properties"]["AlarmRule"]["Fn::If"]
    return [with_canary["Fn::Sub"], without["Fn::Sub"]]


@pytest.mark.parametrize("rule", rules(), ids=["with the canary", "without"])
def test_people_cannot_register_while_any_cause_lasts(rule: str) -> None:
    causes = set(re.findall(r"\w+(?=}\")", rule))
    assert causes >= {"SendingStopped", "CodesNotHandled", "CodesAreLate"}
    assert causes <= ALARMS.keys()
    for cause in causes:
        assert composite_state(rule, {cause}) == "ALARM"
    assert composite_state(rule, set(ALARMS) - causes) == "OK"


@pytest.mark.parametrize("name", EVERY)
def test_an_alarm_is_a_sentence_with_its_urgency_and_its_place_in_the_runbook(name: str) -> None:
    said = re.fullmatch(
        r"([A-Z][^.]+\.) (Page|Ticket)\. (docs/runbook\.md#(\w+))", EVERY[name]["AlarmDescription"]
    )
    assert said, EVERY[name]["AlarmDescription"]
    assert said[4] == name.lower()
    assert f"\n## {name}\n" in RUNBOOK


def test_only_what_keeps_people_out_wakes_somebody() -> None:
    for name, alarm in EVERY.items():
        urgency = "Pages" if name in PAGES else "Topic"
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": urgency}], name
        assert f" {'Page' if name in PAGES else 'Ticket'}. " in alarm["AlarmDescription"], name


@pytest.mark.parametrize("name", EVERY)
def test_the_runbook_says_what_people_notice_and_what_to_do(name: str) -> None:
    section = RUNBOOK.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    parts = re.findall(r"^\*\*(.+?)\.?\*\*", section, re.MULTILINE)
    assert parts == ["What people notice", "See the cause", "What to do", "Whom to wake"], name


def test_the_runbook_has_a_section_for_alarms_alone() -> None:
    assert sorted(re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE)) == sorted(EVERY)


@pytest.mark.parametrize("name", ALARMS)
def test_a_metric_of_ours_is_one_that_is_written(name: str) -> None:
    for metric in metrics_of(ALARMS[name]):
        if metric["Namespace"] == "Newsreel":
            named = {one["Name"] for one in metric["Dimensions"]}
            by_code = {"Code"} if metric["MetricName"] == "Refusals" else set()
            assert metric["MetricName"] in {*get_args(Counted), *get_args(Measured)}
            assert named == {"Stage", "service"} | by_code
        elif not str(metric["Namespace"]).startswith("AWS/"):
            assert metric["Namespace"] == {"Ref": "AWS::StackName"}
            assert metric["MetricName"] in FILTERED


def test_bytes_are_counted_where_the_bucket_counts_them() -> None:
    bucket = resources("AWS::S3::Bucket")["MediaBucket"]["Properties"]
    counted = [one["Id"] for one in bucket["MetricsConfigurations"]]
    for name in ("MuchIsDownloaded", "DownloadsSurge"):
        dimensions = {one["Name"]: one["Value"] for one in ALARMS[name]["Dimensions"]}
        assert dimensions["BucketName"] == bucket["BucketName"]
        assert dimensions["FilterId"] in counted


def test_an_alarm_names_functions_as_the_stacks_do() -> None:
    named: set[Any] = set()
    for alarm in ALARMS.values():
        for metric in metrics_of(alarm):
            if metric["Namespace"] == "AWS/Lambda":
                named |= {str(one["Value"]) for one in metric["Dimensions"]}
    folders = re.findall(r"\$\{ApiName\}-(\w+)", str(named))
    assert folders
    assert {*folders} <= functions().keys()
