"""Says of routes what their summaries do not: when to use one, and what follows from it.

A route without a text here is told by its summary alone.
"""

ROUTES: dict[str, str] = {
    "POST /registrations": "A code goes to the address. The answer is the same for every address, "
    "also for one that has an account.",
    "GET /registrations/{registration_id}": "For a page that waits: what became of the mail, and "
    "how many tries are left.",
    "POST /registrations/{registration_id}/code": "The code before it stays right until it expires.",
    "POST /registrations/{registration_id}/confirm": "The account is made now, not before, and the "
    "answer logs in: it sets the session's cookies.",
    "POST /password-resets": "A code goes to the address if it has an account. The answer is the "
    "same for every address.",
    "GET /password-resets/{reset_id}": "For a page that waits: what became of the mail, and how "
    "many tries are left.",
    "POST /password-resets/{reset_id}/code": "The code before it stays right until it expires.",
    "POST /password-resets/{reset_id}/verify": "A code is right once. Its token then sets the new "
    "password.",
    "POST /password-resets/{reset_id}/complete": "Ends every session of the account. It does not "
    "log in.",
    "POST /sessions": "Sets the session's cookies, and ends the session whose cookie came with the "
    "request.",
    "DELETE /sessions/current": "Expires no cookie: a late answer would end a newer session.",
    "GET /account": "Tells a program that its session is still valid.",
    "PATCH /account": "Every later mail is in this language.",
    "GET /account/sessions": "The one used last comes first; `current` marks the one that asks.",
    "DELETE /account/sessions/others": "The session that asks stays.",
    "DELETE /account/sessions/{session_id}": "Done also when there is no such session.",
    "GET /account/downloads": "One entry for each link and day.",
    "DELETE /account/downloads": "Links that were made keep working.",
    "PUT /account/terms": "A link can accept them as well, by its `terms_version`.",
    "PUT /account/newsletter": "Repeats change nothing.",
    "DELETE /account/newsletter": "Repeats change nothing.",
    "POST /newsletter/unsubscribe/{token}": "One click for mail programs (RFC 8058): no session, no "
    "cookie, any body.",
    "GET /newsletter/unsubscribe/{token}": "Ends nothing, because mail scanners follow links. The "
    "page has the button.",
    "GET /terms": "The text follows `Accept-Language`.",
    "GET /videos": "Filters are combined. A page with a cursor is never empty.",
    "GET /videos/changes": "For mirrors: keep `next_cursor` and ask again with it. With "
    "`If-None-Match` the answer is 304 while nothing happened.",
    "GET /videos/{video_id}": "With its files; what their ids are needed for is a link.",
    "GET /videos/{video_id}/transcript": "JSON with speakers, questions and answers, and times if "
    "it is timed. Other forms have an address each.",
    "GET /videos/{video_id}/transcript.vtt": "Captions. Only of a timed transcript.",
    "GET /videos/{video_id}/transcript.srt": "Captions. Only of a timed transcript.",
    "GET /videos/{video_id}/transcript.txt": "Every transcript has this form.",
    "POST /videos/{video_id}/downloads": "The link works for 7 days, in any tool, without a cookie.",
    "GET /downloads/{token}/{file_name}": "Checks account, video and file again. HEAD leads to a URL "
    "that is presigned for HEAD, and is not recorded as a download.",
    "GET /pages/videos/{video_id}": "The site shows it at `/videos/{video_id}`.",
    "GET /pages/fr/videos/{video_id}": "The site shows it at `/fr/videos/{video_id}`.",
    "GET /config": "Organisation, languages, and every number of the account rules.",
    "GET /openapi.json": "This document.",
    "GET /health": "Asks nothing else, so it tells of the API alone. The only route that answers at "
    "the stage's own address too.",
}
