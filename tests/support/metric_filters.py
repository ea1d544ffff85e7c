"""Reads metric filters as CloudWatch does, for lines of a test; alarms: ``alarm_evaluator``.

Only what our templates use: filter patterns of ``=`` and ``>`` joined by ``&&``.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

_CONDITION = re.compile(r'\$\.(\w+) (=|>) (?:"([^"]*)"|(\d+))')


def count(
    filters: Iterable[Mapping[str, Any]], lines: Iterable[Mapping[str, Any]]
) -> dict[str, float]:
    """Return what metric filters count of log lines, by the metric's name."""
    counted: defaultdict[str, float] = defaultdict(float)
    every = [*lines]
    for one in filters:
        (metric,) = one["MetricTransformations"]
        value = metric["MetricValue"]
        for line in every:
            if _fits(one["FilterPattern"], line):
                number = line[value.removeprefix("$.")] if value.startswith("$.") else float(value)
                counted[metric["MetricName"]] += number
    return counted


def _fits(pattern: str, line: Mapping[str, Any]) -> bool:
    for part in pattern.strip("{} ").split(" && "):
        condition = _CONDITION.fullmatch(part)
        assert condition, pattern
        name, sign, text, number = condition.groups()
        value = line.get(name)
        if sign == "=" and value != text:
            return False
        if sign == ">" and not (isinstance(value, int | float) and value > float(number)):
            return False
    return True
