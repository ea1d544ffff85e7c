"""The bases of all pydantic models at the edge: what comes in, what goes out.

Each model is built when first used: most environments use few of them.
"""

from pydantic import BaseModel, ConfigDict


class RequestModel(BaseModel):
    """A request's body: unknown fields are refused, types are not guessed."""

    model_config = ConfigDict(
        extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True
    )


class QueryModel(BaseModel):
    """A request's query: unknown names are refused; texts become numbers and dates."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class ResponseModel(BaseModel):
    """A response, or a part of one: never changed once made."""

    model_config = ConfigDict(
        frozen=True, serialize_by_alias=True, validate_by_name=True, defer_build=True
    )
