"""Lets CloudFormation make alarms on metric math and composite alarms, as AWS does.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-compositealarm.html
MiniStack refuses the first and knows no type for the second. An alarm on metric math is kept and
never judged: what our alarms do is tested with an evaluator of CloudWatch's documented rules.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Properties: TypeAlias = Mapping[str, Any]
Made: TypeAlias = tuple[str, dict[str, str]]
Record: TypeAlias = Callable[[str, Properties], dict[str, Any]]

_LISTS = ("AlarmActions", "OKActions", "InsufficientDataActions")
_BAD_REQUEST = 400


def mend() -> None:
    """Put the mends in MiniStack's place."""
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415 (starts threads)

    record = provisioners._cw_metric_alarm_record  # noqa: SLF001
    provisioners._cw_metric_alarm_record = with_metric_math(record)  # noqa: SLF001
    provisioners._RESOURCE_HANDLERS["AWS::CloudWatch::CompositeAlarm"] = {  # noqa: SLF001
        "create": _create,
        "update": _update,
        "delete": _delete,
    }


def with_metric_math(record: Record) -> Record:
    """Return a maker of alarms that takes a list of metrics too."""

    def make(name: str, properties: Properties) -> dict[str, Any]:
        metrics = properties.get("Metrics")
        if not metrics:
            return record(name, properties)
        single = {key: value for key, value in properties.items() if key != "Metrics"}
        # A name and a namespace that no metric has: so it is never judged.
        alarm = record(name, {**single, "MetricName": "metric math", "Namespace": "none"})
        return {**alarm, "Metrics": metrics}

    return make


def _create(logical_id: str, properties: Properties, stack_name: str) -> Made:
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    name = properties.get("AlarmName") or provisioners._physical_name(  # noqa: SLF001
        stack_name, logical_id, max_len=255
    )
    return _put(name, properties)


def _update(physical_id: str, _old: Properties, new: Properties, _stack: str) -> Made:
    return _put(physical_id, new)


def _put(name: str, properties: Properties) -> Made:
    from ministack.services import cloudwatch  # noqa: PLC0415

    texts = {"AlarmName": name, "AlarmRule": str(properties["AlarmRule"])}
    texts["AlarmDescription"] = str(properties.get("AlarmDescription", ""))
    for key in _LISTS:
        actions = properties.get(key) or []
        texts |= {f"{key}.member.{place}": str(one) for place, one in enumerate(actions, 1)}
    asked = {key: [text] for key, text in texts.items()}
    status, _, body = cloudwatch._put_composite_alarm(asked, {}, False)  # noqa: FBT003, SLF001
    if status >= _BAD_REQUEST:
        raise ValueError(body.decode() if isinstance(body, bytes) else str(body))
    return name, {"Arn": cloudwatch._composite_alarms[name]["AlarmArn"]}  # noqa: SLF001


def _delete(physical_id: str, _properties: Properties) -> None:
    from ministack.services import cloudwatch  # noqa: PLC0415

    cloudwatch._composite_alarms.pop(physical_id, None)  # noqa: SLF001
