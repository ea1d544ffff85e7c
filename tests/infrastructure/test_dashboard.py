"""The dashboard fits on one screen, and each of its queries names a metric that is written."""

import json
import re
from typing import Any, get_args

import pytest
from newsreel.lambda_runtime.gauges import Measured
from newsreel.lambda_runtime.metrics import Counted

from tests.support.template import ROOT, functions, load, resources

BODY = load(ROOT / "infra/dashboard.yaml")["Resources"]["Figures"]["Properties"]["DashboardBody"]
WIDGETS = json.loads(BODY["Fn::Sub"])["widgets"]

# What AWS itself writes, with the names of its dimensions: the pages "Amazon ... metrics" of each
# service's guide.
WRITTEN_BY_AWS = {
    ("AWS/ApiGateway", frozenset({"ApiName"})): {"Count", "4XXError", "5XXError", "Latency"},
    ("AWS/Lambda", frozenset()): {"ConcurrentExecutions", "Throttles"},
    ("AWS/Lambda", frozenset({"FunctionName"})): {"IteratorAge"},
    ("AWS/SES", frozenset()): {"Reputation.BounceRate", "Reputation.ComplaintRate"},
    ("AWS/CloudFront", frozenset({"Region", "DistributionId"})): {"Requests", "5xxErrorRate"},
    ("AWS/S3", frozenset({"BucketName", "FilterId"})): {"BytesDownloaded"},
    ("AWS/SQS", frozenset({"QueueName"})): {
        "ApproximateNumberOfMessagesVisible",
        "ApproximateAgeOfOldestMessage",
    },
    ("AWS/DynamoDB", frozenset({"TableName"})): {
        "ReadThrottleEvents",
        "WriteThrottleEvents",
        "TransactionConflict",
    },
}


def named(query: list[Any]) -> tuple[str, str, dict[str, str]]:
    """Return namespace, metric and dimensions of one line of a figure."""
    if isinstance(query[0], dict):
        search = re.fullmatch(
            r"""SEARCH\('\{(\w+),([\w,]+)\} MetricName="(\w+)" Stage="(.+)"', 'Sum', 300\)""",
            query[0]["expression"],
        )
        assert search, query
        return search[1], search[3], dict.fromkeys(search[2].split(","), "") | {"Stage": search[4]}
    namespace, metric, *rest = query
    values = [one for one in rest if not isinstance(one, dict)]
    return namespace, metric, dict(zip(values[::2], values[1::2], strict=True))


QUERIES = [named(query) for widget in WIDGETS for query in widget["properties"]["metrics"]]


def test_there_are_at_most_twelve_figures_and_none_lies_on_another() -> None:
    assert len(WIDGETS) <= 12
    places = {(widget["x"], widget["y"]) for widget in WIDGETS}
    assert len(places) == len(WIDGETS)
    assert all(widget["x"] + widget["width"] <= 24 for widget in WIDGETS)


def test_each_figure_has_a_title_of_its_own() -> None:
    titles = [widget["properties"]["title"] for widget in WIDGETS]
    assert len({*titles}) == len(titles)
    assert all(titles)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query[0]} {query[1]}")
def test_a_query_names_a_metric_that_is_written(query: tuple[str, str, dict[str, str]]) -> None:
    namespace, metric, dimensions = query
    if namespace == "Newsreel":
        assert metric in {*get_args(Counted), *get_args(Measured)}
        by_code = {"Code"} if metric == "Refusals" else set()
        assert dimensions.keys() == {"Stage", "service"} | by_code
        assert dimensions["Stage"] == "${Stage}"
        assert dimensions["service"] in {"newsreel", ""}
    else:
        assert metric in WRITTEN_BY_AWS[namespace, frozenset(dimensions)]


def test_every_metric_of_ours_is_shown_but_what_only_alarms_and_searches_read() -> None:
    shown = {metric for namespace, metric, _ in QUERIES if namespace == "Newsreel"}
    assert {*get_args(Counted), *get_args(Measured)} - shown == {"CodesHandled", "WaitingMails"}


def test_bytes_are_counted_where_the_dashboard_looks_for_them() -> None:
    bucket = resources("AWS::S3::Bucket")["MediaBucket"]["Properties"]
    (watched,) = bucket["MetricsConfigurations"]
    (query,) = [one for one in QUERIES if one[0] == "AWS/S3"]
    assert query[2]["FilterId"] == watched["Id"]
    assert query[2]["BucketName"] == bucket["BucketName"]["Fn::Sub"]


def test_a_function_on_the_dashboard_exists() -> None:
    names = [one[2]["FunctionName"] for one in QUERIES if "FunctionName" in one[2]]
    assert {name.removeprefix("${ApiName}-") for name in names} <= functions().keys()
