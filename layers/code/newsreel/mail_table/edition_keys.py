"""Decides the keys of editions of the newsletter in the mail table; no other module writes one."""

WALKS = "WALK#"
CHUNKS = "CHUNK#"
"""What the sort keys of an edition's walks and of its finished chunks begin with."""


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
