"""What CloudFormation would refuse, replace or make anew when one version is deployed over another.

A local AWS takes much that AWS refuses, so the templates of both versions are compared, with the
resource schemas that AWS publishes (those of cfn-lint): which properties a resource keeps for life,
and which name is its identity.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from tests.support.stacks import load, rewrite

Resources = Mapping[str, Mapping[str, Any]]
"""Resources by ``<nested stack>/<logical id>``; the root's own without the first part."""

_NESTED = "AWS::CloudFormation::Stack"
_TABLE = "AWS::DynamoDB::Table"
_KEPT = {"Retain", "RetainExceptOnCreate"}


def resources_of(root: Path) -> Resources:
    """Return what a version's root and its nested stacks make, in the root's terms."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, one in load(root / "template.yaml")["Resources"].items():
        found[name] = one
        if one["Type"] == _NESTED:
            passed = one["Properties"].get("Parameters", {})
            inner = load(root / one["Properties"]["TemplateURL"])["Resources"]
            found |= {f"{name}/{own}": rewrite(it, passed.get) for own, it in inner.items()}
    return found


def changed_types(before: Resources, after: Resources) -> list[str]:
    """Return the places whose type changes, which CloudFormation refuses before it begins."""
    both = before.keys() & after.keys()
    return sorted(place for place in both if before[place]["Type"] != after[place]["Type"])


def made_twice(before: Resources, after: Resources) -> dict[str, tuple[str, str]]:
    """Return the names that are made at a new place while the old one still has them.

    CloudFormation makes what is new before it deletes what is gone, so the service refuses it.
    """
    owners = {name: place for place, name in _named(before)}
    return {
        str(name): (owners[name], place)
        for place, name in _named(after)
        if name in owners and owners[name] != place
    }


def lost(before: Resources, after: Resources) -> list[str]:
    """Return what outlives the stack and would leave it, or be replaced by an empty one."""
    return sorted(
        place
        for place, one in before.items()
        if outlives(one) and (place not in after or _is_replaced(one, after[place]))
    )


def refused_replacements(before: Resources, after: Resources) -> list[str]:
    """Return what has a name of its own and would be replaced: CloudFormation refuses that."""
    named = {place for place, _ in _named(before)}
    both = before.keys() & after.keys() & named
    return sorted(place for place in both if _is_replaced(before[place], after[place]))


def indexes_changed(before: Resources, after: Resources) -> dict[str, int]:
    """Return how many indexes of each table are made or deleted; DynamoDB takes one an update."""
    return {
        place: len(_indexes(one) ^ _indexes(after[place]))
        for place, one in before.items()
        if one["Type"] == _TABLE and place in after
    }


def generated_anew(before: Resources, after: Resources) -> list[str]:
    """Return the secrets that get another value: a change of how they are made makes them anew."""
    return sorted(
        place
        for place in before.keys() & after.keys()
        if before[place]["Type"] == "AWS::SecretsManager::Secret"
        and _property(before[place], "GenerateSecretString")
        != _property(after[place], "GenerateSecretString")
    )


def left_with_a_name(before: Resources, after: Resources) -> list[str]:
    """Return what stays when one goes back, under a name that the next update wants to make."""
    new = {place: name for place, name in _named(after) if place not in before}
    return sorted(place for place in new if outlives(after[place]))


def outlives(resource: Mapping[str, Any]) -> bool:
    """Tell whether a resource stays when it leaves its stack."""
    return resource.get("DeletionPolicy") in _KEPT


def _named(resources: Resources) -> Iterator[tuple[str, tuple[str, str]]]:
    for place, one in resources.items():
        for name in _names(one):
            yield place, (one["Type"], name)


def _names(resource: Mapping[str, Any]) -> Iterator[str]:
    """Return what the template calls a resource where AWS takes each name once."""
    identity = _schema(resource["Type"]).get("primaryIdentifier", ())
    whole = [_property(resource, path.rpartition("/")[2]) for path in identity]
    if whole and None not in whole:
        yield str(whole)
    for key, value in resource.get("Properties", {}).items():
        if key in {"Name", "FunctionName"} and [value] != whole:
            yield str(value)
        elif key.endswith("Config") and isinstance(value, Mapping) and "Name" in value:
            yield str(value["Name"])  # of CloudFront's policies


def _is_replaced(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    names = [one.split("/")[2] for one in _schema(before["Type"]).get("createOnlyProperties", ())]
    return before["Type"] != after["Type"] or any(
        _property(before, name) != _property(after, name) for name in {*names, *_KEY_SCHEMA}
    )


_KEY_SCHEMA = ("KeySchema", "LocalSecondaryIndexes")
"""What no table changes either, though its schema says so in another place."""


def _indexes(table: Mapping[str, Any]) -> set[str]:
    return {one["IndexName"] for one in _property(table, "GlobalSecondaryIndexes") or ()}


def _property(resource: Mapping[str, Any], name: str) -> Any:
    return resource.get("Properties", {}).get(name)


@cache
def _schema(kind: str) -> Mapping[str, Any]:
    if kind.startswith("AWS::Serverless::"):
        return {}
    schema: Mapping[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(
        "eu-central-1", kind
    ).schema
    return schema
