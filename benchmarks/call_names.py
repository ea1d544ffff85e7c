"""Names an AWS call by its HTTP request, the same way for a recording and for its playback."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qs


def call_name(url: str, headers: Mapping[str, str], body: bytes | str) -> str:
    """Return a call's name; ``headers`` has lower-case names."""
    text = body.decode() if isinstance(body, bytes) else body
    target = headers.get("x-amz-target")
    if target:
        values = json.loads(text)
        named = values.get("SecretId") or values.get("Name") or ""
        return f"{target} {named}".strip()
    if text.startswith("Action="):
        return parse_qs(text)["Action"][0]
    # The bucket stands in the host or in the path.
    return f"S3 {url.rpartition('/')[2].partition('?')[0]}"
