"""Decides how the models of bodies, answers and queries become schemas of the OpenAPI document."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, models_json_schema

from tools.api_document.descriptions import PARAMETERS
from tools.api_document.example_values import Json

if TYPE_CHECKING:
    from pydantic_core.core_schema import DataclassField, ModelField, TypedDictField


class _Shapes(GenerateJsonSchema):
    """Marks all fields of an answer as required; a body may omit fields that have a default."""

    def field_is_required(
        self,
        field: "ModelField | DataclassField | TypedDictField",
        total: bool,  # noqa: FBT001
    ) -> bool:
        return self.mode == "serialization" or super().field_is_required(field, total)

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002
        """Omit titles, because they repeat the field's name."""
        return False


def schemas(
    bodies: Collection[type[BaseModel]], answers: Collection[type[BaseModel]]
) -> dict[str, dict[str, Json]]:
    """Return the schemas of all models and of their nested models, by name."""
    modes: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in bodies),
        *((model, "serialization") for model in answers),
    ]
    modes.sort(key=lambda entry: entry[0].__name__)
    _, generated = models_json_schema(
        modes, ref_template="#/components/schemas/{model}", schema_generator=_Shapes
    )
    for schema in generated["$defs"].values():
        for name, shape in schema.get("properties", {}).items():
            _say_format(name, shape)
    return cast("dict[str, dict[str, Json]]", generated["$defs"])


def _say_format(name: str, shape: dict[str, Json]) -> None:
    """Mark texts that are times and addresses; their names end accordingly."""
    kinds = cast("list[dict[str, Json]]", shape.get("anyOf", [shape]))
    text = next((kind for kind in kinds if kind.get("type") == "string"), {})
    if name.endswith(("_at", "_after")):
        text["format"] = "date-time"
    elif name.rpartition("_")[2] == "url":
        text["format"] = "uri-reference"


def query_parameters(model: type[BaseModel]) -> Iterator[Json]:
    """Yield the parameters of a query's model."""
    schema = model.model_json_schema(schema_generator=_Shapes)
    for name, shape in schema["properties"].items():
        # A query cannot contain null: an optional parameter is simply absent.
        kinds = [kind for kind in shape.get("anyOf", []) if kind != {"type": "null"}]
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "description": PARAMETERS[name],
            "schema": kinds[0] if len(kinds) == 1 else shape,
        }


def reference(model: type[BaseModel]) -> Json:
    """Return a reference to a model's schema."""
    return {"$ref": f"#/components/schemas/{model.__name__}"}
