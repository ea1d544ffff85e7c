"""Lets CloudFormation make alarms on expressions: MiniStack refuses them, and evaluates none.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
Such an alarm stands there, in a namespace in which nothing is ever counted, so it never rings.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Properties: TypeAlias = Mapping[str, Any]
Record: TypeAlias = Callable[[str, Properties], dict[str, Any]]

NAMESPACE = "expressions"


def mend() -> None:
    """Put the mend in MiniStack's place."""
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415 (starts threads)

    provisioners._cw_metric_alarm_record = with_expressions(  # noqa: SLF001
        provisioners._cw_metric_alarm_record  # noqa: SLF001
    )


def with_expressions(record: Record) -> Record:
    """Return a maker of alarms that takes one on an expression, too."""

    def made(name: str, properties: Properties) -> dict[str, Any]:
        metrics = properties.get("Metrics")
        if not metrics:
            return record(name, properties)
        (returned,) = [one for one in metrics if one.get("ReturnData", True)]
        others = {key: value for key, value in properties.items() if key != "Metrics"}
        return record(name, {**others, "Namespace": NAMESPACE, "MetricName": returned["Id"]})

    return made
