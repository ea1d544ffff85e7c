"""The API reference is complete, matches the code, and has no broken link."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from tools import api_document
from tools.api_document import explanations
from tools.api_document.descriptions import FIELDS, PARAMETERS, TAGS
from tools.api_document.examples import EXAMPLES
from tools.api_document.reference import Reference
from tools.api_document.routes import described_routes

DOCUMENT: dict[str, Any] = json.loads(api_document.DOCUMENT.read_text(encoding="utf-8"))
SCHEMAS = DOCUMENT["components"]["schemas"]
ROUTES = {f"{route.method} {route.path}": route for route, _ in described_routes()}
OPERATIONS = [entry for operations in DOCUMENT["paths"].values() for entry in operations.values()]
PAGE = api_document.PAGE.read_text(encoding="utf-8")


def named(operation: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the parameters that an operation has for itself, not by reference."""
    return [entry for entry in operation.get("parameters", []) if "$ref" not in entry]


def test_the_reference_page_is_made_from_the_document() -> None:
    assert Reference(DOCUMENT).text() == PAGE, "run python -m tools.api_document and commit"


def test_every_route_has_a_place_and_every_link_leads_somewhere() -> None:
    headings = re.findall(r"^#{2,3} (.+)$", PAGE, flags=re.MULTILINE)
    assert {heading.strip("`") for heading in headings} >= ROUTES.keys()
    anchors = [re.sub(r"[^\w\- ]", "", entry.lower()).replace(" ", "-") for entry in headings]
    assert not [anchor for anchor, times in Counter(anchors).items() if times > 1]
    assert set(re.findall(r"\]\(#([^)]*)\)", PAGE)) <= set(anchors)


def test_every_field_and_parameter_says_what_it_holds() -> None:
    for model, schema in SCHEMAS.items():
        for name, field in schema.get("properties", {}).items():
            assert field["description"], f"{model}.{name}"
    for operation in OPERATIONS:
        for parameter in named(operation):
            assert parameter["description"], f"{operation['operationId']}: {parameter['name']}"


def test_every_description_is_used() -> None:
    names = {name for schema in SCHEMAS.values() for name in schema.get("properties", {})}
    full = {
        f"{model}.{name}"
        for model, entry in SCHEMAS.items()
        for name in entry.get("properties", {})
    }
    assert FIELDS.keys() <= names | full
    given = {entry["name"] for operation in OPERATIONS for entry in named(operation)}
    assert PARAMETERS.keys() <= given
    assert list(TAGS) == [tag["name"] for tag in DOCUMENT["tags"]]
    assert set(TAGS) == {tag for operation in OPERATIONS for tag in operation["tags"]}


@pytest.mark.parametrize("label", ROUTES)
def test_an_example_is_what_the_route_takes_and_answers(label: str) -> None:
    route = ROUTES[label]
    example = EXAMPLES.get(label)
    if route.body is not None:
        assert example is not None
        assert example.body is not None
        route.body.model_validate_json(json.dumps(example.body))
    if route.answer is not None and label != "GET /config":
        assert example is not None
        assert example.answer is not None
        shaped = route.answer.model_validate_json(json.dumps(example.answer))
        # Compared in both directions: an example has all fields of the answer and no others.
        assert json.loads(shaped.model_dump_json()) == example.answer


def test_every_example_is_used() -> None:
    assert EXAMPLES.keys() <= ROUTES.keys()


def test_every_explanation_is_of_a_route() -> None:
    assert explanations.ROUTES.keys() <= ROUTES.keys()
