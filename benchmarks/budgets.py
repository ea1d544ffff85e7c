"""Decides what each path may cost. The design sets the numbers; tests and `make bench` use them.

Ratios are to `import boto3` and one client in the same run on the same machine: only ratios can be
compared between machines.
"""

COLD_START = {
    "account": 1.6,
    "catalogue": 1.6,
    "credentials": 1.6,
    "downloads": 1.6,
    "newsletter": 1.6,
    "password_reset": 1.6,
    "registration": 1.6,
    "sessions": 1.6,
    "code_issuance": 2.0,
    "notices": 2.0,
}
"""Times boto3 with one client. No person waits for a function that is missing here."""

CALLS = {
    "POST /registrations": 5,
    "POST /registrations/{registration_id}/code": 5,
    "POST /registrations/{registration_id}/confirm": 7,
    "GET /registrations/{registration_id}": 1,
    "POST /password-resets": 5,
    "POST /password-resets/{reset_id}/code": 5,
    "POST /password-resets/{reset_id}/verify": 7,
    "POST /password-resets/{reset_id}/complete": 4,
    "GET /password-resets/{reset_id}": 1,
    "POST /sessions": 7,
    "DELETE /sessions/current": 2,
    "GET /account": 1,
    "PATCH /account": 2,
    "GET /account/sessions": 2,
    "DELETE /account/sessions/{session_id}": 3,
    "DELETE /account/sessions/others": 3,  # and one for every 50 browsers more
    "PUT /account/password": 5,
    "POST /account/keys": 6,
    "GET /account/keys": 2,
    "DELETE /account/keys/{key_id}": 3,
    "POST /account/email-changes": 7,
    "POST /account/email-changes/{change_id}/code": 6,
    "POST /account/email-changes/{change_id}/confirm": 7,
    "GET /account/email-changes/{change_id}": 2,
    "GET /email-changes/undo/{token}": 0,
    "POST /email-changes/undo/{token}": 4,
    "GET /account/downloads": 2,
    "DELETE /account/downloads": 4,  # it reads again until nothing is left
    "GET /account/journal": 2,
    "POST /account/deletion": 11,  # and one for every 100 items more
    "GET /account/export": 3,
    "GET /terms": 0,
    "PUT /account/terms": 2,
    "PUT /account/newsletter": 3,
    "DELETE /account/newsletter": 2,
    "POST /newsletter/unsubscribe/{token}": 2,
    "GET /newsletter/unsubscribe/{token}": 0,
    "GET /not-me/{token}": 1,
    "POST /not-me/{token}": 3,
    "GET /videos": 1,
    "GET /videos/changes": 3,  # where to begin, the changes, how their videos stand now
    "GET /videos/{video_id}": 1,
    "GET /videos/{video_id}/transcript": 1,
    "GET /videos/{video_id}/transcript.vtt": 1,
    "GET /videos/{video_id}/transcript.srt": 1,
    "GET /videos/{video_id}/transcript.txt": 1,
    "GET /pages/videos/{video_id}": 1,
    "GET /pages/fr/videos/{video_id}": 1,
    "GET /pages/{page}": 1,
    "GET /pages/fr/{page}": 1,
    "GET /pages/missing/{path+}": 0,
    "GET /config": 0,
    "GET /openapi.json": 0,
    "GET /health": 0,
    "POST /videos/{video_id}/downloads": 3,
    "GET /downloads/{token}/{file_name}": 2,
}
"""AWS calls within a request, in an environment whose caches are filled."""

ONCE = frozenset({"GetParameter", "GetSecretValue", "AssumeRole", "GetObject"})
"""What an environment reads once: addresses, keys, the signer's role, the website's shells."""

WARM_ROUNDS = 9.3
"""Processor time of a request without hashing the password and without the AWS client.

In rounds of ``reference_loop``: the design's 250 µs on its machine, where a round takes 27 µs (from
seven routes, measured there in µs and here in rounds).
"""

FIRST_ANSWER = {
    "POST /registrations": 2.0,
    "POST /sessions": 2.0,
    "GET /account": 1.7,
    "GET /videos": 1.7,
    "GET /videos/{video_id}": 1.7,
    "GET /pages/videos/{video_id}": 2.1,
    "POST /videos/{video_id}/downloads": 2.0,
    "GET /downloads/{token}/{file_name}": 2.0,
}
"""Processor time of a fresh environment up to its first answer, without the password's hash; times
boto3 with one client."""

FIRST_ANSWER_MILLISECONDS = 120
"""From ready to the first answer, by the clock, with the share of a processor that the function's
memory buys."""

_ENDPOINTS = 2
_MORE_ENDPOINTS = {"GET /pages/videos/{video_id}": 3, "GET /downloads/{token}/{file_name}": 3}


def endpoints(route: str) -> int:
    """Return how many TLS connections an environment may open up to its first answer.

    Pages read the website's shells from S3, and a redirect takes the signer's role from STS.
    """
    return _MORE_ENDPOINTS.get(route, _ENDPOINTS)


FIRST_VIEW_REQUESTS = 15
"""The most requests of a page's first view, without its poster images."""

PEERS = {
    "log in": (("POST /sessions",), "log in", 0.5),
    "register, with the mail's function": (("POST /registrations", "code mail"), "register", 0.5),
    "link": (("POST /videos/{video_id}/downloads",), "link", 1.0),
    "link and redirect": (
        ("POST /videos/{video_id}/downloads", "GET /downloads/{token}/{file_name}"),
        "link",
        1.5,
    ),
}
"""Times a Django service that does the same, without the hash: our routes together, its route, and
the budget. Django mails the code within its request, and its link is a presigned URL that works."""

MANGUM = 1.0
"""Times FastAPI behind Mangum with the same rules, models and client."""

LEAST_P = 0.001
"""The least p. A smaller one means that the time of an answer tells if an address is known."""

_MEGABYTES = 15
_MORE_MEGABYTES = {"ingest": 130, "hashes": 22}
"""Those that no person waits for: one has FFmpeg, both have AWS's checksums."""


def megabytes(folder: str) -> int:
    """Return how large a function and its layers may be, unzipped; 10^6 bytes."""
    return _MORE_MEGABYTES.get(folder, _MEGABYTES)


PROBE_BYTES = 16 * 1024 * 1024
"""The most bytes that ingest may read to probe a media file, whatever its size."""

FIRST_VIEW_BYTES = 100_000
"""The most bytes of a page on the wire, without its poster images."""
