"""Decides what is said about a field that was refused: a stable code and a sentence, no value."""

from pydantic import ValidationError

from newsreel import words
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
}
_LONGEST_NAME = 64


def field_errors(error: ValidationError, language: str) -> tuple[FieldError, ...]:
    """Return one entry per refused field, in the order of the model."""
    found = []
    for detail in error.errors(include_input=False, include_url=False, include_context=False):
        code = _CODES.get(detail["type"], "wrong_type")
        # An unknown field's name is the caller's own text: cut, so that it can't fill the answer.
        name = ".".join(str(part) for part in detail["loc"])[:_LONGEST_NAME]
        found.append(FieldError(name, code, words.text(language, "problems", f"field.{code}")))
    return tuple(found)


def refuse_field(field: str, code: str, language: str) -> FieldError:
    """Return the entry for one field that a rule refused."""
    return FieldError(field, code, words.text(language, "problems", f"field.{code}"))
