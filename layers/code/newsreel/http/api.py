"""Decides what all routes have in common: who may call one, and how it answers.

A route is private unless it is declared public. A refusal from any rule becomes problem+json here
and nowhere else. Routing is Powertools'.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias, TypedDict, TypeVar, Unpack

from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.event_handler import Response as GatewayResponse
from pydantic import BaseModel

from newsreel.aws.transient_errors import RETRY_AFTER, is_transient
from newsreel.http import cookies, problems
from newsreel.http.request import Body, Request, SignedIn, parse_body, raw_body, read_request
from newsreel.http.viewer import Door
from newsreel.lambda_runtime import gc_tuning, log, metrics
from newsreel.lambda_runtime.error_log import describe_error
from newsreel.refusals import Code, Refusal

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from newsreel.budgets.requests import RequestBudgets
    from newsreel.policy import Limit


class Access(Enum):
    """Who may call a route."""

    PUBLIC = "public"
    ANYWHERE = "anywhere"
    """Public, and from any place: no session and no origin is looked at. For what can only end."""
    SESSION = "session"


class Gate(Protocol):
    """Finds the account of a request's session."""

    def __call__(self, token: str | None, /) -> SignedIn | None:
        """Return the account of the session, or None when there is no valid session."""

    def of_key(self, token: str, scope: str, /) -> SignedIn | None:
        """Return the account of an access key that has a scope; None where it is not read."""

    def is_own_origin(self, origin: str, /) -> bool:
        """Tell whether an ``Origin`` header names one of our own addresses."""


class MakeBudgets(Protocol):
    """Makes the budgets of a request (``newsreel.budgets``)."""

    def __call__(self, address: str, limits: "tuple[Limit, ...]") -> "RequestBudgets":
        """Return the budgets of a route for a request from an address."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer other than a model with the route's status."""

    status: int
    body: BaseModel | str | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()


class RouteOptions(TypedDict, total=False):
    """The keyword arguments of a route declaration; ``Route`` explains each."""

    access: Access
    answer: type[BaseModel] | None
    status: int
    refusals: tuple[Code, ...]
    cacheable: bool
    query: type[BaseModel] | None
    media_types: tuple[str, ...]
    also: tuple[int, ...]
    summary: str
    any_door: bool
    limits: "tuple[Limit, ...]"
    page_language: str
    scope: str
    noted: bool


class Route(NamedTuple):
    """One declared route; tests compare it with the OpenAPI document and the template."""

    method: str
    path: str
    body: type[BaseModel] | None
    access: Access = Access.SESSION
    answer: type[BaseModel] | None = None
    status: int = 200
    refusals: tuple[Code, ...] = ()
    cacheable: bool = False
    """Omits ``Cache-Control: no-store``; the route then sets its own."""
    query: type[BaseModel] | None = None
    media_types: tuple[str, ...] = ("application/json",)
    also: tuple[int, ...] = ()
    """Further statuses of success, such as 302."""
    summary: str = ""
    """The first line of the function's docstring, unless declared."""
    any_door: bool = False
    """Answers what does not come through the distribution too. For health alone."""
    limits: "tuple[Limit, ...]" = ()
    """The budgets that a request counts in; its rule counts them."""
    page_language: str = ""
    """Of a route that people open: what it refuses is a page in this language, too."""
    scope: str = ""
    """What an access key must be good for to be taken here; empty where none is taken."""
    noted: bool = False
    """A read that its owner's journal tells of: another site's link must not cause one."""

    @property
    def methods(self) -> list[str]:
        """Return what it answers: a public GET also HEAD (RFC 9110, section 9.1)."""
        is_for_all = self.method == "GET" and self.access is not Access.SESSION
        return ["GET", "HEAD"] if is_for_all else [self.method]


Result: TypeAlias = "BaseModel | Response | None"
WithoutBody: TypeAlias = Callable[[Request], Result]
WithBody: TypeAlias = Callable[[Request, Body], Result]
RouteFunction = TypeVar("RouteFunction", bound=Callable[..., Result])


class Api:
    """The routes of one function and their common behaviour."""

    def __init__(
        self, door: Door, gate: Gate | None = None, budgets: MakeBudgets | None = None
    ) -> None:
        self.routes: list[Route] = []
        self._door = door
        self._gate = gate
        self._budgets = budgets
        self._resolver = APIGatewayRestResolver()
        # By path. The resolver compiles an expression for each, and most environments use few.
        self._unused: dict[object, list[Callable[[], object]]] = {}
        self._using = Lock()
        self._resolver.not_found(self._answer_unknown)

    def route(
        self, method: str, path: str, **options: Unpack[RouteOptions]
    ) -> Callable[[WithoutBody], WithoutBody]:
        """Declare a route without a body; its path is as in the template.

        `{path+}` at its end stands for any path, which the route is not told.
        """
        return self._declare(method, path, None, options)

    def route_with_body(
        self, method: str, path: str, body: type[Body], **options: Unpack[RouteOptions]
    ) -> Callable[[WithBody[Body]], WithBody[Body]]:
        """Declare a route whose body is read as ``body``."""
        return self._declare(method, path, body, options)

    def _declare(
        self, method: str, path: str, body: type[BaseModel] | None, options: RouteOptions
    ) -> Callable[[RouteFunction], RouteFunction]:
        def register(run: RouteFunction) -> RouteFunction:
            summary = (run.__doc__ or "").partition("\n")[0]
            declared: RouteOptions = {"summary": summary, **options}
            route = Route(method=method, path=path, body=body, **declared)
            self.routes.append(route)

            def answer_route(**path_values: str) -> GatewayResponse[str]:
                return self._answer_route(route, run, path_values)

            rule = path.replace("{path+}", ".+").replace("{", "<").replace("}", ">")
            use = partial(self._resolver.route(rule, method=route.methods), answer_route)
            self._unused.setdefault(path, []).append(use)
            return run

        return register

    def answer(self, event: dict[str, object], context: "LambdaContext") -> dict[str, object]:
        """Answer one API Gateway proxy event."""
        gc_tuning.resume()
        log.identify(request_id=_request_id(event))
        with self._using:
            for use in self._unused.pop(event.get("resource"), ()):
                use()
        answer = self._resolver.resolve(event, context)
        if event.get("httpMethod") == "HEAD":
            answer["body"] = ""  # the headers are those of GET; the gateway counts the length
        return answer

    def _answer_route(
        self,
        route: Route,
        run: Callable[..., Result],
        path_values: Mapping[str, str],
    ) -> GatewayResponse[str]:
        event = self._resolver.current_event
        request = read_request(event, path_values)
        try:
            if not route.any_door:
                viewer = self._door.let_in(request.headers, request.address)
                request = replace(request, address=viewer.address, country=viewer.country)
            request = self._authorise(route, request)
            if route.limits and self._budgets:
                request = replace(request, counted=self._budgets(request.address, route.limits))
            raw = raw_body(event)
            body = () if route.body is None else (parse_body(raw, request, route.body),)
            return self._respond(route, request, run(request, *body))
        except Refusal as refusal:
            return self._refuse(refusal, request.language, route.page_language)
        except Exception as error:  # noqa: BLE001 - the one place where a fault becomes an answer
            return self._refuse(_failure(error, route), request.language, route.page_language)

    def _answer_unknown(self, _error: Exception) -> GatewayResponse[str]:
        # API Gateway forwards known routes only; this is a path value that no route accepts.
        event = self._resolver.current_event
        pages = (route.page_language for route in self.routes if route.path == event.resource)
        language = read_request(event, {}).language
        return self._refuse(Refusal("no_such_route"), language, next(pages, ""))

    def _authorise(self, route: Route, request: Request) -> Request:
        if route.access is Access.ANYWHERE:
            return request
        if route.scope and self._gate and (key := request.bearer) is not None:
            # No other site can send this header, so where the request comes from does not matter.
            return replace(request, signed_in=self._gate.of_key(key, route.scope))
        token = request.cookies.get(cookies.SESSION)
        if token is not None and request.method not in {"GET", "HEAD"}:
            self._refuse_cross_site(request)
        if route.noted and request.header("sec-fetch-site") in {"cross-site", "same-site"}:
            raise Refusal("cross_site")
        if route.access is Access.PUBLIC:
            return request
        signed_in = self._gate(token) if self._gate else None
        if signed_in is None:
            raise Refusal("not_signed_in")
        return replace(request, signed_in=signed_in)

    def _refuse_cross_site(self, request: Request) -> None:
        # OWASP cross-site request forgery sheet: check fetch metadata first, Origin as a fallback.
        site = request.header("sec-fetch-site")
        if site == "same-origin":
            return
        origin = request.header("origin")
        if site or origin is None or self._gate is None or not self._gate.is_own_origin(origin):
            raise Refusal("cross_site")

    def _respond(self, route: Route, request: Request, result: Result) -> GatewayResponse[str]:
        answer = result if isinstance(result, Response) else Response(route.status, result)
        headers: dict[str, str | list[str]] = dict(answer.headers)
        if not route.cacheable:
            headers.setdefault("Cache-Control", "no-store")
        elif route.scope and request.bearer is not None:
            headers["Cache-Control"] = "no-store"
        if answer.cookies:
            headers["Set-Cookie"] = list(answer.cookies)
        body = answer.body
        text = body.model_dump_json() if isinstance(body, BaseModel) else body
        return GatewayResponse(
            status_code=answer.status,
            content_type=answer.content_type if text is not None else None,
            body=text if text is not None else "",
            headers=headers,
        )

    def _refuse(
        self, refusal: Refusal, language: str, page_language: str = ""
    ) -> GatewayResponse[str]:
        # No cookie expires here: when a late answer arrives, the browser may hold a newer session.
        metrics.count("Refusals", by_code=refusal.code)
        headers: dict[str, str | list[str]] = {"Cache-Control": "no-store"}
        if refusal.retry_after is not None:
            headers["Retry-After"] = str(refusal.retry_after)
        if page_language:
            content_type, body = problems.PAGE_TYPE, problems.page_of(refusal, page_language)
        else:
            content_type, body = problems.CONTENT_TYPE, problems.body_of(refusal, language)
        return GatewayResponse(problems.status_of(refusal), content_type, body, headers=headers)


def _request_id(event: Mapping[str, object]) -> str | None:
    """Return API Gateway's request id, which its access log has too."""
    context = event.get("requestContext")
    return str(context.get("requestId")) if isinstance(context, Mapping) else None


def _failure(error: Exception, route: Route) -> Refusal:
    """Log a failure without its text (it may quote a value) and return the refusal for it."""
    details = {"route": f"{route.method} {route.path}", **describe_error(error)}
    if is_transient(error):
        log.logger.warning("busy", extra=details)
        return Refusal("busy", retry_after=RETRY_AFTER)
    reference = secrets.token_hex(4)
    log.logger.error("fault", extra={"reference": reference, **details})
    return Refusal("fault", {"reference": reference})
