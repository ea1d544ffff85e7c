"""Reads template.yaml for tests: intrinsic functions as plain mappings, tables, routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"

_TABLE_SETTINGS = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "StreamSpecification",
)


class _Loader(yaml.SafeLoader):  # type: ignore[misc] # PyYAML has no types
    """Turns the short forms of CloudFormation's functions into their long ones."""


def _intrinsic(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in {"Ref", "Condition"} else f"Fn::{name}": value}


_Loader.add_multi_constructor("!", _intrinsic)


@cache
def load(path: Path = TEMPLATE) -> dict[str, Any]:
    """Return a template; the object is shared, so callers must not change it."""
    loaded: dict[str, Any] = yaml.load(path.read_text(), Loader=_Loader)
    return loaded


def nested(path: Path = TEMPLATE) -> list[Path]:
    """Return the templates of the stacks that a template nests."""
    stacks = load(path)["Resources"].values()
    urls = [
        stack["Properties"]["TemplateURL"]
        for stack in stacks
        if stack["Type"] == "AWS::CloudFormation::Stack"
    ]
    return [path.parent / url for url in urls]


def resources(kind: str, *paths: Path) -> dict[str, dict[str, Any]]:
    """Return the resources of a type (``AWS::S3::Bucket``) by logical id.

    Includes nested stacks, unless ``paths`` name templates.
    """
    by_id: dict[str, dict[str, Any]] = {}
    for path in paths or (TEMPLATE, *nested()):
        own = {
            name: resource
            for name, resource in load(path)["Resources"].items()
            if resource["Type"] == kind
        }
        assert not own.keys() & by_id.keys(), f"an id stands in two templates: {path.name}"
        by_id |= own
    return by_id


@dataclass(frozen=True, eq=False)
class Function:
    """A function of the template, including what Globals add."""

    logical_id: str
    properties: Mapping[str, Any]

    @property
    def folder(self) -> str:
        """The capability: the folder under functions/."""
        return str(self.properties["CodeUri"]).removeprefix("functions/")

    @property
    def environment(self) -> dict[str, Any]:
        """The variables, unresolved."""
        own = self.properties["Environment"]["Variables"]
        return {**load()["Globals"]["Function"]["Environment"]["Variables"], **own}

    @property
    def layers(self) -> list[str]:
        """The logical ids of the layers."""
        both = [*load()["Globals"]["Function"]["Layers"], *self.properties.get("Layers", [])]
        return [layer["Ref"] for layer in both]

    @property
    def statements(self) -> list[dict[str, Any]]:
        """The statements of its one policy."""
        (policy,) = self.properties["Policies"]
        statements: list[dict[str, Any]] = policy["Statement"]
        return statements

    @property
    def routes(self) -> set[tuple[str, str]]:
        """The (method, path) pairs that the API sends here."""
        events = self.properties.get("Events", {}).values()
        routes = [event["Properties"] for event in events if event["Type"] == "Api"]
        return {(route["Method"], route["Path"]) for route in routes}


def functions() -> dict[str, Function]:
    """Return the functions by their folder's name."""
    by_name = resources("AWS::Serverless::Function").items()
    made = [Function(name, one["Properties"]) for name, one in by_name]
    return {function.folder: function for function in made}


def create_tables(
    client: "DynamoDBClient", names: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Make every table of the template and return their names by logical id.

    ``names`` gives a table a name other than its logical id.
    """
    made = {}
    for logical_id, table in resources("AWS::DynamoDB::Table").items():
        settings = table["Properties"]
        parameters = {key: settings[key] for key in _TABLE_SETTINGS if key in settings}
        if "StreamSpecification" in parameters:  # CloudFormation omits what the API requires
            parameters["StreamSpecification"] = {
                "StreamEnabled": True,
                **parameters["StreamSpecification"],
            }
        name = (names or {}).get(logical_id, logical_id)
        client.create_table(TableName=name, **parameters)
        client.update_time_to_live(
            TableName=name, TimeToLiveSpecification=settings["TimeToLiveSpecification"]
        )
        made[logical_id] = name
    return made
