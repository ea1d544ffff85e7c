"""Decides what each route may refuse: what it declares, and what its form brings with it."""

from newsreel.http.api import Access, Route
from newsreel.http.problems import KINDS
from newsreel.refusals import Code

# Refusals that any route may answer, besides those that it declares.
_ALWAYS: tuple[Code, ...] = (
    "bad_request",
    "blocked",
    "body_too_large",
    "too_many_requests",
    "fault",
    "busy",
)
_WITH_BODY: tuple[Code, ...] = (
    "malformed",
    "wrong_content_type",
    "fields_rejected",
)
REPEATABLE = {
    ("POST", "/registrations"): "IdempotencyKey",
    ("POST", "/account/email-changes"): "IdempotencyKey",
    ("POST", "/password-resets"): "SecretIdempotencyKey",
    ("POST", "/password-resets/{reset_id}/verify"): "IdempotencyKey",
}
_READING = {"GET", "HEAD"}


def refusals_of(route: Route) -> dict[int, set[Code]]:
    """Return the codes of everything that a route may refuse, by status."""
    codes: list[Code] = [*_ALWAYS, *route.refusals]
    if route.body is not None:
        codes += _WITH_BODY
    if (route.method, route.path) in REPEATABLE:
        codes.append("fields_rejected")
    if "{" in route.path:
        codes.append("no_such_route")
    if route.access is Access.SESSION:
        codes.append("not_signed_in")
    if looks_at_origin(route):
        codes.append("cross_site")
    if route.scope:
        codes += ["key_refused", "key_not_allowed"]
    if not route.any_door:
        codes.append("other_door")
    by_status: dict[int, set[Code]] = {}
    for code in codes:
        by_status.setdefault(KINDS[code].status, set()).add(code)
    return by_status


def looks_at_origin(route: Route) -> bool:
    """Return whether a request of another site is refused."""
    return route.method not in _READING and route.access is not Access.ANYWHERE
