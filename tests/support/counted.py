"""Reads the metrics that functions write: lines in CloudWatch's embedded metric format."""

import json
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Written:
    """One value of one metric."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]
    unit: str
    value: float


def metrics_in(texts: Iterable[str]) -> list[Written]:
    """Return the metrics in the lines of texts; other lines are passed over."""
    found = []
    for line in (line for text in texts for line in text.splitlines()):
        try:
            values = json.loads(line)
        except ValueError:
            continue
        if not isinstance(values, dict) or "_aws" not in values:
            continue
        for described in values["_aws"]["CloudWatchMetrics"]:
            (names,) = described["Dimensions"]
            of = frozenset((name, str(values[name])) for name in names)
            for metric in described["Metrics"]:
                value = values[metric["Name"]]
                value = sum(value) if isinstance(value, list) else value
                found.append(
                    Written(described["Namespace"], metric["Name"], of, metric["Unit"], value)
                )
    return found
