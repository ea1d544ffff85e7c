"""Decides how a query string is read: by a model, like a body; unknown fields are refused."""

from typing import TypeVar

from pydantic import BaseModel, ValidationError

from newsreel.http.fields import field_errors
from newsreel.http.request import Request
from newsreel.refusals import Refusal

Query = TypeVar("Query", bound=BaseModel)


def read_query(request: Request, model: type[Query]) -> Query:
    """Return a query string as its model.

    Raises:
        Refusal: ``fields_rejected``.
    """
    try:
        return model.model_validate(dict(request.query))
    except ValidationError as error:
        raise Refusal("fields_rejected", errors=field_errors(error)) from None
