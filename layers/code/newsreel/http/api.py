"""Decides what every route has in common: who may call it, how its body is read, how it answers.

A route is private unless it is declared public. Bodies are pydantic models that forbid unknown
fields; whatever a rule refuses becomes problem+json here and nowhere else. Routing is Powertools'.
"""

import base64
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, Protocol, TypeVar, overload

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from newsreel import garbage, words
from newsreel.busy import RETRY_AFTER, is_busy
from newsreel.faults import facts
from newsreel.http import cookies, problems
from newsreel.http.fields import field_errors
from newsreel.refusals import Code, FieldError, Refusal

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
    from aws_lambda_powertools.utilities.typing import LambdaContext

LARGEST_BODY = 16 * 1024
"""Bytes; a larger body gets 413 before it is parsed."""

LONGEST_IDEMPOTENCY_KEY = 255

logger = Logger()
Body = TypeVar("Body", bound=BaseModel)


class Access(Enum):
    """Who may call a route."""

    PUBLIC = "public"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The account behind a request, as the gate found it."""

    account_id: str
    epoch: int
    email: str = field(repr=False)
    language: str
    newsletter: bool
    terms_version: str
    created_at: int
    """Seconds since 1970."""
    session_key: str = field(repr=False)
    """The session's key in the table (a hash, never the token)."""


class Gate(Protocol):
    """Decides whose session a request carries."""

    def __call__(self, token: str | None) -> SignedIn | None:
        """Return the account of the session, or None when there is none that counts."""

    def is_own_origin(self, origin: str) -> bool:
        """Tell whether an ``Origin`` header names one of our own addresses."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as routes see it. Its ``repr`` shows nothing: paths and headers hold secrets."""

    path: Mapping[str, str] = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    cookies: Mapping[str, str] = field(repr=False)
    source_ip: str = field(repr=False)
    language: str
    method: str
    signed_in: SignedIn | None = None

    def header(self, name: str) -> str | None:
        """Return a header by its name in any case."""
        return self.headers.get(name.lower())

    @property
    def idempotency_key(self) -> str | None:
        """Return the Idempotency-Key, if the caller sent one: printable ASCII of a sensible length.

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
    def account(self) -> SignedIn:
        """Return the account behind a private route's request.

        Raises:
            Refusal: ``not_signed_in``.
        """
        if self.signed_in is None:
            raise Refusal("not_signed_in")
        return self.signed_in


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is not simply a model with the route's status."""

    status: int
    body: BaseModel | str | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One route as declared: what the OpenAPI document and the template are compared with."""

    method: str
    path: str
    access: Access
    body: type[BaseModel] | None
    answer: type[BaseModel] | None
    status: int
    refusals: tuple[Code, ...]
    cacheable: bool
    query: type[BaseModel] | None
    media_types: tuple[str, ...]
    also: tuple[int, ...]
    """Further statuses of success, such as 302."""
    summary: str


Plain = Callable[[Request], "BaseModel | Answer | None"]
WithBody = Callable[[Request, Body], "BaseModel | Answer | None"]


class Api:
    """The routes of one function and their common behaviour."""

    def __init__(self, gate: Gate | None = None) -> None:
        self.routes: list[Route] = []
        self._gate = gate
        self._resolver = APIGatewayRestResolver()
        self._resolver.not_found(self._find_nothing)

    @overload
    def route(
        self,
        method: str,
        path: str,
        *,
        body: None = None,
        access: Access = ...,
        answer: type[BaseModel] | None = ...,
        status: int = ...,
        refusals: tuple[Code, ...] = ...,
        cacheable: bool = ...,
        query: type[BaseModel] | None = ...,
        media_types: tuple[str, ...] = ...,
        also: tuple[int, ...] = ...,
    ) -> Callable[[Plain], Plain]: ...
    @overload
    def route(
        self,
        method: str,
        path: str,
        *,
        body: type[Body],
        access: Access = ...,
        answer: type[BaseModel] | None = ...,
        status: int = ...,
        refusals: tuple[Code, ...] = ...,
        cacheable: bool = ...,
        query: type[BaseModel] | None = ...,
        media_types: tuple[str, ...] = ...,
        also: tuple[int, ...] = ...,
    ) -> Callable[[WithBody[Body]], WithBody[Body]]: ...
    def route(  # noqa: PLR0913 - a route's declaration is a table row
        self,
        method: str,
        path: str,
        *,
        body: type[BaseModel] | None = None,
        access: Access = Access.SESSION,
        answer: type[BaseModel] | None = None,
        status: int = 200,
        refusals: tuple[Code, ...] = (),
        cacheable: bool = False,
        query: type[BaseModel] | None = None,
        media_types: tuple[str, ...] = ("application/json",),
        also: tuple[int, ...] = (),
    ) -> Callable[..., object]:
        """Declare a route: ``path`` as in the template (``/videos/{video_id}``).

        ``cacheable`` leaves out ``Cache-Control: no-store``; the route then says its own.
        """

        def register(run: Callable[..., BaseModel | Answer | None]) -> object:
            declared = Route(
                method=method,
                path=path,
                access=access,
                body=body,
                answer=answer,
                status=status,
                refusals=refusals,
                cacheable=cacheable,
                query=query,
                media_types=media_types,
                also=also,
                summary=(run.__doc__ or "").partition("\n")[0],
            )
            self.routes.append(declared)

            def answer_route(**path_values: str) -> Response[str]:
                return self._answer_route(declared, run, path_values)

            rule = path.replace("{", "<").replace("}", ">")
            self._resolver.route(rule, method=[method])(answer_route)
            return run

        return register

    def answer(self, event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
        """Answer one API Gateway proxy event."""
        garbage.work_from_now_on()
        return self._resolver.resolve(event, context)

    def _answer_route(
        self,
        route: Route,
        run: Callable[..., BaseModel | Answer | None],
        path_values: Mapping[str, str],
    ) -> Response[str]:
        event = self._resolver.current_event
        request = _read(event, path_values)
        try:
            request = self._admit(route, request)
            raw = _raw_body(event)
            body = () if route.body is None else (_parse(raw, request, route.body),)
            return self._respond(route, run(request, *body))
        except Refusal as refusal:
            return self._refuse(refusal, request.language, expire=_is_stale(refusal, request))
        except Exception as error:  # noqa: BLE001 - the one place where a fault becomes an answer
            return self._refuse(_failure(error, route), request.language)

    def _find_nothing(self, _error: Exception) -> Response[str]:
        # The gateway sends known routes alone; what is left is a path value that no route takes.
        language = _read(self._resolver.current_event, {}).language
        return self._refuse(Refusal("no_such_route"), language)

    def _admit(self, route: Route, request: Request) -> Request:
        token = request.cookies.get(cookies.SESSION)
        if token is not None and request.method not in {"GET", "HEAD"}:
            self._refuse_cross_site(request)
        if route.access is Access.PUBLIC:
            return request
        signed_in = self._gate(token) if self._gate else None
        if signed_in is None:
            raise Refusal("not_signed_in")
        return replace(request, signed_in=signed_in)

    def _refuse_cross_site(self, request: Request) -> None:
        # OWASP cross-site request forgery sheet: fetch metadata first, Origin as the fallback.
        if request.header("sec-fetch-site") == "same-origin":
            return
        origin = request.header("origin")
        if origin is None or self._gate is None or not self._gate.is_own_origin(origin):
            raise Refusal("cross_site")

    def _respond(self, route: Route, result: BaseModel | Answer | None) -> Response[str]:
        answer = result if isinstance(result, Answer) else Answer(route.status, result)
        headers: dict[str, str | list[str]] = dict(answer.headers)
        if not route.cacheable:
            headers.setdefault("Cache-Control", "no-store")
        if answer.cookies:
            headers["Set-Cookie"] = list(answer.cookies)
        body = answer.body
        text = body.model_dump_json() if isinstance(body, BaseModel) else body
        return Response(
            status_code=answer.status,
            content_type=answer.content_type if text is not None else None,
            body=text if text is not None else "",
            headers=headers,
        )

    def _refuse(self, refusal: Refusal, language: str, *, expire: bool = False) -> Response[str]:
        headers: dict[str, str | list[str]] = {"Cache-Control": "no-store"}
        if expire:
            headers["Set-Cookie"] = cookies.sign_out()
        if refusal.retry_after is not None:
            headers["Retry-After"] = str(refusal.retry_after)
        return Response(
            status_code=problems.status_of(refusal),
            content_type=problems.CONTENT_TYPE,
            body=problems.body_of(refusal, language),
            headers=headers,
        )


def _is_stale(refusal: Refusal, request: Request) -> bool:
    """Tell whether the browser holds cookies of a session that has ended."""
    held = {cookies.SESSION, cookies.SIGNED_IN} & request.cookies.keys()
    return refusal.code == "not_signed_in" and bool(held)


def _read(event: "APIGatewayProxyEvent", path_values: Mapping[str, str]) -> Request:
    headers = {name.lower(): value for name, value in (event.headers or {}).items()}
    identity = event.request_context.identity
    return Request(
        path=path_values,
        query=dict(event.query_string_parameters or {}),
        headers=headers,
        cookies=cookies.read(headers.get("cookie")),
        source_ip=identity.source_ip or "0.0.0.0",  # noqa: S104 - no address known
        language=words.best_language(headers.get("accept-language")),
        method=event.http_method.upper(),
    )


def _parse(raw: bytes, request: Request, model: type[Body]) -> Body:
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise Refusal("wrong_content_type")
    try:
        values = from_json(raw, allow_inf_nan=False)
    except ValueError:
        raise Refusal("malformed") from None
    if not isinstance(values, dict):
        raise Refusal("malformed")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        # from None: pydantic's error text quotes the input, which may be a password.
        raise Refusal("fields_rejected", errors=field_errors(error)) from None


def _raw_body(event: "APIGatewayProxyEvent") -> bytes:
    body = event.body or ""
    try:
        raw = (
            base64.b64decode(body, validate=True)
            if event.is_base64_encoded
            else body.encode("utf-8", "surrogatepass")
        )
    except ValueError:  # also for letters that base64 does not have
        raise Refusal("malformed") from None
    if len(raw) > LARGEST_BODY:
        raise Refusal("body_too_large")
    return raw


def _failure(error: Exception, route: Route) -> Refusal:
    """Log a failure without its text (it may quote a value) and return what the person sees."""
    told = {"route": f"{route.method} {route.path}", **facts(error)}
    if is_busy(error):
        logger.warning("busy", extra=told)
        return Refusal("busy", retry_after=RETRY_AFTER)
    reference = secrets.token_hex(4)
    logger.error("fault", extra={"reference": reference, **told})
    return Refusal("fault", {"reference": reference})
