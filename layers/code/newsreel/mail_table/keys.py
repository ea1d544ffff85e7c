"""Decides the key of everything in the mail table; no other module writes one.

``who`` is the HMAC of an address (``mail_table.who``), so no address stands in the table.

================  ==============================  ===============================  ================
entity            pk                              sk                               lives
================  ==============================  ===============================  ================
Suppression       SUPPRESSED#<who>                SUPPRESSED                       until + 30 days
Budget            BUDGET#<subject>                BUDGET                           its windows
Seen mail         SEEN#<SES message id>           SEEN                             7 days
================  ==============================  ===============================  ================
"""


def suppression_key(who: str) -> dict[str, str]:
    """Return the key of an address's suppression."""
    return {"pk": f"SUPPRESSED#{who}", "sk": "SUPPRESSED"}


def budget_key(subject: str) -> dict[str, str]:
    """Return the key of all counts of one subject (``budgets.subjects``)."""
    return {"pk": f"BUDGET#{subject}", "sk": "BUDGET"}


def seen_key(message_id: str) -> dict[str, str]:
    """Return the key of a mail that SES received, under SES's own id."""
    return {"pk": f"SEEN#{message_id}", "sk": "SEEN"}
