"""Decides what the templates of a recovery hold: the stack without a table, and with it again.

CloudFormation imports a resource only if nothing else changes in the same step. So the restored
table first takes the place of the old one by its name alone, and is imported then.
"""

import copy
import re
from collections.abc import Mapping
from typing import Any, TypeAlias

Template: TypeAlias = Mapping[str, Any]

_OF_THE_STAGE = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SecretsManager::Secret": "Id",
}
"""What can be imported, and by which identifier: the resource's schema, ``primaryIdentifier``."""
_CHOICES = ("Parameters", "Conditions")
"""What resources are made by. An import takes the defaults, the deployment after it the rest."""


class NotRecoverableError(ValueError):
    """The template has no such resource, or not one that is kept; the message says which."""


def by_name_alone(template: Template, logical_id: str, values: Mapping[str, str]) -> Template:
    """Return a template without a resource, with its values where something referred to it.

    ``values`` has the resource's own name under ``Ref`` and those of its attributes.
    """
    _kept(template, logical_id)
    rest = {name: one for name, one in template["Resources"].items() if name != logical_id}
    replaced: Template = _Replacing(logical_id, values).in_part({**template, "Resources": rest})
    return replaced


def with_it_again(by_name: Template, template: Template, logical_id: str) -> Template:
    """Return the first template with the resource of the second one, and nothing else changed."""
    resource = {**_kept(template, logical_id), "DeletionPolicy": "Retain"}
    return {**by_name, "Resources": {**by_name["Resources"], logical_id: resource}}


def of_what_is_left(template: Template, names: Mapping[str, str]) -> Template:
    """Return a template of nothing but resources that outlived their stack.

    ``names`` has the identifier of each by its logical id in ``template``.
    """
    resources = {}
    for logical_id, name in names.items():
        resource = copy.deepcopy(dict(_kept(template, logical_id)))
        kind = resource["Type"]
        if kind not in _OF_THE_STAGE:
            raise NotRecoverableError(f"{logical_id} is an {kind}, which is not imported here.")
        if kind == "AWS::S3::Bucket":
            # It tells queues that are not there yet; the deployment after it says so again.
            resource["Properties"] = {"BucketName": name}
        resources[logical_id] = resource
    kept = {part: template[part] for part in _CHOICES if part in template}
    return {"AWSTemplateFormatVersion": "2010-09-09", **kept, "Resources": resources}


def to_import(template: Template, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return what a change set of the type IMPORT is told of resources, by their names."""
    told = []
    for logical_id, name in names.items():
        kind = template["Resources"][logical_id]["Type"]
        identifier = {_OF_THE_STAGE[kind]: name}
        told.append(
            {
                "ResourceType": kind,
                "LogicalResourceId": logical_id,
                "ResourceIdentifier": identifier,
            }
        )
    return told


def _kept(template: Template, logical_id: str) -> Mapping[str, Any]:
    resource: Mapping[str, Any] | None = template["Resources"].get(logical_id)
    if resource is None:
        raise NotRecoverableError(f"The template has no resource {logical_id}.")
    if not str(resource.get("DeletionPolicy", "")).startswith("Retain"):
        raise NotRecoverableError(f"{logical_id} is deleted with its stack, so it is not left.")
    return resource


class _Replacing:
    """Puts values where a template refers to one resource."""

    def __init__(self, logical_id: str, values: Mapping[str, str]) -> None:
        self._id, self._values = logical_id, values
        self._in_text = re.compile(rf"\$\{{{re.escape(logical_id)}(?:\.(\w+))?\}}")

    def in_part(self, part: Any) -> Any:
        """Return a part of a template with the values in it."""
        match part:
            case {"Ref": self._id}:
                return self._values["Ref"]
            case {"Fn::GetAtt": [self._id, attribute]}:
                return self._values[attribute]
            case {"Fn::GetAtt": str(both)} if both.startswith(f"{self._id}."):
                return self._values[both.partition(".")[2]]
            case {"Fn::Sub": str(text)}:
                replaced: Any = {"Fn::Sub": self._in(text)}
            case {"Fn::Sub": [str(text), variables]}:
                replaced = {"Fn::Sub": [self._in(text), self.in_part(variables)]}
            case dict():
                replaced = {key: self.in_part(one) for key, one in part.items()}
            case list():
                replaced = [self.in_part(one) for one in part]
            case _:
                replaced = part
        return replaced

    def _in(self, text: str) -> str:
        return self._in_text.sub(lambda found: self._values[found[1] or "Ref"], text)
