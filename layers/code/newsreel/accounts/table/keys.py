"""Decides the key of everything in the accounts table; no other module writes one."""

from newsreel.accounts.codes import Purpose

SESSIONS = "SESSION#"
DOWNLOADS = "DOWNLOAD#"
"""What the sort keys of an account's sessions and downloads begin with."""


def account_key(account_id: str) -> dict[str, str]:
    """Return the key of an account."""
    return {"pk": f"ACCOUNT#{account_id}", "sk": "ACCOUNT"}


def session_key(account_id: str, token_hash: str) -> dict[str, str]:
    """Return the key of a session."""
    return {"pk": f"ACCOUNT#{account_id}", "sk": f"{SESSIONS}{token_hash}"}


def email_key(address_hash: str) -> dict[str, str]:
    """Return the key of an address's reservation."""
    return {"pk": f"EMAIL#{address_hash}", "sk": "EMAIL"}


def flow_key(purpose: Purpose, key: str) -> dict[str, str]:
    """Return the key of a flow."""
    return {"pk": f"{purpose.upper()}#{key}", "sk": purpose.upper()}


def mail_key(purpose: Purpose, key: str, issue: int) -> dict[str, str]:
    """Return the key of one mail request of a flow."""
    return {"pk": f"{purpose.upper()}#{key}", "sk": f"MAIL#{issue:06d}"}


def log_in_key(address_hash: str) -> dict[str, str]:
    """Return the key of an address's failed log-ins."""
    return {"pk": f"LOGIN#{address_hash}", "sk": "LOGIN"}


def marker_key(key: str) -> dict[str, str]:
    """Return the key of an idempotency marker."""
    return {"pk": f"IDEMPOTENCY#{key}", "sk": "IDEMPOTENCY"}


def notice_key(account_id: str, notice_id: str) -> dict[str, str]:
    """Return the key of a notice to an account's owner."""
    return {"pk": f"ACCOUNT#{account_id}", "sk": f"NOTICE#{notice_id}"}


def device_key(account_id: str, device: str) -> dict[str, str]:
    """Return the key of a browser that an account has seen."""
    return {"pk": f"ACCOUNT#{account_id}", "sk": f"DEVICE#{device}"}


def consent_key(account_id: str, subject: str, at: int, chance: str) -> dict[str, str]:
    """Return the key of a consent given or withdrawn at a time; ``chance`` parts one second's."""
    return {"pk": f"ACCOUNT#{account_id}", "sk": f"CONSENT#{subject}#{at}#{chance}"}


def download_key(account_id: str, day: str, link_id: str) -> dict[str, str]:
    """Return the key of one link's downloads on one day (``2026-02-14``)."""
    return {"pk": f"ACCOUNT#{account_id}", "sk": f"{DOWNLOADS}{day}#{link_id}"}
