"""Decides how an answer says for how long it may be kept."""


def kept_for(seconds: int) -> dict[str, str]:
    """Return the header of an answer that everybody may keep for some seconds; for 0, nobody may.

    CloudFront would show what it has kept beyond that while the origin fails, and with it what was
    withdrawn meanwhile: ``stale-if-error=0`` forbids it (developer guide, "Manage how long content
    stays in the cache").
    """
    if seconds <= 0:
        return {"Cache-Control": "no-store"}
    return {"Cache-Control": f"public, max-age={seconds}, stale-if-error=0"}
