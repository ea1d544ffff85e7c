"""Decides how a browser is named to its owner: family and system, never the whole User-Agent."""

from collections.abc import Mapping

# Order matters: Edge and Opera also say Chrome, Chrome also says Safari.
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
    """Return a browser's name such as ``Firefox, Windows``; empty if it does not say.

    ``headers`` has lower-case names.
    """
    agent = headers.get("user-agent", "")
    family = next((name for token, name in _FAMILIES if token in agent), "")
    system = next((name for token, name in _SYSTEMS if token in agent), "")
    return ", ".join(part for part in (family, system) if part)
