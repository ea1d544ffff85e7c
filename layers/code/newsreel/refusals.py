"""What the service may refuse: one exception whose code comes from one closed list.

Rules raise refusals and know nothing of HTTP; ``http.problems`` gives each code its status, its
next step and its text. A refusal carries only values that the caller may see.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Code: TypeAlias = Literal[
    "bad_request",
    "malformed",
    "wrong_content_type",
    "body_too_large",
    "fields_rejected",
    "password_rejected",
    "code_wrong",
    "code_expired",
    "code_spent",
    "flow_over",
    "registration_finished",
    "undo_open",
    "undo_over",
    "too_many_requests",
    "wrong_credentials",
    "wrong_password",
    "not_signed_in",
    "key_refused",
    "key_not_allowed",
    "too_many_keys",
    "cross_site",
    "other_door",
    "blocked",
    "not_available",
    "no_times",
    "withdrawn",
    "terms_not_accepted",
    "link_refused",
    "no_such_subscription",
    "no_such_mail",
    "no_such_route",
    "busy",
    "fault",
]
CODES: tuple[str, ...] = get_args(Code)

Shown: TypeAlias = str | int | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class FieldError:
    """One refused field: its name and a stable code; never its value.

    The sentence for it is ``<area>.<code>`` of the problem texts, filled in with ``shown``.
    """

    field: str
    code: str
    area: Literal["field", "password"] = "field"
    shown: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclass(slots=True)
class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """The request is refused; ``code`` says why and ``shown`` goes into the answer.

    ``retry_after`` is in whole seconds; ``errors`` name refused fields.
    """

    code: Code
    shown: Mapping[str, Shown] = dataclasses.field(default_factory=dict)
    retry_after: int | None = None
    errors: tuple[FieldError, ...] = ()

    def __str__(self) -> str:
        """Return the code alone, so that an exception text never contains a value."""
        return self.code
