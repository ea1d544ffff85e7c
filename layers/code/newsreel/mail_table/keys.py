"""Decides every key in the mail table: one shape for each entity.

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
Edition           EDITION#<id>                    EDITION                          12 months
Newest edition    EDITION#newest                  NEWEST                           always
Walk              EDITION#<id>                    WALK#<language>#<shard>          30 days
Mark              EDITION#<id>#<shard>            ACCOUNT#<account id>             30 days
Chunk's counts    EDITION#<id>#<shard>            CHUNK#<chunk id>                 30 days
================  ==============================  ===============================  ================
"""

from collections.abc import Mapping

WAITING = "WAITING"
"""The partition of mails that could not be sent yet."""
WALKS = "WALK#"
CHUNKS = "CHUNK#"
"""What the sort keys of an edition's walks and of its finished chunks begin with."""


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


def edition_key(edition_id: str) -> dict[str, str]:
    """Return the key of an edition."""
    return {"pk": f"EDITION#{edition_id}", "sk": "EDITION"}


def newest_key() -> dict[str, str]:
    """Return the key of what is known of all editions; no edition has that id."""
    return {"pk": "EDITION#newest", "sk": "NEWEST"}


def walk_key(edition_id: str, language: str, shard: str) -> dict[str, str]:
    """Return the key of how far one shard of one language has been walked."""
    return {"pk": f"EDITION#{edition_id}", "sk": f"{WALKS}{language}#{shard}"}


def mark_key(edition_id: str, shard: str, account_id: str) -> dict[str, str]:
    """Return the key of what became of one person's mail of an edition."""
    return {"pk": f"EDITION#{edition_id}#{shard}", "sk": f"ACCOUNT#{account_id}"}


def chunk_key(edition_id: str, shard: str, chunk_id: str) -> dict[str, str]:
    """Return the key of the count of a finished chunk."""
    return {"pk": f"EDITION#{edition_id}#{shard}", "sk": f"{CHUNKS}{chunk_id}"}
