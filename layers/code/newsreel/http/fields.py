"""Decides the stable code of a refused field; pydantic's own texts quote values."""

from pydantic import ValidationError

from newsreel.refusals import FieldError

_CODES = {
    "missing": "missing",
    "extra_forbidden": "extra_forbidden",
    "string_too_long": "too_long",
    "string_too_short": "too_short",
    "too_long": "too_long",
    "too_short": "too_short",
    "literal_error": "wrong_value",
    "enum": "wrong_value",
    "string_pattern_mismatch": "wrong_value",
    "value_error": "wrong_value",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
    "int_parsing": "number",
    "int_parsing_size": "number",
    "int_from_float": "number",
    "date_parsing": "date",
    "date_from_datetime_parsing": "date",
    "date_from_datetime_inexact": "date",
}
_LONGEST_NAME = 64


def field_errors(error: ValidationError) -> tuple[FieldError, ...]:
    """Return one entry per refused field, in the order of the model."""
    errors = []
    for detail in error.errors(include_input=False, include_url=False, include_context=False):
        code = _CODES.get(detail["type"], "wrong_type")
        # The caller chose the name of an unknown field: cut it, so that it can't fill the answer.
        name = ".".join(str(part) for part in detail["loc"])[:_LONGEST_NAME]
        errors.append(FieldError(name, code))
    return tuple(errors)
