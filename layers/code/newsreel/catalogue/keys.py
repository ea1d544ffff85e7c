"""Decides the key of every item in the catalogue table; no other module writes one."""

from typing import TypedDict


class Key(TypedDict):
    """A primary key."""

    pk: str
    sk: str


def video_pk(video_id: str) -> Key:
    """Return the key of a video."""
    return {"pk": f"VIDEO#{video_id}", "sk": "VIDEO"}


def video_id_of(pk: str) -> str:
    """Return the id in a video's partition key."""
    return pk.removeprefix("VIDEO#")


def folder_pk(video_id: str) -> Key:
    """Return the key of ingest's state of a folder."""
    return {"pk": f"FOLDER#{video_id}", "sk": "FOLDER"}


def folder_of(pk: str) -> str:
    """Return the video id in the partition key of a folder's items."""
    return pk.removeprefix("FOLDER#")


def receipt_pk(video_id: str) -> Key:
    """Return the key of a folder's receipt."""
    return {"pk": f"RECEIPT#{video_id}", "sk": "RECEIPT"}


def transcript_pk(video_id: str) -> Key:
    """Return the key of a video's transcript."""
    return {"pk": f"VIDEO#{video_id}", "sk": "TRANSCRIPT"}


def entry_pk(video_id: str, number: int) -> Key:
    """Return the key of one of a video's entries in the index.

    Numbered, not named by its topic or speaker: another topic then overwrites the one before, and
    a save never writes more than the larger of the two numbers.
    """
    return {"pk": f"ENTRIES#{video_id}", "sk": f"{number:03}"}


def change_pk(key: str) -> Key:
    """Return the key of an entry of the change feed: a partition for each month."""
    return {"pk": f"CHANGES#{key[:7]}", "sk": key}


def hash_pk(video_id: str, hash_id: str) -> Key:
    """Return the key of the hash of one version of a file."""
    return {"pk": f"HASH#{video_id}", "sk": hash_id}
