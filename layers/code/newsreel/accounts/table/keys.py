"""Decides the primary key of everything in the accounts table; no other module writes one."""

from newsreel.accounts.codes import Purpose

SESSIONS = "SESSION#"
DEVICES = "DEVICE#"
DOWNLOADS = "DOWNLOAD#"
ACCESS_KEYS = "KEY#"
JOURNAL = "JOURNAL#"
"""What the sort keys of an account's sessions, browsers, downloads, access keys and security events
begin with."""

NOBODY = "0" * 32
"""An account id that no account has: an unknown address causes the same reads as a known one."""


def account_partition(account_id: str) -> str:
    """Return the partition key under which everything of an account is kept."""
    return f"ACCOUNT#{account_id}"


def account_id_in(partition: str) -> str:
    """Return the account of a partition key."""
    return partition.partition("#")[2]


def account_pk(account_id: str) -> dict[str, str]:
    """Return the primary key of an account."""
    return {"pk": account_partition(account_id), "sk": "ACCOUNT"}


def session_pk(account_id: str, session_hash: str) -> dict[str, str]:
    """Return the primary key of a session."""
    return {"pk": account_partition(account_id), "sk": f"{SESSIONS}{session_hash}"}


def device_pk(account_id: str, device_hash: str) -> dict[str, str]:
    """Return the primary key of a browser that an account has seen."""
    return {"pk": account_partition(account_id), "sk": f"{DEVICES}{device_hash}"}


def email_reservation_pk(address_hash: str) -> dict[str, str]:
    """Return the primary key of an address's reservation."""
    return {"pk": f"EMAIL#{address_hash}", "sk": "EMAIL"}


def access_key_pk(account_id: str, key_hash: str) -> dict[str, str]:
    """Return the primary key of an access key."""
    return {"pk": account_partition(account_id), "sk": f"{ACCESS_KEYS}{key_hash}"}


def email_undo_pk(account_id: str) -> dict[str, str]:
    """Return the primary key of the change of an account's address that can be undone."""
    return {"pk": account_partition(account_id), "sk": "UNDO"}


def flow_pk(purpose: Purpose, flow_hash: str) -> dict[str, str]:
    """Return the primary key of a flow."""
    return {"pk": f"{purpose.upper()}#{flow_hash}", "sk": purpose.upper()}


def mail_request_pk(purpose: Purpose, flow_hash: str, issue: int) -> dict[str, str]:
    """Return the primary key of one mail request of a flow."""
    return {"pk": f"{purpose.upper()}#{flow_hash}", "sk": f"MAIL#{issue:06d}"}


def log_in_failures_pk(failures_hash: str) -> dict[str, str]:
    """Return the primary key of the failed log-ins with an address, or of one browser with it."""
    return {"pk": f"LOGIN#{failures_hash}", "sk": "LOGIN"}


def idempotency_marker_pk(marker_hash: str) -> dict[str, str]:
    """Return the primary key of an idempotency marker."""
    return {"pk": f"IDEMPOTENCY#{marker_hash}", "sk": "IDEMPOTENCY"}


def notice_pk(account_id: str, notice_id: str) -> dict[str, str]:
    """Return the primary key of a notice to an account's owner."""
    return {"pk": account_partition(account_id), "sk": f"NOTICE#{notice_id}"}


def consent_pk(account_id: str, subject: str, at: int, number: int) -> dict[str, str]:
    """Return the primary key of a consent; its account's ``number`` orders those of one second."""
    return {"pk": account_partition(account_id), "sk": f"CONSENT#{subject}#{at}#{number:06d}"}


def download_pk(account_id: str, day: str, link_id: str) -> dict[str, str]:
    """Return the primary key of one link's downloads on one day (``2026-02-14``)."""
    return {"pk": account_partition(account_id), "sk": f"{DOWNLOADS}{day}#{link_id}"}


def use_pk(account_id: str) -> dict[str, str]:
    """Return the primary key of until when an account counts as used."""
    return {"pk": account_partition(account_id), "sk": "USE"}


def closing_pk(account_id: str) -> dict[str, str]:
    """Return the primary key of the marker of an account whose deletion has begun."""
    return {"pk": account_partition(account_id), "sk": "CLOSING"}


def journal_pk(account_id: str, at: int, event_id: str) -> dict[str, str]:
    """Return the primary key of a security event; its time has twelve digits, so that it sorts."""
    return {"pk": account_partition(account_id), "sk": f"{JOURNAL}{at:012d}#{event_id}"}
