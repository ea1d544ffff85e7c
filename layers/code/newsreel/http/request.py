"""Decides how a request is read: its path, headers and cookies, and its body as a pydantic model.

Models of bodies forbid unknown fields; an error names the field and never its value.
"""

import base64
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from newsreel.http import cookies
from newsreel.http.fields import field_errors
from newsreel.refusals import FieldError, Refusal
from newsreel.texts import messages

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent

    from newsreel.budgets.requests import RequestBudgets

LARGEST_BODY = 16 * 1024
"""Bytes; a larger body gets 413 before it is parsed."""

LONGEST_IDEMPOTENCY_KEY = 255

Body = TypeVar("Body", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The account behind a request, as the gate found it."""

    account_id: str
    epoch: int
    email: str = field(repr=False)
    language: str
    newsletter: bool
    newsletter_at: int
    is_listed: bool
    """Whether it stands among the newsletter's subscribers."""
    terms_version: str
    consents: int
    """How many consents are kept of it."""
    created_at: int
    """Seconds since 1970."""
    session_hash: str = field(repr=False)
    """The session's key in the table (a hash, never the token)."""
    email_change: str = field(default="", repr=False)
    """The one open change of its address (a hash of that flow's id)."""
    key_epoch: int = 1
    """Access keys made under another one are invalid."""
    key_hash: str = field(default="", repr=False)
    """The access key that the request came with (a hash); empty if it came with a session."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as routes see it. Its ``repr`` is empty: paths and headers hold secrets."""

    path: Mapping[str, str] = field(repr=False)
    query: Mapping[str, tuple[str, ...]] = field(repr=False)
    """Every value of each name, in the order in which they came."""
    headers: Mapping[str, str] = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)
    address: str = field(repr=False)
    """The client's network address."""
    language: str
    method: str
    country: str = ""
    """Where it came from, if the edge says so (ISO 3166-1 alpha-2)."""
    signed_in: SignedIn | None = None
    counted: "RequestBudgets | None" = None

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case."""
        return self.headers.get(name.lower())

    @property
    def bearer(self) -> str | None:
        """Return what an ``Authorization: Bearer`` header carries (RFC 6750), or None without."""
        scheme, _, value = (self.header("authorization") or "").partition(" ")
        return value.strip() if scheme.lower() == "bearer" else None

    @property
    def idempotency_key(self) -> str | None:
        """Return the Idempotency-Key, if the caller sent one: printable ASCII, limited in length.

        Raises:
            Refusal: ``fields_rejected``.
        """
        key = self.header("idempotency-key")
        if key is None:
            return None
        fits = 1 <= len(key) <= LONGEST_IDEMPOTENCY_KEY and key.isascii() and key.isprintable()
        if not fits:
            raise Refusal("fields_rejected", errors=(FieldError("Idempotency-Key", "wrong_value"),))
        return key

    @property
    def budgets(self) -> "RequestBudgets":
        """Return the budgets that the route declares.

        Raises:
            LookupError: it declares none.
        """
        if self.counted is None:
            raise LookupError("a route without limits")
        return self.counted

    @property
    def account(self) -> SignedIn:
        """Return the account behind a private route's request.

        Raises:
            Refusal: ``not_signed_in``.
        """
        if self.signed_in is None:
            raise Refusal("not_signed_in")
        return self.signed_in


def read_request(event: "APIGatewayProxyEvent", path_values: Mapping[str, str]) -> Request:
    """Return an API Gateway proxy event as a request, without its body."""
    headers = {name.lower(): value for name, value in (event.headers or {}).items()}
    identity = event.request_context.identity
    return Request(
        path=path_values,
        query={
            name: tuple(values)
            for name, values in (event.multi_value_query_string_parameters or {}).items()
        },
        headers=headers,
        cookies=cookies.read(headers.get("cookie")),
        address=identity.source_ip or "0.0.0.0",  # noqa: S104 - no address known
        language=messages.best_language(headers.get("accept-language")),
        method=event.http_method.upper(),
    )


def parse_body(raw: bytes, request: Request, model: type[Body]) -> Body:
    """Return a body as the model that the route declares.

    A byte order mark before it is ignored, as RFC 8259, section 8.1, allows: editors write some.

    Raises:
        Refusal: ``wrong_content_type``, ``malformed`` or ``fields_rejected``.
    """
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refusal("wrong_content_type")
    try:
        values = from_json(raw.removeprefix(BOM_UTF8), allow_inf_nan=False)
    except ValueError:
        raise Refusal("malformed") from None
    if not isinstance(values, dict):
        raise Refusal("malformed")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        # `from None`: pydantic's error text quotes the input, which may be a password.
        raise Refusal("fields_rejected", errors=field_errors(error)) from None


def raw_body(event: "APIGatewayProxyEvent") -> bytes:
    """Return an event's body as it was sent.

    Raises:
        Refusal: ``malformed`` or ``body_too_large``.
    """
    body = event.body or ""
    try:
        raw = (
            base64.b64decode(body, validate=True)
            if event.is_base64_encoded
            else body.encode("utf-8", "surrogatepass")
        )
    except ValueError:  # includes letters that are not base64
        raise Refusal("malformed") from None
    if len(raw) > LARGEST_BODY:
        raise Refusal("body_too_large")
    return raw
