"""Reads the templates for tests as the one deployment that they make: functions, tables, routes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.stacks import ROOT, TEMPLATE, joined, load, nested

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = [
    "ROOT",
    "TEMPLATE",
    "Function",
    "create_tables",
    "functions",
    "load",
    "nested",
    "resources",
]

_TABLE_SETTINGS = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "StreamSpecification",
)


def resources(kind: str, *paths: Path) -> dict[str, dict[str, Any]]:
    """Return the resources of a type (``AWS::S3::Bucket``) by logical id.

    Of the whole deployment, in the terms of template.yaml; ``paths`` name templates to be taken
    alone, as they are written.
    """
    by_id: dict[str, dict[str, Any]] = {}
    templates = [load(path)["Resources"] for path in paths] or [one.resources for one in joined()]
    for template in templates:
        own = {name: one for name, one in template.items() if one["Type"] == kind}
        assert not own.keys() & by_id.keys(), f"an id stands in two templates: {own.keys()}"
        by_id |= own
    return by_id


@dataclass(frozen=True, eq=False)
class Function:
    """A function of the deployment; ``stack`` is the nested one that it stands in, or empty."""

    logical_id: str
    properties: Mapping[str, Any]
    shared: Mapping[str, Any]
    """What the Globals of its template add."""
    stack: str
    role: Mapping[str, Any]
    """The properties of the role that its template makes for it; empty if SAM makes one."""

    @property
    def folder(self) -> str:
        """The capability: the folder under functions/."""
        return str(self.properties["CodeUri"]).rpartition("functions/")[2]

    @property
    def built(self) -> str:
        """The folder that `sam build` makes for it."""
        return f"{self.stack}/{self.logical_id}".lstrip("/")

    @property
    def environment(self) -> dict[str, Any]:
        """The variables, unresolved."""
        own = self.properties["Environment"]["Variables"]
        return {**self.shared["Environment"]["Variables"], **own}

    @property
    def layers(self) -> list[str]:
        """The logical ids of the layers."""
        both = [*self.shared["Layers"], *self.properties.get("Layers", [])]
        return [layer["Ref"] for layer in both]

    @property
    def policy(self) -> dict[str, Any]:
        """Its one policy, unresolved."""
        assert not (self.role and "Policies" in self.properties), "SAM would leave those out"
        (policy,) = (self.role or self.properties)["Policies"]
        document: dict[str, Any] = policy.get("PolicyDocument", policy)
        return document

    @property
    def statements(self) -> list[dict[str, Any]]:
        """The statements of its one policy."""
        statements: list[dict[str, Any]] = self.policy["Statement"]
        return statements

    @property
    def routes(self) -> set[tuple[str, str]]:
        """The (method, path) pairs that the API sends here; ANY is a read that answers HEAD too."""
        return {("GET" if method == "ANY" else method, path) for method, path in self.declared}

    @property
    def open_reads(self) -> set[str]:
        """The paths that the API sends here with any method: reads for everybody."""
        return {path for method, path in self.declared if method == "ANY"}

    @property
    def declared(self) -> set[tuple[str, str]]:
        """The (method, path) pairs as the template has them, ANY among them."""
        events = self.properties.get("Events", {}).values()
        routes = [event["Properties"] for event in events if event["Type"] == "Api"]
        return {(route["Method"], route["Path"]) for route in routes}


def _role(
    function: Mapping[str, Any], beside: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    if "Role" not in function:
        return {}
    role, _ = function["Role"]["Fn::GetAtt"]
    own: Mapping[str, Any] = beside[role]["Properties"]
    return own


def functions() -> dict[str, Function]:
    """Return the functions by their folder's name."""
    made = [
        Function(
            name,
            one["Properties"],
            template.globals,
            template.stack,
            _role(one["Properties"], template.resources),
        )
        for template in joined()
        for name, one in template.resources.items()
        if one["Type"] == "AWS::Serverless::Function"
    ]
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
