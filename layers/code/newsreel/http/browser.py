"""Decides the name that an owner sees for a browser: family and system, not the User-Agent."""

from collections.abc import Mapping

# Order matters: Edge and Opera also contain Chrome, Chrome also contains Safari.
_FAMILIES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def name_of(headers: Mapping[str, str]) -> str:
    """Return a browser's name such as ``Firefox, Windows``; empty if unknown.

    ``headers`` has lower-case names.
    """
    agent = headers.get("user-agent", "")
    family = next((name for token, name in _FAMILIES if token in agent), "")
    system = next((name for token, name in _SYSTEMS if token in agent), "")
    return ", ".join(part for part in (family, system) if part)
