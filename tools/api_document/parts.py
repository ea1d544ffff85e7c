"""Decides the parts of the OpenAPI document that routes share: parameters, headers, refusals."""

from typing import get_args

from newsreel.accounts.password_reset import SHORTEST_REPEAT_KEY
from newsreel.downloads.link_check import Reason
from newsreel.http.cookies import SESSION
from newsreel.http.problems import KINDS
from newsreel.http.request import LONGEST_IDEMPOTENCY_KEY
from newsreel.texts import messages

from tools.api_document.example_values import Json


def _idempotency_key(shortest: int) -> Json:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "A repeat within 10 minutes with the same key and body has the same answer."
        " Random, such as a UUID.",
        "schema": {
            "type": "string",
            "minLength": shortest,
            "maxLength": LONGEST_IDEMPOTENCY_KEY,
            "pattern": "^[ -~]+$",
        },
    }


PARAMETERS: dict[str, Json] = {
    "AcceptLanguage": {
        "name": "Accept-Language",
        "in": "header",
        "required": False,
        "description": "The language of texts that people read: English, or French.",
        "schema": {"type": "string"},
    },
    "Origin": {
        "name": "Origin",
        "in": "header",
        "required": False,
        "description": "With a session cookie: the site's own address, or the answer is 403"
        " `cross_site`. Browsers send it; `Sec-Fetch-Site: same-origin` does as well.",
        "schema": {"type": "string"},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "`ETag` of an earlier answer: 304 if it is still the same.",
        "schema": {"type": "string"},
    },
    "IdempotencyKey": _idempotency_key(1),
    # For a reset, key and address alone lead to the flow, so the key must be impossible to guess.
    "SecretIdempotencyKey": _idempotency_key(SHORTEST_REPEAT_KEY),
}
HEADERS: dict[str, Json] = {
    "NotKept": {
        "required": True,
        "description": "The response must not be cached.",
        "schema": {"type": "string", "const": "no-store"},
    },
    "Kept": {
        "required": True,
        "description": "Which caches may keep the response, and for how long.",
        "schema": {"type": "string"},
    },
    "ETag": {
        "required": True,
        "description": "Names this answer; for `If-None-Match`.",
        "schema": {"type": "string"},
    },
    "RetryAfter": {
        "required": True,
        "description": "Seconds.",
        "schema": {"type": "integer", "minimum": 1},
    },
    "Location": {
        "required": True,
        "description": "Where to go.",
        "schema": {"type": "string", "format": "uri"},
    },
    "Cookies": {
        "required": True,
        "description": f"One header for each cookie: `{SESSION}`, `__Host-device`, `signed_in`.",
        "schema": {"type": "string"},
    },
}
ACCESS_KEY: Json = {
    "type": "http",
    "scheme": "bearer",
    "description": "From `POST /account/keys`, for programs. No other route of the account takes"
    " one.",
}
SESSION_COOKIE: Json = {
    "type": "apiKey",
    "in": "cookie",
    "name": SESSION,
    "description": "From `POST /sessions`, or from confirming a registration.",
}


def problem() -> dict[str, Json]:
    """Return the schema of every refusal."""
    time: dict[str, Json] = {"type": "string", "format": "date-time"}
    return {
        "title": "Problem",
        "type": "object",
        "description": "A refusal (RFC 9457). `next` names the next step for the client.",
        "required": ["type", "title", "status", "detail", "code", "next"],
        "properties": {
            "type": {"type": "string", "format": "uri"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string", "enum": sorted(KINDS)},
            "next": {"type": "string", "enum": sorted({kind.next for kind in KINDS.values()})},
            "retry_in": {"type": "integer", "description": "Seconds."},
            "limit": {"type": "string", "description": "With `too_many_requests`: which."},
            "write_to": {
                "type": "string",
                "description": "Where a mail from the address itself brings a code.",
            },
            "attempts_left": {"type": "integer", "description": "With `code_wrong`."},
            "terms_version": {"type": "string", "description": "With `terms_not_accepted`."},
            "scope": {"type": "string", "description": "With `key_not_allowed`: which it lacks."},
            "most": {"type": "integer", "description": "With `too_many_keys`."},
            "until": {**time, "description": "With `undo_open`: from then on."},
            "withdrawn_at": {**time, "description": "With `withdrawn`."},
            "note": {"type": ["string", "null"], "description": "With `withdrawn`: why."},
            "reason": {
                "type": "string",
                "description": "With `link_refused`.",
                "enum": sorted(get_args(Reason)),
            },
            "at": {
                **time,
                "type": ["string", "null"],
                "description": "With `link_refused`: since when.",
            },
            "video_id": {
                "type": ["string", "null"],
                "description": "With `link_refused` and `withdrawn`.",
            },
            "video_title": {"type": "string", "description": "With `withdrawn`."},
            "location": {"type": ["string", "null"], "description": "With `withdrawn`."},
            "recorded_at": {
                **time,
                "type": ["string", "null"],
                "description": "With `withdrawn`.",
            },
            "reference": {"type": "string", "description": "With `fault`: what to tell us."},
            "errors": {
                "type": "array",
                "description": "With `fields_rejected` and `password_rejected`.",
                "items": {"$ref": "#/components/schemas/FieldProblem"},
            },
        },
    }


def field_problem() -> dict[str, Json]:
    """Return the schema of one refused field."""
    texts = messages.catalogue("en", "problems")
    codes = {key.partition(".")[2] for key in texts if key.startswith(("field.", "password."))}
    return {
        "title": "FieldProblem",
        "type": "object",
        "description": "A field that was refused: its name, why, and a sentence; never its value.",
        "required": ["field", "code", "message"],
        "properties": {
            "field": {"type": "string"},
            "code": {"type": "string", "enum": sorted(codes)},
            "message": {"type": "string"},
        },
    }
