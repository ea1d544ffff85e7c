"""Decides what anybody may see of a deployment: health, version, configuration, headers, feed."""

from tools.smoke.trial import LookError, StepFailedError, Trial
from tools.smoke.web import Visitor

_HEADERS = {
    "content-security-policy": "default-src 'none'",
    "strict-transport-security": "max-age=",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def look(trial: Trial, visitor: Visitor, version: str) -> None:
    """Look at what needs no account."""
    trial.step("Health", lambda: _health(visitor))
    trial.step("Version", lambda: _version(visitor, version))
    trial.step("Configuration", lambda: _configuration(visitor))
    trial.step("Home page", lambda: _home(visitor))
    trial.step("Security headers", lambda: _headers(visitor))
    trial.step("Unknown route", lambda: _unknown_route(visitor))
    trial.step("Catalogue", lambda: _catalogue(visitor))
    trial.step("Feed of changes", lambda: _feed(visitor))


def _health(visitor: Visitor) -> tuple[bool, str]:
    told = visitor.send("GET", "/api/health").expect(200).json()
    if told.get("status") != "ok":
        raise StepFailedError(f"says {told.get('status')!r} instead of 'ok'")
    return True, "ok"


def _version(visitor: Visitor, version: str) -> tuple[str, str]:
    deployed = str(visitor.send("GET", "/api/health").expect(200).json().get("version"))
    if deployed != version:
        raise LookError(f"{deployed} is deployed, and this work tree is {version}")
    return deployed, deployed


def _configuration(visitor: Visitor) -> tuple[bool, str]:
    told = visitor.send("GET", "/api/config").expect(200).json()
    if not told.get("organisation") or "policy" not in told:
        raise StepFailedError("names no organisation, or no policy")
    return True, f"{told['organisation']}, {', '.join(told.get('languages', []))}"


def _home(visitor: Visitor) -> tuple[bool, str]:
    reply = visitor.send("GET", "/").expect(200)
    if "text/html" not in reply.headers.get("content-type", ""):
        raise StepFailedError("is no HTML: publish the website (docs/deploy.md, step 4)")
    return True, f"{len(reply.body):,} bytes"


def _headers(visitor: Visitor) -> tuple[bool, str]:
    found = visitor.send("GET", "/").headers
    missing = [name for name, part in _HEADERS.items() if part not in found.get(name, "")]
    if missing:
        raise StepFailedError(f"missing: {', '.join(missing)}")
    return True, f"all {len(_HEADERS)} are there"


def _unknown_route(visitor: Visitor) -> tuple[bool, str]:
    reply = visitor.send("GET", "/api/no-such-route").expect(404)
    told = reply.json()
    kind = reply.headers.get("content-type", "")
    if told.get("code") != "no_such_route" or "application/problem+json" not in kind:
        raise StepFailedError(f"404 as {kind}, code {told.get('code')!r}")
    return True, "404 as application/problem+json"


def _catalogue(visitor: Visitor) -> tuple[int, str]:
    items = visitor.send("GET", "/api/videos").expect(200).json().get("items")
    if not isinstance(items, list):
        raise StepFailedError("is no list")
    return len(items), f"{len(items)} videos on the first page"


def _feed(visitor: Visitor) -> tuple[int, str]:
    items = visitor.send("GET", "/api/videos/changes").expect(200).json().get("items")
    if not isinstance(items, list):
        raise StepFailedError("is no list")
    return len(items), f"{len(items)} changes on its first page"
