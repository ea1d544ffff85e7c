"""Decides how a query string is read: by a model, each value in one spelling and given once.

Strictness is here and not in the models, so a new route has it without a word. A model still says
whether unknown names are refused.
"""

from datetime import date
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from newsreel.http.fields import field_errors
from newsreel.http.request import Request
from newsreel.refusals import FieldError, Refusal

Query = TypeVar("Query", bound=BaseModel)


def read_query(request: Request, model: type[Query]) -> Query:
    """Return a query string as its model.

    Raises:
        Refusal: ``fields_rejected``.
    """
    fields = model.model_fields.items()
    named = {field.alias or name: name for name, field in fields}
    errors = [
        FieldError(name, "repeated")
        for name, values in request.query.items()
        if name in named and len(values) > 1
    ]
    if errors:
        raise Refusal("fields_rejected", errors=tuple(errors))
    given = {name: values[0] for name, values in request.query.items()}
    try:
        query = model.model_validate(given)
    except ValidationError as error:
        raise Refusal("fields_rejected", errors=field_errors(error)) from None
    for name, text in given.items():
        code = _other_spelling(getattr(query, named[name]), text) if name in named else None
        if code:
            errors.append(FieldError(name, code))
    if errors:
        raise Refusal("fields_rejected", errors=tuple(errors))
    return query


def _other_spelling(value: object, text: str) -> str | None:
    """Return the code of a value that pydantic understood although it is not written as we write.

    It takes `1_0` and `5.0` for numbers, and seconds since 1970 and whole times for dates.
    """
    if isinstance(value, bool):
        return None if text in {"true", "false"} else "wrong_value"
    if isinstance(value, int):
        return None if text == str(value) else "number"
    if isinstance(value, date):
        return None if text == value.isoformat() else "date"
    return None
