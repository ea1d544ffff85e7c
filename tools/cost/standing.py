"""Decides what costs money while nobody comes: what the templates make, and their schedules."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from newsreel.lambda_runtime.gauges import Measured
from samcli.yamlhelper import yaml_parse

ROOT = Path(__file__).resolve().parents[2]
_PLAIN = {
    "AWS::SecretsManager::Secret": "secret",
    "AWS::CloudWatch::CompositeAlarm": "composite_alarm",
    "AWS::CloudWatch::Dashboard": "dashboard",
    "AWS::WAFv2::WebACL": "web_acl",
}
_OF_A_TRIAL = 4
"""Codes requested, handled, sent and confirmed: what a registration counts, the canary's too."""
_A_MONTH = 30 * 24 * 60
"""In minutes."""
_MINUTES = {"minute": 1, "minutes": 1, "hour": 60, "hours": 60, "day": 24 * 60, "days": 24 * 60}


@cache
def _resources() -> tuple[Mapping[str, Any], ...]:
    files = (ROOT / "template.yaml", *sorted((ROOT / "infra").glob("*.yaml")))
    return tuple(
        resource
        for path in files
        for resource in yaml_parse(path.read_text(encoding="utf-8"))["Resources"].values()
    )


def month() -> Counter[str]:
    """Return what a stage with everything in it has, by the names of prices."""
    things: Counter[str] = Counter()
    for resource in _resources():
        properties = resource.get("Properties", {})
        things.update(
            [_PLAIN[resource["Type"]]] if resource["Type"] in _PLAIN else [],
            alarm_metric=_metrics_of(resource),
            web_acl_rule=len(properties["Rules"])
            if resource["Type"] == "AWS::WAFv2::WebACL"
            else 0,
        )
    things["metric"] = len(_filtered()) + len(get_args(Measured)) + _OF_A_TRIAL
    return things


def _metrics_of(resource: Mapping[str, Any]) -> int:
    if resource["Type"] != "AWS::CloudWatch::Alarm":
        return 0
    metrics = resource["Properties"].get("Metrics")
    return 1 if metrics is None else sum("MetricStat" in one for one in metrics)


def _filtered() -> set[str]:
    """Return the metrics that are counted from logs: each filter writes a 0 where it finds none."""
    return {
        resource["Properties"]["MetricTransformations"][0]["MetricName"]
        for resource in _resources()
        if resource["Type"] == "AWS::Logs::MetricFilter"
    }


def scheduled_runs() -> float:
    """Return how often schedules call a function in a month."""
    return sum(_A_MONTH / minutes for minutes in _schedules())


def _schedules() -> Iterator[float]:
    for resource in _resources():
        for event in resource.get("Properties", {}).get("Events", {}).values():
            if event["Type"] == "Schedule":
                yield _every(event["Properties"]["Schedule"])


def _every(schedule: object) -> float:
    """Return after how many minutes a schedule comes again; once a day if it names a time."""
    told = re.fullmatch(r"rate\((\d+) (\w+)\)", str(schedule))
    return int(told[1]) * _MINUTES[told[2]] if told else 24 * 60
