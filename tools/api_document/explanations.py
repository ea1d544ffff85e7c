"""Says of routes what their summaries do not: when to use one, and what follows from it.

A route without a text here is told by its summary alone.
"""

_WAITING = "For a page that waits: what became of the mail, and how many tries are left."
_EARLIER_CODE = "The code before it stays right until it expires."
_CAPTIONS = "Captions; only of a transcript with times."
_REPEATS = "Repeats change nothing."

ROUTES: dict[str, str] = {
    "POST /registrations": "A code goes to the address. The answer is the same for every address, "
    "also for one that has an account.",
    "GET /registrations/{registration_id}": _WAITING,
    "POST /registrations/{registration_id}/code": _EARLIER_CODE,
    "POST /registrations/{registration_id}/confirm": "The account is made now, not before. The "
    "answer logs in: it sets the session's cookies.",
    "POST /password-resets": "A code goes to the address if it has an account. The answer is the "
    "same for every address.",
    "GET /password-resets/{reset_id}": _WAITING,
    "POST /password-resets/{reset_id}/code": _EARLIER_CODE,
    "POST /password-resets/{reset_id}/verify": "A code is right once; the answer's token then sets "
    "the new password.",
    "POST /password-resets/{reset_id}/complete": "Ends every session of the account and does not "
    "log in.",
    "POST /sessions": "Sets the session's cookies, and ends the session whose cookie came with the "
    "request.",
    "DELETE /sessions/current": "Expires no cookie: a late answer would end a newer session.",
    "GET /account": "A program can ask here whether its session is still valid.",
    "PATCH /account": "Every later mail is in this language.",
    "GET /account/sessions": "The one used last comes first; `current` marks the one that asks.",
    "DELETE /account/sessions/others": "The session that asks stays.",
    "DELETE /account/sessions/{session_id}": "The same answer when there is no such session.",
    "GET /account/downloads": "One entry for each link and day.",
    "DELETE /account/downloads": "Links that were made keep working.",
    "PUT /account/terms": "Making a link can accept them as well, by its `terms_version`.",
    "PUT /account/newsletter": _REPEATS,
    "DELETE /account/newsletter": _REPEATS,
    "POST /newsletter/unsubscribe/{token}": "One click in a mail program (RFC 8058): it needs no "
    "session, no cookie and no certain body.",
    "GET /newsletter/unsubscribe/{token}": "Ends nothing, because mail scanners follow links; the "
    "page has the button.",
    "GET /terms": "The text follows `Accept-Language`.",
    "GET /videos": "Filters are combined. A page with a cursor is never empty.",
    "GET /videos/changes": "For mirrors: keep `next_cursor` and ask again with it. With "
    "`If-None-Match` the answer is 304 while nothing happened.",
    "GET /videos/{video_id}": "With its files, whose `rendition_id` makes a link.",
    "GET /videos/{video_id}/transcript": "JSON with speakers, questions and answers, and times if "
    "it has them. Each other form has an address.",
    "GET /videos/{video_id}/transcript.vtt": _CAPTIONS,
    "GET /videos/{video_id}/transcript.srt": _CAPTIONS,
    "GET /videos/{video_id}/transcript.txt": "Every transcript has this form.",
    "POST /videos/{video_id}/downloads": "The link works for 7 days, in any tool, without cookies.",
    "GET /downloads/{token}/{file_name}": "Checks account, video and file again. HEAD leads to a "
    "URL that is presigned for HEAD, and is not recorded as a download.",
    "GET /pages/videos/{video_id}": "The site shows it at `/videos/{video_id}`.",
    "GET /pages/fr/videos/{video_id}": "The site shows it at `/fr/videos/{video_id}`.",
    "GET /pages/{page}": "`home`, `feed.atom` (`speaker` or `topic` narrow it) and `sitemap.xml`.",
    "GET /pages/fr/{page}": "`home` and `feed.atom`.",
    "GET /config": "Organisation, languages, and every number of the account rules.",
    "GET /openapi.json": "This document.",
    "GET /health": "Asks nothing else, so it tells of the API alone. It answers at the stage's own "
    "address too, as the only route.",
}
