"""Lets a cookie that came twice reach the API twice through a distribution; MiniStack keeps one.

Two cookies of one name with different values are how a neighbouring domain forces a session on
somebody, so the API must see both to refuse them. CloudFront forwards both
(https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html,
"Duplicate query strings, headers, and cookies").
"""

from typing import TypeAlias

Cookies: TypeAlias = dict[str, dict[str, str]]


def mend() -> None:
    """Put the mend in MiniStack's place."""
    from ministack.services import cloudfront  # noqa: PLC0415 (its import starts threads)

    cloudfront._event_cookies_from_header = with_all_values  # noqa: SLF001


def with_all_values(header: str) -> Cookies:
    """Return each cookie with its first value, and those of its repetitions as they stood behind.

    MiniStack puts the header together again as `name=value`, which then is what was sent.
    """
    cookies: Cookies = {}
    for part in (header or "").split(";"):
        name, separator, value = part.strip().partition("=")
        if not (separator and name):
            continue
        if name in cookies:
            cookies[name]["value"] += f"; {name}={value.strip()}"
        else:
            cookies[name] = {"value": value.strip()}
    return cookies
