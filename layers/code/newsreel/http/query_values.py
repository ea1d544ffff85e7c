"""Decides how a query string is read: by a model, each value in one spelling and given once.

Strictness is here and not in the models, so a new route has it without a word. A model still says
whether unknown names are refused.
"""

from collections.abc import Iterable
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
    names = {field.alias or name: name for name, field in model.model_fields.items()}
    known = {name: values for name, values in request.query.items() if name in names}
    _refuse(FieldError(name, "repeated") for name, values in known.items() if len(values) > 1)
    try:
        query = model.model_validate({name: held[0] for name, held in request.query.items()})
    except ValidationError as error:
        raise Refusal("fields_rejected", errors=field_errors(error)) from None
    spelled = (
        (name, _other_spelling(getattr(query, names[name]), values[0]))
        for name, values in known.items()
    )
    _refuse(FieldError(name, code) for name, code in spelled if code)
    return query


def _refuse(errors: Iterable[FieldError]) -> None:
    """Raise a refusal of the fields, if there are any."""
    refused = tuple(errors)
    if refused:
        raise Refusal("fields_rejected", errors=refused)


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
