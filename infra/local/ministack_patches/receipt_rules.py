"""Lets CloudFormation make receipt rules: MiniStack has SES's calls for them, but not the types.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_SES.html
"""

from collections.abc import Mapping
from typing import Any, TypeAlias

Properties: TypeAlias = Mapping[str, Any]
Made: TypeAlias = tuple[str, dict[str, str]]

_BAD_REQUEST = 400


def add_resource_types() -> None:
    """Register the two types with MiniStack's CloudFormation."""
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415 (starts threads)

    provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptRuleSet"] = {  # noqa: SLF001
        "create": _create_set,
        "update": _update_set,
        "delete": _delete_set,
    }
    provisioners._RESOURCE_HANDLERS["AWS::SES::ReceiptRule"] = {  # noqa: SLF001
        "create": _create_rule,
        "update": _update_rule,
        "delete": _delete_rule,
    }


def _create_set(logical_id: str, properties: Properties, stack_name: str) -> Made:
    name = properties.get("RuleSetName") or _own_name(stack_name, logical_id)
    _call("CreateReceiptRuleSet", {"RuleSetName": name})
    return name, {}


def _update_set(physical_id: str, _old: Properties, _new: Properties, _stack: str) -> Made:
    return physical_id, {}


def _delete_set(physical_id: str, _properties: Properties) -> None:
    _call("DeleteReceiptRuleSet", {"RuleSetName": physical_id})


def _create_rule(logical_id: str, properties: Properties, stack_name: str) -> Made:
    name = properties["Rule"].get("Name") or _own_name(stack_name, logical_id)
    wanted = {
        "RuleSetName": properties["RuleSetName"],
        "Rule": {**properties["Rule"], "Name": name},
    }
    if properties.get("After"):
        wanted["After"] = properties["After"]
    _call("CreateReceiptRule", _flat(wanted))
    return name, {}


def _update_rule(physical_id: str, old: Properties, new: Properties, stack_name: str) -> Made:
    _delete_rule(physical_id, old)
    return _create_rule(
        physical_id, {**new, "Rule": {**new["Rule"], "Name": physical_id}}, stack_name
    )


def _delete_rule(physical_id: str, properties: Properties) -> None:
    named = {"RuleSetName": properties["RuleSetName"], "RuleName": physical_id}
    _call("DeleteReceiptRule", named)


def _own_name(stack_name: str, logical_id: str) -> str:
    from ministack.services.cloudformation import provisioners  # noqa: PLC0415

    name: str = provisioners._physical_name(stack_name, logical_id, max_len=64)  # noqa: SLF001
    return name


def _flat(value: object, prefix: str = "") -> dict[str, str]:
    """Write nested values as the parameters of AWS's query protocol."""
    if isinstance(value, Mapping):
        parts = [(f"{prefix}.{name}" if prefix else str(name), one) for name, one in value.items()]
    elif isinstance(value, list):
        parts = [(f"{prefix}.member.{place}", one) for place, one in enumerate(value, 1)]
    else:
        return {prefix: str(value).lower() if isinstance(value, bool) else str(value)}
    return {name: text for inner, one in parts for name, text in _flat(one, inner).items()}


def _call(action: str, parameters: Mapping[str, str]) -> None:
    """Make one call of SES version 1; ValueError with its own words fails the deployment."""
    from ministack.services import ses  # noqa: PLC0415

    handlers = {
        "CreateReceiptRuleSet": ses._create_receipt_rule_set,  # noqa: SLF001
        "DeleteReceiptRuleSet": ses._delete_receipt_rule_set,  # noqa: SLF001
        "CreateReceiptRule": ses._create_receipt_rule,  # noqa: SLF001
        "DeleteReceiptRule": ses._delete_receipt_rule,  # noqa: SLF001
    }
    status, _, body = handlers[action]({name: [text] for name, text in parameters.items()})
    if status >= _BAD_REQUEST:
        raise ValueError(body.decode() if isinstance(body, bytes) else str(body))
