"""Decides the keys in the mail table, all but those of editions (``edition_keys``).

``who`` is the HMAC of an address (``mail_table.who``), so no address stands in the table.

================  ==============================  ===============================  ================
entity            pk                              sk                               lives
================  ==============================  ===============================  ================
Trail             TRAIL#<who>                     <sent>#<kind>#<id>#<step>        14 days
Suppression       SUPPRESSED#<who>                SUPPRESSED                       until + 30 days
Waiting mail      WAITING                         <asked at>#<key of its request>  3 days
Budget            BUDGET#<subject>                BUDGET                           its windows
Seen mail         SEEN#<SES message id>           SEEN                             7 days
Hold              HOLD                            HOLD                             1 day
================  ==============================  ===============================  ================
"""

from collections.abc import Mapping

WAITING = "WAITING"
"""The partition of mails that could not be sent yet."""


def trail_partition(who: str) -> str:
    """Return the partition key of all that happened to mails to an address."""
    return f"TRAIL#{who}"


def trail_key(who: str, *, sent: str, kind: str, mail_id: str, step: str) -> dict[str, str]:
    """Return the key of one step of one mail; ``sent`` is RFC 3339, so keys are in its order."""
    return {"pk": trail_partition(who), "sk": f"{sent}#{kind}#{mail_id}#{step}"}


def suppression_key(who: str) -> dict[str, str]:
    """Return the key of an address's suppression."""
    return {"pk": f"SUPPRESSED#{who}", "sk": "SUPPRESSED"}


def waiting_key(asked_at: int, request: Mapping[str, str]) -> dict[str, str]:
    """Return the key of a mail that waits, by when it was asked for and its request's own key."""
    return {"pk": WAITING, "sk": f"{asked_at:012d}#{request['pk']}#{request['sk']}"}


def hold_key() -> dict[str, str]:
    """Return the key of the one hold."""
    return {"pk": "HOLD", "sk": "HOLD"}


def budget_key(subject: str) -> dict[str, str]:
    """Return the key of all counts of one subject (``budgets.subjects``)."""
    return {"pk": f"BUDGET#{subject}", "sk": "BUDGET"}


def seen_key(message_id: str) -> dict[str, str]:
    """Return the key of a mail that SES received, under SES's own id."""
    return {"pk": f"SEEN#{message_id}", "sk": "SEEN"}
