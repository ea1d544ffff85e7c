"""Decides what a client may know of this deployment before it does anything."""

from functools import cache

from pydantic import JsonValue, TypeAdapter

from newsreel import clock, terms
from newsreel.models import ResponseModel
from newsreel.texts import messages


class Configuration(ResponseModel):
    """Who runs the service and is written to, in which languages, by which numbers."""

    organisation: str
    contact_email: str | None
    languages: tuple[str, ...]
    password_policy: str
    policy: dict[str, JsonValue]
    terms_version: str


class Health(ResponseModel):
    """The service answers, in this version."""

    status: str = "ok"
    version: str


def configuration(organisation: str, contact_email: str, password_policy: str) -> Configuration:
    """Return the configuration that clients see."""
    return Configuration(
        organisation=organisation,
        contact_email=contact_email or None,
        languages=messages.LANGUAGES,
        terms_version=terms.in_force(clock.epoch()).version,
        password_policy=password_policy,
        policy=_numbers(),
    )


@cache
def _numbers() -> dict[str, JsonValue]:
    # Imported here: only this route of its function needs the numbers.
    from newsreel.policy import POLICY  # noqa: PLC0415

    shape = TypeAdapter(dict[str, JsonValue])
    return shape.validate_json(shape.dump_json(POLICY.as_json()))  # type: ignore[arg-type]
