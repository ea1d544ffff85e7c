"""Decides how a refusal looks as HTTP (RFC 9457): the one table from code to status and next."""

import json
from typing import NamedTuple

from newsreel import clock
from newsreel.refusals import Code, Refusal
from newsreel.texts import messages

CONTENT_TYPE = "application/problem+json"
PAGE_TYPE = "text/html; charset=utf-8"
_PAGE = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="stylesheet" href="/not-found.css">
<body class="text-page">
<main class="message">
<h1>{title}</h1>
<p>{detail}</p>
<p><a class="button" href="">{again}</a></p>
</main>
<script type="application/problem+json">{problem}</script>
"""
"""It needs neither the shell nor a template: both may be what fails."""


class Kind(NamedTuple):
    """The properties that all answers with one code share."""

    status: int
    next: str


KINDS: dict[Code, Kind] = {
    "bad_request": Kind(400, "read_reference"),
    "malformed": Kind(400, "correct_request"),
    "wrong_content_type": Kind(415, "correct_request"),
    "body_too_large": Kind(413, "correct_request"),
    "fields_rejected": Kind(422, "correct_fields"),
    "password_rejected": Kind(422, "choose_password"),
    "code_wrong": Kind(400, "enter_code"),
    "code_expired": Kind(410, "send_new_code"),
    "code_spent": Kind(410, "send_new_code"),
    "flow_over": Kind(410, "start_again"),
    "registration_finished": Kind(410, "log_in"),
    "undo_open": Kind(409, "wait"),
    "undo_over": Kind(410, "reset_password"),
    "too_many_requests": Kind(429, "wait"),
    "wrong_credentials": Kind(401, "correct_credentials"),
    # No 401: the session stays, and a page must not take it for ended.
    "wrong_password": Kind(403, "correct_password"),
    "not_signed_in": Kind(401, "log_in"),
    "key_refused": Kind(401, "make_key"),
    "key_not_allowed": Kind(403, "make_key"),
    "too_many_keys": Kind(409, "revoke_key"),
    "cross_site": Kind(403, "open_site"),
    "other_door": Kind(403, "open_site"),
    "blocked": Kind(403, "open_site"),
    "not_available": Kind(404, "browse"),
    "no_times": Kind(404, "read_text"),
    "withdrawn": Kind(410, "browse"),
    "terms_not_accepted": Kind(409, "accept_terms"),
    "link_refused": Kind(410, "make_new_link"),
    "no_such_subscription": Kind(404, "open_site"),
    "no_such_mail": Kind(404, "open_site"),
    "no_such_route": Kind(404, "read_reference"),
    "busy": Kind(503, "try_again"),
    "fault": Kind(500, "try_again"),
}


def status_of(refusal: Refusal) -> int:
    """Return the HTTP status of a refusal."""
    return KINDS[refusal.code].status


def _detail(refusal: Refusal, language: str) -> str:
    """Return the sentence that says what to do; of a wait also until when, and for which limit."""
    key, told = refusal.code, dict(refusal.shown)
    if refusal.errors:
        told["missing"] = " ".join(_sentences(refusal, language))
    if refusal.retry_after is not None:
        told["time"] = clock.rfc3339(clock.epoch() + refusal.retry_after)[11:16]
    if refusal.code == "too_many_requests" and "limit" in told:
        return messages.text(language, "problems", f"{key}.{told['limit']}.detail", **told)
    return messages.text(language, "problems", f"{key}.detail", **told)


def _sentences(refusal: Refusal, language: str) -> list[str]:
    """Return what is to be done about each refused field."""
    return [
        messages.text(language, "problems", f"{one.area}.{one.code}", **one.shown)
        for one in refusal.errors
    ]


def body_of(refusal: Refusal, language: str) -> str:
    """Return a refusal as ``application/problem+json`` in the reader's language."""
    kind = KINDS[refusal.code]
    problem: dict[str, object] = {
        "type": f"urn:newsreel:problem:{refusal.code}",
        "title": messages.text(language, "problems", f"{refusal.code}.title"),
        "status": kind.status,
        "detail": _detail(refusal, language),
        "code": refusal.code,
        "next": kind.next,
        **refusal.shown,
    }
    if refusal.retry_after is not None:
        problem["retry_in"] = refusal.retry_after
    if refusal.errors:
        problem["errors"] = [
            {"field": error.field, "code": error.code, "message": sentence}
            for error, sentence in zip(refusal.errors, _sentences(refusal, language), strict=True)
        ]
    return json.dumps(problem, ensure_ascii=False)


def page_of(refusal: Refusal, language: str) -> str:
    """Return a refusal as a page for people, with the same for programs in a data block."""
    # Imported here: it loads the names of all characters, and few environments refuse a page.
    from html import escape  # noqa: PLC0415

    return _PAGE.format(
        language=language,
        title=escape(messages.text(language, "problems", f"{refusal.code}.title")),
        detail=escape(_detail(refusal, language)),
        again=escape(messages.text(language, "site", "wait.try_again")),
        # A data block ends at the first "</script>", wherever it stands.
        problem=body_of(refusal, language).replace("<", "\\u003c"),
    )
